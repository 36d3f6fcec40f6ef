//! Reads command lines.

use super::command::{Command, CommandFlaw, CommandLine, CommandProblem, Consequence};
use super::exec_prefix::{ExecPrefix, PrefixUse};
use super::invalid::{Invalid, Reason};
use super::lexer::{Lexed, Lexer, Style};
use super::specifier::{leading_specifier, specifiers_in};
use super::version::Version;
use super::word::Word;

/// Reads the value of `ExecStart=` and its kin.
///
/// `config_parse_exec()` of load-fragment.c in 219, 239 and v251:
/// - commands are separated by a word that is `;` and nothing else, `\;` is the argument `;`; on
///   219 quotes around either change nothing;
/// - before the program stand prefixes in any order, each once, within its quotes if it has any;
/// - up to 219 quotes hold only around a whole word, later they do anywhere;
/// - a problem drops the rest of the value on 219; later it makes systemd refuse the unit, unless
///   the command has the prefix `-` or the problem is in the quoting of its first word.
pub fn command_line(value: &str, version: Version) -> CommandLine<'_> {
    let mut reader = Reader {
        value,
        version,
        lexer: Lexer::new(value, Style::command(version)),
        line: CommandLine::default(),
        stopped: false,
    };
    while reader.command() {}
    reader.line
}

struct Reader<'a> {
    value: &'a str,
    version: Version,
    lexer: Lexer<'a>,
    line: CommandLine<'a>,
    /// systemd has given up, and what follows is read for its reader alone.
    stopped: bool,
}

impl<'a> Reader<'a> {
    /// Reads one command; false at the end.
    fn command(&mut self) -> bool {
        let Some(first) = self.lexer.word() else {
            return false;
        };
        if first.word.text == ";" && self.version.skips_leading_separator() {
            return true;
        }
        let start = first.word.range.start;
        let (prefixes, skipped) = self.prefixes(&first.word);
        let executable = first.word.skip(self.value, skipped);
        let mut command = Command {
            range: start..first.word.range.end,
            prefixes,
            executable,
            arguments: Vec::new(),
            taken: false,
        };
        let before = self.stopped;
        let goes_on = self.note(&command, first, Consequence::Dropped);
        let goes_on = goes_on && self.arguments(&mut command);
        if !before {
            self.judge(&command);
        }
        command.taken = !before && !self.stopped;
        self.line
            .problems
            .sort_by_key(|problem| problem.invalid.range.start);
        self.line.commands.push(command);
        goes_on
    }

    /// Reads up to the next separator; false where the reading has to end.
    fn arguments(&mut self, command: &mut Command<'a>) -> bool {
        loop {
            let next = self.lexer.peek();
            let meaning = match self.version.unquotes_within_words() {
                true => next,
                false => unquoted(next),
            };
            if meaning == ";" {
                self.lexer.take(next.len(), ";");
                return true;
            }
            let word = if meaning == "\\;" {
                self.lexer.take(next.len(), ";")
            } else if let Some(lexed) = self.lexer.word() {
                let word = lexed.word.clone();
                let refused = self.unless_ignored(command);
                if !self.note(command, lexed, refused) {
                    command.range.end = word.range.end;
                    command.arguments.push(word);
                    return false;
                }
                word
            } else {
                return true;
            };
            command.range.end = word.range.end;
            command.arguments.push(word);
        }
    }

    /// Takes the prefixes that this version knows, and the bytes that they have.
    fn prefixes(&self, word: &Word<'a>) -> (Vec<PrefixUse>, usize) {
        let mut prefixes: Vec<PrefixUse> = Vec::new();
        let mut at = 0;
        while let Some(mut prefix) = ExecPrefix::at_start(&word.text[at..]) {
            let uses = |p: ExecPrefix| prefixes.iter().any(|used| used.prefix == p);
            let privileges = prefixes
                .iter()
                .any(|used| used.prefix.is_about_privileges());
            if prefix == ExecPrefix::AmbientFallback && privileges {
                prefix = ExecPrefix::NoSetuid;
            }
            // `!-!` is `!!` with a `-`, because the second `!` changes what the first one means.
            if prefix == ExecPrefix::NoSetuid && uses(ExecPrefix::NoSetuid) {
                prefixes.retain(|used| used.prefix != ExecPrefix::NoSetuid);
                prefix = ExecPrefix::AmbientFallback;
                let range = word.source(at..at + 1);
                prefixes.push(PrefixUse { prefix, range });
                at += 1;
                continue;
            }
            let clashes = prefix.is_about_privileges() && privileges;
            if !prefix.is_known(self.version) || uses(prefix) || clashes {
                break;
            }
            let end = at + prefix.as_str().len();
            let range = word.source(at..end);
            prefixes.push(PrefixUse { prefix, range });
            at = end;
        }
        (prefixes, at)
    }

    fn unless_ignored(&self, command: &Command<'a>) -> Consequence {
        let ignored = command.has(ExecPrefix::IgnoreFailure);
        match ignored || !self.version.unquotes_within_words() {
            true => Consequence::Dropped,
            false => Consequence::Refused,
        }
    }

