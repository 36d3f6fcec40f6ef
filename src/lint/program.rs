//! The programs that a service starts.

use super::Context;
use crate::unit::Directive;
use std::ops::Range;

/// The directives of `[Service]` whose values are command lines.
pub(super) const COMMANDS: [&str; 7] = [
    "ExecCondition",
    "ExecStartPre",
    "ExecStart",
    "ExecStartPost",
    "ExecReload",
    "ExecStop",
    "ExecStopPost",
];

/// A program of a command line.
#[derive(Clone, Debug)]
pub(super) struct Program<'a> {
    /// The line.
    pub(super) directive: &'a Directive,
    /// The program as it is written, quotes and prefixes taken off.
    pub(super) path: &'a str,
    /// Where it stands in the value, in bytes.
    pub(super) range: Range<usize>,
    /// What follows it, as it is written.
    pub(super) arguments: &'a str,
    /// Whether systemd goes on when it fails (`-`).
    pub(super) may_fail: bool,
}

impl Program<'_> {
    /// The name of the file.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

/// The programs of these directives. What only systemd knows at run time, because of a specifier or
/// a variable, is left out.
pub(super) fn programs<'a>(context: &Context<'a>, keys: &[&str]) -> Vec<Program<'a>> {
    let mut found = Vec::new();
    for key in keys {
        for directive in context.list("Service", key) {
            let mut start = 0;
            for command in directive.value.split(" ; ") {
                found.extend(program(directive, start, command));
                start += command.len() + " ; ".len();
            }
        }
    }
    found
}

fn program<'a>(directive: &'a Directive, start: usize, command: &'a str) -> Option<Program<'a>> {
    let blanks = command.len() - command.trim_start().len();
    let marks = |c: char| "\"'@-+!:|".contains(c);
    let prefix = command[blanks..].len() - command[blanks..].trim_start_matches(marks).len();
    let from = blanks + prefix;
    let rest = &command[from..];
    let end = rest
        .find(|c: char| c.is_whitespace() || c == '"' || c == '\'')
        .unwrap_or(rest.len());
    let path = &rest[..end];
    if path.is_empty() || path.contains(['%', '$', '\\']) {
        return None;
    }
    Some(Program {
        directive,
        path,
        range: start + from..start + from + end,
        arguments: rest[end..].trim_start_matches(['"', '\'']).trim(),
        may_fail: command[blanks..from].contains('-'),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::Document;

    #[test]
    fn prefixes_and_quotes_are_no_part_of_the_program() {
        for (value, path, arguments, may_fail) in [
            ("/bin/a b c", "/bin/a", "b c", false),
            ("-@/bin/a x", "/bin/a", "x", true),
            ("\"/bin/a\" -x", "/bin/a", "-x", false),
            ("+!!/bin/a-b", "/bin/a-b", "", false),
        ] {
            let text = format!("[Service]\nExecStart={value}\n");
            let document = Document::parse(text.as_bytes());
            let directive = &document.directives()[0];
            let found = program(directive, 0, &directive.value).unwrap();
            assert_eq!(
                (found.path, found.arguments, found.may_fail),
                (path, arguments, may_fail)
            );
            assert_eq!(&directive.value[found.range], path);
        }
    }

    #[test]
    fn what_is_known_at_run_time_alone_is_left_out() {
        for value in ["/opt/%i/run", "${HOME}/run", "$RUN", "-"] {
            let document = Document::parse(format!("[Service]\nExecStart={value}\n").as_bytes());
            let directive = &document.directives()[0];
            assert!(program(directive, 0, &directive.value).is_none(), "{value}");
        }
    }
}
