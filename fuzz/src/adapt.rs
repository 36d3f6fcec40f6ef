//! Units as targets get them.

use crate::input;
use cargo_ambot::adapt::{Action, Adapted, Options, adapt, diff, hardening, weaker};
use cargo_ambot::target::Profile;
use cargo_ambot::unit::{
    Dialect, Document, InstallOptions, Tables, UnitFile, UnitName, decide_install,
};

fn options(profile: &Profile) -> Options<'_> {
    Options {
        profile,
        programs: &|name| (name == "hello").then(|| "/usr/bin/hello".to_owned()),
        rewrite: true,
        require_hardening: false,
    }
}

fn adapted(unit: &UnitFile, profile: &Profile) -> Option<Adapted> {
    let decisions = decide_install(
        std::slice::from_ref(unit),
        profile,
        &InstallOptions::default(),
    );
    adapt(unit, &decisions[0], &options(profile)).ok()
}

/// A unit is adapted to every target or refused. What is adapted is adapted already: the same target
/// changes nothing more. What has no change has every byte. What says when it is started is put in
/// once, and is read by the systemd of the target.
pub fn adapted_unit(data: &[u8]) {
    let name = input::name_of_unit(data);
    let unit = UnitFile::read(name.clone(), "hello.service".into(), data);
    for profile in input::profiles() {
        let Some(once) = adapted(&unit, profile) else {
            continue;
        };
        if once.changes.is_empty() {
            assert_eq!(once.bytes, data, "{}", profile.name);
        }
        adapted_again(&name, &once, profile);
        installed_once(&unit, &once, profile);
        // What is told of it.
        diff(&unit, &once, &profile.name);
        weaker(&unit, &once, |_| true);
        hardening(&unit, &once);
    }
}

fn adapted_again(name: &UnitName, once: &Adapted, profile: &Profile) {
    let document = Document::parse(&once.bytes);
    assert_eq!(document.to_bytes(), once.bytes);
    let unit = UnitFile::generated(name.clone(), document, Tables::default());
    let twice = adapted(&unit, profile);
    let twice = twice.unwrap_or_else(|| panic!("{}: refused at last", profile.name));
    // A drop-in lies beside the file, which is as it was.
    let changes: Vec<String> = twice
        .changes
        .iter()
        .filter(|change| !matches!(change.action, Action::InstallInDropIn { .. }))
        .map(ToString::to_string)
        .collect();
    assert_eq!(changes, Vec::<String>::new(), "{}", profile.name);
    assert_eq!(
        String::from_utf8_lossy(&twice.bytes),
        String::from_utf8_lossy(&once.bytes),
        "{}",
        profile.name
    );
}

/// `[Install]` is put into the file or beside it, and holds there.
fn installed_once(unit: &UnitFile, once: &Adapted, profile: &Profile) {
    let into_file = |change: &&cargo_ambot::adapt::Change| {
        matches!(change.action, Action::InstallInFile { .. })
    };
    let count = once.changes.iter().filter(into_file).count();
    assert!(count + once.drop_ins.len() <= 1, "{}", profile.name);
    let dialect = Dialect::of(profile);
    let version = profile.systemd.value;
    if count == 1 {
        let document = Document::parse_as(&once.bytes, dialect);
        assert!(
            document.has_install_information(version),
            "{}",
            profile.name
        );
        let wanted = document.words("Install", "WantedBy");
        assert_eq!(wanted.len(), 1, "{}: {wanted:?}", profile.name);
    }
    for drop_in in &once.drop_ins {
        let document = Document::parse_as(&drop_in.bytes, dialect);
        assert!(
            document.has_install_information(version),
            "{}",
            profile.name
        );
    }
    // Without a reason of its own it gets one.
    let read = unit.as_read_by(dialect);
    if read.document.has_install_information(version) {
        let document = Document::parse_as(&once.bytes, dialect);
        assert!(
            document.has_install_information(version),
            "{}",
            profile.name
        );
        assert_eq!(count + once.drop_ins.len(), 0, "{}", profile.name);
    }
}
