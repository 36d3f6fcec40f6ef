//! What is secret is in nothing that is written, in nothing that is said, and neither in the arguments
//! nor in the environment of a program that is started, but for the one that signs.

use crate::support::gpg::{self, PASSPHRASE};
use crate::support::ground::is_root;
use crate::support::project::{Project, Run, started_by};
use crate::support::{find_program, not_run};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The number of a user that owns nothing else.
const NOBODY: u32 = 65534;

/// A word that nobody else writes.
const CANARY: &str = "zq7canary9secret";

/// The programs that are watched: what we start, and what those start.
const PROGRAMS: [&str; 9] = [
    "cargo",
    "rustc",
    "git",
    "gpg",
    "getconf",
    "python3",
    "createrepo_c",
    "rpm",
    "ld",
];

/// A project with secrets in all the places where one can be, on a machine that watches.
struct Ground {
    project: Project,
    /// The arguments and the environment of everything that was started.
    log: PathBuf,
    key: gpg::Key,
    /// What no output may have in it.
    forms: Vec<String>,
}

/// The ways in which somebody may have written a secret.
fn forms(key: &gpg::Key) -> Vec<String> {
    let secret = fs::read_to_string(&key.secret).unwrap();
    // A line from the middle of the armour.
    let line = secret.lines().nth(8).unwrap();
    let mut forms = vec![line.to_owned()];
    for text in [CANARY, PASSPHRASE] {
        forms.push(text.to_owned());
        forms.push(text.replace(' ', "%20"));
        // As it comes out behind nothing, one and two other bytes; the ends depend on what is around.
        for before in ["", "a", "ab"] {
            let encoded = STANDARD_NO_PAD.encode(format!("{before}{text}"));
            forms.push(encoded[4..encoded.len() - 2].to_owned());
        }
        forms.push(text.bytes().map(|byte| format!("{byte:02x}")).collect());
    }
    forms
}

impl Ground {
    fn new() -> Self {
        let key = gpg::key("locked");
        let ground = Ground {
            log: PathBuf::new(),
            forms: forms(&key),
            key,
            project: Project::hello(),
        };
        let log = ground.project.path().join("watched.log");
        let ground = Ground { log, ..ground };
        ground.watch();
        ground.depend_on_git();
        ground.project.place_binary();
        ground
    }

    fn folder(&self, name: &str) -> PathBuf {
        let folder = self.project.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// Programs that write down what they were given, and do what they are for.
    fn watch(&self) {
        let folder = self.folder("watching");
        for name in PROGRAMS {
            let Some(real) = find_program(name) else {
                continue;
            };
            let script = format!(
                "#!/bin/sh\n{{ printf '%s\\n' \"$0\" \"$@\"; env; }} >> '{}'\nexec '{}' \"$@\"\n",
                self.log.display(),
                real.display()
            );
            fs::write(folder.join(name), script).unwrap();
            let mode = fs::Permissions::from_mode(0o755);
            fs::set_permissions(folder.join(name), mode).unwrap();
        }
    }

    /// A dependency whose address has a password in it, beside which its sources lie.
    fn depend_on_git(&self) {
        let url = format!("https://me:{CANARY}@example.org/dep");
        let commit = "0123456789012345678901234567890123456789";
        let write = |path: &str, text: &str| self.project.write(path, text);
        write("vendor/dep/src/lib.rs", "");
        write(
            "vendor/dep/.cargo-checksum.json",
            "{\"files\":{},\"package\":null}",
        );
        let dep = "[package]\nname = \"dep\"\nversion = \"1.0.0\"\nedition = \"2021\"\nlicense = \"MIT\"\n";
        write("vendor/dep/Cargo.toml", dep);
        write(
            ".cargo/config.toml",
            &format!(
                "[source.\"git+{url}\"]\ngit = \"{url}\"\nreplace-with = \"vendored\"\n\
                 [source.vendored]\ndirectory = \"vendor\"\n"
            ),
        );
        let manifest = fs::read_to_string(self.project.path().join("Cargo.toml")).unwrap();
        let manifest = format!("{manifest}\n[dependencies]\ndep = {{ git = \"{url}\" }}\n");
        write("Cargo.toml", &manifest);
        write(
            "Cargo.lock",
            &format!(
                "version = 3\n\n[[package]]\nname = \"dep\"\nversion = \"1.0.0\"\nsource = \"git+{url}#{commit}\"\n\n\
                 [[package]]\nname = \"hello\"\nversion = \"1.0.0\"\ndependencies = [\n \"dep\",\n]\n"
            ),
        );
        let git = |arguments: &[&str]| {
            let mut command = Command::new(find_program("git").unwrap());
            command.args(arguments).current_dir(self.project.path());
            assert!(command.output().unwrap().status.success(), "{arguments:?}");
        };
        git(&["init", "-q"]);
        git(&["remote", "add", "origin", &url]);
        git(&["add", "src"]);
        git(&[
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b",
            "commit",
            "-qm",
            "a",
        ]);
        self.project.set(&format!(
            "repos = [\"http://me:{CANARY}@127.0.0.1:9/yum\"]\nlints = {{ AMB050 = \"allow\" }}"
        ));
    }

    /// Runs with every secret in the environment.
    fn run(&self, arguments: &[&str], more: &[(&str, &str)]) -> Run {
        let mut command = self.project.ambot_command(arguments);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.folder("watching")).chain(std::env::split_paths(&path));
        let secret = fs::read_to_string(&self.key.secret).unwrap();
        command
            .env("PATH", std::env::join_paths(folders).unwrap())
            .env("TMPDIR", self.folder("tmp"))
            .env("CARGO_AMBOT_SIGN_KEY", secret)
            .env("CARGO_AMBOT_SIGN_PASSPHRASE", PASSPHRASE)
            .env("RUST_LOG", "trace")
            .envs(more.iter().copied());
        self.project.run(&mut command)
    }

