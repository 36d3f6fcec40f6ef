//! What is wrong with a directive's value for a target: the parsers of values, asked by the kind
//! of value that the directive takes.

use super::{Context, Effect, place, sandbox};
use crate::target::systemd::{self, Context as Family, ValueKind};
use crate::unit::Directive;
use crate::unit::value::{self, Invalid, LimitKind, List, PathPrefix, Reason, Version};
use std::ops::{Range, RangeInclusive};

/// Something in a value that the target's systemd does not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// Where, in bytes of the value.
    pub(super) range: Range<usize>,
    /// What is wrong, as a continuation of "the value is wrong: …".
    pub(super) what: String,
    /// What to write in the place of the range, where one right form is near.
    pub(super) instead: Option<String>,
    /// What systemd makes of it; none where it says nothing.
    pub(super) effect: Option<Effect>,
}

impl Wrong {
    pub(super) fn new(range: Range<usize>, what: impl Into<String>) -> Self {
        Wrong {
            range,
            what: what.into(),
            instead: None,
            effect: Some(Effect::LineIgnored),
        }
    }
}

impl From<Invalid> for Wrong {
    fn from(invalid: Invalid) -> Self {
        Wrong {
            what: invalid.reason.to_string(),
            range: invalid.range,
            instead: invalid.instead,
            effect: Some(Effect::LineIgnored),
        }
    }
}

/// The directive as the target knows it; nothing where the target ignores it, or knows none.
pub(super) fn known(
    context: &Context<'_>,
    directive: &Directive,
) -> Option<&'static systemd::Directive> {
    let (section, key) = (directive.section.as_str(), directive.key.as_str());
    let works = context.profile.directive(section, key).works();
    systemd::directive(section, key).filter(|_| works)
}

/// Whether systemd resolves specifiers in the values of this kind.
pub(super) fn resolves_specifiers(row: &systemd::Directive) -> bool {
    // `[Install]` is read by systemctl alone, when the unit is enabled.
    match row.kind() {
        ValueKind::Path
        | ValueKind::PathList
        | ValueKind::BindPaths
        | ValueKind::TemporaryFileSystems
        | ValueKind::DeviceAccess
        | ValueKind::DeviceLimit
        | ValueKind::Listen
        | ValueKind::DirectoryNames
        | ValueKind::Command
        | ValueKind::UnitName
        | ValueKind::UnitList
        | ValueKind::ConditionPath
        | ValueKind::Condition
        | ValueKind::Environment
        | ValueKind::EnvironmentFile
        | ValueKind::User
        | ValueKind::UserList => row.section != "Install",
        ValueKind::Text => row.parser == "unit_string_printf",
        _ => false,
    }
}

/// What the target's systemd does not take in the value of a directive that takes no words and no
/// commands. An empty value resets most directives and is left alone.
pub(super) fn wrong(context: &Context<'_>, directive: &Directive) -> Vec<Wrong> {
    let Some(row) = known(context, directive) else {
        return Vec::new();
    };
    let text = directive.value.as_str();
    // `config_parse_bool()` has no reset; seen on the real 252.
    if text.is_empty() && row.parser == "bool" {
        return vec![Wrong::new(0..0, "it is empty")];
    }
    // A value with a specifier is known on the machine alone.
    let is_templated = resolves_specifiers(row)
        && value::specifiers_in(text)
            .iter()
            .any(|(_, letter)| *letter != '%');
    if text.is_empty() || is_templated && row.kind() != ValueKind::Environment {
        return Vec::new();
    }
    let version = Version::of(context.profile);
    let mut found = match row.parser {
        "exec_cpu_sched_prio" => {
            let range = priorities(context, directive, version);
            one(value::integer(text, range, version))
        }
        _ => of_kind(row, text, version),
    };
    if refuses(row, version) {
        for wrong in &mut found {
            wrong.effect = Some(Effect::UnitRefused);
        }
    }
    found
}

/// Whether a wrong value makes systemd refuse the unit: `-ENOEXEC` in the parsers of these
/// (`load-fragment.c` of 239 and v251; seen on the real 239 and 252).
fn refuses(row: &systemd::Directive, version: Version) -> bool {
    let is_identity = matches!(row.kind(), ValueKind::User | ValueKind::UserList);
    let is_place = row.parser == "working_directory"
        || matches!(row.name, "RootDirectory" | "RootImage") && row.context == Family::Exec;
    version >= Version::V239 && (is_identity || is_place)
}

