//! Users and groups that a package creates, and what systemd-tmpfiles makes for it: with real rpm,
//! useradd, systemd-sysusers and systemd-tmpfiles, with bash and with dash.

use crate::support::ground::for_each_rpm_and_shell;
use crate::support::project::{Project, Target};
use crate::support::root::Root;
use std::fs;
use std::path::{Path, PathBuf};

/// A service with a user, a file of that user's and a folder below `/run`.
const TABLES: &str = r#"[package.metadata.ambot]
files = [{ source = "README.md", dest = "/etc/hello.md", mode = "0640", user = "hello", group = "www" }]
users = { hello = { uid = 812, description = "Bob's service", groups = ["adm"] } }
groups = { www = { gid = 813 }, adm = {} }
tmpfiles = ["d /run/hello 0750 hello www -"]
"#;

/// The fixture service with another end of its manifest.
fn with_tables(tables: &str) -> Project {
    let project = Project::hello();
    set_tables(&project, tables);
    project
}

fn set_tables(project: &Project, tables: &str) {
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let (package, _) = manifest.split_once("[package.metadata.ambot").unwrap();
    project.write("Cargo.toml", &format!("{package}{tables}"));
}

/// Checks the first release and the second of what the tables say, on each machine.
fn on_each(tables: &str, later: &str, check: impl Fn(&Root, &Path, &Path)) {
    let project = with_tables(tables);
    let package =
        |target, release| -> PathBuf { project.package(target, &["--rpm-release", release]) };
    for target in Target::ALL {
        set_tables(&project, tables);
        let first = package(target, "1");
        set_tables(&project, later);
        let second = package(target, "2");
        for_each_rpm_and_shell(target, |root| check(root, &first, &second));
    }
}

/// The line of an account in passwd(5) or group(5).
fn account(root: &Root, file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(root.path(file)).unwrap();
    let start = format!("{name}:");
    let line = text.lines().find(|line| line.starts_with(&start));
    line.map(str::to_owned)
}

fn owner(root: &Root, path: &str) -> String {
    root.shell(&format!("stat -c '%U:%G %a' {path}"))
}

#[test]
fn files_belong_to_the_user_that_comes_with_them() {
    on_each(TABLES, TABLES, |root, first, second| {
        assert_eq!(root.install(first), "");
        assert_eq!(owner(root, "/etc/hello.md"), "hello:www 640\n");
        assert_eq!(root.tmpfiles("/usr/lib/tmpfiles.d/hello.conf"), "");
        assert_eq!(owner(root, "/run/hello"), "hello:www 750\n");
        assert_eq!(root.verify("hello"), "");
        let passwd = account(root, "/etc/passwd", "hello").unwrap();
        assert!(passwd.contains(":812:"), "{passwd}");
        assert!(
            passwd.ends_with(":Bob's service:/:/sbin/nologin")
                || passwd.ends_with(":/usr/sbin/nologin"),
            "{passwd}"
        );
        assert_eq!(account(root, "/etc/group", "www").unwrap(), "www:x:813:");
        assert!(
            account(root, "/etc/group", "adm")
                .unwrap()
                .ends_with(":hello")
        );
        let accounts =
            || ["/etc/passwd", "/etc/group"].map(|file| fs::read(root.path(file)).unwrap());
        let before = accounts();
        assert_eq!(root.install(second), "");
        assert_eq!(root.verify("hello"), "");
        assert_eq!(accounts(), before, "the second release changed them");
        // What systemd does at boot finds nothing to do.
        assert_eq!(
            root.shell("systemd-sysusers /usr/lib/sysusers.d/hello.conf 2>&1"),
            ""
        );
        assert_eq!(accounts(), before, "systemd-sysusers changed them");
        root.erase("hello");
        assert_eq!(
            accounts(),
            before,
            "files that are left would belong to a number"
        );
    });
}

