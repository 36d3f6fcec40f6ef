//! What runs as root.

use super::{About, Effects};
use crate::inspect::diff::{Difference, ScriptState};
use crate::rpm::visible;

/// Scripts that come, go and change.
pub(super) fn tell(difference: &Difference, effects: &mut Effects) {
    for script in &difference.scripts {
        let name = visible(&script.name);
        let by = |state: &ScriptState| {
            let words: Vec<String> = state.interpreter.iter().map(|word| visible(word)).collect();
            words.join(" ")
        };
        match (&script.old, &script.new) {
            (None, Some(new)) => effects.attention(
                About::Scripts,
                format!("a new script runs as root: %{name} ({})", by(new)),
            ),
            (Some(old), Some(new)) if old.interpreter != new.interpreter => effects.attention(
                About::Scripts,
                format!("%{name} is run by {} instead of {}", by(new), by(old)),
            ),
            (Some(_), Some(_)) => {
                effects.note(About::Scripts, format!("%{name} is another script"));
            }
            _ => effects.note(About::Scripts, format!("%{name} is gone")),
        }
    }
}
