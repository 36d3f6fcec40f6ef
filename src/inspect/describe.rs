//! What a package says of itself, for people and for JSON.

use super::error::Error;
use crate::report::visible_line;
use crate::rpm::read::{
    FileEntry, Identity, Metadata, ReadChange, ReadDependency, ReadScriptlet, ReadSignature,
    ReadTrigger,
};
use crate::rpm::tag::{self, file, sense};

/// A package in words. All texts come from the file as they are; see [`super::tree`] for one that
/// is safe to print.
#[derive(Clone, Debug)]
pub struct Description {
    /// Name, epoch, version, release, architecture.
    pub identity: Identity,
    /// One line.
    pub summary: String,
    /// Any number of lines.
    pub description: String,
    /// The licence.
    pub license: String,
    /// The project's page, or nothing.
    pub url: String,
    /// Who distributes it, or nothing.
    pub vendor: String,
    /// When it was built, seconds since 1970.
    pub build_time: Option<u64>,
    /// Bytes of all its files.
    pub installed_size: u64,
    /// `PAYLOADCOMPRESSOR`.
    pub compressor: String,
    /// The files, in the header's order.
    pub files: Vec<DescribedFile>,
    /// What it needs, as `rpm -q --requires` writes it.
    pub requires: Vec<String>,
    /// What it provides.
    pub provides: Vec<String>,
    /// What must not be there.
    pub conflicts: Vec<String>,
    /// What it replaces.
    pub obsoletes: Vec<String>,
    /// What is installed with it where it can be.
    pub recommends: Vec<String>,
    /// What goes well with it.
    pub suggests: Vec<String>,
    /// What it is installed with where it can be.
    pub supplements: Vec<String>,
    /// What it goes well with.
    pub enhances: Vec<String>,
    /// The scriptlets.
    pub scriptlets: Vec<ReadScriptlet>,
    /// The triggers.
    pub triggers: Vec<ReadTrigger>,
    /// The changelog, newest first by custom.
    pub changelog: Vec<ReadChange>,
    /// The signatures, none of which is verified here.
    pub signatures: Vec<ReadSignature>,
    /// How many signatures there are that are of no known form.
    pub unknown_signatures: usize,
    /// The machine that it was built on, or nothing.
    pub build_host: String,
    /// The source package that it was built from; nothing of a source package.
    pub source_rpm: String,
}

/// One file in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescribedFile {
    /// The path.
    pub path: String,
    /// What kind of file it is.
    pub kind: DescribedKind,
    /// The permission bits.
    pub mode: u16,
    /// The owner's name.
    pub user: String,
    /// The group's name.
    pub group: String,
    /// Bytes.
    pub size: u64,
    /// The digest in hexadecimal; empty for what has no content.
    pub digest: String,
    /// The capabilities that it is given, or nothing.
    pub caps: String,
    /// `config`, `noreplace`, `doc` …
    pub flags: Vec<&'static str>,
}

impl DescribedFile {
    /// Whether it is a regular file.
    pub fn is_regular(&self) -> bool {
        self.kind == DescribedKind::Regular
    }

    /// Whether it has this flag: `config`, `ghost` …
    pub fn has(&self, flag: &str) -> bool {
        self.flags.contains(&flag)
    }
}

/// The kind of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DescribedKind {
    /// A regular file.
    Regular,
    /// A folder.
    Directory,
    /// A symbolic link and where it points.
    Symlink(String),
    /// A device, pipe or socket.
    Other,
}

impl Description {
    /// `NAME-[EPOCH:]VERSION-RELEASE.ARCH`, as it may be shown.
    pub fn nevra(&self) -> String {
        let Identity {
            name,
            epoch,
            version,
            release,
            arch,
        } = &self.identity;
        let epoch = epoch.map(|epoch| format!("{epoch}:")).unwrap_or_default();
        visible_line(&format!("{name}-{epoch}{version}-{release}.{arch}"))
    }
}

/// Describes a package from its headers.
///
/// # Errors
/// When the lists of its files do not fit together.
pub fn describe(metadata: &Metadata) -> Result<Description, Error> {
    let header = metadata.header();
    let text = |tag| header.text(tag).unwrap_or_default().into_owned();
    let size = header
        .number(tag::SIZE)
        .or_else(|| header.number(tag::LONG_SIZE));
    let (signatures, unknown_signatures) = metadata.signatures();
    let lines = |list: Vec<ReadDependency>| list.iter().map(line).collect();
    Ok(Description {
        identity: metadata.identity(),
        summary: text(tag::SUMMARY),
        description: text(tag::DESCRIPTION),
        license: text(tag::LICENSE),
        url: text(tag::URL),
        vendor: text(tag::VENDOR),
        build_time: header.number(tag::BUILD_TIME),
        installed_size: size.unwrap_or(0),
        compressor: metadata.compressor(),
        files: metadata.files()?.iter().map(described).collect(),
        requires: lines(metadata.requires()),
        provides: lines(metadata.provides()),
        conflicts: lines(metadata.conflicts()),
        obsoletes: lines(metadata.obsoletes()),
        recommends: lines(metadata.recommends()),
        suggests: lines(metadata.suggests()),
        supplements: lines(metadata.supplements()),
        enhances: lines(metadata.enhances()),
        scriptlets: metadata.scriptlets(),
        triggers: metadata.triggers(),
        changelog: metadata.changelog(),
        signatures,
        unknown_signatures,
        build_host: text(tag::BUILD_HOST),
        source_rpm: text(tag::SOURCE_RPM),
    })
}

/// A dependency as `rpm -q` writes it: `NAME >= VERSION`.
pub fn line(dependency: &ReadDependency) -> String {
    let has = |flag| dependency.flags & flag != 0;
    let mut line = dependency.name.clone();
    if has(sense::LESS | sense::GREATER | sense::EQUAL) {
        line.push(' ');
        for (flag, sign) in [
            (sense::LESS, '<'),
            (sense::GREATER, '>'),
            (sense::EQUAL, '='),
        ] {
            if has(flag) {
                line.push(sign);
            }
        }
        line.push(' ');
        line.push_str(&dependency.version);
    }
    line
}

/// What a dependency as [`line()`] writes it is about: its name, or all of a rich one.
pub fn line_name(line: &str) -> &str {
    match line.split_once(' ') {
        Some((name, _)) if !line.starts_with('(') => name,
        _ => line,
    }
}

fn described(entry: &FileEntry<'_>) -> DescribedFile {
    DescribedFile {
        path: entry.path(),
        kind: if entry.is_regular() {
            DescribedKind::Regular
        } else if entry.is_directory() {
            DescribedKind::Directory
        } else if entry.is_symlink() {
            DescribedKind::Symlink(entry.link())
        } else {
            DescribedKind::Other
        },
        mode: entry.permissions(),
        user: entry.user(),
        group: entry.group(),
        size: entry.size,
        digest: entry.digest(),
        caps: entry.caps(),
        flags: [
            (file::CONFIG, "config"),
            (file::NOREPLACE, "noreplace"),
            (file::MISSINGOK, "missingok"),
            (file::DOC, "doc"),
            (file::LICENSE, "license"),
            (file::GHOST, "ghost"),
        ]
        .into_iter()
        .filter_map(|(flag, word)| (entry.flags & flag != 0).then_some(word))
        .collect(),
    }
}
