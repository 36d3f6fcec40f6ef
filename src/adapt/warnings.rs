//! What is to be said about a unit that was adapted.

use super::{Action, Adapted, Change, Effect};
use crate::report::{Diagnostic, Span};
use crate::unit::{Dialect, UnitFile};

/// A warning for each line that means less on the target or is left out, and one for all the
/// sandboxing that is lost. What means the same is not worth one. `wanted` says of a line of the
/// file whether a warning of its own is.
pub fn warnings(
    unit: &UnitFile,
    adapted: &Adapted,
    wanted: impl Fn(usize) -> bool,
) -> Vec<Diagnostic> {
    let weaker = adapted.changes.iter().filter(|change| {
        let is_wanted = change.place.as_ref().is_none_or(|place| wanted(place.line));
        matches!(change.effect, Effect::Weaker | Effect::LeftOut) && is_wanted
    });
    let mut warnings: Vec<Diagnostic> = weaker.map(|change| warning(unit, change)).collect();
    warnings.extend(hardening(unit, adapted));
    warnings
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

/// The number of lines, and each of them.
fn hardening(unit: &UnitFile, adapted: &Adapted) -> Option<Diagnostic> {
    let lost: Vec<&Change> = adapted
        .changes
        .iter()
        .filter(|change| change.effect == Effect::Hardening)
        .collect();
    if lost.is_empty() {
        return None;
    }
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
        diagnostic = match &span {
            Some(_) => diagnostic.at(span.as_ref(), label(change)),
            None => diagnostic.with_note(format!("{change}: {}", change.reason())),
        };
    }
    Some(diagnostic.with_help("with `hardening = \"require\"` this is an error"))
}

/// What was done to a line that is shown, and why.
fn label(change: &Change) -> String {
    let reason = change.reason();
    match &change.action {
        Action::Rewritten { to, .. } => format!("becomes `{to}`: {reason}"),
        Action::LeftOut { .. } => format!("left out: {reason}"),
        _ => reason.to_owned(),
    }
}

fn span(unit: &UnitFile, change: &Change) -> Option<Span> {
    let place = change.place.as_ref()?;
    let unit = unit.as_read_by(Dialect::V240);
    let mut directives = unit.document.directives().iter();
    let directive = directives.find(|directive| directive.range == place.range)?;
    unit.span(directive)
}