/// The priorities that `CPUSchedulingPriority=` takes: up to v249 systemd goes by the policy that stands
/// before it, later versions take all (`config_parse_exec_cpu_sched_prio()`; seen on 219, 239 and
/// 252).
fn priorities(
    context: &Context<'_>,
    directive: &Directive,
    version: Version,
) -> RangeInclusive<i64> {
    if version.number() >= 250 {
        return 0..=99;
    }
    let policy = context.directives().iter().rfind(|other| {
        other.key == "CPUSchedulingPolicy"
            && other.section == directive.section
            && other.line < directive.line
    });
    let policy = policy.map_or("", |policy| policy.value.as_str());
    match policy {
        "fifo" | "rr" | "1" | "2" => 1..=99,
        _ => 0..=0,
    }
}

fn of_kind(row: &systemd::Directive, text: &str, version: Version) -> Vec<Wrong> {
    match row.kind() {
        ValueKind::Boolean => one(value::boolean(text)),
        ValueKind::TimeSpan if row.parser == "timer" => one(value::timer_span(text, version)),
        ValueKind::TimeSpan => one(value::time_span(text, version)),
        ValueKind::Calendar => one(value::calendar(text, version)),
        ValueKind::Size => one(value::byte_size(text, version)),
        ValueKind::MemoryLimit => one(value::memory_limit(text, version)),
        ValueKind::Percent if row.parser == "cpu_quota" => percent(text),
        ValueKind::Mode if row.name == "UMask" => one(value::umask(text, version)),
        ValueKind::Mode => one(value::octal_mode(text, version)),
        ValueKind::Signal => one(value::signal(text, version)),
        ValueKind::ExitStatus => one(value::integer(text, 0..=255, version)),
        ValueKind::ExitStatusList => all(value::exit_statuses(text, version)),
        ValueKind::Integer { min: -20, max: 19 } => one(value::nice(text, version)),
        ValueKind::Integer { min, max } => one(value::integer(text, min..=max, version)),
        ValueKind::CpuWeight if text == "idle" && version.number() >= 252 => Vec::new(),
        ValueKind::CpuWeight => one(value::integer(text, 1..=10_000, version)),
        ValueKind::ResourceLimit => one(value::resource_limit(text, limit(row.name), version)),
        ValueKind::CpuSet => cpu_set(row, text, version),
        // Where quotes are taken otherwise, all that follows from it is said at once.
        ValueKind::Environment if misquoted_for(text, version).is_some() => Vec::new(),
        ValueKind::Environment => all(value::environment(text, version)),
        ValueKind::EnvironmentNames => environment_names(row, text),
        ValueKind::TasksMax => tasks_max(text, version),
        ValueKind::Documentation => documentation(text),
        ValueKind::User => one(value::user_or_group_name(text, version)),
        ValueKind::UserList => each_word(text, |word| value::user_or_group_name(word, version)),
        _ => sandbox::of_kind(row, text, version)
            .or_else(|| place::of_kind(row, text, version))
            .unwrap_or_else(|| of_path(row, text, version)),
    }
}

/// `CPUAffinity=`: what is no list of processors makes 219 and 239 refuse the unit, but for a
/// reversed range (seen on both).
fn cpu_set(row: &systemd::Directive, text: &str, version: Version) -> Vec<Wrong> {
    if row.parser == "numa_mask" && text == "all" && version.number() >= 246 {
        return Vec::new();
    }
    let Err(invalid) = value::cpu_list(text, version) else {
        return Vec::new();
    };
    let is_reversed = invalid.reason == Reason::ReversedRange;
    let mut wrong = Wrong::from(invalid);
    let refuses = version <= Version::V239 && !is_reversed;
    if row.parser == "exec_cpu_affinity" && refuses {
        wrong.effect = Some(Effect::UnitRefused);
    }
    vec![wrong]
}

fn of_path(row: &systemd::Directive, text: &str, version: Version) -> Vec<Wrong> {
    use PathPrefix::{BelowRoot, MayBeMissing};
    match row.kind() {
        ValueKind::Path => one_path(row, text, version),
        ValueKind::PathList if row.parser == "namespace_path_strv" => {
            all(value::path_list(text, &[MayBeMissing, BelowRoot], version))
        }
        ValueKind::PathList if row.parser == "unit_mounts_for" => {
            all(value::path_list(text, &[], version))
        }
        ValueKind::DirectoryNames => all(value::directory_list(text, version)),
        ValueKind::EnvironmentFile => one(value::absolute_path(text, &[MayBeMissing], version)),
        ValueKind::ConditionPath => {
            let path = text.trim_start_matches(['|', '!', ' ', '\t']);
            let skipped = text.len() - path.len();
            let mut found = one(value::absolute_path(path, &[], version));
            for wrong in &mut found {
                wrong.range = wrong.range.start + skipped..wrong.range.end + skipped;
            }
            found
        }
        _ => Vec::new(),
    }
}

