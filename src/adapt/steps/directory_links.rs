//! Links to the folders of a service, `NAME:LINK`, become links of the package.

use crate::adapt::change::Effect;
use crate::adapt::draft::{Draft, TODAY};
use crate::adapt::folders::{FolderKind, LASTING, RUNTIME};
use crate::adapt::needs::Link;
use crate::unit::Entry;
use crate::unit::value::{ServiceDirectory, directory_list};

pub(super) fn step(draft: &mut Draft<'_>) {
    if draft.version().has_directory_links() {
        return;
    }
    let Some(section) = draft.own_section() else {
        return;
    };
    // ConfigurationDirectory= takes none.
    let kinds = LASTING.into_iter().chain([RUNTIME]);
    for kind in kinds.filter(|kind| kind.belongs_to_service()) {
        for entry in kind.lines(draft, section) {
            one(draft, kind, &entry);
        }
    }
}

fn one(draft: &mut Draft<'_>, kind: FolderKind, entry: &Entry) {
    let list = directory_list(&entry.value, TODAY);
    if !list.is_valid() || list.items.iter().all(|item| item.link.is_none()) {
        return;
    }
    let links: Option<Vec<Link>> = list
        .items
        .iter()
        .filter(|item| item.link.is_some())
        .map(|item| link(draft, kind, item))
        .collect();
    let systemd = draft.systemd();
    let why = format!("{systemd} knows no link after a `:`, which came with 250");
    // Once for each name, however many links it has.
    let mut names: Vec<&str> = Vec::new();
    for item in &list.items {
        if !names.contains(&item.path.as_str()) {
            names.push(&item.path);
        }
    }
    let value = names.join(" ");
    let (effect, reason) = match links {
        Some(links) => {
            let paths: Vec<&str> = links.iter().map(|link| link.path.as_str()).collect();
            let reason = format!("{why}; the package has {}", paths.join(", "));
            draft.needs.links.extend(links);
            (Effect::Same, reason)
        }
        None => (Effect::Weaker, format!("{why}; the link is not there")),
    };
    draft.rewrite(entry, &entry.key, &value, effect, reason);
}

/// The link as one of the package; nothing where it lies below `/run`, which is empty after a boot,
/// or where an instance has its own.
fn link(draft: &Draft<'_>, kind: FolderKind, item: &ServiceDirectory) -> Option<Link> {
    if kind.root == RUNTIME.root {
        return None;
    }
    let resolve = |text: &str| draft.specifiers().resolve(text).ok();
    let (path, link) = (resolve(&item.path)?, resolve(item.link.as_deref()?)?);
    let up = "../".repeat(link.matches('/').count());
    Some(Link {
        path: format!("{}/{link}", kind.root),
        target: format!("{up}{path}"),
        reason: format!("{}= of {}", kind.key, draft.unit.name),
    })
}
