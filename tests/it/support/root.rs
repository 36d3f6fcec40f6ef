//! A folder that rpm takes for a machine.
//!
//! Inside are a shell, the few programs that a minimal CentOS has and a systemctl, with their
//! shared libraries; systemd does not run, as in a kickstart or when an image is built. rpm
//! changes its root into it, so scriptlets see nothing of the machine that runs the tests.

use super::ground::Program;
use super::{copy_tree, find_program, provider, succeed};
use std::cell::RefCell;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hash::{Hash, Hasher};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, PoisonError};
use tempfile::TempDir;

/// Where scriptlets find programs: bash, coreutils, grep, sed, shadow-utils and systemd.
const PROGRAMS: &[&str] = &[
    "basename",
    "bash",
    "cat",
    "chgrp",
    "chmod",
    "chown",
    "cp",
    "cut",
    "date",
    "dirname",
    "env",
    "expr",
    "false",
    "getent",
    "grep",
    "groupadd",
    "head",
    "id",
    "install",
    "ln",
    "ls",
    "mkdir",
    "mktemp",
    "mv",
    "printf",
    "pwd",
    "readlink",
    "rm",
    "rmdir",
    "sed",
    "sleep",
    "sort",
    "stat",
    "systemd-sysusers",
    "systemd-tmpfiles",
    "tail",
    "test",
    "timeout",
    "touch",
    "tr",
    "true",
    "uniq",
    "useradd",
    "usermod",
    "wc",
];

/// A fresh machine, gone when dropped.
pub(crate) struct Root {
    folder: TempDir,
    rpm: Program,
    forces_debian: bool,
    provided: RefCell<BTreeSet<String>>,
}

impl Root {
    /// A machine with this systemctl inside, on which this rpm works from outside.
    pub(crate) fn new(rpm: &Program, systemctl: &Program) -> Self {
        let template = template(&systemctl.path);
        let folder = tempfile::Builder::new()
            .prefix("root-")
            .tempdir_in(super::shared())
            .unwrap();
        let copy = |from: &Path, to: &Path| {
            // Programs are shared with the template; what a scriptlet may write to is not.
            if from.starts_with(template.join("etc")) {
                fs::copy(from, to).map(drop)
            } else {
                fs::hard_link(from, to)
            }
        };
        copy_tree(&template, folder.path(), &copy).unwrap();
        let help = Command::new(&rpm.path).arg("--help").output().unwrap();
        Root {
            folder,
            rpm: rpm.clone(),
            // Debian's rpm refuses to install anything without this option; others lack it.
            forces_debian: succeed("rpm --help", &help).contains("--force-debian"),
            provided: RefCell::default(),
        }
    }

    /// Where a path of the machine lies on this one.
    pub(crate) fn path(&self, inside: &str) -> PathBuf {
        self.folder.path().join(inside.trim_start_matches('/'))
    }

    /// Makes another shell the machine's `/bin/sh`.
    pub(crate) fn take_for_sh(&self, shell: &str) {
        let program = find_program(shell).unwrap();
        fs::copy(program, self.path("/usr/bin").join(shell)).unwrap();
        fs::remove_file(self.path("/usr/bin/sh")).unwrap();
        symlink(shell, self.path("/usr/bin/sh")).unwrap();
        assert_eq!(self.shell("echo \"$0\""), "/bin/sh\n");
    }

