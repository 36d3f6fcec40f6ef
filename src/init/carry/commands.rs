//! What a script does, as far as that is certain: the commands that cargo ambot's scriptlets make
//! superfluous, and the frame around them.
//!
//! This is no shell. A line that is not known word by word makes the whole script unknown, and an
//! unknown script is carried over as it is.

use super::inline::Inline;

/// What was understood of a script.
#[derive(Clone, Debug, Default)]
pub(super) struct Commands {
    /// Whether every command was.
    pub(super) all_known: bool,
    /// The units that it enables.
    pub(super) enables: Vec<String>,
    /// Those that it starts whatever is installed.
    pub(super) starts: Vec<String>,
    /// The users that it creates.
    pub(super) users: Vec<(String, Inline)>,
    /// The capabilities that it gives to binaries of the package.
    pub(super) bin_caps: Vec<(String, String)>,
    /// Whether it calls systemctl.
    pub(super) calls_systemctl: bool,
}

/// A part of a script that stands alone.
enum Atom {
    /// It changes nothing that is there.
    Frame,
    /// It does what our scriptlets do.
    Ours,
    Unknown,
}

/// Reads a script; `units` are those of the package, with their suffixes, `bins` its binaries.
pub(super) fn read(text: &str, units: &[&str], bins: &[String]) -> Commands {
    let mut commands = Commands {
        all_known: true,
        ..Commands::default()
    };
    let is_guarded = text.contains("$1") || text.contains("${1}");
    let joined = text.replace("\\\n", " ");
    for line in joined.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        commands.calls_systemctl |= line.contains("systemctl");
        for atom in atoms(line) {
            if let Atom::Unknown = judge(atom, units, bins, is_guarded, &mut commands) {
                commands.all_known = false;
            }
        }
    }
    commands
}

/// The commands of a line. A quoted separator cuts a word in two, which is then unknown.
fn atoms(line: &str) -> impl Iterator<Item = &str> {
    let parts = line.split("&&").flat_map(|part| part.split("||"));
    parts.flat_map(|part| part.split(';')).map(str::trim)
}

fn judge(
    atom: &str,
    units: &[&str],
    bins: &[String],
    is_guarded: bool,
    commands: &mut Commands,
) -> Atom {
    const SILENT: [&str; 7] = [
        ">/dev/null",
        "2>/dev/null",
        "1>/dev/null",
        "&>/dev/null",
        "2>&1",
        ">&2",
        ">/dev/null2>&1",
    ];
    const FRAME: [&str; 12] = [
        "",
        "then",
        "else",
        "fi",
        "esac",
        "true",
        "/bin/true",
        ":",
        "set -e",
        "set -eu",
        "exit 0",
        "}",
    ];
    let atom = atom.replace("> /dev/null", ">/dev/null");
    let bare = ["then ", "else ", "if ", "elif ", "! "];
    let mut rest = atom.as_str();
    while let Some(inner) = bare.iter().find_map(|word| rest.strip_prefix(word)) {
        rest = inner.trim();
    }
    if FRAME.contains(&rest) || is_condition(rest) || is_case(rest) {
        return Atom::Frame;
    }
    let Some(words) = shlex::split(rest) else {
        return Atom::Unknown;
    };
    let words: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !SILENT.contains(word))
        .collect();
    let (Some(program), Some(arguments)) = (words.first(), words.get(1..)) else {
        return Atom::Unknown;
    };
    match program.rsplit('/').next().unwrap_or_default() {
        "systemctl" => systemctl(arguments, units, is_guarded, commands),
        "getent" | "id" => Atom::Frame,
        "command" | "which" if arguments.last() == Some(&"systemctl") => Atom::Frame,
        "setcap" => capabilities(arguments, bins, commands),
        "deb-systemd-invoke" => systemctl(arguments, units, is_guarded, commands),
        "deb-systemd-helper" => helper(arguments, units),
        "addgroup" => group(arguments),
        "adduser" => debian_user(arguments, commands),
        "groupadd" => group(arguments),
        "useradd" => user(arguments, commands),
        _ => Atom::Unknown,
    }
}

/// `[ "$1" -eq 1 ]`, `[ -d /run/systemd/system ]`: a test that changes nothing.
fn is_condition(text: &str) -> bool {
    let inner = text
        .strip_prefix("[ ")
        .and_then(|rest| rest.strip_suffix(" ]"));
    let inner = inner.or_else(|| text.strip_prefix("test "));
    inner.is_some_and(|inner| !inner.contains(['`', '(', '<', '>', '|']))
}

