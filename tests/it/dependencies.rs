//! Dependencies, scriptlets and triggers: the same as rpmbuild's, and taken by the real rpms.

use crate::support::ground::{for_each_rpm, for_each_rpm_and_shell};
use crate::support::not_run;
use crate::support::project::{Project, Target};
use cargo_ambot::build::Capabilities;
use cargo_ambot::contents::Source;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The rpm of the system and those that the tests are given.
fn rpms() -> Vec<PathBuf> {
    let named = std::env::var_os("AMBOT_TEST_RPMS").unwrap_or_default();
    let named = std::env::split_paths(&named).filter(|path| !path.as_os_str().is_empty());
    std::iter::once(PathBuf::from("rpm")).chain(named).collect()
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{command:?}\n{}",
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// Plain files below a folder, two folders deep.
fn files(folder: &str, depth: usize, found: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() && depth > 0 {
            files(entry.path().to_str().unwrap_or_default(), depth - 1, found);
        } else if kind.is_file() {
            found.insert(entry.path());
        }
    }
}

/// Some hundred ELF files of this machine: programs, libraries, plugins.
fn elf_files() -> Vec<PathBuf> {
    let mut all = BTreeSet::new();
    for folder in ["/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib64"] {
        files(folder, 2, &mut all);
    }
    let is_elf = |path: &PathBuf| {
        use std::io::Read;
        let mut start = [0; 4];
        let file = fs::File::open(path);
        file.is_ok_and(|mut file| file.read_exact(&mut start).is_ok() && &start == b"\x7fELF")
    };
    let elf: Vec<PathBuf> = all.into_iter().filter(is_elf).collect();
    let step = elf.len().div_ceil(300).max(1);
    elf.into_iter().step_by(step).collect()
}

/// The names that rpm has kept since 4.12, each once.
fn names(text: &str) -> BTreeSet<String> {
    let kept = |line: &&str| {
        let name = line.split('(').next().unwrap();
        let is_library = ["lib", "ld.", "ld-", "ld64.", "ld64-"];
        *line == "rtld(GNU_HASH)"
            || (name.contains(".so") && is_library.iter().any(|start| name.starts_with(start)))
    };
    text.lines().filter(kept).map(str::to_owned).collect()
}

#[test]
fn what_is_found_in_the_files_of_this_machine_is_what_elfdeps_finds() {
    let files = elf_files();
    assert!(files.len() > 50, "this machine has few programs");
    for rpm in rpms() {
        let folder = said(Command::new(&rpm).args(["--eval", "%{_rpmconfigdir}"]));
        let elfdeps = Path::new(folder.trim()).join("elfdeps");
        if !elfdeps.exists() {
            not_run::note(&format!("elfdeps of {}: not run", rpm.display()));
            continue;
        }
        let version = said(Command::new(&rpm).arg("--version"));
        let looks_at_mode = ["4.11", "4.14"].iter().any(|old| version.contains(old));
        for file in &files {
            let Some(path) = file.to_str() else { continue };
            let mode = fs::metadata(file).unwrap().permissions().mode() as u16 & 0o777;
            let found = Capabilities::of_file(path, mode, &Source::Path(path.into())).unwrap();
            let theirs = |option| names(&said(Command::new(&elfdeps).arg(option).arg(file)));
            let ours = |list: Vec<String>| list.into_iter().collect::<BTreeSet<_>>();
            assert_eq!(ours(found.provides), theirs("--provides"), "{path}");
            if mode & 0o111 != 0 || !looks_at_mode {
                assert_eq!(ours(found.requires), theirs("--requires"), "{path}");
            }
        }
    }
}

