//! Holds the sources to the order of the rooms, which `src/lib.rs` shows.
//!
//! The sources are read as text without comments and literals. That is coarser than what the
//! compiler knows, and enough: who wants to reach back has to write the room's name.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms on the way of a package, in its order. Each imports only from earlier ones.
const WAY: [&str; 16] = [
    "project", "contents", "unit", "adapt", "lint", "build", "package", "archive", "source",
    "init", "rpm", "inspect", "attest", "repo", "pipeline", "cli",
];

/// The rooms beside the way, which all may import; `report` and `disk` none of the others, `target`
/// only `report`.
const BESIDE: [&str; 3] = ["disk", "report", "target"];

/// The longest file, in lines with its tests.
const LONGEST_FILE: usize = 500;

/// Names that say nothing of what is inside.
const EMPTY_NAMES: [&str; 8] = [
    "common", "helper", "helpers", "manager", "misc", "shared", "util", "utils",
];

/// A source file.
struct Source {
    /// The path below `src`.
    path: PathBuf,
    text: String,
    /// The text with comments and literals blanked out.
    code: String,
}

impl Source {
    /// The folder or file directly below `src` that it belongs to.
    fn room(&self) -> &str {
        let first = self.path.iter().next().unwrap().to_str().unwrap();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// The line that a place in the code is on.
    fn line(&self, offset: usize) -> usize {
        self.code[..offset].matches('\n').count() + 1
    }

    fn at(&self, offset: usize) -> String {
        format!("src/{}:{}", self.path.display(), self.line(offset))
    }

    /// Whether the room has a module of this name inside, so that `super::NAME::…` stays within.
    fn has_own(&self, name: &str) -> bool {
        let own = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("src")
            .join(self.room())
            .join(name);
        own.with_extension("rs").exists() || own.exists()
    }

    /// The rooms that the code names. `super::NAME` alone may be any item, `super::NAME::…` is a
    /// room unless it is the room's own module.
    fn imports(&self) -> Vec<Below> {
        let mut found = named_below(&self.code, "crate");
        found.extend(
            named_below(&self.code, "super")
                .into_iter()
                .filter(|below| below.is_path && !self.has_own(&below.name)),
        );
        found.retain(|below| is_room(&below.name));
        found
    }
}

fn is_room(name: &str) -> bool {
    WAY.contains(&name) || BESIDE.contains(&name)
}

/// Whether one room may import from another.
fn may_import(room: &str, from: &str) -> bool {
    let place = |room: &str| WAY.iter().position(|name| *name == room);
    if room == from {
        return true;
    }
    match (place(room), place(from)) {
        (Some(room), Some(from)) => from < room,
        (Some(_), None) => true,
        (None, _) => room == "target" && from == "report",
    }
}

/// All sources, sorted by path.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push(Source {
                    path: path.strip_prefix(&root).unwrap().to_owned(),
                    code: code_of(&text),
                    text,
                });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.len() > 20, "the sources were not found");
    found
}

/// The text with comments, strings and characters replaced by spaces; line ends stay.
fn code_of(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match literal_or_comment(bytes, at) {
            Some(end) => end.min(bytes.len()),
            None => {
                at += 1;
                continue;
            }
        };
        for byte in &mut code[at..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = end;
    }
    String::from_utf8_lossy(&code).into_owned()
}

