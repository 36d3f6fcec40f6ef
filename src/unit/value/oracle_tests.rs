//! Comparison with the `systemd-analyze` of the machine, where it has one of version 252.

use super::*;
use std::process::Command as Process;

const V252: Version = Version::new(252);

/// What `systemd-analyze VERB VALUE` says; `None` where there is none of this version.
fn analyze(verb: &str, value: &str) -> Option<(bool, String)> {
    let run = |arguments: &[&str]| {
        let output = Process::new("systemd-analyze")
            .args(arguments)
            .env("LC_ALL", "C")
            .output();
        let output = output.ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        Some((output.status.success(), text))
    };
    let (_, version) = run(&["--version"])?;
    version.starts_with("systemd 252 ").then_some(())?;
    run(&[verb, "--", value])
}

#[test]
fn time_spans_are_those_of_252() {
    for value in [
        "0",
        "90",
        "5min20s",
        "5 6",
        "1.5h",
        ".5",
        "3.",
        "1M",
        "1m",
        "5µs",
        "-0",
        "-5",
        "1.2.3",
        "1.2 .3",
        "infinity",
        "infinity 5",
        "5x",
        "",
        "2 weeks 3d",
        "99999999999999s",
        "584542y",
        "584554y",
        "1y 1month",
        "0.3us",
        "+5",
        "5 s s",
    ] {
        let Some((accepted, text)) = analyze("timespan", value) else {
            return;
        };
        let ours = time_span(value, V252);
        assert_eq!(ours.is_ok(), accepted, "{value}: {ours:?} {text}");
        let micros = text
            .lines()
            .find_map(|line| line.trim().strip_prefix("μs: "));
        if let (Ok(TimeSpan::Microseconds(ours)), Some(theirs)) = (ours, micros) {
            assert_eq!(ours.to_string(), theirs, "{value}");
        }
    }
}

#[test]
fn calendars_are_those_of_252() {
    for value in [
        "daily",
        "Weekly",
        "anually",
        "minutely UTC",
        "Mon..Fri",
        "Mon-Fri 10:00",
        "Sat..Mon",
        "Mon,",
        "Mon, 10:00",
        "Mon,Wed..Fri *-*-* 0:0",
        "8..17:00",
        "*:0/15",
        "*:*/15",
        "*:0/60",
        "*-02~03",
        "*-*~7/1",
        "*-*~29",
        "*~1",
        "0:0:0.5",
        "0:0:0..0.5",
        "0:0:0..5",
        "0:0:0/7.25",
        "25:00",
        "10",
        "12-1-1",
        "69-1-1",
        "70-1-1",
        "1-2-3-4",
        "@1395716396",
        "@x",
        "*:*:*",
        "*-*-*",
        "2012-02-30",
        "Mon Tue",
        "Tues",
        "0:0 Europe/Berlin",
        "10:00 # ten",
        "",
        "*-*-1,2,3..5,7/2 1:2:3.1234567",
        "Thu,Fri 2012-*-1,5 11:12:13",
        "12..14:10,20,30",
    ] {
        let Some((accepted, text)) = analyze("calendar", value) else {
            return;
        };
        let ours = calendar(value, V252);
        assert_eq!(ours.is_ok(), accepted, "{value}: {ours:?} {text}");
        let normal = text
            .lines()
            .find_map(|line| line.trim().strip_prefix("Normalized form: "));
        if let (Ok(ours), Some(theirs)) = (ours, normal) {
            let theirs = calendar(theirs.trim(), V252).map(|calendar| calendar.to_string());
            let is_timestamp = ours.timestamp.is_some();
            assert!(
                is_timestamp || theirs == Ok(ours.to_string()),
                "{value}: {theirs:?} {ours}"
            );
        }
    }
}
