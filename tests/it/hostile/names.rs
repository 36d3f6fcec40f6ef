//! The names of folders, files and binaries become neither commands nor lines of a pipeline.

use super::named;
use super::texts::{CANARY, hostile};
use crate::support::find_program;
use crate::support::not_run;
use crate::support::project::Project;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// The texts that can be the name of a folder here.
fn names() -> Vec<String> {
    let all = hostile().into_iter().map(|(_, text)| text);
    let good = |text: &String| {
        !text.is_empty() && text.len() < 200 && !text.contains(['/', '\0']) && text != "."
    };
    let more = [
        "a b",
        "${{ github.event.issue.title }}",
        "a: b",
        "a #b",
        "&a",
        "*a",
        "!a",
        "a\"b",
        "a'b",
        "[a]",
        "{a}",
        "-a",
        "a\\b",
        "é",
        "null",
        "a -> b",
    ];
    let all = all.filter(good).chain(more.map(str::to_owned));
    all.collect()
}

/// A workspace in a folder of this name, in a repository.
fn below(name: &str) -> Option<Project> {
    let project = Project::hello();
    let below = project.path().join(name);
    fs::create_dir_all(project.path().join(".git")).unwrap();
    fs::create_dir(&below).ok()?;
    for name in ["Cargo.toml", "src", "LICENSE", "README.md"] {
        fs::rename(project.path().join(name), below.join(name)).unwrap();
    }
    Some(project)
}

/// The words that `cargo` is given by a line of a pipeline.
fn words(project: &Project, line: &str) -> Vec<String> {
    let stubs = project.path().join("stubs");
    fs::create_dir_all(&stubs).unwrap();
    let stub = stubs.join("cargo");
    fs::write(&stub, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n").unwrap();
    fs::set_permissions(&stub, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new(find_program("sh").unwrap());
    command.args(["-c", line]).current_dir(project.path());
    let output = command.env("PATH", &stubs).stdin(Stdio::null()).output();
    let said = String::from_utf8(output.unwrap().stdout).unwrap();
    said.lines().map(str::to_owned).collect()
}

#[test]
fn a_folder_is_refused_in_a_pipeline_or_named_in_it() {
    let (mut taken, mut refused) = (0, 0);
    for name in names() {
        for (forge, file) in [
            ("github", ".github/workflows/package.yml"),
            ("gitlab", ".gitlab-ci.yml"),
        ] {
            let Some(project) = below(&name) else {
                continue;
            };
            let manifest = format!("{name}/Cargo.toml");
            let flag = format!("--manifest-path={manifest}");
            let run = project.ambot(&["init", "--ci", forge, &flag, "--color", "always"]);
            assert_eq!(
                super::terminal::control(&run.stderr),
                None,
                "{}",
                run.stderr
            );
            if run.code == Some(3) {
                assert!(
                    run.stderr.contains("cannot name the folder"),
                    "{}",
                    run.snapshot()
                );
                assert!(!project.path().join(file).exists());
                refused += 1;
                continue;
            }
            assert_eq!(run.code, Some(0), "{}", run.snapshot());
            taken += 1;
            let text = fs::read_to_string(project.path().join(file)).unwrap();
            let lines = text
                .lines()
                .map(|line| line.trim().trim_start_matches("- "));
            let lines = lines.map(|line| line.trim_start_matches("run: "));
            let lines: Vec<&str> = lines
                .filter(|line| line.starts_with("cargo ambot"))
                .collect();
            assert!(lines.len() >= 2, "{text}");
            for line in lines {
                // What YAML would read otherwise.
                assert!(!line.contains(": ") && !line.contains(" #") && !line.contains("${{"));
                let line = line.split(" > ").next().unwrap();
                assert!(
                    words(&project, line).contains(&manifest),
                    "{name:?}: {line}"
                );
            }
            assert_eq!(
                named(project.path(), CANARY).len(),
                usize::from(name.contains(CANARY))
            );
        }
    }
    assert!(taken >= 6 && refused >= 40, "{taken} {refused}");
}

/// Files of a folder are shipped under the names that they have; those names reach lists and scripts.
#[test]
fn a_file_is_shipped_under_any_name_or_refused() {
    if find_program("rpmspec").is_none() {
        return not_run::note("rpmspec: not run");
    }
    for name in names() {
        let project = Project::hello();
        project.set("files = [{ source = \"data\", dest = \"/usr/share/hello/data\" }]");
        fs::create_dir(project.path().join("data")).unwrap();
        fs::write(project.path().join("data").join(&name), "a").unwrap();
        project.place_binary();
        let run = project.ambot(&[
            "package",
            "--no-build",
            "-q",
            "-t",
            "el8",
            "--format",
            "rpm,spec,tar.gz",
            "-o",
            "out",
            "--color",
            "always",
        ]);
        assert_eq!(
            super::terminal::control(&run.stderr),
            None,
            "{}",
            run.stderr
        );
        match run.code {
            Some(0) => shipped(&project, &name),
            Some(3) => assert!(!run.stderr.contains("defect"), "{}", run.stderr),
            // cargo has names that it packages under no circumstances.
            Some(101) => assert!(run.stderr.contains("special character"), "{}", run.stderr),
            _ => panic!("{name:?}: {}", run.snapshot()),
        }
        let is_canary = |path: &std::path::PathBuf| path.ends_with(CANARY);
        assert!(
            !named(project.path(), CANARY).iter().any(is_canary),
            "{name:?}"
        );
    }
}

/// rpm knows the name as it is, and rpmbuild reads the spec.
fn shipped(project: &Project, name: &str) {
    let out = project.path().join("out");
    let ending = |ending: &str| {
        let entries = fs::read_dir(&out).unwrap();
        let mut paths = entries.map(|entry| entry.unwrap().path());
        paths
            .find(|path| path.to_string_lossy().ends_with(ending))
            .unwrap()
    };
    let said = |command: &mut Command, file: &Path| {
        let output = command.arg(file).env("LC_ALL", "C.UTF-8").output().unwrap();
        crate::support::succeed(&format!("{name:?}"), &output)
    };
    let listed = said(
        Command::new("rpm").args(["-qp", "--qf", "[%{FILENAMES}\\n]"]),
        &ending(".rpm"),
    );
    let path = format!("/usr/share/hello/data/{name}");
    assert!(
        listed.lines().any(|line| line == path),
        "{name:?}: {listed}"
    );
    said(Command::new("rpmspec").arg("-P"), &ending(".spec"));
}
