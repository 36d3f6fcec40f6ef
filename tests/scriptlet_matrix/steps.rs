//! The steps: what an administrator does, and what rpm does, in rpm's order and with its arguments.

use super::model::{Active, Counts, Id, Machine, Manager, Systemd, World};
use super::package::{Author, Generation, Kind, Package};
use super::shell::{Run, Sandbox, Shell};
use std::collections::{BTreeMap, BTreeSet};

/// What may be done to a unit between two transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Act {
    Start,
    Stop,
    Enable,
    Disable,
    Mask,
    Unmask,
    EnableAndStart,
    /// Its program ends with an error.
    Fail,
    /// The same, so often that systemd starts it no more.
    FailForGood,
    /// The same, and it waits for its next start.
    Flap,
}

const ACTS: [Act; 10] = [
    Act::Start,
    Act::Stop,
    Act::Enable,
    Act::Disable,
    Act::Mask,
    Act::Unmask,
    Act::EnableAndStart,
    Act::Fail,
    Act::FailForGood,
    Act::Flap,
];

/// A transaction of rpm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// Install, upgrade, downgrade, reinstall or hand-over, whatever is installed.
    To(Id),
    Remove,
}

impl Step {
    /// What it is called for a machine.
    pub(crate) fn named(self, world: &World, machine: &Machine) -> String {
        let label = |id: Id| &world.packages[id].label;
        match (self, machine.installed) {
            (Step::Remove, _) => "remove".to_owned(),
            (Step::To(to), None) => format!("install {}", label(to)),
            (Step::To(to), Some(from)) if to == from => "reinstall".to_owned(),
            (Step::To(to), Some(from)) => {
                let from = &world.packages[from];
                let verb = match from.author {
                    Author::Ours if from.label > *label(to) => "downgrade",
                    Author::Ours => "upgrade",
                    _ if from.name == world.packages[to].name => "upgrade from another tool",
                    _ => "hand over",
                };
                format!("{verb} to {}", label(to))
            }
        }
    }
}

/// The transactions that are possible on a machine.
pub(crate) fn steps(world: &World, machine: &Machine) -> Vec<Step> {
    let all = world.packages.iter().enumerate();
    let mut steps: Vec<Step> = all
        // Nobody goes back to another tool but by way of a removal.
        .filter(|(id, package)| {
            package.author == Author::Ours
                || machine.installed.is_none_or(|installed| installed == *id)
        })
        .map(|(id, _)| Step::To(id))
        .collect();
    if machine.installed.is_some() {
        steps.push(Step::Remove);
    }
    steps
}

/// The machines that an administrator may make of one before the next step, each with what was
/// done; first the machine as it is.
pub(crate) fn touched(world: &World, machine: &Machine) -> Vec<(String, Machine)> {
    let mut all = vec![(String::new(), machine.clone())];
    if world.systemd != Systemd::Runs {
        return all;
    }
    for unit in &world.touched {
        for act in ACTS {
            let mut manager = Manager::new(world, machine.clone());
            if manager.act(act, unit) {
                manager.collect();
                let after = manager.machine;
                if all.iter().all(|(_, known)| *known != after) {
                    all.push((format!("{act:?} {unit}"), after));
                }
            }
        }
    }
    all
}

impl Manager<'_> {
    /// Whether the act makes sense.
    fn act(&mut self, act: Act, unit: &str) -> bool {
        let active = self.load(unit).active;
        let kind = self.declared(unit).map(|unit| unit.kind);
        let fails = matches!(
            kind,
            Some(Kind::Service | Kind::Template | Kind::Bare | Kind::Behind)
        );
        match act {
            Act::Start => {
                self.systemctl(&["start", "--no-block", unit]).code == 0 && self.wait(kind)
            }
            Act::Stop => self.systemctl(&["stop", "--no-block", unit]).code == 0 && self.wait(kind),
            Act::Enable => self.systemctl(&["enable", unit]).code == 0,
            Act::Disable => self.systemctl(&["disable", unit]).code == 0,
            Act::EnableAndStart => self.act(Act::Enable, unit) && self.act(Act::Start, unit),
            Act::Mask => {
                self.machine.masked.insert(unit.to_owned());
                self.reload();
                if active == Active::AutoRestart {
                    // The next try fails.
                    self.load(unit).active = Active::Failed(false);
                }
                true
            }
            Act::Unmask => {
                let was = self.machine.masked.remove(unit);
                self.reload();
                was
            }
            Act::Fail | Act::FailForGood | Act::Flap if active != Active::Running || !fails => {
                false
            }
            Act::Fail => self.end_badly(unit, Active::Failed(false)),
            Act::FailForGood => self.end_badly(unit, Active::Failed(true)),
            Act::Flap => self.end_badly(unit, Active::AutoRestart),
        }
    }

    /// A oneshot is still at work when the next step begins, anything else has settled.
    fn wait(&mut self, kind: Option<Kind>) -> bool {
        if kind == Some(Kind::Oneshot) {
            self.pass(10);
        } else {
            self.settle();
        }
        true
    }

    fn end_badly(&mut self, unit: &str, active: Active) -> bool {
        let state = self.load(unit);
        state.active = active;
        state.program = None;
        state.definition = None;
        true
    }
}

/// What came of a transaction.
pub(crate) struct Outcome {
    pub(crate) machine: Machine,
    pub(crate) counts: BTreeMap<String, Counts>,
    pub(crate) runs: Vec<Run>,
    /// Whether something lies in `/var/lib/rpm-state`.
    pub(crate) has_records: bool,
    /// What lies in `/etc/systemd/system` that is neither a mask nor a link.
    pub(crate) strays: Vec<String>,
}

