//! AMB046

use super::super::commands::held;
use super::super::words::used;
use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;

pub(super) static RULE: Rule = Rule {
    code: "AMB046",
    name: "several-exec-start",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "A service that is not Type=oneshot has several commands to start.",
    explanation: "Only a oneshot service runs one command after the other; for every other type systemd refuses the \
        unit. In a drop-in, an empty `ExecStart=` takes back the command of the file before a new one is written.",
    example: Example {
        bad: "[Service]\nExecStart=/usr/bin/hello-prepare\nExecStart=/usr/bin/hello",
        good: "[Service]\nExecStartPre=/usr/bin/hello-prepare\nExecStart=/usr/bin/hello",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    if !context.is_service() || is_oneshot(context) {
        return;
    }
    let starts = held(context, "ExecStart");
    let mut commands = starts.iter().flat_map(|exec| {
        let taken = exec.line.commands.iter().filter(|command| command.taken);
        taken.map(move |command| (exec.directive, command))
    });
    let (Some((first, _)), Some((second, command))) = (commands.next(), commands.next()) else {
        return;
    };
    let name = &context.unit.name;
    let mut finding = Finding::new(
        &RULE,
        format!("{name} has several commands in ExecStart= and is not Type=oneshot"),
    )
    .effect(Effect::UnitRefused)
    .at_value(
        context.unit,
        second,
        command.range.clone(),
        "systemd refuses the unit",
    );
    if first.line != second.line {
        finding = finding.and_at(context.unit, first, "the first command");
    }
    findings.push(
        finding.help(
            "use ExecStartPre= for what comes before, or Type=oneshot where every command ends",
        ),
    );
}

/// The type is that of the last line that the target takes.
fn is_oneshot(context: &Context<'_>) -> bool {
    let types = context
        .directives()
        .iter()
        .filter(|directive| directive.is("Service", "Type"));
    let mut taken = types.flat_map(|directive| used(context, directive));
    taken
        .rfind(|used| used.standing.works())
        .is_some_and(|used| used.text == "oneshot")
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn only_oneshot_runs_one_after_the_other() {
        let two = "ExecStart=/bin/true\nExecStart=/bin/false\n";
        let said = |text: &str| said_by("AMB046", "el8", text);
        insta::assert_snapshot!(said(&format!("[Service]\n{two}")), @"x.service:3:11: error[AMB046]: x.service has several commands in ExecStart= and is not Type=oneshot");
        insta::assert_snapshot!(said("[Service]\nExecStart=/bin/true ; /bin/false\n"), @"x.service:2:23: error[AMB046]: x.service has several commands in ExecStart= and is not Type=oneshot");
        assert_eq!(said(&format!("[Service]\nType=oneshot\n{two}")), "");
        assert_eq!(
            said(&format!("[Service]\nType=oneshot\nType=onshot\n{two}")),
            ""
        );
        assert_eq!(
            said("[Service]\nExecStart=/bin/true\nExecStart=\nExecStart=/bin/false\n"),
            ""
        );
    }
}
