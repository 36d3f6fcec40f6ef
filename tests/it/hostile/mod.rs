//! Input that means harm: what is written into settings, folders, packages and metadata by somebody
//! who wants more than a package.
//!
//! - [`places`]: every place of the settings that takes a text, out of the schema, and [`texts`]: what
//!   is tried there;
//! - [`settings`]: no text of the settings becomes a command, a macro, a directive or a section;
//! - [`names`]: nor does the name of a folder, a file or a binary;
//! - [`terminal`]: nor does one speak to the terminal or to a forge;
//! - [`inside`]: what is unpacked, installed, published or deleted stays inside its folder;
//! - [`secrets`]: what is secret is in nothing that is written and in no process that is started;
//! - [`limits`]: what is far too large, or never ends, is refused within bounds;
//! - [`network`]: nobody is connected to who was not named.

mod inside;
mod limits;
mod names;
mod network;
mod places;
mod published;
mod secrets;
mod settings;
mod terminal;
mod texts;

use std::path::Path;

/// How many rounds a test goes that tries what a run of all the tests has no time for; small unless
/// `AMBOT_TEST_ROUNDS` says otherwise.
fn rounds(usual: usize) -> usize {
    let given = std::env::var("AMBOT_TEST_ROUNDS").ok();
    given.and_then(|given| given.parse().ok()).unwrap_or(usual)
}

/// Every file and folder below a folder whose name holds this text.
fn named(folder: &Path, text: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_name().to_string_lossy().contains(text) {
                found.push(path.clone());
            }
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            }
        }
    }
    found
}