const TABLES: &str = r##"
requires = { curl = ">= 1:7.29~rc1, < 8", openssl = { version = "*", when = ["post", "preun"] }, "((which or busybox) if toybox else coreutils >= 8)" = "*" }
provides = { "webserver" = "= 3", "virtual(hello)" = "*" }
conflicts = { apache = "< 2.4", "(nginx unless varnish)" = "*" }
obsoletes = { oldhello = "< 1.0" }
recommends = { "(logrotate if systemd)" = "*" }
suggests = { jq = "> 1" }
supplements = { fleet = "*" }
enhances = { monitor = "= 2-1" }
files = [
  { source = "lib/libz.so.1", dest = "/usr/lib64/hello/", mode = "0755" },
  { source = "tool.py", dest = "/usr/bin/hello-tool", mode = "0755" },
  { source = "tool.py", dest = "/usr/share/hello/tool.py", mode = "0644" },
]
scriptlets.pretrans = { script = "print('hello')", interpreter = "<lua>" }
scriptlets.verify = { file = "rpm/verify.sh" }

[[package.metadata.ambot.triggers]]
on = "in"
name = "nginx"
version = ">= 1.2"
script = "echo in"

[[package.metadata.ambot.triggers]]
on = "postun"
name = "nginx"
script = "echo postun"
interpreter = "/bin/bash"

[[package.metadata.ambot.triggers]]
on = "file-in"
paths = ["/usr/lib/hello", "/etc/hello"]
priority = 5
script = "echo files"

[[package.metadata.ambot.triggers]]
on = "trans-file-postun"
paths = ["/usr/lib/hello"]
interpreter = "<lua>"
script = "print('gone')"
"##;

const SPEC: &str = r#"
Name: hello
Version: 1.0.0
Release: 1.el8
Summary: Answers GET / with its name and version
License: MIT
Requires: curl >= 1:7.29~rc1, curl < 8
Requires(post,preun): openssl
Requires: ((which or busybox) if toybox else coreutils >= 8)
Provides: webserver = 3, virtual(hello)
Conflicts: apache < 2.4, (nginx unless varnish)
Obsoletes: oldhello < 1.0
Recommends: (logrotate if systemd)
Suggests: jq > 1
Supplements: fleet
Enhances: monitor = 2-1
%description
Answers GET / with its name and version
%install
install -D -m 755 %{project}/hello %{buildroot}/usr/bin/hello
install -D -m 755 %{project}/lib/libz.so.1 %{buildroot}/usr/lib64/hello/libz.so.1
install -D -m 755 %{project}/tool.py %{buildroot}/usr/bin/hello-tool
install -D -m 644 %{project}/tool.py %{buildroot}/usr/share/hello/tool.py
%pretrans -p <lua>
print('hello')
%verifyscript -p "/bin/bash -e"
#!/bin/bash -e
true
%triggerin -- nginx >= 1.2
echo in
%triggerpostun -p /bin/bash -- nginx
echo postun
%filetriggerin -P 5 -- /usr/lib/hello /etc/hello
echo files
%transfiletriggerpostun -p <lua> -- /usr/lib/hello
print('gone')
%files
/usr
"#;

/// A library that every machine with rpm has, and that old glibcs run.
fn libz() -> Option<PathBuf> {
    let mut all = BTreeSet::new();
    for folder in ["/usr/lib64", "/usr/lib"] {
        files(folder, 1, &mut all);
    }
    all.into_iter().find(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("libz.so.1")
    })
}

fn with_tables(tables: &str) -> Project {
    let project = Project::hello();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let targets = "targets = [\"centos7\", \"centos8\"]\n";
    // The tables of services come after; a manifest's order is free.
    let (before, after) = manifest.split_once(targets).unwrap();
    project.write("Cargo.toml", &format!("{before}{targets}{tables}{after}"));
    project
}

