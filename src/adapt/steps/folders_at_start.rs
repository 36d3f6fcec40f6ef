//! Folders that only a running instance knows the name of are made when the service starts.
//!
//! systemd makes them as root before the first command, and gives them to the user of the service.
//! Where `ExecStartPre=` runs as root it can do the same. Where it does not, and root's rights for
//! it would be those of other commands too, the folder above belongs to the user, who can then make
//! the folder; its name must be known to the package for that.

use crate::adapt::change::Effect;
use crate::adapt::commands::read;
use crate::adapt::draft::Draft;
use crate::adapt::folders::FolderKind;
use crate::adapt::needs::Directory;
use crate::target::base_system;
use crate::unit::Entry;
use crate::unit::value::{Command, ExecPrefix, Version, octal_mode, quote_word, specifiers_in};

const SERVICE: &str = "Service";
const PRE: &str = "ExecStartPre";
const ONLY: &str = "PermissionsStartOnly";

/// How the folders of one line are made.
pub(super) struct AtStart {
    /// What is lost by it.
    pub(super) effect: Effect,
    /// Who makes them, and what is lost, in words.
    pub(super) how: String,
    /// The folders above them that the package has to have.
    pub(super) parents: Vec<Directory>,
    command: String,
    start_only: bool,
}

/// Who makes them.
enum Maker {
    /// Root, who gives them to the user if there is one.
    Root { start_only: bool },
    /// The user of the service.
    User,
}

/// Whether the package cannot know the name.
pub(super) fn is_of_instance(draft: &Draft<'_>, name: &str) -> bool {
    draft.specifiers().resolve(name).is_err()
}

/// How folders of these names are made.
///
/// # Errors
/// Why that cannot be done, and the way out.
pub(super) fn plan(
    draft: &Draft<'_>,
    kind: FolderKind,
    names: &[String],
) -> Result<AtStart, (String, String)> {
    let refused = |why: &str| {
        let help = format!(
            "write {}= without specifiers for this target, and let the program make what is below",
            kind.key
        );
        Err((why.to_owned(), help))
    };
    if draft.own_section() != Some(SERVICE) || draft.last(SERVICE, "RootDirectory").is_some() {
        return refused("nothing of this unit could make it in time");
    }
    if let Some(name) = names
        .iter()
        .find(|name| name.contains(|c: char| c.is_whitespace() || "\"'\\$:".contains(c)))
    {
        return refused(&format!("`{name}` is no plain name"));
    }
    let owner = owner(draft, kind);
    let maker = maker(draft, owner.is_some());
    let mut parents = Vec::new();
    if let Maker::User = maker {
        for name in names {
            parents.push(parent(draft, kind, name)?);
        }
    }
    let mut command = vec![
        install(),
        "-d".to_owned(),
        "-m".to_owned(),
        mode(draft, kind),
    ];
    if let (Maker::Root { .. }, Some((user, group))) = (&maker, owner) {
        command.extend(["-o".to_owned(), user, "-g".to_owned(), group]);
    }
    command.extend(names.iter().map(|name| format!("{}/{name}", kind.root)));
    let words: Vec<String> = command.iter().map(|word| quote_word(word)).collect();
    let (effect, how) = match maker {
        Maker::Root { .. } => (Effect::Same, format!("{PRE}= makes the folder")),
        Maker::User => {
            let above: Vec<&str> = parents.iter().map(|parent| parent.path.as_str()).collect();
            let above = above.join(", ");
            let how =
                format!("{PRE}= makes the folder, so {above} belongs to the user of the service");
            (Effect::Weaker, how)
        }
    };
    Ok(AtStart {
        effect,
        how,
        parents,
        command: words.join(" "),
        start_only: matches!(maker, Maker::Root { start_only: true }),
    })
}

/// Puts the command before all others, in the place of an entry.
pub(super) fn write(draft: &mut Draft<'_>, entry: &Entry, at_start: &AtStart) {
    let reason = "what the instance is called is known when it starts".to_owned();
    let given = draft.assignments(SERVICE, PRE);
    let reset = given.iter().rposition(|line| line.value.is_empty());
    let first = given.get(reset.map_or(0, |at| at + 1));
    match (first, reset) {
        (Some(first), _) => draft.add_before(entry, first, PRE, &at_start.command, reason),
        (None, Some(at)) => draft.add_after(&given[at], PRE, &at_start.command, reason),
        (None, None) => draft.add_after(entry, PRE, &at_start.command, reason),
    }
    if at_start.start_only {
        let reason = "it is for the command that makes the folder alone";
        draft.add_after(entry, ONLY, "yes", reason);
    }
}

/// The user and the group that own the folders, as they are written; nothing where it is root.
fn owner(draft: &Draft<'_>, kind: FolderKind) -> Option<(String, String)> {
    let set = |key| draft.last(SERVICE, key);
    let is_root = |name: &String| name == "root" || name == "0";
    let root = || "root".to_owned();
    let (user, group) = (set("User"), set("Group"));
    if user.as_ref().is_none_or(is_root) && group.as_ref().is_none_or(is_root) {
        return None;
    }
    if !kind.belongs_to_service() {
        return Some((root(), root()));
    }
    let user = user.unwrap_or_else(root);
    let group = group.unwrap_or_else(|| user.clone());
    Some((user, group))
}

fn maker(draft: &Draft<'_>, has_user: bool) -> Maker {
    // Those with `+` or `!` run as root anyway.
    let is_raised = |command: &Command<'_>| {
        command.has(ExecPrefix::FullPrivileges) || command.has(ExecPrefix::NoSetuid)
    };
    let is_other = |entry: &Entry| {
        entry.section == SERVICE
            && entry.key.starts_with("Exec")
            && entry.key != "ExecStart"
            && !read(entry).commands.iter().all(is_raised)
    };
    match (has_user, draft.is_on(ONLY)) {
        (false, _) | (true, true) => Maker::Root { start_only: false },
        (true, false) if !draft.entries().iter().any(is_other) => Maker::Root { start_only: true },
        (true, false) => Maker::User,
    }
}

/// The folder above, which the package has and the user of the service owns.
fn parent(draft: &Draft<'_>, kind: FolderKind, name: &str) -> Result<Directory, (String, String)> {
    let first = specifiers_in(name).first().map_or(0, |(at, _)| *at);
    let above = name[..first].rsplit_once('/').map(|(above, _)| above);
    let help = || {
        let stem = draft.unit.name.prefix();
        format!(
            "write {0}={stem}/{name}: {1}/{stem} can be a folder of the package, in which the service makes its own",
            kind.key, kind.root
        )
    };
    let Some(above) = above.filter(|_| kind.belongs_to_service()) else {
        let why = format!(
            "the user of the service cannot make it in {}, and with {ONLY}=yes other commands would run as root",
            kind.root
        );
        return Err((why, help()));
    };
    let folder = kind.directory(draft, SERVICE, above).map_err(|why| {
        let help = "name the user with User=, without specifiers".to_owned();
        (why, help)
    })?;
    Ok(Directory {
        mode: 0o755,
        ..folder
    })
}

fn install() -> String {
    base_system::program_path("install").unwrap_or_else(|| "/usr/bin/install".to_owned())
}

fn mode(draft: &Draft<'_>, kind: FolderKind) -> String {
    let mode = draft.last(SERVICE, kind.mode_key);
    let mode = mode.and_then(|mode| octal_mode(&mode, Version::of(draft.profile)).ok());
    format!("{:04o}", mode.unwrap_or(0o755))
}
