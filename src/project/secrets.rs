//! What packages are signed with, as the environment hands it to us, and how no child gets to see it;
//! and how each child is told of.

use camino::Utf8Path;
use cargo_metadata::MetadataCommand;
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use tracing::debug;

/// The variables that hold what packages are signed with: no settings, and never shown.
pub const SECRET_VARIABLES: [&str; 3] = [
    "CARGO_AMBOT_SIGN_KEY",
    "CARGO_AMBOT_SIGN_PASSPHRASE",
    "CARGO_AMBOT_SIGN_PASSPHRASE_FILE",
];

/// The words of commands that say what is done, as we write them: all that is told of arguments, which
/// may be secrets of the user's own.
const SUBCOMMANDS: [&str; 17] = [
    "--print",
    "--version",
    "-vV",
    "GNU_LIBC_VERSION",
    "build",
    "install",
    "log",
    "ls-files",
    "metadata",
    "package",
    "rev-parse",
    "rustc",
    "status",
    "vendor",
    "venv",
    "version",
    "zigbuild",
];

/// A program for people, without its arguments, and without the value of what somebody set before
/// it as if a shell read the line: these may be secrets.
pub fn shown_program(program: &OsStr) -> String {
    let program = program.to_string_lossy();
    match program.split_once('=') {
        Some((variable, _)) => format!("{variable}=…"),
        None => program.into_owned(),
    }
}

/// A command in the words of the trace: the name of its program, and what it is to do where that is
/// one of our own words.
fn told(command: &Command) -> String {
    let program = shown_program(command.get_program());
    let program = Utf8Path::new(&program).file_name().unwrap_or(&program);
    let words = command.get_args().filter_map(|word| word.to_str());
    let mut known = words.filter_map(|word| SUBCOMMANDS.into_iter().find(|known| *known == word));
    match known.next() {
        Some(word) => format!("{program} {word}"),
        None => program.to_owned(),
    }
}

/// A command as it is run: told in the trace, and without them in what it will see.
pub fn without_secrets(command: &mut Command) -> &mut Command {
    debug!(
        arguments = command.get_args().len(),
        "runs {}",
        told(command)
    );
    for name in SECRET_VARIABLES {
        command.env_remove(name);
    }
    command
}

/// `cargo metadata` in a folder, which is told and does not see them.
pub fn metadata_command(cargo: &Path, folder: &Utf8Path) -> MetadataCommand {
    debug!("runs cargo metadata");
    let mut command = MetadataCommand::new();
    command.cargo_path(cargo).current_dir(folder);
    for name in SECRET_VARIABLES {
        command.env_remove(name);
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_command_nothing_is_told_but_what_it_does() {
        let said = |program: &str, arguments: &[&str]| told(Command::new(program).args(arguments));
        let git = ["-c", "core.fsmonitor=false", "status", "--porcelain"];
        assert_eq!(said("git", &git), "git status");
        let cargo = ["build", "--config", "registry.token='canary'"];
        assert_eq!(said("/opt/rust/bin/cargo", &cargo), "cargo build");
        assert_eq!(said("signer", &["-u", "canary", "canary"]), "signer");
        assert_eq!(said("PIN=a/canary", &[]), "PIN=…");
    }
}
