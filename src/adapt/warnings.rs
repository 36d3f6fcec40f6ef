//! What is to be said about a unit that was adapted.

use super::{Action, Adapted, Change, Effect};
use crate::report::{Diagnostic, Span};
use crate::unit::{Dialect, UnitFile};

/// Something that is to be said, and the line of the unit that it is about, from 1.
pub type Warning = (Diagnostic, Option<usize>);

/// A warning for each line that means less on the target or is left out. What means the same is
/// not worth one. `wanted` says of a line of the file whether a warning of its own is.
pub fn weaker(unit: &UnitFile, adapted: &Adapted, wanted: impl Fn(usize) -> bool) -> Vec<Warning> {
    let weaker = adapted.changes.iter().filter(|change| {
        let is_wanted = line(change).is_none_or(&wanted);
        matches!(change.effect, Effect::Weaker | Effect::LeftOut) && is_wanted
    });
    weaker
        .map(|change| (warning(unit, change), line(change)))
        .collect()
}

fn line(change: &Change) -> Option<usize> {
    change.place.as_ref().map(|place| place.line)
}

fn warning(unit: &UnitFile, change: &Change) -> Diagnostic {
    let title = match &change.action {
        Action::Rewritten { from, to } => format!("`{from}` becomes `{to}`"),
        Action::Packaged { from, into } => format!("`{from}` becomes {into}"),
        Action::LeftOut { from } => format!("`{from}` is left out"),
        _ => change.to_string(),
    };
    Diagnostic::warning(title)
        .at(span(unit, change).as_ref(), "")
        .with_note(change.reason())
}

/// One warning for all the sandboxing that is lost: the number of lines, and each of them.
pub fn hardening(unit: &UnitFile, adapted: &Adapted) -> Option<Warning> {
    let lost: Vec<&Change> = adapted
        .changes
        .iter()
        .filter(|change| change.effect == Effect::Hardening)
        .collect();
    let first = line(lost.first()?);
    let (lines, protect) = match lost.len() {
        1 => ("line", "protects"),
        _ => ("lines", "protect"),
    };
    let title = format!(
        "{} {lines} of sandboxing in {} {protect} less, or not at all",
        lost.len(),
        unit.name
    );
    let mut diagnostic = Diagnostic::warning(title);
    for change in lost {
        let span = span(unit, change);
        diagnostic = match (&span, &change.place) {
            (Some(_), Some(place)) => diagnostic
                .at(span.as_ref(), label(change))
                .with_note(format!("{}=: {}", place.key, change.reason())),
            _ => diagnostic.with_note(format!("{change}: {}", change.reason())),
        };
    }
    let help = "with `hardening = \"require\"` this is an error";
    Some((diagnostic.with_help(help), first))
}

/// What was done to a line that is shown.
fn label(change: &Change) -> String {
    match &change.action {
        Action::Rewritten { to, .. } => format!("becomes `{to}`"),
        Action::LeftOut { .. } => "left out".to_owned(),
        _ => change.to_string(),
    }
}

fn span(unit: &UnitFile, change: &Change) -> Option<Span> {
    let place = change.place.as_ref()?;
    let unit = unit.as_read_by(Dialect::V240);
    let mut directives = unit.document.directives().iter();
    let directive = directives.find(|directive| directive.range == place.range)?;
    unit.span(directive)
}
