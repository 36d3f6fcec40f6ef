//! What follows for a machine from the differences of two packages, in sentences.

mod accounts;
mod capabilities;
mod files;
mod handling;
mod install;
mod restarts;
mod scripts;
mod services;

use super::{Difference, Side};

/// The most effects that are told.
const MAX_EFFECTS: usize = 1000;

/// How grave an effect is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// It happens without anybody's doing, as it should.
    Note,
    /// Somebody should know before.
    Attention,
    /// rpm does not install the new package over the old one.
    Refused,
}

/// What an effect is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// Whether rpm installs it.
    Install,
    /// What other packages ask for or lose.
    Dependencies,
    /// Signatures and damage.
    Trust,
    /// Files that administrators edit.
    Configuration,
    /// Other files.
    Files,
    /// Units of systemd.
    Services,
    /// Scripts that run as root.
    Scripts,
    /// Users and groups.
    Accounts,
}

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// How grave it is.
    pub weight: Weight,
    /// What it is about.
    pub about: About,
    /// What happens, in one sentence without a full stop; safe to print.
    pub text: String,
}

/// The effects, the gravest first.
pub(super) fn of(old: &Side, new: &Side, difference: &Difference) -> Vec<Effect> {
    let mut effects = Effects(Vec::new());
    install::tell(old, new, difference, &mut effects);
    if difference.relation.replaces() {
        install::dependencies(new, difference, &mut effects);
        files::tell(new, &difference.files, &mut effects);
        services::tell(old, new, difference, &mut effects);
        accounts::tell(&difference.accounts, &mut effects);
        scripts::tell(difference, &mut effects);
    } else {
        files::conflicts(&difference.files, difference.relation, &mut effects);
    }
    let mut effects = effects.0;
    effects.sort_by_key(|effect| (std::cmp::Reverse(effect.weight), effect.about));
    let more = effects.len().saturating_sub(MAX_EFFECTS);
    if more > 0 {
        effects.truncate(MAX_EFFECTS);
        effects.push(Effect {
            weight: Weight::Note,
            about: About::Files,
            text: format!("and {more} more of this kind"),
        });
    }
    effects
}

/// Takes what the parts find.
struct Effects(Vec<Effect>);

impl Effects {
    fn refused(&mut self, about: About, text: impl Into<String>) {
        self.push(Weight::Refused, about, text.into());
    }

    fn attention(&mut self, about: About, text: impl Into<String>) {
        self.push(Weight::Attention, about, text.into());
    }

    fn note(&mut self, about: About, text: impl Into<String>) {
        self.push(Weight::Note, about, text.into());
    }

    fn push(&mut self, weight: Weight, about: About, text: String) {
        self.0.push(Effect {
            weight,
            about,
            text,
        });
    }
}

/// Some names, and how many more.
fn listed<T: AsRef<str>>(names: &[T]) -> String {
    const MOST: usize = 8;
    let shown = names.iter().take(MOST);
    let shown: Vec<String> = shown
        .map(|name| crate::rpm::visible(name.as_ref()))
        .collect();
    match names.len().saturating_sub(MOST) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
