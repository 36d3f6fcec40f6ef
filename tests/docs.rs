//! The pages below `docs/` that are written from the program are what it would write.

// A test may panic, in what it calls too.
#![allow(clippy::unwrap_used)]

use std::path::Path;

/// Compares a page with what it should hold; with `AMBOT_WRITE_DOCS` set, writes it.
fn holds(page: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs")
        .join(page);
    if std::env::var_os("AMBOT_WRITE_DOCS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == text,
        "docs/{page} is out of date: run `cargo xtask docs`"
    );
}

#[test]
fn the_page_of_rules_is_what_the_rules_say() {
    holds("rules.md", &cargo_ambot::lint::rules_page());
}

#[test]
fn the_page_of_the_configuration_is_what_the_schema_says() {
    holds("configuration.md", &cargo_ambot::project::settings_page());
}

#[test]
fn the_page_of_pipelines_installs_this_version() {
    let page = include_str!("../docs/pipelines.md");
    let version = env!("CARGO_PKG_VERSION");
    assert!(page.contains(&format!(
        "\ncargo install cargo-ambot --version {version} --locked\n"
    )));
}
