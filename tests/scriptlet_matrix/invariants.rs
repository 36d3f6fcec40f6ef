//! What holds after every step, whatever came before.
//!
//! The expectations follow from the machine before the transaction, after the administrator, and from
//! what the units of the two packages were asked to do; not from the scriptlets.

use super::model::{Active, Counts, Machine, Manager, Systemd, World};
use super::package::{Author, Behaviour, Kind, Package, Unit, Upgrade, file_of};
use super::steps::{Outcome, Step};
use std::collections::BTreeSet;

/// The seconds that a scriptlet waits for jobs where nobody says otherwise.
const WAIT: u64 = 30;

/// A rule that is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rule {
    /// A scriptlet exits 0, always.
    ExitsWithZero,
    /// A scriptlet ends in time.
    EndsInTime,
    /// systemctl is asked for nothing that this model knows no answer to.
    AsksWhatIsKnown,
    /// One line for a unit at most, and none where nothing was left undone.
    SaysLittle,
    /// The record of a transaction ends with it.
    LeavesNoRecord,
    /// What an administrator masked stays masked, and nothing else is.
    KeepsMasks,
    /// A unit that was there stays enabled or disabled.
    KeepsEnablement,
    /// A unit that is new is enabled as the presets say.
    FollowsPresets,
    /// What ran runs, unless it cannot.
    KeepsRunning,
    /// With `restart`, the new program runs under the new unit.
    RunsTheNew,
    /// At most one start in a transaction.
    StartsOnce,
    /// What does not ask for a restart is not restarted.
    LeavesAlone,
    /// With `reload`, the program is told once.
    Reloads,
    /// What did not run is not started.
    StartsNothingElse,
    /// A failed unit gets another try where it is enabled and its policy is `restart`.
    TriesAgain,
    /// A first install starts what `start` names.
    StartsWhatIsNamed,
    /// What the new version no longer has is stopped and disabled.
    StopsWhatVanished,
    /// With `on-remove = "leave"`, a unit runs on when its file goes.
    LeavesWhatIsToRunOn,
    /// What the operator forbids to restart is not restarted, and that is said.
    HeedsTheOperator,
    /// Nothing is left after a removal.
    LeavesNothing,
    /// systemd has read every unit as it lies there.
    IsReloaded,
}

/// The rules that a transaction broke, each with what was seen.
pub(crate) fn broken(
    world: &World,
    before: &Machine,
    step: Step,
    outcome: &Outcome,
) -> Vec<(Rule, String)> {
    let packages = &world.packages;
    let old = before.installed.map(|id| &packages[id]);
    let new = match step {
        Step::To(id) => Some((id, &packages[id])),
        Step::Remove => None,
    };
    let acting = new.map(|(_, package)| package).or(old);
    // What another tool does by itself is not for us to judge.
    if acting.is_none_or(|package| package.author != Author::Ours) {
        return Vec::new();
    }
    let mut check = Check {
        world,
        before,
        outcome,
        old,
        new,
        broken: Vec::new(),
    };
    check.scriptlets();
    if before.masked != outcome.machine.masked {
        check.say(Rule::KeepsMasks, "the masks differ");
    }
    if world.systemd != Systemd::NoProgram {
        check.units();
    }
    check.broken
}

struct Check<'a> {
    world: &'a World,
    before: &'a Machine,
    outcome: &'a Outcome,
    old: Option<&'a Package>,
    new: Option<(usize, &'a Package)>,
    broken: Vec<(Rule, String)>,
}

