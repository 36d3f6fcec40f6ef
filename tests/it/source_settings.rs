//! What a source package and a spec make of the settings: dependencies, scripts, versions, and what
//! they cannot have.

use crate::source::{Macros, find, made, rpmbuild, rpmbuilds, said};
use crate::support::project::Project;
use crate::support::succeed;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A service with dependencies of every kind, scripts, triggers and capabilities.
const KEYS: &str = r#"[package.metadata.ambot]
requires = { curl = { version = ">= 7.29", when = ["post", "preun"] } }
recommends = { logrotate = "*" }
supplements = { "(hello and nginx)" = "*" }
conflicts = { "old-hello" = "< 2" }
provides = { "${name}(api)" = "= ${version}", "hello-whole" = "= ${evr}" }
auto-requires = { exclude = ["libm.so*", "libgcc_s.so.1*"] }
build-requires = { "pkgconfig(zlib)" = ">= 1.2.11" }
bin-caps = { hello = "cap_net_bind_service=ep" }
users = { hello = { home = "/var/lib/hello" } }
"#;

const TABLES: &str = r#"
[package.metadata.ambot.scriptlets]
pre = { script = "echo 100% before", order = "before" }
post = { script = "echo after; exit 0", order = "after" }
preun = { script = "echo before; exit 0", order = "before" }
pretrans = { script = "print('done')", interpreter = "<lua>" }
verify = { script = "exit 0", interpreter = ["/bin/bash", "-e"] }

[[package.metadata.ambot.triggers]]
on = "in"
name = "nginx"
version = ">= 1.2"
script = "echo 50% nginx"

[[package.metadata.ambot.triggers]]
on = "trans-file-in"
paths = ["/usr/lib/hello"]
script = "print('plugins')"
interpreter = "<lua>"
priority = 100
"#;

fn declared() -> Project {
    let project = Project::hello();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let manifest = manifest.replace("[package.metadata.ambot]\n", KEYS);
    project.write("Cargo.toml", &(manifest + TABLES));
    project
}

#[test]
fn rpmbuild_makes_of_the_source_package_what_we_make_of_the_project() {
    let project = declared();
    project.place_binary();
    let ours = made(&project, &["--no-build", "-t", "el8"]).remove(0);
    let srpm = made(&project, &["--format", "srpm", "-t", "el8"]).remove(0);
    let wanted = crate::packages::query(&srpm, &["--requires"]);
    assert!(wanted.contains("pkgconfig(zlib) >= 1.2.11\n"), "{wanted}");
    for program in rpmbuilds() {
        let top = tempfile::tempdir().unwrap();
        let output = rpmbuild(&program, top.path(), Macros::Of239, &["--rebuild"], &srpm);
        succeed(&format!("{} --rebuild", program.display()), &output);
        let theirs = find(&top.path().join("RPMS"), ".rpm");
        let lines = |rpm: &Path, what: &[&str]| {
            let mut command = Command::new(program.with_file_name("rpm"));
            let all = said(command.args(["-qp", "--nosignature"]).args(what).arg(rpm));
            all.replace(".el8.el8", ".el8")
        };
        for what in [
            "--provides",
            "--conflicts",
            "--recommends",
            "--supplements",
            "--triggers",
            "--filetriggers",
        ] {
            assert_eq!(lines(&theirs, &[what]), lines(&ours, &[what]), "{what}");
        }
        let capabilities = ["--qf", "[%{FILENAMES} %{FILECAPS}\n]"];
        let bin = "/usr/bin/hello cap_net_bind_service=ep";
        assert!(
            lines(&theirs, &capabilities)
                .lines()
                .any(|line| line.starts_with(bin))
        );
        let requires = lines(&theirs, &["--requires"]);
        assert!(requires.contains("curl >= 7.29"), "{requires}");
        assert!(requires.contains("libc.so.6"), "{requires}");
        assert!(!requires.contains("libgcc_s"), "{requires}");
        let scripts = lines(&theirs, &["--scripts"]);
        assert!(scripts.contains("pretrans scriptlet (using <lua>):\nprint('done')"));
        assert!(scripts.contains("verify scriptlet (using /bin/bash -e):\nexit 0"));
        assert!(scripts.contains("echo 100% before"), "{scripts}");
        for (script, first, second) in [
            ("postinstall", "systemctl", "echo after; exit 0"),
            ("preuninstall", "echo before; exit 0", "systemctl"),
        ] {
            let text = scripts
                .split(&format!("{script} scriptlet"))
                .nth(1)
                .unwrap();
            let place = |what: &str| text.find(what).unwrap_or(usize::MAX);
            assert!(place(first) < place(second), "{script}: {scripts}");
        }
    }
}

