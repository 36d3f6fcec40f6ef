//! What systemctl answers, as 219 and 239 do: exit codes, output and the form of its complaints.
//!
//! Observed on both, booted.

use super::model::{Active, Loaded, Manager, Systemd};
use super::package::{Generation, Kind};

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) code: u8,
    pub(crate) out: Vec<String>,
    pub(crate) err: Vec<String>,
    /// The call is one that nobody here knows the answer to.
    pub(crate) unknown: bool,
}

pub(crate) fn said(code: u8, out: impl Into<String>) -> Answer {
    Answer {
        code,
        out: vec![out.into()],
        ..Answer::default()
    }
}

pub(crate) fn complained(code: u8, err: impl Into<String>) -> Answer {
    Answer {
        code,
        err: vec![err.into()],
        ..Answer::default()
    }
}

/// The options and the rest of a command line.
struct Call<'c> {
    verb: &'c str,
    units: Vec<&'c str>,
    properties: Vec<&'c str>,
    is_rooted: bool,
    is_blocking: bool,
    reloads: bool,
    now: bool,
}

fn parse<'c>(words: &[&'c str]) -> Option<Call<'c>> {
    let mut call = Call {
        verb: "",
        units: Vec::new(),
        properties: Vec::new(),
        is_rooted: false,
        is_blocking: true,
        reloads: true,
        now: false,
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--root=/" => call.is_rooted = true,
            "--no-block" => call.is_blocking = false,
            "--no-reload" => call.reloads = false,
            "--now" => call.now = true,
            "--all" | "--full" | "--no-legend" | "--quiet" | "-q" | "--system" | "--plain" => {}
            "-p" => call.properties.extend(words.next()?.split(',')),
            option if option.starts_with("--property=") => {
                call.properties
                    .extend(option["--property=".len()..].split(','));
            }
            option if option.starts_with('-') => return None,
            verb if call.verb.is_empty() => call.verb = verb,
            unit => call.units.push(unit),
        }
    }
    Some(call)
}

