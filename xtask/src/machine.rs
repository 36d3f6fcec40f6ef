//! What a chore needs on the machine, and how it gets there.
//!
//! As root, packages come through apt-get or dnf; anyone else is told what to install, because a
//! chore that asks for a password stops a pipeline.

use crate::step::{Failure, Step};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A need of a chore and the packages that meet it.
pub(crate) struct Need {
    /// What is looked for.
    pub(crate) what: What,
    /// Debian's package.
    pub(crate) apt: &'static str,
    /// Fedora's package.
    pub(crate) dnf: &'static str,
}

/// Something that can be there or not.
pub(crate) enum What {
    /// A program in `PATH` or one of the folders for administrators.
    Program(&'static str),
    /// A Python that can make private environments.
    PythonVenv,
}

impl Need {
    /// A program that comes in these packages.
    pub(crate) const fn program(name: &'static str, apt: &'static str, dnf: &'static str) -> Self {
        Need {
            what: What::Program(name),
            apt,
            dnf,
        }
    }

    /// Whether it is there.
    pub(crate) fn is_met(&self) -> bool {
        match self.what {
            What::Program(name) => find(name).is_some(),
            // Debian ships `venv` without the `ensurepip` that it needs.
            What::PythonVenv => Command::new("python3")
                .args(["-c", "import venv, ensurepip"])
                .stdin(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success()),
        }
    }

    /// What it is called where it is missing.
    pub(crate) fn name(&self) -> &'static str {
        match self.what {
            What::Program(name) => name,
            What::PythonVenv => "python3 with venv",
        }
    }
}

/// What packaging a service needs beside a Rust toolchain.
pub(crate) const TO_PACKAGE: &[Need] = &[
    Need::program("cc", "gcc", "gcc"),
    Need::program("python3", "python3", "python3"),
    Need {
        what: What::PythonVenv,
        apt: "python3-venv",
        dnf: "python3-pip",
    },
];

/// What the tests need beside that.
pub(crate) const TO_TEST: &[Need] = &[
    Need::program("rpm", "rpm", "rpm"),
    Need::program("gpg", "gnupg", "gnupg2"),
    Need::program("rpmbuild", "rpm", "rpm-build"),
    Need::program("systemctl", "systemd", "systemd"),
    Need::program("readelf", "binutils", "binutils"),
    Need::program("cpio", "cpio", "cpio"),
    Need::program("bash", "bash", "bash"),
    Need::program("useradd", "passwd", "shadow-utils"),
    Need::program("ldd", "libc-bin", "glibc-common"),
    Need::program("mount", "mount", "util-linux"),
    Need::program("umount", "mount", "util-linux"),
    Need::program("strace", "strace", "strace"),
    Need::program("dash", "dash", "dash"),
    Need::program("faketime", "faketime", "libfaketime"),
    Need::program("prlimit", "util-linux", "util-linux"),
    Need::program("setpriv", "util-linux", "util-linux"),
    Need::program("shellcheck", "shellcheck", "ShellCheck"),
    Need::program("valgrind", "valgrind", "valgrind"),
    Need::program("createrepo_c", "createrepo-c", "createrepo_c"),
    Need::program("dnf", "dnf", "dnf"),
];

/// What packages are held against.
pub(crate) const TO_COMPARE: &[Need] = &[
    Need::program("rpm", "rpm", "rpm"),
    Need::program("rpmbuild", "rpm", "rpm-build"),
    Need::program("rpmlint", "rpmlint", "rpmlint"),
    Need::program("gpg", "gnupg", "gnupg2"),
    Need::program("cpio", "cpio", "cpio"),
    Need::program("eu-unstrip", "elfutils", "elfutils"),
];

/// What boots machines.
pub(crate) const TO_BOOT: &[Need] = &[
    Need::program("debootstrap", "debootstrap", "debootstrap"),
    Need::program("systemd-nspawn", "systemd-container", "systemd-container"),
    Need::program("nsenter", "util-linux", "util-linux"),
    Need::program("setpriv", "util-linux", "util-linux"),
    Need::program("rpm", "rpm", "rpm"),
    Need::program("rpmbuild", "rpm", "rpm-build"),
];

/// Installs what is missing, or says what to install.
pub(crate) fn provide(needs: &[&[Need]]) -> Result<(), Failure> {
    let missing = missing(needs);
    if missing.is_empty() {
        return Ok(());
    }
    let Some(installer) = Installer::find() else {
        let names: Vec<_> = missing.iter().map(|need| need.name()).collect();
        return Err(Failure::new(format!(
            "missing on this machine: {}; neither apt-get nor dnf is here to install them",
            names.join(", ")
        )));
    };
    let packages = installer.packages(&missing);
    if !is_root() {
        let names: Vec<_> = missing.iter().map(|need| need.name()).collect();
        return Err(Failure {
            what: format!("missing on this machine: {}", names.join(", ")),
            repeat: Some(format!(
                "sudo {} install {} && cargo xtask {}",
                installer.name(),
                packages.join(" "),
                std::env::args().skip(1).collect::<Vec<_>>().join(" ")
            )),
        });
    }
    installer.install(&packages)?;
    match self::missing(needs).first() {
        None => Ok(()),
        Some(need) => Err(Failure::new(format!(
            "{} is still missing after {} was installed",
            need.name(),
            packages.join(" ")
        ))),
    }
}

fn missing<'a>(needs: &[&'a [Need]]) -> Vec<&'a Need> {
    needs
        .iter()
        .flat_map(|needs| needs.iter())
        .filter(|need| !need.is_met())
        .collect()
}

enum Installer {
    Apt,
    Dnf,
}

impl Installer {
    fn find() -> Option<Self> {
        let apt = find("apt-get").map(|_| Installer::Apt);
        apt.or_else(|| find("dnf").map(|_| Installer::Dnf))
    }

    fn name(&self) -> &'static str {
        match self {
            Installer::Apt => "apt-get",
            Installer::Dnf => "dnf",
        }
    }

    fn packages(&self, needs: &[&Need]) -> Vec<&'static str> {
        let mut packages: Vec<_> = needs
            .iter()
            .map(|need| match self {
                Installer::Apt => need.apt,
                Installer::Dnf => need.dnf,
            })
            .collect();
        packages.sort_unstable();
        packages.dedup();
        packages
    }

    fn install(&self, packages: &[&str]) -> Result<(), Failure> {
        let list = packages.join(" ");
        match self {
            Installer::Apt => {
                // A fresh machine has no package lists, or old ones.
                Step::new("Updating", "the package lists", "apt-get")
                    .args(["update", "-q"])
                    .run()?;
                Step::new("Installing", list, "apt-get")
                    .args(["install", "-q", "-y", "--no-install-recommends"])
                    .args(packages.iter().copied())
                    .env("DEBIAN_FRONTEND", "noninteractive")
                    .run()
            }
            Installer::Dnf => Step::new("Installing", list, "dnf")
                .args(["install", "-y", "--setopt=install_weak_deps=False"])
                .args(packages.iter().copied())
                .run(),
        }
    }
}

/// Where a program is, if it is on this machine.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// Whether this process may do everything: what `id -u` says, from the kernel's own word.
pub(crate) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(Path::new("/proc/self")).is_ok_and(|own| own.uid() == 0)
}
