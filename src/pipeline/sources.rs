//! Spec files and source packages: the way of a package as far as the plan, and no build.

use super::check::{Checked, CheckedPackage, CheckedTarget};
use super::output::{Output, folder_of};
use super::package::PackageRequest;
use super::plans::{self, Making, parts};
use super::press::{Batch, Press};
use super::unpublished::Unpublished;
use super::{Artifact, Error, Format};
use crate::archive::{self, Item, Items};
use crate::build::{self, Arch, Asked, Interrupt};
use crate::contents::Source;
use crate::disk::{self, Readers};
use crate::lint::Levels;
use crate::package::{Caretaker, PlanSet, assemble_all, declared};
use crate::project::{self, Workspace};
use crate::report::{Diagnostic, Sink};
use crate::rpm::{Signer, hex};
use crate::source::{Cargo, Recipe, SourceFile, Tree, VENDOR_DIR, source_plan, spec};
use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use tempfile::TempDir;
use tracing::debug_span;

/// What all packages of a run have in common.
pub(super) struct Sources<'a> {
    pub(super) checked: &'a Checked,
    pub(super) request: &'a PackageRequest,
    pub(super) output: &'a Output,
    pub(super) epoch: Option<u32>,
    pub(super) interrupt: &'a Interrupt,
    pub(super) sink: &'a dyn Sink,
    tree: Tree,
    /// The sources beside specs that were written, and what is in them.
    beside: BTreeMap<Utf8PathBuf, Vec<u8>>,
    /// The dependencies, gathered when the first source package wants them.
    vendored: Option<Vendored>,
}

/// The dependencies of the workspace.
struct Vendored {
    /// The folder that the items lie in, which goes with the run.
    _folder: TempDir,
    items: Items,
}

impl<'a> Sources<'a> {
    /// Asks cargo for the files of the workspace.
    pub(super) fn new(
        checked: &'a Checked,
        request: &'a PackageRequest,
        output: &'a Output,
        epoch: Option<u32>,
        interrupt: &'a Interrupt,
        sink: &'a dyn Sink,
    ) -> Result<Self, Error> {
        Ok(Sources {
            tree: tree(&checked.workspace, &asked(request), interrupt)?,
            checked,
            request,
            output,
            epoch,
            interrupt,
            sink,
            beside: BTreeMap::new(),
            vendored: None,
        })
    }

    /// Looks at what would be published.
    ///
    /// # Errors
    /// When what packages are signed with is among it, or tokens and passwords of cargo's.
    pub(super) fn refuse(&self, unpublished: &Unpublished) -> Result<(), Error> {
        if !self.request.formats.contains(&Format::Srpm) {
            return Ok(());
        }
        self.tree.refuse_secrets()?;
        for (_, file) in self.tree.files() {
            unpublished.refuse(file, "the source package")?;
        }
        let untracked = project::untracked(&self.checked.workspace.root);
        let unknown: Vec<&str> = self
            .tree
            .files()
            .filter(|(inside, _)| untracked.contains(*inside))
            .map(|(inside, _)| inside.as_str())
            .collect();
        if !unknown.is_empty() {
            self.sink.diagnostic(&unknown_to_git(&unknown));
        }
        Ok(())
    }

    /// Makes what is asked for of a package for one of its targets.
    pub(super) fn make(
        &mut self,
        package: &CheckedPackage,
        target: &CheckedTarget,
        signer: Option<&Signer>,
    ) -> Result<Vec<Artifact>, Error> {
        let _source = debug_span!("source", target = %target.target).entered();
        let arch = Arch::of_run(self.request.triple.as_deref())?.rpm_name();
        let making = Making {
            arch,
            built: None,
            root: &self.checked.workspace.root,
            epoch: self.epoch,
            sink: self.sink,
        };
        let plans = assemble_all(parts(package, target, &making)?, Caretaker::Other)?;
        let release = target.parts[0].settings.release.as_ref();
        let release = release.map_or("1", |release| release.value.as_str());
        let settings = &target.parts[0].settings;
        let wanted = declared(settings, target.target.profile())?.build_requires;
        let cargo = self.cargo(package);
        let recipe = Recipe::new(&plans, release, cargo, &wanted, &self.tree);
        let text = spec(&recipe)?;
        let mut made = Vec::new();
        for format in &self.request.formats {
            match format {
                Format::Spec => made.push(self.spec(&recipe, &plans, &text)?),
                Format::Srpm => made.extend(self.srpm(&recipe, &text, arch, signer)?),
                Format::Rpm | Format::TarGz => {}
            }
        }
        Ok(made)
    }

