//! What is wrong with a value.

use super::exec_prefix::ExecPrefix;
use super::word::Word;
use std::ops::Range;
use thiserror::Error;

/// Something in a value that systemd does not take.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{reason}")]
pub struct Invalid {
    /// Where, in bytes of the value; an empty range stands where something is missing.
    pub range: Range<usize>,
    /// What is wrong with it.
    pub reason: Reason,
    /// What to write in the place of the range, where one right form is near.
    pub instead: Option<String>,
}

impl Invalid {
    pub(super) fn new(range: Range<usize>, reason: Reason) -> Self {
        Invalid {
            range,
            reason,
            instead: None,
        }
    }

    /// Of the whole value.
    pub(super) fn whole(value: &str, reason: Reason) -> Self {
        Self::new(0..value.len(), reason)
    }

    pub(super) fn instead(mut self, text: impl Into<String>) -> Self {
        self.instead = Some(text.into());
        self
    }

    pub(super) fn instead_if(mut self, text: Option<String>) -> Self {
        self.instead = text;
        self
    }

    /// The same, of a value that starts at this byte of another one.
    pub(super) fn moved(mut self, by: usize) -> Self {
        self.range = self.range.start + by..self.range.end + by;
        self
    }

    /// The same, of the text of a word in its value.
    pub(super) fn in_word(mut self, word: &Word<'_>) -> Self {
        self.range = word.source(self.range);
        // What is to be written may need the quotes that the word had.
        self.instead = self.instead.filter(|_| !word.is_quoted());
        self
    }
}