impl Check<'_> {
    fn say(&mut self, rule: Rule, what: impl Into<String>) {
        self.broken.push((rule, what.into()));
    }

    fn expect(&mut self, holds: bool, rule: Rule, what: impl FnOnce() -> String) {
        if !holds {
            self.say(rule, what());
        }
    }

    /// What concerns the run of the scriptlets alone.
    fn scriptlets(&mut self) {
        let ours = self.outcome.runs.iter().filter(|run| run.is_ours);
        let mut said = String::new();
        for run in ours {
            let call = format!("%{} {}", run.phase, run.argument);
            self.expect(run.code == Some(0), Rule::ExitsWithZero, || {
                format!("{call}: {:?}", run.code)
            });
            // The wait, the sleep that goes beyond it, the one in which a program shows whether it
            // lives, and the calls.
            let wait = match self.world.rules {
                Some(rules) => rules.wait,
                None => WAIT,
            };
            let longest = wait + (2 * self.world.second).div_ceil(1000) + 2;
            self.expect(run.seconds <= longest, Rule::EndsInTime, || {
                format!("{call}: {} s", run.seconds)
            });
            self.expect(run.unknown.is_empty(), Rule::AsksWhatIsKnown, || {
                format!("{call}: {:?}", run.unknown)
            });
            said += &run.said;
        }
        self.lines(&said);
        let strays = &self.outcome.strays;
        self.expect(strays.is_empty(), Rule::LeavesNothing, || {
            format!("/etc/systemd/system has {strays:?}")
        });
        let has_records = self.outcome.has_records;
        self.expect(!has_records, Rule::LeavesNoRecord, || {
            "/var/lib/rpm-state is not as it was".to_owned()
        });
    }

    /// How much the scriptlets say.
    fn lines(&mut self, said: &str) {
        let packages = [self.old, self.new.map(|(_, package)| package)];
        let packages: Vec<&Package> = packages.into_iter().flatten().collect();
        let behave = packages.iter().flat_map(|package| &package.units);
        let programs = self.before.units.iter();
        let programs =
            programs.filter_map(|(name, state)| self.world.packages[state.program?].unit(name));
        let all_behave = behave
            .clone()
            .chain(programs)
            .all(|unit| unit.behaviour == Behaviour::Runs);
        let lines = |unit: &str| {
            said.lines()
                .filter(|line| line.split([' ', ';']).any(|word| word == unit))
                .count()
        };
        let names: BTreeSet<&str> = behave.map(|unit| unit.name).collect();
        let most = match self.world.systemd {
            Systemd::NoProgram => 1,
            _ if all_behave && self.world.rules.is_none() => 0,
            _ => names.len(),
        };
        let is_little = said.lines().count() <= most && names.iter().all(|unit| lines(unit) <= 1);
        self.expect(is_little, Rule::SaysLittle, || format!("{said:?}"));
    }

    /// Every unit of both packages, and every instance.
    fn units(&mut self) {
        let packages = [self.old, self.new.map(|(_, package)| package)];
        let declared = packages
            .into_iter()
            .flatten()
            .flat_map(|package| &package.units);
        let with_instances =
            |unit: &Unit| std::iter::once(unit.name).chain(unit.instances.iter().copied());
        let mut names: BTreeSet<String> = declared
            .flat_map(with_instances)
            .map(str::to_owned)
            .collect();
        names.extend(self.before.units.keys().cloned());
        names.extend(self.outcome.machine.units.keys().cloned());
        // What an earlier package left running is nobody's.
        let old = self.old;
        let was_ours = |name: &str| old.is_some_and(|package| package.unit(name).is_some());
        for name in names {
            match self.new {
                Some((_, package)) => match package.unit(&name) {
                    Some(_) if self.is_dropped(&name) => self.gone(&name, Rule::StopsWhatVanished),
                    Some(unit) if self.was_there(&name, unit) => self.kept(&name, unit),
                    Some(unit) => self.came(&name, unit),
                    None if was_ours(&name) => self.gone(&name, Rule::StopsWhatVanished),
                    None => {}
                },
                None if was_ours(&name) => self.gone(&name, Rule::LeavesNothing),
                None => {}
            }
        }
    }

    /// Whether one of the two versions declares a unit or an instance.
    fn is_declared(&self, name: &str) -> bool {
        let packages = [self.old, self.new.map(|(_, package)| package)];
        let mut packages = packages.into_iter().flatten();
        packages.any(|package| package.declares(name))
    }

    /// Whether an instance was declared by the version before, and is no more.
    fn is_dropped(&self, name: &str) -> bool {
        let declares = |package: &Package| package.declares(name);
        self.old.is_some_and(declares) && !self.new.is_some_and(|(_, package)| declares(package))
    }

    /// Whether the machine had a unit before. An instance that is declared for the first time is new,
    /// unless somebody had made it before.
    fn was_there(&self, name: &str, unit: &Unit) -> bool {
        let is_declared = |package: &Package| {
            package.author != Author::Ours || unit.name == name || package.declares(name)
        };
        let is_new = unit.instances.contains(&name)
            && self.old.is_some_and(|package| !is_declared(package))
            && self.is_untouched(name);
        self.before.files.contains_key(unit.name) && !is_new
    }

    /// Whether nobody has enabled or started a unit.
    fn is_untouched(&self, name: &str) -> bool {
        Self::links(self.before, name).is_empty() && self.was(name) == Active::Inactive
    }

    fn was(&self, name: &str) -> Active {
        let state = self.before.units.get(name);
        state.map_or(Active::Inactive, |state| state.active)
    }

    fn is(&self, name: &str) -> Active {
        let state = self.outcome.machine.units.get(name);
        state.map_or(Active::Inactive, |state| state.active)
    }

    fn counts(&self, name: &str) -> Counts {
        self.outcome.counts.get(name).copied().unwrap_or_default()
    }

    /// The links of a unit, those of its instances with it.
    fn links(machine: &Machine, name: &str) -> BTreeSet<String> {
        let of_unit = |link: &&String| **link == name || file_of(link) == name;
        machine.links.iter().filter(of_unit).cloned().collect()
    }

    /// A unit that was there before and is there now.
    fn kept(&mut self, name: &str, unit: &Unit) {
        let mut before = Self::links(self.before, name);
        let mut after = Self::links(&self.outcome.machine, name);
        let is_foreign = self
            .old
            .is_some_and(|package| package.author != Author::Ours);
        // What another tool's %preun disables with its template cannot be enabled while it is masked.
        let is_lost =
            |link: &str| is_foreign && file_of(link) != link && self.before.masked.contains(link);
        // Declared instances are looked at one by one.
        for links in [&mut before, &mut after] {
            links.retain(|link| link == name || !self.is_declared(link));
            links.retain(|link| !is_lost(link));
        }
        self.expect(before == after, Rule::KeepsEnablement, || {
            format!("{name}: {before:?} became {after:?}")
        });
        let counts = self.counts(name);
        let is = self.is(name);
        let what = || format!("{name}: {is:?}, {counts:?}");
        self.expect(counts.starts <= 1, Rule::StartsOnce, what);
        if let Some(state) = self.outcome.machine.units.get(name) {
            let manager = Manager::new(self.world, self.outcome.machine.clone());
            let disk = manager.on_disk(name);
            let is_read = state.loaded == disk || self.world.systemd != Systemd::Runs;
            self.expect(is_read, Rule::IsReloaded, || {
                format!("{name}: {:?}, {disk:?}", state.loaded)
            });
        }
        if self.before.masked.contains(name) {
            // Where another package's %preun stopped it, nothing can start it.
            let is_same = is == self.was(name) && counts == Counts::default();
            self.expect(is_same || is_foreign, Rule::LeavesAlone, what);
            return;
        }
        match self.was(name) {
            Active::Running => self.ran(name, unit, is_foreign),
            Active::Failed(_) | Active::AutoRestart => self.had_failed(name, unit, is_foreign),
            // A oneshot at work ends in peace.
            Active::Starting | Active::Stopping => {
                self.expect(counts.starts == 0, Rule::LeavesAlone, what);
                self.expect(counts.stops == 0 || is_foreign, Rule::LeavesAlone, what);
            }
            Active::Inactive => {
                let is_idle = counts.starts == 0 && is == Active::Inactive;
                self.expect(is_idle, Rule::StartsNothingElse, what);
            }
        }
    }

    /// What is to be done to a unit that runs.
    fn upgrade_of(&self, name: &str, unit: &Unit) -> Upgrade {
        match self.world.forbids(name) {
            true => Upgrade::Nothing,
            false => unit.effective_upgrade(),
        }
    }

    /// What the operator forbids, and is told of.
    fn held_back(&mut self, name: &str, unit: &Unit) {
        let counts = self.counts(name);
        let says = |line: &str| line.contains("forbids") && line.ends_with(name);
        let mut runs = self.outcome.runs.iter();
        let is_said = runs.any(|run| run.said.lines().any(says));
        let is_right = match unit.effective_upgrade() {
            Upgrade::Nothing => !is_said,
            _ => is_said,
        };
        let is_right = is_right && counts == Counts::default();
        self.expect(is_right, Rule::HeedsTheOperator, || {
            format!("{name}: {counts:?}, said: {is_said}")
        });
    }

    /// A unit that ran.
    fn ran(&mut self, name: &str, unit: &Unit, is_foreign: bool) {
        let counts = self.counts(name);
        let is = self.is(name);
        let what = || format!("{name}: {is:?}, {counts:?}");
        if !can_run(unit) && counts.starts > 0 {
            return;
        }
        self.expect(is == Active::Running, Rule::KeepsRunning, what);
        match self.upgrade_of(name, unit) {
            Upgrade::Restart => self.runs_the_new(name),
            // Another tool's scriptlets may have stopped or restarted it.
            _ if is_foreign => {}
            _ if self.world.forbids(name) => self.held_back(name, unit),
            Upgrade::Reload => {
                let is_same = counts.starts == 0 && counts.stops == 0;
                self.expect(is_same, Rule::LeavesAlone, what);
                self.expect(counts.reloads == 1, Rule::Reloads, what);
            }
            Upgrade::Nothing => {
                self.expect(counts == Counts::default(), Rule::LeavesAlone, what);
            }
        }
    }

    fn runs_the_new(&mut self, name: &str) {
        let new = self.new.map(|(id, _)| id);
        let state = self.outcome.machine.units.get(name);
        let (program, definition) =
            state.map_or((None, None), |state| (state.program, state.definition));
        let starts = self.counts(name).starts;
        let is_new = starts > 0 && program == new && definition == new;
        self.expect(is_new, Rule::RunsTheNew, || {
            format!("{name}: {starts} starts, program of {program:?} under unit of {definition:?}, not {new:?}")
        });
    }

    /// A unit that had failed, or waited for its next start.
    fn had_failed(&mut self, name: &str, unit: &Unit, is_foreign: bool) {
        let counts = self.counts(name);
        let is = self.is(name);
        let what = || format!("{name}: {is:?}, {counts:?}");
        let manager = Manager::new(self.world, self.before.clone());
        let is_tried = manager.is_linked(name) && self.upgrade_of(name, unit) == Upgrade::Restart;
        if is_tried && can_run(unit) {
            self.expect(is == Active::Running, Rule::TriesAgain, what);
            if is == Active::Running {
                self.runs_the_new(name);
            }
        } else if !is_tried && !is_foreign {
            self.expect(counts.starts == 0, Rule::StartsNothingElse, what);
        }
    }

    /// A unit whose file was not there.
    fn came(&mut self, name: &str, unit: &Unit) {
        // What another tool's package left behind, or an instance that is not declared. One that
        // failed before it went is started like any other.
        let was_idle = matches!(self.was(name), Active::Inactive | Active::Failed(_));
        let is_clean = Self::links(self.before, name).is_empty() && was_idle;
        let is_instance = unit.instances.contains(&name);
        if !is_clean || (name != unit.name && !is_instance) {
            return;
        }
        // The links of a template are those of its instances.
        let mut links = Self::links(&self.outcome.machine, name);
        links.retain(|link| link == name || !unit.instances.contains(&link.as_str()));
        let is_masked = self.before.masked.contains(name);
        // Nothing says which instance of a bare template is meant.
        let is_preset = unit.is_installable() && (is_instance || unit.kind != Kind::Bare);
        let preset = self.world.fleet.unwrap_or(unit.enable) && is_preset;
        let is_right = links.is_empty() != (preset && !is_masked);
        self.expect(is_right, Rule::FollowsPresets, || {
            format!("{name}: {links:?}")
        });
        let counts = self.counts(name);
        let is = self.is(name);
        let what = || format!("{name}: {is:?}, {counts:?}");
        // Not where a preset of the administrator's keeps it disabled.
        let is_kept_off = unit.enable && unit.is_installable() && !preset;
        let is_template = matches!(unit.kind, Kind::Template | Kind::Bare) && !is_instance;
        let is_named = unit.start && !is_template && !is_masked && !is_kept_off;
        if is_named && self.world.systemd == Systemd::Runs {
            let is_started = counts.starts == 1 && (is == Active::Running || !can_run(unit));
            self.expect(is_started, Rule::StartsWhatIsNamed, what);
        } else {
            self.expect(counts.starts == 0, Rule::StartsNothingElse, what);
        }
    }

    /// A unit whose file is there no more.
    fn gone(&mut self, name: &str, rule: Rule) {
        let links = Self::links(&self.outcome.machine, name);
        let is = self.is(name);
        let leaves = self.old.and_then(|package| package.unit(name));
        let is_left = leaves.is_some_and(|unit| unit.leave);
        let is_down = is_left || is == Active::Inactive;
        self.expect(links.is_empty() && is_down, rule, || {
            format!("{name}: {is:?}, links {links:?}")
        });
        let counts = self.counts(name);
        // The next try of what waits for it fails where there is no file.
        let is_same = is == self.was(name) || self.was(name) == Active::AutoRestart;
        let runs_on = is_same && counts == Counts::default();
        self.expect(!is_left || runs_on, Rule::LeavesWhatIsToRunOn, || {
            format!("{name}: {is:?}, {counts:?}")
        });
        let state = self.outcome.machine.units.get(name);
        let manager = Manager::new(self.world, self.outcome.machine.clone());
        let disk = manager.on_disk(name);
        // A template whose instance went may be there still.
        let is_read = state.is_none_or(|state| state.loaded == disk);
        let is_forgotten = is_read || self.world.systemd != Systemd::Runs;
        self.expect(is_forgotten, Rule::IsReloaded, || {
            format!("{name} is known still")
        });
    }
}

/// Whether a service of this version comes up.
fn can_run(unit: &Unit) -> bool {
    matches!(unit.behaviour, Behaviour::Runs | Behaviour::StopsSlowly)
}
