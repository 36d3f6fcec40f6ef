//! AMB067

use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::unit::{Directive, UnitKind, boolean};

pub(super) static RULE: Rule = Rule {
    code: "AMB067",
    name: "nothing-to-wait-for",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "A timer without a time, a socket that listens nowhere, or a path unit without a path.",
    explanation: "systemd refuses such a unit (seen on 219, 239 and 252). An empty assignment of any one of the times \
        takes back all that were given before it; so it is with the paths and with what a socket listens on.",
    example: Example {
        bad: "[Timer]\nPersistent=yes",
        good: "[Timer]\nOnCalendar=daily\nPersistent=yes",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let (section, what): (_, &str) = match context.unit.name.kind() {
        UnitKind::Timer => ("Timer", "time, such as OnCalendar= or OnBootSec="),
        UnitKind::Path => ("Path", "path, such as PathExists= or PathChanged="),
        UnitKind::Socket => ("Socket", "address, such as ListenStream="),
        UnitKind::Service | UnitKind::Target => return,
    };
    let mut waits = false;
    for line in context.directives() {
        let works = context.profile.directive(section, &line.key).works();
        if line.section != section || !works || !is_trigger(line) {
            continue;
        }
        waits = match line.key.as_str() {
            "OnClockChange" | "OnTimezoneChange" => waits || boolean(&line.value) == Some(true),
            _ => !line.value.is_empty(),
        };
    }
    if waits {
        return;
    }
    findings.push(
        Finding::new(&RULE, format!("{} names no {what}", context.unit.name))
            .effect(Effect::UnitRefused)
            .at_section(context.unit, section, "systemd refuses the unit"),
    );
}

/// Whether a directive of a timer, path or socket is one of those that it waits for.
fn is_trigger(line: &Directive) -> bool {
    let key = line.key.as_str();
    match line.section.as_str() {
        "Timer" => key.starts_with("On"),
        "Path" => key.starts_with("Path") || key == "DirectoryNotEmpty",
        _ => key.starts_with("Listen"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_of;

    fn said(target: &str, name: &str, text: &str) -> String {
        said_of("AMB067", target, &[(name, text)], None)
    }

    #[test]
    fn each_kind_needs_something_to_wait_for() {
        insta::assert_snapshot!(
            said("el8", "a.timer", "[Timer]\nPersistent=yes\n")
                + &said("el8", "a.path", "[Path]\nMakeDirectory=yes\n")
                + &said("el8", "a.socket", "[Socket]\nAccept=no\n"),
            @"
        a.timer:1:2: error[AMB067]: a.timer names no time, such as OnCalendar= or OnBootSec=
        a.path:1:2: error[AMB067]: a.path names no path, such as PathExists= or PathChanged=
        a.socket:1:2: error[AMB067]: a.socket names no address, such as ListenStream=
        "
        );
        assert_eq!(said("el8", "a.path", "[Path]\nPathExistsGlob=/x*\n"), "");
        assert_eq!(said("el8", "a.socket", "[Socket]\nListenFIFO=/run/x\n"), "");
    }

    #[test]
    fn an_empty_line_takes_back_all_and_a_line_of_tomorrow_does_not_count() {
        // Each seen on the real programs.
        assert_ne!(
            said("el8", "a.timer", "[Timer]\nOnBootSec=5\nOnCalendar=\n"),
            ""
        );
        assert_eq!(
            said("el8", "a.timer", "[Timer]\nOnCalendar=\nOnBootSec=0\n"),
            ""
        );
        let clock = "[Timer]\nOnClockChange=yes\n";
        assert_ne!(said("centos7", "a.timer", clock), "");
        assert_eq!(said("el9", "a.timer", clock), "");
    }
}