/// What can be wrong with a value. The texts continue "the value is wrong: …".
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Reason {
    /// Nothing where something has to be.
    #[error("it is empty")]
    Empty,
    /// A quote without its partner.
    #[error("the quote is not closed")]
    UnbalancedQuote,
    /// Text right after a closing quote, which 219 does not take.
    #[error("systemd 219 takes nothing right after a closing quote")]
    TextAfterQuote,
    /// A quote within a word, which 219 takes for a plain character.
    #[error("systemd 219 takes a quote within a word for a plain character")]
    QuoteWithinWord,
    /// A `\` at the very end.
    #[error("nothing follows the `\\`")]
    OpenEscape,
    /// An escape that this version does not know.
    #[error("`{0}` is no escape that it knows")]
    UnknownEscape(String),
    /// Bytes that are not UTF-8, written as escapes.
    #[error("its escapes do not make UTF-8")]
    NotUtf8,
    /// A control character where none may be.
    #[error("it contains the control character {0:?}")]
    ControlCharacter(char),
    /// A command without a program.
    #[error("the command has no program")]
    NoExecutable,
    /// `@` without the name for the program.
    #[error("after `@` comes the program, then the name that it is to see as its own")]
    NoArgumentZero,
    /// A prefix that came later.
    #[error("the prefix `{prefix}` came with systemd {since}")]
    PrefixUnknown {
        /// The prefix.
        prefix: ExecPrefix,
        /// The version.
        since: u16,
    },
    /// The same prefix twice.
    #[error("the prefix `{0}` stands there twice")]
    PrefixTwice(char),
    /// Two prefixes that do not go together.
    #[error("the prefix `{0}` does not go with `{1}`")]
    PrefixClash(char, char),
    /// The name of a program that has to be a path.
    #[error("the program has to be an absolute path")]
    ExecutableNotAbsolute,
    /// The path of a program that starts with a variable.
    #[error("the program cannot come from a variable")]
    ExecutableVariable,
    /// A path of a program with quotes, backslashes or control characters.
    #[error("the program's path contains {0:?}")]
    ExecutableCharacter(char),
    /// A path that ends in `/`.
    #[error("the program is a directory")]
    ExecutableDirectory,
    /// A specifier that 219 does not resolve there.
    #[error("systemd before 233 does not resolve specifiers in the program's path")]
    ExecutableSpecifier,
    /// None of the words for yes and no.
    #[error("it is neither yes nor no")]
    Boolean,
    /// Not a number.
    #[error("it is not a whole number")]
    NotANumber,
    /// A number that is read in another base.
    #[error("a number that starts with 0 is octal")]
    LeadingZero,
    /// A number outside its bounds.
    #[error("it is not within {least} to {most}")]
    OutOfRange {
        /// The smallest that is taken.
        least: i128,
        /// The largest that is taken.
        most: i128,
    },
    /// A number below zero.
    #[error("it is negative")]
    Negative,
    /// Too much for the machine.
    #[error("it is too large")]
    TooLarge,
    /// Not a number in base 8.
    #[error("it is not an octal number")]
    NotOctal,
    /// No number where a span or a size has one.
    #[error("a number is missing")]
    NumberMissing,
    /// A unit of time that does not exist, at this version.
    #[error("`{0}` is no unit of time that it knows")]
    TimeUnit(String),
    /// A unit of size that does not exist.
    #[error("`{0}` is no unit of size; there are K, M, G, T, P, E and B")]
    SizeUnit(String),
    /// `1M 1G`.
    #[error("its units have to get smaller from left to right")]
    SizeOrder,
    /// Digits missing after a point.
    #[error("digits are missing after the point")]
    FractionMissing,
    /// A percentage where this version has none.
    #[error("percentages came with systemd 231")]
    NoPercentages,
    /// Too many digits after the point of a percentage.
    #[error("a percentage has at most {0} digits after the point")]
    PercentageDigits(u32),
    /// No signal.
    #[error("`{0}` is no signal that it knows")]
    Signal(String),
    /// No exit status.
    #[error("`{0}` is neither an exit status nor a signal that it knows")]
    ExitStatus(String),
    /// The name of an exit status, where only numbers are known.
    #[error("names of exit statuses came with systemd {0}")]
    ExitStatusName(u16),
    /// `soft:hard` with the soft limit above the hard one.
    #[error("the soft limit is above the hard one")]
    SoftAboveHard,
    /// More than `soft:hard`.
    #[error("a limit has a soft and a hard value and no more")]
    ThirdLimit,
    /// The name of no user or group.
    #[error("{0}")]
    UserName(&'static str),
    /// A path that is relative.
    #[error("it is not an absolute path")]
    NotAbsolute,
    /// A path that must be relative.
    #[error("it is an absolute path")]
    Absolute,
    /// A path with `..`.
    #[error("the path contains `..`")]
    ParentDirectory,
    /// A path longer than the system takes.
    #[error("the path is longer than 4095 bytes")]
    PathTooLong,
    /// A prefix that this version does not know before a path.
    #[error("the prefix `{0}` is not known here")]
    PathPrefix(char),
    /// A directory within another, where only one level is taken.
    #[error("directories within others came with systemd 235")]
    NestedDirectory,
    /// `private`, which systemd keeps to itself.
    #[error("systemd keeps `private` to itself")]
    PrivateDirectory,
    /// No `=`.
    #[error("an assignment has a `=`")]
    NoAssignment,
    /// A variable's name.
    #[error("`{0}` cannot be the name of a variable")]
    VariableName(String),
    /// A unit's name without a suffix.
    #[error("the name of a unit ends in its kind, such as `.service`")]
    UnitSuffix,
    /// A unit's name with a suffix that there is not.
    #[error("`.{0}` is no kind of unit")]
    UnitKind(String),
    /// A character that no unit's name has.
    #[error("no name of a unit contains {0:?}")]
    UnitCharacter(char),
    /// A unit's name with nothing before `.` or `@`.
    #[error("nothing stands before its suffix")]
    UnitStem,
    /// A unit's name that is too long.
    #[error("the name of a unit has at most 255 bytes")]
    UnitTooLong,
    /// A range that ends before it starts.
    #[error("the range ends before it starts")]
    ReversedRange,
    /// A processor number.
    #[error("it is no processor or range of processors")]
    Cpu,
    /// A weekday.
    #[error("`{0}` is no weekday")]
    Weekday(String),
    /// A part of a date or a time.
    #[error("it is not a date or a time")]
    Calendar,
    /// A part of a calendar time outside its bounds.
    #[error("{part} are {least} to {most}")]
    CalendarRange {
        /// Which part, in the plural.
        part: &'static str,
        /// The smallest that is taken.
        least: u32,
        /// The largest that is taken.
        most: u32,
    },
    /// A step that leads nowhere.
    #[error("the step leads past the end of the range")]
    CalendarStep,
    /// Something in a calendar time that came later.
    #[error("{what} came with systemd {since}")]
    CalendarSince {
        /// What, in the plural.
        what: &'static str,
        /// The version.
        since: u16,
    },
    /// No time zone, or one that only machines in it know.
    #[error("`{0}` is no time zone that every machine knows")]
    Timezone(String),
    /// No address family.
    #[error("`{0}` is no address family that it knows")]
    AddressFamily(String),
    /// No capability.
    #[error("`{0}` is no capability that it knows")]
    Capability(String),
    /// No IP address.
    #[error("`{0}` is no IP address")]
    Address(String),
    /// The length of a network's prefix.
    #[error("the length of its prefix is no number from 0 to {most}")]
    PrefixLength {
        /// The largest that is taken.
        most: i128,
    },
    /// No system call.
    #[error("`{0}` is no system call")]
    SystemCall(String),
    /// An error for a system call that is allowed.
    #[error("calls that are allowed have no error")]
    ErrorOfAllowedCall,
    /// No error of the system.
    #[error("`{0}` is no error that it knows")]
    ErrorNumber(String),
    /// An option of a bind mount.
    #[error("`{0}` is neither `rbind` nor `norbind`")]
    BindOption(String),
    /// A blank too many.
    #[error("two blanks stand for an empty path")]
    SecondBlank,
    /// No device.
    #[error("it is no device below /dev")]
    DeviceNode,
    /// Rights to a device.
    #[error("the rights are made of r, w and m")]
    DeviceRights,
    /// A number that has to be above 0.
    #[error("it is not above 0")]
    Zero,
    /// Nothing to listen on.
    #[error("it is neither a path from the root nor a port, nor an address with a port")]
    SocketAddress,
    /// A port.
    #[error("the port is no number from 1 to 65535")]
    Port,
    /// The path of a socket that is too long for the kernel.
    #[error("the path of a socket has at most 107 bytes")]
    SocketPathTooLong,
    /// An address of a virtual machine.
    #[error("it is not `vsock:CID:PORT`")]
    Vsock,
    /// A family of netlink sockets.
    #[error("`{0}` is no netlink family that it knows")]
    NetlinkFamily(String),
}
