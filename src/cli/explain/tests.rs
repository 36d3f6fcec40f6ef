//! What people see.

use super::find::{Miss, Subject, find};
use super::{human, json, subjects};
use crate::report::Failure;
use crate::target::{self, Profile};

fn targets() -> Vec<&'static Profile> {
    target::known().iter().collect()
}

/// The explanation of a word at 80 columns, without colours.
fn said(word: &str) -> String {
    let targets = targets();
    let subject = find(word, &targets).unwrap_or_else(|miss| panic!("{word}: {miss:?}"));
    let explanation = subjects::explain(subject, &targets);
    let text = human::render(&explanation, 80);
    anstream::adapter::strip_str(&text).to_string()
}

fn miss(word: &str) -> Miss {
    find(word, &targets()).unwrap_err()
}

fn title(word: &str) -> String {
    let targets = targets();
    let found = find(word, &targets).unwrap_or_else(|miss| panic!("{word}: {miss:?}"));
    let explanation = subjects::explain(found, &targets);
    let section = explanation.facts.first().cloned().unwrap_or_default();
    format!("{} {} {section}", explanation.kind, explanation.title)
}

#[test]
fn every_way_to_write_a_word_finds_what_it_means() {
    for (word, expected) in [
        ("PartOf", "directive PartOf= [Unit]"),
        ("partof=", "directive PartOf= [Unit]"),
        ("Timer.Unit", "directive Unit= [Timer]"),
        ("[Timer] unit=", "directive Unit= [Timer]"),
        (
            "Service.StartLimitBurst",
            "directive StartLimitBurst= [Service]",
        ),
        ("StartLimitBurst", "directive StartLimitBurst= [Unit]"),
        ("User", "directive User= [Service]"),
        ("Restart=always", "value Restart=always [Service]"),
        ("service.restart=ALWAYS", "value Restart=always [Service]"),
        (
            "StandardOutput=file:/var/log/x.y",
            "value StandardOutput=file [Service]",
        ),
        ("Nice=5", "directive Nice= [Service]"),
        (
            "ExecStart=+",
            "prefix ExecStart=+ before the program of Exec lines",
        ),
        ("+", "prefix ExecStart=+ before the program of Exec lines"),
        (
            "ExecStartPre=!!/bin/true",
            "prefix ExecStart=!! before the program of Exec lines",
        ),
        ("ExecStart=/bin/true", "directive ExecStart= [Service]"),
        ("[Install]", "section [Install] "),
        ("install", "section [Install] "),
        ("Unit", "section [Unit] "),
        ("%h", "specifier %h in values since systemd 190"),
        ("%H", "specifier %H in values since systemd 190"),
        ("%%", "specifier %% in values since the first systemd"),
        ("EL7", "target centos7 CentOS 7"),
        ("el6", "target centos6 not supported"),
        ("amb012", "rule AMB012 too-new"),
        ("too-new", "rule AMB012 too-new"),
    ] {
        assert_eq!(title(word), expected, "{word}");
    }
}

#[test]
fn a_typo_gets_what_was_probably_meant() {
    for (word, near) in [
        ("PartOff", "PartOf"),
        ("ExecStrat", "ExecStart"),
        ("Restart=alwyas", "Restart=always"),
        ("Service.Restrat", "Service.Restart"),
        ("centso7", "centos7"),
        ("unknown-drective", "unknown-directive"),
    ] {
        let miss = miss(word);
        assert_eq!(miss.nearest.as_deref(), Some(near), "{word}");
    }
    assert_eq!(miss("xyzzy-plugh"), Miss::default());
    assert_eq!(
        miss("Unit.Restart").note.as_deref(),
        Some("`Restart` is a directive of [Service]")
    );
    assert!(miss("%&").note.is_some());
}

