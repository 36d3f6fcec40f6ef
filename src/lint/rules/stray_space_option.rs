//! AMB048

use super::super::commands::execs;
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;

pub(super) static RULE: Rule = Rule {
    code: "AMB048",
    name: "stray-space-option",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "A blank after `=` parts an option from its value.",
    explanation: "Blanks part arguments. The program gets an option with an empty value, and what was meant as its \
        value as another argument.",
    example: Example {
        bad: "[Service]\nExecStart=/usr/bin/hello --config= /etc/hello.toml",
        good: "[Service]\nExecStart=/usr/bin/hello --config=/etc/hello.toml",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for exec in execs(context) {
        for command in exec.without_shell() {
            let pairs = command
                .arguments
                .iter()
                .zip(command.arguments.iter().skip(1));
            for (option, value) in pairs {
                let is_option = option.text.starts_with('-') && option.text.ends_with('=');
                if !is_option || option.is_quoted() || value.text.starts_with('-') {
                    continue;
                }
                let title = format!("`{}` and `{}` are two arguments", option.raw, value.raw);
                let range = option.range.start..value.range.end;
                findings.push(
                    Finding::new(&RULE, title)
                        .at_value(context.unit, exec.directive, range, "")
                        .help(format!("write `{}{}`", option.raw, value.raw)),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn an_option_without_its_value_is_found() {
        let text = "[Service]\nExecStart=/bin/a --config= /etc/a --x= --y=1 z --e=\n";
        insta::assert_snapshot!(said_by("AMB048", "el8", text), @"x.service:2:18: warning[AMB048]: `--config=` and `/etc/a` are two arguments");
    }
}
