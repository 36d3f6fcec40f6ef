//! What is shown cannot speak to the terminal, nor to the forge that reads a log.

/// The first control character of a text that is not one of our own colours; those that turn text
/// around are among them.
pub(super) fn control(text: &str) -> Option<char> {
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        rest = &rest[character.len_utf8()..];
        if character == '\x1b'
            && let Some(colour) = rest.strip_prefix('[')
            && let Some(end) = colour.find(|c: char| !c.is_ascii_digit() && c != ';')
            && let Some(after) = colour[end..].strip_prefix('m')
        {
            rest = after;
            continue;
        }
        let turns = matches!(
            character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        );
        if turns || character.is_control() && !matches!(character, '\n' | '\t') {
            return Some(character);
        }
    }
    None
}

use crate::support::project::{Project, ambot};
use crate::support::spec::build;
use std::fs;

/// A workspace whose member lies in a folder with a name that speaks, and has something to find.
fn speaking() -> Project {
    let project = Project::hello();
    let name = "a\n::error::forged\r\u{9b}31m\x1b]0;t\x07\u{202e}b";
    let member = project.path().join(name);
    fs::create_dir_all(member.join("src")).unwrap();
    fs::create_dir_all(member.join(".ambot/services")).unwrap();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let manifest = manifest
        .replace("[workspace]", "")
        .replace("name = \"hello\"", "name = \"member\"");
    fs::write(
        member.join("Cargo.toml"),
        manifest
            .split("[package.metadata")
            .next()
            .unwrap()
            .replace("readme = \"README.md\"", ""),
    )
    .unwrap();
    fs::write(member.join("src/main.rs"), "fn main() {}\n").unwrap();
    fs::write(
        member.join(".ambot/services/member.service"),
        "[Unit]\nDescription=a\x1b]0;t\x07\u{9b}31m\u{202e}\n[Service]\nExecStart=/usr/bin/member\n\
         Nice=9\u{9b}31m\nRestart=maybe\x1b[31m\n",
    )
    .unwrap();
    let escaped: String = name
        .chars()
        .map(|c| format!("\\U{:08x}", u32::from(c)))
        .collect();
    project.write(
        "Cargo.toml",
        &format!("[workspace]\nmembers = [\"{escaped}\"]\nresolver = \"2\"\n"),
    );
    let _ = fs::remove_file(project.path().join("Cargo.lock"));
    project
}

#[test]
fn no_format_lets_a_name_or_a_value_speak_for_itself() {
    let project = speaking();
    for format in ["human", "short", "github"] {
        let run = project.ambot(&[
            "check",
            "-t",
            "el7,el8",
            "--workspace",
            "--color",
            "always",
            "--message-format",
            format,
        ]);
        assert!(matches!(run.code, Some(1)), "{}", run.snapshot());
        let all = run.stdout.clone() + &run.stderr;
        assert!(all.contains("Restart"), "{all}");
        assert_eq!(control(&all), None, "{format}: {all:?}");
        // A line of its own would be a command of its own.
        let forged = all
            .lines()
            .find(|line| line.trim_start().starts_with("::error::forged"));
        assert_eq!(forged, None, "{format}");
        if format == "github" {
            assert!(
                run.stdout.lines().all(|line| line.starts_with("::")),
                "{}",
                run.stdout
            );
        }
    }
    for format in ["json", "sarif"] {
        let run = project.ambot(&[
            "check",
            "-t",
            "el7,el8",
            "--workspace",
            "--message-format",
            format,
        ]);
        let lines: Vec<&str> = match format {
            "json" => run.stdout.lines().collect(),
            _ => vec![run.stdout.as_str()],
        };
        for line in lines {
            serde_json::from_str::<serde_json::Value>(line).unwrap();
        }
    }
    for more in [["generate", "--diff"], ["package", "--dry-run"]] {
        let run = project.ambot(
            &[
                &more[..],
                &["-t", "el7", "--workspace", "--color", "always"],
            ]
            .concat(),
        );
        assert_eq!(control(&run.stderr), None, "{:?}", run.stderr);
    }
}

/// A package of a stranger's, shown in every way.
#[test]
fn a_package_that_speaks_is_shown_in_escapes() {
    let project = Project::hello();
    // rpmbuild takes no file with such characters in it for a spec.
    let bytes = "a\u{1b}]0;t\u{7}\u{9b}31m\u{202e}b\u{200f}".bytes();
    let bytes: Vec<String> = bytes.map(|byte| byte.to_string()).collect();
    let speech = format!("%{{lua: print(string.char({}))}}", bytes.join(","));
    let spec = format!(
        "%global speech {speech}\nName: odd\nVersion: 1\nRelease: 1\nSummary: %{{speech}}\n\
         License: %{{speech}}\nVendor: %{{speech}}\nBuildArch: noarch\n\
         %description\n%{{speech}}\n%{{speech}}\n\
         %pre\necho '%{{speech}}'\n%files\n%changelog\n* Thu Jan 04 2024 %{{speech}} - 1\n- %{{speech}}\n"
    );
    let more = ["-bb", "--define", "_binary_payload w9.gzdio"];
    let path = build(project.path(), "odd", &spec, &more).remove(0);
    let path = path.to_str().unwrap();
    for arguments in [
        &["inspect", path, "-v", "-t", "el7,el8"][..],
        &["inspect", path],
        &["diff", path, path],
        &["repo", "add", "repo", path],
        &["repo", "list", "repo"],
        &["sign", path, "--sign-key", path],
    ] {
        let run = project.ambot(&[arguments, &["--color", "always"]].concat());
        let all = run.stdout.clone() + &run.stderr;
        assert_eq!(control(&all), None, "{arguments:?}: {all:?}");
    }
    let run = ambot(&["inspect", path, "--message-format", "json"]);
    let line: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    // Machines get what is there.
    let summary = line["summary"].as_str().unwrap_or_default();
    assert!(summary.starts_with("a\u{1b}]0;t"), "{line:#}");
}

/// Words of the command line may come from elsewhere, too.
#[test]
fn words_of_the_command_line_are_shown_in_escapes() {
    let speech = "a\x1b]0;t\x07\u{9b}31m\r\u{202e}b";
    for arguments in [
        &["explain", speech][..],
        &["inspect", speech],
        &["package", "-t", speech],
        &["repo", "list", speech],
        &["generate", "--set", speech],
    ] {
        let run = ambot(&[arguments, &["--color", "always"]].concat());
        let all = run.stdout.clone() + &run.stderr;
        assert_ne!(run.code, Some(0));
        assert_eq!(control(&all), None, "{arguments:?}: {all:?}");
    }
}
