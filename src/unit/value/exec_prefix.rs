//! The characters before the program of a command that say how to run it.

use super::version::Version;
use std::fmt;
use std::ops::Range;

/// A prefix of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExecPrefix {
    /// `@`: the first argument is the name that the program sees as its own.
    ArgumentZero,
    /// `-`: a failure counts as success.
    IgnoreFailure,
    /// `+`: runs with full privileges.
    FullPrivileges,
    /// `!`: `User=`, `Group=` and `SupplementaryGroups=` do not count.
    NoSetuid,
    /// `!!`: as `!` where the kernel has no ambient capabilities.
    AmbientFallback,
    /// `:`: no variables are replaced.
    NoVariables,
    /// `|`: runs in a shell.
    Shell,
}

/// A prefix where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrefixUse {
    /// Which.
    pub prefix: ExecPrefix,
    /// Where, in bytes of the value.
    pub range: Range<usize>,
}

impl ExecPrefix {
    /// All of them, longer ones before those they start with.
    pub const ALL: [ExecPrefix; 7] = [
        ExecPrefix::ArgumentZero,
        ExecPrefix::IgnoreFailure,
        ExecPrefix::FullPrivileges,
        ExecPrefix::AmbientFallback,
        ExecPrefix::NoSetuid,
        ExecPrefix::NoVariables,
        ExecPrefix::Shell,
    ];

    /// How it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            ExecPrefix::ArgumentZero => "@",
            ExecPrefix::IgnoreFailure => "-",
            ExecPrefix::FullPrivileges => "+",
            ExecPrefix::NoSetuid => "!",
            ExecPrefix::AmbientFallback => "!!",
            ExecPrefix::NoVariables => ":",
            ExecPrefix::Shell => "|",
        }
    }

    /// The version that it came with: load-fragment.c of v1, v3, v231, v235 and v242 (Red Hat's
    /// 239 does not have `:`), NEWS of 258 for `|`.
    pub const fn since(self) -> u16 {
        match self {
            ExecPrefix::ArgumentZero => 1,
            ExecPrefix::IgnoreFailure => 3,
            ExecPrefix::FullPrivileges => 231,
            ExecPrefix::NoSetuid | ExecPrefix::AmbientFallback => 235,
            ExecPrefix::NoVariables => 242,
            ExecPrefix::Shell => 258,
        }
    }

    /// Whether this version knows it.
    pub fn is_known(self, version: Version) -> bool {
        version.number() >= self.since()
    }

    /// The one that a text starts with.
    pub(super) fn at_start(text: &str) -> Option<Self> {
        let starts = |prefix: &ExecPrefix| text.starts_with(prefix.as_str());
        Self::ALL.into_iter().find(starts)
    }

    /// Whether it says with which privileges to run; one of these is all that a command takes.
    pub fn is_about_privileges(self) -> bool {
        matches!(
            self,
            ExecPrefix::FullPrivileges | ExecPrefix::NoSetuid | ExecPrefix::AmbientFallback
        )
    }
}

impl fmt::Display for ExecPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
