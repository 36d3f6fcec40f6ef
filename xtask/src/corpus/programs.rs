//! The programs that judge: each is run without the settings of whoever runs it.

use super::Ground;
use crate::machine;
use crate::step::{Failure, Step};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// An rpm with the rpmbuild beside it.
#[derive(Debug)]
pub(super) struct Rpm {
    path: PathBuf,
    version: String,
    forces_debian: bool,
}

impl Rpm {
    /// The system's, and those that `AMBOT_TEST_RPMS` names.
    pub(super) fn all() -> Result<Vec<Self>, Failure> {
        let own = machine::find("rpm").unwrap_or_else(|| "rpm".into());
        let named = std::env::var_os("AMBOT_TEST_RPMS").unwrap_or_default();
        let named = std::env::split_paths(&named).filter(|path| !path.as_os_str().is_empty());
        std::iter::once(own).chain(named).map(Rpm::new).collect()
    }

    fn new(path: PathBuf) -> Result<Self, Failure> {
        let said = |option: &str| Step::new("Asking", option, &path).args([option]).quietly();
        let version = said("--version")?;
        let version = version.split_whitespace().last().unwrap_or_default();
        Ok(Rpm {
            // Debian's rpm refuses to install anything without this option; others lack it.
            forces_debian: said("--help")?.contains("--force-debian"),
            version: version.to_owned(),
            path,
        })
    }

    /// As it says it.
    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// Whether packages for a target are meant for an rpm as old as this one.
    pub(super) fn is_for(&self, target: &str) -> bool {
        match target {
            "centos7" | "el7" | "amzn2" => true,
            _ => !self.version.starts_with("4.11."),
        }
    }

    /// rpm with a database of its own; made if it is not there.
    pub(super) fn with_database(&self, folder: &Path) -> Result<Step, Failure> {
        fs::create_dir_all(folder)
            .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
        let step = || {
            self.step("rpm")
                .args(["--dbpath".as_ref(), folder.as_os_str()])
        };
        step().args(["--initdb"]).quietly()?;
        Ok(step())
    }

    /// rpm for a machine in a folder.
    pub(super) fn in_root(&self, root: &Path) -> Step {
        let step = self.step("rpm").args(["--root".as_ref(), root.as_os_str()]);
        // Debian's default is in the home folder.
        step.args(["--dbpath", "/var/lib/rpm"])
    }

    /// The options of an installation into a root without any program: no dependency is met and no
    /// scriptlet can run there.
    pub(super) fn options_for_nothing(&self) -> Vec<&'static str> {
        let debian = self.forces_debian.then_some("--force-debian");
        let mut options = vec!["--nodeps", "--noscripts"];
        options.extend(debian);
        options
    }

    /// What a package answers to a query.
    pub(super) fn query(&self, package: &Path, query: &[&str]) -> Result<String, Failure> {
        // No signature is verified here, so that no key is missed.
        let step = self
            .step("rpm")
            .args(["-qp", "--nosignature", "--nodigest"]);
        step.args(query).args([package]).quietly()
    }

    /// rpmbuild of the same version.
    pub(super) fn build(&self) -> Step {
        self.step("rpmbuild")
    }

    fn step(&self, program: &str) -> Step {
        bare(self.path.with_file_name(program))
    }
}

/// A program without the settings of whoever runs it, and in no language.
pub(super) fn bare(program: impl AsRef<OsStr>) -> Step {
    let name = Path::new(program.as_ref()).file_name().unwrap_or_default();
    let name = name.to_string_lossy().into_owned();
    Step::new("Running", name, program.as_ref())
        .env("HOME", "/nonexistent")
        .env("LC_ALL", "C")
}

/// The name and version of rpmlint.
pub(super) fn rpmlint_version() -> Result<String, Failure> {
    let said = bare("rpmlint").args(["--version"]).quietly()?;
    Ok(format!("rpmlint {}", said.trim()))
}

/// The files of a package, below a folder that is made anew.
pub(super) fn unpack(ground: &Ground, package: &Path, folder: &Path) -> Result<(), Failure> {
    let unwritable = |error| Failure::new(format!("{}: {error}", folder.display()));
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(unwritable)?;
    }
    fs::create_dir_all(folder).map_err(unwritable)?;
    let payload = ground.folder.join("payload.cpio");
    let unpacked = bare("rpm2cpio").args([package]).attempt()?;
    fs::write(&payload, unpacked.stdout).map_err(unwritable)?;
    bare("cpio")
        .args(["-idmu", "--quiet", "-F"])
        .args([&payload])
        .in_folder(folder)
        .quietly()?;
    Ok(())
}
