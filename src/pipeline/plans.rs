//! From a checked package to the parts that its plans are made of, with what was built, or without
//! where others build it.

use super::check::{Checked, CheckedPackage, CheckedTarget};
use super::debuginfo::Programs;
use super::package::PackageRequest;
use super::{CheckedPart, CheckedUnit, Error};
use crate::build::elf::ReadError;
use crate::build::{self, Built, Capabilities};
use crate::contents::{Entry, FileKind, generated};
use crate::package::{BIN_DIR, Binary, Found, NOARCH, Nevra, PackagedUnit, Part, changes, nevra};
use crate::project;
use crate::report::{Diagnostic, Sink};
use camino::{Utf8Path, Utf8PathBuf};

/// The identity of an RPM; version and release are those of the main one.
pub(super) fn identity(
    package: &CheckedPackage,
    target: &CheckedTarget,
    part: &CheckedPart,
    arch: &str,
) -> Nevra {
    nevra(
        part.rpm_name.clone(),
        &package.project.package,
        &target.parts[0].settings,
        target.target.profile(),
        if part.noarch { NOARCH } else { arch },
    )
}

pub(super) fn build_request(
    package: &CheckedPackage,
    checked: &Checked,
    request: &PackageRequest,
) -> build::Request {
    build::Request {
        manifest_path: package.project.package.manifest_path.clone(),
        package: package.project.package.name.clone(),
        members: members(package),
        bins: package.bins.iter().map(|bin| bin.name.clone()).collect(),
        target_directory: checked.workspace.target_directory.clone(),
        current_dir: request.project.cargo.current_dir.clone(),
        targets: package.targets.iter().map(|target| target.target).collect(),
        triple: request.triple.clone(),
        source: request.source.clone(),
        line_tables: package
            .targets
            .iter()
            .any(|target| target.parts[0].settings.debuginfo == Some(true)),
        beside: false,
        cargo: request.cargo.clone(),
    }
}

/// The packages that have the binaries, each once.
pub(super) fn members(package: &CheckedPackage) -> Vec<String> {
    let mut members: Vec<String> = Vec::new();
    for bin in &package.bins {
        if !members.contains(&bin.package) {
            members.push(bin.package.clone());
        }
    }
    members
}

/// What differs between the ways on which the plans of a package are made.
pub(super) struct Making<'a> {
    pub(super) arch: &'a str,
    /// What was built, and what it was parted into; nothing where others build it.
    pub(super) built: Option<(&'a Built, &'a Programs)>,
    /// The root of the workspace.
    pub(super) root: &'a Utf8Path,
    /// `SOURCE_DATE_EPOCH`
    pub(super) epoch: Option<u32>,
    pub(super) sink: &'a dyn Sink,
}

/// The RPMs of a package for a target, the main one first, that with debug information last.
pub(super) fn parts<'a>(
    package: &'a CheckedPackage,
    target: &'a CheckedTarget,
    making: &Making<'_>,
) -> Result<Vec<Part<'a>>, Error> {
    let project = &package.project;
    let contents: Vec<Vec<Entry>> = target
        .parts
        .iter()
        .map(|part| contents(package, target, part, making))
        .collect::<Result<_, _>>()?;
    let files = contents.iter().flatten().filter_map(Entry::source_path);
    let files: Vec<&Utf8Path> = files.collect();
    let time = project::source_date(making.epoch, &project.package, &project.unit_files, &files);
    let main = &target.parts[0];
    let changelog = changes(
        &target.changelog,
        &project.package,
        &main.settings,
        &main.texts,
    );
    let part = |(part, contents): (&'a CheckedPart, Vec<Entry>)| Part {
        suffix: part.suffix.clone(),
        nevra: identity(package, target, part, making.arch),
        source: main.rpm_name.clone(),
        texts: part.texts.clone(),
        changelog: changelog.clone(),
        target: &target.target,
        settings: &part.settings,
        time,
        contents,
        units: part.units.iter().map(packaged_unit).collect(),
        needs: part.needs.clone(),
        accounts: part.accounts.clone(),
        tmpfiles: part.tmpfiles.clone(),
        scripts: &part.scripts,
        binaries: making.binaries(part),
        found: making.found(part),
        provides: Vec::new(),
    };
    let mut parts: Vec<Part<'a>> = target.parts.iter().zip(contents).map(part).collect();
    if let Some((_, programs)) = making.built {
        let contents = programs.debug_contents(target)?;
        if !contents.is_empty() {
            let provides = programs.debug_provides(target);
            parts.push(parts[0].debuginfo(contents, provides)?);
        }
    }
    Ok(parts)
}

