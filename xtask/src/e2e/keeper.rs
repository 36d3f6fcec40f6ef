//! The process that keeps one machine: starts it, waits for its own stdin to end, takes all away.
//!
//! It is a process of its own, in a process group of its own, because a chore that is interrupted or
//! killed cannot clean up: whatever becomes of the chore, the pipe between them ends. The machine
//! lives in a mount and a PID namespace of its own, whose processes and mounts the kernel takes away
//! when the first of them is killed; only its cgroups are left to be removed here.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;
use std::time::Duration;

/// The chore's argument that starts a keeper; it is no chore of a person's.
pub(crate) const ARGUMENT: &str = "e2e-keeper";

/// Where the host keeps its cgroups. Its mounts are left as they are: a controller that is unmounted
/// here is gone for the whole machine.
const CGROUPS: &str = "/sys/fs/cgroup";

/// Enters the cgroups, makes the tree and becomes systemd-nspawn; `$0` is the name, `$1` the root,
/// `$2` the folder to work in, `$3` the cgroups, the rest goes to systemd-nspawn.
const START: &str = r#"
name=$0 root=$1 folder=$2 groups=$3
shift 3
for group in $groups; do echo 0 >"$group/cgroup.procs" || exit; done
mount -t tmpfs -o size=4g,mode=755 "$name" "$folder" || exit
mkdir "$folder/upper" "$folder/work" "$folder/tree" || exit
mount -t overlay "$name" "$folder/tree" \
    -o "lowerdir=$root,upperdir=$folder/upper,workdir=$folder/work" || exit
exec systemd-nspawn --quiet --machine="$name" --directory="$folder/tree" --boot \
    --register=no --keep-unit --private-network --resolv-conf=off --timezone=off \
    --link-journal=no --console=pipe "$@"
"#;

/// Keeps a machine: `NAME ROOT FOLDER BIND…`. The first line of stdout is the PID of the process
/// whose child is systemd-nspawn.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let [name, root, folder, binds @ ..] = arguments else {
        return ExitCode::from(2);
    };
    let mut groups = Cgroups(Vec::new());
    let outcome = keep(
        name,
        Path::new(root),
        &Path::new(folder).join(name),
        binds,
        &mut groups,
    );
    groups.remove();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{name}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn keep(
    name: &str,
    root: &Path,
    folder: &Path,
    binds: &[String],
    groups: &mut Cgroups,
) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let unified = groups.make(name)?;
    let mut child = start(name, root, folder, binds, groups, unified)?;
    let mut stdout = io::stdout();
    let told = writeln!(stdout, "{}", child.id()).and_then(|()| stdout.flush());
    // Until the chore closes the pipe, or is gone.
    let _ = io::stdin().read_to_end(&mut Vec::new());
    // It kills its child in turn, which is the first process of the namespace.
    let _ = child.kill();
    let _ = child.wait();
    for path in [console(folder), folder.to_owned()] {
        let _ = fs::remove_file(&path).or_else(|_| fs::remove_dir(&path));
    }
    told
}

/// What the machine says on its console.
pub(super) fn console(folder: &Path) -> PathBuf {
    folder.with_extension("console")
}

fn start(
    name: &str,
    root: &Path,
    folder: &Path,
    binds: &[String],
    groups: &Cgroups,
    unified: bool,
) -> io::Result<Child> {
    let console = fs::File::create(console(folder))?;
    let groups: Vec<_> = groups.0.iter().map(|path| path.to_string_lossy()).collect();
    Command::new("setpriv")
        // Should this process be killed, that one is too.
        .args(["--pdeathsig", "KILL", "unshare"])
        .args(["--mount", "--propagation", "private"])
        .args(["--pid", "--fork", "--kill-child", "--mount-proc"])
        .args(["sh", "-c", START, name])
        .args([root, folder])
        .arg(groups.join(" "))
        .args(binds.iter().map(|bind| format!("--bind-ro={bind}")))
        .env(
            "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY",
            if unified { "1" } else { "0" },
        )
        // A /tmp in memory would hide what the root has there.
        .env("SYSTEMD_NSPAWN_TMPFS_TMP", "0")
        .stdin(Stdio::null())
        .stdout(console.try_clone()?)
        .stderr(console)
        .spawn()
}

/// Whether the host has cgroups of version 2 and no others.
pub(super) fn has_unified_alone() -> bool {
    Path::new(CGROUPS).join("cgroup.procs").exists()
}

/// The cgroups of one machine, one in each hierarchy.
struct Cgroups(Vec<PathBuf>);

impl Cgroups {
    /// Makes them, and says whether the host has the unified hierarchy alone.
    fn make(&mut self, name: &str) -> io::Result<bool> {
        let top = Path::new(CGROUPS);
        if has_unified_alone() {
            self.add(top, name)?;
            return Ok(true);
        }
        for entry in fs::read_dir(top)? {
            let hierarchy = entry?.path();
            // `cpu` and the like are links to `cpu,cpuacct`.
            if hierarchy.join("cgroup.procs").exists() && !hierarchy.is_symlink() {
                self.add(&hierarchy, name)?;
            }
        }
        Ok(false)
    }

    fn add(&mut self, hierarchy: &Path, name: &str) -> io::Result<()> {
        let group = hierarchy.join(name);
        fs::create_dir(&group)?;
        self.0.push(group.clone());
        // A group of cpuset takes no process while these are empty.
        for file in ["cpuset.cpus", "cpuset.mems"] {
            if let Ok(value) = fs::read_to_string(hierarchy.join(file)) {
                let _ = fs::write(group.join(file), value);
            }
        }
        Ok(())
    }

    /// Removes them with what systemd made below; the kernel may take a moment to empty them.
    fn remove(&self) {
        for group in &self.0 {
            for _ in 0..50 {
                if remove(group).is_ok() {
                    break;
                }
                thread::sleep(Duration::from_millis(100));
            }
        }
    }
}

/// Removes a cgroup with those below it. `remove_dir_all` would try to remove the kernel's files.
pub(super) fn remove(group: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(group) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remove(&entry.path())?;
        }
    }
    fs::remove_dir(group)
}
