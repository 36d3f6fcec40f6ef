//! What others build from: spec files and source packages, built by the real rpmbuild.

use crate::support::gpg;
use crate::support::ground;
use crate::support::project::{Project, Target};
use crate::support::{find_program, not_run, succeed};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The systemd whose macros an rpmbuild is given.
#[derive(Clone, Copy)]
pub(crate) enum Macros {
    None,
    Of239,
    Of252,
}

/// This system's rpmbuild, and those beside the named rpms that can build for el8 and later.
pub(crate) fn rpmbuilds() -> Vec<PathBuf> {
    let named = std::env::var_os("AMBOT_TEST_RPMS").unwrap_or_default();
    let beside = std::env::split_paths(&named).map(|rpm| rpm.with_file_name("rpmbuild"));
    let all = find_program("rpmbuild").into_iter().chain(beside);
    let all: Vec<PathBuf> = all
        .filter(|path| path.is_file())
        // 4.11 has no `%license` and no part in building for el8.
        .filter(|path| !said(Command::new(path).arg("--version")).contains("4.11"))
        .collect();
    if all.is_empty() {
        not_run::note("rpmbuild: not run");
    }
    all
}

pub(crate) fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    succeed(&format!("{command:?}"), &output)
}

/// Runs rpmbuild with the folder for all that it makes, and with the macros of a target.
pub(crate) fn rpmbuild(
    program: &Path,
    top: &Path,
    macros: Macros,
    arguments: &[&str],
    file: &Path,
) -> Output {
    let config = said(Command::new(program).args(["--eval", "%{_rpmconfigdir}"]));
    let config = config.trim();
    let mut files = vec![
        format!("{config}/macros"),
        format!("{config}/platform/{}-linux/macros", std::env::consts::ARCH),
        // What finds dependencies in files.
        format!("{config}/fileattrs/*.attr"),
    ];
    let fixture = |name: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/macros");
        folder.join(name).display().to_string()
    };
    match macros {
        Macros::None => {}
        Macros::Of239 => files.push(fixture("systemd-239.macros")),
        Macros::Of252 => files.push(fixture("systemd-252.macros")),
    }
    Command::new(program)
        .arg(format!("--macros={}", files.join(":")))
        .args(["--define", &format!("_topdir {}", top.display())])
        // The packages that it asks for are not in this system's database.
        .arg("--nodeps")
        .args(arguments)
        .arg(file)
        .env("LC_ALL", "C")
        .output()
        .unwrap()
}

/// The one file below a folder whose name ends so.
pub(crate) fn find(folder: &Path, ending: &str) -> PathBuf {
    let mut folders = vec![folder.to_owned()];
    let mut found = Vec::new();
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.display().to_string().ends_with(ending) {
                found.push(path);
            }
        }
    }
    assert_eq!(found.len(), 1, "{ending}: {found:?}");
    found.remove(0)
}

/// The fixture with texts that a spec file must not take for its own.
fn hello() -> Project {
    let project = Project::hello();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let manifest = manifest
        .replace("[package.metadata.ambot]\n", concat!(
            "[package.metadata.ambot]\n",
            "summary = \"100% %{name} %post\"\n",
            "description = \"\"\"50% of it\n%prep\n%{lua:os.exit(9)}\"\"\"\n",
            "users = { hello = { uid = 812, home = \"/var/lib/hello\" } }\n",
            "tmpfiles = [\"d /run/hello 0750 hello hello -\"]\n",
            "files = [{ source = \"etc/a b.toml\", dest = \"/etc/hello/a b.toml\", mode = \"0640\", group = \"hello\" }]\n",
            "requires = { curl = \">= 7.29\" }\n",
        ))
        .replace("Restart = \"on-failure\"", "Restart = \"on-failure\"\nEnvironment = \"A=%n\"");
    project.write("Cargo.toml", &manifest);
    project.write("etc/a b.toml", "level = \"100%\"\n");
    project
}

