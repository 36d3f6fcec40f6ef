//! The verdict: what a target would make of a package.

use super::error::Error;
use super::examine::Examined;
use super::{installer, planned, programs, units};
use crate::lint::Levels;
use crate::package::Plan;
use crate::rpm::read::{Check, Metadata};
use crate::rpm::{self, visible};
use crate::target::Profile;
use std::cmp::Ordering;

/// Whose fault a refusal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The file is damaged, or was not written as planned.
    NotAsPlanned,
    /// It is sound, and the target does not take it.
    TooNew,
}

/// One reason why a package is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Whose fault it is.
    pub fault: Fault,
    /// What is wrong and why, in one sentence without a full stop.
    pub text: String,
    /// The way out, where there is one.
    pub help: Option<String>,
}

impl Refusal {
    pub(super) fn not_as_planned(text: impl Into<String>) -> Self {
        Refusal {
            fault: Fault::NotAsPlanned,
            text: text.into(),
            help: None,
        }
    }

    pub(super) fn too_new(text: impl Into<String>) -> Self {
        Refusal {
            fault: Fault::TooNew,
            text: text.into(),
            help: None,
        }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// What came of judging a package for a target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Why it is refused; empty when it is not.
    pub refusals: Vec<Refusal>,
    /// What one should know besides.
    pub notes: Vec<String>,
}

impl Verdict {
    pub(super) fn refuse(&mut self, refusal: Refusal) {
        if !self.refusals.contains(&refusal) {
            self.refusals.push(refusal);
        }
    }

    pub(super) fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

/// What is wrong with a package wherever it is installed: damage, and what no rpm unpacks.
pub fn soundness(examined: &Examined) -> Vec<Refusal> {
    let verification = match &examined.payload {
        Ok(verification) => verification,
        Err(error) => return vec![unreadable(error)],
    };
    let mut refusals = Vec::new();
    for (what, check) in verification.checks() {
        if let Check::Bad { recorded, computed } = check {
            let text = format!(
                "its {what} is {computed}, and it says {}",
                visible(recorded)
            );
            refusals.push(Refusal::not_as_planned(text).help(DAMAGED));
        }
    }
    let problems = verification.problems.iter();
    refusals.extend(problems.map(|problem| Refusal::not_as_planned(problem.clone())));
    refusals
}

const DAMAGED: &str = "the file was changed after it was built: fetch or build it again";

/// A payload that could not be read to its end.
fn unreadable(error: &rpm::Error) -> Refusal {
    match error {
        rpm::Error::Unpackable { what, help, .. } => {
            Refusal::too_new(what.clone()).help((*help).to_owned())
        }
        rpm::Error::Malformed { what, .. } => Refusal::not_as_planned(what.clone()).help(DAMAGED),
        rpm::Error::Unsupported { what, .. } => Refusal::too_new(format!(
            "its payload is of the kind `{what}`, which no rpm is known to read"
        )),
        other => Refusal::not_as_planned(other.to_string()),
    }
}

/// Judges a package for a target, and against the plan where there is one; `levels` say how much
/// each rule about units matters to the user.
///
/// # Errors
/// When the lists of its files do not fit together.
pub fn judge(
    examined: &Examined,
    profile: &Profile,
    plan: Option<&Plan>,
    levels: &Levels,
) -> Result<Verdict, Error> {
    let metadata = &examined.metadata;
    let mut verdict = Verdict::default();
    let is_readable = installer::payload_kind(metadata, profile, &mut verdict);
    // What the target's rpm does not even know needs no further reason.
    if is_readable || examined.payload.is_ok() {
        verdict.refusals.extend(soundness(examined));
    }
    installer::judge(examined, profile, plan.is_some(), &mut verdict)?;
    let is_planned = plan.is_some_and(|plan| plan.kind.is_source());
    if metadata.is_source() && !is_planned {
        verdict.refuse(
            Refusal::not_as_planned("it is a source package, which nothing installs")
                .help("build it: `rpmbuild --rebuild FILE`, and inspect what comes out"),
        );
        return Ok(verdict);
    }
    // What a source package has runs nowhere before it is built.
    if !metadata.is_source() {
        programs::judge(examined, profile, &mut verdict)?;
        units::judge(examined, profile, levels, &mut verdict)?;
    }
    if let (Some(plan), Ok(verification)) = (plan, &examined.payload) {
        planned::compare(metadata, verification, plan, &mut verdict.refusals)?;
    }
    Ok(verdict)
}

/// Holds the length of a file against what its own header says, before more of it is read: a
/// download that broke off is told as that, not as a damaged payload.
///
/// # Errors
/// When the file is shorter or longer. One that does not say its size cannot be judged.
pub fn whole(metadata: &Metadata, length: u64) -> Result<(), Error> {
    let malformed = |what| rpm::Error::Malformed {
        file: metadata.file().to_owned(),
        what,
    };
    match metadata.length().map(|said| (said, length.cmp(&said))) {
        Some((said, Ordering::Less)) => {
            Err(malformed(format!("it ends too early, at byte {length} of {said}")).into())
        }
        Some((said, Ordering::Greater)) => Err(malformed(format!(
            "it goes on after its end, at byte {said} of {length}"
        ))
        .into()),
        _ => Ok(()),
    }
}
