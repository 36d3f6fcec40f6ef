//! Which units of a package get an `[Install]` section.
//!
//! A service that nothing can enable does not start after a reboot. A handler or a timer's service
//! that is enabled by mistake runs at the next boot. So both kinds of mistake are looked for, over
//! all units of the package together.

use super::dialect::Dialect;
use super::document::Document;
use super::name::{BootTarget, UnitName};
use super::pull::{Places, Pull, means, references, trigger};
use super::unit_file::UnitFile;
use crate::target::Profile;
use std::collections::{BTreeSet, HashSet};
use std::fmt;

/// What is to be done about the `[Install]` section of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing: it has install information of its own.
    HasOwn,
    /// It gets `WantedBy=`.
    Inject {
        /// What starts it at boot once it is enabled.
        wanted_by: BootTarget,
    },
    /// Nothing: something else starts it.
    Exempt {
        /// What.
        reason: Exemption,
    },
    /// Nothing: its service says `install = false`.
    TurnedOff,
}

/// A unit that gets no `[Install]` section, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exemption {
    /// The unit.
    pub unit: UnitName,
    /// Why.
    pub reason: Reason,
}

/// Why a unit without install information gets none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Another unit of the package starts or names it.
    PulledIn(Pull),
    /// A D-Bus service file of the package names it.
    DBus {
        /// The path of that file.
        file: String,
    },
    /// It is a template without `DefaultInstance=`: there is no instance to enable.
    Template,
    /// It is a target: who needs the group starts it.
    Target,
}

impl fmt::Display for Exemption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.unit)?;
        match &self.reason {
            Reason::PulledIn(pull) => write!(f, "{pull}"),
            Reason::DBus { file } => write!(f, "D-Bus starts it through {file}"),
            Reason::Template => f.write_str("it is a template without DefaultInstance="),
            Reason::Target => f.write_str("it is a target, which the units that want it start"),
        }
    }
}

/// A D-Bus service file of the package (`/usr/share/dbus-1/system-services/*.service`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DbusService {
    /// Where it is installed.
    pub path: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl DbusService {
    /// The unit that the bus asks systemd for: `SystemdService=` (dbus-daemon(1)).
    fn unit(&self) -> Option<String> {
        let document = Document::parse(&self.bytes);
        document
            .last("D-BUS Service", "SystemdService")
            .map(str::to_owned)
    }
}

/// What the decision needs to know beyond the units.
#[derive(Clone, Debug, Default)]
pub struct InstallOptions {
    /// The units whose service says `install = false`.
    pub turned_off: BTreeSet<UnitName>,
    /// The templates whose instances the package enables.
    pub with_instances: BTreeSet<UnitName>,
    /// The D-Bus service files of the package. `Type=dbus` alone activates nothing: without such
    /// a file the bus does not know the unit, and many a daemon of that type is started at boot.
    pub dbus_services: Vec<DbusService>,
}

/// Decides for all units of a package together; the answers are in the order of the units.
///
/// A unit with install information keeps what it has. One without gets it, unless another unit of
/// the package starts or names it, D-Bus does, it is a template without `DefaultInstance=`, or its
/// service says `install = false`. That another unit starts it counts only if that one is started
/// in its turn: where units merely name each other in a ring, the first of them that nothing
/// starts at a moment of its own is the one to enable. So a service that wants its own timer does
/// not keep the timer from being enabled.
pub fn decide_install(
    units: &[UnitFile],
    profile: &Profile,
    options: &InstallOptions,
) -> Vec<Decision> {
    let dialect = Dialect::of(profile);
    let units: Vec<UnitFile> = units.iter().map(|unit| unit.as_read_by(dialect)).collect();
    let pulls = pulls(&units);
    let mut decisions: Vec<Option<Decision>> = units
        .iter()
        .map(|unit| by_itself(unit, profile, options))
        .collect();
    let pulled: HashSet<usize> = pulls.iter().map(|edge| edge.to).collect();
    for (index, decision) in decisions.iter_mut().enumerate() {
        if decision.is_none() && !pulled.contains(&index) {
            *decision = Some(unpulled(&units[index], profile, options));
        }
    }
    loop {
        propagate(&units, &pulls, &mut decisions);
        let Some(next) = first_of_ring(&pulls, &decisions) else {
            break;
        };
        decisions[next] = Some(unpulled(&units[next], profile, options));
    }
    let undecided = |index: usize| {
        // Only handlers and triggers that name each other are left: none of them may be enabled.
        let edge = pulls.iter().find(|edge| edge.to == index);
        edge.map_or_else(
            || unpulled(&units[index], profile, options),
            |edge| exempt(&units[index], edge),
        )
    };
    decisions
        .into_iter()
        .enumerate()
        .map(|(index, decision)| decision.unwrap_or_else(|| undecided(index)))
        .collect()
}

