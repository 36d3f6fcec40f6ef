//! What is odd about the contents of a package, and no reason not to make it.

use super::{Entry, FileKind};
use crate::project::{Package, Settings};
use crate::report::Diagnostic;

/// About a licence that nobody named.
pub fn warnings(package: &Package, settings: &Settings, entries: &[Entry]) -> Vec<Diagnostic> {
    let mut warnings = Vec::new();
    let is_license = |entry: &Entry| entry.flags.license && entry.kind != FileKind::Directory;
    let named = package.license.is_some() || settings.license.is_some();
    if !named && !entries.iter().any(is_license) {
        warnings.push(
            Diagnostic::warning(format!("package `{}` has no licence", package.name))
                .with_help("name one: `license = \"MIT\"` in [package], or add a file LICENSE"),
        );
    }
    warnings
}
