//! The values of directives.

use crate::input::{self, is_within};
use cargo_ambot::unit::value::{
    self, CommandLine, DeviceAmount, Invalid, LimitKind, List, PathPrefix, TimeUnit, Version,
};
use std::sync::LazyLock;

/// The versions of systemd that any target has.
fn versions() -> &'static [Version] {
    static VERSIONS: LazyLock<Vec<Version>> = LazyLock::new(|| {
        let mut all: Vec<Version> = input::profiles().map(Version::of).collect();
        all.sort_unstable_by_key(|version| version.number());
        all.dedup();
        all
    });
    &VERSIONS
}

/// What is wrong with a value lies within it, and what is to stand there instead is not wrong in the
/// same way, or less of it is there: of three points too many the first is taken out.
fn told<T>(
    value: &str,
    read: Result<T, Invalid>,
    again: impl Fn(&str) -> Result<T, Invalid>,
) -> Option<T> {
    match read {
        Ok(read) => Some(read),
        Err(invalid) => {
            mended(value, &invalid, |text| {
                again(text).err().into_iter().collect()
            });
            None
        }
    }
}

fn told_all<T>(value: &str, list: &List<T>, again: impl Fn(&str) -> Vec<Invalid>) {
    for invalid in list.problems.iter().chain(&list.notes) {
        mended(value, invalid, &again);
    }
}

fn mended(value: &str, invalid: &Invalid, again: impl Fn(&str) -> Vec<Invalid>) {
    is_within(&invalid.range, value);
    assert!(!invalid.to_string().is_empty());
    let Some(instead) = &invalid.instead else {
        return;
    };
    let range = invalid.range.clone();
    let text = format!("{}{instead}{}", &value[..range.start], &value[range.end..]);
    for other in again(&text) {
        let is_same = other.range.start == range.start && other.reason == invalid.reason;
        let is_less = text.len() < value.len();
        assert!(
            !is_same || is_less,
            "{value:?}: {invalid}: {instead:?} is no better"
        );
    }
}

/// Every command of a line and every word of a command lies within the value, and a word that is
/// quoted again is read as it was.
pub fn exec_line(data: &[u8]) {
    let text = input::text(data);
    for &version in versions() {
        let line = value::command_line(&text, version);
        within_line(&text, &line, version);
        for command in line.commands.iter().filter(|command| command.taken) {
            for word in command.words().skip(1) {
                read_back(&word.text, version);
            }
        }
        let list = value::environment(&text, version);
        told_all(&text, &list, |text| {
            value::environment(text, version).problems
        });
        value::variables(&text, version)
            .iter()
            .for_each(|variable| is_within(&variable.range, &text));
    }
    for (at, _) in value::specifiers_in(&text) {
        assert!(text[at..].starts_with('%'));
    }
    let escaped = value::escape_specifiers(&text);
    assert!(
        value::specifiers_in(&escaped)
            .iter()
            .all(|(_, letter)| *letter == '%')
    );
    assert_eq!(escaped.replace("%%", "%"), text);
}

fn within_line(text: &str, line: &CommandLine<'_>, version: Version) {
    for problem in &line.problems {
        is_within(&problem.invalid.range, text);
    }
    for command in &line.commands {
        is_within(&command.range, text);
        for prefix in &command.prefixes {
            is_within(&prefix.range, text);
        }
        for word in command.words() {
            is_within(&word.range, text);
            assert_eq!(&text[word.range.clone()], word.raw);
            for (at, _) in word.specifiers() {
                is_within(&(at..at), text);
            }
        }
        for variable in command.variables(version) {
            is_within(&variable.range, text);
        }
    }
}

/// A word that is quoted is read back as it was, unless it holds what no value can.
fn read_back(word: &str, version: Version) {
    let unwritable =
        |c: char| c == '\n' || c == '\0' || c == '\r' || c == char::REPLACEMENT_CHARACTER;
    if word.contains(unwritable) {
        return;
    }
    let line = format!("/bin/a {}", value::quote_word(word));
    let read = value::command_line(&line, version);
    let words: Vec<&str> = read
        .commands
        .iter()
        .flat_map(|c| &c.arguments)
        .map(|w| w.text.as_str())
        .collect();
    assert_eq!(words, [word], "{line:?} for {version}");
}

/// No value makes a reader panic, what it says is wrong lies within the value, and what is printed of
/// what it read is read again as the same.
pub fn directive_value(data: &[u8]) {
    let text = input::text(data);
    for &version in versions() {
        scalars(&text, version);
        lists(&text, version);
        times(&text, version);
        paths(&text, version);
    }
}

