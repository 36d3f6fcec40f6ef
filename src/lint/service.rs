//! What several directives of a service come to on a target.

use super::Context;
use crate::target::systemd;
use crate::unit::Directive;

impl<'a> Context<'a> {
    /// The last assignment of a directive that takes words whose word the target knows; it ignores
    /// the others (seen of `Type=` and `Restart=` on the real 219, 239 and 252).
    pub(super) fn last_word(&self, key: &str) -> Option<&'a Directive> {
        let row = systemd::directive("Service", key)?;
        let known = self.profile.enum_values(row)?;
        let is_known = |directive: &&Directive| {
            let value = |known: &&systemd::EnumValue| known.word.text == directive.value;
            known
                .iter()
                .find(value)
                .is_some_and(|known| known.standing.works())
        };
        let mut assigned = self.directives().iter();
        assigned.rfind(|directive| directive.is("Service", key) && is_known(directive))
    }

    /// The type of the service: what `Type=` says, `dbus` where there is a `BusName=`, `oneshot`
    /// where there is nothing to start, else `simple` (`service_add_extras()`; `oneshot` seen on the
    /// real 219, 239 and 252).
    pub(super) fn service_type(&self) -> &'a str {
        if let Some(directive) = self.last_word("Type") {
            return &directive.value;
        }
        if self.bus_name().is_some() {
            "dbus"
        } else if self.list("Service", "ExecStart").is_empty() {
            "oneshot"
        } else {
            "simple"
        }
    }

    /// The name on the bus; an empty assignment takes none back (seen on the real 219, 239 and
    /// 252).
    pub(super) fn bus_name(&self) -> Option<&'a Directive> {
        let mut assigned = self.directives().iter();
        assigned.rfind(|line| line.is("Service", "BusName") && !line.value.is_empty())
    }

    /// Whether the type makes the service tell systemd when it is ready.
    pub(super) fn notifies(&self) -> bool {
        ["notify", "notify-reload"].contains(&self.service_type())
    }

    /// `Restart=`, where it is anything but `no`.
    pub(super) fn restart(&self) -> Option<&'a Directive> {
        self.last_word("Restart")
            .filter(|directive| directive.value != "no")
    }

    /// Whether a directive has its effect on the target, or will have it once packaging has
    /// rewritten it.
    pub(super) fn takes_effect(&self, directive: &Directive) -> bool {
        let standing = self.profile.directive(&directive.section, &directive.key);
        let rewritten = || {
            self.package.is_some()
                && self
                    .profile
                    .rewrite(&directive.section, &directive.key)
                    .is_some()
        };
        standing.works() || rewritten()
    }
}