    #[track_caller]
    fn is_silent(&self, run: &Run, what: &str) {
        for (stream, said) in [("stdout", &run.stdout), ("stderr", &run.stderr)] {
            self.is_not_in(said.as_bytes(), &format!("{what}: {stream}: {said}"));
        }
    }

    #[track_caller]
    fn is_not_in(&self, bytes: &[u8], where_: &str) {
        // All forms are ASCII, which stays what it is.
        let text = String::from_utf8_lossy(bytes);
        for form in &self.forms {
            assert!(!text.contains(form.as_str()), "{form} is in {where_}");
        }
    }

    /// Everything that was written, but for what the project itself says.
    #[track_caller]
    fn is_nowhere(&self) {
        let own = [
            "Cargo.toml",
            "Cargo.lock",
            ".cargo",
            ".git",
            "vendor",
            "watching",
            "watched.log",
        ];
        let entries = fs::read_dir(self.project.path()).unwrap();
        for entry in entries.map(|entry| entry.unwrap().path()) {
            let name = entry.file_name().unwrap().to_str().unwrap();
            if !own.contains(&name) {
                self.is_not_below(&entry);
            }
        }
    }

    #[track_caller]
    fn is_not_below(&self, path: &Path) {
        if path.is_symlink() {
            return;
        }
        if path.is_dir() {
            for entry in fs::read_dir(path).unwrap() {
                self.is_not_below(&entry.unwrap().path());
            }
        } else {
            let is_gzip = path.extension().is_some_and(|extension| extension == "gz");
            let mut bytes = fs::read(path).unwrap();
            if is_gzip {
                let mut unpacked = Vec::new();
                let mut gzip = flate2::read::MultiGzDecoder::new(bytes.as_slice());
                std::io::Read::read_to_end(&mut gzip, &mut unpacked).unwrap();
                bytes = unpacked;
            }
            self.is_not_in(&bytes, &path.display().to_string());
        }
    }
}

