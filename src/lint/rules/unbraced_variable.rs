//! AMB044

use super::super::commands::{execs, is_shell, version};
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::unit::value::{Variable, VariableKind, Version};

pub(super) static RULE: Rule = Rule {
    code: "AMB044",
    name: "unbraced-variable",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "A variable is not replaced as a shell would do it.",
    explanation: "systemd replaces `${NAME}` anywhere in an argument. `$NAME` is replaced only where it is the whole \
        word, and is then split at blanks into as many arguments as it has. Within a word it stays as it is written, \
        and in `$NAME/x` all of `NAME/x` is the name. There is no `${NAME:-default}`.",
    example: Example {
        bad: "[Service]\nExecStart=/usr/bin/hello --port=$PORT",
        good: "[Service]\nExecStart=/usr/bin/hello --port=${PORT}",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let version = version(context);
    for exec in execs(context) {
        for command in &exec.line.commands {
            // A shell replaces what systemd leaves.
            let in_shell = is_shell(command);
            for variable in command.variables(version) {
                if in_shell && !(lost(&variable, version)) {
                    continue;
                }
                let Some((severity, title, help)) = judge(&variable, version) else {
                    continue;
                };
                findings.push(
                    Finding::new(&RULE, title)
                        .severity(severity)
                        .at_value(context.unit, exec.directive, variable.range.clone(), "")
                        .help_if(help),
                );
            }
        }
    }
}

/// Whether systemd takes away what a shell would have understood.
fn lost(variable: &Variable, version: Version) -> bool {
    variable.kind == VariableKind::Extended && version == Version::V219
}

/// Whether a variable holds several arguments by its name, or never more than one: then `$NAME` is
/// what is meant (systemd.service(5) has `/bin/kill -HUP $MAINPID`).
fn is_several(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    name == "MAINPID"
        || ["OPT", "ARG", "FLAGS", "PARAM"]
            .iter()
            .any(|part| name.contains(part))
}

fn judge(variable: &Variable, version: Version) -> Option<(Severity, String, Option<String>)> {
    let name = variable.name.as_str();
    let plain = name
        .split(|c: char| c != '_' && !c.is_ascii_alphanumeric())
        .next()?;
    let rest = &name[plain.len()..];
    let braced = (!plain.is_empty()).then(|| format!("write `${{{plain}}}{rest}`"));
    Some(match variable.kind {
        VariableKind::Split if rest.is_empty() && is_several(name) => return None,
        VariableKind::Split if rest.is_empty() => (
            Severity::Note,
            format!("`${name}` is split at blanks into several arguments"),
            Some(format!("write `${{{name}}}` where one argument is meant")),
        ),
        VariableKind::Split => (
            RULE.severity,
            format!("`${name}` is the variable called `{name}`, which nobody can set"),
            braced,
        ),
        VariableKind::Untouched if !plain.is_empty() => (
            RULE.severity,
            format!("`${name}` is not replaced within a word"),
            Some(format!("write `${{{name}}}`")),
        ),
        VariableKind::Extended => {
            let becomes = match lost(variable, version) {
                true => "comes to nothing",
                false => "stays as it is written",
            };
            (
                RULE.severity,
                format!("`${{{name}}}` {becomes}: systemd has no such form"),
                Some("give the default with Environment=, before EnvironmentFile=".to_owned()),
            )
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn what_becomes_of_variables_is_said() {
        let text = "[Service]\nExecStart=/bin/echo $LIST ${A} --b=$B $HOME/x ${C:-d} $$e 5$\n\
            ExecStop=/bin/sh -c 'echo $A ${B:-c}'\nExecReload=/bin/sh -c $A\n";
        insta::assert_snapshot!(said_by("AMB044", "centos7", text), @"
        x.service:2:21: note[AMB044]: `$LIST` is split at blanks into several arguments
        x.service:2:36: warning[AMB044]: `$B` is not replaced within a word
        x.service:2:39: warning[AMB044]: `$HOME/x` is the variable called `HOME/x`, which nobody can set
        x.service:2:47: warning[AMB044]: `${C:-d}` comes to nothing: systemd has no such form
        x.service:2:55: warning[AMB044]: `$$e` is the variable called `$e`, which nobody can set
        x.service:3:30: warning[AMB044]: `${B:-c}` comes to nothing: systemd has no such form
        ");
        insta::assert_snapshot!(said_by("AMB044", "el8", text), @"
        x.service:2:21: note[AMB044]: `$LIST` is split at blanks into several arguments
        x.service:2:36: warning[AMB044]: `$B` is not replaced within a word
        x.service:2:39: warning[AMB044]: `$HOME/x` is the variable called `HOME/x`, which nobody can set
        x.service:2:47: warning[AMB044]: `${C:-d}` stays as it is written: systemd has no such form
        ");
    }

    #[test]
    fn what_is_several_arguments_by_its_name_is_left_alone() {
        let text = "[Service]\nExecStart=/bin/echo $OPTIONS $MINIO_OPTS $args\nExecReload=/bin/kill -HUP $MAINPID\n";
        assert_eq!(said_by("AMB044", "el8", text), "");
    }
}
