//! Sizes: what the payload and the header will say of each file, known before a byte is read.

use super::cpio;
use super::imprint::Input;
use super::inputs::Seen;
use super::spool::FileKey;
use super::stamp::Stamp;
use super::tag::mode;
use super::{Error, hex, tag};
use crate::package::{Compression, FileKind, Plan, PlannedFile, Source};
use camino::Utf8Path;
use std::fs::Metadata;
use std::io;

/// A file of the plan with what the disk says of it.
#[derive(Debug)]
pub(super) struct Laid<'a> {
    pub(super) planned: &'a PlannedFile,
    /// Whether the package is a source package, whose files lie in no folder.
    pub(super) in_source: bool,
    /// Its number in the header and the payload, from 1.
    pub(super) inode: u32,
    /// Type and permissions.
    pub(super) mode: u16,
    /// Bytes of a regular file or of a link's target; 0 for all else.
    pub(super) size: u64,
    /// What an input looked like when its size was taken.
    pub(super) stamp: Option<Stamp>,
}

impl Laid<'_> {
    /// Whether it is in the payload.
    pub(super) fn is_shipped(&self) -> bool {
        !self.planned.flags.ghost
    }

    pub(super) fn is_regular(&self) -> bool {
        matches!(self.planned.kind, FileKind::Regular(_))
    }

    /// The name in the payload: from `./` on (`rpmlib(PayloadFilesHavePrefix)`), bare in a source
    /// package.
    pub(super) fn cpio_name(&self) -> String {
        match self.in_source {
            false => format!(".{}", self.planned.path),
            true => self.planned.path.base_name().to_owned(),
        }
    }

    /// The folder that the header has, with a slash at its end; nothing in a source package.
    pub(super) fn folder(&self) -> &str {
        match self.in_source {
            false => self.planned.path.dir_name(),
            true => "",
        }
    }

    /// What tells the file from all others of a run; none of contents that lie in no file.
    pub(super) fn file_key(&self, compression: Compression) -> Option<FileKey> {
        Some(FileKey {
            path: self.planned.kind.source_path()?.to_owned(),
            stamp: self.stamp?,
            compression,
        })
    }

    /// Appends what stands in the payload before its content.
    pub(super) fn write_entry(&self, form: Form, out: &mut Vec<u8>) {
        // Inodes are counted from 1, files from 0.
        let (index, name) = (self.inode - 1, self.cpio_name());
        match (form, u32::try_from(self.size)) {
            (Form::Named, Ok(size)) => cpio::Entry {
                inode: self.inode,
                mode: u32::from(self.mode),
                links: 1,
                mtime: self.planned.mtime,
                size,
                device: DEVICE,
                name_length: 0,
            }
            .write(&name, out),
            _ => cpio::write_stripped(index, out),
        }
    }

    /// The length of that in bytes.
    fn entry_length(&self, form: Form) -> u64 {
        match form {
            Form::Named => cpio::Entry::length(&self.cpio_name()),
            Form::Stripped => cpio::STRIPPED_LENGTH as u64,
        }
    }
}

/// How the entries of a payload begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As cpio's own: with name, mode and a size of 32 bits.
    Named,
    /// As rpm has them where a file has 4 GiB or more: with the file's number alone
    /// (`rpmlib(LargeFiles)`; rpm 4.14.3, `rpmfiArchiveWriteHeader`).
    Stripped,
}

/// The one device that all files are said to lie on, as rpmbuild has it.
pub(super) const DEVICE: u32 = 1;

/// All files with their sizes, and the sums.
#[derive(Debug)]
pub(super) struct Layout<'a> {
    pub(super) files: Vec<Laid<'a>>,
    /// How the entries of its payload begin.
    pub(super) form: Form,
    /// Bytes of the raw payload.
    pub(super) archive_size: u64,
    /// Bytes of all regular files.
    pub(super) installed_size: u64,
}

impl<'a> Layout<'a> {
    /// Looks at every input of a plan without reading it.
    pub(super) fn of(plan: &'a Plan) -> Result<Self, Error> {
        let form = match plan.has_large_file() {
            true => Form::Stripped,
            false => Form::Named,
        };
        let mut layout = Layout {
            form,
            files: Vec::with_capacity(plan.files.len()),
            archive_size: cpio::Entry::length(cpio::TRAILER),
            installed_size: 0,
        };
        for (planned, inode) in plan.files.iter().zip(1_u32..) {
            let laid = lay(planned, plan.kind.is_source(), inode)?;
            layout.check_size(&laid, plan)?;
            if laid.is_shipped() {
                let size = laid.size;
                layout.archive_size += laid.entry_length(form) + size + cpio::padding(size) as u64;
                if laid.is_regular() {
                    layout.installed_size += size;
                }
            }
            layout.files.push(laid);
        }
        layout.check_limits(plan)?;
        Ok(layout)
    }