    fn cargo(&self, package: &CheckedPackage) -> Cargo {
        let options = &self.request.cargo;
        let members = self.checked.workspace.packages.iter();
        let own =
            members.filter(|member| package.bins.iter().any(|bin| bin.package == member.name));
        Cargo {
            packages: plans::members(package),
            bins: package.bins.iter().map(|bin| bin.name.clone()).collect(),
            profile: options.profile().to_owned(),
            profile_folder: options.profile_folder().to_owned(),
            features: options.features.clone(),
            all_features: options.all_features,
            no_default_features: options.no_default_features,
            rust_version: own
                .filter_map(|member| member.rust_version.as_ref())
                .max()
                .map(ToString::to_string),
        }
    }

    /// The spec, and beside it the sources that are made here; the archives are a matter of the source
    /// package.
    fn spec(
        &mut self,
        recipe: &Recipe<'_>,
        plans: &PlanSet,
        text: &str,
    ) -> Result<Artifact, Error> {
        let main = &plans[0];
        let path = self.output.path(&main.target, &recipe.spec_name(), true);
        let folder = folder_of(&path);
        let mut sources = Vec::new();
        for file in recipe.beside() {
            let to = folder.join(&file.name);
            let bytes = read(&to, &file.source)?;
            let known = self.beside.insert(to.clone(), bytes.clone());
            if known.is_some_and(|known| known != bytes) {
                return Err(Error::SameSource { path: to });
            }
            write_file(&to, &bytes)?;
            sources.push(to);
        }
        write_file(&path, text.as_bytes())?;
        let mut artifact = Artifact {
            path,
            size: text.len() as u64,
            sha256: hex(&Sha256::digest(text)),
            sources,
            ..Artifact::of(Format::Spec, main)
        };
        artifact.nevra.arch = "src".to_owned();
        Ok(artifact)
    }

    fn srpm(
        &mut self,
        recipe: &Recipe<'_>,
        text: &str,
        arch: &str,
        signer: Option<&Signer>,
    ) -> Result<Vec<Artifact>, Error> {
        let main = &recipe.plans[0];
        let folder = tempfile::tempdir().map_err(temporary)?;
        let inside = utf8(folder.path())?;
        let mut files = vec![self.archive(
            &recipe.tree_name(),
            &self.tree_items(recipe)?,
            main.time,
            inside,
        )?];
        if let Some(name) = recipe.vendor_name() {
            self.gather()?;
            let items = self.vendored.as_ref().map(|vendored| &vendored.items);
            if let Some(items) = items {
                files.push(self.archive(&name, items, main.time, inside)?);
            }
        }
        files.extend(recipe.beside().iter().cloned());
        let plan = source_plan(recipe, files, text.to_owned(), arch)?;
        let press = Press {
            output: self.output,
            interrupt: self.interrupt,
            sink: self.sink,
        };
        let batch = Batch {
            plans: PlanSet::new(vec![plan])?,
            // No unit is judged before it is installed.
            levels: Levels::new(&[])?,
            signer,
        };
        let made = press.write(&[&batch])?.into_iter().flatten();
        Ok(made.map(|pressed| pressed.artifact).collect())
    }

    fn tree_items(&self, recipe: &Recipe<'_>) -> Result<Items, Error> {
        let top = recipe.top();
        let mut items = Items::new();
        for (inside, path) in self.tree.files() {
            let metadata = path.metadata().map_err(|source| archive::Error::Input {
                path: path.to_owned(),
                archive: recipe.tree_name(),
                source,
            })?;
            items.insert(format!("{top}/{inside}"), Item::file(path, &metadata));
        }
        Ok(items)
    }