#[test]
fn the_own_version_in_a_spec_is_that_of_where_it_is_built() {
    let project = Project::hello();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let manifest = manifest.replace(
        "[package.metadata.ambot]\n",
        "[package.metadata.ambot]\nepoch = 2\nprovides = { \"hello-whole\" = \"= ${evr}\" }\n",
    ) + "\n[package.metadata.ambot.subpackages.conf]\nfiles = [{ source = \"c\", dest = \"/usr/share/50% it's $HOME.conf\" }]\nrequires = { hello = \"= ${evr}\" }\n";
    project.write("Cargo.toml", &manifest);
    project.write("c", "c\n");
    // The project's own choice of a triple is not where others look for the binary.
    project.write(
        ".cargo/config.toml",
        "[build]\ntarget = \"x86_64-unknown-linux-musl\"\n[env]\nOF_THE_WORKSPACE = \"1\"\n",
    );
    project.write(
        "src/main.rs",
        "fn main() { print!(env!(\"OF_THE_WORKSPACE\")); }\n",
    );
    let srpm = &made(&project, &["--format", "srpm", "-t", "el8"])[0];
    for program in rpmbuilds() {
        let top = tempfile::tempdir().unwrap();
        let dist = ["--define", "dist .el8_9", "--rebuild"];
        let output = rpmbuild(&program, top.path(), Macros::Of239, &dist, srpm);
        succeed(&format!("{} --rebuild", program.display()), &output);
        let query = |ending: &str, what: &str| {
            let rpm = find(&top.path().join("RPMS"), ending);
            let mut command = Command::new(program.with_file_name("rpm"));
            said(command.args(["-qp", "--nosignature", what]).arg(&rpm))
        };
        let arch = std::env::consts::ARCH;
        let sub = format!("conf-1.0.0-1.el8_9.{arch}.rpm");
        let main = format!("hello-1.0.0-1.el8_9.{arch}.rpm");
        assert!(query(&sub, "--requires").contains("hello = 2:1.0.0-1.el8_9\n"));
        assert!(query(&sub, "-l").contains("/usr/share/50% it's $HOME.conf\n"));
        assert!(query(&main, "--provides").contains("hello-whole = 2:1.0.0-1.el8_9\n"));
        assert_eq!(query(&main, "--changelog").trim(), "");
    }
}

#[test]
fn a_lock_file_that_is_too_old_is_refused_and_stays_as_it_is() {
    let project = Project::hello();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    project.write("Cargo.toml", &manifest.replace("1.0.0", "1.1.0"));
    let before = fs::read(project.path().join("Cargo.lock")).unwrap();
    let run = project.ambot(&["package", "--format", "spec", "-t", "el8", "--offline"]);
    assert_eq!(run.code, Some(101), "{}", run.snapshot());
    assert!(
        run.stderr.contains("cargo update --workspace"),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("cargo fetch"), "{}", run.stderr);
    assert!(before == fs::read(project.path().join("Cargo.lock")).unwrap());
    fs::remove_file(project.path().join("Cargo.lock")).unwrap();
    let run = project.ambot(&["package", "--format", "spec", "-t", "el8", "--offline"]);
    assert_eq!(run.code, Some(3), "{}", run.snapshot());
    assert!(
        run.stderr.contains("cargo generate-lockfile"),
        "{}",
        run.stderr
    );
}

#[test]
fn what_a_spec_cannot_have_is_said_before_any_work() {
    let project = Project::hello();
    let run = |arguments: &[&str]| {
        let mut all = vec!["package"];
        all.extend_from_slice(arguments);
        let run = project.ambot(&all);
        format!("$ {}\n{}", arguments.join(" "), run.snapshot())
    };
    let mut said = Vec::new();
    for arguments in [
        &["--format=spec", "-t=el8", "--features=nope"][..],
        &["--format=spec", "-t=el8", "--profile=realese"],
        &["--format=tar.gz,spec", "-t=el8", "--sign"],
        &["--format=spec,rpm", "-t=el8", "-o=x.rpm"],
        &["--format=spec", "-t=el8,el9", "-o=out"],
        &["--format=spec", "-t=centos7"],
        &[
            "--format=spec",
            "-t=el8",
            "--cargo-build=x",
            "--",
            "--verbose",
        ],
    ] {
        said.push(run(arguments));
    }
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn a_script_of_the_users_neither_hides_nor_hurts_the_units_of_a_spec() {
    let project = declared();
    let spec = made(&project, &["--format", "spec", "-t", "el9"]).remove(0);
    let spec = fs::read_to_string(spec).unwrap();
    let from = spec.find("\n%pre\n").unwrap();
    let to = spec.find("\n%files").unwrap();
    insta::assert_snapshot!(&spec[from..to]);
    // One interpreter a phase: that of the macros is the shell.
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let lua = "postun = { script = \"print(1)\", interpreter = \"<lua>\" }\npreun = ";
    project.write("Cargo.toml", &manifest.replacen("preun = ", lua, 1));
    let run = project.ambot(&["package", "--format", "spec", "-t", "el9"]);
    assert_eq!(run.code, Some(3), "{}", run.snapshot());
}