impl Manager<'_> {
    /// Answers a call.
    pub(crate) fn systemctl(&mut self, words: &[&str]) -> Answer {
        let answer = parse(words).and_then(|call| self.answer(&call));
        // Also what was forgotten in between is loaded again by the next call.
        self.collect();
        // On a machine of the older generation a start is over when the next call comes.
        self.pass(match self.world.generation {
            Generation::El7 => 10,
            Generation::El8 => 1,
        });
        answer.unwrap_or(Answer {
            code: 1,
            unknown: true,
            ..Answer::default()
        })
    }

    fn answer(&mut self, call: &Call<'_>) -> Option<Answer> {
        let links = matches!(call.verb, "enable" | "disable" | "preset" | "is-enabled");
        if links && !call.units.is_empty() {
            return Some(self.on_links(call));
        }
        match self.world.systemd {
            _ if call.is_rooted => return None,
            Systemd::Runs => {}
            Systemd::Chroot => return Some(complained(0, "Running in chroot, ignoring request.")),
            Systemd::Absent | Systemd::NoProgram => return Some(self.no_bus()),
        }
        if call.verb == "daemon-reload" {
            self.reload();
            return Some(Answer::default());
        }
        if call.units.is_empty() {
            return None;
        }
        match call.verb {
            "show" => Some(self.show(call)),
            "is-active" => Some(self.is_active_answer(call.units[0])),
            "list-units" => Some(self.list(call.units[0])),
            "start" | "stop" | "restart" | "try-restart" | "reload" | "reset-failed"
            | "reload-or-restart" => Some(self.on_units(call)),
            _ => None,
        }
    }

    fn no_bus(&self) -> Answer {
        complained(
            1,
            match self.world.generation {
                Generation::El7 => "Failed to get D-Bus connection: Operation not permitted",
                Generation::El8 => {
                    "System has not been booted with systemd as init system (PID 1). Can't operate."
                }
            },
        )
    }

    /// The verbs that make, take away and read links; the worst of the answers for several units.
    fn on_links(&mut self, call: &Call<'_>) -> Answer {
        if self.world.systemd == Systemd::Absent && !call.is_rooted {
            return self.no_bus();
        }
        let mut whole = Answer::default();
        // One that is not there makes the whole call do nothing.
        let makes_links = matches!(call.verb, "enable" | "preset");
        let missing = |unit: &&&str| match self.on_disk(unit) {
            Loaded::NotFound => true,
            Loaded::Masked => makes_links,
            Loaded::From(_) => false,
        };
        let first_missing = call
            .units
            .iter()
            .find(missing)
            .filter(|_| call.verb != "is-enabled");
        if let Some(unit) = first_missing.filter(|_| call.units.len() > 1) {
            return complained(1, format!("Unit file {unit} does not exist."));
        }
        for unit in &call.units {
            let answer = match call.verb {
                "enable" => self.enable(unit),
                "disable" => self.disable(unit),
                "preset" => self.preset(unit),
                _ => self.is_enabled(unit),
            };
            whole.code = whole.code.max(answer.code);
            whole.out.extend(answer.out);
            whole.err.extend(answer.err);
        }
        let can_reload = self.world.systemd == Systemd::Runs && !call.is_rooted;
        if can_reload && call.reloads && call.verb != "is-enabled" {
            self.reload();
        }
        if can_reload && call.now && call.verb == "disable" {
            for unit in &call.units {
                self.stop(unit);
            }
            self.wait_for(&call.units);
        }
        whole
    }

    fn is_active_answer(&mut self, unit: &str) -> Answer {
        let state = self.active_state(unit);
        match (state, self.world.generation) {
            ("active", _) => said(0, state),
            ("inactive", Generation::El7) => said(3, "unknown"),
            _ => said(3, state),
        }
    }

    fn active_state(&mut self, unit: &str) -> &'static str {
        match self.load(unit).active {
            Active::Inactive => "inactive",
            Active::Running => "active",
            Active::Failed(_) => "failed",
            Active::AutoRestart | Active::Starting => "activating",
            Active::Stopping => "deactivating",
        }
    }

    fn show(&mut self, call: &Call<'_>) -> Answer {
        let mut answer = Answer::default();
        for (at, unit) in call.units.iter().enumerate() {
            if unit.contains("@.") {
                let why = match self.world.generation {
                    Generation::El7 => "is missing the instance name",
                    Generation::El8 => "is neither a valid invocation ID nor unit name",
                };
                return complained(
                    1,
                    format!("Failed to get properties: Unit name {unit} {why}."),
                );
            }
            if at > 0 {
                answer.out.push(String::new());
            }
            let values = self.properties(unit);
            // In systemd's own order, whatever was asked for first.
            for (name, value) in &values {
                if call.properties.is_empty() || call.properties.contains(name) {
                    answer.out.push(format!("{name}={value}"));
                }
            }
            for name in &call.properties {
                if !values.iter().any(|(known, _)| known == name) {
                    // Timers and sockets have no type.
                    answer.code = u8::from(self.world.generation == Generation::El7);
                    answer.unknown |= *name != "Type";
                }
            }
        }
        answer
    }

    fn properties(&mut self, unit: &str) -> Vec<(&'static str, String)> {
        let active_state = self.active_state(unit);
        let kind = self.declared(unit).map(|unit| unit.kind);
        let file_state = self.is_enabled(unit).out.pop().unwrap_or_default();
        let disk = self.on_disk(unit);
        let clock = self.machine.clock;
        let state = self.load(unit).clone();
        let sub = match (state.active, kind) {
            (Active::Inactive, _) => "dead",
            (Active::Running, Some(Kind::Timer)) => "waiting",
            (Active::Running, Some(Kind::Socket)) => "listening",
            (Active::Running, _) => "running",
            (Active::Failed(_), _) => "failed",
            (Active::AutoRestart, _) => "auto-restart",
            (Active::Starting, _) => "start",
            (Active::Stopping, _) => "stop-sigterm",
        };
        let mut values = Vec::new();
        match kind {
            Some(Kind::Timer | Kind::Socket) => {}
            Some(Kind::Oneshot) => values.push(("Type", "oneshot".to_owned())),
            Some(_) => values.push(("Type", "simple".to_owned())),
            None => values.push(("Type", String::new())),
        }
        let stale = state.loaded != disk && state.active != Active::Inactive;
        let job = state.job.map_or(String::new(), |(_, due)| {
            (due % 900 + clock % 7 + 1).to_string()
        });
        values.extend([
            ("MainPID", u32::from(state.program.is_some()).to_string()),
            (
                "Result",
                if matches!(state.active, Active::Failed(_)) {
                    "exit-code"
                } else {
                    "success"
                }
                .into(),
            ),
            ("Id", unit.to_owned()),
            (
                "LoadState",
                match state.loaded {
                    Loaded::From(_) => "loaded",
                    Loaded::Masked => "masked",
                    Loaded::NotFound => "not-found",
                }
                .to_owned(),
            ),
            ("ActiveState", active_state.to_owned()),
            ("SubState", sub.to_owned()),
            ("UnitFileState", file_state),
            (
                "InactiveExitTimestampMonotonic",
                state.inactive_exit.to_string(),
            ),
            (
                "ActiveEnterTimestampMonotonic",
                state.active_enter.to_string(),
            ),
            ("Job", job),
            (
                "NeedDaemonReload",
                if stale { "yes" } else { "no" }.to_owned(),
            ),
        ]);
        values
    }

    fn list(&mut self, pattern: &str) -> Answer {
        let (before, after) = pattern.split_once('*').unwrap_or((pattern, ""));
        let units: Vec<String> = self.machine.units.keys().cloned().collect();
        let mut answer = Answer::default();
        for unit in units {
            if unit.starts_with(before) && unit.ends_with(after) {
                let state = self.active_state(&unit);
                answer
                    .out
                    .push(format!("{unit} loaded {state} running {unit}"));
            }
        }
        answer
    }

    /// The verbs that queue jobs.
    fn on_units(&mut self, call: &Call<'_>) -> Answer {
        let mut units = call.units.clone();
        // One transaction of systemd starts sockets before their services.
        units.sort_by_key(|unit| !unit.ends_with(".socket"));
        let mut whole = Answer::default();
        for unit in units {
            let answer = self.on_unit(call.verb, unit);
            whole.code = whole.code.max(answer.code);
            whole.err.extend(answer.err);
        }
        if call.is_blocking && call.verb != "reset-failed" {
            self.wait_for(&call.units);
        }
        whole
    }

    /// Waits as a call without `--no-block` does.
    fn wait_for(&mut self, units: &[&str]) {
        let states = units
            .iter()
            .filter_map(|unit| self.machine.units.get(*unit));
        let due = states.filter_map(|state| Some(state.job?.1)).max();
        let now = self.machine.clock;
        self.pass(due.unwrap_or(now).saturating_sub(now));
    }

    fn on_unit(&mut self, verb: &str, unit: &str) -> Answer {
        if unit.contains("@.") {
            return complained(
                1,
                format!("Failed to {verb} {unit}: Unit name is not valid."),
            );
        }
        let loaded = self.load(unit).loaded;
        let active = self.load(unit).active;
        match (verb, loaded) {
            ("stop", Loaded::NotFound) if active == Active::Inactive => {
                return complained(5, format!("Failed to stop {unit}: Unit {unit} not loaded."));
            }
            ("stop", _) => self.stop(unit),
            ("reset-failed", _) => match active {
                Active::Failed(_) => self.load(unit).active = Active::Inactive,
                Active::Inactive => {
                    let code = u8::from(self.world.generation == Generation::El7);
                    return complained(code, format!("Unit {unit} is not loaded."));
                }
                _ => {}
            },
            (_, Loaded::Masked) => {
                return complained(1, format!("Failed to {verb} {unit}: Unit is masked."));
            }
            (_, Loaded::NotFound) => {
                return complained(5, format!("Failed to {verb} {unit}: Unit not found."));
            }
            ("start", _) => self.start(unit),
            // 219 restarts what waits for its next start, 239 does not.
            ("try-restart", _) => match active {
                Active::AutoRestart if self.world.generation == Generation::El8 => {}
                _ => self.restart(unit),
            },
            ("reload", _) if !self.can_reload(unit) => {
                return complained(3, "Job type reload is not applicable for the unit.");
            }
            ("reload" | "reload-or-restart", _)
                if active == Active::Running && self.can_reload(unit) =>
            {
                self.count(unit).reloads += 1;
            }
            ("reload", _) => return complained(1, "It is inactive."),
            _ if matches!(active, Active::Running | Active::AutoRestart) => self.restart(unit),
            _ => self.start(unit),
        }
        Answer::default()
    }
}
