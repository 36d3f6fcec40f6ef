//! Seeds that are made when they are needed, because nobody can read them in a repository.

use crate::{packages, rpm};
use cargo_ambot::unit::Document;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The variable that names the folder for the seeds that are made.
const FOLDER: &str = "AMBOT_FUZZ_SEEDS";

/// The seeds of a property that are made, by name.
pub fn made(property: &str) -> Vec<(String, Vec<u8>)> {
    let named = |(kind, bytes): (&str, Vec<u8>)| (format!("{kind}.rpm"), bytes);
    match property {
        "package" => packages::all().into_iter().map(named).collect(),
        "payload" => payloads(),
        "adapted_unit" | "findings" | "fixes" | "unit_document" => units(),
        "directive_value" => values(|key| !key.starts_with("Exec")),
        "exec_line" => values(|key| key.starts_with("Exec") || key == "Environment"),
        _ => Vec::new(),
    }
}

/// The units of the fixtures, which are there to try every kind of line.
fn units() -> Vec<(String, Vec<u8>)> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures");
    let mut units = Vec::new();
    for folder in ["values/units", "verify/units"] {
        let entries = fs::read_dir(fixtures.join(folder)).expect("the fixtures");
        for entry in entries {
            let path = entry.expect("an entry of a folder").path();
            if let (Some(name), true) = (path.file_name(), path.is_file()) {
                let name = name.to_string_lossy().into_owned();
                units.push((name, fs::read(&path).expect("a unit")));
            }
        }
    }
    units
}

/// The values in them of keys that are wanted, each once, by a name made of their number.
fn values(is_wanted: fn(&str) -> bool) -> Vec<(String, Vec<u8>)> {
    let mut values = BTreeSet::new();
    for (_, bytes) in units() {
        let document = Document::parse(&bytes);
        let wanted = document.directives().iter().filter(|d| is_wanted(&d.key));
        values.extend(wanted.map(|directive| directive.value.clone()));
    }
    let named = |(number, value): (usize, String)| (format!("value-{number}"), value.into_bytes());
    values.into_iter().enumerate().map(named).collect()
}

/// A payload for each compressor: its number, and what is behind the headers of a package.
fn payloads() -> Vec<(String, Vec<u8>)> {
    let number = |name: &str| rpm::COMPRESSORS.iter().position(|known| *known == name);
    let mut all = Vec::new();
    for (kind, bytes) in packages::all() {
        let number = number(kind).and_then(|number| u8::try_from(number).ok());
        let payload = [&[number.unwrap_or_default()], rpm::payload_of(&bytes)].concat();
        all.push((kind.to_owned(), payload));
    }
    all
}

/// Writes the seeds of a property that are made into the folder that `AMBOT_FUZZ_SEEDS` names, if it
/// names one: a target does so before libFuzzer reads its corpus.
pub fn prepare(property: &str) {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    fs::create_dir_all(&folder).expect("a folder for seeds");
    for (name, bytes) in made(property) {
        fs::write(Path::new(&folder).join(name), bytes).expect("a seed");
    }
}
