//! The schema and the readers know the same keys.

use super::*;
use crate::project::reader::seen;
use crate::project::settings::{self, Settings};
use crate::project::{profiles, tree};
use crate::report::SourceFile;

/// Every table that there is, with no more in it than it needs.
const EVERY_TABLE: &str = r#"
files = [{ source = "a", dest = "/a" }]
dirs = [{ dest = "/b" }]
symlinks = [{ dest = "/c", target = "a" }]
ghosts = [{ dest = "/d" }]
bins = [{ package = "p", bin = "b" }]
users = { u = {} }
groups = { g = {} }
requires = { r = { version = "*" } }
auto-requires = { exclude = [] }
services = { s = {} }
scriptlets = { post = { script = "true" } }
triggers = [{ on = "in", name = "n", script = "true" }]
changelog = [{ version = "1.0.0", changes = ["c"] }]
sign = {}
subpackages = { p = {} }
"#;

/// The tables as their readers name them, and as the schema does.
const NAMES: [(&str, &str); 17] = [
    ("metadata.ambot", "Workspace"),
    ("metadata.ambot.files", "FileTable"),
    ("metadata.ambot.dirs", "DirectoryTable"),
    ("metadata.ambot.symlinks", "LinkTable"),
    ("metadata.ambot.ghosts", "GhostTable"),
    ("metadata.ambot.bins", "Bin"),
    ("metadata.ambot.users.u", "UserTable"),
    ("metadata.ambot.groups.g", "GroupTable"),
    ("requires.\"r\"", "Version"),
    ("auto-requires", "Automatic"),
    ("metadata.ambot.services.s", "ServiceTable"),
    ("metadata.ambot.scriptlets", "Scriptlets"),
    ("metadata.ambot.scriptlets.post", "Scriptlet"),
    ("metadata.ambot.triggers", "Trigger"),
    ("metadata.ambot.changelog", "Release"),
    ("metadata.ambot.sign", "Sign"),
    ("workspace.metadata.ambot.profiles.own", "Profile"),
];

fn sorted<'a>(keys: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut keys: Vec<&str> = keys.into_iter().collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn keys<'a>(schema: &'a Value, table: &str) -> Vec<&'a str> {
    sorted(
        schema["definitions"][table]["properties"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str),
    )
}

/// What the readers know, by table.
fn read() -> BTreeMap<String, Vec<&'static str>> {
    seen::take();
    let parsed = |text: &str| tree::parse(&SourceFile::new("Cargo.toml", text)).unwrap();
    Settings::read(parsed(EVERY_TABLE)).unwrap();
    profiles::take(Some(&mut parsed(
        "[profiles.own]\ninherits = \"centos7\"\n",
    )))
    .unwrap();
    seen::take().into_iter().collect()
}

#[test]
fn the_keys_of_the_schema_are_those_that_are_read() {
    let schema = settings_schema(&[]);
    let read = read();
    for (name, table) in NAMES {
        let mut expected = sorted(read[name].iter().copied());
        if table == "Workspace" {
            // Taken before all others.
            expected = sorted(expected.into_iter().chain(["profiles"]));
        }
        assert_eq!(keys(&schema, table), expected, "{name}");
    }
    let part = keys(&schema, "Subpackage");
    let refused = |key: &str| {
        let text = format!("[subpackages.p]\n{key} = 1\n");
        let table = tree::parse(&SourceFile::new("Cargo.toml", text)).unwrap();
        let error = Settings::read(table).unwrap_err().to_string();
        error.contains("is no key") || error.contains("is the same") || error.contains("no table")
    };
    for key in keys(&schema, "Workspace") {
        if !["profiles", "required-version", "skip"].contains(&key) {
            assert_eq!(refused(key), !part.contains(&key), "{key}");
        }
    }
}

#[test]
fn a_target_has_the_keys_that_can_differ() {
    let schema = settings_schema(&[]);
    let mut all = keys(&schema, "Package");
    all.retain(|key| !["targets", "bins", "skip", "target", "required-version"].contains(key));
    assert_eq!(keys(&schema, "ForTarget"), all);
    assert!(!keys(&schema, "Package").contains(&"profiles"));
}

#[test]
fn every_key_is_described_and_every_table_closed() {
    let schema = settings_schema(&[("AMB001", "a: b".to_owned())]);
    let tables = schema["definitions"].as_object().unwrap().iter();
    let open = [
        "UnitSection",
        "ServiceSection",
        "TimerSection",
        "SocketSection",
        "PathSection",
        "InstallSection",
    ];
    for (name, table) in tables {
        let Some(properties) = table["properties"].as_object() else {
            continue;
        };
        assert!(
            open.contains(&name.as_str()) || table["additionalProperties"] == json!(false),
            "{name}"
        );
        for (key, property) in properties {
            let fact = name == "Profile" || open.contains(&name.as_str());
            let own = property["description"].as_str();
            let behind = property["$ref"]
                .as_str()
                .or(property["allOf"][0]["$ref"].as_str());
            assert!(fact || own.is_some() || behind.is_some(), "{name}.{key}");
        }
    }
    assert_eq!(
        schema.pointer("/definitions/ForTarget/properties/lints/properties/AMB001/description"),
        Some(&json!("a: b"))
    );
}

#[test]
fn the_page_names_every_key_that_has_a_variable() {
    let page = page::settings_page();
    let (_, after) = page.split_once("\n2. variables: ").unwrap();
    let (item, _) = after.split_once("\n3. ").unwrap();
    let in_quotes: Vec<&str> = item.split('`').skip(1).step_by(2).collect();
    let mut named: Vec<&str> = in_quotes
        .into_iter()
        .filter(|word| !word.starts_with("CARGO_"))
        .collect();
    let keys = settings::TEXT_KEYS.into_iter().chain(settings::LIST_KEYS);
    let mut keys: Vec<&str> = keys.collect();
    named.sort_unstable();
    keys.sort_unstable();
    assert_eq!(named, keys);
}
