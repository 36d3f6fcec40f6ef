//! What is said when the program itself is at fault: enough to find the fault, and no secret.

use crate::report::{Diagnostic, last_step, render, terminal_width, trail, visible_line};
use std::panic::PanicHookInfo;

/// Tells of a panic in our words instead of the language's own.
pub(super) fn tell_of_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let words: Vec<String> = std::env::args_os()
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        let told = told(&Defect {
            what: what(panic),
            command: flags(&words),
            step: last_step(),
            stages: trail(),
        });
        anstream::eprintln!("{}", render(&told, terminal_width()));
        if std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0") {
            anstream::eprintln!("{}", std::backtrace::Backtrace::force_capture());
        }
    }));
}

fn what(panic: &PanicHookInfo<'_>) -> String {
    let message = message(panic.payload_as_str().unwrap_or("no message"));
    match panic.location() {
        Some(place) => format!("{message} ({place})"),
        None => message,
    }
}

/// The most characters of a message; those of the language itself have fewer.
const MAX_MESSAGE: usize = 160;

/// The message of a panic, without what it may quote: the text that was cut at a wrong place, the two
/// sides of an assertion, an error that nobody expected.
fn message(said: &str) -> String {
    let mut kept = said.lines().next().unwrap_or_default();
    for before in [" of `", " slicing `", " on an `Err` value: "] {
        if let Some(at) = kept.find(before) {
            kept = &kept[..at + before.len()];
        }
    }
    // Texts stand in quotation marks where they are shown for programmers.
    if let Some(at) = kept.find('"') {
        kept = &kept[..at];
    }
    let mut shown = visible_line(kept);
    if let Some((at, _)) = shown.char_indices().nth(MAX_MESSAGE) {
        shown.truncate(at);
    }
    if shown != said {
        shown.push('…');
    }
    shown
}

/// What is known of a defect, without a value that its user wrote.
struct Defect {
    /// The message and its place in our sources.
    what: String,
    /// The command and the names of its flags.
    command: String,
    /// The step that was told last.
    step: Option<String>,
    /// The stages that were open, with the target and the shape of the plan.
    stages: Option<String>,
}

/// The commands that are told of.
const COMMANDS: [&str; 12] = [
    "init", "package", "generate", "check", "explain", "inspect", "diff", "sign", "repo",
    "targets", "schema", "pages",
];

/// The command and the names of its flags. Values may be secrets, and so may all that stands behind
/// `--`.
fn flags(words: &[String]) -> String {
    let words = words.iter().skip(1).map(String::as_str);
    let words: Vec<&str> = words.take_while(|word| *word != "--").collect();
    // Not the first word without a hyphen, which may be the value of a flag before it.
    let command = words.iter().find(|word| COMMANDS.contains(word));
    let names = words.iter().filter(|word| word.starts_with('-'));
    let names = names.filter_map(|word| match word.starts_with("--") {
        true => word.split('=').next(),
        false => word.get(..2),
    });
    let shown: Vec<&str> = command.copied().into_iter().chain(names).collect();
    visible_line(&shown.join(" "))
}

fn told(defect: &Defect) -> Diagnostic {
    let version = env!("CARGO_PKG_VERSION");
    let machine = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    let command = &defect.command;
    let mut told = Diagnostic::error("this is a defect of cargo ambot, and no fault of yours")
        .with_note(&defect.what)
        .with_note(format!("cargo-ambot {version} on {machine}: {command}"));
    if let Some(step) = &defect.step {
        told = told.with_note(format!("while: {step}"));
    }
    if let Some(stages) = &defect.stages {
        told = told.with_note(format!("in: {stages}"));
    }
    let place = match env!("CARGO_PKG_REPOSITORY") {
        "" => String::new(),
        repository => format!(" at {repository}/issues"),
    };
    told.with_help(format!(
        "nothing half-made has a final name; run it again with RUST_BACKTRACE=1 and report all of this{place}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    #[test]
    fn the_commands_are_those_that_there_are() {
        let command = super::super::args::command();
        let names: Vec<&str> = command
            .get_subcommands()
            .map(clap::Command::get_name)
            .collect();
        assert_eq!(names, COMMANDS);
    }

    #[test]
    fn a_value_in_the_place_of_the_command_is_not_told() {
        let words = [
            "cargo-ambot",
            "--color",
            "canary",
            "package",
            "-v",
            "canary",
        ];
        assert_eq!(flags(&words.map(str::to_owned)), "package --color -v");
    }

    #[test]
    fn a_message_is_told_without_what_it_quotes() {
        let said = |body: fn()| {
            let payload = std::panic::catch_unwind(body).unwrap_err();
            let text = payload.downcast_ref::<String>().cloned();
            message(&text.unwrap_or_default())
        };
        let long = "x".repeat(999);
        let told = [
            said(|| drop(black_box("canary`é")[..8].to_owned())),
            said(|| drop(black_box("canary")[4..black_box(2)].to_owned())),
            said(|| drop(black_box(Err::<String, _>("canary")).unwrap())),
            said(|| assert_eq!(black_box("canary"), "b")),
            said(|| drop(black_box(vec![1])[black_box(2)].to_string())),
            message("a\u{1b}[2Jb \"canary\""),
            message(&long),
        ];
        let told = told.join("\n");
        assert!(!told.contains("canary") && told.len() < 999, "{told}");
        insta::assert_snapshot!(told.replace(&long[..MAX_MESSAGE], "LONG"), @r"
        end byte index 8 is not a char boundary; it is inside 'é' (bytes 7..9) of `…
        begin > end (4 > 2) when slicing `…
        called `Result::unwrap()` on an `Err` value: …
        assertion `left == right` failed…
        index out of bounds: the len is 1 but the index is 2
        a\u{1b}[2Jb …
        LONG…
        ");
    }

    #[test]
    fn a_defect_is_told_with_what_finds_it_and_without_values() {
        let words = [
            "cargo-ambot",
            "ambot",
            "package",
            "--config",
            "registry.token='x'",
            "--sign-command=gpg -u me",
            "-tel8",
            "--",
            "--secret",
        ];
        let told = told(&Defect {
            what: "index out of bounds (src/a.rs:1:2)".into(),
            command: flags(&words.map(str::to_owned)),
            step: Some("Compressing hello-1.0.0-1.el8.x86_64.rpm".into()),
            stages: Some("rpm target=el8 (1 files, gzip:9)".into()),
        });
        let shown = anstream::adapter::strip_str(&render(&told, 200)).to_string();
        let machine = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
        let version = env!("CARGO_PKG_VERSION");
        let shown = shown
            .replace(&machine, "MACHINE")
            .replace(version, "VERSION");
        insta::assert_snapshot!(shown, @r"
        error: this is a defect of cargo ambot, and no fault of yours
         |
         = note: index out of bounds (src/a.rs:1:2)
         = note: cargo-ambot VERSION on MACHINE: package --config --sign-command -t
         = note: while: Compressing hello-1.0.0-1.el8.x86_64.rpm
         = note: in: rpm target=el8 (1 files, gzip:9)
         = help: nothing half-made has a final name; run it again with RUST_BACKTRACE=1 and report all of this
        ");
    }
}
