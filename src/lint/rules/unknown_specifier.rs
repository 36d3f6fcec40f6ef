//! AMB023

use super::super::commands::{Exec, execs};
use super::super::value::{known, resolves_specifiers};
use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::target::systemd::{self, SpecifierContext, Standing, ValueKind};
use crate::unit::Directive;
use crate::unit::value::{self, ExecPrefix, Word};

pub(super) static RULE: Rule = Rule {
    code: "AMB023",
    name: "unknown-specifier",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "The target's systemd does not know what `%` and this letter stand for.",
    explanation: "systemd before 236 leaves an unknown specifier as it is written, and the program sees `%y`. Later \
        versions ignore the line; in a command line, in User= and in WorkingDirectory= they refuse the unit. A plain \
        percent sign is written `%%`.",
    example: Example {
        bad: "[Service]\nExecStart=/usr/bin/hello --format=%Q",
        good: "[Service]\nExecStart=/usr/bin/hello --format=%%Q",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for exec in execs(context) {
        for command in &exec.line.commands {
            let ignored = command.has(ExecPrefix::IgnoreFailure);
            let effect = match ignored {
                true => Effect::LineIgnored,
                false => Effect::UnitRefused,
            };
            for (at, letter) in command.words().flat_map(Word::specifiers) {
                judge(context, &exec, at, letter, effect, findings);
            }
        }
    }
    for directive in context.directives() {
        let Some(row) = known(context, directive) else {
            continue;
        };
        if !resolves_specifiers(row) || row.kind() == ValueKind::Command {
            continue;
        }
        let is_fatal = matches!(row.kind(), ValueKind::User | ValueKind::UserList)
            || row.parser == "working_directory";
        let effect = match is_fatal {
            true => Effect::UnitRefused,
            false => Effect::LineIgnored,
        };
        for (at, letter) in value::specifiers_in(&directive.value) {
            findings.extend(finding(context, directive, at, letter, effect));
        }
    }
}

fn judge(
    context: &Context<'_>,
    exec: &Exec<'_>,
    at: usize,
    letter: char,
    effect: Effect,
    findings: &mut Vec<Finding>,
) {
    findings.extend(finding(context, exec.directive, at, letter, effect));
}

fn finding(
    context: &Context<'_>,
    directive: &Directive,
    at: usize,
    letter: char,
    effect: Effect,
) -> Option<Finding> {
    let row = known(context, directive)?;
    let place = match row.kind() {
        ValueKind::UnitList => SpecifierContext::UnitName,
        _ => SpecifierContext::Value,
    };
    let since = match context.profile.specifier(letter, place) {
        Standing::Unknown => String::new(),
        Standing::TooNew { since } => format!("; it is known since {since}"),
        _ => return None,
    };
    let systemd = context.profile.systemd.value;
    let refuses = context.profile.refuses_unknown_specifiers();
    let label = match (refuses, effect) {
        (false, _) => "this stays as it is written",
        (true, Effect::UnitRefused) => "systemd refuses the unit",
        (true, _) => "the line is ignored",
    };
    let title = format!(
        "{}= has `%{letter}`, which systemd {systemd} does not know{since}",
        directive.key
    );
    let end = at + 1 + letter.len_utf8();
    let mut finding = Finding::new(&RULE, title)
        .at_value(context.unit, directive, at..end, label)
        .version_bound()
        .help_if(
            systemd::specifier(letter)
                .is_none()
                .then(|| "write `%%` for a percent sign".to_owned()),
        );
    finding.effect = refuses.then_some(effect);
    if !refuses {
        finding = finding.severity(Severity::Warning);
    }
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn specifiers_are_known_from_a_version_on() {
        let text = "[Unit]\nDescription=100% of %q\n[Service]\nExecStart=/bin/echo %h %y %% 5%\nEnvironment=A=%C B=%Z\n";
        insta::assert_snapshot!(said_by("AMB023", "centos7", text), @"
        x.service:4:24: warning[AMB023]: ExecStart= has `%y`, which systemd 219 does not know; it is known since 251
        x.service:2:21: warning[AMB023]: Description= has `%q`, which systemd 219 does not know; it is known since 251
        x.service:5:15: warning[AMB023]: Environment= has `%C`, which systemd 219 does not know; it is known since 236
        x.service:5:20: warning[AMB023]: Environment= has `%Z`, which systemd 219 does not know
        ");
        insta::assert_snapshot!(said_by("AMB023", "el8", text), @"
        x.service:4:24: error[AMB023]: ExecStart= has `%y`, which systemd 239 does not know; it is known since 251
        x.service:2:21: error[AMB023]: Description= has `%q`, which systemd 239 does not know; it is known since 251
        x.service:5:20: error[AMB023]: Environment= has `%Z`, which systemd 239 does not know
        ");
        insta::assert_snapshot!(said_by("AMB023", "el9", text), @"x.service:5:20: error[AMB023]: Environment= has `%Z`, which systemd 252 does not know");
    }
}
