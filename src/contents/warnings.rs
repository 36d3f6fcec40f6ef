//! What is odd about the contents of a package, and no reason not to make it.

use super::{Entry, FileKind, system};
use crate::project::{Package, Settings};
use crate::report::Diagnostic;

/// About owners that nothing creates, and a licence that nobody named.
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
    for entry in entries {
        let user = (!system::has_user(&entry.user)).then_some(("user", &entry.user));
        let group = (!system::has_group(&entry.group)).then_some(("group", &entry.group));
        for (kind, name) in user.into_iter().chain(group) {
            warnings.push(
                Diagnostic::warning(format!(
                    "{} belongs to the {kind} `{name}`, which the package does not create",
                    entry.path
                ))
                .at(entry.span.as_ref(), "")
                .with_note(format!(
                    "rpm gives it to root unless the {kind} exists before the package is installed"
                )),
            );
        }
    }
    warnings
}
