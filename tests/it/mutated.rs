//! Damaged packages: what the real rpm refuses, we refuse for the target of that version, and what we
//! refuse, it refuses too, or there is a reason.
//!
//! Packages of rpmbuild's and of ours are changed as chance has it, the same way every time: bits,
//! cuts, and with the header in mind, counts, offsets, types and regions; with the digests of the
//! original, and with digests that fit what was made. `AMBOT_TEST_ROUNDS` says how many are made of
//! each.

use crate::support::ground::{Program, rpms};
use crate::support::project::{Project, Target};
use crate::support::spec;
use cargo_ambot::inspect;
use cargo_ambot::lint::Levels;
use cargo_ambot::rpm::read::ReadRpm;
use cargo_ambot::target;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::process::Command;

/// How many packages are made of each, where nobody says how many.
const ROUNDS: usize = 60;

/// How many files one process of rpm looks at.
const BATCH: usize = 50;

/// The lead of a package, which stands before its signature header.
const LEAD: usize = 96;
/// What stands before a header's index: magic, reserved bytes, counts of entries and of bytes.
const INTRO: usize = 16;
/// The bytes of an entry of the index.
const ENTRY: usize = 16;

/// Numbers that look like chance and are the same every time (Marsaglia's xorshift64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % bound.max(1)
    }

    fn of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())]
    }
}

/// Where a header lies in a file, and where its parts do.
#[derive(Clone, Copy, Debug)]
struct Header {
    start: usize,
    entries: usize,
    bytes: usize,
}

impl Header {
    fn at(file: &[u8], start: usize) -> Self {
        let number = |at: usize| number(file, start + at) as usize;
        Header {
            start,
            entries: number(8),
            bytes: number(12),
        }
    }

    fn store(self) -> usize {
        self.start + INTRO + self.entries * ENTRY
    }

    fn end(self) -> usize {
        self.store() + self.bytes
    }

    /// Where the value of a tag lies; its end is that of the store.
    fn value(self, file: &[u8], tag: u32) -> Option<usize> {
        let entries = (0..self.entries).map(|index| self.start + INTRO + index * ENTRY);
        let mut found = entries.filter(|at| number(file, *at) == tag);
        found
            .next()
            .map(|at| self.store() + number(file, at + 8) as usize)
    }
}

fn number(file: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(file[at..at + 4].try_into().unwrap())
}

fn set(file: &mut [u8], at: usize, value: u32) {
    file[at..at + 4].copy_from_slice(&value.to_be_bytes());
}

/// The signature header, the main header, and where the payload begins, in a sound package.
fn headers(file: &[u8]) -> (Header, Header, usize) {
    let signature = Header::at(file, LEAD);
    let main = Header::at(file, signature.end().next_multiple_of(8));
    (signature, main, main.end())
}

/// Which digests are made to fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repaired {
    Nothing,
    /// Those of the signature header.
    Outer,
    /// That of the payload in the header, too.
    All,
}

