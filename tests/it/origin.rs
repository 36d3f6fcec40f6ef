//! What is said of a package before it is made, and of what it was made from after.

use crate::support::project::{Project, Target};
use crate::support::{find_program, not_run, succeed};
use insta::assert_snapshot;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn project() -> Project {
    let project = Project::hello();
    project.place_binary();
    project.set("files = [{ source = \"hello.toml\", dest = \"/etc/hello/\", mode = \"0640\", group = \"hello\" }]");
    project.set("users = { hello = {} }");
    project.set("requires = { curl = \">= 7.29\" }");
    project.write("hello.toml", "port = 8080\n");
    project
}

fn json(project: &Project, arguments: &[&str]) -> Vec<Value> {
    let package = [
        "package",
        "--no-build",
        "-t",
        "centos7",
        "--message-format",
        "json",
    ];
    let run = project.ambot(&[&package[..], arguments].concat());
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    run.stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn line<'a>(lines: &'a [Value], reason: &str) -> &'a Value {
    lines.iter().find(|line| line["reason"] == reason).unwrap()
}

fn sha256(path: &Path) -> String {
    let digest = Sha256::digest(fs::read(path).unwrap());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn rpm_of(project: &Project) -> PathBuf {
    let folder = project.path().join("target/ambot/centos7");
    let mut files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files
        .find(|path| path.extension().is_some_and(|end| end == "rpm"))
        .unwrap()
}

/// What rpm says of a package, a line each.
fn rpm(package: &Path, query: &[&str]) -> Option<BTreeSet<String>> {
    let program = find_program("rpm")?;
    let mut command = Command::new(program);
    let output = command
        .args(["-qp", "--nosignature"])
        .args(query)
        .arg(package)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.lines().map(|line| line.trim().to_owned()).collect())
}

#[test]
fn a_dry_run_makes_nothing_and_shows_what_rpm_then_sees() {
    let project = project();
    let lines = json(&project, &["--dry-run"]);
    assert!(!project.path().join("target/ambot/centos7").exists());
    let plan = line(&lines, "ambot-plan");
    assert_eq!(
        line(&lines, "ambot-manifest")["artifacts"],
        Value::Array(Vec::new())
    );
    let texts = |list: &Value, of: &dyn Fn(&Value) -> Option<String>| -> BTreeSet<String> {
        list.as_array().unwrap().iter().filter_map(of).collect()
    };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    for file in plan["files"].as_array().unwrap() {
        assert!(!text(&file["reason"]).is_empty(), "{file}");
    }
    for dependency in plan["dependencies"].as_array().unwrap() {
        assert!(!text(&dependency["origin"]).is_empty(), "{dependency}");
    }
    json(&project, &[]);
    let package = rpm_of(&project);
    let format = "[%{FILENAMES} %{FILEMODES:octal} %{FILEUSERNAME} %{FILEGROUPNAME}\n]";
    let Some(files) = rpm(&package, &["--qf", format]) else {
        not_run::note("rpm: not found");
        return;
    };
    let kinds = BTreeMap::from([("file", "10"), ("directory", "4"), ("symlink", "12")]);
    let planned = texts(&plan["files"], &|file| {
        let (path, mode) = (text(&file["path"]), text(&file["mode"]));
        let kind = kinds[text(&file["kind"]).as_str()];
        Some(format!(
            "{path} {kind}{mode} {} {}",
            text(&file["user"]),
            text(&file["group"])
        ))
    });
    assert_eq!(planned, files);
    for kind in ["requires", "provides"] {
        let planned = texts(&plan["dependencies"], &|one| {
            (one["kind"] == kind).then(|| text(&one["text"]))
        });
        assert_eq!(
            planned,
            rpm(&package, &[&format!("--{kind}")]).unwrap(),
            "{kind}"
        );
    }
    let scripts = rpm(&package, &["--qf", "%{POSTIN}"]).unwrap();
    let scriptlets = plan["scriptlets"].as_array().unwrap();
    let post = scriptlets
        .iter()
        .find(|one| one["phase"] == "post")
        .unwrap();
    let lines: BTreeSet<String> = text(&post["text"])
        .lines()
        .map(|l| l.trim().to_owned())
        .collect();
    assert_eq!(lines, scripts);
}