#[track_caller]
pub(crate) fn made(project: &Project, arguments: &[&str]) -> Vec<PathBuf> {
    let mut all = vec!["package", "-q"];
    all.extend_from_slice(arguments);
    let run = project.ambot(&all);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    let paths = run.stdout.lines().map(|line| project.path().join(line));
    paths.collect()
}

#[test]
fn a_source_package_builds_with_the_macros_of_its_target_and_no_scriptlet_keeps_a_macro() {
    for (target, macros) in [("el8", Macros::Of239), ("el9", Macros::Of252)] {
        let project = hello();
        let srpm = &made(&project, &["--format", "srpm", "-t", target])[0];
        for program in rpmbuilds() {
            let top = tempfile::tempdir().unwrap();
            let output = rpmbuild(&program, top.path(), macros, &["--rebuild"], srpm);
            succeed(&format!("{} --rebuild", program.display()), &output);
            let rpm = find(&top.path().join("RPMS"), ".rpm");
            let query = |what: &[&str]| {
                let mut command = Command::new(program.with_file_name("rpm"));
                said(command.args(["-qp", "--nosignature"]).args(what).arg(&rpm))
            };
            let scripts = ["--scripts", "--triggers", "--filetriggers"].map(|what| query(&[what]));
            let macros_left = scripts
                .join("\n")
                .replace("printf '%s", "printf '")
                .replace("%s\\n", "")
                .contains('%');
            assert!(!macros_left, "{scripts:?}");
            assert!(scripts[0].contains("hello.service"), "{scripts:?}");
            assert_eq!(query(&["--qf", "%{SUMMARY}"]), "100% %{name} %post");
            let description = query(&["--qf", "%{DESCRIPTION}"]);
            assert_eq!(
                description,
                "50% of it\n %prep\n%{lua:os.exit(9)}".replace("\n%{", "\n %{")
            );
            let listed = query(&[
                "--qf",
                "[%{FILEMODES:perms} %{FILEGROUPNAME} %{FILEFLAGS:fflags} %{FILENAMES}\n]",
            ]);
            assert!(
                listed.contains("-rw-r----- hello cn /etc/hello/a b.toml\n"),
                "{listed}"
            );
            assert!(
                listed.contains("-rwxr-xr-x root  /usr/bin/hello\n"),
                "{listed}"
            );
            assert!(
                listed.contains("/usr/lib/sysusers.d/hello.conf\n"),
                "{listed}"
            );
            assert!(query(&["--requires"]).contains("curl >= 7.29"));
            let release = query(&["--qf", "%{RELEASE}"]);
            assert!(release.starts_with(&format!("1.{target}")), "{release}");
        }
    }
}

#[test]
fn without_the_macros_the_build_ends_before_it_begins() {
    let project = Project::hello();
    let spec = &made(&project, &["--format", "srpm", "-t", "el8"])[0];
    for program in rpmbuilds() {
        let top = tempfile::tempdir().unwrap();
        let output = rpmbuild(&program, top.path(), Macros::None, &["--rebuild"], spec);
        assert!(!output.status.success(), "{}", program.display());
        let stderr = String::from_utf8_lossy(&output.stderr);
        let told = stderr.lines().find(|line| line.starts_with("hello.spec: "));
        let told = told.unwrap_or_else(|| panic!("{stderr}"));
        assert!(
            told.contains("does not know the macros of systemd"),
            "{told}"
        );
        assert!(told.contains("%systemd_post"), "{told}");
        assert!(
            !top.path().join("RPMS").exists()
                || fs::read_dir(top.path().join("RPMS"))
                    .unwrap()
                    .next()
                    .is_none()
        );
    }
}

