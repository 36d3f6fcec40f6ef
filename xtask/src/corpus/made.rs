//! A crate's packages: its source fetched, built and packaged as a user would.

use super::crates::Crate;
use super::key::Key;
use super::table::Outcome;
use crate::demo::copy;
use crate::step::{Failure, Step};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The crate's own code is built for each of these, its dependencies once.
const BUILDS: [&str; 2] = ["first", "second"];
/// What the packages are dated with, so that two builds can be the same.
const DATE: &str = "1769817600";

/// The packages of a crate, in `BUILD/{unsigned,signed}/TARGET/` below a folder.
pub(super) struct Made {
    folder: PathBuf,
}

/// What was made for a target: file names are the same in all folders.
pub(super) struct ForTarget {
    builds: [PathBuf; 2],
    target: String,
    /// The RPM with the program, and that with its debug information.
    names: [OsString; 2],
}

impl Made {
    /// Builds and packages twice, each time signed and unsigned.
    pub(super) fn new(
        one: &Crate,
        targets: &[String],
        key: &Key,
        ground: &Path,
    ) -> Result<Self, Failure> {
        let folder = ground.join(one.name);
        let source = folder.join("source");
        let unwritable = |error| Failure::new(format!("{}: {error}", folder.display()));
        lay_source(one, &fetch(one, &folder)?, &source).map_err(unwritable)?;
        let signing = ["--sign-key".as_ref(), key.secret.as_os_str()];
        for build in BUILDS {
            clean(one, &folder)?;
            for (kind, flags) in [("unsigned", &[][..]), ("signed", &signing)] {
                package(one, &folder, targets)?.args(flags).stdout()?;
                let to = folder.join(build).join(kind);
                let moved = removed(&to).and_then(|()| {
                    fs::create_dir_all(folder.join(build))?;
                    fs::rename(folder.join("target/ambot"), to)
                });
                moved.map_err(unwritable)?;
            }
        }
        Ok(Made { folder })
    }

    /// What was made for a target.
    pub(super) fn for_target(&self, target: &str) -> Result<ForTarget, Failure> {
        let builds = BUILDS.map(|build| self.folder.join(build));
        let folder = builds[0].join("signed").join(target);
        let unreadable = |error| Failure::new(format!("{}: {error}", folder.display()));
        let mut names = Vec::new();
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            names.push(entry.map_err(unreadable)?.file_name());
        }
        names.sort_by_key(|name| name.to_string_lossy().contains("-debuginfo-"));
        match <[OsString; 2]>::try_from(names) {
            Ok(names) => Ok(ForTarget {
                builds,
                target: target.to_owned(),
                names,
            }),
            Err(names) => Err(Failure::new(format!(
                "{} should hold an RPM and its debug information, but holds {names:?}",
                folder.display()
            ))),
        }
    }
}

impl ForTarget {
    /// The target's name.
    pub(super) fn target(&self) -> &str {
        &self.target
    }

    /// The RPM with the program, and that with its debug information, as the first build made them.
    pub(super) fn unsigned(&self) -> [PathBuf; 2] {
        self.of(&self.builds[0], "unsigned")
    }

    /// The same, signed.
    pub(super) fn signed(&self) -> [PathBuf; 2] {
        self.of(&self.builds[0], "signed")
    }

    fn of(&self, build: &Path, kind: &str) -> [PathBuf; 2] {
        let folder = build.join(kind).join(&self.target);
        [&self.names[0], &self.names[1]].map(|name| folder.join(name))
    }

    /// Whether both builds gave the same files, byte for byte, signed and unsigned.
    pub(super) fn is_reproduced(&self) -> Result<Outcome, Failure> {
        let mut size = 0;
        for kind in ["unsigned", "signed"] {
            let [first, second] =
                [&self.builds[0], &self.builds[1]].map(|build| self.of(build, kind));
            for (first, second) in first.iter().zip(&second) {
                let read = |file: &Path| {
                    let unreadable = |error| Failure::new(format!("{}: {error}", file.display()));
                    fs::read(file).map_err(unreadable)
                };
                let bytes = read(first)?;
                size += bytes.len();
                if bytes != read(second)? {
                    let files = [first, second].map(|file| file.display());
                    return Ok(Outcome::Failed(format!(
                        "{} and {} differ",
                        files[0], files[1]
                    )));
                }
            }
        }
        // Signed and unsigned, with and without debug information.
        Ok(Outcome::Passed(format!("4 files, {} KiB", size / 1024)))
    }
}

