//! AMB070

use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::target::InstallStyle;
use crate::unit::Decision;

pub(super) static RULE: Rule = Rule {
    code: "AMB070",
    name: "nothing-enables-it",
    severity: Severity::Note,
    origin: Origin::Ours,
    summary: "The unit says nothing that would let it be enabled.",
    explanation: "A unit without [Install] cannot be enabled, so nothing starts it after a reboot, and on CentOS 7 \
        `systemctl enable` does not even say so. Packaging puts in `WantedBy=`: on systemd before 236 into the \
        packaged file, later into a drop-in. A unit that another one of the package starts needs none and gets none.",
    example: Example {
        bad: "[Service]\nExecStart=/usr/bin/hello",
        good: "[Service]\nExecStart=/usr/bin/hello\n\n[Install]\nWantedBy=multi-user.target",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let name = &context.unit.name;
    let Some(Decision::Inject { wanted_by }) = context.decision else {
        return;
    };
    let place = match context.profile.install_style() {
        InstallStyle::UnitFile => "the packaged file",
        InstallStyle::DropIn => "a drop-in",
    };
    let title = format!("nothing in {name} lets it be enabled");
    findings.push(
        Finding::new(&RULE, title)
            .note(format!("packaging puts WantedBy={wanted_by} into {place}")),
    );
}

#[cfg(test)]
mod tests {
    use super::super::super::PackageFacts;
    use super::super::super::testing::findings;

    #[test]
    fn what_packaging_does_is_said() {
        let units = [
            (
                "a.service",
                "[Unit]\nOnFailure=b.service\n[Service]\nExecStart=/bin/true\n",
            ),
            ("b.service", "[Service]\nExecStart=/bin/true\n"),
        ];
        let found = findings("centos7", &units, Some(&PackageFacts::default()));
        let said: Vec<String> = found
            .iter()
            .filter(|finding| finding.rule.code == "AMB070")
            .map(|finding| {
                format!(
                    "{} {}",
                    finding.diagnostic.title,
                    finding.diagnostic.notes.join("")
                )
            })
            .collect();
        insta::assert_snapshot!(said.join("\n"), @r"
            nothing in a.service lets it be enabled packaging puts WantedBy=multi-user.target into the packaged file
            ");
    }
}
