//! A oneshot service is not restarted where the target refuses such a unit.

use crate::adapt::change::Effect;
use crate::adapt::draft::Draft;

pub(super) fn step(draft: &mut Draft<'_>) {
    let is_oneshot = draft.last("Service", "Type").as_deref() == Some("oneshot");
    if !is_oneshot || draft.profile.oneshot_restart.value {
        return;
    }
    for entry in draft.assignments("Service", "Restart") {
        // These two are refused by every version, and not ours to change.
        if matches!(entry.value.as_str(), "" | "no" | "always" | "on-success") {
            continue;
        }
        let reason = format!(
            "{} refuses a service of Type=oneshot with it; a run that fails is not repeated",
            draft.systemd()
        );
        draft.leave_out(&entry, Effect::LeftOut, reason);
    }
}
