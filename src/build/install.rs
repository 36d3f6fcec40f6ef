//! The private environment: `cargo-zigbuild` and zig as Python wheels, in the user's cache.
//!
//! Both come through pip and whatever index it is set up for. A virtual environment cannot be
//! moved, so it is made in its place, under a lock, and a stamp is written last: without it the
//! folder is taken for a half and made anew. The folder's name holds the versions.

use super::process::{output_of, run_quietly};
use super::zig::on_path;
use super::{Error, Interrupt};
use crate::report::Sink;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The versions that are installed: those that the builds of the tests were seen to work with.
const CARGO_ZIGBUILD: &str = "0.24.0";
const ZIGLANG: &str = "0.17.1";

const STAMP: &str = ".complete";

/// An environment that is complete.
#[derive(Clone, Debug)]
pub(super) struct PrivateEnvironment {
    folder: PathBuf,
}

impl PrivateEnvironment {
    /// The environment below this cache folder, if it is complete and its Python still there.
    pub(super) fn find(cache: &Path) -> Option<Self> {
        let environment = PrivateEnvironment {
            folder: folder(cache),
        };
        let complete = environment.folder.join(STAMP).is_file()
            && environment.program().is_file()
            && environment.python().is_file();
        complete.then_some(environment)
    }

    /// `cargo-zigbuild`.
    pub(super) fn program(&self) -> PathBuf {
        self.folder.join("bin/cargo-zigbuild")
    }

    /// The Python that has ziglang.
    pub(super) fn python(&self) -> PathBuf {
        self.folder.join("bin/python")
    }
}

fn folder(cache: &Path) -> PathBuf {
    cache
        .join("cargo-ambot")
        .join(format!("zig-{CARGO_ZIGBUILD}-{ZIGLANG}"))
}

/// The user's cache folder (XDG Base Directory Specification: a relative path there is ignored).
pub(super) fn cache_folder() -> Option<PathBuf> {
    let absolute = |name: &str| {
        let path = std::env::var_os(name).map(PathBuf::from)?;
        path.is_absolute().then_some(path)
    };
    absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")))
}

/// Makes the environment, unless it is there.
///
/// # Errors
/// When Python, its venv module or pip is missing, when a wheel cannot be had, when the cache
/// cannot be written to, or when a signal comes.
pub(super) fn install(interrupt: &Interrupt, sink: &dyn Sink) -> Result<(), Error> {
    let cache = cache_folder().ok_or(Error::NoCacheFolder)?;
    if PrivateEnvironment::find(&cache).is_some() {
        return Ok(());
    }
    let folder = folder(&cache);
    let io = |source| Error::Cache {
        path: folder.clone(),
        source,
    };
    fs::create_dir_all(&folder).map_err(io)?;
    let _lock = lock(&folder, interrupt, sink)?;
    // Another run may have made it while we waited.
    if PrivateEnvironment::find(&cache).is_some() {
        return Ok(());
    }
    let python = python()?;
    let what = format!("cargo-zigbuild {CARGO_ZIGBUILD} and zig {ZIGLANG} (100 MB to download)");
    // Until this function ends: pip says nothing while it downloads.
    let _progress = sink.begin("Installing", &what, None);
    fs::remove_dir_all(&folder).map_err(io)?;
    step(
        "python3 -m venv",
        Command::new(python).args(["-m", "venv"]).arg(&folder),
        interrupt,
    )?;
    let environment = PrivateEnvironment {
        folder: folder.clone(),
    };
    step(
        "pip install",
        Command::new(environment.python())
            .args(["-m", "pip", "install", "--quiet", "--no-input"])
            .args(["--disable-pip-version-check", "--only-binary", ":all:"])
            .arg(format!("cargo-zigbuild=={CARGO_ZIGBUILD}"))
            .arg(format!("ziglang=={ZIGLANG}")),
        interrupt,
    )?;
    step(
        "zig version",
        Command::new(environment.python()).args(["-m", "ziglang", "version"]),
        interrupt,
    )?;
    step(
        "cargo-zigbuild --version",
        Command::new(environment.program()).arg("--version"),
        interrupt,
    )?;
    fs::write(folder.join(STAMP), "").map_err(io)
}

/// Takes the lock beside the folder; it is let go when the file is dropped.
fn lock(folder: &Path, interrupt: &Interrupt, sink: &dyn Sink) -> Result<File, Error> {
    let mut path = folder.as_os_str().to_owned();
    path.push(".lock");
    let io = |source| Error::Cache {
        path: folder.to_owned(),
        source,
    };
    let file = File::create(path).map_err(io)?;
    let mut waiting = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(source)) => return Err(io(source)),
            Err(TryLockError::WouldBlock) => {}
        }
        if !std::mem::replace(&mut waiting, true) {
            let text = format!(
                "waiting for another run that installs into {}",
                folder.display()
            );
            sink.status("Blocking", &text);
        }
        if let Some(signal) = interrupt.signal() {
            return Err(Error::Interrupted { signal });
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A Python that can make environments. Debian's has `venv` without what it needs to put pip
/// into one (`ensurepip`), and says so only when it has failed.
fn python() -> Result<PathBuf, Error> {
    let python = on_path("python3").ok_or(Error::NoPython)?;
    let probe = "import venv, ensurepip";
    match output_of(Command::new(&python).args(["-c", probe])) {
        Some(_) => Ok(python),
        None => Err(Error::NoVenv { python }),
    }
}

fn step(name: &'static str, command: &mut Command, interrupt: &Interrupt) -> Result<(), Error> {
    let (status, said) = run_quietly(command, interrupt)?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::Install { step: name, said })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_without_its_stamp_is_none() {
        let cache = tempfile::tempdir().unwrap();
        let bin = folder(cache.path()).join("bin");
        fs::create_dir_all(&bin).unwrap();
        fs::write(bin.join("cargo-zigbuild"), "").unwrap();
        fs::write(bin.join("python"), "").unwrap();
        assert!(PrivateEnvironment::find(cache.path()).is_none());
        fs::write(folder(cache.path()).join(STAMP), "").unwrap();
        assert!(PrivateEnvironment::find(cache.path()).is_some());
        // The system's Python was upgraded and the link leads nowhere.
        fs::remove_file(bin.join("python")).unwrap();
        assert!(PrivateEnvironment::find(cache.path()).is_none());
    }
}