#[test]
fn dependencies_scripts_and_triggers_are_those_of_rpmbuild() {
    let Some(libz) = libz() else {
        return not_run::note("libz: not there, so rpmbuild's dependencies: not compared");
    };
    let project = with_tables(TABLES);
    fs::create_dir_all(project.path().join("lib")).unwrap();
    fs::copy(libz, project.path().join("lib/libz.so.1")).unwrap();
    project.write("tool.py", "#!/usr/bin/env python3\nprint(1)\n");
    project.write("rpm/verify.sh", "#!/bin/bash -e\ntrue\n\n");
    let ours = project.package(Target::CentOs8, &[]);
    fs::copy(
        crate::support::prebuilt::binary(),
        project.path().join("hello"),
    )
    .unwrap();
    project.write("hello.spec", SPEC);
    let folder = project.path().display().to_string();
    let mut rpmbuild = Command::new("rpmbuild");
    rpmbuild
        .args(["-bb", "--quiet"])
        .env("HOME", project.path());
    for define in [
        &format!("_topdir {folder}/rpmbuild"),
        &format!("_dbpath {folder}/db"),
        &format!("project {folder}"),
        "_binary_payload w2.xzdio",
        "debug_package %{nil}",
        "_build_id_links none",
        "__os_install_post %{nil}",
    ] {
        rpmbuild.arg("--define").arg(define);
    }
    said(rpmbuild.arg(project.path().join("hello.spec")));
    let arch = std::env::consts::ARCH;
    let theirs = project
        .path()
        .join(format!("rpmbuild/RPMS/{arch}/hello-1.0.0-1.el8.{arch}.rpm"));
    for rpm in &rpms() {
        let version = said(Command::new(rpm).arg("--version"));
        if version.contains("4.11") {
            continue;
        }
        let list = |package: &Path, option: &str| {
            let text = said(Command::new(rpm).args(["-qp", option]).arg(package));
            // What our own scriptlets need is no part of the comparison.
            let lines = text
                .lines()
                .filter(|line| !["/bin/sh", "systemd"].contains(line));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        for option in [
            "--requires",
            "--provides",
            "--conflicts",
            "--obsoletes",
            "--recommends",
            "--suggests",
            "--supplements",
            "--enhances",
            "--triggers",
            "--filetriggers",
        ] {
            assert_eq!(
                list(&ours, option),
                list(&theirs, option),
                "{option} {version}"
            );
            assert!(!list(&ours, option).is_empty(), "{option}");
        }
        let scripts = "%{PRETRANS} %{PRETRANSPROG} %{VERIFYSCRIPT} [%{VERIFYSCRIPTPROG},] [%{FILETRIGGERPRIORITIES} ][%{TRIGGERINDEX} %{TRIGGERFLAGS:hex} ][%{FILECOLORS} ]";
        let shown = |package: &Path| {
            said(
                Command::new(rpm)
                    .args(["-qp", "--qf", scripts])
                    .arg(package),
            )
        };
        let without_colors = |text: String| text.split("0 0").next().unwrap().to_owned();
        assert_eq!(without_colors(shown(&ours)), without_colors(shown(&theirs)));
    }
}

#[test]
fn the_users_scriptlets_run_beside_ours_whatever_they_do() {
    let tables = r##"
scriptlets.pretrans = { interpreter = "<lua>", script = "local f = io.open('/var/users', 'a'); f:write('lua\\n'); f:close()" }
scriptlets.pre = "echo pre $1 >> /var/users; exit 0"
scriptlets.post = { script = "set -e\necho post $1 >> /var/users\nexit 0", order = "before" }
scriptlets.preun = "echo preun $1 >> /var/users; exit 0"
scriptlets.posttrans = "echo posttrans >> /var/users; exit 0"

[[package.metadata.ambot.triggers]]
on = "in"
name = "hello"
script = "echo trigger >> /var/users"
"##;
    for target in Target::ALL {
        let project = with_tables(tables);
        let package = project.package(target, &[]);
        for_each_rpm_and_shell(target, |root| {
            root.write("/var/users", "");
            assert_eq!(root.install(&package), "");
            let wanted = "/etc/systemd/system/multi-user.target.wants/hello.service";
            assert!(
                fs::symlink_metadata(root.path(wanted)).is_ok(),
                "not enabled"
            );
            assert_eq!(root.verify("hello"), "");
            assert_eq!(root.erase("hello"), "");
            assert!(
                fs::symlink_metadata(root.path(wanted)).is_err(),
                "not disabled"
            );
            let said = fs::read_to_string(root.path("/var/users")).unwrap();
            // rpm sets off a trigger on the package's own name twice.
            assert_eq!(
                said,
                "lua\npre 1\npost 1\ntrigger\ntrigger\nposttrans\npreun 0\n"
            );
        });
    }
}

#[test]
fn a_pre_that_refuses_keeps_the_package_from_being_installed() {
    let project = with_tables("scriptlets.pre = \"exit 1\"\n");
    let package = project.package(Target::CentOs7, &[]);
    for_each_rpm(Target::CentOs7, |root| {
        root.provide_for(&package);
        let output = root.rpm(&["-U".as_ref(), package.as_os_str()]);
        assert!(!output.status.success());
        assert!(!root.path("/usr/bin/hello").exists());
    });
}

#[test]
fn triggers_of_files_run_where_rpm_has_them_and_are_left_out_where_not() {
    let tables = r##"
recommends = { jq = "*" }
target.centos8.provides = { plugin-api = "= 1^git1" }

[[package.metadata.ambot.triggers]]
on = "trans-file-in"
paths = ["/usr/bin"]
script = "read -r path; echo $path >> /var/users"
"##;
    let project = with_tables(tables);
    let old = project.package(Target::CentOs7, &[]);
    let run = project.ambot(&["package", "--no-build", "-q", "-t", "centos7"]);
    insta::assert_snapshot!(run.snapshot());
    let listed = |option: &str| said(Command::new("rpm").args(["-qp", option]).arg(&old));
    assert_eq!(listed("--filetriggers") + &listed("--recommends"), "");
    let new = project.package(Target::CentOs8, &[]);
    let requires = said(Command::new("rpm").args(["-qp", "--requires"]).arg(&new));
    assert!(requires.contains("rpmlib(CaretInVersions) <= 4.15.0-1"));
    for_each_rpm(Target::CentOs8, |root| {
        root.write("/var/users", "");
        root.install(&new);
        let said = fs::read_to_string(root.path("/var/users")).unwrap();
        assert_eq!(said, "/usr/bin/hello\n");
    });
}

#[test]
fn what_is_left_out_of_the_automatic_ones_is_not_required() {
    let requires = |tables: &str| {
        let project = with_tables(tables);
        let package = project.package(Target::CentOs8, &[]);
        said(Command::new("rpm").args(["-qp", "--requires"]).arg(package))
    };
    assert!(!requires("auto-requires = false\n").contains(".so"));
    let excluded = requires("auto-requires = { exclude = [\"*(GLIBC_2.*\"] }\n");
    assert!(!excluded.contains("(GLIBC_2."), "{excluded}");
}

#[test]
fn mistakes_are_told_before_anything_is_built_with_their_place() {
    let mut all = String::new();
    for tables in [
        "requires = { \"(a if b)\" = \"*\" }",
        "requires = { \"(a xor b)\" = \"*\" }",
        "requires = { curl = \">= 1-2-3\" }",
        "requires = { curl = { when = [\"pst\"] } }",
        "provides = { a = { when = [\"post\"] } }",
        "obsoletes = { \"/usr/bin/a\" = \"*\" }",
        "conflicts = { a = 1 }",
        "provides = { a = \"= 1^git1\" }",
        "requires = { a = { when = \"preuntrans\" } }",
        "auto-provides = { exclude = [\"a[\"] }",
        "scriptlets.pre = { script = \"x\", file = \"x\" }",
        "scriptlets.pre = { interpreter = \"bash\" }",
        "auto-requires = \"no\"",
        "scriptlets.post = { script = \"x\", interpreter = \"/bin/bash -e\" }",
        "scriptlets.post = { script = \"x\", interpreter = \"/usr/bin/python3\" }",
        "scriptlets.post = { file = \"/etc/passwd\" }",
        "scriptlets.install = \"x\"",
        "triggers = [{ on = \"in\", paths = [\"/usr\"], script = \"x\" }]",
        "triggers = [{ on = \"in\", name = \"a\", script = \"x\" }, { on = \"in\", name = \"a\", script = \"y\" }]",
    ] {
        let project = with_tables(&format!("{tables}\n"));
        let run = project.ambot(&["package", "-q", "-t", "centos7"]);
        assert_eq!(run.code, Some(3), "{tables}\n{}", run.stderr);
        all += &run.snapshot();
    }
    insta::assert_snapshot!(all);
}
