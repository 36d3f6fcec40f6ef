//! A package as repodata describe it: what our reader found, handed to `rpmrepo_metadata`, which
//! writes the elements.
//!
//! What is left out of the lists, and in which order, is createrepo_c's choice (0.17.3,
//! `src/parsehdr.c`, `src/misc.h`): clients were made for its metadata.

use super::entry::{Entry, Xml};
use super::requires::{entries, requires};
use super::xml::Problem;
use crate::package::Relation;
use crate::rpm::read::{FileEntry, Header, Metadata, ReadChange};
use crate::rpm::tag;
use quick_xml::Writer;
use rpmrepo_metadata::{Changelog, Checksum, Evr, FileType, MetadataError, Package};
use rpmrepo_metadata::{FilelistsXml, OtherXml, PrimaryXml};

/// How many changes are told; createrepo_c's own number.
const CHANGES: usize = 10;

/// What no header says of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFacts {
    /// SHA-256 of the whole file in hexadecimal.
    pub digest: String,
    /// Bytes.
    pub size: u64,
    /// When it was last changed, in seconds since 1970.
    pub time: u64,
    /// Where it lies, from the folder of the repository on.
    pub href: String,
}

/// Describes a package.
///
/// # Errors
/// When its lists do not fit together, or a name of it cannot stand in XML.
pub(in crate::repo) fn describe(metadata: &Metadata, file: &FileFacts) -> Result<Entry, Problem> {
    let files = metadata.files().map_err(|error| error.to_string())?;
    let package = package(metadata, &files, file);
    let xml = write(&package).map_err(|error| error.to_string())?;
    Entry::read(xml)
}

/// What is not UTF-8 was Latin-1, to createrepo_c.
fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

fn package(metadata: &Metadata, files: &[FileEntry<'_>], file: &FileFacts) -> Package {
    let header = metadata.header();
    let get = |tag| header.texts(tag).next().map(text).unwrap_or_default();
    let identity = metadata.identity();
    let epoch = identity.epoch.unwrap_or(0).to_string();
    let evr = Evr::new(epoch, identity.version, identity.release);
    let digest = Checksum::Sha256(file.digest.clone());
    let mut package = Package::new(&identity.name, &evr, &identity.arch, &digest, &file.href);
    package
        .set_summary(get(tag::SUMMARY))
        .set_description(get(tag::DESCRIPTION))
        .set_packager(get(tag::PACKAGER))
        .set_url(get(tag::URL))
        .set_time_file(file.time)
        .set_time_build(header.number(tag::BUILD_TIME).unwrap_or(0))
        .set_size_package(file.size)
        .set_size_installed(installed_size(header))
        .set_size_archive(archive_size(metadata))
        .set_rpm_license(get(tag::LICENSE))
        .set_rpm_vendor(get(tag::VENDOR))
        .set_rpm_group(get(tag::GROUP))
        .set_rpm_buildhost(get(tag::BUILD_HOST))
        .set_rpm_sourcerpm(get(tag::SOURCE_RPM))
        .set_rpm_header_range(metadata.header_start(), metadata.payload_start())
        .set_requires(requires(metadata, files))
        .set_provides(entries(metadata, Relation::Provides))
        .set_conflicts(entries(metadata, Relation::Conflicts))
        .set_obsoletes(entries(metadata, Relation::Obsoletes))
        .set_suggests(entries(metadata, Relation::Suggests))
        .set_enhances(entries(metadata, Relation::Enhances))
        .set_recommends(entries(metadata, Relation::Recommends))
        .set_supplements(entries(metadata, Relation::Supplements))
        .set_changelogs(changelog(metadata.changelog()));
    for entry in files {
        let kind = match (entry.is_directory(), entry.is_ghost()) {
            (true, _) => FileType::Dir,
            (false, true) => FileType::Ghost,
            (false, false) => FileType::File,
        };
        package.add_file(kind, &text(&entry.raw_path()));
    }
    package
}

fn installed_size(header: &Header) -> u64 {
    let size = header.number(tag::SIZE);
    size.or_else(|| header.number(tag::LONG_SIZE)).unwrap_or(0)
}

fn archive_size(metadata: &Metadata) -> u64 {
    let signature = metadata.signature();
    let size = signature.number(tag::SIG_PAYLOAD_SIZE);
    let size = size.or_else(|| signature.number(tag::SIG_LONG_ARCHIVE_SIZE));
    size.or_else(|| metadata.header().number(tag::PAYLOAD_SIZE_ALT))
        .unwrap_or(0)
}

/// The newest ones, the oldest of them first. Of changes of one time each is a second later than the
/// one before, so that clients that sort them keep their order.
fn changelog(changes: Vec<ReadChange>) -> Vec<Changelog> {
    let mut told: Vec<Changelog> = Vec::new();
    let newest = changes.into_iter().take(CHANGES);
    for change in newest {
        let mut time = change.time;
        for later in told.iter_mut().rev() {
            if later.timestamp != time {
                break;
            }
            time += 1;
            later.timestamp = time;
        }
        told.push(Changelog {
            author: change.author.trim_end_matches(' ').to_owned(),
            timestamp: change.time,
            description: change.text,
        });
    }
    told.reverse();
    told
}

fn write(package: &Package) -> Result<Xml, MetadataError> {
    package.validate_xml_fields()?;
    let mut primary = PrimaryXml::new_writer(Writer::new(Vec::new()));
    primary.write_package(package)?;
    let mut filelists = FilelistsXml::new_writer(Writer::new(Vec::new()));
    filelists.write_package(package)?;
    let mut other = OtherXml::new_writer(Writer::new(Vec::new()));
    other.write_package(package)?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok(Xml {
        primary: text(primary.into_inner()),
        filelists: text(filelists.into_inner()),
        other: text(other.into_inner()),
    })
}
