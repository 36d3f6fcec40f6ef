//! What becomes of files that lie on the machine.

use super::{About, Effects, capabilities, listed};
use crate::inspect::diff::{Aspect, FileChange, FileChanges, Relation, Side};
use crate::inspect::{DescribedFile, DescribedKind};
use crate::rpm::visible;
use std::collections::HashSet;

/// The most folders above a file that are looked at.
const MAX_DEPTH: usize = 64;

/// What happens to the files of a package that is replaced.
pub(super) fn tell(new: &Side, files: &FileChanges, effects: &mut Effects) {
    let phases = new.description.scriptlets.iter();
    let prepares = phases.into_iter().any(|one| one.phase == "pretrans");
    for change in &files.changed {
        kind(change, prepares, effects);
        configuration(change, effects);
        privileges(Some(&change.old), &change.new, effects);
    }
    for file in &files.added {
        privileges(None, file, effects);
        pulled_in(file, effects);
    }
    in_place_of_folders(files, prepares, effects);
    for change in &files.moved {
        privileges(Some(&change.old), &change.new, effects);
        if change.old.has("config") {
            let (from, to) = (visible(&change.old.path), visible(&change.new.path));
            effects.attention(
                About::Configuration,
                format!("{from} is now {to}: where it was edited it is kept as {from}.rpmsave, and the edits do not move"),
            );
        }
    }
    for file in &files.removed {
        removed(file, effects);
    }
    owners(files, effects);
}

/// rpm finds that the file lists conflict, in the test of the transaction, where a folder or a link
/// to one becomes something else (seen on rpm 4.11, 4.14 and 4.18).
fn kind(change: &FileChange, prepares: bool, effects: &mut Effects) {
    let (old, new) = (&change.old, &change.new);
    let is_ghost = old.has("ghost") || new.has("ghost");
    if !change.has(Aspect::Kind) || is_ghost {
        return;
    }
    let path = visible(&new.path);
    let text = format!("{path} is {} and becomes {}", noun(old), noun(new));
    let is_refused = matches!(
        (&old.kind, &new.kind),
        (DescribedKind::Directory, _) | (DescribedKind::Symlink(_), DescribedKind::Directory)
    );
    match (is_refused, prepares) {
        (true, false) => effects.refused(
            About::Install,
            format!("{text}: rpm refuses that as a conflict, unless it is moved away before"),
        ),
        (true, true) => effects.attention(
            About::Install,
            format!(
                "{text}: rpm refuses that, unless the package's %pretrans moves it away before"
            ),
        ),
        _ => effects.note(About::Files, text),
    }
}

/// A file or link where the old package has files below that path, in a folder that it does not own:
/// rpm sees no conflict and fails in the midst of unpacking (seen on rpm 4.11, 4.14 and 4.18).
fn in_place_of_folders(files: &FileChanges, prepares: bool, effects: &mut Effects) {
    let comes = files
        .added
        .iter()
        .chain(files.moved.iter().map(|one| &one.new));
    let comes: HashSet<&str> = comes
        .filter(|file| file.kind != DescribedKind::Directory && !file.has("ghost"))
        .map(|file| file.path.as_str())
        .collect();
    let goes = files
        .removed
        .iter()
        .chain(files.moved.iter().map(|one| &one.old));
    let mut found = HashSet::new();
    for file in goes.filter(|_| !comes.is_empty()) {
        let folders = camino::Utf8Path::new(&file.path).ancestors();
        let folders = folders.skip(1).take(MAX_DEPTH);
        found.extend(folders.filter_map(|folder| comes.get(folder.as_str())));
    }
    let mut found: Vec<&str> = found.into_iter().collect();
    found.sort_unstable();
    for path in found {
        let path = visible(path);
        if prepares {
            let text = format!(
                "{path} takes the place of a folder: rpm fails while it unpacks, unless the package's %pretrans moves that away before"
            );
            effects.attention(About::Install, text);
        } else {
            let text = format!(
                "{path} takes the place of a folder: rpm fails while it unpacks, and the old package stays"
            );
            effects.refused(About::Install, text);
        }
    }
}

fn noun(file: &DescribedFile) -> &'static str {
    match file.kind {
        DescribedKind::Regular => "a file",
        DescribedKind::Directory => "a folder",
        DescribedKind::Symlink(_) => "a link",
        DescribedKind::Other => "a device, pipe or socket",
    }
}

