//! Lines for systemd-tmpfiles, checked against what the target's takes.

use super::Error;
use crate::project::Settings;
use crate::report::{Span, Spanned};
use crate::target::Profile;

/// A line that the target's systemd-tmpfiles takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TmpfilesLine {
    /// The line.
    pub text: String,
    /// The letter of its type.
    pub kind: char,
    /// The path.
    pub path: String,
    /// The owner's name; nothing where the line names none, or a number.
    pub user: Option<String>,
    /// The group's.
    pub group: Option<String>,
    /// Where it was written.
    pub span: Option<Span>,
}

impl TmpfilesLine {
    /// Whether it makes a folder.
    pub fn makes_folder(&self) -> bool {
        "dDevqQ".contains(self.kind)
    }
}

/// The types, their oldest systemd and whether they need an argument, may have one or take none
/// (`ItemType` and `parse_line()` of src/tmpfiles/tmpfiles.c at the tags v219 to v257). `e`, `h` and
/// `H` came with v220 and v230, but Red Hat's 219 has them (its branch rhel-7.9).
const TYPES: [(&str, u16, Argument); 5] = [
    ("fFLC", 219, Argument::May),
    ("dDvpxXrRmzZ", 219, Argument::Never),
    ("e", 219, Argument::Never),
    ("wcbtTaAhH", 219, Argument::Must),
    ("qQ", 228, Argument::Never),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Argument {
    Must,
    May,
    Never,
}

/// What may stand behind the letter, and the oldest tag that was seen to take it.
const MODIFIERS: [(char, u16); 8] = [
    ('+', 219),
    ('!', 219),
    ('-', 245),
    ('=', 249),
    ('~', 252),
    ('^', 252),
    ('$', 257),
    ('?', 257),
];

/// The letters behind `%` and the oldest tag that was seen to have them (`specifier_table` there).
const SPECIFIERS: [(&str, u16); 4] = [
    ("%mbHv", 219),
    ("UuhtSCLTV", 239),
    ("aBlowWgG", 249),
    ("AM", 252),
];

/// The specifiers that stand for a folder.
const FOLDERS: &str = "tSCLTVh";

/// The lines of the settings.
///
/// # Errors
/// The first line that the target's systemd-tmpfiles would ignore.
pub fn tmpfiles(settings: &Settings, profile: &Profile) -> Result<Vec<TmpfilesLine>, Error> {
    let lines = settings.tmpfiles.iter();
    lines
        .map(|line| {
            read(line, profile.systemd.value).map_err(|problem| Error::Tmpfiles {
                line: line.value.clone(),
                problem,
                span: line.span.clone(),
            })
        })
        .collect()
}

fn read(line: &Spanned<String>, systemd: u16) -> Result<TmpfilesLine, String> {
    let text = line.value.trim();
    if text.contains(|c: char| c.is_control() && c != '\t') {
        return Err("it is more than one line".to_owned());
    }
    let (fields, argument) = fields(text);
    let [kind, path, mode, user, group, age] = fields;
    if fields[..6]
        .iter()
        .any(|field| field.contains(['"', '\'', '\\']))
    {
        return Err("quotes and backslashes are for its argument alone".to_owned());
    }
    let letter = kind_of(kind, argument, systemd)?;
    check_path(path)?;
    check_mode(mode, systemd)?;
    check_age(age)?;
    for text in [path, argument] {
        check_specifiers(text, systemd)?;
    }
    Ok(TmpfilesLine {
        text: text.to_owned(),
        kind: letter,
        path: path.to_owned(),
        user: owner("user", user, systemd)?,
        group: owner("group", group, systemd)?,
        span: line.span.clone(),
    })
}

/// The six fields, `-` where there is none, and the argument.
fn fields(text: &str) -> ([&str; 6], &str) {
    let mut fields = ["-"; 6];
    let mut rest = text;
    for field in &mut fields {
        if rest.is_empty() {
            break;
        }
        let (first, more) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
        *field = first;
        rest = more.trim_start();
    }
    (fields, rest)
}

fn kind_of(kind: &str, argument: &str, systemd: u16) -> Result<char, String> {
    let mut characters = kind.chars();
    let letter = characters.next().unwrap_or('-');
    let known = TYPES
        .iter()
        .find(|(letters, since, _)| letters.contains(letter) && *since <= systemd);
    let Some((.., takes)) = known else {
        return Err(format!("systemd {systemd} knows no type `{letter}`"));
    };
    for modifier in characters {
        let is_known = |(known, since): &(char, u16)| *known == modifier && *since <= systemd;
        if !MODIFIERS.iter().any(is_known) {
            return Err(format!("systemd {systemd} knows no modifier `{modifier}`"));
        }
    }
    let has_argument = !matches!(argument, "" | "-");
    match takes {
        Argument::Must if !has_argument => Err(format!("the type `{letter}` needs an argument")),
        Argument::Never if has_argument => Err(format!("the type `{letter}` takes no argument")),
        _ => Ok(letter),
    }
}

fn check_path(path: &str) -> Result<(), String> {
    let folder = |rest: &str| rest.starts_with(|c: char| FOLDERS.contains(c));
    let is_absolute = path.starts_with('/') || path.strip_prefix('%').is_some_and(folder);
    if !is_absolute {
        return Err(format!("`{path}` is no absolute path"));
    }
    match path.split('/').any(|part| matches!(part, "." | "..")) {
        true => Err("its path has `.` or `..` in it".to_owned()),
        false => Ok(()),
    }
}

/// `-`, or up to four octal digits behind `~` (masked by what is there) and, since v252, `:` (only
/// when it is created).
fn check_mode(mode: &str, systemd: u16) -> Result<(), String> {
    let marks: &[char] = if systemd >= 252 { &['~', ':'] } else { &['~'] };
    let digits = mode.trim_start_matches(marks);
    let is_octal = (1..=5).contains(&digits.len())
        && u16::from_str_radix(digits, 8).is_ok_and(|mode| mode <= 0o7777);
    match mode == "-" || is_octal {
        true => Ok(()),
        false => Err(format!("`{mode}` is no mode")),
    }
}

/// A name or a number; since v252 behind `:` where it counts only when the path is created.
fn owner(what: &str, field: &str, systemd: u16) -> Result<Option<String>, String> {
    let name = match field.strip_prefix(':') {
        Some(name) if systemd >= 252 => name,
        _ => field,
    };
    let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    if name == "-" || is_number {
        return Ok(None);
    }
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    let other = |c: char| letter(c) || c.is_ascii_digit() || "-.".contains(c);
    match name.starts_with(letter) && name.chars().all(other) {
        true => Ok(Some(name.to_owned())),
        false => Err(format!("`{field}` is no {what}")),
    }
}

/// Only what cannot be one: how spans of time are written is a matter of systemd.time(7).
fn check_age(age: &str) -> Result<(), String> {
    let good = |c: char| c.is_ascii_alphanumeric() || "~:.".contains(c);
    match age == "-" || (!age.is_empty() && age.chars().all(good)) {
        true => Ok(()),
        false => Err(format!("`{age}` is no age")),
    }
}

fn check_specifiers(text: &str, systemd: u16) -> Result<(), String> {
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '%' {
            continue;
        }
        let letter = characters.next().unwrap_or(' ');
        let is_known =
            |(letters, since): &(&str, u16)| letters.contains(letter) && *since <= systemd;
        if !SPECIFIERS.iter().any(is_known) {
            return Err(format!(
                "systemd-tmpfiles {systemd} does not know `%{}`; a percent sign is `%%`",
                letter.to_string().trim()
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(text: &str, systemd: u16) -> Result<TmpfilesLine, String> {
        let value = text.to_owned();
        read(&Spanned { value, span: None }, systemd)
    }

    #[test]
    fn a_line_is_taken_as_the_target_takes_it() {
        let read = line("d /run/hello 0750 hello www -", 219).unwrap();
        assert_eq!((read.kind, read.path.as_str()), ('d', "/run/hello"));
        assert_eq!(read.user.as_deref(), Some("hello"));
        assert_eq!(read.group.as_deref(), Some("www"));
        assert!(read.makes_folder());
        for good in [
            "d /run/hello",
            "D! /run/hello 0755 root root 10d",
            "L+ /run/a - - - - /usr/share/a b",
            "w /sys/x - - - - 1",
            "f /run/%b/a 0644 1000 -",
            "z /etc/hello ~0640 hello hello",
        ] {
            assert_eq!(line(good, 219).err(), None, "{good}");
        }
    }

    #[test]
    fn what_the_target_would_ignore_is_said() {
        let said = |text: &str| line(text, 219).unwrap_err();
        insta::assert_snapshot!(said("j /run/a"), @"systemd 219 knows no type `j`");
        insta::assert_snapshot!(said("d- /run/a"), @"systemd 219 knows no modifier `-`");
        insta::assert_snapshot!(said("d run/a"), @"`run/a` is no absolute path");
        insta::assert_snapshot!(said("d /run/../a"), @"its path has `.` or `..` in it");
        insta::assert_snapshot!(said("d /run/a 0855"), @"`0855` is no mode");
        insta::assert_snapshot!(said("d /run/a 0755 a:b"), @"`a:b` is no user");
        insta::assert_snapshot!(said("d /run/a 0755 a b c,d"), @"`c,d` is no age");
        insta::assert_snapshot!(said("d /run/a - - - - x"), @"the type `d` takes no argument");
        insta::assert_snapshot!(said("w /run/a"), @"the type `w` needs an argument");
        insta::assert_snapshot!(said("d %t/a"), @"systemd-tmpfiles 219 does not know `%t`; a percent sign is `%%`");
        insta::assert_snapshot!(said("d \"/run/a b\""), @"quotes and backslashes are for its argument alone");
        insta::assert_snapshot!(said(""), @"systemd 219 knows no type `-`");
        for later in ["d- /run/a", "d %t/a", "q /run/a", "d /run/a :0755 :a :b"] {
            assert!(line(later, 219).is_err(), "{later}");
            assert_eq!(line(later, 252).err(), None, "{later}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text: String, systemd in 200u16..300) {
            let _ = line(&text, systemd);
        }

        #[test]
        fn what_an_older_one_takes_a_newer_one_takes(text in "[a-zA-Z]?[-+!=~^]? /[a-z%]{0,4} [-~:0-7]{0,5} [a-z:-]{0,3}") {
            if line(&text, 219).is_ok() {
                prop_assert!(line(&text, 257).is_ok());
            }
        }
    }
}