#[test]
fn what_is_no_typo_gets_what_can_be_said() {
    let words = [
        "ExecRestart",
        "Service.Later",
        "ExecStart=~",
        "ExecStart=+-",
        "[Foo]",
        "Condition*",
        "rocky",
        "alma9.3",
    ];
    let told = words.map(|word| {
        let miss = miss(word);
        let near = miss.nearest.map(|near| format!(" ({near}?)"));
        format!(
            "{word}: {}{}",
            miss.note.unwrap_or_default(),
            near.unwrap_or_default()
        )
    });
    insta::assert_snapshot!(told.join("\n"), @"
    ExecRestart: a restart is a stop and a start: use ExecStop= and ExecStart=, or ExecReload=
    Service.Later: use After= to start later than another unit
    ExecStart=~: no version of systemd knows `~` before a command; it knows @ - + ! !! : |
    ExecStart=+-: ExecStart= takes several prefixes at once, and each is explained by itself: `ExecStart=+`, `ExecStart=-`
    [Foo]: systemd has the sections Unit, Service, Install, Timer, Socket, Path, Mount, Automount, Swap, Slice, Scope
    Condition*: one thing at a time is explained; 39 directives are called so: ConditionACPower, ConditionArchitecture, ConditionCPUFeature, ConditionCPUPressure, ConditionCPUs, ConditionCapability, ConditionControlGroupController, ConditionCredential, ConditionDirectoryNotEmpty, ConditionEnvironment, ConditionFileIsExecutable, ConditionFileNotEmpty and more
    rocky: there are the targets rocky8, rocky9, rocky10
    alma9.3: a target stands for all minor releases (alma9?)
    ");
    assert!(said("Nice=50").contains("Careful: Nice=50: it is not within -20 to 19"));
    assert!(said("Slice").contains("the directive Service.Slice"));
}

#[test]
fn a_word_that_means_nothing_is_a_usage_error() {
    let stop = super::stop("PartOff", miss("PartOff"));
    assert_eq!(stop.failure, Failure::Usage);
    let diagnostic = stop.diagnostic.unwrap();
    assert_eq!(diagnostic.title, "nothing is known of `PartOff`");
    assert_eq!(diagnostic.help, ["did you mean `PartOf`?"]);
    let stop = super::stop("xyzzy", Miss::default());
    assert!(stop.diagnostic.unwrap().help[0].contains("can be explained"));
}

#[test]
fn nothing_is_wider_than_the_terminal() {
    for section in crate::target::systemd::sections() {
        for row in crate::target::systemd::directives_in(section) {
            let text = said(&format!("{section}.{}", row.name));
            for line in text.lines() {
                let width = textwrap::core::display_width(line);
                assert!(width <= 80, "{section}.{}: {width}: {line}", row.name);
            }
            assert!(
                !text.contains("  \n") && text.ends_with('\n'),
                "{section}.{}",
                row.name
            );
        }
    }
}

fn object(explanation: &super::explanation::Explanation) -> serde_json::Value {
    serde_json::to_value(json::Line::of(explanation)).unwrap()
}

#[test]
fn json_says_for_each_target_what_becomes_of_it() {
    let targets = targets();
    let subject = find("StateDirectory", &targets).unwrap();
    assert!(matches!(subject, Subject::Directive(_)));
    let object = object(&subjects::explain(subject, &targets));
    let lines = object["targets"].as_array().unwrap();
    assert_eq!(lines.len(), targets.len());
    let of = |name: &str| lines.iter().find(|line| line["target"] == name).unwrap();
    assert_eq!(of("centos7")["state"], "unknown");
    assert_eq!(of("el8")["state"], "works");
    let relation = find("BindsTo", &targets).unwrap();
    let object = self::object(&subjects::explain(relation, &targets));
    let first = &object["relations"]["rows"][0];
    assert_eq!(first["case"], "start-a");
    assert_eq!(first["outcomes"]["BindsTo"]["219"], "starts");
}

#[test]
fn explanations_as_people_see_them() {
    insta::assert_snapshot!("bindsto", said("BindsTo"));
    insta::assert_snapshot!("start_limit", said("StartLimitIntervalSec"));
    insta::assert_snapshot!("restart", said("Restart"));
    insta::assert_snapshot!("value", said("ProtectSystem=strict"));
    insta::assert_snapshot!("prefix", said("ExecStart=+"));
    insta::assert_snapshot!("specifier", said("%h"));
    insta::assert_snapshot!("section", said("[Install]"));
    insta::assert_snapshot!("target", said("centos7"));
    insta::assert_snapshot!("rule", said("AMB012"));
    insta::assert_snapshot!("condition", said("ConditionPathExists"));
}
