//! What the versions of systemd take apart differently, one question each.

use crate::target::Profile;
use std::fmt;

/// A major version of systemd, for what its parsers take.
///
/// 219 and 239 stand for Red Hat's, with what these took over from later versions; every other
/// number stands for the upstream version. Where a doc comment below says "v246, 239", the change
/// came upstream in v246 and Red Hat's 239 has it too (branches rhel-8.5.0 and rhel-8.10.0 of
/// systemd-rhel8, which do not differ in any of these).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(u16);

impl Version {
    /// CentOS 7 and Amazon Linux 2.
    pub const V219: Version = Version(219);
    /// CentOS 8 and its kin.
    pub const V239: Version = Version(239);

    /// The version with this number.
    pub const fn new(number: u16) -> Self {
        Version(number)
    }

    /// The version of a target.
    pub fn of(profile: &Profile) -> Self {
        Version(profile.systemd.value)
    }

    /// The number.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// Quotes count in the middle of a word too, `\u` and `\U` are escapes, a quoted `";"` does
    /// not separate commands, and an unknown escape is warned of: `config_parse_exec()` of
    /// load-fragment.c uses `extract_first_word()` (v225).
    pub(super) fn unquotes_within_words(self) -> bool {
        self.0 >= 225
    }

    /// `Environment=` splits with `extract_first_word()`, which gives up at an unknown escape
    /// (load-fragment.c, v233).
    pub(super) fn refuses_unknown_escapes(self) -> bool {
        self.0 >= 233
    }

    /// Lists of units are split at blanks alone; before, quotes were taken off
    /// (`config_parse_unit_deps()` of load-fragment.c, v228).
    pub(super) fn keeps_quotes_in_unit_lists(self) -> bool {
        self.0 >= 228
    }

    /// Specifiers in the path of a command are resolved; before, the path was taken as written
    /// (load-fragment.c, v233; service.c of 219 resolves the arguments alone).
    pub(super) fn resolves_executable(self) -> bool {
        self.0 >= 233
    }

    /// The name of a program without a slash is looked up in a fixed search path
    /// (load-fragment.c, v239).
    pub(super) fn looks_up_executables(self) -> bool {
        self.0 >= 239
    }

    /// A `;` before the first command is passed over (load-fragment.c, v247).
    pub(super) fn skips_leading_separator(self) -> bool {
        self.0 >= 247
    }

    /// A word that starts with `$$` is a word with a dollar sign; before, `$$A` was the variable
    /// called `$A`, which no one can set (`replace_env_argv()`, v227).
    pub(super) fn escapes_dollar_at_start(self) -> bool {
        self.0 >= 227
    }

    /// The unit `M` for months (time-util.c, v228).
    pub(super) fn has_capital_month(self) -> bool {
        self.0 >= 228
    }

    /// The unit `µs` (time-util.c, v233).
    pub(super) fn has_micro_sign(self) -> bool {
        self.0 >= 233
    }

    /// Time spans that overflow, `-0`, and `1.2.3` are refused (time-util.c, v240).
    pub(super) fn has_strict_time_spans(self) -> bool {
        self.0 >= 240
    }

    /// Numbers can be written `0b101` and `0o17` (parse-util.c, v246, 239).
    pub(super) fn has_binary_numbers(self) -> bool {
        self.0 >= 239
    }

    /// A mode has no sign (parse-util.c, v246, 239).
    pub(super) fn refuses_signed_modes(self) -> bool {
        self.0 >= 239
    }

    /// Sizes go up to 2⁶⁴−1; before, to 2⁶³−1 (`parse_size()`, `off_t` in 219).
    pub(super) fn has_unsigned_sizes(self) -> bool {
        self.0 >= 225
    }

    /// How many digits a percentage of memory can have after the point; `None` where there are no
    /// percentages: v231 (NEWS), one digit v240 and 239, two digits v248 (load-fragment.c).
    pub(super) fn percentage_digits(self) -> Option<u32> {
        match self.0 {
            ..231 => None,
            231..239 => Some(0),
            239..248 => Some(1),
            248.. => Some(2),
        }
    }

    /// `RTMIN`, `RTMAX`, `RTMAX-n` name signals, `SIG15` does not (signal-util.c of 239; util.c of
    /// 219).
    pub(super) fn has_rtmax(self) -> bool {
        self.0 >= 239
    }

    /// Exit statuses have names (exit-status.c, v243; not in Red Hat's 239).
    pub(super) fn names_exit_statuses(self) -> bool {
        self.0 >= 243
    }

    /// A third field in a resource limit is refused (rlimit-util.c, v230); 219 ignores it.
    pub(super) fn refuses_third_limit(self) -> bool {
        self.0 >= 230
    }

    /// A negative number where only others make sense wraps around (`safe_atou64()` of 219).
    pub(super) fn wraps_negative_counts(self) -> bool {
        self.0 <= 219
    }

    /// Directories are read with escapes, and with a link after a `:` (load-fragment.c, v250).
    pub fn has_directory_links(self) -> bool {
        self.0 >= 250
    }

