//! AMB052

use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;

pub(super) static RULE: Rule = Rule {
    code: "AMB052",
    name: "dbus-without-bus-name",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "A service of Type=dbus has no BusName=.",
    explanation: "Such a service is up once its name appears on the bus. Without a name systemd has nothing to wait \
        for and refuses the unit (seen on 219, 239 and 252).",
    example: Example {
        bad: "[Service]\nType=dbus\nExecStart=/usr/bin/hello",
        good: "[Service]\nType=dbus\nBusName=com.example.Hello\nExecStart=/usr/bin/hello",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(directive) = context.last_word("Type") else {
        return;
    };
    if directive.value != "dbus" || context.bus_name().is_some() {
        return;
    }
    findings.push(
        Finding::new(&RULE, "Type=dbus without BusName=")
            .effect(Effect::UnitRefused)
            .at_directive(context.unit, directive, "systemd refuses the unit")
            .help("say BusName=, or Type=exec for a service that is not on the bus"),
    );
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn an_empty_bus_name_is_none_and_takes_none_back() {
        let unit = |names: &str| format!("[Service]\nType=dbus\n{names}ExecStart=/bin/true\n");
        insta::assert_snapshot!(said_by("AMB052", "centos7", &unit("BusName=\n")), @"x.service:2:1: error[AMB052]: Type=dbus without BusName=");
        assert_eq!(
            said_by("AMB052", "centos7", &unit("BusName=org.x\nBusName=\n")),
            ""
        );
    }
}