/// `case "$1" in`, `configure)`
fn is_case(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "-|*\"' ".contains(c);
    let pattern = text.strip_suffix(')');
    let head = text
        .strip_prefix("case ")
        .and_then(|rest| rest.strip_suffix(" in"));
    pattern.is_some_and(|pattern| pattern.chars().all(is_word))
        || head.is_some_and(|head| ["$1", "\"$1\"", "${1}", "\"${1}\""].contains(&head))
}

fn systemctl(
    arguments: &[&str],
    units: &[&str],
    is_guarded: bool,
    commands: &mut Commands,
) -> Atom {
    const FLAGS: [&str; 8] = [
        "--system",
        "--quiet",
        "-q",
        "--no-reload",
        "--now",
        "--no-block",
        "--force",
        "-f",
    ];
    const VERBS: [&str; 11] = [
        "enable",
        "preset",
        "start",
        "restart",
        "try-restart",
        "reload-or-restart",
        "reload-or-try-restart",
        "condrestart",
        "stop",
        "disable",
        "reload",
    ];
    let (flags, words): (Vec<&str>, Vec<&str>) =
        arguments.iter().partition(|word| word.starts_with('-'));
    if !flags.iter().all(|flag| FLAGS.contains(flag)) {
        return Atom::Unknown;
    }
    let Some((verb, names)) = words.split_first() else {
        return Atom::Unknown;
    };
    if ["daemon-reload", "reset-failed"].contains(verb) && names.is_empty() {
        return Atom::Ours;
    }
    let names: Option<Vec<String>> = names.iter().map(|name| unit(name, units)).collect();
    let Some(names) = names.filter(|names| !names.is_empty() && VERBS.contains(verb)) else {
        return Atom::Unknown;
    };
    if ["enable", "preset"].contains(verb) {
        commands.enables.extend(names.iter().cloned());
    }
    let at_once = *verb == "start"
        || (*verb == "enable" && flags.contains(&"--now"))
        || (["restart", "reload-or-restart"].contains(verb) && !is_guarded);
    if at_once {
        commands.starts.extend(names);
    }
    Atom::Ours
}

/// A unit of the package, by its name with or without the suffix of a service.
fn unit(name: &str, units: &[&str]) -> Option<String> {
    let whole = if name.contains('.') {
        name.to_owned()
    } else {
        format!("{name}.service")
    };
    units.contains(&whole.as_str()).then_some(whole)
}

/// What keeps Debian's own account of enabled units.
fn helper(arguments: &[&str], units: &[&str]) -> Atom {
    let words = arguments.iter().filter(|word| !word.starts_with('-'));
    let mut names = words.skip(1);
    match names.all(|name| unit(name, units).is_some()) {
        true => Atom::Ours,
        false => Atom::Unknown,
    }
}

/// Debian's `adduser --system`.
fn debian_user(arguments: &[&str], commands: &mut Commands) -> Atom {
    const PLAIN: [&str; 5] = [
        "--group",
        "--quiet",
        "--disabled-login",
        "--disabled-password",
        "--force-badname",
    ];
    if !arguments.contains(&"--system") {
        return Atom::Unknown;
    }
    let words = arguments.iter().filter(|word| !PLAIN.contains(word));
    let words = words.map(|word| match *word {
        "--gecos" => "--comment",
        "--ingroup" => "--gid",
        other => other,
    });
    user(&words.collect::<Vec<_>>(), commands)
}

/// `setcap TEXT /usr/bin/NAME`
fn capabilities(arguments: &[&str], bins: &[String], commands: &mut Commands) -> Atom {
    let [text, path] = arguments else {
        return Atom::Unknown;
    };
    let name = path.strip_prefix("/usr/bin/").unwrap_or_default();
    if !bins.iter().any(|bin| bin == name) || text.starts_with('-') {
        return Atom::Unknown;
    }
    commands
        .bin_caps
        .push((name.to_owned(), (*text).to_owned()));
    Atom::Ours
}

/// A group that a user of the package gets by itself. Another one is not known to be needed.
fn group(arguments: &[&str]) -> Atom {
    let (flags, names): (Vec<&str>, Vec<&str>) =
        arguments.iter().partition(|word| word.starts_with('-'));
    let plain = flags
        .iter()
        .all(|flag| ["-r", "--system", "-f", "--force", "-rf"].contains(flag));
    match plain && names.len() == 1 {
        true => Atom::Frame,
        false => Atom::Unknown,
    }
}

