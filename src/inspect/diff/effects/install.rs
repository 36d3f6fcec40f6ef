//! Whether rpm takes the new package, and what it asks of the machine.

use super::{About, Effects, listed};
use crate::inspect::diff::{Difference, Relation, Side};
use crate::inspect::line_name;
use crate::rpm::read::ReadSignature;
use crate::rpm::visible;
use crate::target::{self, GlibcVersion};
use std::collections::BTreeSet;

/// The relation of the packages, and whether the new one can be believed.
pub(super) fn tell(old: &Side, new: &Side, difference: &Difference, effects: &mut Effects) {
    relation(old, new, difference, effects);
    for damage in &difference.damage.new {
        effects.refused(
            About::Trust,
            format!("the new package is damaged: {damage}"),
        );
    }
    if difference.relation == Relation::Incomparable {
        return;
    }
    if !difference.damage.old.is_empty() && difference.damage.new.is_empty() {
        let text = "the old package is damaged: what is told of its files may be wrong";
        effects.attention(About::Trust, text);
    }
    let keys = |signatures: &[ReadSignature]| -> BTreeSet<String> {
        let keys = signatures.iter().filter_map(|one| one.key.clone());
        // A fingerprint ends with the key id.
        keys.map(|key| key[key.len().saturating_sub(16)..].to_lowercase())
            .collect()
    };
    let signatures = &difference.signatures;
    let (before, after) = (keys(&signatures.old), keys(&signatures.new));
    match (signatures.old.is_empty(), signatures.new.is_empty()) {
        (false, true) => effects.attention(
            About::Trust,
            "the old package is signed and the new one is not: with `gpgcheck=1` yum and dnf refuse it",
        ),
        (true, false) => effects.note(About::Trust, "the new package is signed, the old one was not"),
        (false, false) if before.is_disjoint(&after) && !after.is_empty() => {
            let after: Vec<&String> = after.iter().collect();
            effects.attention(
                About::Trust,
                format!(
                    "it is signed with another key ({}), which machines must know before",
                    listed(&after)
                ),
            );
        }
        _ => {}
    }
}

fn relation(old: &Side, new: &Side, difference: &Difference, effects: &mut Effects) {
    let (before, after) = (&old.description.identity, &new.description.identity);
    match difference.relation {
        Relation::Downgrade => {
            let epoch = match before.epoch > after.epoch {
                true => ": its epoch is lower, which counts before the version",
                false => "",
            };
            effects.attention(
                About::Install,
                format!("the new package is the older one{epoch}; `rpm -U` takes it only with --oldpackage, dnf only with `dnf downgrade`"),
            );
        }
        Relation::SameVersion if before.arch == after.arch && !difference.is_empty() => {
            effects.attention(
                About::Install,
                "both have the same version and differ: yum and dnf update to neither, and `rpm -U` wants --replacepkgs",
            );
        }
        Relation::Replacement => effects.note(
            About::Install,
            format!(
                "it takes the place of {}, as its Obsoletes says",
                visible(&before.name)
            ),
        ),
        Relation::Another => effects.note(
            About::Install,
            "a package of another name: rpm installs it beside the old one, which stays",
        ),
        Relation::Incomparable => effects.attention(
            About::Install,
            "one is a source package and the other is not: neither takes the place of the other, and they are not compared",
        ),
        Relation::Source => {
            effects.note(About::Install, "a source package is built, not installed");
        }
        _ => {}
    }
    if difference.relation.replaces() && before.arch != after.arch {
        effects.attention(
            About::Install,
            format!(
                "it is for {} and the old one for {}",
                visible(&after.arch),
                visible(&before.arch)
            ),
        );
    }
}

/// What the new package asks for, pushes out and no longer offers.
pub(super) fn dependencies(new: &Side, difference: &Difference, effects: &mut Effects) {
    glibc(difference, effects);
    let changes = |kind| {
        difference
            .dependencies
            .iter()
            .find(move |one| one.kind == kind)
    };
    if let Some(requires) = changes("requires") {
        let is_feature = |line: &&String| line.starts_with("rpmlib(");
        let features = requires.added.iter().filter(is_feature);
        for feature in features {
            let lacking = without_feature(feature);
            if !lacking.is_empty() {
                let (feature, lacking) = (visible(feature), listed(&lacking));
                let text = format!("it needs {feature}, which the rpm of {lacking} does not have");
                effects.attention(About::Install, text);
            }
        }
        let others: Vec<&String> = requires
            .added
            .iter()
            // A package with `config` asks for its own.
            .filter(|one| !is_feature(one) && !one.starts_with("config("))
            .collect();
        if !others.is_empty() {
            let text = format!("it needs besides: {}", listed(&others));
            effects.note(About::Dependencies, text);
        }
    }
    for (kind, text) in [
        ("obsoletes", "it removes what is installed of:"),
        ("conflicts", "it is not installed beside:"),
    ] {
        if let Some(change) = changes(kind).filter(|change| !change.added.is_empty()) {
            let text = format!("{text} {}", listed(&change.added));
            effects.attention(About::Dependencies, text);
        }
    }
    if let Some(provides) = changes("provides") {
        let name = &new.description.identity.name;
        // Nothing but the package itself asks for its architecture, configuration or build ids.
        let is_own = |line: &&String| {
            let start = line_name(line).split('(').next().unwrap_or_default();
            start == name || start == "config" || start == "debuginfo"
        };
        let lost: Vec<&String> = provides.removed.iter().filter(|one| !is_own(one)).collect();
        if !lost.is_empty() {
            let text = format!(
                "it no longer provides {}; what requires that keeps it out",
                listed(&lost)
            );
            effects.attention(About::Dependencies, text);
        }
    }
}

/// A later glibc closes the older distributions.
fn glibc(difference: &Difference, effects: &mut Effects) {
    let pair = &difference.glibc;
    let Some(new) = pair.new.filter(|new| Some(*new) > pair.old) else {
        return;
    };
    let had = pair.old.unwrap_or(GlibcVersion::new(0, 0));
    let lost: Vec<&str> = target::known()
        .iter()
        .filter(|profile| (had..new).contains(&profile.glibc.value))
        .map(|profile| profile.name.as_str())
        .collect();
    let before = match pair.old {
        Some(old) => format!(" instead of {old}"),
        None => String::new(),
    };
    match lost.as_slice() {
        [] => effects.note(About::Dependencies, format!("it needs glibc {new}{before}")),
        _ => effects.attention(
            About::Dependencies,
            format!(
                "it needs glibc {new}{before}, which is later than that of {}",
                listed(&lost)
            ),
        ),
    }
}

/// The targets whose rpm does not know a feature at all; the verdict of an inspection knows versions.
fn without_feature(line: &str) -> Vec<&'static str> {
    let name = line.strip_prefix("rpmlib(");
    let name = name.and_then(|rest| Some(rest.split_once(')')?.0));
    let has = |profile: &&target::Profile| {
        let mut features = profile.rpmlib.value.iter();
        features.any(|feature| Some(feature.name.as_str()) == name)
    };
    let lacking = target::known().iter().filter(|profile| !has(profile));
    lacking.map(|profile| profile.name.as_str()).collect()
}