#[test]
fn every_rpm_takes_the_source_package_for_one() {
    let project = Project::hello();
    let srpm = &made(&project, &["--format", "srpm", "-t", "el8"])[0];
    assert!(srpm.ends_with("hello-1.0.0-1.el8.src.rpm"), "{srpm:?}");
    let again = project.path().join("again");
    let again_flag = again.display().to_string();
    let second = &made(
        &project,
        &["--format", "srpm", "-t", "el8", "-o", &again_flag],
    )[0];
    assert!(
        fs::read(srpm).unwrap() == fs::read(second).unwrap(),
        "two runs differ"
    );
    for program in rpmbuilds() {
        let rpm = program.with_file_name("rpm");
        let query = |what: &[&str]| said(Command::new(&rpm).args(what).arg(srpm));
        let format = "%{NAME} %{ARCH} %{SOURCERPM} %{SOURCEPACKAGE} [%{SOURCE} ]\n[%{FILENAMES} %{FILEFLAGS:fflags}\n]";
        let facts = query(&["-qp", "--qf", format]);
        let arch = std::env::consts::ARCH;
        assert_eq!(
            facts,
            format!(
                "\
            hello {arch} (none) 1 hello-1.0.0.tar.gz 98-ambot-hello.preset hello.service \
            hello.service.d-10-ambot-install.conf \n\
            98-ambot-hello.preset \n\
            hello-1.0.0.tar.gz \n\
            hello.service \n\
            hello.service.d-10-ambot-install.conf \n\
            hello.spec s\n"
            )
        );
        let requires = query(&["-qp", "--requires"]);
        for needed in [
            "cargo",
            "gcc",
            "rust",
            "systemd",
            "rpmlib(FileDigests) <= 4.6.0-1",
        ] {
            assert!(requires.lines().any(|line| line == needed), "{requires}");
        }
        assert!(query(&["-K"]).to_lowercase().contains("digests ok"));
    }
}

#[test]
fn a_signed_source_package_verifies() {
    let key = gpg::key("plain");
    let project = Project::hello();
    let secret = key.secret.display().to_string();
    let arguments = ["--format", "srpm", "-t", "el8", "--sign-key", &secret];
    let srpm = made(&project, &arguments).remove(0);
    for rpm in ground::rpms(Target::CentOs8) {
        let said = crate::signing::checked(rpm, &key, &srpm);
        let line = format!("Header V4 RSA/SHA256 Signature, key ID {}: OK", key.id);
        assert!(said.contains(&line), "rpm {}\n{said}", rpm.version);
    }
}

#[test]
fn el7_has_no_source_package_and_says_so_before_any_work() {
    let project = Project::hello();
    let run = project.ambot(&["package", "--format", "rpm,srpm"]);
    assert_eq!(run.code, Some(2), "{}", run.snapshot());
    assert!(run.stdout.is_empty());
    assert!(!project.path().join("target").exists());
    insta::assert_snapshot!(run.snapshot());
}