/// `useradd`, with options that `users` has too. A home that it makes is another matter.
fn user(arguments: &[&str], commands: &mut Commands) -> Atom {
    let mut account = Inline::default();
    let mut names = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let (option, value) = match word.split_once('=') {
            Some((option, value)) if option.starts_with("--") => (option, Some(value)),
            _ => (*word, None),
        };
        let key = match option {
            "-r" | "--system" | "-M" | "--no-create-home" | "-U" | "--user-group" | "-N"
            | "--no-user-group" | "-rM" | "-Mr" => continue,
            "-s" | "--shell" => "shell",
            "-d" | "--home" | "--home-dir" => "home",
            "-c" | "--comment" => "description",
            "-g" | "--gid" => "group",
            other if other.starts_with('-') => return Atom::Unknown,
            name => {
                names.push(name.to_owned());
                continue;
            }
        };
        let Some(value) = value.or_else(|| words.next().copied()) else {
            return Atom::Unknown;
        };
        account = account.text(key, value);
    }
    match names
        .pop()
        .filter(|name| names.is_empty() && crate::project::is_account_name(name))
    {
        Some(name) => {
            // Its own group needs no word.
            let own = format!("group = \"{name}\"");
            let account = account.without(&own).without("shell = \"/sbin/nologin\"");
            commands.users.push((name, account));
            Atom::Ours
        }
        None => Atom::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn understood(text: &str) -> String {
        let commands = read(
            text,
            &["hello.service", "hello.timer"],
            &["hello".to_owned()],
        );
        let users = commands
            .users
            .iter()
            .map(|(name, user)| format!("{name} = {}", user.written()));
        format!(
            "{} {:?} {:?} {}",
            commands.all_known,
            commands.enables,
            commands.starts,
            users.collect::<Vec<_>>().join(" ")
        )
    }

    #[test]
    fn scripts_that_do_what_ours_do_are_understood() {
        let text = "#!/bin/sh\nset -e\nif [ \"$1\" -eq 1 ] && [ -d /run/systemd/system ]; then\n  \
            systemctl daemon-reload >/dev/null 2>&1 || :\n  systemctl enable --now hello || true\nfi\nexit 0\n";
        assert_eq!(
            understood(text),
            "true [\"hello.service\"] [\"hello.service\"] "
        );
        let text =
            "getent passwd hello >/dev/null || useradd -r -s /sbin/nologin -d /var/lib/hello hello";
        assert_eq!(
            understood(text),
            "true [] [] hello = { home = \"/var/lib/hello\" }"
        );
        assert_eq!(
            understood("systemctl restart hello.timer"),
            "true [] [\"hello.timer\"] "
        );
        let text = "case \"$1\" in\n  0)\n    systemctl stop hello\n    ;;\nesac";
        assert_eq!(understood(text), "true [] [] ");
        let text = "adduser --system --group --no-create-home --home /srv/hello hello";
        assert_eq!(
            understood(text),
            "true [] [] hello = { home = \"/srv/hello\" }"
        );
        let text = "setcap cap_net_raw=eip /usr/bin/hello";
        assert_eq!(understood(text), "true [] [] ");
    }

    #[test]
    fn a_command_that_is_not_known_makes_the_script_unknown() {
        for text in [
            "systemctl restart nginx",
            "setcap cap_net_raw=eip /usr/bin/other",
            "mkdir -p /var/lib/hello",
            "systemctl enable hello; chown hello /srv",
            "useradd -m hello",
            "[ -x \"$(which hello)\" ] && true",
            "echo hello > /etc/hello",
            "systemctl --user enable hello",
            "systemctl enable $UNIT",
            "exit 1",
        ] {
            assert!(understood(text).starts_with("false "), "{text}");
        }
    }

    proptest! {
        /// Nothing that a script holds is too odd to be read, and one command that is not known is
        /// enough, wherever it stands.
        #[test]
        fn an_unknown_command_is_never_overlooked(
            before in "[ -~\n]{0,40}",
            known in "(systemctl daemon-reload|true|set -e|exit 0)",
            separator in "(\n|; | && | \\|\\| )",
        ) {
            let units = ["hello.service"];
            read(&before, &units, &[]);
            let text = format!("{known}{separator}rm -rf /srv{separator}{known}");
            prop_assert!(!read(&text, &units, &[]).all_known);
            let text = format!("{known}{separator}{known}");
            prop_assert!(read(&text, &units, &[]).all_known);
        }
    }
}
