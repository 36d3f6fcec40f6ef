//! Files, folders, links, ghosts, capabilities, pages: what rpm makes of them on a machine.

use crate::packages::query;
use crate::support::ground::for_each_rpm;
use crate::support::project::{Project, Target};
use crate::support::root::Root;
use crate::support::{find_program, not_run, prebuilt};
use insta::assert_snapshot;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

const TABLES: &str = r#"
[package.metadata.ambot]
files = [
  { source = "etc/*.toml", dest = "/etc/${name}/", mode = "0640" },
  { source = "share", dest = "/usr/share/${name}" },
  { source = "optional.conf", dest = "/etc/hello/", missingok = true },
  { source = "state.json", dest = "/etc/hello/", config = true },
  { source = "plain", dest = "/etc/hello/", config = false },
  { source = "OPERATING.md", doc = true },
  { source = "ping", dest = "/usr/libexec/hello/", caps = "cap_net_raw,cap_net_bind_service+ep" },
]
dirs = [{ dest = "/var/lib/hello/", mode = "0750" }]
symlinks = [
  { dest = "${bindir}/hi", target = "hello" },
  { dest = "/etc/hello/current", target = "a.toml" },
]
ghosts = [
  { dest = "/var/log/hello.log", mode = "0640" },
  { dest = "/var/cache/hello/" },
  { dest = "/etc/hello/id" },
]
bin-caps = { hello = "cap_net_bind_service=ep" }

[package.metadata.ambot.target.centos7]
files = [{ source = "seven", dest = "/usr/share/hello/only" }]
"#;

/// The fixture service with other tables and these files, and a tree of all kinds.
fn project(tables: &str) -> Project {
    let project = Project::hello();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let (package, _) = manifest.split_once("[package.metadata.ambot").unwrap();
    project.write("Cargo.toml", &format!("{package}{tables}"));
    for (path, text) in [
        ("etc/a.toml", "a = 1\n"),
        ("etc/b.toml", "b = 1\n"),
        ("share/data/one", "1\n"),
        ("share/run.sh", "#!/bin/sh\n"),
        ("share/.hidden", "h\n"),
        ("optional.conf", "o\n"),
        ("state.json", "{}\n"),
        ("plain", "p\n"),
        ("seven", "7\n"),
        ("OPERATING.md", "# Operating\n"),
        ("ping", "#!/bin/sh\n"),
        ("man/hello.1", ".TH hello 1\n"),
        ("completions/hello.bash", "complete hello\n"),
        ("completions/_hello", "#compdef hello\n"),
        ("contrib/completion/hello.fish", "complete -c hello\n"),
        ("completions/other.fish", "not of a binary\n"),
    ] {
        project.write(path, text);
    }
    for script in ["share/run.sh", "ping"] {
        // As a umask of 077 leaves them.
        let mode = fs::Permissions::from_mode(0o700);
        fs::set_permissions(project.path().join(script), mode).unwrap();
    }
    fs::create_dir(project.path().join("share/empty")).unwrap();
    symlink("data/one", project.path().join("share/link")).unwrap();
    project
}

#[test]
fn a_package_lists_what_was_asked_for() {
    let project = project(TABLES);
    let format = "[%{FILEMODES:perms} %{FILEUSERNAME}:%{FILEGROUPNAME} %-3{FILEFLAGS:fflags} %{FILENAMES} \
                  %{FILELINKTOS} %{FILECAPS}\n]";
    let listed = |target| {
        let package = project.package(target, &[]);
        let required = query(&package, &["--requires"]);
        assert!(
            required.contains("rpmlib(FileCaps) <= 4.6.1-1\n"),
            "{required}"
        );
        let lines = query(&package, &["--qf", format]);
        let lines = lines.lines().map(str::trim_end);
        let lines: Vec<&str> = lines.filter(|line| !line.contains("systemd")).collect();
        lines.join("\n")
    };
    assert_snapshot!(listed(Target::CentOs7));
    assert!(!listed(Target::CentOs8).contains("/usr/share/hello/only"));
}