/// What rpm does with an edited file: `rpmfilesDecideFate` of rpm 4.14.3. One that was not edited is
/// always replaced.
fn configuration(change: &FileChange, effects: &mut Effects) {
    let (old, new) = (&change.old, &change.new);
    let (was, is) = (old.has("config"), new.has("config"));
    if !new.is_regular() || !old.is_regular() || !(was || is) {
        return;
    }
    let path = visible(&new.path);
    let keeps = new.has("noreplace");
    let about = About::Configuration;
    if new.has("ghost") {
        let text = format!("{path} is no longer shipped; what lies there stays");
        effects.attention(about, text);
    } else if !is {
        // `/* if new file is no longer config, backup it */` is not in rpm 4.11.3 yet.
        let at_once = match change.has(Aspect::Content) {
            true => "",
            false => " (rpm 4.11 leaves it until it changes)",
        };
        let text = format!(
            "{path} is no longer config: where it was edited it is kept as {path}.rpmsave and replaced{at_once}"
        );
        effects.attention(about, text);
    } else if change.has(Aspect::Content) && keeps {
        effects.attention(
            about,
            format!("{path} has a new default: where it was edited it stays, and the new one is put beside it as {path}.rpmnew"),
        );
    } else if change.has(Aspect::Content) {
        effects.attention(
            about,
            format!("{path} has a new default: where it was edited it is kept as {path}.rpmsave and replaced"),
        );
    } else if was && old.has("noreplace") && !keeps {
        let text =
            format!("{path} is no longer noreplace: a later change of it replaces what was edited");
        effects.attention(about, text);
    } else if !was || (keeps && !old.has("noreplace")) {
        let text = format!("{path} is config from now on: what is edited is kept");
        effects.note(about, text);
    }
}

/// What runs with more than its caller's rights, and what anybody can write to.
fn privileges(old: Option<&DescribedFile>, new: &DescribedFile, effects: &mut Effects) {
    let path = visible(&new.path);
    let had = |bit: u16| old.is_some_and(|old| old.mode & bit != 0);
    if new.is_regular() {
        for (bit, word, whose) in [
            (0o4000, "setuid", &new.user),
            (0o2000, "setgid", &new.group),
        ] {
            if new.mode & bit != 0 && !had(bit) {
                let text = format!("{path} is {word} {} from now on", visible(whose));
                effects.attention(About::Files, text);
            }
        }
    }
    capabilities::tell(old, new, effects);
    let is_link = matches!(new.kind, DescribedKind::Symlink(_));
    let is_sticky = new.mode & 0o1000 != 0;
    if new.mode & 0o002 != 0 && !is_link && !is_sticky && !had(0o002) {
        let text = format!("{path} can be written to by everybody from now on");
        effects.attention(About::Files, text);
    }
}

/// A link below `X.wants` or `X.requires` starts a unit without anybody enabling it.
fn pulled_in(file: &DescribedFile, effects: &mut Effects) {
    let mut parts = file.path.rsplit('/');
    let (Some(unit), Some(folder)) = (parts.next(), parts.next()) else {
        return;
    };
    let by = folder
        .strip_suffix(".wants")
        .or_else(|| folder.strip_suffix(".requires"));
    let is_link = matches!(file.kind, DescribedKind::Symlink(_));
    if let Some(by) = by.filter(|_| is_link && file.path.contains("/systemd/system/")) {
        let (unit, by) = (visible(unit), visible(by));
        let text = format!("{unit} is started with {by} from now on, by a link of the package");
        effects.attention(About::Services, text);
    }
}

fn removed(file: &DescribedFile, effects: &mut Effects) {
    let path = visible(&file.path);
    if file.has("ghost") {
        if !matches!(file.kind, DescribedKind::Directory) {
            let text = format!("{path} is no longer owned: rpm removes what lies there");
            effects.attention(About::Files, text);
        }
    } else if file.has("config") {
        effects.attention(
            About::Configuration,
            format!("{path} is gone: where it was edited it is kept as {path}.rpmsave"),
        );
    }
}

/// Owners and modes in one sentence: there may be many.
fn owners(files: &FileChanges, effects: &mut Effects) {
    for (aspect, what) in [(Aspect::Owner, "owners"), (Aspect::Mode, "modes")] {
        let changed = files.changed.iter().filter(|change| change.has(aspect));
        let paths: Vec<&str> = changed.map(|change| change.new.path.as_str()).collect();
        if !paths.is_empty() {
            effects.note(About::Files, format!("new {what}: {}", listed(&paths)));
        }
    }
}

/// Files of two packages that are to lie on one machine: rpm refuses those that differ.
pub(super) fn conflicts(files: &FileChanges, relation: Relation, effects: &mut Effects) {
    let is_conflict = |change: &&FileChange| {
        let shared = change.old.has("ghost") && change.new.has("ghost");
        let kinds = [
            Aspect::Kind,
            Aspect::Content,
            Aspect::Link,
            Aspect::Mode,
            Aspect::Owner,
        ];
        relation == Relation::Another && !shared && kinds.iter().any(|aspect| change.has(*aspect))
    };
    let paths: Vec<&str> = files
        .changed
        .iter()
        .filter(is_conflict)
        .map(|change| change.new.path.as_str())
        .collect();
    if !paths.is_empty() {
        effects.refused(
            About::Install,
            format!(
                "both have, and differ in, {}: rpm refuses to install them together",
                listed(&paths)
            ),
        );
    }
}
