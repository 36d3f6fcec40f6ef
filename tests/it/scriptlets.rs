//! What the scriptlets do beyond the one service that is enabled: units that come and go, that an
//! administrator masked, or that cannot be enabled at all. With bash and with dash.

use crate::support::ground::for_each_rpm_and_shell;
use crate::support::project::{Project, Target};
use crate::support::root::Root;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

const SERVICE: &str = "[Service]\nExecStart=/usr/bin/hello\n";
const WANTED: &str = "[Install]\nWantedBy=multi-user.target\n";

/// The fixture service as `hello.service`, and another unit beside it.
fn with_another(name: &str, unit: &str) -> Project {
    let project = Project::with_unit(SERVICE);
    project.write(&format!(".ambot/services/{name}"), unit);
    project
}

/// Whether the machine would start the unit at boot.
fn is_wanted(root: &Root, unit: &str) -> bool {
    let link = format!("/etc/systemd/system/multi-user.target.wants/{unit}");
    fs::symlink_metadata(root.path(&link)).is_ok()
}

/// What lies where systemctl makes its links, without the folders.
fn links(root: &Root) -> Vec<String> {
    let listing = root.listing();
    let below = listing.keys().map(PathBuf::as_path);
    below
        .filter_map(|path| path.strip_prefix("etc/systemd/system").ok())
        .filter(|path| {
            let facts = fs::symlink_metadata(root.path("/etc/systemd/system").join(path));
            !facts.unwrap().is_dir()
        })
        .map(|path| path.display().to_string())
        .collect()
}

/// Checks the installation of a package for each target, on each machine.
fn on_each(project: &Project, check: impl Fn(&Root, &Path)) {
    for target in Target::ALL {
        let package = project.package(target, &[]);
        for_each_rpm_and_shell(target, |root| check(root, &package));
    }
}

/// Checks an upgrade from what the project is to what `change` makes of it.
fn on_each_upgrade(
    project: impl Fn() -> Project,
    change: impl Fn(&Project),
    check: impl Fn(&Root, &Path, &Path),
) {
    for target in Target::ALL {
        let project = project();
        let first = project.package(target, &[]);
        change(&project);
        let second = project.package(target, &["--rpm-release", "2"]);
        for_each_rpm_and_shell(target, |root| check(root, &first, &second));
    }
}

#[test]
fn what_was_masked_before_the_install_stays_masked_and_nothing_is_said() {
    on_each(&Project::hello(), |root, package| {
        let mask = root.path("/etc/systemd/system/hello.service");
        symlink("/dev/null", &mask).unwrap();
        assert_eq!(root.install(package), "");
        assert_eq!(fs::read_link(&mask).unwrap(), Path::new("/dev/null"));
        assert_eq!(links(root), ["hello.service"]);
    });
}

#[test]
fn a_unit_that_the_new_version_has_no_more_is_disabled() {
    let remove = |project: &Project| {
        fs::remove_file(project.path().join(".ambot/services/worker.service")).unwrap();
    };
    let project = || with_another("worker.service", SERVICE);
    on_each_upgrade(project, remove, |root, first, second| {
        root.install(first);
        assert!(is_wanted(root, "worker.service") && is_wanted(root, "hello.service"));
        assert_eq!(root.install(second), "");
        assert_eq!(links(root), ["multi-user.target.wants/hello.service"]);
    });
}

#[test]
fn a_unit_that_comes_with_an_upgrade_is_enabled() {
    let add = |project: &Project| project.write(".ambot/services/worker.service", SERVICE);
    let project = || Project::with_unit(SERVICE);
    on_each_upgrade(project, add, |root, first, second| {
        root.install(first);
        // What was decided on the machine stays so.
        root.shell("systemctl disable hello.service");
        assert_eq!(root.install(second), "");
        assert_eq!(links(root), ["multi-user.target.wants/worker.service"]);
    });
}

#[test]
fn enable_false_is_not_enabled_under_a_preset_all_either() {
    let project = with_another("worker.service", SERVICE);
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let policy = "[package.metadata.ambot.services.hello]\nenable = false\n";
    project.write("Cargo.toml", &format!("{manifest}\n{policy}"));
    on_each(&project, |root, package| {
        assert_eq!(root.install(package), "");
        assert_eq!(links(root), ["multi-user.target.wants/worker.service"]);
        root.shell("systemctl disable worker.service");
        root.shell("systemctl preset-all");
        assert!(is_wanted(root, "worker.service"), "preset-all did nothing");
        assert!(!is_wanted(root, "hello.service"));
    });
}

#[test]
fn without_systemctl_one_line_says_what_is_not_enabled() {
    on_each(&Project::hello(), |root, package| {
        fs::remove_file(root.path("/usr/bin/systemctl")).unwrap();
        assert_eq!(root.install(package), "hello: not enabled: hello.service\n");
        assert_eq!(root.erase("hello"), "");
    });
}

#[test]
fn a_name_with_a_backslash_is_enabled_and_disabled_like_any_other() {
    let project = || with_another(r"a\x2db.service", SERVICE);
    on_each_upgrade(
        project,
        |_| (),
        |root, first, second| {
            assert_eq!(root.install(first), "");
            assert!(is_wanted(root, r"a\x2db.service"));
            assert_eq!(root.install(second), "");
            assert!(is_wanted(root, r"a\x2db.service"));
            assert_eq!(root.erase("hello"), "");
            assert_eq!(links(root), [""; 0]);
        },
    );
}

#[test]
fn a_unit_with_nothing_but_an_alias_gets_its_alias_and_nothing_is_said() {
    let project = Project::with_unit(&format!("{SERVICE}[Install]\nAlias=hi.service\n"));
    on_each(&project, |root, package| {
        assert_eq!(root.install(package), "");
        assert_eq!(links(root), ["hi.service"]);
        assert_eq!(root.erase("hello"), "");
        assert_eq!(links(root), [""; 0]);
    });
}

#[test]
fn a_template_is_enabled_where_it_has_a_default_instance() {
    let wanted = format!("{SERVICE}{WANTED}");
    for (unit, linked) in [
        (wanted.clone(), None),
        (
            format!("{wanted}DefaultInstance=one\n"),
            Some("worker@one.service"),
        ),
    ] {
        on_each(&with_another("worker@.service", &unit), |root, package| {
            assert_eq!(root.install(package), "");
            let mut expected = vec!["multi-user.target.wants/hello.service".to_owned()];
            expected.extend(linked.map(|unit| format!("multi-user.target.wants/{unit}")));
            assert_eq!(links(root), expected);
            root.erase("hello");
            assert_eq!(links(root), [""; 0]);
        });
    }
}

#[test]
fn a_unit_with_nothing_but_also_enables_the_other_and_nothing_is_said() {
    let also = format!("{SERVICE}[Install]\nAlso=worker.service\n");
    let project = Project::with_unit(&also);
    project.write(
        ".ambot/services/worker.service",
        &format!("{SERVICE}{WANTED}"),
    );
    on_each(&project, |root, package| {
        assert_eq!(root.install(package), "");
        assert_eq!(links(root), ["multi-user.target.wants/worker.service"]);
        assert_eq!(root.erase("hello"), "");
        assert_eq!(links(root), [""; 0]);
    });
}