impl Making<'_> {
    /// The binaries of an RPM. Of those that others build the place is known, and nothing else.
    fn binaries(&self, part: &CheckedPart) -> Vec<Binary> {
        let unbuilt = |bin: &super::Bin| Binary {
            name: bin.name.clone(),
            path: Utf8PathBuf::from(&bin.name),
            build_id: None,
        };
        match self.built {
            Some((_, programs)) => programs.of(part),
            None => part.bins.iter().map(unbuilt).collect(),
        }
    }

    /// What rpm's generators would find in the files; those of rpmbuild look for themselves.
    fn found(&self, part: &CheckedPart) -> Vec<Found> {
        match self.built {
            Some((built, _)) => found(part, built, self.sink),
            None => Vec::new(),
        }
    }
}

/// The built binaries that an RPM has.
fn own_binaries<'a>(
    part: &'a CheckedPart,
    built: &'a Built,
) -> impl Iterator<Item = &'a build::Binary> {
    let is_own = |binary: &&build::Binary| part.bins.iter().any(|bin| bin.name == binary.name);
    built.binaries.iter().filter(is_own)
}

/// What rpm's generators would find in the binaries and the declared files.
fn found(part: &CheckedPart, built: &Built, sink: &dyn Sink) -> Vec<Found> {
    let mut all = Vec::new();
    for binary in own_binaries(part, built) {
        let path = format!("{BIN_DIR}/{}", binary.name);
        let capabilities = Capabilities::of_elf(&binary.facts, &path, 0o755);
        all.push(found_in(path, capabilities));
    }
    for entry in &part.contents {
        let FileKind::Regular(source) = &entry.kind else {
            continue;
        };
        if entry.flags.ghost {
            continue;
        }
        match Capabilities::of_file(entry.path.as_str(), entry.mode, source) {
            Ok(capabilities) => all.push(found_in(entry.path.to_string(), capabilities)),
            // That it cannot be read is told where it is packaged.
            Err(ReadError::Io(_)) => {}
            Err(error) => sink.diagnostic(
                &Diagnostic::warning(format!("nobody can tell what {} needs", entry.path))
                    .at(entry.span.as_ref(), "asked for here")
                    .with_note(format!("as an ELF file it is damaged or odd: {error}"))
                    .with_help("what it needs can be named in `requires`"),
            ),
        }
    }
    all
}

fn found_in(path: String, capabilities: Capabilities) -> Found {
    Found {
        path,
        requires: capabilities.requires,
        provides: capabilities.provides,
    }
}

/// What an RPM ships, with what the package's build script wrote for its binaries.
fn contents(
    package: &CheckedPackage,
    target: &CheckedTarget,
    part: &CheckedPart,
    making: &Making<'_>,
) -> Result<Vec<Entry>, Error> {
    let mut contents = part.contents.clone();
    let built = making.built.iter();
    for folder in built.flat_map(|(built, _)| &built.out_dirs) {
        let asked = part.asked(
            &package.project.package,
            making.root,
            target.target.profile(),
        );
        contents.extend(generated(&asked, folder, &contents)?);
    }
    Ok(contents)
}

fn packaged_unit(unit: &CheckedUnit) -> PackagedUnit {
    let drop_ins = unit.adapted.drop_ins.iter();
    PackagedUnit {
        managed: unit.managed.clone(),
        bytes: unit.adapted.bytes.clone(),
        drop_ins: drop_ins
            .map(|drop_in| (drop_in.file_name.to_owned(), drop_in.bytes.clone()))
            .collect(),
        origin: unit.origin.clone(),
    }
}