    /// The files on disk that were looked at, with what was seen in those that were read.
    pub(super) fn inputs(&self, seen: &[Seen]) -> Vec<Input> {
        let files = self.files.iter().zip(seen);
        let input = |(laid, seen): (&Laid<'_>, &Seen)| {
            Some(Input {
                path: laid.planned.kind.source_path()?.to_owned(),
                stamp: laid.stamp?,
                sha256: seen.digest.map(|digest| hex(&digest)),
            })
        };
        files.filter_map(input).collect()
    }

    /// Whether the target's rpm reads a file of this size.
    fn check_size(&self, laid: &Laid<'_>, plan: &Plan) -> Result<(), Error> {
        if u32::try_from(laid.size).is_ok() {
            return Ok(());
        }
        if !plan.target.profile().has_rpmlib("LargeFiles") {
            return Err(Error::FileTooLarge {
                dest: laid.planned.path.to_string(),
                size: laid.size,
                target: plan.target.to_string(),
            });
        }
        match (self.form, laid.planned.kind.source_path()) {
            // It was smaller when the package was planned.
            (Form::Named, Some(path)) => Err(Error::Changed {
                path: path.to_owned(),
            }),
            _ => Ok(()),
        }
    }

    /// Whether a size needs a 64-bit tag, which only an rpm with `LargeFiles` is known to read.
    fn check_limits(&self, plan: &Plan) -> Result<(), Error> {
        let size = self.archive_size.max(self.installed_size);
        if u32::try_from(size).is_err() && !plan.target.profile().has_rpmlib("LargeFiles") {
            return Err(Error::PackageTooLarge {
                size,
                target: plan.target.to_string(),
            });
        }
        Ok(())
    }
}

fn lay(planned: &PlannedFile, in_source: bool, inode: u32) -> Result<Laid<'_>, Error> {
    let mut stamp = None;
    let (kind, size) = match &planned.kind {
        FileKind::Regular(_) if planned.flags.ghost => (mode::REGULAR, 0),
        FileKind::Regular(Source::Bytes(bytes)) => (mode::REGULAR, bytes.len() as u64),
        FileKind::Regular(Source::Path(path)) => {
            let metadata = look_at(path, planned)?;
            stamp = Some(Stamp::of(&metadata));
            (mode::REGULAR, metadata.len())
        }
        FileKind::Directory => (mode::DIRECTORY, 0),
        FileKind::Symlink(target) => (mode::SYMLINK, target.len() as u64),
    };
    // The type's bits and the permissions' fit 16 bits together.
    let mode = (kind as u16) | (planned.mode & !(tag::mode::TYPE as u16));
    Ok(Laid {
        planned,
        in_source,
        inode,
        mode,
        size,
        stamp,
    })
}

fn look_at(path: &Utf8Path, planned: &PlannedFile) -> Result<Metadata, Error> {
    let metadata = std::fs::metadata(path).map_err(|source| input(path, planned, source))?;
    if !metadata.is_file() {
        return Err(Error::NotAFile {
            path: path.to_owned(),
            dest: planned.path.to_string(),
        });
    }
    Ok(metadata)
}

/// What a failure to read an input means.
pub(super) fn input(path: &Utf8Path, planned: &PlannedFile, source: io::Error) -> Error {
    Error::Input {
        path: path.to_owned(),
        dest: planned.path.to_string(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpm::fixture;
    use std::fs::File;

    /// A plan for a target with files of these sizes, which take no room on disk.
    fn plan(target: &str, folder: &Utf8Path, sizes: &[u64]) -> Plan {
        let mut draft = fixture::draft();
        draft.target = crate::target::find(target).unwrap();
        for (index, size) in sizes.iter().enumerate() {
            let path = folder.join(format!("sparse-{index}"));
            File::create(&path).unwrap().set_len(*size).unwrap();
            let kind = FileKind::Regular(Source::Path(path));
            draft
                .files
                .push(fixture::file(&format!("/opt/{index}"), kind, 0o644));
        }
        Plan::complete(draft).unwrap()
    }

    #[test]
    fn sizes_that_need_more_than_32_bits_are_refused_where_the_rpm_cannot_read_them() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let error = |target, sizes: &[u64]| {
            let plan = plan(target, folder, sizes);
            Layout::of(&plan)
                .map(|_| ())
                .map_err(|error| error.to_string())
        };
        insta::assert_snapshot!(error("centos7", &[1 << 32]).unwrap_err(), @"/opt/0 has 4294967296 bytes, and the rpm of centos7 reads files of less than 4 GiB");
        assert_eq!(error("centos8", &[1 << 32]), Ok(()));
        let two = [3 << 30, 3 << 30];
        insta::assert_snapshot!(error("centos7", &two).unwrap_err(), @"the package has 6443155272 bytes, and the rpm of centos7 reads less than 4 GiB");
        assert_eq!(error("centos8", &two), Ok(()));
        assert_eq!(error("centos7", &two[..1]), Ok(()));
    }
}
