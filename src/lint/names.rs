//! Names of units that systemd takes and tools stumble over.

use crate::report::Diagnostic;
use crate::unit::UnitName;

/// A warning for each name with characters beyond letters, digits and `-` (and the `@` of
/// templates): systemd takes `:`, `_`, `.` and `\`, but a dot looks like a suffix, a backslash
/// needs quoting in every shell, and `_` and `:` mean something else in other tools.
pub fn unusual_names<'a>(names: impl IntoIterator<Item = &'a UnitName>) -> Vec<Diagnostic> {
    names.into_iter().filter_map(unusual_name).collect()
}

fn unusual_name(name: &UnitName) -> Option<Diagnostic> {
    let unusual = name.unusual_characters();
    if unusual.is_empty() {
        return None;
    }
    let shown: Vec<String> = unusual.iter().map(|c| format!("`{c}`")).collect();
    Some(
        Diagnostic::warning(format!(
            "the unit name {name} has {} in it",
            shown.join(", ")
        ))
        .with_note("systemd takes it; scripts and tools that handle the unit may not")
        .with_help("use letters, digits and `-`"),
    )
}
