//! The syntax of directive values, as systemd's parsers take them apart, per version.
//!
//! In comes the text of one value, blanks around it and continuation lines already gone
//! ([`crate::unit::Directive::value`]), and the [`Version`] of systemd that reads it; out goes what
//! systemd sees in it, or what is wrong and where in the value. All functions are pure. They know
//! of no directive and no target: which of them a directive calls for is for its callers to say,
//! and so is what an empty value means, mostly a reset.
//!
//! Three shapes of result:
//! - a scalar is a `Result<_, Invalid>`; systemd ignores the whole assignment on an error, a few
//!   directives refuse the unit;
//! - a [`List`] holds the items that systemd takes and the ones that it passes over;
//! - a [`CommandLine`] holds all commands that can be made out, good or bad, and says of each
//!   problem what becomes of it.
//!
//! Values with specifiers are not resolved. Where the text alone cannot tell, they are let pass.

mod address_family;
mod boolean;
mod calendar;
mod calendar_part;
mod calendar_reader;
mod capability;
mod command;
mod command_line;
mod cpu_list;
mod device;
mod digits;
mod directory;
mod environment;
mod error_number;
mod escape;
mod exec_prefix;
mod exit_status;
mod integer;
mod invalid;
mod ip_prefix;
mod lexer;
mod list;
mod mounted;
mod path;
mod resource_limit;
mod signal;
mod size;
mod socket_address;
mod specifier;
mod system_call;
mod time_span;
mod timezone;
mod unit_list;
mod user;
mod variable;
mod version;
mod word;

#[cfg(test)]
mod oracle_tests;

pub use address_family::address_families;
pub use boolean::boolean;
pub use calendar::{Calendar, Component, Shorthand, Weekdays};
pub use calendar_reader::calendar;
pub use capability::capabilities;
pub use command::{Command, CommandFlaw, CommandLine, CommandProblem, Consequence};
pub use command_line::command_line;
pub use cpu_list::{CpuList, cpu_list};
pub use device::{DeviceAmount, device_access, device_amount};
pub use directory::{ServiceDirectory, directory_list};
pub use environment::{Assignment, environment};
pub use error_number::{CallError, call_error};
pub use exec_prefix::{ExecPrefix, PrefixUse};
pub use exit_status::{ExitStatus, exit_status, exit_statuses};
pub use integer::{integer, nice, octal_mode, umask};
pub use invalid::{Invalid, Reason};
pub use ip_prefix::ip_prefixes;
pub use list::List;
pub use mounted::{BindPath, bind_paths, temporary_file_systems};
pub use path::{PathPrefix, PathValue, absolute_path, path_list};
pub use resource_limit::{LimitKind, ResourceLimit, resource_limit};
pub use signal::{Signal, signal};
pub use size::{Amount, byte_size, memory_limit};
pub use socket_address::{SocketAddress, netlink_address, socket_address};
pub use specifier::{escape_specifiers, specifiers_in};
pub use system_call::system_calls;
pub use time_span::{TimeSpan, TimeUnit, time_span, time_span_in, timer_span};
pub use timezone::Timezone;
pub use unit_list::{UnitReference, unit_list};
pub use user::{UserName, user_or_group_name};
pub use variable::{Variable, VariableKind, variables_in as variables};
pub use version::Version;
pub use word::{Word, quote_word};
