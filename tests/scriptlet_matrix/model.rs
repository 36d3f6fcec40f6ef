//! The machine as a value: files, links, and what systemd has in memory.
//!
//! Times are milliseconds of a clock of its own, which moves with each call of systemctl and with
//! each `sleep`.

use super::package::{Behaviour, Generation, Kind, Package, Unit, Upgrade, file_of};
use std::collections::{BTreeMap, BTreeSet};

/// A package by its place in [`World::packages`].
pub(crate) type Id = usize;

/// What systemd does on the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Systemd {
    Runs,
    /// A container without it, where nothing answers.
    Absent,
    /// A chroot with the `/run` of its host.
    Chroot,
    /// There is no systemctl.
    NoProgram,
}

/// What stays as it is while steps are taken.
pub(crate) struct World {
    pub(crate) name: &'static str,
    pub(crate) generation: Generation,
    pub(crate) systemd: Systemd,
    /// The administrator's preset for everything.
    pub(crate) fleet: Option<bool>,
    pub(crate) packages: Vec<Package>,
    /// The units that the administrator may touch.
    pub(crate) touched: Vec<&'static str>,
    pub(crate) depth: usize,
    /// What `/etc/ambot/packaging.conf` says.
    pub(crate) rules: Option<Rules>,
    /// The milliseconds that a `sleep 1` takes; more than a second on a busy machine.
    pub(crate) second: u64,
}

/// What the operator wrote, and what it means.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) text: &'static str,
    /// The units that are not to be restarted.
    pub(crate) forbidden: &'static [&'static str],
    /// The seconds that rpm waits for starts and stops.
    pub(crate) wait: u64,
}

impl World {
    /// Whether the operator forbids to restart a unit.
    pub(crate) fn forbids(&self, unit: &str) -> bool {
        self.rules
            .is_some_and(|rules| rules.forbidden.contains(&unit))
    }
}

/// What a unit is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Active {
    #[default]
    Inactive,
    Running,
    /// `true`: its start limit was hit.
    Failed(bool),
    AutoRestart,
    Starting,
    Stopping,
}

/// What systemd has read of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Loaded {
    From(Id),
    Masked,
    NotFound,
}

/// Something that is queued or under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Job {
    Start,
    Stop,
    /// A stop and a start.
    Restart,
    /// A start that waits until the next try is due.
    Later,
}

/// A unit in systemd's memory.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub(crate) loaded: Loaded,
    /// Something that is loaded has pulled it in, so that it is not forgotten while it is inactive.
    pub(crate) referenced: bool,
    pub(crate) active: Active,
    /// Whose program runs.
    pub(crate) program: Option<Id>,
    /// Whose unit it runs under.
    pub(crate) definition: Option<Id>,
    pub(crate) inactive_exit: u64,
    pub(crate) active_enter: u64,
    pub(crate) job: Option<(Job, u64)>,
}

/// How often a unit was started, stopped and reloaded in a transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) starts: usize,
    pub(crate) stops: usize,
    pub(crate) reloads: usize,
}

/// What may differ from step to step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Machine {
    pub(crate) installed: Option<Id>,
    /// Whose unit file lies there.
    pub(crate) files: BTreeMap<&'static str, Id>,
    /// Whose program lies there.
    pub(crate) program: Option<Id>,
    /// The links below `*.wants`, by the name that they pull in.
    pub(crate) links: BTreeSet<String>,
    pub(crate) masked: BTreeSet<String>,
    pub(crate) units: BTreeMap<String, State>,
    pub(crate) clock: u64,
}

/// How long a start takes until systemd gives it up, and a stop until it kills.
const GIVEN_UP: u64 = 90_000;
/// How long a unit waits for its next try.
const HOLDOFF: u64 = 60_000;
/// How long a oneshot works.
const WORK: u64 = 20_000;

/// A machine in its world, with what happens to it counted.
pub(crate) struct Manager<'a> {
    pub(crate) world: &'a World,
    pub(crate) machine: Machine,
    pub(crate) counts: BTreeMap<String, Counts>,
}

impl<'a> Manager<'a> {
    pub(crate) fn new(world: &'a World, machine: Machine) -> Self {
        Manager {
            world,
            machine,
            counts: BTreeMap::new(),
        }
    }

    pub(crate) fn count(&mut self, unit: &str) -> &mut Counts {
        self.counts.entry(unit.to_owned()).or_default()
    }

