//! The tables against themselves, against each other and against what was seen on the real
//! programs.

use super::directive::all;
use super::{
    Context, Form, MoveKind, Place, Removal, SpecifierContext, Standing, Tree, ValueChange,
    ValueKind, directive, directives_in, enumeration, exec_prefix, exec_prefixes, moves,
    nearest_directive, sections, sections_of, specifier, specifiers, table,
};
use crate::target::{self, Profile};
use std::collections::BTreeSet;

/// The newest release of upstream in the tables.
const NEWEST: u16 = 262;

fn profile(name: &str) -> &'static Profile {
    target::find(name).unwrap().profile()
}

#[test]
fn every_line_of_every_table_is_read() {
    use super::{directive as d, enumeration as e, exec_prefix as x, moves as m, specifier as s};
    let words: usize = e::all().iter().map(|row| row.words.len()).sum();
    for (text, read) in [
        (d::TABLE, all().len()),
        (e::TABLE, e::all().len()),
        (e::VALUES, words),
        (m::TABLE, moves().len()),
        (s::TABLE, specifiers().len()),
        (x::TABLE, exec_prefixes().len()),
    ] {
        assert_eq!(table::lines(text), read, "{}", text.lines().next().unwrap());
    }
}

#[test]
fn directives_are_sorted_and_each_is_there_once() {
    assert!(
        all().is_sorted_by(|a, b| (a.section, a.name) < (b.section, b.name)),
        "the search needs them sorted by section and name, in byte order"
    );
    for row in all() {
        let named = [row.section, row.name];
        assert!(
            named.iter().all(|name| {
                !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric())
            })
        );
        assert_eq!(directive(row.section, row.name), Some(row));
    }
    let repeated = [
        unique(specifiers().iter().map(|row| row.letter)),
        unique(exec_prefixes().iter().map(|row| row.prefix)),
        unique(enumeration::all().iter().map(|row| row.name)),
        unique(moves().iter().map(|row| format!("{:?}", row.old))),
    ];
    assert_eq!(repeated, [true; 4]);
}

fn unique<T: Ord>(items: impl Iterator<Item = T>) -> bool {
    let items: Vec<T> = items.collect();
    let count = items.len();
    items.into_iter().collect::<BTreeSet<T>>().len() == count
}

#[test]
fn histories_make_sense() {
    let directives = all().iter().map(|row| (row.name, &row.history));
    let words = enumeration::all()
        .iter()
        .flat_map(|row| row.words.iter().map(|word| (word.text, &word.history)));
    for (name, history) in directives.chain(words) {
        let since = history.since.unwrap_or(NEWEST + 1);
        for tree in history.backported() {
            assert!(
                since > tree.version(),
                "{name}: {tree} has it from upstream's {since}, so it is not taken over"
            );
            assert_eq!(history.standing(tree), Standing::Known, "{name} {tree}");
        }
        assert!(
            history.since.is_some() || history.backported().next().is_some(),
            "{name}: nobody knows it"
        );
        assert!(since <= NEWEST || history.since.is_none(), "{name}");
        if let Some(removal) = history.removed {
            assert!(since < removal.since(), "{name} went before it came");
            assert!(removal.since() <= NEWEST, "{name}");
        }
    }
}

#[test]
fn enumerations_belong_to_directives_and_are_not_older_than_they() {
    for row in enumeration::all() {
        let sections: Vec<&str> = sections_of(row.name)
            .filter(|section| row.section.is_none_or(|own| own == *section))
            .collect();
        assert!(!sections.is_empty(), "{} is no directive", row.name);
        assert!(!row.words.is_empty(), "{}", row.name);
        assert!(
            unique(row.words.iter().map(|word| word.text)),
            "{}",
            row.name
        );
        let oldest = sections
            .iter()
            .filter_map(|section| directive(section, row.name)?.history.since)
            .min();
        for word in &row.words {
            assert!(
                word.history.since >= oldest,
                "{}={} is older than the directive",
                row.name,
                word.text
            );
        }
    }
}

#[test]
fn a_table_of_words_is_for_a_directive_that_takes_words() {
    for row in all() {
        let takes_words = matches!(
            row.kind(),
            ValueKind::Enum | ValueKind::Condition | ValueKind::SystemCalls
        );
        assert!(
            row.enumeration().is_none() || takes_words,
            "{}: {:?} with a table of words",
            row.name,
            row.kind()
        );
    }
}

#[test]
fn both_ends_of_a_move_are_directives_and_agree_with_its_version() {
    for row in moves() {
        let old = known(&row.old);
        let new = row.new.as_ref().map(known);
        match row.kind {
            MoveKind::Drop => assert_eq!(new, None, "{row:?}"),
            MoveKind::Move | MoveKind::Rename | MoveKind::MoveAndRename | MoveKind::Replace => {
                assert!(new.is_some(), "{row:?}");
            }
            MoveKind::Value => assert!(row.old.value.is_some(), "{row:?}"),
        }
        assert_eq!(
            row.keeps_meaning(),
            row.value != ValueChange::NoRule,
            "{row:?}"
        );
        let removed = old.history.removed.map(Removal::since);
        if let (MoveKind::Drop, Some(removed)) = (row.kind, removed) {
            assert_eq!(removed, row.since, "{row:?}");
        }
    }
}