    /// Keeps what there is to say about a word; false where the reading has to end.
    fn note(&mut self, command: &Command<'a>, lexed: Lexed<'a>, fatal: Consequence) -> bool {
        for note in lexed.notes {
            self.problem(note, CommandFlaw::Quoting, Consequence::Tolerated);
        }
        let not_utf8 = !lexed.word.is_utf8 && !self.version.unquotes_within_words();
        if not_utf8 && lexed.fatal.is_none() {
            let problem = Invalid::new(lexed.word.range, Reason::NotUtf8);
            let consequence = self.unless_ignored(command);
            self.problem(problem, CommandFlaw::Quoting, consequence);
        }
        let Some(problem) = lexed.fatal else {
            return true;
        };
        self.problem(problem, CommandFlaw::Quoting, fatal);
        false
    }

    fn problem(&mut self, invalid: Invalid, flaw: CommandFlaw, consequence: Consequence) {
        // Once systemd has given up, what follows has no further consequence.
        let consequence = match self.stopped {
            true => Consequence::Tolerated,
            false => consequence,
        };
        self.stopped |= consequence > Consequence::Tolerated;
        self.line.problems.push(CommandProblem {
            invalid,
            flaw,
            consequence,
        });
    }

    /// Looks at the program as systemd does after it has all the words.
    fn judge(&mut self, command: &Command<'a>) {
        let consequence = self.unless_ignored(command);
        if let Some((invalid, flaw)) = self.wrong_executable(command) {
            // From v247 on any name may be looked for, and not be found, when the unit starts.
            let is_name = !matches!(invalid.reason, Reason::ExecutableCharacter(_))
                && !matches!(command.executable.text.as_str(), "" | "." | "..")
                && !command.executable.text.contains('/');
            let found_late = is_name && self.version.skips_leading_separator();
            let consequence = match found_late {
                true => Consequence::Tolerated,
                false => consequence,
            };
            self.problem(invalid, flaw, consequence);
        }
        if command.has(ExecPrefix::ArgumentZero) && command.arguments.is_empty() {
            let end = command.range.end;
            let invalid = Invalid::new(end..end, Reason::NoArgumentZero);
            self.problem(invalid, CommandFlaw::Prefix, consequence);
        }
        let specifiers = specifiers_in(&command.executable.text);
        if let (Some((at, _)), false) = (specifiers.first(), self.version.resolves_executable()) {
            let range = command.executable.source(*at..at + 2);
            let invalid = Invalid::new(range, Reason::ExecutableSpecifier);
            self.problem(invalid, CommandFlaw::Executable, Consequence::Tolerated);
        }
    }

    fn wrong_executable(&self, command: &Command<'a>) -> Option<(Invalid, CommandFlaw)> {
        let word = &command.executable;
        let text = word.text.as_str();
        let executable = |reason| {
            Some((
                Invalid::new(word.range.clone(), reason),
                CommandFlaw::Executable,
            ))
        };
        if text.is_empty() && !command.has(ExecPrefix::Shell) {
            return executable(Reason::NoExecutable);
        }
        if let Some(invalid) = self.wrong_prefix(command) {
            return Some((invalid, CommandFlaw::Prefix));
        }
        let is_unsafe = |c: &char| c.is_ascii_control() || matches!(c, '"' | '\'' | '\\');
        if let Some(character) = text.chars().find(is_unsafe) {
            return executable(Reason::ExecutableCharacter(character));
        }
        let resolved = self.version.resolves_executable() && leading_specifier(text).is_some();
        let is_name = self.version.looks_up_executables() && !text.contains('/');
        let is_dots = matches!(text, "." | "..");
        if text.starts_with('$') {
            return executable(Reason::ExecutableVariable);
        }
        if !text.starts_with('/') && !resolved && (!is_name || is_dots) && !text.is_empty() {
            return executable(Reason::ExecutableNotAbsolute);
        }
        if text.ends_with('/') {
            return executable(Reason::ExecutableDirectory);
        }
        None
    }

    /// A prefix that is left over because it is not known, or there already.
    fn wrong_prefix(&self, command: &Command<'a>) -> Option<Invalid> {
        let word = &command.executable;
        let prefix = ExecPrefix::at_start(&word.text)?;
        let range = word.source(0..prefix.as_str().len());
        if !prefix.is_known(self.version) {
            let since = prefix.since();
            return Some(Invalid::new(range, Reason::PrefixUnknown { prefix, since }));
        }
        let first = |text: &str| text.chars().next().unwrap_or_default();
        let character = first(prefix.as_str());
        let range = word.source(0..1);
        if prefix.is_about_privileges() {
            let used = command
                .prefixes
                .iter()
                .find(|used| used.prefix.is_about_privileges())?;
            let other = first(used.prefix.as_str());
            if other != character {
                return Some(Invalid::new(range, Reason::PrefixClash(character, other)));
            }
        }
        Some(Invalid::new(range, Reason::PrefixTwice(character)).instead(""))
    }
}

/// A word without the quotes around it.
fn unquoted(word: &str) -> &str {
    ['"', '\'']
        .into_iter()
        .find_map(|quote| word.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(word)
}

#[cfg(test)]
mod tests;