#[test]
fn a_person_sees_the_same() {
    let project = project();
    let run = project.ambot(&["package", "--no-build", "-t", "centos7", "--dry-run"]);
    let shown: Vec<&str> = run
        .stdout
        .lines()
        .take_while(|line| *line != "provides")
        .collect();
    let shown = shown
        .iter()
        .filter(|line| !line.contains("GLIBC") && !line.contains(".build-id"));
    let shown: Vec<String> = shown
        .map(|line| {
            line.split("KiB")
                .next()
                .unwrap_or_default()
                .trim_end()
                .to_owned()
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
    for line in run.stdout.lines() {
        assert!(
            line.chars().count() <= 80 || line.contains("/usr/lib/.build-id"),
            "{line}"
        );
    }
}

#[test]
fn other_forms_have_no_dry_run() {
    let project = project();
    let run = project.ambot(&["package", "-t", "centos7", "--dry-run", "--format", "spec"]);
    assert_eq!(run.code, Some(2));
    insta::assert_snapshot!(run.stderr, @r"
    error: `--dry-run` shows what would be in RPMs, and other forms are asked for
     |
     = help: leave out `--format`; a spec file is made without a build anyway
    ");
}

#[test]
fn the_manifest_and_the_provenance_name_the_same_bytes() {
    let project = project();
    let lines = json(&project, &["--provenance"]);
    let manifest = line(&lines, "ambot-manifest");
    let artifact = &manifest["artifacts"][0];
    let package = rpm_of(&project);
    assert_eq!(artifact["digests"]["sha256"], sha256(&package).as_str());
    let text = fs::read_to_string(artifact["provenance"].as_str().unwrap()).unwrap();
    assert!(!text.contains(project.path().to_str().unwrap()), "{text}");
    let statement: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(statement["subject"][0]["digest"], artifact["digests"]);
    assert_eq!(statement["predicateType"], "https://slsa.dev/provenance/v1");
    let definition = &statement["predicate"]["buildDefinition"];
    let inputs = definition["resolvedDependencies"].as_array().unwrap();
    let of = |name: &str| inputs.iter().find(|input| input["name"] == name);
    let config = sha256(&project.path().join("hello.toml"));
    assert_eq!(
        of("hello.toml").unwrap()["digest"]["sha256"],
        config.as_str()
    );
    let named = artifact["inputs"].as_array().unwrap();
    assert!(
        named.iter().any(|input| input["sha256"] == config.as_str()),
        "{named:?}"
    );
    let lockfile = sha256(&project.path().join("Cargo.lock"));
    assert_eq!(
        of("Cargo.lock").unwrap()["digest"]["sha256"],
        lockfile.as_str()
    );
    assert_eq!(manifest["inputs"]["lockfile-sha256"], lockfile.as_str());
    assert_eq!(manifest["builds"][0]["built-by"], "before");
    // Nothing changed: the same again, of an RPM that was not made anew.
    let again = json(&project, &["--provenance"]);
    assert_eq!(line(&again, "ambot-artifact")["fresh"], true);
    assert_eq!(
        fs::read_to_string(artifact["provenance"].as_str().unwrap()).unwrap(),
        text
    );
}

#[test]
fn the_bill_of_materials_has_the_crates_that_are_in_the_program() {
    let project = project();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let more = "\n[dependencies]\nlinked = { path = \"linked\" }\n[build-dependencies]\nbuilding = { path = \"building\" }\n[dev-dependencies]\ntesting = { path = \"testing\" }\n[workspace]\n";
    let manifest = manifest.replace("[workspace]\n", "");
    project.write("Cargo.toml", &(manifest + more));
    for name in ["linked", "building", "testing"] {
        let text = format!(
            "[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nlicense = \"MIT/Apache-2.0\"\n"
        );
        project.write(&format!("{name}/Cargo.toml"), &text);
        project.write(&format!("{name}/src/lib.rs"), "");
    }
    // As the build did that the program comes from.
    let lock = ["generate-lockfile", "--offline"];
    let mut cargo = Command::new("cargo");
    let output = cargo.args(lock).current_dir(project.path()).output();
    succeed("cargo", &output.unwrap());
    let lockfile = project.path().join("Cargo.lock");
    let kept = fs::read(&lockfile).unwrap();
    fs::remove_file(&lockfile).unwrap();
    let run = project.ambot(&["package", "--no-build", "-t", "centos7", "--sbom"]);
    assert_snapshot!(run.snapshot(), @"
    exit code: 3
    --- stderr
    error: there is no [PROJECT]/Cargo.lock, which says what a bill of
           materials lists
     |
     = help: run `cargo generate-lockfile` and commit it, before the program is
             built
    ");
    assert!(!project.path().join("target/ambot/centos7").exists());
    fs::write(&lockfile, kept).unwrap();
    let lines = json(&project, &["--sbom", "--offline"]);
    let artifact = line(&lines, "ambot-artifact");
    let text = fs::read_to_string(artifact["sbom"].as_str().unwrap()).unwrap();
    let bill: Value = serde_json::from_str(&text).unwrap();
    let components = bill["components"].as_array().unwrap();
    let scopes: BTreeMap<&str, &str> = components
        .iter()
        .map(|one| {
            (
                one["name"].as_str().unwrap(),
                one["scope"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        ("building", "excluded"),
        ("hello", "required"),
        ("linked", "required"),
    ];
    assert_eq!(scopes, BTreeMap::from(expected));
    let linked = components
        .iter()
        .find(|one| one["name"] == "linked")
        .unwrap();
    assert_eq!(linked["purl"], "pkg:cargo/linked@1.0.0");
    assert_eq!(linked["licenses"][0]["expression"], "MIT OR Apache-2.0");
    let own = &bill["metadata"]["component"];
    assert_eq!(own["purl"], "pkg:rpm/hello@1.0.0-1.el7?arch=x86_64");
    assert_eq!(own["hashes"][0]["content"], artifact["digests"]["sha256"]);
    assert_eq!(Target::CentOs7.name(), artifact["target"].as_str().unwrap());
}