/// Where the source of a crate lies: cargo unpacks what a package depends on.
fn fetch(one: &Crate, folder: &Path) -> Result<PathBuf, Failure> {
    let Some(version) = one.version else {
        return Ok(crate::workspace().join("tests/fixtures").join(one.name));
    };
    let wanted = format!("{}-{version}", one.name);
    let depends = folder.join("fetch");
    let manifest = format!(
        "[package]\nname = \"fetch\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n\
         [dependencies]\n{} = \"={version}\"\n",
        one.name
    );
    let written = fs::create_dir_all(depends.join("src"))
        .and_then(|()| fs::write(depends.join("Cargo.toml"), manifest))
        .and_then(|()| fs::write(depends.join("src/lib.rs"), ""));
    written.map_err(|error| Failure::new(format!("{}: {error}", depends.display())))?;
    let cargo_home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo_home = cargo_home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let registries = cargo_home.unwrap_or_default().join("registry/src");
    let unpacked = || {
        let folders = fs::read_dir(&registries).into_iter().flatten().flatten();
        let mut sources = folders.map(|registry| registry.path().join(&wanted));
        // cargo writes this file when all others are there.
        sources.find(|source| source.join(".cargo-ok").is_file())
    };
    if let Some(source) = unpacked() {
        return Ok(source);
    }
    Step::cargo("Fetching", one.to_string())
        .args(["fetch"])
        .in_folder(&depends)
        .run()?;
    let missing = || {
        Failure::new(format!(
            "cargo did not unpack {wanted} below {}",
            registries.display()
        ))
    };
    unpacked().ok_or_else(missing)
}

/// A fresh copy of the source, with what a maintainer would add.
fn lay_source(one: &Crate, from: &Path, to: &Path) -> io::Result<()> {
    removed(to)?;
    copy(from, to)?;
    let manifest = to.join("Cargo.toml");
    let text = fs::read_to_string(&manifest)?;
    if !text.contains("\n[workspace]") && !text.starts_with("[workspace]") {
        // It would be taken for a forgotten member of ours.
        fs::write(manifest, text + "\n[workspace]\n")?;
    }
    if let Some(unit) = one.unit.map(Path::new) {
        let services = to.join(".ambot/services");
        fs::create_dir_all(&services)?;
        fs::copy(
            to.join(unit),
            services.join(unit.file_name().unwrap_or_default()),
        )?;
    }
    Ok(())
}

fn removed(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Forgets what was built of the crate itself.
fn clean(one: &Crate, folder: &Path) -> Result<(), Failure> {
    let triple = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    Step::cargo("Cleaning", one.to_string())
        .args(["clean", "--quiet", "--release", "--package", one.name])
        .args(["--target", &triple, "--target-dir"])
        .args([folder.join("target")])
        .in_folder(folder.join("source"))
        .run()
}

fn package(one: &Crate, folder: &Path, targets: &[String]) -> Result<Step, Failure> {
    removed(&folder.join("target/ambot"))
        .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    let program = crate::programs().join("cargo-ambot");
    let settings = one.settings.iter().flat_map(|setting| ["--set", setting]);
    Ok(Step::new("Packaging", one.to_string(), program)
        .args([
            "ambot",
            "package",
            "--install-zig",
            "--target",
            &targets.join(","),
        ])
        .args(["--set", "debuginfo=true"])
        .args(settings)
        .args(["--target-dir".into(), folder.join("target")])
        .env("SOURCE_DATE_EPOCH", DATE)
        .in_folder(folder.join("source")))
}
