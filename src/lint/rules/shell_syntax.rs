//! AMB043

use super::super::commands::execs;
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::unit::value::{Command, Word};

pub(super) static RULE: Rule = Rule {
    code: "AMB043",
    name: "shell-syntax",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "A command line is written for a shell, and systemd is none.",
    explanation: "systemd starts the program itself. Pipes, redirections, `&&`, `;` right after a word, `~`, backticks, \
        `$(…)` and patterns are plain arguments to it, and the program gets them as they are written.",
    example: Example {
        bad: "[Service]\nExecStart=/usr/bin/hello --serve > /var/log/hello.log 2>&1",
        good: "[Service]\nExecStart=/bin/sh -c 'exec /usr/bin/hello --serve > /var/log/hello.log 2>&1'",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for exec in execs(context) {
        for command in exec.without_shell() {
            let plain = command.words().filter(|word| !word.is_quoted());
            let mut foreign = plain.filter_map(|word| Some((word, meaning(word)?)));
            let Some((word, meaning)) = foreign.next() else {
                continue;
            };
            let title = format!(
                "`{}` is {meaning} in a shell, and an argument to systemd",
                word.raw
            );
            findings.push(
                Finding::new(&RULE, title)
                    .at_value(context.unit, exec.directive, word.range.clone(), "")
                    .help(help(command, &exec.directive.value, word)),
            );
        }
    }
}

/// What a word would be to a shell.
fn meaning(word: &Word<'_>) -> Option<&'static str> {
    let text = word.text.as_str();
    let without_number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    Some(match text {
        "|" | "|&" => "a pipe",
        "&&" | "||" => "the start of another command",
        "&" => "the wish to run in the background",
        _ if without_number.starts_with(['>', '<']) || text.starts_with("&>") => "a redirection",
        "~" => "the home directory",
        _ if text.starts_with("~/") => "the home directory",
        _ if text.contains("$(") || text.contains('`') => "the output of a command",
        _ if text.len() > 1 && word.raw.ends_with(';') && !word.raw.ends_with("\\;") => {
            "the end of a command"
        }
        _ if text.starts_with('/') && text.contains('*') => "a pattern",
        _ => return None,
    })
}

fn help(command: &Command<'_>, value: &str, word: &Word<'_>) -> String {
    if word.text.starts_with('~') {
        return "write the path itself".to_owned();
    }
    if word.raw.ends_with(';') {
        return "put a blank before the `;`, or write a line for each command".to_owned();
    }
    let start = command.executable.range.start;
    let text = value.get(start..command.range.end).unwrap_or_default();
    match text.contains(['\'', '\\']) || text.len() > 80 {
        true => "let a shell run it: `/bin/sh -c '…'`".to_owned(),
        false => format!("let a shell run it: `/bin/sh -c '{text}'`"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{findings, said_by};

    #[test]
    fn what_is_a_shells_is_found_where_no_shell_runs() {
        let text = "[Service]\nType=oneshot\nExecStart=/bin/a | /bin/b\nExecStart=/bin/a > /tmp/x\nExecStart=/bin/a 2>&1\n\
            ExecStart=/bin/a && /bin/b\nExecStart=/bin/a; /bin/b\nExecStart=/bin/a --x; /bin/b\nExecStart=/bin/a ~/x\n\
            ExecStart=/bin/a `date`\nExecStart=/bin/a $(date)\nExecStart=/bin/rm /tmp/*.x\n";
        insta::assert_snapshot!(said_by("AMB043", "el8", text), @"
        x.service:3:18: warning[AMB043]: `|` is a pipe in a shell, and an argument to systemd
        x.service:4:18: warning[AMB043]: `>` is a redirection in a shell, and an argument to systemd
        x.service:5:18: warning[AMB043]: `2>&1` is a redirection in a shell, and an argument to systemd
        x.service:6:18: warning[AMB043]: `&&` is the start of another command in a shell, and an argument to systemd
        x.service:7:11: warning[AMB043]: `/bin/a;` is the end of a command in a shell, and an argument to systemd
        x.service:8:18: warning[AMB043]: `--x;` is the end of a command in a shell, and an argument to systemd
        x.service:9:18: warning[AMB043]: `~/x` is the home directory in a shell, and an argument to systemd
        x.service:10:18: warning[AMB043]: ``date`` is the output of a command in a shell, and an argument to systemd
        x.service:11:18: warning[AMB043]: `$(date)` is the output of a command in a shell, and an argument to systemd
        x.service:12:19: warning[AMB043]: `/tmp/*.x` is a pattern in a shell, and an argument to systemd
        ");
    }

    #[test]
    fn shells_quotes_and_separators_give_nothing() {
        let text = "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'a | b > c'\nExecStart=/bin/bash -c \"a && b\"\n\
            ExecStart=/bin/a \"|\" '>' ; /bin/b \\;\nExecStart=/bin/grep --include=*.rs a|b\n";
        assert_eq!(said_by("AMB043", "el8", text), "");
    }

    #[test]
    fn the_way_out_is_written() {
        let text = "[Service]\nExecStart=-/bin/a | /bin/b\n";
        let found = findings("el8", &[("x.service", text)], None);
        let finding = found
            .iter()
            .find(|finding| finding.rule.code == "AMB043")
            .unwrap();
        assert_eq!(
            finding.diagnostic.help,
            ["let a shell run it: `/bin/sh -c '/bin/a | /bin/b'`"]
        );
    }
}
