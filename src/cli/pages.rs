//! `cargo ambot pages`: manual pages and shell completions, written from the flags themselves.
//!
//! For packagers of this program, and hidden from its help.

use super::{Stop, args};
use crate::report::{Sink, Terminal};
use camino::Utf8Path;
use clap_complete::Shell;
use std::io;

/// The program's name where a shell completes it and `man` looks for it.
const NAME: &str = "cargo-ambot";

pub(super) fn run(folder: &Utf8Path, terminal: &Terminal) -> Result<(), Stop> {
    write(folder).map_err(|error| Stop::file("write to", folder, &error))?;
    terminal.status(
        "Wrote",
        &format!("manual pages and completions to {folder}"),
    );
    Ok(())
}

fn write(folder: &Utf8Path) -> io::Result<()> {
    let (pages, completions) = (folder.join("man"), folder.join("completions"));
    std::fs::create_dir_all(&pages)?;
    std::fs::create_dir_all(&completions)?;
    let mut command = args::command()
        .name(NAME)
        .bin_name(NAME)
        .disable_help_subcommand(true);
    command.build();
    clap_mangen::generate_to(command.clone(), &pages)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        clap_complete::generate_to(shell, &mut command, NAME, &completions)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_and_every_shell_its_completions() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        write(folder).unwrap();
        let names = |of: &str| {
            let entries = std::fs::read_dir(folder.join(of)).unwrap();
            let mut names: Vec<_> = entries
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        };
        fn pages(command: &clap::Command, name: &str) -> Vec<String> {
            let shown = command.get_subcommands().filter(|sub| !sub.is_hide_set());
            let below = shown.flat_map(|sub| pages(sub, &format!("{name}-{}", sub.get_name())));
            std::iter::once(format!("{name}.1")).chain(below).collect()
        }
        let mut expected = pages(&args::command(), NAME);
        expected.sort();
        assert_eq!(names("man"), expected);
        assert_eq!(
            names("completions"),
            ["_cargo-ambot", "cargo-ambot.bash", "cargo-ambot.fish"]
        );
        let page = std::fs::read_to_string(folder.join("man/cargo-ambot-package.1")).unwrap();
        assert!(page.contains("payload\\-compress"), "{page}");
    }
}