fn hex(digest: &[u8]) -> String {
    digest.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// Writes digests and the size of what is there now, where the original's headers had them: whatever
/// became of the headers, they lie where they lay.
fn repair(file: &mut [u8], original: &[u8], repaired: Repaired) {
    let (signature, main, payload) = headers(original);
    if file.len() < payload {
        return;
    }
    let put = |file: &mut [u8], at: Option<usize>, bytes: &[u8]| {
        if let Some(at) = at.filter(|at| at + bytes.len() <= file.len()) {
            file[at..at + bytes.len()].copy_from_slice(bytes);
        }
    };
    if repaired == Repaired::All {
        let digest = hex(&Sha256::digest(&file[payload..]));
        put(file, main.value(original, 5092), digest.as_bytes());
    }
    let header = file[main.start..payload].to_vec();
    let all = file[main.start..].to_vec();
    let (sha1, sha256) = (hex(&Sha1::digest(&header)), hex(&Sha256::digest(&header)));
    put(file, signature.value(original, 269), sha1.as_bytes());
    put(file, signature.value(original, 273), sha256.as_bytes());
    put(file, signature.value(original, 1004), &Md5::digest(&all));
    let size = u32::try_from(all.len()).unwrap();
    put(file, signature.value(original, 1000), &size.to_be_bytes());
}

/// A package with a few changes, and what they are.
fn mutated(original: &[u8], chance: &mut Chance) -> (Vec<u8>, String) {
    let mut file = original.to_vec();
    let (signature, main, payload) = headers(original);
    let mut said = String::new();
    for _ in 0..=chance.below(10) / 8 {
        let header = chance.of(&[signature, main, main]);
        let what = match chance.below(10) {
            0 => flip(&mut file, 0..LEAD, chance),
            1 => flip(&mut file, header.start..header.store(), chance),
            2 => flip(&mut file, header.store()..header.end(), chance),
            3 => flip(&mut file, payload..original.len(), chance),
            4 => intro(&mut file, header, chance),
            5 => region(&mut file, header, chance),
            6 => {
                let length = chance.below(file.len());
                file.truncate(length);
                format!("cut to {length}")
            }
            7 => {
                file.extend(vec![0x5a; 1 + chance.below(9)]);
                "longer".to_owned()
            }
            _ => entry(&mut file, header, chance),
        };
        write!(said, "{what}; ").unwrap();
        if file.len() < original.len() {
            break;
        }
    }
    let repaired = chance.of(&[
        Repaired::Nothing,
        Repaired::Outer,
        Repaired::All,
        Repaired::All,
    ]);
    if repaired != Repaired::Nothing {
        repair(&mut file, original, repaired);
    }
    (file, format!("{said}{repaired:?}"))
}

fn flip(file: &mut [u8], range: Range<usize>, chance: &mut Chance) -> String {
    let at = range.start + chance.below(range.len());
    match chance.below(3) {
        0 => file[at] ^= 1 << chance.below(8),
        1 => file[at] = chance.of(&[0, 1, 0x7f, 0x80, 0xff, b'/', b'.']),
        _ => file[at] = file[at].wrapping_add(1),
    }
    format!("byte {at} is {:#x}", file[at])
}

/// A number near another, or far from every sound one.
fn other(value: u32, chance: &mut Chance) -> u32 {
    let near = [
        value.wrapping_add(1),
        value.wrapping_sub(1),
        value.wrapping_mul(2),
        value / 2,
    ];
    let far = [
        0,
        1,
        0x7fff_ffff,
        0x8000_0000,
        u32::MAX,
        0xffff,
        0x1000_0000,
        u32::MAX - 15,
    ];
    match chance.below(2) {
        0 => chance.of(&near),
        _ => chance.of(&far),
    }
}

fn intro(file: &mut [u8], header: Header, chance: &mut Chance) -> String {
    let field = chance.of(&[0, 4, 8, 8, 12, 12]);
    let at = header.start + field;
    let value = other(number(file, at), chance);
    set(file, at, value);
    format!(
        "field {field} of the header at {} is {value:#x}",
        header.start
    )
}

/// A field of an entry: tag, type, offset or count.
fn entry(file: &mut [u8], header: Header, chance: &mut Chance) -> String {
    let index = chance.below(header.entries);
    let field = chance.below(4);
    let at = header.start + INTRO + index * ENTRY + field * 4;
    let old = number(file, at);
    let value = match field {
        0 => chance.of(&[
            old + 1,
            61,
            62,
            63,
            100,
            1000,
            1004,
            1106,
            1117,
            1118,
            1124,
            1125,
            5092,
        ]),
        1 => chance.of(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255]),
        _ => other(old, chance),
    };
    set(file, at, value);
    let name = ["tag", "type", "offset", "count"][field];
    format!(
        "{name} of entry {index} of the header at {} is {value:#x} and was {old:#x}",
        header.start
    )
}

