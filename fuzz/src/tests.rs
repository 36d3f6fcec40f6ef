//! What libFuzzer does at length, in short: every seed, and some inputs made of seeds.

use super::{PROPERTIES, Property, made};
use std::fs;
use std::panic::catch_unwind;
use std::path::Path;
use std::time::{Duration, Instant};

/// How many inputs are made for each property; libFuzzer makes as many in a second or a minute.
const ROUNDS: usize = 100;

/// How many of the seeds are tried that are made themselves: there are hundreds of some.
const MADE: usize = 20;

/// How long making inputs takes at most for each property: a machine that is slow makes fewer.
const TIME: Duration = Duration::from_secs(1);

/// The most bytes of an input that is made.
const LONGEST: usize = 16 << 10;

/// The seeds of a property, by name.
fn seeds(property: &Property) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let made = made(property.name);
    let each = made.len().div_ceil(MADE).max(1);
    let mut all: Vec<_> = made.into_iter().step_by(each).collect();
    if let Ok(entries) = fs::read_dir(folder.join(property.name)) {
        for entry in entries {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            all.push((name, fs::read(path).unwrap()));
        }
    }
    all.sort();
    all
}

/// Holds a property to an input; what breaks it is kept, and told with the way to it.
#[track_caller]
fn hold(property: &Property, what: &str, input: &[u8]) {
    if catch_unwind(|| (property.holds)(input)).is_err() {
        let file = std::env::temp_dir().join(format!("{}.input", property.name));
        fs::write(&file, input).unwrap();
        panic!(
            "{} does not hold for {what}: cargo run -p cargo-ambot-fuzz --bin {} {}",
            property.name,
            property.name,
            file.display()
        );
    }
}

/// Numbers that look like chance and are the same every time (Marsaglia's xorshift64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap_or_default()
    }

    fn below(&mut self, bound: usize) -> usize {
        self.next() % bound.max(1)
    }

    /// An input made of another with a few changes, some of them with pieces of a third.
    fn changed(&mut self, input: &[u8], other: &[u8]) -> Vec<u8> {
        const TELLING: &[u8] = b"\0\n\r\\\"'%$=[]{}#;:/.-~ \t0\x7f\x80\xff";
        let mut bytes = input.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len() + 1);
            let end = (at + 1 + self.below(12)).min(bytes.len());
            match self.below(7) {
                0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                1 if at < bytes.len() => bytes[at] = TELLING[self.below(TELLING.len())],
                2 => bytes.insert(at, TELLING[self.below(TELLING.len())]),
                3 => drop(bytes.drain(at.min(end)..end)),
                4 => bytes.truncate(at),
                5 => {
                    let from = self.below(other.len());
                    let to = (from + self.below(40)).min(other.len());
                    bytes.splice(at..at, other[from..to].iter().copied());
                }
                _ => {
                    let again = bytes[at.min(end)..end].to_vec();
                    bytes.splice(at..at, again);
                }
            }
        }
        bytes.truncate(LONGEST);
        bytes
    }
}

fn try_seeds_and_what_is_made_of_them(property: &Property) {
    let seeds = seeds(property);
    assert!(!seeds.is_empty(), "{} has no seeds", property.name);
    for (name, input) in &seeds {
        hold(property, &format!("the seed {name}"), input);
    }
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let start = Instant::now();
    for round in 0..ROUNDS {
        if start.elapsed() > TIME {
            break;
        }
        let (_, input) = &seeds[chance.below(seeds.len())];
        let (_, other) = &seeds[chance.below(seeds.len())];
        let input = chance.changed(input, other);
        hold(property, &format!("round {round}"), &input);
    }
}

/// A test for each property, so that they run side by side.
macro_rules! each {
    ($($name:ident),* $(,)?) => {
        $(
            #[test]
            fn $name() {
                let property = PROPERTIES.iter().find(|one| one.name == stringify!($name));
                try_seeds_and_what_is_made_of_them(property.unwrap());
            }
        )*
    };
}

each_property!(each);

#[test]
fn every_property_has_a_target_and_only_they_have() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let names = |folder: std::path::PathBuf| {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| {
                entry
                    .unwrap()
                    .path()
                    .file_stem()
                    .unwrap()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    };
    let known: Vec<&str> = PROPERTIES.iter().map(|property| property.name).collect();
    assert_eq!(names(folder.join("fuzz_targets")), known);
    // Those whose seeds are all made have no folder.
    let seeds = names(folder.join("seeds"));
    assert!(
        seeds.iter().all(|name| known.contains(&name.as_str())),
        "{seeds:?}"
    );
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    for name in known {
        let target = format!("name = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"\n");
        assert!(manifest.contains(&target), "{name}");
        let text = fs::read_to_string(folder.join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert_eq!(
            text.matches(&format!("properties::{name}")).count(),
            3,
            "{name}"
        );
    }
}
