//! What is odd about the contents of a package, and no reason not to make it.

use super::{Asked, Entry, FileKind, InstallPath, system};
use crate::project::{Package, Settings};
use crate::report::Diagnostic;
use camino::{Utf8Component, Utf8Path};
use std::collections::BTreeSet;

/// The folders that are empty at every boot.
const VOLATILE: [&str; 3] = ["/run/", "/var/run/", "/tmp/"];

/// About links of the project that lead to nothing that the package ships, and about what will be
/// gone after a reboot.
pub(super) fn of_declared(
    asked: &Asked<'_>,
    entries: &[Entry],
    links: &[InstallPath],
) -> Vec<Diagnostic> {
    let bins = asked
        .bins
        .iter()
        .chain(asked.other_bins)
        .map(|bin| format!("{}/{bin}", asked.bin_dir));
    let own = entries.iter().map(|entry| entry.path.to_string());
    let shipped: BTreeSet<String> = own.chain(bins).collect();
    let mut warnings = Vec::new();
    for entry in entries {
        if let FileKind::Symlink(target) = &entry.kind
            && links.contains(&entry.path)
        {
            let leads_to = leads_to(&entry.path, target);
            if !shipped.contains(&leads_to) && !system::has_folder(&leads_to) {
                warnings.push(
                    Diagnostic::warning(format!("the link {} leads to nothing of the package", entry.path))
                        .at(entry.span.as_ref(), "")
                        .with_note(format!("it points to `{target}`, on the target {leads_to}"))
                        .with_help("ship what it points to, or take it out; a link to what another package ships is fine in `symlinks`"),
                );
            }
        }
        let volatile = VOLATILE
            .iter()
            .any(|folder| entry.path.as_str().starts_with(folder));
        if volatile && !entry.flags.ghost {
            warnings.push(
                Diagnostic::warning(format!("{} will be gone after a reboot", entry.path))
                    .at(entry.span.as_ref(), "")
                    .with_help(
                        "have it made at every boot: RuntimeDirectory= in the unit, or `tmpfiles`",
                    ),
            );
        }
    }
    warnings
}

/// The path that a link leads to.
fn leads_to(link: &InstallPath, target: &str) -> String {
    let full = Utf8Path::new(link.dir_name()).join(target);
    let mut parts: Vec<&str> = Vec::new();
    for part in full.components() {
        match part {
            Utf8Component::Normal(name) => parts.push(name),
            Utf8Component::ParentDir => {
                parts.pop();
            }
            _ => {}
        }
    }
    format!("/{}", parts.join("/"))
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_somewhere_from_where_it_lies() {
        let link = InstallPath::new("/usr/share/hello/a").unwrap();
        for (target, path) in [
            ("b", "/usr/share/hello/b"),
            ("../x/./b", "/usr/share/x/b"),
            ("/etc/b", "/etc/b"),
            ("../../../../../b", "/b"),
        ] {
            assert_eq!(leads_to(&link, target), path);
        }
    }
}