    /// Writes a file as an administrator of the machine would.
    pub(crate) fn write(&self, inside: &str, text: &str) {
        let file = self.path(inside);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// Installs or upgrades, with every dependency met, and returns what rpm and the scriptlets
    /// said. A warning fails the test: rpm exits 0 when a %post has failed.
    #[track_caller]
    pub(crate) fn install(&self, package: &Path) -> String {
        self.install_all(&[package])
    }

    /// As [`Root::install`], several in one transaction.
    #[track_caller]
    pub(crate) fn install_all(&self, packages: &[&Path]) -> String {
        for package in packages {
            self.provide_for(package);
        }
        let packages = packages.iter().map(|package| package.as_os_str());
        let arguments: Vec<_> = std::iter::once("-U".as_ref()).chain(packages).collect();
        self.change(&arguments)
    }

    /// Installs or upgrades where rpm warns of what it does with changed configuration, and returns
    /// what it said.
    #[track_caller]
    pub(crate) fn install_with_warnings(&self, package: &Path) -> String {
        self.provide_for(package);
        self.run(&["-U".as_ref(), package.as_os_str()])
    }

    /// Erases a package likewise.
    #[track_caller]
    pub(crate) fn erase_with_warnings(&self, name: &str) -> String {
        self.run(&["-e".as_ref(), name.as_ref()])
    }

    /// Erases a package.
    #[track_caller]
    pub(crate) fn erase(&self, name: &str) -> String {
        self.change(&["-e".as_ref(), name.as_ref()])
    }

    /// Installs what a package requires beside the features of rpm, which rpm judges itself.
    #[track_caller]
    pub(crate) fn provide_for(&self, package: &Path) {
        let missing = self.missing(package);
        if !missing.is_empty() {
            let provider = provider::package(&missing);
            self.change(&["-U".as_ref(), provider.as_os_str()]);
            self.provided.borrow_mut().extend(missing);
        }
    }

    /// The package that has what a package requires, beside what others have.
    pub(crate) fn provider_of(&self, package: &Path, others: &[&str]) -> PathBuf {
        let mut missing = self.missing(package);
        missing.retain(|requirement| !others.iter().any(|other| requirement.starts_with(other)));
        provider::package(&missing)
    }

    /// What a package requires and nothing provides yet.
    #[track_caller]
    fn missing(&self, package: &Path) -> BTreeSet<String> {
        let listed = |option: &str| -> BTreeSet<String> {
            let arguments = ["-qp".as_ref(), option.as_ref(), package.as_os_str()];
            let output = self.rpm(&arguments);
            assert!(output.status.success(), "rpm -qp {option}: {output:?}");
            let lines = String::from_utf8_lossy(&output.stdout).into_owned();
            lines.lines().map(|line| line.trim().to_owned()).collect()
        };
        let mut requires = listed("--requires");
        requires.retain(|requirement| !requirement.starts_with("rpmlib("));
        let own = listed("--provides");
        requires
            .into_iter()
            .filter(|requirement| !own.contains(requirement))
            .filter(|requirement| !self.provided.borrow().contains(requirement))
            .collect()
    }

    #[track_caller]
    fn run(&self, arguments: &[&std::ffi::OsStr]) -> String {
        let output = self.force(arguments);
        succeed(&format!("rpm {arguments:?}"), &output)
    }

    #[track_caller]
    fn change(&self, arguments: &[&std::ffi::OsStr]) -> String {
        let said = self.run(arguments);
        for line in said.lines() {
            assert!(
                !line.starts_with("warning:") && !line.starts_with("error:"),
                "rpm {arguments:?}\n{said}"
            );
        }
        said
    }

    /// Runs rpm where it changes the machine, whatever comes of it.
    pub(crate) fn force(&self, arguments: &[&std::ffi::OsStr]) -> Output {
        if self.forces_debian {
            self.rpm(&[&["--force-debian".as_ref()], arguments].concat())
        } else {
            self.rpm(arguments)
        }
    }

    /// What `rpm -V` says about a package; nothing is what one wants to hear.
    pub(crate) fn verify(&self, name: &str) -> String {
        let output = self.rpm(&["-V".as_ref(), name.as_ref()]);
        format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    }

    /// Runs rpm on the machine, with the machine's own database.
    pub(crate) fn rpm(&self, arguments: &[&std::ffi::OsStr]) -> Output {
        Command::new(&self.rpm.path)
            .arg("--root")
            .arg(self.folder.path())
            // Debian's default is in the home folder.
            .args(["--dbpath", "/var/lib/rpm"])
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/bin:/usr/sbin:/bin:/sbin")
            .env("HOME", "/root")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// Runs a command line on the machine, as an administrator there would.
    #[track_caller]
    pub(crate) fn shell(&self, line: &str) -> String {
        let output = Command::new("chroot")
            .arg(self.folder.path())
            .args(["/bin/sh", "-c", line])
            .env_clear()
            .env("PATH", "/usr/bin:/usr/sbin")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        succeed(line, &output)
    }

    /// Makes what a file for systemd-tmpfiles says, as a boot would, and returns what it said. From
    /// outside, because the program does nothing without `/proc`, which the machine has not.
    #[track_caller]
    pub(crate) fn tmpfiles(&self, file: &str) -> String {
        let output = Command::new("systemd-tmpfiles")
            .arg("--create")
            .arg(format!("--root={}", self.folder.path().display()))
            .arg(self.path(file))
            .output()
            .unwrap();
        succeed("systemd-tmpfiles", &output)
    }

    /// Every file of the machine but rpm's database: its kind, mode, owner and content.
    pub(crate) fn listing(&self) -> BTreeMap<PathBuf, String> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path == self.path("/var/lib/rpm") {
                    continue;
                }
                let inside = path.strip_prefix(self.folder.path()).unwrap().to_owned();
                files.insert(inside, described(&path));
                if fs::symlink_metadata(&path).unwrap().is_dir() {
                    folders.push(path);
                }
            }
        }
        files
    }
}

fn described(path: &Path) -> String {
    let facts = fs::symlink_metadata(path).unwrap();
    let content = if facts.is_symlink() {
        fs::read_link(path).unwrap().display().to_string()
    } else if facts.is_file() {
        let mut hasher = DefaultHasher::new();
        // Programs are hard links to the template's: their size tells enough.
        match facts.len() {
            0..=65536 => fs::read(path).unwrap().hash(&mut hasher),
            length => length.hash(&mut hasher),
        }
        format!("{:x}", hasher.finish())
    } else {
        String::new()
    };
    let (mode, user, group) = (facts.mode(), facts.uid(), facts.gid());
    format!("{mode:o} {user}:{group} {content}")
}

