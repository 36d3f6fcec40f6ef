//! AMB019

use super::super::value::known;
use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::target::systemd::moves;

pub(super) static RULE: Rule = Rule {
    code: "AMB019",
    name: "old-resource-control",
    severity: Severity::Warning,
    origin: Origin::Systemd,
    summary: "The directive is of the first version of control groups, and the target's systemd warns of it.",
    explanation: "Since systemd 252 (seen there; versions between 239 and it were not looked at) MemoryLimit=, \
        CPUShares= and the BlockIO= family still work and are warned of; 258 knows them and does nothing. Their \
        successors came with 230 to 232, so a unit for CentOS 7 needs the old names: packaging converts the new ones.",
    example: Example {
        bad: "[Service]\nMemoryLimit=1G",
        good: "[Service]\nMemoryMax=1G",
    },
    check,
};

/// Seen on the real 252, which says nothing of BlockIOWeight= and the Accounting= family.
const WARNED: [&str; 6] = [
    "BlockIODeviceWeight",
    "BlockIOReadBandwidth",
    "BlockIOWriteBandwidth",
    "CPUShares",
    "MemoryLimit",
    "StartupCPUShares",
];

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    if context.profile.systemd.value < 252 {
        return;
    }
    for directive in context.directives() {
        let key = directive.key.as_str();
        if !WARNED.contains(&key) || known(context, directive).is_none() {
            continue;
        }
        // The table has the rows of [Service], which hold for all sections of the family.
        let row = moves().iter().find(|row| row.old.name == key);
        let new = row.and_then(|row| row.new);
        let title = format!("{key}= is of the first version of control groups, and will go");
        findings.push(
            Finding::new(&RULE, title)
                .effect(Effect::Warned)
                .at_key(context.unit, directive, "")
                .help_if(new.map(|new| format!("use {}=", new.name))),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn old_names_are_warned_of_between_two_versions() {
        let text = "[Service]\nExecStart=/bin/true\nMemoryLimit=1G\nCPUShares=100\nMemoryMax=1G\n";
        assert_eq!(said_by("AMB019", "el8", text), "");
        insta::assert_snapshot!(said_by("AMB019", "el9", text), @"
        x.service:3:1: warning[AMB019]: MemoryLimit= is of the first version of control groups, and will go
        x.service:4:1: warning[AMB019]: CPUShares= is of the first version of control groups, and will go
        ");
    }
}