/// The tag of the region, or what it ends with.
fn region(file: &mut [u8], header: Header, chance: &mut Chance) -> String {
    let starts = [header.start + INTRO, header.end() - ENTRY];
    let field = chance.below(4) * 4;
    let at = chance.of(&starts) + field;
    let value = other(number(file, at), chance);
    set(file, at, value);
    format!("field {field} of a region at {at} is {value:#x}")
}

/// What an rpm says of files, by their path: whether it takes them.
fn taken_by(rpm: &Program, files: &[String]) -> Vec<Option<String>> {
    let mut all = Vec::new();
    for batch in files.chunks(BATCH) {
        all.extend(taken_in_batch(rpm, batch));
    }
    all
}

/// Why an rpm refuses each of these files; nothing where it takes one.
fn taken_in_batch(rpm: &Program, files: &[String]) -> Vec<Option<String>> {
    let run = |arguments: &[&str]| {
        let output = Command::new(&rpm.path)
            .args(arguments)
            .args(files)
            .env("LC_ALL", "C")
            .output();
        let output = output.unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status, text(&output.stdout), text(&output.stderr))
    };
    let (checked, verdicts, complaints) = run(&["-K", "--nosignature"]);
    let (queried, names, errors) = run(&["-qp", "--nosignature", "--qf", "taken %{NAME}\\n"]);
    let ended = checked.code().is_some() && queried.code().is_some();
    if !ended || files.len() > 1 && names.lines().count() > files.len() {
        // One of them brought it down: which?
        if let [_] = files {
            return vec![Some("rpm itself crashes".to_owned())];
        }
        let each = files
            .iter()
            .flat_map(|file| taken_in_batch(rpm, std::slice::from_ref(file)));
        return each.collect();
    }
    let why = |file: &String| {
        let of_file = |text: &str| {
            let mut lines = text
                .lines()
                .filter(|line| line.contains(&format!("{file}:")));
            lines.next().map(str::to_owned)
        };
        let verdict = of_file(&verdicts);
        let is_good = verdict
            .as_ref()
            .is_some_and(|line| line.trim_end().ends_with("OK") && !line.contains("NOT OK"));
        let complaint = of_file(&complaints).or_else(|| of_file(&errors));
        match is_good {
            true => of_file(&errors).filter(|line| line.contains("error:")),
            false => Some(complaint.or(verdict).unwrap_or_default()),
        }
    };
    files.iter().map(why).collect()
}

/// Why we refuse a package for a target; nothing where we take it.
fn refused(bytes: &[u8], target: &str) -> Option<String> {
    let rpm = match ReadRpm::parse(bytes, "x.rpm") {
        Ok(rpm) => rpm,
        Err(error) => return Some(error.to_string()),
    };
    let examined = match inspect::examine(rpm) {
        Ok(examined) => examined,
        Err(error) => return Some(error.to_string()),
    };
    let profile = target::find(target).unwrap().profile();
    let verdict = match inspect::judge(&examined, profile, None, &Levels::default()) {
        Ok(verdict) => verdict,
        Err(error) => return Some(error.to_string()),
    };
    verdict.refusals.first().map(|refusal| refusal.text.clone())
}

/// The target with the newest rpm that is not newer than this one.
fn target_of(rpm: &Program) -> &'static str {
    match rpm
        .version
        .split('.')
        .take(2)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["4", "11"] => "centos7",
        ["4", "14"] => "centos8",
        _ => "openeuler2403",
    }
}

const UNPACKED: &str = "we: what is wrong with the payload, it sees when it installs";
const LISTED: &str = "we: what is wrong with the lists of files, it sees when it installs";
const ASKED: &str = "we: what is asked of rpm itself, it looks at when it installs";
const DIGESTS: &str = "we: it knows no such digest, or passes over one that is not there";
const STRICTER_HEADER: &str = "we: a header that it reads in one way, and other rpms in another";
const SOURCE: &str = "we: a source package by its lead, which nothing installs";