fn known(place: &Place) -> &'static super::Directive {
    directive(place.section, place.name)
        .unwrap_or_else(|| panic!("[{}] {} is no directive", place.section, place.name))
}

#[test]
fn profiles_agree_with_their_tables() {
    for profile in target::known() {
        assert_eq!(
            profile.systemd.value,
            profile.tables.value.version(),
            "{}",
            profile.name
        );
        assert!(
            profile.systemd.value <= NEWEST,
            "{}: the tables end at {NEWEST}",
            profile.name
        );
    }
}

/// A reading of the trees that was made apart from the big table.
#[test]
fn the_two_readings_of_old_directives_agree() {
    let text = include_str!("data/era_directives.tsv");
    let targets: Vec<&str> = text.lines().nth(1).unwrap().split('\t').collect();
    let mut compared = 0;
    for row in table::rows::<12>(text) {
        for (column, name) in targets.iter().enumerate().take(11).skip(2) {
            let standing = profile(name).directive(row[0], row[1]);
            let said = match standing {
                Standing::Known | Standing::Obsolete { .. } => "parses",
                Standing::Removed { .. } => "removed",
                other => panic!("{name}: {} is {other:?}", row[1]),
            };
            assert_eq!(said, row[column], "{name}: {}", row[1]);
            compared += 1;
        }
    }
    assert_eq!(compared, 23 * 9);
}

/// The warnings of the real 219 and silence of the real 239 of Red Hat, from the same unit.
#[test]
fn directives_stand_as_on_the_real_programs() {
    let (el7, el8) = (profile("centos7"), profile("centos8"));
    for name in [
        "StateDirectory",
        "CacheDirectory",
        "LogsDirectory",
        "ConfigurationDirectory",
        "DynamicUser",
        "ReadWritePaths",
        "PrivateUsers",
        "ProtectKernelTunables",
        "ProtectKernelModules",
        "ProtectControlGroups",
        "LockPersonality",
        "MemoryDenyWriteExecute",
        "RestrictNamespaces",
        "RestrictRealtime",
        "MemoryMax",
        "MemoryHigh",
        "IOWeight",
        "RuntimeMaxSec",
        "UnsetEnvironment",
    ] {
        assert!(el7.directive("Service", name).is_unknown(), "{name}");
        assert_eq!(el8.directive("Service", name), Standing::Known, "{name}");
    }
    for name in ["AmbientCapabilities", "PassEnvironment", "TasksMax"] {
        assert_eq!(el7.directive("Service", name), Standing::Known, "{name}");
    }
    assert_eq!(
        el7.directive("Unit", "StartLimitIntervalSec"),
        Standing::TooNew { since: 230 }
    );
    assert_eq!(
        el8.directive("Service", "ProtectHostname"),
        Standing::TooNew { since: 242 }
    );
    assert_eq!(
        el8.directive("Service", "TCPWrapName"),
        Standing::Removed { since: 212 }
    );
    assert_eq!(
        el8.directive("Unit", "RequiresOverridable"),
        Standing::Obsolete { since: 228 }
    );
    assert_eq!(
        el8.directive("Service", "Capabilities"),
        Standing::Ignored { since: 230 }
    );
    assert_eq!(el7.directive("Service", "X-Foo"), Standing::Private);
    assert_eq!(el7.directive("X-Foo", "Bar"), Standing::Private);
    assert_eq!(el7.directive("Service", "ExecRestart"), Standing::Unknown);
    assert_eq!(el7.directive("Service", "Wants"), Standing::Unknown);
    assert_eq!(el7.section("Service"), Standing::Known);
    assert_eq!(el7.section("BusName"), Standing::Known);
    assert!(matches!(el8.section("BusName"), Standing::Removed { .. }));
    assert_eq!(el8.section("Servcie"), Standing::Unknown);
}

#[test]
fn values_stand_as_on_the_real_programs() {
    let standing = |target: &str, name: &str, value: &str| {
        let row = directive("Service", name).unwrap();
        let values = profile(target).enum_values(row).unwrap();
        let found = values.iter().find(|known| known.word.text == value);
        found.unwrap_or_else(|| panic!("{name}={value}")).standing
    };
    for (name, value, el7, el8) in [
        ("Type", "simple", true, true),
        ("Type", "exec", false, true),
        ("Type", "notify-reload", false, false),
        ("ProtectSystem", "full", true, true),
        ("ProtectSystem", "strict", false, true),
        ("ProtectHome", "tmpfs", false, true),
        ("StandardOutput", "append", false, true),
        ("StandardOutput", "file", false, true),
        ("SystemCallFilter", "@system-service", false, true),
    ] {
        assert_eq!(
            standing("centos7", name, value).works(),
            el7,
            "{name}={value}"
        );
        assert_eq!(
            standing("centos8", name, value).works(),
            el8,
            "{name}={value}"
        );
    }
    let mount = directive("Mount", "Type").unwrap();
    assert_eq!(mount.enumeration(), None, "any file system, no words");
    let protect = directive("Service", "ProtectSystem").unwrap();
    assert!(protect.enumeration().unwrap().takes(Form::Boolean));
    let assert = directive("Unit", "AssertSecurity").unwrap();
    assert!(assert.enumeration().unwrap().word("selinux").is_some());
}

