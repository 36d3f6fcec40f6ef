//! Units that get no `[Install]` section, and why.

use crate::report::Diagnostic;
use crate::unit::Decision;

/// A note for each exempt unit: it will not be enabled, and something else starts it.
pub fn exempt_units<'a>(decisions: impl IntoIterator<Item = &'a Decision>) -> Vec<Diagnostic> {
    decisions
        .into_iter()
        .filter_map(|decision| match decision {
            Decision::Exempt { reason } => Some(Diagnostic::note(format!(
                "{reason}, so it gets no [Install] section"
            ))),
            _ => None,
        })
        .collect()
}
