//! Which rpm and which systemctl a test runs with.
//!
//! The system's own are always among them; those of the targets are named in `AMBOT_TEST_RPMS`
//! and `AMBOT_TEST_SYSTEMCTLS`, and are noted as not run where they are missing.

use super::project::Target;
use super::root::Root;
use super::{find_program, not_run, succeed};
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// A program and its version.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// The version as it prints it.
    pub(crate) version: String,
}

impl Program {
    /// Runs `--version`, whose first line has the version as its last word (rpm) or its second
    /// (systemctl).
    fn new(path: PathBuf) -> Self {
        let output = Command::new(&path).arg("--version").output();
        let output = output.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let said = succeed(&path.display().to_string(), &output);
        let version = said
            .split_whitespace()
            .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
            .unwrap_or_else(|| panic!("{} told no version: {said}", path.display()));
        Program {
            version: version.to_owned(),
            path,
        }
    }

    fn numbers(&self) -> Vec<u32> {
        numbers(&self.version)
    }
}

/// The numbers of a version, which compare as it does.
fn numbers(version: &str) -> Vec<u32> {
    version
        .split(['.', '-', '~'])
        .map_while(|number| number.parse().ok())
        .collect()
}

/// The programs of one kind that tests run with.
struct Programs {
    kind: &'static str,
    /// The versions that the targets have.
    wanted: [&'static str; 2],
    found: Vec<Program>,
}

impl Programs {
    fn find(kind: &'static str, variable: &str, wanted: [&'static str; 2]) -> Self {
        let named = std::env::var_os(variable).unwrap_or_default();
        let named = std::env::split_paths(&named).filter(|path| !path.as_os_str().is_empty());
        let mut found: Vec<_> = find_program(kind)
            .into_iter()
            .chain(named)
            .map(Program::new)
            .collect();
        found.sort_by_key(Program::numbers);
        Programs {
            kind,
            wanted,
            found,
        }
    }

    /// Those that a package for a target has to do with, oldest first; what is missing is noted.
    fn for_target(&self, target: Target) -> Vec<&Program> {
        let (oldest, wanted) = match target {
            Target::CentOs7 => (self.wanted[0], self.wanted.as_slice()),
            Target::CentOs8 => (self.wanted[1], &self.wanted[1..]),
        };
        if self.found.is_empty() {
            not_run::note(&format!("{} of this system: not run", self.kind));
        }
        for version in wanted {
            if !self.found.iter().any(|program| program.version == *version) {
                not_run::note(&format!("{} {version}: not run", self.kind));
            }
        }
        self.found
            .iter()
            .filter(|program| program.numbers() >= numbers(oldest))
            .collect()
    }
}

/// The rpms that are at least as new as the target's, oldest first; what is missing is noted.
pub(crate) fn rpms(target: Target) -> Vec<&'static Program> {
    static RPMS: OnceLock<Programs> = OnceLock::new();
    let rpms = RPMS.get_or_init(|| Programs::find("rpm", "AMBOT_TEST_RPMS", ["4.11.3", "4.14.3"]));
    rpms.for_target(target)
}

/// The systemctls likewise.
pub(crate) fn systemctls(target: Target) -> Vec<&'static Program> {
    static SYSTEMCTLS: OnceLock<Programs> = OnceLock::new();
    let systemctls = SYSTEMCTLS
        .get_or_init(|| Programs::find("systemctl", "AMBOT_TEST_SYSTEMCTLS", ["219", "239"]));
    systemctls.for_target(target)
}

/// As [`for_each_rpm`], once with bash as `/bin/sh`, as on CentOS, and once with dash, which knows
/// nothing beyond POSIX.
#[track_caller]
pub(crate) fn for_each_rpm_and_shell(target: Target, check: impl Fn(&Root)) {
    for_each_rpm(target, &check);
    if find_program("dash").is_none() {
        return not_run::note("dash: not run");
    }
    for_each_rpm(target, |root| {
        println!("--- with dash");
        root.take_for_sh("dash");
        check(root);
    });
}

/// Runs a check in a fresh root with each rpm and each systemctl that is at least as new as the
/// target's.
///
/// They are paired by age, so that 4.11.3 meets 219 and 4.14.3 meets 239 as on CentOS; the shorter
/// list starts over, so that each program is met at least once.
#[track_caller]
pub(crate) fn for_each_rpm(target: Target, check: impl Fn(&Root)) {
    let (rpms, systemctls) = (rpms(target), systemctls(target));
    if !is_root() {
        not_run::note("not root, so rpm cannot change its root: not run");
        return;
    }
    let pairs = rpms.iter().cycle().zip(systemctls.iter().cycle());
    for (rpm, systemctl) in pairs.take(rpms.len().max(systemctls.len())) {
        // Seen only when the check fails.
        println!(
            "--- {} with rpm {} and systemctl {}",
            target.name(),
            rpm.version,
            systemctl.version
        );
        check(&Root::new(rpm, systemctl));
    }
}

pub(crate) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}