/// Where the literal or comment that starts here ends, if one does.
fn literal_or_comment(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = &bytes[at..];
    let find = |what: &[u8], from: usize| {
        rest[from..]
            .windows(what.len())
            .position(|window| window == what)
            .map_or(bytes.len(), |found| at + from + found + what.len())
    };
    let follows_name = at > 0 && is_name(bytes[at - 1]);
    if rest.starts_with(b"//") {
        // The line end is code.
        let length = rest.iter().position(|byte| *byte == b'\n');
        Some(at + length.unwrap_or(rest.len()))
    } else if rest.starts_with(b"/*") {
        Some(block_comment_end(bytes, at))
    } else if !follows_name && (rest[0] == b'r' || rest.starts_with(b"br")) {
        let start = if rest[0] == b'b' { 2 } else { 1 };
        let marks = rest[start..]
            .iter()
            .take_while(|byte| **byte == b'#')
            .count();
        (rest.get(start + marks) == Some(&b'"')).then(|| {
            let close = [b"\"", "#".repeat(marks).as_bytes()].concat();
            find(&close, start + marks + 1)
        })
    } else if rest[0] == b'"' {
        Some(at + quoted_length(rest, b'"'))
    } else if rest[0] == b'\'' {
        // `'a'` and `'\n'` are characters, `'a` is a lifetime; no character is longer than four
        // bytes.
        let is_escape = rest.get(1) == Some(&b'\\');
        let is_character = rest.iter().skip(2).take(4).any(|byte| *byte == b'\'');
        (is_escape || (is_character && !is_lifetime(rest))).then(|| at + quoted_length(rest, b'\''))
    } else {
        None
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// `'a, 'b` has a quote soon after the first, yet it is no character.
fn is_lifetime(rest: &[u8]) -> bool {
    rest.get(1).is_some_and(u8::is_ascii) && rest.get(2) != Some(&b'\'')
}

fn quoted_length(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

/// Block comments nest.
fn block_comment_end(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0;
    let mut at = start;
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    at
}

/// A name right below a path's start.
#[derive(Debug)]
struct Below {
    /// Where the path starts.
    offset: usize,
    name: String,
    /// Whether the path goes on below the name.
    is_path: bool,
}

impl Below {
    fn new(offset: usize, text: &str) -> Self {
        let text = text.trim().trim_start_matches("r#");
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
        let (name, rest) = text.split_at(end.unwrap_or(text.len()));
        Below {
            offset,
            name: name.to_owned(),
            is_path: rest.trim_start().starts_with("::"),
        }
    }
}

/// The names right below a path's start: `a` of `crate::a::b`, `a` and `b` of `crate::{a, b::c}`.
fn named_below(code: &str, start: &str) -> Vec<Below> {
    let mut found = Vec::new();
    for (offset, _) in code.match_indices(start) {
        let before = code[..offset].bytes().next_back();
        if before.is_some_and(is_name) {
            continue;
        }
        let rest = code[offset + start.len()..].trim_start();
        let Some(rest) = rest.strip_prefix("::").map(str::trim_start) else {
            continue;
        };
        match rest.strip_prefix('{') {
            Some(group) => {
                let parts = parts_of(group);
                found.extend(parts.into_iter().map(|part| Below::new(offset, part)));
            }
            None => found.push(Below::new(offset, rest)),
        }
    }
    found
}

/// The parts of a `{group}`, whose opening brace is already read, between its own commas.
fn parts_of(group: &str) -> Vec<&str> {
    let mut depth = 1;
    let end = group.find(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        depth == 0
    });
    let mut depth = 0;
    group[..end.unwrap_or(group.len())]
        .split(|c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            depth == 0 && c == ','
        })
        .collect()
}

/// Fails with one line for each breach.
#[track_caller]
fn assert_none(breaches: &[String], rule: &str) {
    assert!(breaches.is_empty(), "{rule}\n{}", breaches.join("\n"));
}

#[test]
fn rooms_import_only_from_earlier_ones() {
    let mut breaches = Vec::new();
    let mut imports = 0;
    for source in sources().iter().filter(|source| is_room(source.room())) {
        for from in source.imports() {
            imports += 1;
            if !may_import(source.room(), &from.name) {
                breaches.push(format!(
                    "{}: `{}` imports from `{}`",
                    source.at(from.offset),
                    source.room(),
                    from.name
                ));
            }
        }
    }
    assert!(imports > 0, "no import was found at all");
    assert_none(&breaches, &format!("the order is {}", WAY.join(" → ")));
}

#[test]
fn every_module_below_the_root_is_a_room() {
    let rooms: BTreeMap<_, _> = sources()
        .iter()
        .map(|source| (source.room().to_owned(), source.path.clone()))
        .collect();
    for (room, path) in rooms {
        let known = is_room(&room) || ["lib", "main"].contains(&room.as_str());
        assert!(known, "src/{} has no place in the order", path.display());
    }
}

#[test]
fn files_are_short_and_named_for_what_is_inside() {
    let mut breaches = Vec::new();
    for source in sources() {
        let lines = source.text.lines().count();
        if lines > LONGEST_FILE {
            breaches.push(format!("src/{}: {lines} lines", source.path.display()));
        }
        let empty = source.path.iter().find(|part| {
            let name = Path::new(part).file_stem().unwrap().to_string_lossy();
            EMPTY_NAMES.contains(&name.as_ref())
        });
        if let Some(name) = empty {
            breaches.push(format!(
                "src/{}: `{}` says nothing of what is inside",
                source.path.display(),
                name.display()
            ));
        }
    }
    assert_none(
        &breaches,
        &format!("at most {LONGEST_FILE} lines, no empty names"),
    );
}

#[test]
fn only_the_room_of_that_name_knows_the_rpm_crate() {
    let mut breaches = Vec::new();
    for source in sources().iter().filter(|source| source.room() != "rpm") {
        let own_room = named_below(&source.code, "crate")
            .iter()
            .any(|below| below.name == "rpm");
        for (offset, _) in source.code.match_indices("rpm") {
            let before = source.code[..offset].trim_end();
            let after = source.code[offset + 3..].trim_start();
            let is_word = !source.code[..offset]
                .bytes()
                .next_back()
                .is_some_and(is_name)
                && !source.code[offset + 3..]
                    .bytes()
                    .next()
                    .is_some_and(is_name);
            let imported = before.ends_with("use") && is_word;
            let root = before.strip_suffix("::");
            let is_global = root.is_some_and(|root| {
                !root
                    .bytes()
                    .next_back()
                    .is_some_and(|byte| is_name(byte) || byte == b'>')
            });
            // Without `crate::rpm` in scope, `rpm::…` can only be the crate.
            let is_bare = root.is_none() && !own_room;
            if is_word && (imported || after.starts_with("::") && (is_global || is_bare)) {
                breaches.push(source.at(offset));
            }
        }
    }
    assert_none(&breaches, "the rpm crate is used in src/rpm alone");
}

#[test]
fn only_the_command_line_and_reports_print_or_exit() {
    let calls = [
        "print!",
        "println!",
        "eprint!",
        "eprintln!",
        "dbg!",
        "process::exit",
        "io::stdout",
        "io::stderr",
        "anstream::stdout",
        "anstream::stderr",
    ];
    let mut breaches = Vec::new();
    for source in sources() {
        if ["cli", "report"].contains(&source.room()) {
            continue;
        }
        for call in calls {
            for (offset, _) in source.code.match_indices(call) {
                if !source.code[..offset]
                    .bytes()
                    .next_back()
                    .is_some_and(is_name)
                {
                    breaches.push(format!("{}: {call}", source.at(offset)));
                }
            }
        }
    }
    assert_none(
        &breaches,
        "rooms give what they have to say to a report::Sink",
    );
}

#[test]
fn the_order_itself_is_what_the_design_says() {
    assert!(may_import("unit", "project"));
    assert!(may_import("project", "report") && may_import("project", "target"));
    assert!(may_import("target", "report") && may_import("cli", "pipeline"));
    assert!(!may_import("project", "unit"));
    assert!(!may_import("report", "target") && !may_import("report", "project"));
    assert!(!may_import("target", "project") && !may_import("rpm", "inspect"));
}

#[test]
fn imports_are_found_in_code_alone() {
    let source = |text: &str| Source {
        path: PathBuf::from("project/mod.rs"),
        text: text.to_owned(),
        code: code_of(text),
    };
    let names = |text: &str| -> Vec<String> {
        let source = source(text);
        source
            .imports()
            .into_iter()
            .map(|below| below.name)
            .collect()
    };
    assert_eq!(names("use crate::unit::Unit;"), ["unit"]);
    assert_eq!(
        names("use crate::{report::{Sink, Span}, unit::{self, Unit}, rpm};"),
        ["report", "unit", "rpm"]
    );
    assert_eq!(names("fn f(x: &crate :: rpm::Header) {}"), ["rpm"]);
    assert_eq!(names("use super::super::build::run;"), ["build"]);
    for nothing in [
        "// use crate::unit;",
        "/* a /* nested */ crate::unit */",
        "//! [`crate::unit`]",
        r####"const A: &str = r#"crate::unit " crate::rpm"#;"####,
        r#"const A: &str = "\" crate::unit"; const B: char = '"';"#,
        "use my_crate::unit;",
        "use crate::Something;",
        "use super::build;",
    ] {
        assert_eq!(names(nothing), [""; 0], "{nothing}");
    }
    assert_eq!(
        names("fn f<'a>(x: &'a str) -> crate::unit::Unit<'a> { '\\'' }"),
        ["unit"]
    );
}