#[test]
fn an_account_that_is_there_is_left_as_it_is() {
    let mine = "hello:x:500:500:Mine:/home/mine:/bin/bash";
    on_each(TABLES, TABLES, |root, first, _| {
        root.write(
            "/etc/passwd",
            &format!("root:x:0:0:root:/root:/bin/bash\n{mine}\n"),
        );
        root.write(
            "/etc/group",
            "root:x:0:\nadm:x:4:hello\nwww:x:33:\nmine:x:500:\n",
        );
        assert_eq!(root.install(first), "");
        assert_eq!(account(root, "/etc/passwd", "hello").as_deref(), Some(mine));
        assert_eq!(
            account(root, "/etc/group", "www").as_deref(),
            Some("www:x:33:")
        );
        assert_eq!(
            account(root, "/etc/group", "adm").as_deref(),
            Some("adm:x:4:hello")
        );
        assert_eq!(owner(root, "/etc/hello.md"), "hello:www 640\n");
    });
}

#[test]
fn a_number_that_is_taken_is_not_asked_for() {
    on_each(TABLES, TABLES, |root, first, _| {
        root.write(
            "/etc/passwd",
            "root:x:0:0:root:/root:/bin/bash\nother:x:812:812::/:/bin/false\n",
        );
        root.write("/etc/group", "root:x:0:\nother:x:812:\nthird:x:813:\n");
        assert_eq!(root.install(first), "");
        assert_eq!(owner(root, "/etc/hello.md"), "hello:www 640\n");
        let passwd = account(root, "/etc/passwd", "hello").unwrap();
        assert!(!passwd.contains(":812:"), "{passwd}");
    });
}

#[test]
fn an_upgrade_brings_a_user() {
    let later = format!(
        "{}users.late = {{ group = \"www\", home = \"/nonexistent\", shell = \"/bin/bash\" }}\n",
        TABLES
            .replace("users = { hello = { ", "users.hello = { ")
            .replace("[\"adm\"] } }", "[\"adm\"] }")
    )
    .replace("user = \"hello\"", "user = \"late\"");
    on_each(TABLES, &later, |root, first, second| {
        assert_eq!(root.install(first), "");
        assert_eq!(account(root, "/etc/passwd", "late"), None);
        assert_eq!(root.install(second), "");
        assert_eq!(owner(root, "/etc/hello.md"), "late:www 640\n");
        let passwd = account(root, "/etc/passwd", "late").unwrap();
        assert!(
            passwd.ends_with(":813:hello:/nonexistent:/bin/bash"),
            "{passwd}"
        );
        assert_eq!(
            account(root, "/etc/group", "late"),
            None,
            "its group is another"
        );
        assert_eq!(root.verify("hello"), "");
    });
}

#[test]
fn without_systemd_sysusers_useradd_does_it_and_without_both_it_is_said() {
    on_each(TABLES, TABLES, |root, first, _| {
        fs::remove_file(root.path("/usr/bin/systemd-sysusers")).unwrap();
        assert_eq!(root.install(first), "");
        assert_eq!(owner(root, "/etc/hello.md"), "hello:www 640\n");
        assert!(
            account(root, "/etc/group", "adm")
                .unwrap()
                .ends_with(":hello")
        );
    });
    on_each(TABLES, TABLES, |root, first, _| {
        for program in [
            "bin/systemd-sysusers",
            "sbin/useradd",
            "sbin/groupadd",
            "sbin/usermod",
        ] {
            fs::remove_file(root.path(&format!("/usr/{program}"))).unwrap();
        }
        root.provide_for(first);
        let output = root.force(&["-U".as_ref(), first.as_os_str()]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        assert!(
            said.contains("hello: ") && said.contains("useradd"),
            "{said}"
        );
        assert!(said.contains("user hello does not exist"), "{said}");
    });
}

#[test]
fn the_script_that_creates_them_is_clean_shell() {
    let project = with_tables(TABLES);
    for target in Target::ALL {
        let package = project.package(target, &[]);
        for_each_rpm_and_shell(target, |root| {
            for tag in ["PREIN", "POSTIN"] {
                let query = format!("%{{{tag}}}");
                let query = ["-qp", "--qf", &query].map(AsRef::as_ref);
                let script = root
                    .rpm(&[&query[..], &[package.as_os_str()]].concat())
                    .stdout;
                crate::install::check_shell(tag, &script);
            }
        });
    }
}
