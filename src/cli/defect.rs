//! What is said when the program itself is at fault: enough to find the fault, and no secret.

use crate::report::{Diagnostic, last_step, render, terminal_width};
use std::panic::PanicHookInfo;

/// Tells of a panic in our words instead of the language's own.
pub(super) fn tell_of_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let words: Vec<String> = std::env::args_os()
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        let told = told(&what(panic), &flags(&words), last_step().as_deref());
        anstream::eprintln!("{}", render(&told, terminal_width()));
        if std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0") {
            anstream::eprintln!("{}", std::backtrace::Backtrace::force_capture());
        }
    }));
}

fn what(panic: &PanicHookInfo<'_>) -> String {
    let message = panic.payload_as_str().unwrap_or("no message");
    match panic.location() {
        Some(place) => format!("{message} ({place})"),
        None => message.to_owned(),
    }
}

/// The command and the names of its flags. Values may be secrets, and so may all that stands behind
/// `--`.
fn flags(words: &[String]) -> String {
    let mut words = words.iter().skip(1).take_while(|word| *word != "--");
    let command = words
        .by_ref()
        .find(|word| *word != "ambot" && !word.starts_with('-'));
    let names = words.filter(|word| word.starts_with('-'));
    let names = names.filter_map(|word| match word.starts_with("--") {
        true => word.split('=').next(),
        false => word.get(..2),
    });
    let mut shown: Vec<&str> = command.map(String::as_str).into_iter().collect();
    shown.extend(names);
    shown.join(" ")
}

fn told(what: &str, flags: &str, step: Option<&str>) -> Diagnostic {
    let version = env!("CARGO_PKG_VERSION");
    let machine = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    let mut told = Diagnostic::error("this is a defect of cargo ambot, and no fault of yours")
        .with_note(what)
        .with_note(format!("cargo-ambot {version} on {machine}: {flags}"));
    if let Some(step) = step {
        told = told.with_note(format!("while: {step}"));
    }
    told.with_help("nothing half-made has a final name; run it again with RUST_BACKTRACE=1 and report all of this")
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let told = told(
            "index out of bounds (src/a.rs:1:2)",
            &flags(&words.map(str::to_owned)),
            Some("Compressing hello-1.0.0-1.el8.x86_64.rpm"),
        );
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
         = help: nothing half-made has a final name; run it again with RUST_BACKTRACE=1 and report all of this
        ");
    }
}
