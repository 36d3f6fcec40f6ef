//! Debug information in an RPM of its own, found by those who look for it.

use crate::parts::{packages, query};
use crate::support::ground::for_each_rpm;
use crate::support::project::{Project, Target};
use crate::support::{find_program, not_run};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The fixture with these keys, built with line tables and, so that both targets take it, without
/// a shared libc.
pub(crate) fn with_lines(keys: &str) -> Project {
    let project = Project::hello();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let table = "[package.metadata.ambot]\n";
    project.write(
        "Cargo.toml",
        &manifest.replace(table, &format!("{table}{keys}\n")),
    );
    let triple = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let build = Command::new("cargo")
        .args(["build", "--release", "--offline", "--quiet", "--target"])
        .arg(&triple)
        .env_remove("CARGO_TARGET_DIR")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only")
        .env(
            "RUSTFLAGS",
            "-Ctarget-feature=+crt-static -Clink-arg=-Wl,--build-id=sha1",
        )
        .current_dir(project.path())
        .output()
        .unwrap();
    assert!(build.status.success(), "{build:?}");
    project
}

/// The build id as folder and file have it, found by the links to it.
fn build_id(list: &str) -> (String, String) {
    let link = list
        .lines()
        .find(|line| line.ends_with(".debug") && line.contains(".build-id"));
    let link = link.unwrap().trim_end_matches(".debug");
    let mut parts = link.rsplit('/');
    let (rest, first) = (parts.next().unwrap(), parts.next().unwrap());
    (first.to_owned(), rest.to_owned())
}

fn list(package: &Path) -> String {
    query(package, "[%{FILENAMES} %{FILELINKTOS}\n]")
}

#[test]
fn debug_information_becomes_an_rpm_with_links_by_build_id() {
    let project = with_lines("");
    for (target, main, program) in [
        (Target::CentOs7, "", "../../../../../usr/bin/hello"),
        (
            Target::CentOs8,
            "/usr/lib/.build-id \n/usr/lib/.build-id/aa \n/usr/lib/.build-id/aa/bb ../../../../usr/bin/hello\n",
            "../../../.build-id/aa/bb",
        ),
    ] {
        let rpms = packages(&project, target, &[]);
        let debug = list(&rpms["hello-debuginfo"]);
        let (first, rest) = build_id(&debug.replace(' ', "\n"));
        let plain = |text: &str| {
            text.replace(&rest, "bb")
                .replace(&format!("/{first}"), "/aa")
        };
        assert_eq!(
            plain(&debug),
            format!(
                "/usr/lib/debug \n/usr/lib/debug/.build-id \n/usr/lib/debug/.build-id/aa \n\
                 /usr/lib/debug/.build-id/aa/bb {program}\n\
                 /usr/lib/debug/.build-id/aa/bb.debug ../../usr/bin/hello.debug\n\
                 /usr/lib/debug/usr \n/usr/lib/debug/usr/bin \n/usr/lib/debug/usr/bin/hello.debug \n"
            )
        );
        let shipped = list(&rpms["hello"]);
        let links: Vec<&str> = shipped
            .split_inclusive('\n')
            .filter(|line| line.contains(".build-id"))
            .collect();
        assert_eq!(plain(&links.concat()), main);
        let provides = query(
            &rpms["hello-debuginfo"],
            "[%{PROVIDES} %{PROVIDEVERSION}\n]",
        );
        assert!(
            provides.contains(&format!("debuginfo(build-id) {first}{rest}\n")),
            "{provides}"
        );
        let requires = query(&rpms["hello-debuginfo"], "[%{REQUIRES}\n]");
        assert!(
            requires.lines().all(|line| line.starts_with("rpmlib(")),
            "{requires}"
        );
    }
}

/// gdb and readelf know nothing of how it was made.
#[test]
fn gdb_finds_the_lines_of_an_installed_program() {
    let project = with_lines("strip = \"symbols\"");
    for target in Target::ALL {
        let rpms = packages(&project, target, &[]);
        for_each_rpm(target, |root| {
            for rpm in rpms.values() {
                root.provide_for(rpm);
            }
            let before = root.listing();
            root.install_all(&[&rpms["hello"], &rpms["hello-debuginfo"]]);
            for name in ["hello", "hello-debuginfo"] {
                assert_eq!(root.verify(name), "", "{name}");
            }
            let program = root.path("/usr/bin/hello");
            let line = |folder: &Path| {
                let gdb = Command::new("gdb")
                    .args(["-nx", "-batch", "-iex"])
                    .arg(format!("set debug-file-directory {}", folder.display()))
                    .args(["-ex", "info line main.rs:20"])
                    .arg(&program)
                    .output()
                    .unwrap();
                String::from_utf8_lossy(&gdb.stdout).into_owned()
            };
            if find_program("gdb").is_some() {
                let said = line(&root.path("/usr/lib/debug"));
                assert!(said.contains("starts at address"), "{said}");
                // A program without symbols and without the RPM has no lines.
                let said = line(Path::new("/nonexistent"));
                assert!(!said.contains("starts at address"), "{said}");
            } else {
                not_run::note("gdb: not run: it is not installed");
            }
            root.erase("hello-debuginfo");
            root.erase("hello");
            similar_asserts::assert_eq!(before, root.listing());
        });
    }
}

#[test]
fn the_settings_say_what_is_taken_out() {
    let sections = |package: &Path, project: &Project| {
        let folder = project.path().join("unpacked");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        let unpack = Command::new("sh")
            .args(["-c", "rpm2cpio \"$1\" | cpio -idm --quiet", "sh"])
            .arg(package)
            .current_dir(&folder)
            .status();
        assert!(unpack.unwrap().success());
        let readelf = Command::new("readelf")
            .arg("-SW")
            .arg(folder.join("usr/bin/hello"))
            .output();
        let text = String::from_utf8(readelf.unwrap().stdout).unwrap();
        let has = |name: &str| text.contains(name);
        [has(".debug_line"), has(".symtab"), has(".gnu_debuglink")]
    };
    for (keys, names, wanted) in [
        ("", 2, [false, true, true]),
        ("strip = true", 2, [false, false, true]),
        ("strip = false", 1, [true, true, false]),
        ("debuginfo = false", 1, [false, true, false]),
        (
            "debuginfo = false\nstrip = \"none\"",
            1,
            [true, true, false],
        ),
    ] {
        let project = with_lines(keys);
        let rpms = packages(&project, Target::CentOs8, &[]);
        assert_eq!(rpms.len(), names, "{keys}");
        assert_eq!(sections(&rpms["hello"], &project), wanted, "{keys}");
    }
}