/// Whether a template says which instance `systemctl enable` means, as a target's systemd reads
/// it; an empty `DefaultInstance=` says none.
pub fn has_default_instance(unit: &UnitFile, profile: &Profile) -> bool {
    let read = unit.as_read_by(Dialect::of(profile));
    let instance = read.document.last("Install", "DefaultInstance");
    instance.is_some_and(|instance| !instance.is_empty())
}

/// One unit of the package pulls in another; both are given by their place.
struct Edge {
    from: usize,
    to: usize,
    pull: Pull,
}

fn pulls(units: &[UnitFile]) -> Vec<Edge> {
    let mut edges = Vec::new();
    let places = Places::of(units);
    for (from, unit) in units.iter().enumerate() {
        for (reference, kind) in references(unit) {
            for to in places.meant(&reference) {
                if from == to {
                    continue;
                }
                // A unit that needs its own trigger is started by it, and not the other way round.
                let own_trigger =
                    trigger(&units[to]).is_some_and(|(name, _)| means(&name, &unit.name));
                if kind.is_dependency() && own_trigger {
                    continue;
                }
                let by = unit.name.clone();
                let pull = Pull { by, kind };
                edges.push(Edge { from, to, pull });
            }
        }
    }
    edges
}

/// What can be said of a unit without looking at the others.
fn by_itself(unit: &UnitFile, profile: &Profile, options: &InstallOptions) -> Option<Decision> {
    if unit.document.has_install_information(profile.systemd.value) {
        return Some(Decision::HasOwn);
    }
    if options.turned_off.contains(&unit.name) {
        return Some(Decision::TurnedOff);
    }
    let dbus = options.dbus_services.iter().find(|service| {
        let named = service.unit();
        named.is_some_and(|named| means(&named, &unit.name))
    })?;
    Some(Decision::Exempt {
        reason: Exemption {
            unit: unit.name.clone(),
            reason: Reason::DBus {
                file: dbus.path.clone(),
            },
        },
    })
}

/// What becomes of a unit that no other one starts.
fn unpulled(unit: &UnitFile, profile: &Profile, options: &InstallOptions) -> Decision {
    let has_instance =
        || options.with_instances.contains(&unit.name) || has_default_instance(unit, profile);
    let reason = match unit.name.kind().boot_target() {
        None => Reason::Target,
        Some(_) if unit.name.is_template() && !has_instance() => Reason::Template,
        Some(wanted_by) => return Decision::Inject { wanted_by },
    };
    Decision::Exempt {
        reason: Exemption {
            unit: unit.name.clone(),
            reason,
        },
    }
}

fn exempt(unit: &UnitFile, edge: &Edge) -> Decision {
    Decision::Exempt {
        reason: Exemption {
            unit: unit.name.clone(),
            reason: Reason::PulledIn(edge.pull.clone()),
        },
    }
}

/// Exempts what is pulled in by units that are decided on, until nothing changes.
fn propagate(units: &[UnitFile], pulls: &[Edge], decisions: &mut [Option<Decision>]) {
    while let Some(edge) = pulls
        .iter()
        .find(|edge| decisions[edge.from].is_some() && decisions[edge.to].is_none())
    {
        decisions[edge.to] = Some(exempt(&units[edge.to], edge));
    }
}

/// The first undecided unit that only dependencies name.
fn first_of_ring(pulls: &[Edge], decisions: &[Option<Decision>]) -> Option<usize> {
    let only_dependencies = |index: &usize| {
        let mut to_it = pulls.iter().filter(|edge| edge.to == *index);
        to_it.all(|edge| edge.pull.kind.is_dependency())
    };
    (0..decisions.len())
        .filter(|index| decisions[*index].is_none())
        .find(only_dependencies)
}

#[cfg(test)]
mod tests;
