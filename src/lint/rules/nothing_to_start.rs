//! AMB066

use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::{Severity, nearest};
use crate::unit::{PullKind, UnitKind, UnitName, means, trigger};

pub(super) static RULE: Rule = Rule {
    code: "AMB066",
    name: "nothing-to-start",
    severity: Severity::Error,
    origin: Origin::Ours,
    summary: "The package, or the files that are checked, have no unit for a timer, socket or path to start.",
    explanation: "A timer starts the service of the same name, or what Unit= names; sockets (Service=) and paths do \
        likewise, and a socket with Accept=yes starts a template. Without that unit systemd refuses to start the \
        timer. A unit that is named may come from another package; one of the same name will not.",
    example: Example {
        bad: ".ambot/services/hello.timer",
        good: ".ambot/services/hello.timer\n.ambot/services/hello.service",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some((name, kind)) = trigger(context.unit) else {
        return;
    };
    if context.units.iter().any(|unit| means(&name, &unit.name)) || name.contains('%') {
        return;
    }
    let missing = match context.package {
        Some(_) => "which the package does not have",
        None => "which is not among the files",
    };
    let title = format!("{} starts {name}, {missing}", context.unit.name);
    let finding = Finding::new(&RULE, title);
    let section = context.unit.name.kind().section().unwrap_or_default();
    let key = match context.unit.name.kind() {
        UnitKind::Socket => "Service",
        _ => "Unit",
    };
    let finding = match (kind, context.last(section, key)) {
        (PullKind::Trigger(_), Some(line)) => finding
            .severity(Severity::Warning)
            .at_directive(context.unit, line, "")
            .help_if(near(context, &name).map(|near| format!("did you mean {near}?"))),
        _ => finding
            .at_section(context.unit, section, "")
            .help(format!("add {name}, or name another unit with {key}=")),
    };
    // Files that were not given may be there all the same.
    findings.push(match context.package {
        Some(_) => finding,
        None => finding.severity(Severity::Note),
    });
}

/// The unit of the package whose name is nearest, suffixes left aside.
fn near<'a>(context: &Context<'a>, name: &str) -> Option<&'a UnitName> {
    let (stem, _) = name.rsplit_once('.')?;
    let others = || context.units.iter().map(|unit| &unit.name);
    let stems = others().filter(|other| **other != context.unit.name);
    let near = nearest(stem, stems.map(UnitName::stem))?;
    others().find(|other| other.stem() == near)
}

#[cfg(test)]
mod tests {
    use super::super::super::PackageFacts;
    use super::super::super::testing::said_of;

    #[test]
    fn a_timer_needs_its_service() {
        let facts = PackageFacts::default();
        let service = "[Service]\nExecStart=/bin/x\n";
        let said = |timer: &str, other: &str| {
            let timer = format!("[Timer]\nOnBootSec=5\n{timer}\n");
            said_of(
                "AMB066",
                "el8",
                &[("a.timer", &timer), (other, service)],
                Some(&facts),
            )
        };
        insta::assert_snapshot!(said("", "b.service") + &said("Unit=hello-syn.service", "hello-sync.service"), @"
        a.timer:1:2: error[AMB066]: a.timer starts a.service, which the package does not have
        a.timer:3:1: warning[AMB066]: a.timer starts hello-syn.service, which the package does not have
        ");
        assert_eq!(said("", "a.service"), "");
        assert_eq!(said("Unit=b@1.service", "b@.service"), "");
    }

    #[test]
    fn a_file_without_a_package_gets_a_note() {
        let timer = ("a.timer", "[Timer]\nOnBootSec=5\n");
        let service = ("a.service", "[Service]\nExecStart=/bin/x\n");
        insta::assert_snapshot!(said_of("AMB066", "el8", &[timer], None), @"a.timer:1:2: note[AMB066]: a.timer starts a.service, which is not among the files");
        assert_eq!(said_of("AMB066", "el8", &[timer, service], None), "");
    }
}
