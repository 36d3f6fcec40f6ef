//! Units among the files, and what is done with them.

use super::carried::Carried;
use crate::project::input;
use crate::report::Span;
use crate::target::base_system::{has_group, has_user};
use camino::{Utf8Path, Utf8PathBuf};

/// A unit file that becomes one of ours.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub(super) bytes: Vec<u8>,
    pub(super) policy: Policy,
}

/// What is done with a unit, where that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Policy {
    pub(super) enable: Option<bool>,
    pub(super) start: Option<bool>,
    /// Whether an upgrade restarts it.
    pub(super) restart: Option<bool>,
}

impl Unit {
    /// The keys of its table that are not the defaults.
    pub(super) fn policy_lines(&self, name: &str) -> Vec<String> {
        let mut lines = Vec::new();
        // An instance of a template is enabled by who has one.
        if name.contains("@.") {
            return lines;
        }
        if self.policy.enable == Some(false) {
            lines.push("# As before; without this line a first install enables it.".to_owned());
            lines.push("enable = false".to_owned());
        }
        if self.policy.start == Some(true) {
            lines.push("start = true".to_owned());
        }
        if self.policy.restart == Some(false) {
            lines.push("on-upgrade = \"none\"".to_owned());
        }
        lines
    }
}

/// Whether systemd reads the units of packages or of administrators there.
pub(super) fn is_unit_folder(folder: &str) -> bool {
    ["/usr/lib/systemd/system", "/etc/systemd/system"].contains(&folder)
}

/// Whether a unit of this name belongs into `.ambot/services`.
pub(super) fn is_ours(name: &str) -> bool {
    const KINDS: [&str; 5] = ["service", "timer", "socket", "path", "target"];
    let kind = Utf8Path::new(name).extension();
    kind.is_some_and(|kind| KINDS.contains(&kind))
}

/// Takes a unit file over; the first of a name counts, as it does where files are unpacked.
pub(super) fn copy(carried: &mut Carried<'_>, name: &str, path: &Utf8Path, span: &Span) {
    let shown: Utf8PathBuf = carried.asked.workspace.shown(path);
    match input::read(path, input::MAX_TEXT) {
        Err(error) => carried.left(
            format!("{shown} cannot be read: {error}"),
            span,
            format!("copy it to .ambot/services/{name}"),
        ),
        Ok(bytes) => {
            if carried.units.contains_key(name) {
                return;
            }
            carried.differs(
                format!("{shown} is copied to .ambot/services/{name}"),
                span,
                "cargo ambot packages the copy, adapted to each target; the old file is not read any more",
            );
            let unit = Unit {
                bytes,
                policy: Policy::default(),
            };
            carried.units.insert(name.to_owned(), unit);
        }
    }
}

/// Says that a unit is to be brought along.
pub(super) fn missing(carried: &mut Carried<'_>, name: &str, source: &str, span: &Span) {
    carried.missing_units.insert(name.to_owned());
    carried.left(
        format!("the unit `{source}` is not there"),
        span,
        format!(
            "put it into .ambot/services/{name}: it is adapted to each target, so one is enough"
        ),
    );
}

/// Whom the units run as, where the system has no such user.
pub(super) fn wanted(carried: &mut Carried<'_>) {
    let texts = carried
        .units
        .values()
        .map(|unit| String::from_utf8_lossy(&unit.bytes));
    let mut names = Vec::new();
    for text in texts {
        for line in text.lines() {
            let Some((key, value)) = line.split_once('=') else {
                continue;
            };
            let value = value.trim();
            let is_there = match key.trim() {
                "User" => has_user(value),
                "Group" => has_group(value),
                _ => continue,
            };
            if !is_there && crate::project::is_account_name(value) {
                names.push(value.to_owned());
            }
        }
    }
    carried.wanted_users.extend(names);
}

/// What the scripts of the other tool said of units, for those of which nothing was said otherwise.
pub(super) fn settle(carried: &mut Carried<'_>, enabled: &[String], started: &[String]) {
    for (name, unit) in &mut carried.units {
        let is_named = |names: &[String]| names.contains(name);
        if unit.policy.enable.is_none() {
            unit.policy.enable = Some(is_named(enabled));
        }
        if unit.policy.start.is_none() {
            unit.policy.start = Some(is_named(started));
        }
    }
}