/// What we refuse and an rpm takes, by the words in which we do, and why that is right.
const STRICTER: &[(&str, &str)] = &[
    ("its payload ", UNPACKED),
    ("it ends too early", UNPACKED),
    ("the file goes on after its compressed payload", UNPACKED),
    ("in the payload", UNPACKED),
    ("of the payload does not begin", UNPACKED),
    ("cpio entry", UNPACKED),
    ("of the raw payload is", UNPACKED),
    ("does not match its digest", UNPACKED),
    ("has no content", UNPACKED),
    ("a file lies in a folder that is not listed", LISTED),
    ("is not a sound RPM file: it lists ", LISTED),
    ("it asks rpm itself for", ASKED),
    ("it needs rpmlib(", ASKED),
    ("it has no MD5", DIGESTS),
    ("it has no SHA-1", DIGESTS),
    ("its SHA-256 of the header is", DIGESTS),
    ("its SHA-256 of the payload is", DIGESTS),
    ("has an entry twice", STRICTER_HEADER),
    ("has a type that it cannot have", STRICTER_HEADER),
    ("overlaps another", STRICTER_HEADER),
    ("is out of place", STRICTER_HEADER),
    ("is not covered by its region", STRICTER_HEADER),
    ("do not fill it", STRICTER_HEADER),
    ("it is a source package", SOURCE),
];

/// What an rpm refuses and we take, by its words, and why that is right.
const MILDER: &[(&str, &str)] = &[
    (
        ": tag[",
        "it: it looks at the types of all tags, we at those of the tags that we read",
    ),
    (
        "invalid signature tag",
        "it: newer ones look for tags in the signature header that say nothing to us",
    ),
];

fn originals(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let files = ["/usr/share/odd/one", "/usr/share/odd/two", "/etc/odd.conf"];
    let of_rpmbuild = spec::noarch(folder, "odd", "1.2", "Requires: bash\n", &files);
    let project = Project::hello();
    let ours = project.package(Target::CentOs7, &[]);
    [("rpmbuild", of_rpmbuild), ("ours", ours)]
        .map(|(name, path)| (name.to_owned(), fs::read(path).unwrap()))
        .into_iter()
        .collect()
}

#[test]
fn what_rpm_refuses_is_refused_and_the_other_way_round() {
    let folder = tempfile::tempdir().unwrap();
    let rounds = std::env::var("AMBOT_TEST_ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok());
    let rounds: usize = rounds.unwrap_or(ROUNDS);
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let (mut made, mut files) = (Vec::new(), Vec::new());
    for (name, original) in originals(folder.path()) {
        for round in 0..rounds {
            let (bytes, what) = match round {
                // The original itself is taken by all.
                0 => (original.clone(), "nothing".to_owned()),
                _ => mutated(&original, &mut chance),
            };
            let file = folder.path().join(format!("{name}-{round}.rpm"));
            fs::write(&file, &bytes).unwrap();
            files.push(file.to_str().unwrap().to_owned());
            made.push((format!("{name} {round}: {what}"), bytes));
        }
    }
    let (mut wrong, mut counts) = (Vec::new(), BTreeMap::new());
    for rpm in rpms(Target::CentOs7) {
        let theirs = taken_by(rpm, &files);
        for ((what, bytes), theirs) in made.iter().zip(theirs) {
            let ours = refused(bytes, target_of(rpm));
            let known = match (&ours, &theirs) {
                (None, None) => "both take",
                (Some(_), Some(_)) => "both refuse",
                (Some(ours), None) => reason(STRICTER, ours),
                (None, Some(theirs)) => reason(MILDER, theirs),
            };
            *counts.entry((rpm.version.clone(), known)).or_insert(0) += 1;
            if known.is_empty() {
                wrong.push(format!(
                    "rpm {}: {what}\n  we: {ours:?}\n  it: {theirs:?}",
                    rpm.version
                ));
            }
        }
    }
    for ((version, known), count) in &counts {
        println!("rpm {version}: {count} × {known}");
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

/// Why it is right that one refuses what the other takes; empty where nothing is known.
fn reason(known: &'static [(&str, &str)], said: &str) -> &'static str {
    let mut found = known.iter().filter(|(words, _)| said.contains(words));
    found.next().map_or("", |(_, why)| why)
}