    /// What a unit would be loaded as now.
    pub(crate) fn on_disk(&self, unit: &str) -> Loaded {
        if self.machine.masked.contains(unit) {
            return Loaded::Masked;
        }
        let file = file_of(unit);
        match self.machine.files.get(file.as_str()) {
            Some(id) => Loaded::From(*id),
            None => Loaded::NotFound,
        }
    }

    /// The unit in memory, read now if it is not there.
    pub(crate) fn load(&mut self, unit: &str) -> &mut State {
        let loaded = self.on_disk(unit);
        let states = &mut self.machine.units;
        states.entry(unit.to_owned()).or_insert(State {
            loaded,
            referenced: false,
            active: Active::Inactive,
            program: None,
            definition: None,
            inactive_exit: 0,
            active_enter: 0,
            job: None,
        })
    }

    /// What a unit is, as it was loaded.
    pub(crate) fn declared(&mut self, unit: &str) -> Option<&'a Unit> {
        match self.load(unit).loaded {
            Loaded::From(id) => self.world.packages[id].unit(unit),
            _ => None,
        }
    }

    /// Forgets what is inactive and pulled in by nothing.
    pub(crate) fn collect(&mut self) {
        self.machine.units.retain(|_, state| {
            state.referenced || state.active != Active::Inactive || state.job.is_some()
        });
    }

    /// `daemon-reload`.
    pub(crate) fn reload(&mut self) {
        self.collect();
        let linked: Vec<String> = self.machine.links.iter().cloned().collect();
        for unit in linked {
            self.load(&unit);
        }
        let names: Vec<String> = self.machine.units.keys().cloned().collect();
        for unit in names {
            let loaded = self.on_disk(&unit);
            let mut referenced = self.machine.links.contains(&unit);
            // 239 reads again what it did not find before.
            if loaded == Loaded::NotFound && self.world.generation == Generation::El8 {
                referenced = false;
            }
            let state = self.load(&unit);
            state.loaded = loaded;
            state.referenced = referenced;
        }
        self.collect();
    }

    /// Lets time pass.
    pub(crate) fn pass(&mut self, milliseconds: u64) {
        let until = self.machine.clock + milliseconds;
        loop {
            let jobs = self.machine.units.iter();
            let next = jobs
                .filter_map(|(unit, state)| Some((state.job?.1, unit.clone())))
                .min();
            match next {
                Some((due, unit)) if due <= until => {
                    self.machine.clock = self.machine.clock.max(due);
                    self.finish(&unit);
                }
                _ => break,
            }
        }
        self.machine.clock = until;
    }

    /// Ends the job of a unit.
    fn finish(&mut self, unit: &str) {
        let Some((job, _)) = self.load(unit).job.take() else {
            return;
        };
        match job {
            Job::Start => self.started(unit),
            Job::Later => self.begin_start(unit),
            Job::Stop => self.stopped(unit),
            Job::Restart => {
                self.stopped(unit);
                self.begin_start(unit);
            }
        }
    }

    fn stopped(&mut self, unit: &str) {
        let state = self.load(unit);
        state.active = Active::Inactive;
        state.program = None;
        state.definition = None;
    }

    fn started(&mut self, unit: &str) {
        let clock = self.machine.clock;
        let behaviour = self.behaviour(unit);
        let is_oneshot = self
            .declared(unit)
            .is_some_and(|unit| unit.kind == Kind::Oneshot);
        let state = self.load(unit);
        state.active_enter = clock;
        state.active = match behaviour {
            _ if is_oneshot => Active::Inactive,
            Behaviour::Runs | Behaviour::StopsSlowly => Active::Running,
            Behaviour::Loops => Active::AutoRestart,
            Behaviour::Fails | Behaviour::Hangs => Active::Failed(false),
        };
        if state.active != Active::Running {
            state.program = None;
            state.definition = None;
        }
    }

    /// How the program that runs for a unit behaves.
    fn behaviour(&mut self, unit: &str) -> Behaviour {
        let program = self.load(unit).program.or(self.machine.program);
        let unit = program.and_then(|id| self.world.packages[id].unit(unit));
        unit.map_or(Behaviour::Runs, |unit| unit.behaviour)
    }

    /// Runs the program that lies there now, under the unit that is loaded.
    fn begin_start(&mut self, unit: &str) {
        self.count(unit).starts += 1;
        let clock = self.machine.clock;
        let program = self.machine.program;
        let kind = self.declared(unit).map(|unit| unit.kind);
        let blocked =
            kind == Some(Kind::Socket) && self.is_active(&unit.replace(".socket", ".service"));
        let state = self.load(unit);
        state.inactive_exit = clock;
        state.program = program;
        state.definition = match state.loaded {
            Loaded::From(id) => Some(id),
            _ => None,
        };
        if blocked {
            // `Socket service already active, refusing.`
            state.active = Active::Failed(false);
            return;
        }
        state.active = Active::Starting;
        let takes = match self.behaviour(unit) {
            _ if kind == Some(Kind::Oneshot) => WORK,
            Behaviour::Hangs => GIVEN_UP,
            _ => 2,
        };
        self.load(unit).job = Some((Job::Start, clock + takes));
    }

    pub(crate) fn is_active(&self, unit: &str) -> bool {
        let state = self.machine.units.get(unit);
        state.is_some_and(|state| state.active == Active::Running)
    }

    /// A start job, for a unit that can be started.
    pub(crate) fn start(&mut self, unit: &str) {
        match self.load(unit).active {
            Active::Running | Active::Starting | Active::Failed(true) => {}
            Active::Stopping => {
                let state = self.load(unit);
                state.job = state.job.map(|(_, due)| (Job::Restart, due));
            }
            Active::Inactive | Active::Failed(false) => self.begin_start(unit),
            Active::AutoRestart => {
                let due = self.machine.clock + HOLDOFF;
                self.load(unit).job = Some((Job::Later, due));
            }
        }
    }

    /// The units that run and are part of one.
    fn parts_of(&mut self, unit: &str) -> Vec<String> {
        let names: Vec<String> = self.machine.units.keys().cloned().collect();
        let is_part = |name: &String| {
            let declared = self.declared(name);
            declared.is_some_and(|declared| declared.part_of == Some(unit)) && self.is_active(name)
        };
        names.into_iter().filter(is_part).collect()
    }

    /// A stop job, which takes along what is part of the unit.
    pub(crate) fn stop(&mut self, unit: &str) {
        for part in self.parts_of(unit) {
            self.stop(&part);
        }
        let is_oneshot = self
            .declared(unit)
            .is_some_and(|unit| unit.kind == Kind::Oneshot);
        match self.load(unit).active {
            Active::Inactive | Active::Failed(_) => return,
            Active::AutoRestart => {
                self.load(unit).job = None;
                return self.stopped(unit);
            }
            Active::Starting if is_oneshot => {
                let state = self.load(unit);
                state.job = None;
                state.program = None;
                state.active = Active::Failed(false);
                return;
            }
            Active::Stopping => {
                let state = self.load(unit);
                state.job = state.job.map(|(_, due)| (Job::Stop, due));
                return;
            }
            Active::Running | Active::Starting => {}
        }
        self.count(unit).stops += 1;
        self.end(unit, Job::Stop);
    }

    /// A restart job, for a unit that runs or waits for its next try.
    pub(crate) fn restart(&mut self, unit: &str) {
        match self.load(unit).active {
            Active::Running => self.end(unit, Job::Restart),
            Active::AutoRestart => {
                self.stopped(unit);
                self.begin_start(unit);
            }
            _ => return,
        }
        for part in self.parts_of(unit) {
            self.restart(&part);
        }
    }

    fn end(&mut self, unit: &str, job: Job) {
        let takes = match self.behaviour(unit) {
            Behaviour::StopsSlowly => GIVEN_UP,
            _ => 2,
        };
        let due = self.machine.clock + takes;
        let state = self.load(unit);
        state.active = Active::Stopping;
        state.job = Some((job, due));
    }

    /// Whether a unit can be told to reload its configuration.
    pub(crate) fn can_reload(&mut self, unit: &str) -> bool {
        self.declared(unit)
            .is_some_and(|unit| unit.upgrade == Upgrade::Reload)
    }

    /// Lets everything that is under way come to its end, and makes machines equal that differ in
    /// nothing but their clocks.
    pub(crate) fn settle(&mut self) {
        self.pass(10 * GIVEN_UP);
        self.collect();
        for state in self.machine.units.values_mut() {
            // The next try fails: there is nothing to start.
            if state.active == Active::AutoRestart && state.loaded == Loaded::NotFound {
                state.active = Active::Failed(false);
            }
            state.inactive_exit = state.inactive_exit.min(1);
            state.active_enter = state.active_enter.min(1);
            if state.active == Active::Inactive {
                state.inactive_exit = 0;
                state.active_enter = 0;
            }
        }
        self.machine.clock = 1000;
    }
}
