//! File names that nobody expects.

use crate::support::ground::rpms;
use crate::support::project::{Project, Run, Target};
use crate::support::succeed;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Command;

/// What rpm can hold, and a shell, a terminal or a pattern would take for something else.
const ODD: [&[u8]; 19] = [
    b"a b",
    b" leading",
    b"trailing ",
    b"quo'te",
    b"quo\"te",
    b"$(touch x)",
    b"`touch x`",
    b"*",
    b"?",
    b"[a]",
    b"{b}",
    b"-rf",
    b"back\\slash",
    b"%{name}",
    b"semi;colon",
    b"#hash",
    b"~tilde",
    "é".as_bytes(),
    "e\u{301}".as_bytes(),
];

fn with_data(names: &[&[u8]]) -> Project {
    let project = Project::hello();
    project.set("files = [{ source = \"data\", dest = \"/usr/share/hello/data\" }]");
    project.place_binary();
    let data = project.path().join("data");
    fs::create_dir(&data).unwrap();
    for name in names {
        fs::write(data.join(OsStr::from_bytes(name)), name).unwrap();
    }
    project
}

/// The names in a folder, each with what is in it.
fn listed(folder: &Path) -> Vec<(Vec<u8>, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let mut all: Vec<_> = entries
        .map(|entry| {
            (
                entry.file_name().as_bytes().to_vec(),
                fs::read(entry.path()).unwrap(),
            )
        })
        .collect();
    all.sort();
    all
}

#[test]
fn odd_names_come_back_from_every_rpm_as_they_went_in() {
    let mut names = ODD.to_vec();
    let long = [b'x'; 255];
    names.extend([&long[..], b"Case", b"case"]);
    let project = with_data(&names);
    for target in Target::ALL {
        let rpm = project.package(target, &[]);
        for program in rpms(target) {
            let output = Command::new(&program.path)
                .args(["-qp", "--qf", "[%{FILENAMES}\\n]"])
                .arg(&rpm)
                .output()
                .unwrap();
            succeed(&format!("rpm {} -qp", program.version), &output);
            let inside = b"/usr/share/hello/data/";
            let paths = output.stdout.split(|byte| *byte == b'\n');
            let mut told: Vec<_> = paths
                .filter_map(|path| path.strip_prefix(&inside[..]))
                .collect();
            told.sort_unstable();
            let mut wanted = names.clone();
            wanted.sort_unstable();
            assert_eq!(told, wanted, "rpm {}", program.version);
        }
        let out = project.path().join(format!("out-{}", target.name()));
        let words = [
            "inspect",
            "-q",
            rpm.to_str().unwrap(),
            "--extract",
            out.to_str().unwrap(),
        ];
        let run = project.ambot(&words);
        assert_eq!(run.code, Some(0), "{}", run.snapshot());
        assert_eq!(
            listed(&out.join("usr/share/hello/data")),
            listed(&project.path().join("data"))
        );
    }
}

fn is_plain(run: &Run) -> bool {
    let all = run.stdout.chars().chain(run.stderr.chars());
    all.into_iter()
        .all(|character| !character.is_control() || character == '\n')
}

#[test]
fn a_name_that_rpmbuild_refuses_too_is_shown_without_speaking_to_the_terminal() {
    for (name, shown) in [
        (&b"two\nlines"[..], "two\\nlines"),
        (b"\x1b[31mred\n", "\\u{1b}[31mred\\n"),
        (b"tab\there", "tab\\there"),
        (b"return\rhere", "return\\rhere"),
        (b"delete\x7f", "delete\\u{7f}"),
        (b"not \xff utf8\x1b", "not "),
    ] {
        let project = with_data(&[name]);
        let run = project.ambot(&["package", "--no-build", "-q", "-t", "centos8", "-o", "out"]);
        assert_eq!(run.code, Some(3), "{}", run.snapshot());
        assert!(run.stderr.contains(shown), "{}", run.snapshot());
        assert!(run.stderr.contains("help: rename it"), "{}", run.snapshot());
        assert!(is_plain(&run), "{:?}", run.stderr);
        assert!(!project.path().join("out").exists());
    }
}

#[test]
fn a_project_a_folder_and_a_repository_of_odd_names_are_used_as_they_are() {
    for name in [
        "a b",
        "quo'te",
        "$(touch x)",
        "*",
        "-rf",
        "é",
        "[a]",
        "%{name}",
        "semi;colon",
    ] {
        let project = Project::hello();
        project.place_binary();
        let inner = project.path().join("inner").join(name);
        fs::create_dir_all(&inner).unwrap();
        for part in [
            "Cargo.toml",
            "Cargo.lock",
            "LICENSE",
            "README.md",
            "src",
            "target",
        ] {
            fs::rename(project.path().join(part), inner.join(part)).unwrap();
        }
        let at = |words: &[&str]| {
            let mut command = project.ambot_command(words);
            let run = project.run(command.current_dir(&inner));
            assert_eq!(run.code, Some(0), "{name}\n{}", run.snapshot());
            run
        };
        let (out, repo) = (format!("./{name}/out"), format!("./{name}/repo"));
        let packaged = at(&["package", "--no-build", "-q", "-t", "centos8", "-o", &out]);
        let rpm = packaged.stdout.trim_end();
        assert!(inner.join(rpm).is_file(), "{rpm}");
        at(&["repo", "add", "-q", &repo, rpm]);
        let listed = at(&["repo", "list", &repo]);
        assert!(
            listed.stdout.contains("hello-1.0.0-1.el8"),
            "{}",
            listed.stdout
        );
        at(&["generate", "-q", "-o", &format!("./{name}/units")]);
    }
}
