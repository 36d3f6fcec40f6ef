//! What a value such as that of `ExecStart=` holds.

use super::exec_prefix::{ExecPrefix, PrefixUse};
use super::invalid::Invalid;
use super::variable::Variable;
use super::version::Version;
use super::word::Word;
use std::ops::Range;

/// The commands of one value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandLine<'a> {
    /// All that can be made out, whether systemd takes them or not. None at all is a reset where
    /// there are no problems either.
    pub commands: Vec<Command<'a>>,
    /// What is wrong, in the order of the value.
    pub problems: Vec<CommandProblem>,
}

impl CommandLine<'_> {
    /// Whether the value takes back the commands before it.
    pub fn is_reset(&self) -> bool {
        self.commands.is_empty() && self.problems.is_empty()
    }

    /// The worst that becomes of it; `None` where all is well.
    pub fn consequence(&self) -> Option<Consequence> {
        self.problems
            .iter()
            .map(|problem| problem.consequence)
            .max()
    }
}

/// A problem of a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandProblem {
    /// Where and what.
    pub invalid: Invalid,
    /// The same in groups, for who asks what to do about it.
    pub flaw: CommandFlaw,
    /// What systemd does about it.
    pub consequence: Consequence,
}

/// Which part of a command a problem is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandFlaw {
    /// Quotes and escapes.
    Quoting,
    /// The prefixes.
    Prefix,
    /// The program.
    Executable,
}

/// What systemd does about a problem of a command line, from mild to hard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Consequence {
    /// It takes the command, but not as it may be meant; or it has given up before.
    Tolerated,
    /// It drops the command and what follows it in the value; those before it stay.
    Dropped,
    /// It refuses the unit.
    Refused,
}

/// One command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command<'a> {
    /// The prefixes in their order.
    pub prefixes: Vec<PrefixUse>,
    /// The program, prefixes taken off.
    pub executable: Word<'a>,
    /// The words after it; with `@` the first is the name that the program sees as its own.
    pub arguments: Vec<Word<'a>>,
    /// From the first prefix to the last argument, in bytes of the value.
    pub range: Range<usize>,
    /// Whether systemd takes it; what follows one that it does not take it never looks at.
    pub taken: bool,
}

impl<'a> Command<'a> {
    /// Whether it has this prefix.
    pub fn has(&self, prefix: ExecPrefix) -> bool {
        self.prefixes.iter().any(|used| used.prefix == prefix)
    }

    /// Whether the program is a path from the root; one that starts with a specifier may be.
    pub fn is_absolute(&self) -> bool {
        self.executable.text.starts_with('/')
    }

    /// The program and the arguments.
    pub fn words(&self) -> impl Iterator<Item = &Word<'a>> {
        std::iter::once(&self.executable).chain(&self.arguments)
    }

    /// The variables in the arguments; none where `:` keeps systemd from replacing them.
    pub fn variables(&self, version: Version) -> Vec<Variable> {
        if self.has(ExecPrefix::NoVariables) {
            return Vec::new();
        }
        let arguments = self.arguments.iter();
        arguments.flat_map(|word| word.variables(version)).collect()
    }
}
