//! `cargo ambot init --from …`: what another tool was told is packaged by us with the same modes and
//! owners, and what cannot be is named. The tables have the shapes of published crates' own.

use crate::support::ground::rpms;
use crate::support::project::{Project, Run, Target};
use insta::assert_snapshot;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The fixture service with the tables of another tool in the place of ours, and files.
fn project(tables: &str, files: &[&str]) -> Project {
    let project = Project::hello();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let (package, _) = manifest.split_once("[package.metadata.ambot").unwrap();
    project.write("Cargo.toml", &format!("{package}{tables}"));
    for file in files {
        project.write(file, "x\n");
    }
    project
}

/// Our tables, after the other tool's.
fn ours(project: &Project) -> String {
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let (_, ours) = manifest.split_once("[package.metadata.ambot]\n").unwrap();
    ours.to_owned()
}

#[track_caller]
fn carried(project: &Project, tool: &str) -> Run {
    let run = project.ambot(&["init", "--from", tool]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    let check = project.ambot(&["check"]);
    assert_eq!(check.code, Some(0), "{}", check.snapshot());
    run
}

/// Mode, owners and path of every file of a package, folders aside.
fn files(rpm: &Path, program: &Path) -> Vec<String> {
    let format = "[%{FILEMODES:octal} %{FILEUSERNAME}:%{FILEGROUPNAME} %{FILENAMES}\n]";
    let output = Command::new(program)
        .args(["-qp", "--qf", format])
        .arg(rpm)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter(|line| line.starts_with("10"));
    lines.map(|line| line[2..].to_owned()).collect()
}

/// Each of these is in the package, as the other tool would have made it.
#[track_caller]
fn has_all(project: &Project, expected: &[&str]) {
    let rpm = project.package(Target::CentOs8, &[]);
    for program in rpms(Target::CentOs8) {
        let found = files(&rpm, &program.path);
        for line in expected {
            assert!(
                found.iter().any(|known| known == line),
                "{line}\n{found:#?}"
            );
        }
    }
}

#[test]
fn a_tool_with_pages_and_completions_has_the_same_files() {
    // As of bottom and git-cliff.
    let tables = r#"
[package.metadata.generate-rpm]
assets = [
    { source = "target/release/hello", dest = "/usr/bin/", mode = "755" },
    { source = "LICENSE", dest = "/usr/share/doc/hello/", mode = "644" },
    { source = "manpage/hello.1.gz", dest = "/usr/share/man/man1/hello.1.gz", mode = "644", doc = true },
    { source = "completion/hello.bash", dest = "/usr/share/bash-completion/completions/hello", mode = "644" },
    { source = "completion/_hello", dest = "/usr/share/zsh/vendor-completions/", mode = "644" },
    { source = "icons/*/apps/hello.png", dest = "/usr/share/icons/hicolor/", mode = "644" },
    { source = "scripts/hello-helper", dest = "/usr/libexec/hello/helper" },
]
requires = { git = "*", glibc = ">= 2.17, < 3" }
auto-req = "no"
"#;
    let project = project(
        tables,
        &[
            "manpage/hello.1.gz",
            "completion/hello.bash",
            "completion/_hello",
            "icons/16x16/apps/hello.png",
            "icons/32x32/apps/hello.png",
            "scripts/hello-helper",
        ],
    );
    carried(&project, "generate-rpm");
    assert_snapshot!(ours(&project));
    has_all(
        &project,
        &[
            "0755 root:root /usr/bin/hello",
            "0644 root:root /usr/share/doc/hello/LICENSE",
            "0644 root:root /usr/share/man/man1/hello.1.gz",
            "0644 root:root /usr/share/bash-completion/completions/hello",
            "0644 root:root /usr/share/zsh/vendor-completions/_hello",
            "0644 root:root /usr/share/icons/hicolor/16x16/apps/hello.png",
            "0644 root:root /usr/share/icons/hicolor/32x32/apps/hello.png",
            "0664 root:root /usr/libexec/hello/helper",
        ],
    );
}

#[test]
fn a_member_of_a_workspace_finds_what_lies_above_it() {
    // As of watchexec.
    let tables = r#"
[package.metadata.generate-rpm]
release = 3
epoch = 1
summary = "Says hello"
vendor = "Hello Inc."

[[package.metadata.generate-rpm.assets]]
source = "../../target/release/hello"
dest = "/usr/bin/hello"
mode = "755"

[[package.metadata.generate-rpm.assets]]
source = "../../doc/logo.svg"
dest = "/usr/share/icons/hicolor/scalable/apps/hello.svg"
mode = "644"

[[package.metadata.generate-rpm.assets]]
source = "doc/hello.html"
dest = "/usr/share/doc/hello/"
doc = true

[[package.metadata.generate-rpm.assets]]
source = "target/release/assets/hello.1"
dest = "/usr/share/man/man1/hello.1"

[package.metadata.generate-rpm.variants.musl]
release = 4
"#;
    let project = project(tables, &[]);
    let member = project.path().join("crates/hello");
    fs::create_dir_all(&member).unwrap();
    for name in ["Cargo.toml", "src", "LICENSE", "README.md"] {
        fs::rename(project.path().join(name), member.join(name)).unwrap();
    }
    let manifest = fs::read_to_string(member.join("Cargo.toml")).unwrap();
    fs::write(
        member.join("Cargo.toml"),
        manifest.replace("[workspace]", ""),
    )
    .unwrap();
    project.write("Cargo.toml", "[workspace]\nmembers = [\"crates/hello\"]\n");
    project.write("doc/logo.svg", "<svg/>\n");
    project.write("doc/hello.html", "<p>\n");
    let run = project.ambot(&["init", "-p", "hello", "--from", "generate-rpm"]);
    let manifest = fs::read_to_string(member.join("Cargo.toml")).unwrap();
    let (_, ours) = manifest.split_once("[package.metadata.ambot]\n").unwrap();
    assert_snapshot!(format!("{}--- ours\n{ours}", run.snapshot()));
    has_all(
        &project,
        &[
            "0755 root:root /usr/bin/hello",
            "0644 root:root /usr/share/icons/hicolor/scalable/apps/hello.svg",
            "0664 root:root /usr/share/doc/hello/hello.html",
        ],
    );
}

#[test]
fn a_unit_that_something_makes_later_is_not_forgotten() {
    // As of krill, whose pipeline copies one for each distribution.
    let tables = r#"
[package.metadata.generate-rpm]
assets = [
    { source = "target/release/hello", dest = "/usr/bin/hello", mode = "755" },
    { source = "target/rpm/hello.service", dest = "/lib/systemd/system/hello.service", mode = "644" },
]
"#;
    let project = project(tables, &[]);
    let run = carried(&project, "generate-rpm");
    assert_snapshot!(format!("{}--- ours\n{}", run.snapshot(), ours(&project)));
}

const UNIT: &str = "[Unit]\nDescription=Hello web server\n\n[Service]\nUser=hello\n\
    ExecStart=/usr/bin/hello\n\n[Install]\nWantedBy=multi-user.target\n";

#[test]
fn a_service_keeps_its_unit_its_user_and_what_its_scripts_did() {
    let tables = r#"
[package.metadata.generate-rpm]
pre_install_script = "packaging/pre.sh"
post_install_script = """
systemctl daemon-reload
systemctl enable --now hello.service || true
"""
pre_uninstall_script = "systemctl disable --now hello"
post_uninstall_script = "rm -rf /var/cache/hello; systemctl daemon-reload"
assets = [
    { source = "target/release/hello", dest = "/usr/sbin/hello", mode = "755", caps = "cap_net_bind_service=ep" },
    { source = "packaging/*.service", dest = "/lib/systemd/system/", mode = "644" },
    { source = "packaging/hello.toml", dest = "/etc/hello/hello.toml", mode = "640", group = "hello" },
    { source = "packaging/hello.env", dest = "/etc/sysconfig/hello", mode = "644", config = ["missingok", "noreplace"] },
    { dest = "/var/lib/hello", mode = "750", user = "hello", group = "hello", dir = true },
]
[package.metadata.generate-rpm.recommends]
"(logrotate if cronie)" = ""
"#;
    let project = project(tables, &["packaging/hello.toml", "packaging/hello.env"]);
    project.write("packaging/hello.service", UNIT);
    project.write(
        "packaging/hello-clean.service",
        &UNIT.replace("server", "cleaner"),
    );
    project.write(
        "packaging/pre.sh",
        "#!/bin/sh\ngetent passwd hello >/dev/null || \\\n  useradd -r -d /var/lib/hello -s /sbin/nologin hello\n",
    );
    let run = carried(&project, "generate-rpm");
    assert_snapshot!(format!("{}--- ours\n{}", run.snapshot(), ours(&project)));
    let unit = fs::read_to_string(project.path().join(".ambot/services/hello.service")).unwrap();
    assert_eq!(unit, UNIT);
    has_all(
        &project,
        &[
            "0755 root:root /usr/bin/hello",
            "0644 root:root /usr/lib/systemd/system/hello.service",
            "0644 root:root /usr/lib/systemd/system/hello-clean.service",
            "0640 root:hello /etc/hello/hello.toml",
            "0644 root:root /etc/sysconfig/hello",
        ],
    );
}

#[test]
fn a_debian_package_is_carried_over_but_for_what_only_debian_has() {
    // As of ripgrep, xh and sniffnet.
    let tables = r#"
[package.metadata.deb]
maintainer = "Anna <anna@example.com>"
section = "utils"
depends = "$auto, libpcap0.8, ca-certificates"
recommends = ["git"]
revision = "2"
features = ["tls"]
preserve-symlinks = true
separate-debug-symbols = true
license-file = ["LICENSE", "0"]
extended-description = """\
Says hello
to the web."""
conf-files = ["/opt/hello/hello.conf"]
assets = [
    "$auto",
    ["target/release/hello", "usr/bin/", "755"],
    ["README.md", "usr/share/doc/hello/README", "644"],
    ["share/*", "usr/share/hello", "644"],
    { source = "hello.conf", dest = "opt/hello/", mode = "600" },
    { source = "hi", dest = "usr/bin/", mode = "777" },
    { dest = "usr/bin/hey", link_name = "hello" },
    ["target/release/libhello.so", "usr/lib/", "644"],
]

[package.metadata.deb.variants.minimal]
features = []
"#;
    let project = project(tables, &["share/a", "share/.b", "share/c/d", "hello.conf"]);
    std::os::unix::fs::symlink("hello", project.path().join("hi")).unwrap();
    let run = carried(&project, "deb");
    assert_snapshot!(format!("{}--- ours\n{}", run.snapshot(), ours(&project)));
    has_all(
        &project,
        &[
            "0755 root:root /usr/bin/hello",
            "0644 root:root /usr/share/doc/hello/README",
            "0644 root:root /usr/share/hello/a",
            "0644 root:root /usr/share/hello/.b",
            "0600 root:root /opt/hello/hello.conf",
        ],
    );
}

#[test]
fn the_units_of_a_debian_package_are_found_as_cargo_deb_finds_them() {
    // As of krill.
    let tables = r#"
[package.metadata.deb]
maintainer-scripts = "debian"
systemd-units = [
    { unit-name = "hello", start = false },
    { unit-name = "hello-clean", enable = false, restart-after-upgrade = false, stop-on-upgrade = false },
]
"#;
    let project = project(tables, &[]);
    project.write("debian/hello.hello.service", UNIT);
    project.write("debian/hello-clean.service", UNIT);
    project.write("debian/hello-clean.timer", "[Timer]\nOnCalendar=daily\n");
    project.write(
        "debian/hello.tmpfile",
        "# of hello\nd /run/hello 0750 hello hello -\n",
    );
    project.write(
        "debian/postinst",
        "#!/bin/sh\nset -e\ncase \"$1\" in\n  configure)\n    adduser --system --group hello\n  ;;\nesac\n#DEBHELPER#\n",
    );
    project.write(
        "debian/postrm",
        "#!/bin/sh\nset -e\nif [ \"$1\" = purge ]; then rm -rf /var/lib/hello; fi\n#DEBHELPER#\n",
    );
    let run = carried(&project, "deb");
    assert_snapshot!(format!("{}--- ours\n{}", run.snapshot(), ours(&project)));
    let run = project.ambot(&["init", "--from", "generate-rpm", "--force"]);
    assert_snapshot!(run.snapshot());
}

/// cargo-deb enables what has an `[Install]`, and nothing else.
#[test]
fn a_unit_that_nothing_enabled_is_not_enabled_here() {
    let project = Project::hello();
    let manifest = std::fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let (bare, _) = manifest.split_once("[package.metadata.ambot]").unwrap();
    let table = "[package.metadata.deb]\nmaintainer-scripts = \"debian/\"\nsystemd-units = { start = false }\n";
    project.write("Cargo.toml", &format!("{bare}{table}"));
    for (install, expected) in [
        ("", true),
        ("[Install]\nWantedBy=multi-user.target\n", false),
    ] {
        let unit = format!("[Service]\nType=oneshot\nExecStart=/usr/bin/hello\n{install}");
        project.write("debian/service", &unit);
        let run = project.ambot(&["init", "--from", "deb", "--force"]);
        assert_eq!(run.code, Some(0), "{}", run.snapshot());
        let written = std::fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
        assert_eq!(written.contains("enable = false"), expected, "{written}");
    }
}
