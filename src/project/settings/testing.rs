//! Settings read from a text, as the tests of each group of keys do.

use super::Settings;
use crate::project::error::Error;
use crate::report::{Diagnose, SourceFile};

pub(super) fn read(text: &str) -> Result<Settings, Error> {
    let table = crate::project::tree::parse(&SourceFile::new("x", text)).unwrap();
    Settings::read(table)
}

/// What is said of settings that cannot be: title and help.
pub(super) fn said(text: &str) -> String {
    let said = read(text).unwrap_err().diagnostic();
    format!("{}\n{}", said.title, said.help.join("\n"))
}
