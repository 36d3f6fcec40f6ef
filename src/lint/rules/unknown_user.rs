//! AMB082

use super::super::listed;
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::contents::recipe;
use crate::report::{Severity, nearest};
use crate::target::base_system::{has_group, has_user};
use crate::unit::boolean;
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    code: "AMB082",
    name: "unknown-user",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "The service runs as a user or group that nobody creates.",
    explanation: "When the user is not there the service fails with 217/USER, with 216/GROUP for a group. Users that \
        every target has are those such as root and nobody, whose group is `nobody` too; `nogroup` and `www-data` \
        are Debian's. `users = { hello = {} }` in [package.metadata.ambot] has the package create the user hello and a \
        group of the same name before its files are unpacked; `groups = { hello = {} }` creates a group alone.",
    example: Example {
        bad: "[Service]\nUser=hello\nGroup=nogroup",
        good: "# Cargo.toml has users = { hello = {} }\n[Service]\nUser=hello",
    },
    check,
};

/// Debian's names for what is called otherwise here.
const MEANT: [(&str, &str); 2] = [("nogroup", "nobody"), ("sudo", "wheel")];

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(package) = context.package else {
        return;
    };
    // systemd, or what packaging puts in its place, makes the user.
    let dynamic = context
        .service("DynamicUser")
        .is_some_and(|value| boolean(value) == Some(true));
    if dynamic {
        return;
    }
    type Has = fn(&str) -> bool;
    let accounts: [(&str, &str, Has, &BTreeSet<String>); 3] = [
        ("User", "user", has_user, &package.users),
        ("Group", "group", has_group, &package.groups),
        ("SupplementaryGroups", "group", has_group, &package.groups),
    ];
    for (key, kind, has, created) in accounts {
        let lines = match key {
            "SupplementaryGroups" => context.list("Service", key),
            _ => context.last("Service", key).into_iter().collect(),
        };
        for line in lines {
            for (range, name) in listed::words(&line.value) {
                let at_run_time = name.contains('%') || name.parse::<u32>().is_ok();
                if at_run_time || has(name) || created.contains(name) {
                    continue;
                }
                let meant = MEANT.iter().find(|(debian, _)| *debian == name);
                let near = meant
                    .map(|(_, here)| *here)
                    .or_else(|| nearest(name, created.iter().map(String::as_str)));
                findings.push(
                    Finding::new(&RULE, format!("the {kind} `{name}` is created by nobody"))
                        .at_value(context.unit, line, range, "")
                        .help(near.map_or_else(
                            || recipe(kind, name),
                            |near| format!("did you mean `{near}`?"),
                        )),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::PackageFacts;
    use super::super::super::testing::said_of;

    #[test]
    fn users_are_of_the_base_system_or_of_the_package() {
        let facts = PackageFacts {
            users: ["hello".to_owned()].into(),
            groups: ["hello".to_owned()].into(),
            ..PackageFacts::default()
        };
        let said = |lines: &str| {
            let text = format!("[Service]\nExecStart=/bin/true\n{lines}\n");
            said_of("AMB082", "el8", &[("a.service", &text)], Some(&facts))
        };
        insta::assert_snapshot!(said("User=helo\nGroup=nogroup\nSupplementaryGroups=adm www-data"), @"
        a.service:3:6: warning[AMB082]: the user `helo` is created by nobody
        a.service:4:7: warning[AMB082]: the group `nogroup` is created by nobody
        a.service:5:25: warning[AMB082]: the group `www-data` is created by nobody
        ");
        let unit = ("a.service", "[Service]\nExecStart=/bin/true\nUser=web");
        let found = super::super::super::testing::findings("el8", &[unit], Some(&facts));
        let help = found
            .iter()
            .find(|finding| finding.rule.code == "AMB082")
            .map(|finding| finding.diagnostic.help.join("\n"));
        insta::assert_snapshot!(help.unwrap(), @"create it with the package: users = { web = {} } in [package.metadata.ambot]");
        for fine in [
            "User=hello",
            "User=1000",
            "User=nobody\nGroup=nobody",
            "User=%i",
            "User=x\nDynamicUser=yes",
            "User=x\nUser=",
        ] {
            assert_eq!(said(fine), "", "{fine}");
        }
    }
}