fn one_path(row: &systemd::Directive, text: &str, version: Version) -> Vec<Wrong> {
    // A device can be named by UUID= and the like.
    if row.parser == "mount_node" || matches!(row.section, "Mount" | "Swap") {
        return Vec::new();
    }
    // `~` and `-` came with v227; a PIDFile= below /run may be relative since v240
    // (`config_parse_working_directory()` and `config_parse_pid_file()`; seen on 219, 239, 252).
    let is_working_directory = row.parser == "working_directory";
    let relative_pid_file = row.parser == "pid_file" && version.number() >= 240;
    let marks = is_working_directory && version.number() >= 227;
    if relative_pid_file || marks && matches!(text, "~" | "-~") {
        return Vec::new();
    }
    let prefixes: &[PathPrefix] = match marks {
        true => &[PathPrefix::MayBeMissing],
        false => &[],
    };
    let mut found = one(value::absolute_path(text, prefixes, version));
    if is_working_directory && let (Some(wrong), true) = (found.first_mut(), !marks) {
        if text == "~" {
            wrong.what = "systemd knows `~` since 227".to_owned();
        } else if text.starts_with("-/") {
            wrong.what = "systemd knows the `-` since 227".to_owned();
        }
    }
    found
}

pub(super) fn one<T>(read: Result<T, Invalid>) -> Vec<Wrong> {
    read.err().map(Wrong::from).into_iter().collect()
}

pub(super) fn all<T>(list: List<T>) -> Vec<Wrong> {
    list.problems.into_iter().map(Wrong::from).collect()
}

/// Quotes in `Environment=` that the target takes for letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Misquoted {
    /// The first word with such quotes, in bytes of the value.
    pub(super) range: Range<usize>,
    /// How all versions read it as it is meant.
    pub(super) instead: Option<String>,
    /// Whether a part of the value is no assignment because of it.
    pub(super) leaves_no_assignment: bool,
}

/// What the target takes otherwise in the quotes of a line that is right for later versions.
pub(super) fn misquoted(context: &Context<'_>, directive: &Directive) -> Option<Misquoted> {
    let is_environment =
        known(context, directive).is_some_and(|row| row.kind() == ValueKind::Environment);
    let version = Version::of(context.profile);
    is_environment
        .then(|| misquoted_for(&directive.value, version))
        .flatten()
}

fn misquoted_for(text: &str, version: Version) -> Option<Misquoted> {
    let read = value::environment(text, version);
    let mut notes = read.notes.into_iter();
    let first = notes.find(|note| note.reason == value::Reason::QuoteWithinWord)?;
    let is_right = value::environment(text, Version::V239).is_valid();
    is_right.then_some(Misquoted {
        range: first.range,
        instead: first.instead,
        leaves_no_assignment: !read.problems.is_empty(),
    })
}

/// The words between blanks, each with its first byte.
pub(super) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let blank = |c: char| c == ' ' || c == '\t';
    text.split(blank)
        .scan(0, |at, word| {
            let start = *at;
            *at += word.len() + 1;
            Some((start, word))
        })
        .filter(|(_, word)| !word.is_empty())
}

fn each_word<T>(text: &str, read: impl Fn(&str) -> Result<T, Invalid>) -> Vec<Wrong> {
    let wrong = |(start, word): (usize, &str)| {
        let mut wrong = Wrong::from(read(word).err()?);
        wrong.range = wrong.range.start + start..wrong.range.end + start;
        Some(wrong)
    };
    words(text).filter_map(wrong).collect()
}

/// `CPUQuota=`: more than 0% (`config_parse_cpu_quota()`; later versions take digits after the
/// point).
fn percent(text: &str) -> Vec<Wrong> {
    let whole = 0..text.len();
    let number = text.strip_suffix('%').map(str::parse::<f64>);
    match number {
        Some(Ok(number)) if number > 0.0 => Vec::new(),
        Some(_) => vec![Wrong::new(whole, "it is not a percentage above 0%")],
        None => {
            let mut wrong = Wrong::new(whole, "it is not a percentage");
            let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            wrong.instead = is_number.then(|| format!("{text}%"));
            vec![wrong]
        }
    }
}

/// `TasksMax=`: a number above 0, a percentage up to 100%, or `infinity`
/// (`config_parse_tasks_max()`; 252 takes `0%`, 219 and 239 do not).
fn tasks_max(text: &str, version: Version) -> Vec<Wrong> {
    let is_number = match text.strip_suffix('%') {
        Some(share) => share.parse::<f64>().is_ok_and(|share| {
            (0.0..=100.0).contains(&share) && (share > 0.0 || version > Version::V239)
        }),
        None => text.parse::<f64>().is_ok_and(|number| number > 0.0),
    };
    match text == "infinity" || is_number {
        true => Vec::new(),
        false => vec![Wrong::new(
            0..text.len(),
            "it is no number of tasks above 0",
        )],
    }
}

