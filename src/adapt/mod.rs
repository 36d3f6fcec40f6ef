//! Each unit as a target needs it: the same meaning, in what the target's systemd knows.
//!
//! In come a [`UnitFile`], what was decided about its `[Install]` section, and the profile of the
//! target; out go the bytes that are packaged, the drop-ins beside them, as values what was changed
//! and why, and what the package has to do for the unit. What the target does not know becomes, in
//! this order: what means the same there; the strongest weaker form, with a warning; nothing, with
//! a warning; or an error, where the service would not work or could do more than it should. The
//! transformations are under `steps/`, one a file; their facts are the tables of
//! [`crate::target::systemd`] and those under `data/`. This room decides nothing about the package
//! as a whole, and places nothing: who packages knows where units lie.

mod change;
mod commands;
mod diff;
mod draft;
mod drop_in;
mod error;
mod folders;
mod needs;
mod specifier;
mod steps;
mod tables;
mod warnings;

#[cfg(test)]
mod tests;

pub use change::{Action, Change, Effect, Line, Place};
pub use diff::diff;
pub use draft::Programs;
pub use drop_in::DropIn;
pub use error::{About, Error, Refused};
pub use needs::{Directory, Link, Needs, SystemUser};
pub use warnings::{Warning, hardening, weaker};

use crate::target::{InstallStyle, Profile};
use crate::unit::{BootTarget, Decision, Dialect, Document, RespellingKind, UnitFile, UnitName};
use draft::Draft;

/// A unit as one target gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapted {
    /// The unit.
    pub name: UnitName,
    /// The packaged unit file.
    pub bytes: Vec<u8>,
    /// What lies in `NAME.d` beside it.
    pub drop_ins: Vec<DropIn>,
    /// What was done; empty where the file is packaged as it was and nothing lies beside it.
    pub changes: Vec<Change>,
    /// What the package has to do for it.
    pub needs: Needs,
}

/// How units are adapted.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The target.
    pub profile: &'a Profile,
    /// Where a program that the package ships lies, by its name.
    pub programs: &'a Programs<'a>,
    /// Whether lines are rewritten at all; `[Install]` is put in all the same.
    pub rewrite: bool,
    /// Whether sandboxing that is lost is an error.
    pub require_hardening: bool,
}

/// The unit as the target needs it.
///
/// # Errors
/// All lines that the target cannot be given, not even in a weaker form.
pub fn adapt(
    unit: &UnitFile,
    decision: &Decision,
    options: &Options<'_>,
) -> Result<Adapted, Refused> {
    let (document, mut changes, needs) = match options.rewrite {
        true => rewritten(unit, options)?,
        false => {
            let document = unit.document.as_read_by(Dialect::of(options.profile));
            (document, Vec::new(), Needs::default())
        }
    };
    let mut document = document;
    let mut drop_ins = Vec::new();
    if let Decision::Inject { wanted_by } = decision
        && !document.has_install_information(options.profile.systemd.value)
    {
        match options.profile.install_style() {
            InstallStyle::UnitFile => {
                document.inject_install(*wanted_by);
                changes.push(install_in_file(*wanted_by, options.profile));
            }
            InstallStyle::DropIn => {
                let drop_in = DropIn::install(&unit.name, *wanted_by);
                changes.push(install_in_drop_in(*wanted_by, &drop_in));
                drop_ins.push(drop_in);
            }
        }
    }
    Ok(Adapted {
        name: unit.name.clone(),
        bytes: document.to_bytes(),
        drop_ins,
        changes,
        needs,
    })
}

fn rewritten(
    unit: &UnitFile,
    options: &Options<'_>,
) -> Result<(Document, Vec<Change>, Needs), Refused> {
    let (mut draft, respelled) = Draft::new(unit, options.profile, options.programs);
    draft.note_respelled(respelled);
    steps::run(&mut draft);
    if options.require_hardening {
        draft.require_hardening();
    }
    let (document, changes, errors, needs) = draft.finish();
    match errors.is_empty() {
        true => Ok((document, changes, needs)),
        false => Err(Refused {
            unit: unit.name.clone(),
            target: options.profile.name.clone(),
            errors,
            changes,
        }),
    }
}

fn install_in_file(wanted_by: BootTarget, profile: &Profile) -> Change {
    Change {
        action: Action::InstallInFile { wanted_by },
        effect: Effect::Same,
        place: None,
        reason: format!(
            "without [Install] it cannot be enabled, and systemd {} reads [Install] from no drop-in",
            profile.systemd.value
        ),
    }
}

fn install_in_drop_in(wanted_by: BootTarget, drop_in: &DropIn) -> Change {
    Change {
        action: Action::InstallInDropIn {
            wanted_by,
            path: drop_in.path(),
        },
        effect: Effect::Same,
        place: None,
        reason: "without [Install] it cannot be enabled; the file stays as it was written"
            .to_owned(),
    }
}

/// Why a line is written in another way.
fn respelling_reason(kind: RespellingKind, systemd: &str) -> String {
    match kind {
        RespellingKind::CommentInValue => format!("to {systemd} the comment is part of the value"),
        RespellingKind::CommentContinues => {
            format!("to {systemd} the comment swallows the next line")
        }
        RespellingKind::LineEnd => format!("{systemd} reads a CR there in another way"),
        RespellingKind::OpenEnd => format!("{systemd} loses a line that ends the file so"),
    }
}
