//! AMB028

use super::super::commands::execs;
use super::super::value::{known, resolves_specifiers};
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::target::systemd::{self, ValueKind};
use crate::unit::value::{self, Command, Word};
use crate::unit::{Directive, boolean};

pub(super) static RULE: Rule = Rule {
    code: "AMB028",
    name: "specifier-of-the-manager",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "A specifier that is about root is used in a service that runs as another user.",
    explanation: "Since systemd 228 %h, %s, %u and %U are the home, shell, name and number of the user that the service \
        manager runs as, which is root for the services of the system, whatever User= says. systemd 219 goes by User= \
        and knows no home and no shell but those of root, and no number of a user that is given by name: a command \
        with them does not start, other lines are ignored, or the specifier stays as it is written. Packaging writes for 219 what later versions do.",
    example: Example {
        bad: "[Service]\nUser=hello\n# %h is /root\nExecStart=/usr/bin/hello --home=%h",
        good: "[Service]\nUser=hello\nExecStart=/usr/bin/hello --home=/var/lib/hello",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(user) = user(context) else {
        return;
    };
    for exec in execs(context) {
        let words = exec.line.commands.iter().flat_map(Command::words);
        for (at, letter) in words.flat_map(Word::specifiers) {
            findings.extend(finding(context, exec.directive, at, letter, &user));
        }
    }
    for directive in context.directives() {
        let is_meant = known(context, directive).is_some_and(is_about);
        if is_meant {
            for (at, letter) in value::specifiers_in(&directive.value) {
                findings.extend(finding(context, directive, at, letter, &user));
            }
        }
    }
}

/// Whether the rule looks at the values of a directive; names of units are for the manager, and texts
/// for people.
pub(in crate::lint) fn is_about(row: &systemd::Directive) -> bool {
    resolves_specifiers(row)
        && !matches!(
            row.kind(),
            ValueKind::Command
                | ValueKind::Text
                | ValueKind::UnitList
                | ValueKind::UnitName
                | ValueKind::User
                | ValueKind::UserList
        )
}

/// Who the service runs as, where it is not root.
struct User<'a> {
    name: &'a str,
    line: usize,
}

fn user<'a>(context: &Context<'a>) -> Option<User<'a>> {
    if let Some(line) = context.last("Service", "User") {
        let is_root = ["root", "0"].contains(&line.value.as_str());
        return (!is_root).then_some(User {
            name: &line.value,
            line: line.line,
        });
    }
    let dynamic = context.last("Service", "DynamicUser")?;
    let is_on = boolean(&dynamic.value) == Some(true) && known(context, dynamic).is_some();
    is_on.then_some(User {
        name: context.unit.name.prefix(),
        line: dynamic.line,
    })
}

fn finding(
    context: &Context<'_>,
    directive: &Directive,
    at: usize,
    letter: char,
    user: &User<'_>,
) -> Option<Finding> {
    let (what, root) = match letter {
        'h' => ("the home", "/root"),
        's' => ("the shell", "/bin/sh"),
        'u' => ("the name", "root"),
        'U' => ("the number", "0"),
        _ => return None,
    };
    let name = user.name;
    let key = &directive.key;
    let kind = known(context, directive)?.kind();
    let is_command = kind == ValueKind::Command;
    // Packaging writes for 219 what later versions make of it.
    let by_manager = context.profile.resolves_to_manager() || context.package.is_some();
    // 219 resolves a value when it reads the line, and a command when it runs it.
    let is_late = !is_command && directive.line < user.line;
    let finding = if by_manager || is_late {
        Finding::new(
            &RULE,
            format!("`%{letter}` in {key}= is {root}, not {what} of {name}"),
        )
    } else {
        let knows = letter == 'u' || letter == 'U' && name.parse::<u32>().is_ok();
        if knows {
            return None;
        }
        // `config_parse_environ()` and its kin of 219 take the value as it is written then.
        let becomes = match kind {
            ValueKind::Command => "the command does not start",
            ValueKind::Environment | ValueKind::EnvironmentFile | ValueKind::PathList => {
                "it stays as it is written"
            }
            _ => "the line is ignored",
        };
        let systemd = context.profile.systemd.value;
        let title =
            format!("systemd {systemd} resolves `%{letter}` in {key}= for root alone: {becomes}");
        Finding::new(&RULE, title).severity(Severity::Error)
    };
    let help = match letter {
        'h' if key == "WorkingDirectory" => {
            format!(
                "write the path, such as /var/lib/{name}; since systemd 227 `~` alone is the home of User="
            )
        }
        'h' => format!("write the path, such as /var/lib/{name}"),
        'u' => format!("write `{name}`"),
        _ => format!("write {what} itself"),
    };
    Some(
        finding
            .at_value(context.unit, directive, at..at + 2, "")
            .help(help),
    )
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    const TEXT: &str = "[Service]\nEnvironment=A=%h\nUser=hello\nExecStart=/bin/x --home=%h %u %U %t\n\
        WorkingDirectory=%h\nDescription=%h\n";

    /// `specifier_user_home()` and the others of unit-printf.c; 219 resolves values as it reads them.
    #[test]
    fn the_manager_is_root_and_the_service_is_not() {
        insta::assert_snapshot!(said_by("AMB028", "el8", TEXT), @"
        x.service:4:25: warning[AMB028]: `%h` in ExecStart= is /root, not the home of hello
        x.service:4:28: warning[AMB028]: `%u` in ExecStart= is root, not the name of hello
        x.service:4:31: warning[AMB028]: `%U` in ExecStart= is 0, not the number of hello
        x.service:2:15: warning[AMB028]: `%h` in Environment= is /root, not the home of hello
        x.service:5:18: warning[AMB028]: `%h` in WorkingDirectory= is /root, not the home of hello
        ");
        insta::assert_snapshot!(said_by("AMB028", "centos7", TEXT), @"
        x.service:4:25: error[AMB028]: systemd 219 resolves `%h` in ExecStart= for root alone: the command does not start
        x.service:4:31: error[AMB028]: systemd 219 resolves `%U` in ExecStart= for root alone: the command does not start
        x.service:2:15: warning[AMB028]: `%h` in Environment= is /root, not the home of hello
        x.service:5:18: error[AMB028]: systemd 219 resolves `%h` in WorkingDirectory= for root alone: the line is ignored
        ");
    }

    #[test]
    fn for_root_it_is_all_the_same() {
        for user in ["", "User=root\n", "User=0\n", "User=a\nUser=\n"] {
            let text = format!("[Service]\n{user}ExecStart=/bin/x %h %u\n");
            assert_eq!(said_by("AMB028", "el8", &text), "", "{user}");
        }
        let dynamic = "[Service]\nDynamicUser=yes\nExecStart=/bin/x %h\n";
        assert_ne!(said_by("AMB028", "el8", dynamic), "");
        assert_eq!(said_by("AMB028", "centos7", dynamic), "");
    }
}
