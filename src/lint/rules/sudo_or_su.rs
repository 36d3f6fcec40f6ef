//! AMB047

use super::super::commands::{execs, is_shell};
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::unit::value::Command;
use std::ops::Range;

pub(super) static RULE: Rule = Rule {
    code: "AMB047",
    name: "sudo-or-su",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "A command changes the user with sudo, su or the like.",
    explanation: "User= and Group= do that. sudo and su make a session of their own through PAM, move the program into \
        another control group or leave systemd with their own process in its place, and often want a terminal; then \
        signals, the main process and the readiness of the service go astray.",
    example: Example {
        bad: "[Service]\nExecStart=/usr/bin/sudo -u hello /usr/bin/hello",
        good: "[Service]\nUser=hello\nExecStart=/usr/bin/hello",
    },
    check,
};

/// Programs that run another one under another user (sudo(8), su(1), runuser(1), doas(1)).
const CHANGERS: [&str; 4] = ["sudo", "su", "runuser", "doas"];

/// Programs that run the program that they are given.
const WRAPPERS: [&str; 11] = [
    "chrt", "command", "env", "exec", "flock", "ionice", "nice", "nohup", "setsid", "stdbuf",
    "timeout",
];

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for exec in execs(context) {
        for command in &exec.line.commands {
            let Some((name, range)) = changer(command) else {
                continue;
            };
            let title = format!("{}= changes the user with {name}", exec.directive.key);
            findings.push(
                Finding::new(&RULE, title)
                    .at_value(context.unit, exec.directive, range, "")
                    .help("set User= and Group=, and run the program itself"),
            );
        }
    }
}

/// The program of a command that changes the user, and where it stands.
fn changer(command: &Command<'_>) -> Option<(&'static str, Range<usize>)> {
    let program = &command.executable;
    let own = changer_named(&program.text).map(|name| (name, program.range.clone()));
    let wrapped = || {
        let mut later = command.arguments.iter();
        let found = later.find_map(|word| Some((changer_named(&word.text)?, word.range.clone())));
        found.filter(|_| WRAPPERS.contains(&file_name(&program.text)))
    };
    let in_shell = || {
        let mut scripts = command.arguments.iter();
        let found = scripts.find_map(|word| Some((in_script(&word.text)?, word.range.clone())));
        found.filter(|_| is_shell(command))
    };
    own.or_else(wrapped).or_else(in_shell)
}

/// A program that changes the user, where a script of a shell runs one.
fn in_script(script: &str) -> Option<&'static str> {
    let commands = script.split(['\n', ';', '&', '|', '(', ')', '`', '{', '}']);
    commands.into_iter().find_map(|command| {
        let passed = |word: &&str| {
            let is_word = ["if", "then", "else", "do", "while", "!"].contains(word);
            is_word || WRAPPERS.contains(&file_name(word)) || word.contains('=')
        };
        let mut words = command.split_whitespace().skip_while(passed);
        changer_named(words.next()?)
    })
}

fn changer_named(path: &str) -> Option<&'static str> {
    let mut known = CHANGERS.into_iter();
    known.find(|name| *name == file_name(path))
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn sudo_and_su_are_found_as_programs() {
        let text = "[Service]\nExecStartPre=-/usr/bin/sudo -u a /bin/b\nExecStart=/bin/su - a -c b\nExecStop=/usr/bin/sum su\n";
        insta::assert_snapshot!(said_by("AMB047", "el8", text), @"
        x.service:2:15: warning[AMB047]: ExecStartPre= changes the user with sudo
        x.service:3:11: warning[AMB047]: ExecStart= changes the user with su
        ");
    }

    #[test]
    fn they_are_found_behind_other_programs_and_in_scripts() {
        let text = "[Service]\nExecStartPre=/sbin/runuser -u a -- /bin/b\nExecStartPre=/usr/bin/env A=1 sudo b\n\
            ExecStart=/bin/sh -c \"cd /tmp && A=1 sudo b\"\nExecStop=/bin/sh -c 'echo sudo; sum su'\nExecReload=/bin/echo su\n";
        insta::assert_snapshot!(said_by("AMB047", "el8", text), @"
        x.service:2:14: warning[AMB047]: ExecStartPre= changes the user with runuser
        x.service:3:31: warning[AMB047]: ExecStartPre= changes the user with sudo
        x.service:4:22: warning[AMB047]: ExecStart= changes the user with sudo
        ");
    }
}