#[test]
fn what_is_installed_is_as_it_was_asked_for_and_verifies() {
    let project = project(TABLES);
    for target in Target::ALL {
        let package = project.package(target, &[]);
        for_each_rpm(target, |root| {
            root.provide_for(&package);
            let before = root.listing();
            root.install(&package);
            assert_eq!(root.verify("hello"), "");
            for (path, mode) in [
                ("/etc/hello/a.toml", 0o100640),
                ("/usr/share/hello/run.sh", 0o100755),
                ("/usr/share/hello/.hidden", 0o100644),
                ("/usr/share/hello/empty", 0o040755),
                ("/var/lib/hello", 0o040750),
                ("/usr/libexec/hello/ping", 0o100755),
            ] {
                let facts = fs::symlink_metadata(root.path(path)).unwrap();
                assert_eq!(facts.mode(), mode, "{path}: {:o}", facts.mode());
            }
            for (path, target) in [
                ("/usr/bin/hi", "hello"),
                ("/usr/share/hello/link", "data/one"),
                ("/etc/hello/current", "a.toml"),
            ] {
                assert_eq!(
                    fs::read_link(root.path(path)).unwrap().to_str(),
                    Some(target)
                );
            }
            for ghost in ["/var/log/hello.log", "/var/cache/hello", "/etc/hello/id"] {
                assert!(!root.path(ghost).exists(), "{ghost} is not shipped");
            }
            has_capabilities(root, "/usr/bin/hello", "cap_net_bind_service=ep");
            let both = "cap_net_bind_service,cap_net_raw=ep";
            has_capabilities(root, "/usr/libexec/hello/ping", both);
            take_capabilities(root, "/usr/libexec/hello/ping");
            fs::remove_file(root.path("/etc/hello/optional.conf")).unwrap();
            let said = root.verify("hello");
            assert!(!said.contains("optional.conf"), "missingok: {said}");
            // What the service makes belongs to the package and goes with it.
            root.write("/var/log/hello.log", "l\n");
            fs::create_dir(root.path("/var/cache/hello")).unwrap();
            root.erase("hello");
            similar_asserts::assert_eq!(root.listing(), before);
        });
    }
}

fn has_capabilities(root: &Root, path: &str, text: &str) {
    let Some(getcap) = find_program("getcap") else {
        return not_run::note("getcap: not run");
    };
    let output = Command::new(getcap).arg(root.path(path)).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.trim_end().ends_with(&format!(" {text}")), "{said}");
}

/// That `rpm -V` was silent says something: it compares capabilities.
fn take_capabilities(root: &Root, path: &str) {
    let Some(setcap) = find_program("setcap") else {
        return not_run::note("setcap: not run");
    };
    let status = Command::new(setcap).arg("-r").arg(root.path(path)).status();
    assert!(status.unwrap().success());
    assert_eq!(root.verify("hello"), format!("........P    {path}\n"));
}

#[test]
fn an_upgrade_keeps_what_an_administrator_wrote() {
    let project = project(TABLES);
    for target in Target::ALL {
        let first = project.package(target, &[]);
        for file in ["etc/a.toml", "state.json", "plain", "etc/b.toml"] {
            project.write(file, "new\n");
        }
        let second = project.package(target, &["--rpm-release", "2"]);
        for (file, text) in [("etc/a.toml", "a = 1\n"), ("etc/b.toml", "b = 1\n")] {
            project.write(file, text);
        }
        for (file, text) in [("state.json", "{}\n"), ("plain", "p\n")] {
            project.write(file, text);
        }
        for_each_rpm(target, |root| {
            root.install(&first);
            for file in ["a.toml", "state.json", "plain"] {
                root.write(&format!("/etc/hello/{file}"), "edited\n");
            }
            fs::remove_file(root.path("/etc/hello/current")).unwrap();
            symlink("b.toml", root.path("/etc/hello/current")).unwrap();
            root.install_with_warnings(&second);
            let text = |file: &str| fs::read_to_string(root.path("/etc/hello").join(file)).ok();
            let some = |text: &str| Some(text.to_owned());
            assert_eq!(text("a.toml"), some("edited\n"), "below /etc, so noreplace");
            assert_eq!(text("a.toml.rpmnew"), some("new\n"));
            assert_eq!(text("b.toml"), some("new\n"), "nobody touched it");
            assert_eq!(text("state.json"), some("new\n"));
            assert_eq!(text("state.json.rpmsave"), some("edited\n"));
            assert_eq!(text("plain"), some("new\n"));
            assert_eq!(text("plain.rpmsave"), None);
            let link = fs::read_link(root.path("/etc/hello/current")).unwrap();
            assert_eq!(link.to_str(), Some("b.toml"), "a link is configuration too");
            root.erase_with_warnings("hello");
            assert_eq!(text("a.toml.rpmsave"), some("edited\n"));
            assert!(!root.path("/usr/share/hello").exists());
            assert!(
                !root.path("/usr/share/zsh").exists(),
                "of this package alone"
            );
        });
    }
}

