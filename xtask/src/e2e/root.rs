//! The roots that machines are booted from: Debian's, made here, and others that are named.

use super::keeper;
use super::machine::Machine;
use super::packages::{STYLES, Style};
use super::rows::{By, Facts, numbers};
use crate::step::{Failure, Step};
use crate::{machine, say};
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The variable that names further roots, with colons between them.
pub(super) const VARIABLE: &str = "AMBOT_E2E_ROOTS";

/// The name of the root that is made here.
const DEBIAN: &str = "debian";
/// Debian 12: its systemd is 252, as that of Enterprise Linux 9.
const SUITE: &str = "bookworm";
/// Where its packages come from; debootstrap goes through `http_proxy` where that is set.
const MIRROR: &str = "http://deb.debian.org/debian";
/// What a small server has that is no part of a minimal system; passwd has useradd.
const PACKAGES: &str = "systemd,systemd-sysv,dbus,rpm,passwd";

/// The first systemd that boots on cgroups of version 2 alone.
const FIRST_UNIFIED: u32 = 231;

/// Units that have nothing to do in a container, or that wait for what is not there.
const MASKED: &[&str] = &[
    "apt-daily-upgrade.timer",
    "apt-daily.timer",
    "console-getty.service",
    "dev-hugepages.mount",
    "dev-mqueue.mount",
    "dpkg-db-backup.timer",
    "e2scrub_all.timer",
    "e2scrub_reap.service",
    "fstrim.timer",
    "getty.target",
    "ldconfig.service",
    "proc-sys-fs-binfmt_misc.automount",
    "sys-fs-fuse-connections.mount",
    "sys-kernel-debug.mount",
    "sys-kernel-tracing.mount",
    "systemd-firstboot.service",
    "systemd-journal-catalog-update.service",
    "systemd-logind.service",
    "systemd-machine-id-commit.service",
    "systemd-modules-load.service",
    "systemd-sysctl.service",
    "systemd-update-done.service",
];

/// A root, and what is in it.
pub(super) struct Root {
    /// The name of its folder.
    pub(super) name: String,
    /// Where it is.
    pub(super) path: PathBuf,
    systemd: Vec<u32>,
    rpm: Vec<u32>,
}

