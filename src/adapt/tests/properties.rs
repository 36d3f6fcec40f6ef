//! What holds of every unit.

use super::{try_adapted, twice};
use crate::target::systemd::Standing;
use crate::target::{Profile, find};
use crate::unit::{Dialect, Document, Tables, UnitFile, UnitName};
use proptest::prelude::*;

const TARGETS: [&str; 4] = ["centos7", "centos8", "el8", "fedora"];

/// Lines that services have, with what is new in them and what is wrong.
fn lines() -> impl Strategy<Value = Vec<&'static str>> {
    proptest::collection::vec(
        proptest::sample::select(vec![
            "[Unit]",
            "[Service]",
            "[Install]",
            "# comment",
            "; open \\",
            "",
            "Description=a \\",
            "  b",
            "StartLimitIntervalSec=5",
            "StartLimitBurst=3",
            "Upholds=a.service",
            "Bogus=1",
            "ExecStart=/bin/a",
            "ExecStart=+/bin/a %h",
            "ExecStartPre=hello --a=\"b c\" ; ! x",
            "ExecStop=:/bin/a $x",
            "ExecCondition=/bin/c",
            "User=web",
            "DynamicUser=yes",
            "Type=exec",
            "Type=oneshot",
            "Type=notify-reload",
            "Restart=on-failure",
            "MemoryMax=1G",
            "MemoryLimit=1G",
            "CPUWeight=7",
            "CPUShares=70",
            "IOWeight=200",
            "StateDirectory=a b/c",
            "StateDirectory=",
            "StateDirectoryMode=0700",
            "RuntimeDirectory=a/b c",
            "RuntimeDirectoryPreserve=restart",
            "ProtectSystem=strict",
            "ProtectHome=tmpfs",
            "ReadWritePaths=+/a -/b",
            "InaccessiblePaths=/etc/x",
            "SystemCallFilter=@system-service",
            "SystemCallFilter=~@mount x",
            "SystemCallFilter=",
            "TimeoutStartSec=infinity",
            "WorkingDirectory=-/x",
            "WorkingDirectory=~",
            "PIDFile=x",
            "Environment=A=\"b c\"",
            "Environment=",
            "StandardOutput=truncate:/x",
            "StandardOutput=syslog",
            "PrivateTmp=disconnected",
            "Delegate=cpu",
            "UpheldBy=a.target",
            "WantedBy=a.target",
        ]),
        0..14,
    )
}

fn directives(bytes: &[u8], dialect: Dialect) -> Vec<(String, String, String)> {
    let document = Document::parse_as(bytes, dialect);
    let all = document.directives().iter();
    all.map(|d| (d.section.clone(), d.key.clone(), d.value.clone()))
        .collect()
}

fn check(profile: &Profile, text: &str) -> Result<(), TestCaseError> {
    let name = UnitName::parse("hello.service").unwrap();
    let unit = UnitFile::generated(name, Document::parse(text.as_bytes()), Tables::default());
    let Ok(adapted) = try_adapted(&unit, &profile.name) else {
        return Ok(());
    };
    prop_assert_eq!(
        twice("hello.service", &adapted, &profile.name),
        Vec::<String>::new()
    );
    let before = directives(text.as_bytes(), Dialect::V240);
    let after = directives(&adapted.bytes, Dialect::of(profile));
    for (section, key, _) in &after {
        let standing = profile.directive(section, key);
        prop_assert!(
            !standing.is_unknown() || standing == Standing::Unknown,
            "{}",
            key
        );
    }
    if adapted.changes.is_empty() {
        prop_assert_eq!(&adapted.bytes, text.as_bytes());
    }
    // What no change is about is still there, in its order.
    let changed = adapted
        .changes
        .iter()
        .filter_map(|change| change.place.as_ref());
    let changed: Vec<_> = changed.map(|place| place.range.clone()).collect();
    let document = Document::parse(text.as_bytes());
    let kept = document.directives().iter().zip(before);
    let kept = kept
        .filter(|(d, _)| !changed.contains(&d.range))
        .map(|(_, said)| said);
    let mut rest = after.iter();
    for line in kept {
        prop_assert!(
            rest.any(|other| *other == line),
            "{:?} in {:?}",
            line,
            after
        );
    }
    Ok(())
}

proptest! {
    #[test]
    fn an_adapted_unit_is_clean_is_left_alone_and_keeps_its_other_lines(lines in lines()) {
        let text: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
        for target in TARGETS {
            check(find(target).unwrap().profile(), &text)?;
        }
    }
}