#[test]
fn a_manual_page_is_compressed_and_all_runs_give_the_same() {
    let project = project(TABLES);
    let package = project.package(Target::CentOs8, &[]);
    for_each_rpm(Target::CentOs8, |root| {
        root.install(&package);
        let page = fs::read(root.path("/usr/share/man/man1/hello.1.gz")).unwrap();
        assert_eq!(
            page[..8],
            [0x1f, 0x8b, 8, 0, 0, 0, 0, 0],
            "no name, no time"
        );
        let read = Command::new("gzip")
            .arg("-dc")
            .arg(root.path("/usr/share/man/man1/hello.1.gz"))
            .output();
        assert_eq!(read.unwrap().stdout, b".TH hello 1\n");
    });
    let again = fs::read(&package).unwrap();
    assert!(fs::read(project.package(Target::CentOs8, &[])).unwrap() == again);
}

#[test]
fn pages_that_are_named_or_turned_off() {
    let of = |tables: &str, files: &[&str]| {
        let project = project(tables);
        for file in files {
            project.write(file, "page\n");
        }
        let listed = query(&project.package(Target::CentOs8, &[]), &["-l"]);
        let pages = ["/man/man", "completion", "site-functions/", "vendor_"];
        let lines = listed
            .lines()
            .filter(|line| pages.iter().any(|page| line.contains(page)));
        lines.map(|line| format!("{line}\n")).collect::<String>()
    };
    let none = "[package.metadata.ambot]\nman = []\ncompletions = []\n";
    assert_eq!(of(none, &[]), "");
    let named = "[package.metadata.ambot]\nman = [\"pages/*\"]\ncompletions = [\"x/other.zsh\"]\n";
    assert_snapshot!(of(named, &["pages/x.8", "pages/y.conf.5.gz", "x/other.zsh"]), @r"
    /usr/share/man/man5/y.conf.5.gz
    /usr/share/man/man8/x.8.gz
    /usr/share/zsh/site-functions/_other
    ");
}

#[test]
fn pages_go_with_the_program_that_they_are_of() {
    let tables = "[package.metadata.ambot.subpackages.tools]\nbins = [\"hello-ctl\"]\n";
    let project = project(tables);
    project.write("src/bin/hello-ctl.rs", "fn main() {}\n");
    for page in [
        "man/hello-ctl.8",
        "man/hello-sub.1",
        "man/general.7",
        "completions/_hello-ctl",
    ] {
        project.write(page, "page\n");
    }
    project.place_binary();
    let folder = prebuilt::built_in(&project);
    fs::copy(prebuilt::binary(), folder.with_file_name("hello-ctl")).unwrap();
    let run = project.ambot(&["package", "--no-build", "-q", "-t", "centos8"]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    let pages = |rpm: &str| {
        let listed = query(&project.path().join(rpm), &["-l"]);
        let is_page = |line: &&str| line.contains("/man/man") || line.contains("/_");
        let lines = listed.lines().filter(is_page);
        lines.map(|line| format!("{line}\n")).collect::<String>()
    };
    let rpms: Vec<String> = run.stdout.lines().map(pages).collect();
    assert_snapshot!(rpms.join("--\n"));
}

/// A build that hands on cargo's messages, with a build script that wrote completions.
#[test]
fn what_a_build_script_writes_is_found() {
    let project = project("");
    fs::remove_dir_all(project.path().join("man")).unwrap();
    project.write("out/man/hello.1", ".TH\n");
    project.write("out/hello.bash", "from the build script\n");
    project.write("out/other.bash", "of another program\n");
    let binary = prebuilt::binary().display();
    let id = "path+file:///p#hello@1.0.0";
    let out = project.path().join("out");
    let script = format!(
        r#"{{"reason":"build-script-executed","package_id":"{id}","linked_libs":[],"linked_paths":[],"cfgs":[],"env":[],"out_dir":"{}"}}
{{"reason":"compiler-artifact","package_id":"{id}","manifest_path":"/p/Cargo.toml","target":{{"kind":["bin"],"crate_types":["bin"],"name":"hello","src_path":"/p/src/main.rs","edition":"2021","doc":true,"doctest":false,"test":true}},"profile":{{"opt_level":"3","debuginfo":0,"debug_assertions":false,"overflow_checks":false,"test":false}},"features":[],"filenames":[],"executable":"{binary}","fresh":true}}
"#,
        out.display()
    );
    project.write("messages", &script);
    let command = format!(
        "sh -c 'cat {}' sh",
        project.path().join("messages").display()
    );
    let run = project.ambot(&["package", "-q", "-t", "centos8", "--cargo-build", &command]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    let package = project.path().join(run.stdout.trim());
    let listed = query(&package, &["-l"]);
    assert!(
        listed.contains("/usr/share/man/man1/hello.1.gz\n"),
        "{listed}"
    );
    assert!(!listed.contains("/other"), "{listed}");
    // The project's own come first.
    let digests = query(&package, &["--qf", "[%{FILENAMES} %{FILESIZES}\n]"]);
    let own = "/usr/share/bash-completion/completions/hello 15\n";
    assert!(digests.contains(own), "{digests}");
}

#[test]
fn the_check_knows_what_is_shipped_and_what_is_not() {
    let unit = "\n[package.metadata.ambot.services.hello.Unit]\nDescription = \"Hello\"\n\
                [package.metadata.ambot.services.hello.Service]\n\
                ExecStartPre = \"/usr/libexec/hello/ping\"\nExecStart = \"/usr/bin/hi\"\n\
                EnvironmentFile = \"/etc/hello/a.toml\"\n";
    let check = |tables: &str| {
        let project = project(tables);
        project.ambot(&["check", "-q", "-t", "centos8", "--message-format", "short"])
    };
    let run = check(&format!("{TABLES}{unit}"));
    let is_note = |line: &str| line.contains("note[");
    assert_eq!(run.code, Some(0));
    assert!(run.stdout.lines().all(is_note), "{}", run.stdout);
    let run = check(&format!("{TABLES}{}", unit.replace("/a.toml", "/id")));
    assert!(
        run.snapshot().contains("/etc/hello/id"),
        "a ghost: {}",
        run.snapshot()
    );
}

#[test]
fn mistakes_are_told_with_the_way_out() {
    let said = |tables: &str, prepare: &dyn Fn(&Path)| {
        let project = project(&format!("[package.metadata.ambot]\n{tables}\n"));
        prepare(project.path());
        let run = project.ambot(&["generate", "-q", "-t", "centos7"]);
        assert_eq!(run.code, Some(3), "{}", run.snapshot());
        let stderr = run.snapshot();
        assert!(
            stderr
                .lines()
                // Lines of the user's own are shown whole.
                .all(|line| line.chars().count() <= 80 || line.contains(" | ")),
            "{stderr}"
        );
        stderr.replace("exit code: 3\n--- stderr\n", "")
    };
    let nothing: &dyn Fn(&Path) = &|_| {};
    let mut all = String::new();
    for tables in [
        "files = [{ source = \"etc/*.conf\", dest = \"/etc/hello/\" }]",
        "files = [{ source = \"etc/*.toml\", dest = \"/etc/hello\" }]",
        "files = [{ source = \"share\", dest = \"usr/share\" }]",
        "files = [{ source = \"share\", dest = \"/usr/share/../x\" }]",
        "files = [{ source = \"/etc/passwd\", dest = \"/etc/hello/\" }]",
        "files = [{ source = \"share\", dest = \"/usr/share/${nam}\" }]",
        "files = [{ source = \"ping\", dest = \"/usr/bin/p\", caps = \"cap_net_bind_servce=ep\" }]",
        "files = [{ source = \"ping\", dest = \"/usr/bin/p\", caps = \"cap_chown=ep cap_kill=p\" }]",
        "files = [{ source = \"ping\", dest = \"/usr/bin/p\", caps = \"cap_bpf=ep\" }]",
        "files = [{ source = \"share\", dest = \"/opt/\", caps = \"cap_chown=ep\" }]",
        "dirs = [{ dest = \"/var/lib/x\" }, { dest = \"/var/lib/x\", mode = \"0700\" }]",
        "dirs = [{ dest = \"/usr/bin\", mode = \"0700\" }]",
        "dirs = [{ dest = \"/opt/x/y\" }]\nsymlinks = [{ dest = \"/opt/x\", target = \"z\" }]",
        "symlinks = [{ dest = \"/usr/bin/hi\" }]",
        "ghosts = [{ dest = \"/var/log/x\", moed = \"0640\" }]",
        "bin-caps = { helo = \"cap_chown=ep\" }",
        "man = [\"OPERATING.md\"]",
        "completions = [\"ping\"]",
    ] {
        all += &format!("# {tables}\n{}\n", said(tables, nothing));
    }
    let share = "files = [{ source = \"share\", dest = \"/opt/\" }]";
    all += &said(share, &|path| {
        let pipe = Command::new("mkfifo").arg(path.join("share/pipe")).status();
        assert!(pipe.unwrap().success());
    });
    all += &said(share, &|path| {
        symlink(path.join("share/data"), path.join("share/absolute")).unwrap();
    });
    assert_snapshot!(all);
}

#[test]
fn a_link_that_leads_to_nothing_and_what_a_reboot_removes_are_warned_of() {
    let project = project(
        "[package.metadata.ambot]\nfiles = [{ source = \"share\", dest = \"/usr/share/hello\" }]\n\
         dirs = [{ dest = \"/run/hello\" }]\n",
    );
    symlink("../../outside", project.path().join("share/out")).unwrap();
    symlink("/usr/bin/hello", project.path().join("share/program")).unwrap();
    assert_snapshot!(project.ambot(&["check", "-q", "-t", "centos8"]).snapshot());
}

#[test]
fn a_file_outside_the_project_is_shipped_where_it_is_allowed() {
    let outside = tempfile::NamedTempFile::new().unwrap();
    fs::write(outside.path(), "o\n").unwrap();
    let project = project(&format!(
        "[package.metadata.ambot]\nfiles = [{{ source = \"{}\", dest = \"/opt/o\", outside-project = true }}]\n",
        outside.path().display()
    ));
    let listed = query(&project.package(Target::CentOs8, &[]), &["-l"]);
    assert!(listed.contains("/opt/o\n"), "{listed}");
}

/// Labels come from the paths of packaged folders, and modes and booleans are the administrator's.
#[test]
fn no_scriptlet_touches_selinux() {
    let project = project(TABLES);
    for target in Target::ALL {
        let scripts = query(&project.package(target, &[]), &["--scripts"]);
        for word in [
            "chcon",
            "restorecon",
            "semanage",
            "semodule",
            "setsebool",
            "setenforce",
        ] {
            assert!(!scripts.contains(word), "{word}");
        }
    }
}
