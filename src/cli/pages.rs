//! `cargo ambot pages`: manual pages and shell completions, written from the flags themselves.
//!
//! For packagers of this program, and hidden from its help.

use super::{Stop, args};
use crate::disk::{self, Readers};
use crate::report::{Sink, Terminal};
use camino::Utf8Path;
use clap_complete::{Generator, Shell};
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
    let mut command = args::command()
        .name(NAME)
        .bin_name(NAME)
        .disable_help_subcommand(true);
    command.build();
    write_page(&command, &pages)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        let mut text = Vec::new();
        clap_complete::generate(shell, &mut command, NAME, &mut text);
        let path = completions.join(shell.file_name(NAME));
        disk::write(&path, &text, Readers::Umask)?;
    }
    Ok(())
}

/// The page of a command and those of the commands below it.
fn write_page(command: &clap::Command, folder: &Utf8Path) -> io::Result<()> {
    let page = clap_mangen::Man::new(command.clone());
    let mut text = Vec::new();
    page.render(&mut text)?;
    disk::write(&folder.join(page.get_filename()), &text, Readers::Umask)?;
    let shown = command.get_subcommands().filter(|sub| !sub.is_hide_set());
    shown
        .into_iter()
        .try_for_each(|sub| write_page(sub, folder))
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
