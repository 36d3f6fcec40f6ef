//! A project to package: a copy of the fixture service, and `cargo ambot` run in it.

use super::{copy_tree, prebuilt};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// The target that a package is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// rpm 4.11.3, systemd 219.
    CentOs7,
    /// rpm 4.14.3, systemd 239.
    CentOs8,
}

impl Target {
    /// All of them.
    pub(crate) const ALL: [Target; 2] = [Target::CentOs7, Target::CentOs8];

    /// The name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Target::CentOs7 => "centos7",
            Target::CentOs8 => "centos8",
        }
    }
}

/// A project in a temporary folder.
pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// A copy of the fixture service as it is.
    pub(crate) fn hello() -> Self {
        // Not in our own build folder: cargo would find our workspace above it.
        let folder = tempfile::Builder::new().prefix("ambot-").tempdir().unwrap();
        let project = Project { folder };
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hello");
        let copy = |from: &Path, to: &Path| fs::copy(from, to).map(drop);
        copy_tree(&fixture, project.path(), &copy).unwrap();
        fs::create_dir(project.home()).unwrap();
        project
    }

    /// The fixture service without its metadata, and with this unit written by hand.
    pub(crate) fn with_unit(unit: &str) -> Self {
        let project = Project::hello();
        let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
        let (package, _) = manifest.split_once("[package.metadata.ambot").unwrap();
        project.write("Cargo.toml", package);
        project.write(".ambot/services/hello.service", unit);
        project
    }

    /// The folder of the project.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    fn home(&self) -> PathBuf {
        self.path().join(".home")
    }

    /// Writes a file of the project.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let file = self.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// Puts a line into the table of the fixture's settings.
    pub(crate) fn set(&self, line: &str) {
        let manifest = fs::read_to_string(self.path().join("Cargo.toml")).unwrap();
        let table = "[package.metadata.ambot]\n";
        assert!(manifest.contains(table));
        self.write(
            "Cargo.toml",
            &manifest.replacen(table, &format!("{table}{line}\n"), 1),
        );
    }

    /// Puts the binary where a build would have left it.
    pub(crate) fn place_binary(&self) {
        let file = prebuilt::built_in(self);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::copy(prebuilt::binary(), file).unwrap();
    }

    /// Packages the built binary for a target; the RPM.
    #[track_caller]
    pub(crate) fn package(&self, target: Target, more: &[&str]) -> PathBuf {
        self.place_binary();
        let mut arguments = vec!["package", "--no-build", "--target", target.name()];
        arguments.extend_from_slice(more);
        let run = self.ambot(&arguments);
        assert_eq!(run.code, Some(0), "{}", run.snapshot());
        let mut lines = run.stdout.lines();
        let rpm = lines.next().map(|line| self.path().join(line));
        assert_eq!(lines.next(), None, "one package was asked for");
        let rpm = rpm.unwrap_or_else(|| panic!("no path on stdout\n{}", run.snapshot()));
        assert!(rpm.is_file(), "{} is not there", rpm.display());
        rpm
    }

    /// Runs `cargo-ambot ambot ARGUMENTS` in the project with an environment of its own.
    pub(crate) fn ambot(&self, arguments: &[&str]) -> Run {
        self.run(&mut self.ambot_command(arguments))
    }

    /// The command that [`Project::ambot`] runs, for tests that change something about it.
    pub(crate) fn ambot_command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-ambot"));
        command
            .arg("ambot")
            .args(arguments)
            .current_dir(self.path())
            .stdin(Stdio::null())
            .env_clear()
            .env("HOME", self.home())
            .env("NO_COLOR", "1")
            .env("COLUMNS", "80")
            .env("LC_ALL", "C");
        for name in ["PATH", "RUSTUP_TOOLCHAIN"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        // cargo and rustup are found through HOME, which is another one here.
        for (name, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
            let default = std::env::home_dir().map(|home| home.join(folder).into_os_string());
            command.envs(
                std::env::var_os(name)
                    .or(default)
                    .map(|value| (name, value)),
            );
        }
        command
    }

    /// Runs a command and keeps what it said, with what differs from run to run redacted.
    pub(crate) fn run(&self, command: &mut Command) -> Run {
        self.ran(&command.output().unwrap())
    }

    /// What a program that ran in the project said.
    pub(crate) fn ran(&self, output: &Output) -> Run {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Run {
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
            code: output.status.code(),
            folder: self.path().to_owned(),
        }
    }
}

/// What a run of the program came to.
pub(crate) struct Run {
    /// What it printed as its result.
    pub(crate) stdout: String,
    /// What it told.
    pub(crate) stderr: String,
    /// Its exit code; none after a signal.
    pub(crate) code: Option<i32>,
    folder: PathBuf,
}

impl Run {
    /// What a program said that ran in no project.
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Run {
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
            code: output.status.code(),
            folder: PathBuf::from("/no/project"),
        }
    }

    /// The whole as text for a snapshot: exit code, stderr, stdout; what differs from machine to
    /// machine is replaced by a word in brackets.
    pub(crate) fn snapshot(&self) -> String {
        let code = self.code.map_or("none".to_owned(), |code| code.to_string());
        let mut text = format!("exit code: {code}\n");
        for (name, said) in [("stderr", &self.stderr), ("stdout", &self.stdout)] {
            if !said.is_empty() {
                text += &format!("--- {name}\n{}", self.redact(said));
            }
        }
        text
    }

    fn redact(&self, text: &str) -> String {
        let resolved = fs::canonicalize(&self.folder).unwrap_or_else(|_| self.folder.clone());
        let version = concat!("cargo-ambot ", env!("CARGO_PKG_VERSION"));
        [resolved.as_os_str(), self.folder.as_os_str()]
            .into_iter()
            .map(OsStr::to_string_lossy)
            .fold(text.to_owned(), |text, folder| {
                text.replace(folder.as_ref(), "[PROJECT]")
            })
            .replace(version, "cargo-ambot [VERSION]")
            .split_inclusive('\n')
            .map(without_age)
            .collect()
    }
}

/// A line without how long ago a binary was built.
fn without_age(line: &str) -> String {
    let (before, after) = line.split_once(", built ").unwrap_or((line, ""));
    match after.split_once(" ago") {
        Some((_, after)) => format!("{before}, built [AGE] ago{after}"),
        None => line.to_owned(),
    }
}

/// Runs the program outside of any project.
pub(crate) fn ambot(arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-ambot"))
        .arg("ambot")
        .args(arguments)
        .env_remove("CARGO_TERM_COLOR")
        .output()
        .unwrap();
    Run::of(&output)
}

/// The same command started by another program, which is named with arguments of its own.
pub(crate) fn started_by(program: &[&str], plain: &Command) -> Command {
    let mut command = Command::new(program[0]);
    command
        .args(&program[1..])
        .arg(plain.get_program())
        .args(plain.get_args())
        .stdin(Stdio::null())
        .current_dir(plain.get_current_dir().unwrap())
        .env_clear();
    let variables = plain.get_envs();
    command.envs(variables.filter_map(|(name, value)| Some((name, value?))));
    command
}