#[test]
fn a_spec_has_its_sources_beside_it_and_json_names_the_form() {
    let project = hello();
    let run = project.ambot(&[
        "package",
        "--format=spec",
        "-t",
        "el8",
        "--message-format",
        "json",
    ]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    let lines: Vec<serde_json::Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let artifact = lines
        .iter()
        .find(|line| line["reason"] == "ambot-artifact")
        .unwrap();
    assert_eq!(artifact["format"], "spec");
    let beside: Vec<String> = artifact["sources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|path| {
            let path = Path::new(path.as_str().unwrap());
            assert!(path.is_file(), "{path:?}");
            path.file_name().unwrap().to_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(beside.join(" "), "a_b.toml 98-ambot-hello.preset hello.service hello.service.d-10-ambot-install.conf sysusers.d-hello.conf tmpfiles.d-hello.conf".replace("a_b.toml ", ""));
    let spec = fs::read_to_string(artifact["path"].as_str().unwrap()).unwrap();
    // The declared file is one of the crate's.
    assert!(
        spec.contains("'etc/a b.toml' %{buildroot}'/etc/hello/a b.toml'"),
        "{spec}"
    );
}

#[test]
fn a_member_brings_its_workspace() {
    let project = Project::hello();
    project.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"app\", \"lib\"]\nresolver = \"2\"\n",
    );
    project.write("app/Cargo.toml", "[package]\nname = \"app\"\nversion = \"2.0.0\"\nedition = \"2021\"\n\n[dependencies]\nlib = { path = \"../lib\" }\n");
    project.write(
        "app/src/main.rs",
        "fn main() { println!(\"{}\", lib::WORD); }\n",
    );
    project.write(
        "lib/Cargo.toml",
        "[package]\nname = \"lib\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
    );
    project.write("lib/src/lib.rs", "pub const WORD: &str = \"hello\";\n");
    project.write("Cargo.lock", "version = 3\n\n[[package]]\nname = \"app\"\nversion = \"2.0.0\"\ndependencies = [\n \"lib\",\n]\n\n[[package]]\nname = \"lib\"\nversion = \"0.1.0\"\n");
    let srpm = &made(&project, &["--format", "srpm", "-t", "el8", "-p", "app"])[0];
    for program in rpmbuilds() {
        let top = tempfile::tempdir().unwrap();
        let output = rpmbuild(&program, top.path(), Macros::Of239, &["--rebuild"], srpm);
        succeed(&format!("{} --rebuild", program.display()), &output);
        find(
            &top.path().join("RPMS"),
            "app-2.0.0-1.el8.x86_64.rpm"
                .replace("x86_64", std::env::consts::ARCH)
                .as_str(),
        );
    }
}

/// A crate in a folder that stands for the registry, so that no network is needed.
fn with_dependency() -> Project {
    let project = Project::hello();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let manifest = manifest.replace(
        "[package.metadata.ambot]\n",
        "[dependencies]\nword = \"1\"\n\n[package.metadata.ambot]\n",
    );
    project.write("Cargo.toml", &manifest);
    let main = project.path().join("src/main.rs");
    let program = fs::read_to_string(&main).unwrap();
    fs::write(
        main,
        format!("{program}\n#[allow(dead_code)]\nconst WORD: &str = word::WORD;\n"),
    )
    .unwrap();
    project.write(
        "registry/word/Cargo.toml",
        "[package]\nname = \"word\"\nversion = \"1.0.0\"\nedition = \"2021\"\n",
    );
    project.write(
        "registry/word/src/lib.rs",
        "pub const WORD: &str = \"hello\";\n",
    );
    let checksum = "0".repeat(64);
    project.write(
        "registry/word/.cargo-checksum.json",
        &format!("{{\"files\":{{}},\"package\":\"{checksum}\"}}"),
    );
    project.write(
        ".cargo/config.toml",
        "[source.crates-io]\nreplace-with = \"near\"\n[source.near]\ndirectory = \"registry\"\n",
    );
    project.write("Cargo.lock", &format!("version = 3\n\n[[package]]\nname = \"hello\"\nversion = \"1.0.0\"\ndependencies = [\n \"word\",\n]\n\n[[package]]\nname = \"word\"\nversion = \"1.0.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"{checksum}\"\n"));
    project
}

#[test]
fn dependencies_come_along_and_nothing_else_is_asked_for_them() {
    let project = with_dependency();
    let srpm = &made(&project, &["--format", "srpm", "-t", "el8", "--offline"])[0];
    for program in rpmbuilds() {
        let top = tempfile::tempdir().unwrap();
        let output = rpmbuild(&program, top.path(), Macros::Of239, &["--rebuild"], srpm);
        let said = succeed(&format!("{} --rebuild", program.display()), &output);
        assert!(said.contains("Compiling word"), "{said}");
    }
    // One that is not there is what cargo says it is.
    fs::remove_dir_all(project.path().join("registry/word")).unwrap();
    let run = project.ambot(&["package", "--format", "srpm", "-t", "el8", "--offline"]);
    assert_eq!(run.code, Some(101), "{}", run.snapshot());
    assert!(
        run.stderr.contains("cargo fetch --locked"),
        "{}",
        run.stderr
    );
}