    fn archive(
        &self,
        name: &str,
        items: &Items,
        time: u32,
        folder: &Utf8Path,
    ) -> Result<SourceFile, Error> {
        self.sink.status("Archiving", name);
        let written = archive::write(items, time, name, folder, self.interrupt)?;
        Ok(SourceFile {
            name: name.to_owned(),
            source: Source::Path(written.publish_as(name)?),
        })
    }

    /// Gathers the dependencies, once a run.
    fn gather(&mut self) -> Result<(), Error> {
        if self.vendored.is_none() {
            self.vendored = Some(self.vendor()?);
        }
        Ok(())
    }

    fn vendor(&self) -> Result<Vendored, Error> {
        self.sink
            .status("Vendoring", "the dependencies in Cargo.lock");
        let folder = tempfile::tempdir().map_err(temporary)?;
        let path = utf8(folder.path())?.join(VENDOR_DIR);
        let manifest = self.checked.workspace.root.join("Cargo.toml");
        let asked = asked(self.request);
        let config = build::vendor(&asked, &manifest, &path, VENDOR_DIR, self.interrupt)?;
        let mut items = archive::folder_items(&path, VENDOR_DIR)?;
        items.insert(format!("{VENDOR_DIR}/config.toml"), Item::text(config));
        Ok(Vendored {
            _folder: folder,
            items,
        })
    }
}

/// What somebody has in the folder and did not mean for others, such as `.env`, is published too.
fn unknown_to_git(files: &[&str]) -> Diagnostic {
    const SHOWN: usize = 5;
    let many = files.len();
    let title = match many {
        1 => "the source package has a file that git does not know".to_owned(),
        _ => format!("the source package has {many} files that git does not know"),
    };
    let mut shown = files[..many.min(SHOWN)].join(", ");
    if many > SHOWN {
        shown += &format!(" and {} more", many - SHOWN);
    }
    Diagnostic::warning(title)
        .with_note(shown)
        .with_help("add them, have git ignore them, or leave them out: `exclude` in [package]")
}

fn tree(workspace: &Workspace, asked: &Asked, interrupt: &Interrupt) -> Result<Tree, Error> {
    // Before cargo says the same in more words.
    Tree::check_lock(workspace)?;
    let mut listed = Vec::new();
    for package in &workspace.packages {
        let files = build::package_files(asked, &package.manifest_path, interrupt)?;
        listed.push((package, files));
    }
    Ok(Tree::new(workspace, &listed)?)
}

/// How cargo is asked for files: always by the lock file, so that flag is not handed on twice.
pub(super) fn asked(request: &PackageRequest) -> Asked {
    let options = &request.project.cargo;
    let flags = options.flags.iter().filter(|flag| *flag != "--locked");
    let flags = flags.map(|flag| match flag.as_str() {
        "--frozen" => "--offline".to_owned(),
        other => other.to_owned(),
    });
    let mut flags: Vec<String> = flags.collect();
    flags.dedup();
    Asked {
        cargo: options.cargo.clone(),
        current_dir: options.current_dir.clone(),
        flags,
    }
}

/// What is in a source that becomes this file.
fn read(path: &Utf8Path, source: &Source) -> Result<Vec<u8>, Error> {
    match source {
        Source::Bytes(bytes) => Ok(bytes.clone()),
        Source::Path(from) => Ok(std::fs::read(from).map_err(|source| archive::Error::Input {
            path: from.clone(),
            archive: path.to_string(),
            source,
        })?),
    }
}

/// Writes a file, whole or not at all.
pub(super) fn write_file(path: &Utf8Path, bytes: &[u8]) -> Result<(), Error> {
    let folder = folder_of(path);
    let failed = |source| Error::Output {
        path: folder.clone(),
        source,
    };
    disk::write(path, bytes, Readers::Umask).map_err(failed)
}

fn temporary(source: std::io::Error) -> Error {
    Error::Output {
        path: Utf8PathBuf::from_path_buf(std::env::temp_dir()).unwrap_or_default(),
        source,
    }
}

fn utf8(path: &std::path::Path) -> Result<&Utf8Path, Error> {
    Utf8Path::from_path(path)
        .ok_or_else(|| temporary(std::io::Error::other("its path is not UTF-8")))
}