#[test]
fn specifiers_and_prefixes_stand_as_on_the_real_programs() {
    let (el7, el8) = (profile("centos7"), profile("centos8"));
    let value = SpecifierContext::Value;
    assert_eq!(el7.specifier('i', value), Standing::Known);
    assert_eq!(el7.specifier('S', value), Standing::TooNew { since: 236 });
    assert_eq!(el8.specifier('y', value), Standing::TooNew { since: 251 });
    assert_eq!(
        el8.specifier('h', SpecifierContext::UnitName),
        Standing::Unknown
    );
    assert_eq!(
        el8.specifier('i', SpecifierContext::Install),
        Standing::Known
    );
    assert!(specifier('h').unwrap().note.contains("User="));
    assert!(!el7.refuses_unknown_specifiers() && el8.refuses_unknown_specifiers());
    assert_eq!(el7.exec_prefix("+"), Standing::TooNew { since: 231 });
    assert_eq!(el8.exec_prefix("!!"), Standing::Known);
    assert_eq!(el8.exec_prefix(":"), Standing::TooNew { since: 242 });
    assert!(!el7.finds_programs() && el8.finds_programs());
    assert_eq!(exec_prefix("~"), None);
}

#[test]
fn a_directive_is_written_under_the_name_that_works_there() {
    let el7 = profile("centos7");
    let rewritten = |profile: &Profile, section: &str, name: &str| {
        let found = profile.rewrite(section, name)?;
        Some((found.section, found.name, found.value))
    };
    for (section, name, expected) in [
        (
            "Unit",
            "StartLimitIntervalSec",
            ("Service", "StartLimitInterval", ValueChange::Same),
        ),
        (
            "Unit",
            "StartLimitInterval",
            ("Service", "StartLimitInterval", ValueChange::Same),
        ),
        (
            "Service",
            "ReadWritePaths",
            ("Service", "ReadWriteDirectories", ValueChange::Same),
        ),
        (
            "Socket",
            "MemoryMax",
            ("Socket", "MemoryLimit", ValueChange::Same),
        ),
        (
            "Service",
            "CPUWeight",
            ("Service", "CPUShares", ValueChange::Scale),
        ),
        (
            "Unit",
            "FailureAction",
            ("Service", "FailureAction", ValueChange::Same),
        ),
    ] {
        assert_eq!(rewritten(el7, section, name), Some(expected), "{name}");
    }
    assert_eq!(rewritten(el7, "Service", "StateDirectory"), None);
    assert_eq!(rewritten(el7, "Service", "ExecStart"), None);
    assert_eq!(
        rewritten(profile("fedora"), "Slice", "CPUShares"),
        Some(("Slice", "CPUWeight", ValueChange::Scale))
    );
}

#[test]
fn names_are_found_across_sections_and_by_likeness() {
    assert_eq!(
        sections_of("StartLimitBurst").collect::<Vec<_>>(),
        ["Service", "Unit"]
    );
    assert_eq!(sections().count(), 12);
    assert_eq!(directives_in("Install").len(), 6);
    assert_eq!(directives_in("Instal").len(), 0);
    let near = |word| nearest_directive("Service", word).map(|row| row.name);
    assert_eq!(near("ExecStrat"), Some("ExecStart"));
    assert_eq!(near("Banana"), None);
    let restart = directive("Service", "RestartSec").unwrap();
    assert_eq!(restart.kind(), ValueKind::TimeSpan);
    assert_eq!(restart.context, Context::Own);
    assert_eq!(restart.man_page, Some("systemd.service"));
    let nice = directive("Service", "Nice").unwrap();
    assert_eq!(nice.kind(), ValueKind::Integer { min: -20, max: 19 });
    let on = |name| directive("Timer", name).unwrap().kind();
    assert_eq!(
        (on("OnCalendar"), on("OnBootSec")),
        (ValueKind::Calendar, ValueKind::TimeSpan)
    );
}

#[test]
fn trees_are_named_as_the_profiles_name_them() {
    for (text, tree, version) in [
        ("el7", Tree::El7, 219),
        ("el8", Tree::El8, 239),
        ("oe2203", Tree::OpenEuler2203, 249),
        ("v258", Tree::Upstream(258), 258),
    ] {
        assert_eq!(text.parse::<Tree>().unwrap(), tree);
        assert_eq!(tree.to_string(), text);
        assert_eq!(tree.version(), version);
    }
    assert!("rhel7".parse::<Tree>().is_err());
}