/// The machine that others are copied from, one for each systemctl.
fn template(systemctl: &Path) -> PathBuf {
    static MADE: Mutex<BTreeMap<PathBuf, PathBuf>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(template) = made.get(systemctl) {
        return template.clone();
    }
    let template = super::shared().join(format!("template-{}", made.len()));
    lay_folders(&template);
    lay_programs(&template, systemctl);
    lay_configuration(&template);
    let mut systemctl_inside = Command::new("chroot");
    systemctl_inside
        .arg(&template)
        .args(["/usr/bin/systemctl", "--version"]);
    succeed(
        &format!("{} in a root of its own", systemctl.display()),
        &systemctl_inside.output().unwrap(),
    );
    made.insert(systemctl.to_owned(), template.clone());
    template
}

/// The folders of a CentOS: `/bin` and its kin are links into `/usr`.
fn lay_folders(root: &Path) {
    for folder in [
        "dev",
        "etc/systemd/system",
        "run",
        "tmp",
        "usr/bin",
        "usr/lib/systemd/system-preset",
        "usr/lib/systemd/system",
        "usr/lib64",
        "usr/libexec",
        "usr/sbin",
        "usr/share/doc",
        "usr/share/licenses",
        "usr/share/man/man1",
        "var/cache",
        "var/log",
        "var/lib/rpm",
        "var/lib/rpm-state",
        "var/tmp",
    ] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    for folder in ["tmp", "var/tmp"] {
        fs::set_permissions(root.join(folder), fs::Permissions::from_mode(0o1777)).unwrap();
    }
    for folder in ["bin", "lib", "lib64", "sbin"] {
        symlink(format!("usr/{folder}"), root.join(folder)).unwrap();
    }
    // A device where that is allowed; a file swallows what is written to it as well.
    let null = root.join("dev/null");
    let device = Command::new("mknod")
        .args(["--mode=666".as_ref(), null.as_os_str()])
        .args(["c", "1", "3"])
        .output();
    if !device.is_ok_and(|output| output.status.success()) {
        fs::write(null, "").unwrap();
    }
}

/// The programs, each in the folder it has here, and the shared libraries that they load.
fn lay_programs(root: &Path, systemctl: &Path) {
    let mut sources = vec![systemctl.to_owned()];
    fs::copy(systemctl, root.join("usr/bin/systemctl")).unwrap();
    for name in PROGRAMS {
        let program = find_program(name).unwrap_or_else(|| panic!("`{name}` is not here"));
        let is_admin = program
            .parent()
            .is_some_and(|folder| folder.ends_with("sbin"));
        let folder = if is_admin { "usr/sbin" } else { "usr/bin" };
        fs::copy(&program, root.join(folder).join(name)).unwrap();
        sources.push(program);
    }
    symlink("bash", root.join("usr/bin/sh")).unwrap();
    // ldd's exit code tells of static programs too, so its lines are what counts.
    let output = Command::new("ldd").args(&sources).output().unwrap();
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!listed.contains("not found"), "{listed}");
    let mut libraries: BTreeSet<PathBuf> = listed
        .split_whitespace()
        .filter(|word| word.starts_with('/') && !word.ends_with(':'))
        .map(PathBuf::from)
        .collect();
    let libc = libraries.iter().find(|path| path.ends_with("libc.so.6"));
    let libc_folder = libc.and_then(|path| path.parent()).map(PathBuf::from);
    if let Some(folder) = libc_folder {
        // glibc's other parts, which the packaged service may need.
        let parts = ["libdl.so.2", "libm.so.6", "libpthread.so.0", "librt.so.1"];
        libraries.extend(parts.map(|part| folder.join(part)));
    }
    for library in libraries {
        let copy = root.join(library.strip_prefix("/").unwrap());
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(library, copy).unwrap();
    }
}

/// What CentOS configures: users, targets, and that a service without a preset stays disabled.
fn lay_configuration(root: &Path) {
    let units = "usr/lib/systemd/system";
    for (path, text) in [
        ("etc/passwd".to_owned(), "root:x:0:0:root:/root:/bin/bash\n"),
        ("etc/group".to_owned(), "root:x:0:\n"),
        (
            "usr/lib/systemd/system-preset/99-default-disable.preset".to_owned(),
            "disable *\n",
        ),
        (
            format!("{units}/multi-user.target"),
            "[Unit]\nDescription=Multi-User System\n",
        ),
        (
            format!("{units}/timers.target"),
            "[Unit]\nDescription=Timers\n",
        ),
    ] {
        fs::write(root.join(path), text).unwrap();
    }
}
