//! AMB029

use super::super::commands::version;
use super::super::value::known;
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::target::systemd::ValueKind;
use crate::unit::value::environment;

pub(super) static RULE: Rule = Rule {
    code: "AMB029",
    name: "variable-in-environment",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "A variable within Environment= is not replaced.",
    explanation: "`$` has no meaning in Environment= (systemd.exec(5)): after Environment=PATH=$PATH:/opt/bin the program \
        looks into a folder that is called `$PATH`. systemd replaces variables in the arguments of commands alone. \
        Specifiers such as %S are replaced.",
    example: Example {
        bad: "[Service]\nEnvironment=PATH=$PATH:/opt/hello/bin",
        good: "[Service]\nEnvironment=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/opt/hello/bin",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for directive in context.directives() {
        let is_environment =
            known(context, directive).is_some_and(|row| row.kind() == ValueKind::Environment);
        if !is_environment {
            continue;
        }
        for assignment in environment(&directive.value, version(context)).items {
            let Some(variable) = variable(&assignment.value) else {
                continue;
            };
            let title = format!("`{variable}` in {}= is not replaced", directive.key);
            let help = match assignment.name.as_str() {
                "PATH" => {
                    "write all folders: a service has /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin by default"
                }
                _ => "write the value out, or let a shell put it together in ExecStart=",
            };
            findings.push(
                Finding::new(&RULE, title)
                    .at_value(context.unit, directive, assignment.word.range, "")
                    .help(help),
            );
        }
    }
}

/// The first `$NAME` or `${NAME}`, in capitals as variables have them; a `$` in a password is none.
fn variable(value: &str) -> Option<&str> {
    value.match_indices('$').find_map(|(at, _)| {
        let rest = &value[at + 1..];
        let braced = rest.starts_with('{');
        let name = rest.trim_start_matches('{');
        let is_part = |c: char| c == '_' || c.is_ascii_uppercase() || c.is_ascii_digit();
        let length = name.find(|c| !is_part(c)).unwrap_or(name.len());
        let after = name[length..].chars().next();
        let is_name = length > 1 && name.starts_with(|c: char| !c.is_ascii_digit());
        let ends = match braced {
            true => after == Some('}'),
            false => !after.is_some_and(|c| c.is_alphanumeric() || c == '$'),
        };
        let is_start = !value[..at].ends_with('$');
        let end = at + 1 + length + if braced { 2 } else { 0 };
        (is_name && ends && is_start).then(|| &value[at..end])
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;
    use super::variable;

    #[test]
    fn variables_are_not_replaced_in_the_environment() {
        let text = "[Service]\nExecStart=/bin/x $A\nEnvironment=A=1 PATH=$PATH:/opt/bin \"B=x ${HOME}/y\" C=%S\n";
        insta::assert_snapshot!(said_by("AMB029", "el8", text), @"
        x.service:3:17: warning[AMB029]: `$PATH` in Environment= is not replaced
        x.service:3:37: warning[AMB029]: `${HOME}` in Environment= is not replaced
        ");
    }

    #[test]
    fn a_dollar_sign_alone_is_no_variable() {
        assert_eq!(variable("a:$HOME"), Some("$HOME"));
        for other in [
            "$2b$12$abcDEF",
            "pa$$WORD",
            "5$",
            "$A",
            "${",
            "${HOME",
            "$Home",
        ] {
            assert_eq!(variable(other), None, "{other}");
        }
    }
}