impl Root {
    /// Debian's root and those that are named, as far as they are wanted, and why one is not there.
    pub(super) fn all(
        folder: &Path,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<(Vec<Self>, Vec<String>), Failure> {
        let mut roots = Vec::new();
        let mut missing = Vec::new();
        if is_wanted(DEBIAN) {
            match debian(folder)? {
                Ok(path) => roots.push(Root::read(&path)?),
                Err(why) => missing.push(why),
            }
        }
        let named = std::env::var_os(VARIABLE).unwrap_or_default();
        for path in std::env::split_paths(&named).filter(|path| !path.as_os_str().is_empty()) {
            let name = path.file_name().unwrap_or(path.as_os_str());
            if is_wanted(&name.to_string_lossy()) {
                roots.push(Root::read(&path)?);
            }
        }
        Ok((roots, missing))
    }

    /// Why no machine can be booted from it here, if so.
    pub(super) fn obstacle(&self, folder: &Path, binds: &[String]) -> Option<String> {
        let systemd = self.systemd.first().copied().unwrap_or_default();
        if systemd < FIRST_UNIFIED && keeper::has_unified_alone() {
            return Some(format!(
                "systemd {systemd} does not know the unified cgroups, and this machine has no others"
            ));
        }
        Machine::boot(&self.path, folder, binds).err()
    }

    fn read(path: &Path) -> Result<Self, Failure> {
        let version = |program: &str| {
            let said = Step::new("Asking", program, "chroot")
                .args([path.as_os_str(), program.as_ref(), "--version".as_ref()])
                .quietly()?;
            // `systemd 252 (252.38-1)`, `RPM version 4.18.0`
            let mut words = said.split_whitespace();
            let word = words.find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
            Ok(numbers(word.unwrap_or_default()))
        };
        let name = path.file_name().unwrap_or(path.as_os_str());
        Ok(Root {
            name: name.to_string_lossy().into_owned(),
            path: path.to_owned(),
            systemd: version("systemctl")?,
            rpm: version("rpm")?,
        })
    }

    /// The styles whose packages belong on it: that of its systemd, and on one that is newer than all
    /// of them, as Debian's, all.
    pub(super) fn styles(&self) -> impl Iterator<Item = Style> {
        let systemd = self.systemd.first().copied().unwrap_or_default();
        let newest = STYLES.iter().map(|style| style.systemd).max();
        STYLES
            .into_iter()
            .filter(move |style| newest <= Some(systemd) || style.systemd == systemd)
    }

    /// Whether its systemd is that of the style's target.
    pub(super) fn is_of(&self, style: Style) -> bool {
        self.systemd.first() == Some(&style.systemd)
    }

    /// What conditions of rows ask for.
    pub(super) fn facts(&self, style: Style, by: By) -> Facts {
        Facts {
            style: style.name,
            systemd: self.systemd.clone(),
            rpm: self.rpm.clone(),
            by,
        }
    }
}

/// Makes Debian's root, if it is not there as this recipe makes it; or says why it cannot be made.
fn debian(folder: &Path) -> Result<Result<PathBuf, String>, Failure> {
    let root = folder.join(DEBIAN);
    let stamp = folder.join("debian.recipe");
    let recipe = format!("{SUITE} {MIRROR} {PACKAGES} {MASKED:?} 1");
    if fs::read_to_string(&stamp).is_ok_and(|made| made == recipe) {
        return Ok(Ok(root));
    }
    let unwritable = |error: io::Error| Failure::new(format!("{}: {error}", root.display()));
    let _ = fs::remove_file(&stamp);
    if root.exists() {
        fs::remove_dir_all(&root).map_err(unwritable)?;
    }
    fs::create_dir_all(folder).map_err(unwritable)?;
    say::status(
        "Making",
        "a root of Debian's packages, which takes minutes once",
    );
    // What it mounts goes with its namespace, also where it is interrupted.
    let made = Step::new("Making", "a root", "unshare")
        .args(["--mount", "--propagation", "private", "debootstrap"])
        .args(["--variant=minbase", &format!("--include={PACKAGES}"), SUITE])
        .args([root.as_os_str(), MIRROR.as_ref()])
        .attempt()?;
    if !made.status.success() {
        let said = [made.stdout, made.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        let errors = said.lines().filter(|line| line.starts_with("E: "));
        let last = errors.chain(said.lines().last()).next().unwrap_or_default();
        return Ok(Err(format!("debootstrap from {MIRROR}: {last}")));
    }
    furnish(&root).map_err(unwritable)?;
    fs::write(stamp, recipe).map_err(unwritable)?;
    Ok(Ok(root))
}

/// What makes a server of it: as on the targets, nothing is enabled that no preset names.
fn furnish(root: &Path) -> io::Result<()> {
    for folder in [
        "var/cache/apt/archives",
        "var/lib/apt/lists",
        "usr/share/doc",
    ] {
        fs::remove_dir_all(root.join(folder))?;
    }
    let units = root.join("etc/systemd/system");
    for unit in MASKED {
        let link = units.join(unit);
        let _ = fs::remove_file(&link);
        symlink("/dev/null", link)?;
    }
    let presets = root.join("usr/lib/systemd/system-preset");
    fs::create_dir_all(&presets)?;
    fs::write(presets.join("99-default-disable.preset"), "disable *\n")?;
    symlink(
        "/usr/lib/systemd/system/multi-user.target",
        units.join("default.target"),
    )?;
    // Debian's rpm keeps a database for each user, unless it is told otherwise.
    fs::create_dir_all(root.join("etc/rpm"))?;
    fs::write(root.join("etc/rpm/macros"), "%_dbpath /var/lib/rpm\n")?;
    fs::write(root.join("etc/hostname"), "e2e\n")?;
    fs::write(root.join("etc/machine-id"), "")?;
    fs::write(root.join("etc/fstab"), "")
}

/// Why this machine cannot boot another, if so.
pub(super) fn obstacle(folder: &Path) -> Option<String> {
    if !machine::is_root() {
        return Some("not root".to_owned());
    }
    let programs = [
        "debootstrap",
        "systemd-nspawn",
        "nsenter",
        "unshare",
        "setpriv",
        "rpmbuild",
    ];
    if let Some(missing) = programs.iter().find(|name| machine::find(name).is_none()) {
        return Some(format!("no {missing} here"));
    }
    // What a container of a pipeline is often forbidden.
    let try_mounts = "mount -t tmpfs e2e \"$0\" && mkdir \"$0/a\" \"$0/b\" \"$0/c\" && \
        mount -t overlay e2e \"$0/c\" -o \"lowerdir=/usr,upperdir=$0/a,workdir=$0/b\"";
    let _ = fs::create_dir_all(folder);
    let tried = Command::new("unshare")
        .args([
            "--mount",
            "--pid",
            "--fork",
            "--mount-proc",
            "sh",
            "-c",
            try_mounts,
        ])
        .arg(folder)
        .output();
    match tried {
        Ok(output) if output.status.success() => {}
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            let first = said.lines().next().unwrap_or_default();
            return Some(format!("no overlay can be mounted: {first}"));
        }
        Err(error) => return Some(format!("unshare: {error}")),
    }
    let cgroups = Path::new("/sys/fs/cgroup");
    let trial = [cgroups.to_owned(), cgroups.join("systemd")]
        .into_iter()
        .filter(|hierarchy| hierarchy.join("cgroup.procs").exists())
        .map(|hierarchy| hierarchy.join(format!("ambot-e2e-{}-try", std::process::id())));
    for group in trial {
        if let Err(error) = fs::create_dir(&group) {
            return Some(format!("no cgroup can be made: {error}"));
        }
        let _ = fs::remove_dir(&group);
    }
    None
}
