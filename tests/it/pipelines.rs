//! The pipelines of `cargo ambot init --ci …`: the forges' own schemas take them, no secret is an
//! argument, and nothing that is there is lost.

use crate::support::project::Project;
use crate::support::{find_program, not_run};
use std::fs;
use std::process::Command;

fn read(project: &Project, path: &str) -> String {
    fs::read_to_string(project.path().join(path)).unwrap()
}

/// Whether a file is what its forge takes; nothing where nobody can tell.
fn is_valid(project: &Project, schema: &str, path: &str) -> Option<bool> {
    let Some(program) = find_program("check-jsonschema") else {
        not_run::note("check-jsonschema: not run");
        return None;
    };
    let output = Command::new(program)
        .args(["--builtin-schema", schema, path])
        .current_dir(project.path())
        .output()
        .unwrap();
    Some(output.status.success())
}

/// Both forges: flag, file, schema, and a line whose loss the schema sees.
const FORGES: [(&str, &str, &str, &str); 2] = [
    (
        "github",
        ".github/workflows/package.yml",
        "vendor.github-workflows",
        "runs-on: ubuntu-latest",
    ),
    (
        "gitlab",
        ".gitlab-ci.yml",
        "vendor.gitlab-ci",
        "extends: .ambot\n  stage: build\n  script:",
    ),
];

#[test]
fn pipelines_are_what_the_forges_take_and_tell_no_secret() {
    for (forge, path, schema, needed) in FORGES {
        let project = Project::hello();
        let run = project.ambot(&["init", "--ci", forge]);
        assert_eq!(
            (run.code, &*run.stdout),
            (Some(0), &*format!("{path}\n")),
            "{}",
            run.snapshot()
        );
        let text = read(&project, path);
        assert!(!text.contains("<<") && !text.contains("<%"), "{text}");
        assert_ne!(is_valid(&project, schema, path), Some(false), "{text}");
        assert!(text.contains(needed));
        let install = format!("--version {} --locked", env!("CARGO_PKG_VERSION"));
        let mut installs = text.lines().filter(|line| line.contains("cargo install"));
        assert!(installs.all(|line| line.ends_with(&install)), "{text}");
        project.write(path, &text.replace(needed, "nonsense: [1]"));
        assert_ne!(
            is_valid(&project, schema, path),
            Some(true),
            "the schema sees nothing"
        );
        for line in text
            .lines()
            .filter(|line| line.contains("cargo ambot") || line.contains("curl "))
        {
            for secret in [
                "secrets.",
                "$RPM",
                "PASSPHRASE",
                "JOB-TOKEN",
                "$CARGO_AMBOT_SIGN_KEY",
            ] {
                assert!(!line.contains(secret), "{line}");
            }
        }
    }
}

#[test]
fn the_commands_of_a_pipeline_are_those_of_the_program() {
    for (forge, path, ..) in FORGES {
        let project = Project::hello();
        let run = project.ambot(&["init", "--ci", forge, "-p", "hello", "-t", "el7,el9"]);
        assert_eq!(run.code, Some(0), "{}", run.snapshot());
        let text = read(&project, path);
        let commands = text
            .lines()
            .filter_map(|line| line.split_once("cargo ambot "));
        let mut seen = 0;
        for (_, command) in commands.filter(|(_, command)| command.contains(" -p ")) {
            let words = command
                .split(" > ")
                .next()
                .unwrap()
                .split(" ${")
                .next()
                .unwrap();
            let mut words: Vec<&str> = words.split_whitespace().collect();
            assert!(words.contains(&"centos7,el9"), "{command}");
            // Understood as far as the command line goes: `--help` ends it there.
            words.push("--help");
            let run = project.ambot(&words);
            assert_eq!(run.code, Some(0), "{}", run.snapshot());
            seen += 1;
        }
        assert!(seen >= 2, "{text}");
    }
}

#[test]
fn a_pipeline_that_is_there_stays_and_a_workspace_may_lie_below_its_repository() {
    let project = Project::hello();
    project.write(".gitlab-ci.yml", "stages: [build, deploy]\n");
    let run = project.ambot(&["init", "--ci", "gitlab"]);
    assert_eq!(
        run.stdout,
        ".gitlab/ambot.gitlab-ci.yml\n",
        "{}",
        run.snapshot()
    );
    assert!(
        run.stderr.contains("local: .gitlab/ambot.gitlab-ci.yml"),
        "{}",
        run.stderr
    );
    assert_eq!(
        read(&project, ".gitlab-ci.yml"),
        "stages: [build, deploy]\n"
    );
    project.write(".github/workflows/package.yml", "on: push\n");
    let run = project.ambot(&["init", "--ci", "github"]);
    assert_eq!(run.code, Some(3), "{}", run.snapshot());
    assert_eq!(
        read(&project, ".github/workflows/package.yml"),
        "on: push\n"
    );

    let project = Project::hello();
    let below = project.path().join("service");
    fs::create_dir_all(project.path().join(".git")).unwrap();
    fs::create_dir(&below).unwrap();
    for name in ["Cargo.toml", "src", "LICENSE", "README.md"] {
        fs::rename(project.path().join(name), below.join(name)).unwrap();
    }
    let run = project.ambot(&[
        "init",
        "--ci",
        "github",
        "--manifest-path",
        "service/Cargo.toml",
    ]);
    assert_eq!(
        run.stdout,
        ".github/workflows/package.yml\n",
        "{}",
        run.snapshot()
    );
    let text = read(&project, ".github/workflows/package.yml");
    assert!(
        text.contains("cargo ambot package --manifest-path service/Cargo.toml"),
        "{text}"
    );
    assert!(text.contains("workspaces: service\n"), "{text}");
    assert_ne!(
        is_valid(
            &project,
            "vendor.github-workflows",
            ".github/workflows/package.yml"
        ),
        Some(false)
    );
}
