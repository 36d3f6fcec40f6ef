//! What the schemas say is what the program reads and prints.

use crate::support::project::{Project, ambot};
use crate::support::{find_program, gpg, not_run};
use jsonschema::Validator;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

fn schema(what: &str) -> Value {
    let run = ambot(&["schema", what]);
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.snapshot()))
}

fn validator(what: &str) -> Validator {
    jsonschema::draft7::new(&schema(what)).unwrap()
}

/// What speaks against a value, each with its place.
fn errors(validator: &Validator, value: &Value) -> Vec<String> {
    let errors = validator.iter_errors(value);
    errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

/// The blocks of TOML of a page that are settings of ours.
fn blocks(page: &str) -> Vec<String> {
    let parts = page.split("```toml\n").skip(1);
    let blocks = parts.filter_map(|part| part.split("```").next());
    let ours = blocks.filter(|block| block.contains("metadata.ambot"));
    ours.map(str::to_owned).collect()
}

#[test]
fn what_the_pages_show_is_what_the_schema_takes() {
    let validator = validator("settings");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = vec![root.join("README.md")];
    let docs = fs::read_dir(root.join("docs")).unwrap();
    pages.extend(docs.map(|entry| entry.unwrap().path()));
    let mut seen = 0;
    for page in pages {
        for block in blocks(&fs::read_to_string(&page).unwrap()) {
            let value: Value = toml::from_str(&block)
                .unwrap_or_else(|error| panic!("{}: {error}\n{block}", page.display()));
            let errors = errors(&validator, &value);
            assert!(
                errors.is_empty(),
                "{}: {errors:#?}\n{block}",
                page.display()
            );
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen} blocks");
}

/// What the program refuses because of a key or the kind of a value, the schema refuses too.
#[test]
fn what_is_refused_is_what_the_schema_refuses() {
    let validator = validator("settings");
    let project = Project::hello();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    for line in [
        "relase = \"2\"",
        "release = 2",
        "release = \"a\"",
        "epoch = -1",
        "start-timeout = 601",
        "files = [{ source = \"a\" , dst = \"/a\" }]",
        "files = [{ source = \"a\", dest = \"/a\", mode = 640 }]",
        "files = [{ source = \"a\", dest = \"/a\", config = \"replace\" }]",
        "dirs = [{ mode = \"0755\" }]",
        "users = { a = { uid = 0 } }",
        "requires = { curl = true }",
        "requires = { curl = { version = \"*\", when = \"later\" } }",
        "strip = \"all\"",
        "lints = { AMB001 = \"forbid\" }",
        "triggers = [{ name = \"nginx\", script = \"true\" }]",
        "subpackages = { a = { release = \"2\" } }",
        "target = { el7 = { targets = [\"el7\"] } }",
    ] {
        project.write("Cargo.toml", &manifest);
        let table = "[package.metadata.ambot]\n";
        let text = manifest.replacen(table, &format!("{table}{line}\n"), 1);
        let value: Value = toml::from_str(&text).unwrap();
        project.write("Cargo.toml", &text);
        let run = project.ambot(&["generate", "-t", "centos7"]);
        assert_eq!(run.code, Some(3), "{line}\n{}", run.snapshot());
        assert!(!errors(&validator, &value).is_empty(), "{line}");
    }
    let value: Value = toml::from_str(&manifest).unwrap();
    assert_eq!(errors(&validator, &value), Vec::<String>::new());
}

/// taplo reads the schema, and finds with it what we would.
#[test]
fn an_editor_checks_a_manifest_with_it() {
    let Some(taplo) = find_program("taplo") else {
        not_run::note("taplo: not found");
        return;
    };
    let project = Project::hello();
    project.write("ambot.schema.json", &schema("settings").to_string());
    let page = include_str!("../../docs/configuration.md");
    let (_, rest) = page.split_once("in `.taplo.toml`:\n\n```toml\n").unwrap();
    project.write(".taplo.toml", rest.split_once("```").unwrap().0);
    let check = || {
        let mut command = Command::new(&taplo);
        command
            .args(["check", "Cargo.toml"])
            .current_dir(project.path());
        command.output().unwrap()
    };
    let output = check();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    project.set("payload-compres = \"xz\"");
    let output = check();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && said.contains("payload-compres"),
        "{said}"
    );
}

#[test]
fn every_line_that_is_printed_is_one_of_the_schema() {
    let schema = schema("output");
    let validator = jsonschema::draft7::new(&schema).unwrap();
    let kinds = schema["oneOf"].as_array().unwrap().iter();
    let expected: BTreeSet<&str> = kinds.map(|kind| kind["title"].as_str().unwrap()).collect();
    let project = Project::hello();
    project.place_binary();
    project.set("requires = { \"config(other)\" = \"*\" }");
    project.write(
        ".ambot/services/other.service",
        "[Unit]\nStartLimitIntervalSec=5\n[Service]\nExecStart=/usr/bin/hello\nRestart=no\nKillMode=none\n",
    );
    let key = gpg::key("plain");
    let key = key.secret.to_str().unwrap();
    let old = project.path().join("old.rpm");
    let new = project.path().join("new.rpm");
    let (old, new) = (old.to_str().unwrap(), new.to_str().unwrap());
    let package = ["package", "--no-build", "-t", "centos7", "-o"];
    let runs: [Vec<&str>; 16] = [
        vec!["generate", "-t", "centos7", "-o", "units"],
        vec!["init", "--ci", "github"],
        vec!["package", "--no-build", "-t", "centos7", "--dry-run"],
        [&package[..], &[old]].concat(),
        [
            &package[..],
            &[new, "--rpm-release", "2", "--sign-key", key],
        ]
        .concat(),
        vec!["check", "-t", "centos7,el8"],
        vec!["generate", "-t", "centos7,el8"],
        vec!["generate", "-t", "centos7", "--diff"],
        vec!["inspect", new, "-t", "centos7,el8", "--extract", "out"],
        vec!["diff", old, new],
        vec!["sign", old, "--sign-key", key],
        vec!["repo", "add", "yum", old],
        vec!["repo", "list", "yum"],
        vec!["repo", "names", "--repo", "yum"],
        vec!["targets"],
        vec!["explain", "BindsTo"],
    ];
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for arguments in runs {
        let run = project.ambot(&[&arguments[..], &["--message-format", "json"]].concat());
        assert_eq!(run.code, Some(0), "{}", run.stdout);
        for line in run.stdout.lines() {
            let value: Value = serde_json::from_str(line).unwrap();
            assert_eq!(errors(&validator, &value), Vec::<String>::new(), "{line}");
            seen.insert(value["reason"].as_str().unwrap().to_owned());
        }
    }
    let seen: BTreeSet<&str> = seen.iter().map(String::as_str).collect();
    assert_eq!(seen, expected);
}