#[test]
fn no_secret_is_written_said_or_handed_on() {
    if find_program("git").is_none() {
        return crate::support::not_run::note("git: not run");
    }
    let ground = Ground::new();
    let package = "out/hello-1.0.0-1.el8.x86_64.rpm";
    let broken = format!("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{CANARY}\n-----END");
    let proxy = format!("http://me:{CANARY}@127.0.0.1:9");
    for (arguments, more, code) in [
        (
            &[
                "package",
                "--no-build",
                "-vv",
                "-t",
                "el8",
                "--format",
                "rpm,tar.gz,spec",
                "-o",
                "out",
                "--sign",
                "--provenance",
                "--sbom",
                "--message-format",
                "json",
            ][..],
            &[][..],
            0,
        ),
        (
            &[
                "package",
                "--no-build",
                "-v",
                "-t",
                "el7",
                "-o",
                "out",
                "--sign",
            ],
            &[],
            0,
        ),
        (&["sign", package, "-v"], &[], 0),
        (
            &[
                "repo",
                "add",
                "yum",
                package,
                "--sign",
                "--message-format",
                "json",
            ],
            &[],
            0,
        ),
        (&["inspect", package, "-v"], &[], 0),
        (&["generate", "-t", "el8", "-v"], &[], 0),
        (
            &["check", "-t", "el8", "--names"],
            &[("http_proxy", proxy.as_str())],
            0,
        ),
        (&["check", "-t", "el8", "--names=require"], &[], 3),
        (
            &["sign", package],
            &[("CARGO_AMBOT_SIGN_PASSPHRASE", CANARY)],
            3,
        ),
        (&["sign", package], &[("CARGO_AMBOT_SIGN_KEY", &broken)], 3),
        (&["sign", package], &[("CARGO_AMBOT_SIGN_KEY", CANARY)], 3),
        (&["sign", package, "--sign-key", &broken], &[], 3),
        (
            &["check", "-t", "el8"],
            &[("CARGO_AMBOT_SIGN_PASSPHRAS", CANARY)],
            2,
        ),
    ] {
        let run = ground.run(arguments, more);
        assert_eq!(run.code, Some(code), "{arguments:?}: {}", run.snapshot());
        ground.is_silent(&run, &format!("{arguments:?}"));
    }
    ground.is_nowhere();
    let seen = fs::read_to_string(&ground.log).unwrap();
    assert!(
        seen.contains("/cargo\n") && seen.contains("/git\n"),
        "{seen}"
    );
    // What cargo needs for a proxy is its own, and a misspelt variable is nobody's.
    let own = ["http_proxy=", "CARGO_AMBOT_SIGN_PASSPHRAS="];
    for line in seen
        .lines()
        .filter(|line| !own.iter().any(|own| line.starts_with(own)))
    {
        ground.is_not_in(
            line.as_bytes(),
            &format!("what a process was given: {line}"),
        );
        assert!(!line.contains("CARGO_AMBOT_SIGN"), "{line}");
    }
}

/// The search itself can fail.
#[test]
fn what_is_looked_for_is_found() {
    let ground = Ground::new();
    let encoded = STANDARD_NO_PAD.encode(format!("x{CANARY} and more"));
    for text in [CANARY, PASSPHRASE, &encoded] {
        let found = std::panic::catch_unwind(|| ground.is_not_in(text.as_bytes(), "here"));
        assert!(found.is_err(), "{text}");
    }
}

/// Where nobody else may look into a process, its files below `/proc` are root's (proc(5),
/// "Overview").
#[test]
fn no_core_file_and_no_other_process_gets_what_signs() {
    if !is_root() || find_program("setpriv").is_none() {
        return not_run::note("who may look into memory: not run: not root, or no setpriv");
    }
    let project = Project::hello();
    let pipe = project.path().join("pipe.key");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    project.write("some.rpm", "");
    let folders = [project.path(), &pipe, &project.path().join("some.rpm")];
    for path in folders {
        chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let words = ["sign", "some.rpm", "-t", "el8", "--sign-key", "pipe.key"];
    let user = format!("--reuid={NOBODY}");
    let nobody = ["setpriv", &user, "--clear-groups"];
    let mut command = started_by(&nobody, &project.ambot_command(&words));
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let folder = format!("/proc/{}", child.id());
    let memory = format!("{folder}/mem");
    let is_of_root = || fs::metadata(&memory).is_ok_and(|facts| facts.uid() == 0);
    // It is setpriv first.
    let name = || fs::read_to_string(format!("{folder}/comm")).unwrap_or_default();
    let began = Instant::now();
    let mut is_kept = false;
    while !is_kept && began.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(20));
        is_kept = name() == "cargo-ambot\n" && is_of_root();
    }
    let waited = child.try_wait().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(waited, None);
    assert!(is_kept, "anybody may look");
}
