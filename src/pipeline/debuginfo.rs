//! Built programs parted from their debug information, and the RPM of the latter.

use super::{CheckedPart, CheckedTarget, Error};
use crate::build::{self, Built, Parted, Parting, elf};
use crate::contents::Entry;
use crate::disk;
use crate::package::{Binary, Dependency, debug_contents, debug_provides};
use crate::project::{Settings, Strip};
use crate::report::{Diagnostic, Sink};
use crate::rpm::Input;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;
use tempfile::TempDir;

/// Where parted programs lie until they are packaged. Removed with its value.
pub(super) struct Workshop {
    /// Cargo's folder: on the same disk as what is built.
    target_directory: Utf8PathBuf,
    /// Made when the first program is parted.
    folder: Option<TempDir>,
    /// What becomes of a program; most targets share a build and want the same of it.
    parted: BTreeMap<(Utf8PathBuf, Parting), Parted>,
    /// What is still to be made, and where.
    waiting: Vec<(build::Binary, Parting, Utf8PathBuf)>,
    /// The programs that parted ones were made of, by the paths of these.
    origins: BTreeMap<Utf8PathBuf, Input>,
}

/// The binaries of one package for one target.
pub(super) struct Programs {
    programs: Vec<Program>,
}

struct Program {
    built: build::Binary,
    parted: Parted,
}

impl Workshop {
    pub(super) fn new(target_directory: &Utf8Path) -> Self {
        Workshop {
            target_directory: target_directory.to_owned(),
            folder: None,
            parted: BTreeMap::new(),
            waiting: Vec::new(),
            origins: BTreeMap::new(),
        }
    }

    /// A new folder for what one program is parted into.
    fn folder(&mut self) -> Result<Utf8PathBuf, Error> {
        let failed = |source| Error::Output {
            path: self.target_directory.clone(),
            source,
        };
        let root = match self.folder.take() {
            Some(folder) => folder,
            None => disk::workshop(&self.target_directory, "").map_err(failed)?,
        };
        let path = root.path().join(self.parted.len().to_string());
        let made = std::fs::create_dir_all(&path).map_err(failed);
        let path = Utf8PathBuf::from_path_buf(path)
            .map_err(|_| failed(std::io::Error::other("its path is not UTF-8")));
        self.folder = Some(root);
        made?;
        path
    }

    /// What becomes of what was built, as the settings want it. The files that are new are not there
    /// before [`Self::make`].
    pub(super) fn part(
        &mut self,
        built: &Built,
        settings: &Settings,
        sink: &dyn Sink,
    ) -> Result<Programs, Error> {
        let mut programs = Vec::new();
        for binary in &built.binaries {
            if settings.debuginfo == Some(true) && !binary.facts.debug_info {
                sink.diagnostic(
                    &Diagnostic::warning(format!("`{}` has no debug information", binary.name))
                        .with_help(
                            "build it anew (without `--no-build`), or leave `debuginfo = true` out",
                        ),
                );
            }
            let parted = self.part_one(binary, settings)?;
            programs.push(Program {
                built: binary.clone(),
                parted,
            });
        }
        Ok(Programs { programs })
    }

    fn part_one(&mut self, binary: &build::Binary, settings: &Settings) -> Result<Parted, Error> {
        let parting = Parting {
            strip: match settings.strip {
                Strip::None => None,
                Strip::DebugInfo => Some(elf::split::Strip::DebugInfo),
                Strip::Symbols => Some(elf::split::Strip::Symbols),
            },
            keep_debug: settings.debuginfo != Some(false),
        };
        if !parting.changes(binary) {
            return Ok(Parted::whole(binary));
        }
        let key = (binary.path.clone(), parting);
        if let Some(parted) = self.parted.get(&key) {
            return Ok(parted.clone());
        }
        let folder = self.folder()?;
        let parted = build::promised(binary, parting, &folder)?;
        self.waiting.push((binary.clone(), parting, folder));
        self.parted.insert(key, parted.clone());
        Ok(parted)
    }

    /// Makes the files that were promised.
    pub(super) fn make(&mut self) -> Result<(), Error> {
        for (binary, parting, folder) in std::mem::take(&mut self.waiting) {
            // Before it is read for good, so that what is written to it meanwhile shows.
            let origin = Input::read(&binary.path).map_err(|source| build::Error::Part {
                path: binary.path.clone(),
                source,
            })?;
            let parted = build::part(&binary, parting, &folder)?;
            for path in [Some(parted.program), parted.debug].into_iter().flatten() {
                self.origins.insert(path, origin.clone());
            }
        }
        Ok(())
    }

    /// What becomes of which program: of a parted one a plan knows no more than where it will lie.
    pub(super) fn parted(&self) -> &BTreeMap<(Utf8PathBuf, Parting), Parted> {
        &self.parted
    }

    /// Whether a file lies here, where no build comes.
    pub(super) fn has(&self, path: &Utf8Path) -> bool {
        let folder = self.folder.as_ref().map(TempDir::path);
        folder.is_some_and(|folder| path.starts_with(folder))
    }

    /// The inputs of an RPM with those that were made here replaced by what they were made of.
    pub(super) fn origins(&self, inputs: &[Input]) -> Vec<Input> {
        let origin = |input: &Input| self.origins.get(&input.path).unwrap_or(input).clone();
        inputs.iter().map(origin).collect()
    }

    /// A text without the folder's name, which is another one each time.
    pub(super) fn without_folder(&self, text: String) -> String {
        let folder = self
            .folder
            .as_ref()
            .and_then(|folder| folder.path().to_str());
        match folder {
            Some(folder) => text.replace(folder, ""),
            None => text,
        }
    }
}

impl Programs {
    /// The binaries of an RPM, as they are packaged.
    pub(super) fn of(&self, part: &CheckedPart) -> Vec<Binary> {
        self.own(part).map(packaged).collect()
    }

    /// What the RPM with debug information ships; nothing where there is none.
    pub(super) fn debug_contents(&self, target: &CheckedTarget) -> Result<Vec<Entry>, Error> {
        let links = target.target.profile().build_id_links.value;
        let shipped = target.parts.iter().flat_map(|part| self.own(part));
        let parted = shipped.filter_map(|program| {
            let debug = program.parted.debug.clone()?;
            Some((packaged(program), debug))
        });
        Ok(debug_contents(&parted.collect::<Vec<_>>(), links)?)
    }

    /// What the RPM with debug information provides.
    pub(super) fn debug_provides(&self, target: &CheckedTarget) -> Vec<Dependency> {
        let shipped = target.parts.iter().flat_map(|part| self.own(part));
        let parted = shipped.filter(|program| program.parted.debug.is_some());
        debug_provides(parted.filter_map(|program| program.built.facts.build_id.as_deref()))
    }

    fn own<'a>(&'a self, part: &'a CheckedPart) -> impl Iterator<Item = &'a Program> {
        let programs = self.programs.iter();
        programs.filter(|program| part.bins.iter().any(|bin| bin.name == program.built.name))
    }
}

fn packaged(program: &Program) -> Binary {
    Binary {
        name: program.built.name.clone(),
        path: program.parted.program.clone(),
        build_id: program.built.facts.build_id.clone(),
    }
}