/// A transaction on a machine, which is laid into the sandbox first.
pub(crate) fn transact(
    sandbox: &Sandbox,
    shell: &Shell,
    world: &World,
    before: &Machine,
    step: Step,
) -> Outcome {
    let mut transaction = Transaction {
        sandbox,
        shell,
        manager: Manager::new(world, before.clone()),
        runs: Vec::new(),
    };
    transaction.lay();
    let from = before.installed;
    match step {
        Step::To(to) => transaction.bring(from, to),
        Step::Remove => transaction.remove(from.unwrap()),
    }
    let Transaction {
        mut manager, runs, ..
    } = transaction;
    let has_records = sandbox.has_records();
    sandbox.forget_records();
    let strays = sandbox.strays(&manager.machine);
    if let Some(last) = manager.machine.installed {
        transaction_files(sandbox, &world.packages[last], false);
    }
    manager.settle();
    Outcome {
        machine: manager.machine,
        counts: manager.counts,
        runs,
        has_records,
        strays,
    }
}

struct Transaction<'a> {
    sandbox: &'a Sandbox,
    shell: &'a Shell,
    manager: Manager<'a>,
    runs: Vec<Run>,
}

/// Puts the files of a package that scriptlets see, or takes them away.
fn transaction_files(sandbox: &Sandbox, package: &Package, put: bool) {
    for unit in &package.units {
        let path = format!("/usr/lib/systemd/system/{}", unit.name);
        match put {
            true => sandbox.put(&path, "the unit"),
            false => sandbox.take(&path),
        }
    }
    for (path, text) in &package.files {
        if !path.starts_with("/usr/lib/ambot/") {
            continue;
        }
        match put {
            true => sandbox.put(path, text),
            false => sandbox.take(path),
        }
    }
    if !put {
        // A folder of the package's.
        let _ = std::fs::remove_dir(sandbox.path("/usr/lib/ambot"));
    }
}

impl Transaction<'_> {
    fn package(&self, id: Id) -> &Package {
        &self.manager.world.packages[id]
    }

    fn lay(&self) {
        self.sandbox.lay_etc(&self.manager.machine);
        if let Some(rules) = self.manager.world.rules {
            self.sandbox.put("/etc/ambot/packaging.conf", rules.text);
        }
        if let Some(id) = self.manager.machine.installed {
            transaction_files(self.sandbox, self.package(id), true);
        }
    }

    fn run(&mut self, id: Id, phase: &'static str, argument: u8) {
        let Some(text) = self.package(id).scriptlets.get(phase).cloned() else {
            return;
        };
        let call = (phase, argument);
        let run = self.sandbox.run(self.shell, call, &text, &mut self.manager);
        let is_ours = self.package(id).author == Author::Ours;
        self.runs.push(Run { is_ours, ..run });
    }

    /// Install, upgrade, downgrade, reinstall, hand-over.
    fn bring(&mut self, from: Option<Id>, to: Id) {
        let replaced = from.filter(|from| *from != to);
        let is_update = from.is_some_and(|from| self.package(from).name == self.package(to).name);
        let count = if is_update { 2 } else { 1 };
        self.run(to, "pre", count);
        self.unpack(to);
        self.run(to, "post", count);
        if let Some(old) = replaced {
            // An obsoleted package goes as one that is erased.
            let left = if is_update { 1 } else { 0 };
            self.run(old, "preun", left);
            self.take_away(old, Some(to));
            self.run(old, "postun", left);
        }
        // rpm 4.11.3 passes 0, rpm 4.14.3 passes 1.
        let argument = u8::from(self.manager.world.generation == Generation::El8);
        self.run(to, "posttrans", argument);
        self.trigger();
    }

    fn remove(&mut self, old: Id) {
        self.run(old, "preun", 0);
        self.take_away(old, None);
        self.run(old, "postun", 0);
        self.trigger();
    }

    /// The file triggers of the systemd package reload at the end of a transaction, from 4.14.3 on.
    fn trigger(&mut self) {
        let world = self.manager.world;
        if world.generation == Generation::El8 && world.systemd == Systemd::Runs {
            self.manager.reload();
        }
    }

    fn unpack(&mut self, id: Id) {
        transaction_files(self.sandbox, self.package(id), true);
        let names: Vec<&'static str> = self
            .package(id)
            .units
            .iter()
            .map(|unit| unit.name)
            .collect();
        let machine = &mut self.manager.machine;
        machine.installed = Some(id);
        machine.program = Some(id);
        machine
            .files
            .extend(names.into_iter().map(|name| (name, id)));
    }

    /// Takes away what the package that stays does not have.
    fn take_away(&mut self, old: Id, stays: Option<Id>) {
        let kept: BTreeSet<&str> = match stays {
            Some(id) => self
                .package(id)
                .units
                .iter()
                .map(|unit| unit.name)
                .collect(),
            None => BTreeSet::new(),
        };
        transaction_files(self.sandbox, self.package(old), false);
        if let Some(id) = stays {
            transaction_files(self.sandbox, self.package(id), true);
        }
        let machine = &mut self.manager.machine;
        machine
            .files
            .retain(|name, id| *id != old || kept.contains(name));
        if stays.is_none() {
            machine.installed = None;
            machine.program = None;
        }
    }
}