    /// Names of users are looked at (load-fragment.c, v232).
    pub(super) fn checks_user_names(self) -> bool {
        self.0 >= 232
    }

    /// Names of users may hold nearly everything (user-util.c, v246, 239).
    pub(super) fn has_relaxed_user_names(self) -> bool {
        self.0 >= 239
    }

    /// `/./` is taken out of paths and `/../` refused (`path_simplify_and_warn()`, v239).
    pub(super) fn normalises_paths(self) -> bool {
        self.0 >= 239
    }

    /// The prefix `+` in lists of paths, for paths below `RootDirectory=` (load-fragment.c, v233).
    pub(super) fn has_root_prefix(self) -> bool {
        self.0 >= 233
    }

    /// A directory such as `RuntimeDirectory=` may lie in another (load-fragment.c, v235).
    pub(super) fn nests_directories(self) -> bool {
        self.0 >= 235
    }

    /// A line break may stand in the value of a variable (env-util.c, v239).
    pub(super) fn has_line_breaks_in_environment(self) -> bool {
        self.0 >= 239
    }

    /// `numa` as a list of processors (load-fragment.c, v246, 239).
    pub(super) fn has_numa_affinity(self) -> bool {
        self.0 >= 239
    }

    /// Processors that can be listed, from 0: 219 asks the kernel and has 1024 at least
    /// (`cpu_set_malloc()`), later ones have 8192 (cpu-set-util.c, v243, 239).
    pub(super) fn cpus(self) -> u32 {
        if self.0 >= 239 { 8192 } else { 1024 }
    }

    /// `RestrictAddressFamilies=none` (load-fragment.c, v249).
    pub(super) fn has_no_address_families(self) -> bool {
        self.0 >= 249
    }

    /// `SystemCallErrorNumber=kill`, and `:kill` after a call (load-fragment.c, v247).
    pub(super) fn kills_by_name(self) -> bool {
        self.0 >= 247
    }

    /// `CALL:ERROR` in `SystemCallFilter=` (load-fragment.c, v233).
    pub(super) fn has_errors_of_calls(self) -> bool {
        self.0 >= 233
    }

    /// An error after a call that is allowed is passed over (load-fragment.c, v247).
    pub(super) fn refuses_errors_of_allowed_calls(self) -> bool {
        self.0 >= 247
    }

    /// The devices of `IODeviceWeight=` and its kin are any paths, and `DeviceAllow=` takes quotes
    /// (load-fragment.c, 239; not in 219).
    pub(super) fn has_any_path_for_devices(self) -> bool {
        self.0 >= 239
    }

    /// `vsock:CID:PORT` (socket-util.c, 239; not in 219).
    pub(super) fn has_vsock(self) -> bool {
        self.0 >= 239
    }

    /// `INTERFACE:PORT` (socket-util.c of 239; not in socket-netlink.c of v249).
    pub(super) fn has_interfaces(self) -> bool {
        self.0 < 249
    }

    /// `[ADDRESS]:PORT%INTERFACE` (socket-netlink.c, v249).
    pub(super) fn has_scopes(self) -> bool {
        self.0 >= 249
    }

    /// `@` alone is no name of a socket (socket-netlink.c, v249).
    pub(super) fn refuses_empty_abstract_names(self) -> bool {
        self.0 >= 249
    }

    /// The group of `ListenNetlink=` has to be a number (socket-netlink.c, v249).
    pub(super) fn checks_netlink_groups(self) -> bool {
        self.0 >= 249
    }

    /// `UTC` after a calendar time (calendarspec.c, v228).
    pub(super) fn has_calendar_utc(self) -> bool {
        self.0 >= 228
    }

    /// Fractions of a second in calendar times (calendarspec.c, v229).
    pub(super) fn has_calendar_fractions(self) -> bool {
        self.0 >= 229
    }

    /// `Mon..Fri`; before, `Mon-Fri` alone (calendarspec.c, v231).
    pub(super) fn has_weekday_dots(self) -> bool {
        self.0 >= 231
    }

    /// `8..17`, `~` for the end of the month, `@` and seconds since 1970, and a comma after the
    /// last weekday (calendarspec.c, v233).
    pub(super) fn has_calendar_ranges(self) -> bool {
        self.0 >= 233
    }

    /// Any time zone after a calendar time (calendarspec.c, v235).
    pub(super) fn has_calendar_timezones(self) -> bool {
        self.0 >= 235
    }

    /// A range of less than a second needs a step (calendarspec.c, v246).
    pub(super) fn refuses_short_ranges(self) -> bool {
        self.0 >= 246
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "systemd {}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target;

    #[test]
    fn targets_have_their_version() {
        let version = |name| Version::of(target::find(name).unwrap().profile());
        assert_eq!(version("centos7"), Version::V219);
        assert_eq!(version("el8"), Version::V239);
        assert_eq!(Version::V219.to_string(), "systemd 219");
    }
}
