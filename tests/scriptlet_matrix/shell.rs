//! A scriptlet, run by a real shell in a folder that stands for the machine.
//!
//! The text runs as the package has it, with two things around it. The paths of the machine begin
//! with a point (`./var/lib/…` for `/var/lib/…`) and the shell starts in the folder, so that no root is
//! needed. And `systemctl` and `sleep` are functions that ask this process through a pair of pipes,
//! which costs no process and no second of waiting; the clock in `/proc/uptime` is the model's.

use super::model::{Manager, Systemd};
use super::systemctl::Answer;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use tempfile::TempDir;

/// Before the text of a scriptlet: the functions. Descriptors 8 and 9 are not the scriptlet's.
const ASKING: &str = r#"exec 8>&1 9<&0 >&2 </dev/null
_ask() {
    printf '%s ' "$@" >&8
    printf '\n' >&8
    read -r _code _lines <&9
    while [ "$_lines" -gt 0 ]; do
        IFS= read -r _line <&9
        case $_line in
        o*) printf '%s\n' "${_line#?}" ;;
        *) printf '%s\n' "${_line#?}" >&2 ;;
        esac
        _lines=$((_lines - 1))
    done
    return "$_code"
}
sleep() { _ask sleep "$@"; }
"#;
const SYSTEMCTL: &str = "systemctl() { _ask systemctl \"$@\"; }\n";

/// Where the paths of a scriptlet begin.
const BEGINNINGS: [&str; 5] = ["/var/lib/", "/usr/lib/", "/run/", "/etc/", "/proc/"];

/// The programs that a scriptlet finds.
const PROGRAMS: [&str; 17] = [
    "cat", "chmod", "cut", "date", "env", "expr", "grep", "head", "ls", "mkdir", "mv", "readlink",
    "rm", "rmdir", "sed", "touch", "tr",
];

/// A shell that is `/bin/sh` somewhere.
#[derive(Clone, Debug)]
pub(crate) struct Shell {
    pub(crate) name: &'static str,
    program: PathBuf,
    arguments: &'static [&'static str],
}

/// Those of this machine, and the names of those that it lacks.
pub(crate) fn shells() -> (Vec<Shell>, Vec<&'static str>) {
    let wanted: [(&str, &str, &[&str]); 3] = [
        ("dash", "dash", &[]),
        ("bash", "bash", &["--posix"]),
        ("busybox", "busybox", &["sh"]),
    ];
    let mut found = Vec::new();
    let mut missing = Vec::new();
    for (name, program, arguments) in wanted {
        match find(program) {
            Some(program) => found.push(Shell {
                name,
                program,
                arguments,
            }),
            None => missing.push(name),
        }
    }
    (found, missing)
}

pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// What a scriptlet did.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) phase: &'static str,
    /// Whether it is ours; another tool's answers for itself.
    pub(crate) is_ours: bool,
    pub(crate) argument: u8,
    pub(crate) code: Option<i32>,
    /// What it printed on both of its outputs.
    pub(crate) said: String,
    /// The calls of systemctl, each with the answer's code.
    pub(crate) calls: Vec<String>,
    /// The seconds that it slept, and that calls of systemctl held it.
    pub(crate) seconds: u64,
    /// The calls that the model knows no answer to.
    pub(crate) unknown: Vec<String>,
}

/// The folder that stands for the machine.
pub(crate) struct Sandbox {
    folder: TempDir,
}

