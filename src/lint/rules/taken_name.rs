//! AMB002

use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;

pub(super) static RULE: Rule = Rule {
    code: "AMB002",
    name: "taken-name",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "A package of the distribution ships a unit of this name.",
    explanation: "Two packages with the same file cannot be installed together: rpm stops with a file conflict. And \
        where only one is installed, `systemctl start sshd` starts something else than everybody expects. systemd's \
        own units are on every machine, which makes their names errors. The list of the others is general knowledge.",
    example: Example {
        bad: ".ambot/services/sshd.service",
        good: ".ambot/services/hello-sshd.service",
    },
    check,
};

const TAKEN: &str = include_str!("../data/taken_names.tsv");

/// The package that ships a unit of this name.
fn owner(name: &str) -> Option<&'static str> {
    let rows = TAKEN.lines().filter_map(|line| line.split_once('\t'));
    rows.into_iter()
        .find(|(taken, _)| *taken == name)
        .map(|(_, package)| package)
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let name = &context.unit.name;
    let Some(owner) = owner(name.as_str()) else {
        return;
    };
    let severity = match (context.package, owner) {
        // A file without a package may well be the distribution's own.
        (None, _) => Severity::Note,
        (Some(_), "systemd") => Severity::Error,
        (Some(_), _) => RULE.severity,
    };
    let title = format!("the distribution's package {owner} ships a unit called {name}");
    findings.push(
        Finding::new(&RULE, title)
            .severity(severity)
            .help("choose a name that begins with the name of your package"),
    );
}

#[cfg(test)]
mod tests {
    use super::super::super::PackageFacts;
    use super::super::super::testing::said_of;
    use super::TAKEN;

    #[test]
    fn names_of_the_distribution_are_taken_for_packages() {
        let text = "[Service]\nExecStart=/bin/true\n";
        let units = [
            ("sshd.service", text),
            ("systemd-journald.service", text),
            ("hello.service", text),
        ];
        let package = PackageFacts::default();
        insta::assert_snapshot!(said_of("AMB002", "el8", &units, Some(&package)), @"
        warning[AMB002]: the distribution's package openssh-server ships a unit called sshd.service
        error[AMB002]: the distribution's package systemd ships a unit called systemd-journald.service
        ");
        insta::assert_snapshot!(said_of("AMB002", "el8", &units[1..2], None), @"note[AMB002]: the distribution's package systemd ships a unit called systemd-journald.service");
    }

    #[test]
    fn the_table_is_sorted_and_has_units_alone() {
        let rows: Vec<&str> = TAKEN
            .lines()
            .filter(|line| !line.starts_with('#'))
            .collect();
        assert!(rows.len() > 100);
        assert!(
            rows.iter().all(|row| row.split('\t').count() == 2),
            "{rows:?}"
        );
    }
}