fn scalars(text: &str, version: Version) {
    let boolean = |text: &str| value::boolean(text);
    told(text, boolean(text), boolean);
    for bounds in [-20..=19, 0..=i64::MAX, i64::MIN..=i64::MAX] {
        let integer = |text: &str| value::integer(text, bounds.clone(), version);
        if let Some(number) = told(text, integer(text), integer) {
            assert!(bounds.contains(&number));
        }
    }
    let nice = |text: &str| value::nice(text, version);
    told(text, nice(text), nice);
    let mode = |text: &str| value::octal_mode(text, version);
    if let Some(mode) = told(text, mode(text), mode) {
        assert!(mode <= 0o7777, "{text:?} is {mode:o}");
    }
    let umask = |text: &str| value::umask(text, version);
    told(text, umask(text), umask);
    let size = |text: &str| value::byte_size(text, version);
    told(text, size(text), size);
    let memory = |text: &str| value::memory_limit(text, version);
    told(text, memory(text), memory);
    let signal = |text: &str| value::signal(text, version);
    if let Some(read) = told(text, signal(text), signal) {
        assert_eq!(value::signal(&read.to_string(), version), Ok(read));
    }
    let error = |text: &str| value::call_error(text, version);
    told(text, error(text), error);
    let status = |text: &str| value::exit_status(text, version);
    told(text, status(text), status);
    let user = |text: &str| value::user_or_group_name(text, version);
    told(text, user(text), user);
    let address = |text: &str| value::socket_address(text, version);
    told(text, address(text), address);
    let netlink = |text: &str| value::netlink_address(text, version);
    told(text, netlink(text), netlink);
    let cpus = |text: &str| value::cpu_list(text, version);
    told(text, cpus(text), cpus);
    for kind in [
        LimitKind::Bytes,
        LimitKind::Count,
        LimitKind::Seconds,
        LimitKind::Microseconds,
        LimitKind::Nice,
    ] {
        let limit = |text: &str| value::resource_limit(text, kind, version);
        told(text, limit(text), limit);
    }
    for amount in [
        DeviceAmount::Weight,
        DeviceAmount::BlockWeight,
        DeviceAmount::Limit,
        DeviceAmount::BlockLimit,
        DeviceAmount::Latency,
    ] {
        let device = |text: &str| value::device_amount(text, amount, version);
        told(text, device(text), device);
    }
    let access = |text: &str| value::device_access(text, version);
    told(text, access(text), access);
}

fn lists(text: &str, version: Version) {
    macro_rules! list {
        ($($read:ident),*) => {
            $(told_all(text, &value::$read(text, version), |text| value::$read(text, version).problems);)*
        };
    }
    list!(
        address_families,
        bind_paths,
        capabilities,
        directory_list,
        environment,
        exit_statuses,
        ip_prefixes,
        system_calls,
        temporary_file_systems,
        unit_list
    );
}

fn times(text: &str, version: Version) {
    let timer = |text: &str| value::timer_span(text, version);
    told(text, timer(text), timer);
    for unit in [TimeUnit::Second, TimeUnit::Microsecond] {
        let span = |text: &str| value::time_span_in(text, unit, version);
        if let Some(read) = told(text, span(text), span) {
            assert_eq!(span(&read.to_string()), Ok(read), "{text:?} is {read}");
        }
    }
    let calendar = |text: &str| value::calendar(text, version);
    if let Some(read) = told(text, calendar(text), calendar)
        && let Ok(printed) = read.to_text(version)
    {
        assert_eq!(calendar(&printed), Ok(read), "{text:?} is {printed:?}");
    }
}

fn paths(text: &str, version: Version) {
    let every = [PathPrefix::MayBeMissing, PathPrefix::BelowRoot];
    for prefixes in [&every[..0], &every[..1], &every[..]] {
        let path = |text: &str| value::absolute_path(text, prefixes, version);
        if let Some(read) = told(text, path(text), path) {
            is_within(&read.range, text);
            let printed = read.to_string();
            let again = path(&printed).expect("a path of ours");
            assert_eq!(again.path, read.path, "{text:?} is {printed:?}");
        }
        let list = value::path_list(text, prefixes, version);
        told_all(text, &list, |text| {
            value::path_list(text, prefixes, version).problems
        });
        for path in &list.items {
            is_within(&path.range, text);
        }
    }
}
