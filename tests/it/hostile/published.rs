//! What is published holds nothing that signs, no token and no password; what nobody may have meant
//! to publish is named.

use crate::support::gpg;
use crate::support::project::Project;
use crate::support::{find_program, not_run};
use std::fs;
use std::process::{Command, Stdio};

const SRPM: [&str; 6] = ["package", "--no-build", "--format", "srpm", "-t", "el8"];

/// Says in the settings what signs, and puts it into the folder of the project.
fn with_key() -> Project {
    let project = Project::hello();
    project.place_binary();
    fs::copy(gpg::key("plain").secret, project.path().join("release.key")).unwrap();
    project.write("secrets/phrase", "open sesame\n");
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let table = "\n[package.metadata.ambot.sign]\nkey = \"release.key\"\npassphrase-file = \"secrets/phrase\"\n";
    project.write("Cargo.toml", &(manifest + table));
    project
}

fn refused(project: &Project, arguments: &[&str], said: &str) {
    let run = project.ambot(arguments);
    assert_eq!(run.code, Some(3), "{}", run.snapshot());
    let words: Vec<&str> = run.stderr.split_whitespace().collect();
    assert!(words.join(" ").contains(said), "{}", run.snapshot());
    let made = project.path().join("target/ambot/el8");
    let made = fs::read_dir(made).map_or(0, Iterator::count);
    assert_eq!(made, 0, "{}", run.snapshot());
}

#[test]
fn what_signs_is_in_no_package() {
    let project = with_key();
    let said =
        "release.key is what packages are signed with, and the source package would publish it";
    refused(&project, &SRPM, said);
    let exclude = "[package]\nexclude = [\"release.key\"]";
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    project.write("Cargo.toml", &manifest.replacen("[package]", exclude, 1));
    refused(
        &project,
        &SRPM,
        "secrets/phrase is what packages are signed with",
    );
    let exclude = "[package]\nexclude = [\"release.key\", \"/secrets\"]";
    project.write("Cargo.toml", &manifest.replacen("[package]", exclude, 1));
    let run = project.ambot(&SRPM);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    let project = with_key();
    project.set("files = [{ source = \"secrets\", dest = \"/usr/share/hello/\" }]");
    let said = "secrets/phrase is what packages are signed with, and the package would publish it";
    for format in ["rpm", "tar.gz"] {
        let arguments = ["package", "--no-build", "--format", format, "-t", "el8"];
        refused(&project, &arguments, said);
    }
}

#[test]
fn a_key_that_the_command_line_names_is_in_no_source_package() {
    let project = Project::hello();
    fs::copy(gpg::key("plain").secret, project.path().join("release.key")).unwrap();
    let arguments = [&SRPM[..], &["--sign-key", "release.key"]].concat();
    refused(
        &project,
        &arguments,
        "release.key is what packages are signed with",
    );
}

#[test]
fn a_password_of_cargos_is_in_no_source_package() {
    let project = Project::hello();
    project.write(
        ".cargo/config.toml",
        "[http]\nproxy = \"http://me:pw@proxy.invalid\"\n",
    );
    let said = ".cargo/config.toml has a password in `http.proxy`";
    refused(&project, &SRPM, said);
}

#[test]
fn of_files_that_git_does_not_know_those_of_tokens_are_refused_and_others_named() {
    let Some(git) = find_program("git") else {
        return not_run::note("git: not run");
    };
    let project = Project::hello();
    let git = |arguments: &[&str]| {
        let mut command = Command::new(&git);
        command.current_dir(project.path()).args(arguments);
        assert!(command.stdout(Stdio::null()).status().unwrap().success());
    };
    project.write(".gitignore", "/target\n/.home\n");
    git(&["init", "-q"]);
    git(&["add", "."]);
    let run = project.ambot(&SRPM);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    assert!(!run.stderr.contains("git"), "{}", run.snapshot());
    fs::remove_dir_all(project.path().join("target/ambot")).unwrap();
    // As where cargo's home is a folder of the project.
    project.write(".cargo/credentials.toml", "[registry]\ntoken = \"x\"\n");
    refused(
        &project,
        &SRPM,
        ".cargo/credentials.toml has registry tokens",
    );
    fs::remove_file(project.path().join(".cargo/credentials.toml")).unwrap();
    project.write(".env", "PASSWORD=x\n");
    let run = project.ambot(&SRPM);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    let said = "warning: the source package has a file that git does not know\n |\n = note: .env\n";
    assert!(run.stderr.contains(said), "{}", run.snapshot());
}
