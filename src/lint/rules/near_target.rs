//! AMB069

use super::super::commands::version;
use super::super::listed;
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::{Severity, nearest};
use crate::target::systemd::{self, ValueKind};
use crate::unit::resolve;

pub(super) static RULE: Rule = Rule {
    code: "AMB069",
    name: "nearly-a-target",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "A target is named that nobody has, and whose name is nearly that of a well-known one.",
    explanation: "systemd says nothing when a unit is wanted by, or comes after, a target that does not exist: \
        `systemctl enable` makes its link, and the service never starts. The well-known targets are those of \
        systemd.special(7).",
    example: Example {
        bad: "[Install]\nWantedBy=multiuser.target",
        good: "[Install]\nWantedBy=multi-user.target",
    },
    check,
};

/// The targets of the system in systemd.special(7) of 219 to 257, and of common packages beside it.
const WELL_KNOWN: [&str; 58] = [
    "basic",
    "blockdev@",
    "bluetooth",
    "boot-complete",
    "cloud-config",
    "cloud-init",
    "cryptsetup",
    "cryptsetup-pre",
    "ctrl-alt-del",
    "default",
    "emergency",
    "exit",
    "factory-reset",
    "final",
    "first-boot-complete",
    "getty",
    "getty-pre",
    "graphical",
    "halt",
    "hibernate",
    "hybrid-sleep",
    "initrd",
    "initrd-fs",
    "initrd-root-device",
    "initrd-root-fs",
    "initrd-switch-root",
    "kbrequest",
    "kexec",
    "local-fs",
    "local-fs-pre",
    "machines",
    "multi-user",
    "network",
    "network-online",
    "network-pre",
    "nfs-client",
    "nss-lookup",
    "nss-user-lookup",
    "paths",
    "poweroff",
    "printer",
    "reboot",
    "remote-cryptsetup",
    "remote-fs",
    "remote-fs-pre",
    "rescue",
    "rpcbind",
    "shutdown",
    "sigpwr",
    "sleep",
    "slices",
    "smartcard",
    "sockets",
    "sound",
    "suspend",
    "swap",
    "sysinit",
    "time-sync",
];

/// Known too, and nobody's slip for another.
const OTHERS: [&str; 10] = [
    "integritysetup",
    "integritysetup-pre",
    "remote-integritysetup",
    "remote-veritysetup",
    "soft-reboot",
    "suspend-then-hibernate",
    "system-update",
    "time-set",
    "timers",
    "umount",
];

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for directive in context.directives() {
        let row = systemd::directive(&directive.section, &directive.key);
        if !row.is_some_and(|row| row.kind() == ValueKind::UnitList) {
            continue;
        }
        for word in listed::units(directive, version(context)) {
            let name = resolve(&word.name, &context.unit.name);
            let Some(near) = meant(context, &name) else {
                continue;
            };
            let title = format!("nobody has {name}, which {}= names", directive.key);
            findings.push(
                Finding::new(&RULE, title)
                    .at_value(context.unit, directive, word.range, "")
                    .help(format!("did you mean {near}.target?")),
            );
        }
    }
}

/// The well-known target that is probably meant by a name.
fn meant(context: &Context<'_>, name: &str) -> Option<&'static str> {
    let stem = name.strip_suffix(".target")?;
    let all = || WELL_KNOWN.into_iter().chain(OTHERS);
    let is_own = context.units.iter().any(|unit| unit.name.as_str() == name);
    let is_known = is_own || stem.contains(['@', '%']) || all().any(|known| known == stem);
    if is_known || stem.len() < 5 {
        return None;
    }
    nearest(stem, all()).filter(|near| near.len().abs_diff(stem.len()) <= 2)
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{said_by, said_of};

    #[test]
    fn a_slip_in_the_name_of_a_target_is_found() {
        let text = "[Unit]\nAfter=networkonline.target hello.target network.target\n[Service]\nExecStart=/bin/x\n\
            [Install]\nWantedBy=multiuser.target multi-user.target timers.target\n";
        insta::assert_snapshot!(said_by("AMB069", "el8", text), @"
        x.service:2:7: warning[AMB069]: nobody has networkonline.target, which After= names
        x.service:6:10: warning[AMB069]: nobody has multiuser.target, which WantedBy= names
        ");
    }

    #[test]
    fn a_target_of_the_package_is_meant() {
        let service = "[Unit]\nAfter=networks.target\n[Service]\nExecStart=/bin/x\n";
        let target = ("networks.target", "[Unit]\nDescription=Networks\n");
        assert_eq!(
            said_of("AMB069", "el8", &[("x.service", service), target], None),
            ""
        );
        assert_ne!(said_by("AMB069", "el8", service), "");
    }
}
