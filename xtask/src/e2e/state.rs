//! The state of a unit: as the table has it, as a machine tells it, and where they differ.

use super::machine::Machine;
use std::collections::BTreeMap;

/// What the table says of a unit, in words: what `is-enabled` says or `absent`, what `is-active`
/// says or STATE/SUBSTATE, and besides
///
/// - `pid=same`, `pid=new` or `pid=none`: the main process, against that before the action;
/// - `starts=+N`: how often it was started in the action, by the journal;
/// - `program=PATH`: what the main process runs; a file that was replaced ends in ` (deleted)`;
/// - `busy`: a job may wait;
/// - `complains`: the journal has warnings or errors of it; without the word there are none;
/// - `as TEXT` at the end: its description, so that it is told which unit file is loaded.
///
/// A loaded unit always has to be as its files are (no daemon-reload is due).
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct UnitState {
    enabled: String,
    active: String,
    pid: Option<String>,
    starts: Option<u32>,
    program: Option<String>,
    title: Option<String>,
    /// Whether a job may wait.
    pub(super) busy: bool,
    complains: bool,
}

impl UnitState {
    /// Reads the words.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut state = UnitState::default();
        let (words, title) = match text.split_once(" as ") {
            Some((words, title)) => (words, Some(title.to_owned())),
            None => (text, None),
        };
        state.title = title;
        let mut words = words.split_whitespace();
        let (Some(enabled), Some(active)) = (words.next(), words.next()) else {
            return Err("a unit needs what is-enabled and is-active say".to_owned());
        };
        enabled.clone_into(&mut state.enabled);
        active.clone_into(&mut state.active);
        for word in words {
            match word.split_once('=') {
                Some(("pid", pid)) if ["same", "new", "none"].contains(&pid) => {
                    state.pid = Some(pid.to_owned());
                }
                Some(("starts", count)) => {
                    let count = count.strip_prefix('+').and_then(|count| count.parse().ok());
                    state.starts = Some(count.ok_or("`starts` needs +N")?);
                }
                Some(("program", path)) => state.program = Some(path.to_owned()),
                None if word == "busy" => state.busy = true,
                None if word == "complains" => state.complains = true,
                _ => return Err(format!("`{word}` is nothing about a unit")),
            }
        }
        Ok(state)
    }

    /// Whether the unit has to be failed.
    pub(super) fn is_failed(&self) -> bool {
        self.active == "failed"
    }

    /// Where a unit is not as it has to be, for a person.
    pub(super) fn differences(&self, before: &Observed, now: &Observed) -> Vec<String> {
        let mut found = Vec::new();
        let mut compare = |what: &str, is: &str, wanted: &str| {
            if is != wanted {
                found.push(format!("{what} is {is}, not {wanted}"));
            }
        };
        compare("enabled", &now.enabled, &self.enabled);
        if self.active.contains('/') {
            let is = format!("{}/{}", now.active, now.sub);
            compare("active", &is, &self.active);
        } else {
            compare("active", &now.active, &self.active);
        }
        match self.pid.as_deref() {
            Some("none") => compare("pid", &now.pid, "0"),
            Some("same") => compare("pid", &now.pid, &before.pid),
            Some(_) if now.pid == "0" || now.pid == before.pid => {
                compare("pid", &now.pid, &format!("new (it was {})", before.pid));
            }
            _ => {}
        }
        if let Some(starts) = self.starts {
            let is = now.starts.saturating_sub(before.starts);
            compare("started", &is.to_string(), &starts.to_string());
        }
        if let Some(program) = &self.program {
            compare("program", &now.program, program);
        }
        if let Some(title) = &self.title {
            compare("description", &now.title, title);
        }
        if now.is_loaded {
            let stale = if now.is_stale { "due" } else { "not due" };
            compare("a daemon-reload", stale, "not due");
        }
        let complaints = now.complaints.len().saturating_sub(before.complaints.len());
        if complaints > 0 && !self.complains {
            let last = now.complaints.last().map_or("", String::as_str);
            compare(
                "the journal",
                &format!("warning `{last}`"),
                "without warnings",
            );
        } else if complaints == 0 && self.complains {
            compare("the journal", "without warnings", "complaining");
        }
        found
    }
}

/// What a machine tells of a unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Observed {
    enabled: String,
    active: String,
    sub: String,
    pid: String,
    starts: u32,
    program: String,
    title: String,
    is_loaded: bool,
    is_stale: bool,
    complaints: Vec<String>,
}