/// `PassEnvironment=` takes names, `UnsetEnvironment=` assignments too (`env_name_is_valid()`). What
/// has quotes or specifiers is left alone.
fn environment_names(row: &systemd::Directive, text: &str) -> Vec<Wrong> {
    let is_name = |name: &str| {
        !name.starts_with(|c: char| c.is_ascii_digit())
            && name
                .bytes()
                .all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
    };
    let is_wrong = |word: &&str| {
        let name = match word.split_once('=') {
            Some((name, _)) if row.parser == "unset_environ" => name,
            _ => word,
        };
        !word.contains(['"', '\'', '%', '\\']) && !is_name(name)
    };
    words(text)
        .filter(|(_, word)| is_wrong(word))
        .map(|(at, word)| Wrong::new(at..at + word.len(), "it cannot be the name of a variable"))
        .collect()
}

/// `documentation_url_is_valid()` of web-util.c: one of these, and something after it.
fn documentation(text: &str) -> Vec<Wrong> {
    const SCHEMES: [&str; 5] = ["http://", "https://", "file:/", "info:", "man:"];
    let is_uri = |word: &str| {
        SCHEMES.iter().any(|scheme| {
            word.strip_prefix(scheme)
                .is_some_and(|rest| !rest.is_empty())
        })
    };
    words(text)
        .filter(|(_, word)| !is_uri(word))
        .map(|(at, word)| {
            let what = "it is no URI with http://, https://, file:, info: or man:";
            Wrong::new(at..at + word.len(), what)
        })
        .collect()
}

/// What a limit counts.
fn limit(name: &str) -> LimitKind {
    match name {
        "LimitFSIZE" | "LimitDATA" | "LimitSTACK" | "LimitCORE" | "LimitRSS" | "LimitAS"
        | "LimitMEMLOCK" | "LimitMSGQUEUE" => LimitKind::Bytes,
        "LimitCPU" => LimitKind::Seconds,
        "LimitRTTIME" => LimitKind::Microseconds,
        "LimitNICE" => LimitKind::Nice,
        _ => LimitKind::Count,
    }
}

/// What a directive takes, in words.
pub(super) fn accepted(row: &systemd::Directive) -> Option<&'static str> {
    Some(match row.kind() {
        ValueKind::Boolean => "write `yes` or `no`",
        ValueKind::TimeSpan => "write a span of time such as `30s`, `5min 20s` or `infinity`",
        ValueKind::Calendar => "write a calendar event such as `daily` or `Mon *-*-* 02:00`",
        ValueKind::Size => "write a size such as `512K` or `1G`",
        ValueKind::MemoryLimit => "write a size such as `512M`, or `infinity`",
        ValueKind::Percent => "write a percentage such as `20%`",
        ValueKind::Mode => "write an octal mode such as `0750`",
        ValueKind::Signal => "write the name of a signal such as `SIGTERM`",
        ValueKind::ExitStatus => "write a number from 0 to 255",
        ValueKind::ExitStatusList => {
            "write numbers from 0 to 255 and names of signals, with blanks between them"
        }
        ValueKind::ResourceLimit => {
            "write a number, `SOFT:HARD` or `infinity`; sizes and times take units"
        }
        ValueKind::Environment => {
            "write NAME=VALUE, in quotes around all of it where the value has blanks"
        }
        ValueKind::DirectoryNames => "write names without a leading `/` and without `..`",
        ValueKind::AddressFamilies => "write families such as `AF_INET AF_INET6 AF_UNIX`",
        ValueKind::IpPrefixes => {
            "write networks such as `10.0.0.0/8`, or `any`, `localhost`, `link-local` or `multicast`"
        }
        ValueKind::Capabilities => "write capabilities such as `CAP_NET_BIND_SERVICE`",
        ValueKind::SystemCalls => "write names of system calls, or groups such as `@file-system`",
        ValueKind::ErrorNumber => "write the name of an error such as `EPERM`",
        ValueKind::BindPaths => "write `SOURCE:DESTINATION`, both from the root",
        ValueKind::TemporaryFileSystems => {
            "write a path from the root, and mount options after a `:`"
        }
        ValueKind::DeviceAccess => "write a device and its rights, such as `/dev/fuse rw`",
        ValueKind::DeviceLimit => {
            "write a device and an amount after a blank, such as `/dev/sda 10M`"
        }
        ValueKind::Listen => {
            "write a port, an address and a port such as `127.0.0.1:80`, or a path from the root"
        }
        ValueKind::Path | ValueKind::EnvironmentFile | ValueKind::ConditionPath => {
            "write a path from the root, without `..`"
        }
        _ => return None,
    })
}