impl Sandbox {
    pub(crate) fn new(systemd: Systemd) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("matrix-")
            .tempdir()
            .unwrap();
        let sandbox = Sandbox { folder };
        for name in [
            "usr/lib/systemd/system",
            "etc/systemd/system",
            "var/lib",
            "run",
            "proc",
            "bin",
        ] {
            fs::create_dir_all(sandbox.path(name)).unwrap();
        }
        if matches!(systemd, Systemd::Runs | Systemd::Chroot) {
            fs::create_dir_all(sandbox.path("run/systemd/system")).unwrap();
        }
        for name in PROGRAMS {
            if let Some(program) = find(name) {
                symlink(program, sandbox.path("bin").join(name)).unwrap();
            }
        }
        sandbox
    }

    pub(crate) fn path(&self, inside: &str) -> PathBuf {
        self.folder.path().join(inside.trim_start_matches('/'))
    }

    /// Puts a file where a package has it.
    pub(crate) fn put(&self, inside: &str, text: &str) {
        let file = self.path(inside);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// Takes a file away; it may be gone.
    pub(crate) fn take(&self, inside: &str) {
        let _ = fs::remove_file(self.path(inside));
    }

    /// Says in `/proc/uptime` how late it is.
    fn set_clock(&self, milliseconds: u64) {
        let text = format!(
            "{}.{:02} 0.00\n",
            milliseconds / 1000,
            milliseconds % 1000 / 10
        );
        fs::write(self.path("proc/uptime"), text).unwrap();
    }

    /// Whether anything is left of the records, which live no longer than a transaction. Their folder
    /// was not there before it.
    pub(crate) fn has_records(&self) -> bool {
        self.path("var/lib/rpm-state").exists()
    }

    pub(crate) fn forget_records(&self) {
        let _ = fs::remove_dir_all(self.path("var/lib/rpm-state"));
    }

    /// Runs a scriptlet to its end, answering it meanwhile.
    pub(crate) fn run(
        &self,
        shell: &Shell,
        (phase, argument): (&'static str, u8),
        text: &str,
        manager: &mut Manager<'_>,
    ) -> Run {
        let functions = match manager.world.systemd {
            Systemd::NoProgram => String::new(),
            _ => SYSTEMCTL.to_owned(),
        };
        let whole = format!("{ASKING}{functions}{}", inside(text));
        fs::write(self.path(".scriptlet"), whole).unwrap();
        self.set_clock(manager.machine.clock);
        let output = File::create(self.path(".said")).unwrap();
        let mut child = Command::new(&shell.program)
            .args(shell.arguments)
            .arg("./.scriptlet")
            .arg(argument.to_string())
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", self.path("bin"))
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(output)
            .spawn()
            .unwrap();
        let mut run = Run {
            phase,
            is_ours: true,
            argument,
            code: None,
            said: String::new(),
            calls: Vec::new(),
            seconds: 0,
            unknown: Vec::new(),
        };
        let began = manager.machine.clock;
        let pipes = (child.stdout.take().unwrap(), child.stdin.take().unwrap());
        self.serve(pipes, manager, &mut run);
        self.read_etc(&mut manager.machine);
        run.seconds = (manager.machine.clock - began) / 1000;
        run.code = child.wait().unwrap().code();
        run.said = fs::read_to_string(self.path(".said")).unwrap();
        run
    }

    /// Answers until the last process of the scriptlet has gone.
    fn serve(
        &self,
        (asked, mut answered): (ChildStdout, ChildStdin),
        manager: &mut Manager<'_>,
        run: &mut Run,
    ) {
        for line in BufReader::new(asked).lines() {
            let line = line.unwrap();
            let words: Vec<&str> = line.split_whitespace().collect();
            let answer = match words.split_first() {
                Some((&"sleep", seconds)) => {
                    let seconds = seconds.first().and_then(|word| word.parse::<u64>().ok());
                    let second = manager.world.second;
                    manager.pass(seconds.unwrap_or(1) * second);
                    Answer::default()
                }
                Some((_, arguments)) => self.answer(arguments, manager, run),
                None => Answer::default(),
            };
            self.set_clock(manager.machine.clock);
            answered.write_all(encoded(&answer).as_bytes()).unwrap();
        }
    }

    /// Answers a call of systemctl, on the files too.
    fn answer(&self, arguments: &[&str], manager: &mut Manager<'_>, run: &mut Run) -> Answer {
        self.read_etc(&mut manager.machine);
        let before = manager.machine.links.clone();
        let answer = manager.systemctl(arguments);
        self.write_links(&before, &manager.machine.links);
        let call = arguments.join(" ");
        if answer.unknown {
            run.unknown.push(call.clone());
        }
        let out = answer.out.join(";");
        run.calls.push(format!("{call} -> {} {out}", answer.code));
        answer
    }
}

fn encoded(answer: &Answer) -> String {
    let mut text = format!("{} {}\n", answer.code, answer.out.len() + answer.err.len());
    for (mark, lines) in [('o', &answer.out), ('e', &answer.err)] {
        for line in lines {
            text.push(mark);
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// The text with the paths of the machine below the folder.
pub(crate) fn inside(text: &str) -> String {
    let mut changed = String::with_capacity(text.len() + 100);
    let mut rest = text;
    while let Some(at) = rest.find('/') {
        let (before, from) = rest.split_at(at);
        changed.push_str(before);
        let begins = !before.ends_with(|c: char| c.is_alphanumeric() || "._-}/".contains(c));
        if begins
            && BEGINNINGS
                .iter()
                .any(|beginning| from.starts_with(beginning))
        {
            changed.push('.');
        }
        changed.push('/');
        rest = &from[1..];
    }
    changed.push_str(rest);
    changed
}

/// What shellcheck, asked for POSIX, finds in scriptlets; nothing where there is no shellcheck. The
/// texts come with their names.
pub(crate) fn shellcheck(texts: &BTreeMap<String, String>) -> Option<Result<(), String>> {
    let program = find("shellcheck")?;
    let folder = TempDir::new().unwrap();
    let mut command = Command::new(program);
    command.args(["--shell=sh", "--color=never"]);
    for (number, (text, name)) in texts.iter().enumerate() {
        let file = folder.path().join(format!("{number} {name}"));
        fs::write(&file, text).unwrap();
        command.arg(file);
    }
    let output = command.output().unwrap();
    let found = String::from_utf8_lossy(&output.stdout).into_owned();
    Some(output.status.success().then_some(()).ok_or(found))
}