/// What is asked of each unit; of `show`, `KEY=VALUE` lines.
const ASK: &str = r#"
for unit in $units; do
    echo "Unit=$unit"
    systemctl show -p LoadState -p ActiveState -p SubState -p MainPID -p NeedDaemonReload \
        -p Description "$unit"
    echo "Enabled=$(systemctl is-enabled "$unit" 2>/dev/null)"
    pid=$(systemctl show -p MainPID "$unit")
    echo "Program=$(readlink "/proc/${pid#*=}/exe")"
    echo "Starts=$(journalctl --no-pager --quiet -o cat -u "$unit" _PID=1 | grep -c '^Started ')"
    journalctl --no-pager --quiet -o cat -p warning -u "$unit" | sed 's/^/Complaint=/'
done
"#;

/// Asks a machine for the state of units.
///
/// # Errors
/// When the machine does not answer.
pub(super) fn observe(
    machine: &Machine,
    units: &[&str],
) -> Result<BTreeMap<String, Observed>, String> {
    if units.is_empty() {
        return Ok(BTreeMap::new());
    }
    let said = machine.run(&format!("units='{}'\n{ASK}", units.join(" ")))?;
    Ok(parse(&said.stdout))
}

fn parse(text: &str) -> BTreeMap<String, Observed> {
    let mut all: BTreeMap<String, Observed> = BTreeMap::new();
    let mut unit = String::new();
    for line in text.lines() {
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        if key == "Unit" {
            value.clone_into(&mut unit);
        }
        let now = all.entry(unit.clone()).or_default();
        match key {
            "LoadState" => now.is_loaded = value == "loaded",
            "ActiveState" => value.clone_into(&mut now.active),
            "SubState" => value.clone_into(&mut now.sub),
            "MainPID" => value.clone_into(&mut now.pid),
            "NeedDaemonReload" => now.is_stale = value == "yes",
            "Description" => value.clone_into(&mut now.title),
            // What 255 and later say where older ones say nothing on stdout.
            "Enabled" if ["", "not-found"].contains(&value) => now.enabled = "absent".to_owned(),
            "Enabled" => value.clone_into(&mut now.enabled),
            "Program" => value.replace(' ', "-").clone_into(&mut now.program),
            "Starts" => now.starts = value.parse().unwrap_or(0),
            "Complaint" => now.complaints.push(value.to_owned()),
            _ => {}
        }
    }
    // A timer or socket has no main process, and no such line.
    for now in all.values_mut() {
        if now.pid.is_empty() {
            now.pid = "0".to_owned();
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{UnitState, parse};

    const SAID: &str = "Unit=hello.service\nMainPID=12\nLoadState=loaded\nActiveState=active\n\
        SubState=running\nNeedDaemonReload=no\nDescription=Hello 2\nEnabled=enabled\n\
        Program=/usr/bin/hello (deleted)\nStarts=3\nComplaint=oh\nUnit=b.timer\nEnabled=\n";

    #[test]
    fn what_differs_is_named() {
        let now = &parse(SAID)["hello.service"];
        let mut before = now.clone();
        before.starts = 2;
        let differences = |words: &str| {
            let state = UnitState::parse(words).unwrap();
            state.differences(&before, now)
        };
        let fits = "enabled active/running pid=same starts=+1 as Hello 2";
        assert!(differences(fits).is_empty());
        assert_eq!(
            differences("disabled inactive pid=new starts=+0 program=/usr/bin/hello as Hello"),
            [
                "enabled is enabled, not disabled",
                "active is active, not inactive",
                "pid is 12, not new (it was 12)",
                "started is 1, not 0",
                "program is /usr/bin/hello-(deleted), not /usr/bin/hello",
                "description is Hello 2, not Hello",
            ]
        );
        before.complaints.clear();
        let found = UnitState::parse(fits).unwrap().differences(&before, now);
        assert_eq!(found, ["the journal is warning `oh`, not without warnings"]);
    }

    #[test]
    fn a_unit_that_is_not_there_is_absent() {
        let said = parse(SAID);
        assert_eq!(said["b.timer"].enabled, "absent");
        assert_eq!(said["b.timer"].pid, "0");
    }

    #[test]
    fn words_that_mean_nothing_are_refused() {
        for words in [
            "enabled",
            "enabled active pid=other",
            "enabled active twice",
        ] {
            assert!(UnitState::parse(words).is_err(), "{words}");
        }
    }
}
