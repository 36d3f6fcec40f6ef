//! `cargo xtask e2e`: a service's life on running machines, held against a table.
//!
//! Roots ([`root`]) are booted with systemd-nspawn ([`machine`], [`keeper`]); packages of the fixture
//! service ([`variants`], [`packages`]) and of other tools ([`foreign`]) are installed, upgraded and
//! erased in them with the root's own rpm, as the rows of a table say ([`rows`], `rows/*.rows`), and
//! what became of units, links, files and users is compared with what the table expects ([`mod@play`],
//! [`state`]). Each row has a machine of its own.

mod foreign;
pub(crate) mod keeper;
mod machine;
mod packages;
mod play;
mod root;
mod rows;
mod state;
mod variants;

use crate::step::{Failure, Step};
use crate::{machine as host, say};
use machine::Machine;
use packages::{INSIDE, STYLES, Shelf, Style};
use root::Root;
use rows::Row;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

/// What is played, and what becomes of it where this machine cannot.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Choice {
    /// Names of rows; all where there are none.
    only: Vec<String>,
    styles: Vec<String>,
    roots: Vec<String>,
    /// Whether rows are played in one style alone where the others say nothing new.
    is_brief: bool,
    /// A cargo-ambot that is there already.
    program: Option<PathBuf>,
    allows_not_run: bool,
}

impl Choice {
    /// What is part of what has to pass before a merge; it counts what is not run.
    pub(crate) fn brief() -> Self {
        Choice {
            is_brief: true,
            allows_not_run: true,
            ..Choice::default()
        }
    }

    /// Reads the arguments of the chore.
    ///
    /// # Errors
    /// With what is wrong about them, for a person.
    pub(crate) fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut choice = Choice::default();
        let mut arguments = arguments.iter();
        while let Some(flag) = arguments.next() {
            if flag == "--allow-not-run" {
                choice.allows_not_run = true;
                continue;
            }
            if flag == "--brief" {
                choice.is_brief = true;
                continue;
            }
            let mut list = || {
                let value = arguments.next().filter(|value| !value.is_empty());
                let words = value.map(|value| value.split(',').map(str::to_owned).collect());
                words.ok_or_else(|| format!("`{flag}` needs a value"))
            };
            match flag.as_str() {
                "--only" => choice.only = list()?,
                "--style" => choice.styles = list()?,
                "--root" => choice.roots = list()?,
                "--program" => choice.program = list()?.first().map(PathBuf::from),
                _ => return Err(format!("`e2e` has no argument `{flag}`")),
            }
        }
        for name in &choice.only {
            if !rows::all()?.iter().any(|row| row.is_called(name)) {
                return Err(format!("no row is called `{name}`"));
            }
        }
        Ok(choice)
    }
}

fn is_chosen(list: &[String], name: &str) -> bool {
    list.is_empty() || list.iter().any(|chosen| chosen == name)
}

/// What a brief run says of itself.
const LEFT_OUT: &str = "in styles of another systemd than the root's, the rows in which no package of \
                        another tool takes part; `cargo xtask e2e` plays all";

/// One row on one machine.
struct Task<'a> {
    root: &'a Root,
    style: Style,
    row: &'a Row,
}

/// Plays the table, prints the outcome, and returns what could not be run.
///
/// # Errors
/// When something is not as the table has it, or could not be run and that is not allowed.
pub(crate) fn run(choice: &Choice) -> Result<Vec<String>, Failure> {
    let folder = crate::target_dir().join("e2e");
    let machines = folder.join("machines");
    if host::is_root() {
        // Where they cannot be had, the next lines say so.
        let _ = host::provide(&[host::TO_PACKAGE, host::TO_BOOT]);
    }
    machine::sweep(&machines);
    if let Some(obstacle) = root::obstacle(&folder.join("trial")) {
        return not_run(choice, "machines with systemd", &obstacle);
    }
    let (mut roots, absent) = Root::all(&folder, |name| is_chosen(&choice.roots, name))?;
    let mut missing = Vec::new();
    for why in absent {
        missing.extend(not_run(choice, "machines of Debian", &why)?);
    }
    let mut bootable = Vec::new();
    for root in roots.drain(..) {
        match root.obstacle(&machines, &[]) {
            None => bootable.push(root),
            Some(why) => {
                let what = format!("machines of {}", root.name);
                missing.extend(not_run(choice, &what, &why)?);
            }
        }
    }
    for reason in untried(choice, &bootable) {
        say::status("Not run", &reason);
        missing.push(reason);
    }
    if bootable.is_empty() {
        return Ok(missing);
    }
    let shelf = Shelf::fill(&folder.join("packages"), &program(choice)?)?;
    let rows = rows::all().map_err(Failure::new)?;
    let tasks = tasks(choice, &bootable, &rows);
    // The longest first, so that none of them is alone at the end; the outcome is shown in order.
    let mut order: Vec<usize> = (0..tasks.len()).collect();
    order.sort_by_key(|number| std::cmp::Reverse(tasks[*number].row.seconds()));
    let start = Instant::now();
    say::status("Playing", &format!("{} rows", tasks.len()));
    if choice.is_brief {
        say::status("Left out", LEFT_OUT);
    }
    let outcomes = play_all(&tasks, &order, &shelf, &machines);
    let failures = report(&tasks, &outcomes);
    let seconds = start.elapsed().as_secs();
    let passed = tasks.len() - failures;
    say::result(&format!(
        "{passed} of {} rows ok in {seconds} s\n",
        tasks.len()
    ));
    match failures {
        0 => Ok(missing),
        _ => Err(Failure::new(format!(
            "{failures} rows are not as the table has them"
        ))),
    }
}

/// What comes of machines that cannot be booted here.
fn not_run(choice: &Choice, what: &str, why: &str) -> Result<Vec<String>, Failure> {
    let reason = format!("{what}: not run: {why}");
    if choice.allows_not_run {
        say::status("Not run", &reason);
        return Ok(vec![reason]);
    }
    Err(Failure::new(format!(
        "{reason}; `--allow-not-run` accepts that"
    )))
}

/// The systemd of targets that no root has.
fn untried(choice: &Choice, roots: &[Root]) -> Vec<String> {
    STYLES
        .iter()
        .filter(|style| is_chosen(&choice.styles, style.name))
        .filter(|style| !roots.iter().any(|root| root.is_of(**style)))
        .map(|style| {
            let (systemd, variable) = (style.systemd, root::VARIABLE);
            format!("services on systemd {systemd}: not run: no root of {variable} has it")
        })
        .collect()
}

/// What is to be played.
fn tasks<'a>(choice: &Choice, roots: &'a [Root], rows: &'a [Row]) -> Vec<Task<'a>> {
    let mut tasks = Vec::new();
    for root in roots {
        for style in root.styles() {
            let chosen = |row: &&Row| {
                let is_named = choice.only.iter().any(|name| row.is_called(name));
                let facts = root.facts(style, row.by);
                let is_left_out = choice.is_brief && !root.is_of(style) && !row.differs_by_style();
                (is_named || choice.only.is_empty() && !is_left_out) && row.is_for(&facts)
            };
            if is_chosen(&choice.styles, style.name) {
                let rows = rows.iter().filter(chosen);
                tasks.extend(rows.map(|row| Task { root, style, row }));
            }
        }
    }
    tasks
}

fn program(choice: &Choice) -> Result<PathBuf, Failure> {
    if let Some(program) = &choice.program {
        return Ok(program.clone());
    }
    Step::cargo("Building", "cargo-ambot")
        .args(["build", "--locked", "--package", "cargo-ambot"])
        .run()?;
    Ok(crate::programs().join("cargo-ambot"))
}

/// Plays tasks side by side: most of the time a machine waits.
fn play_all(
    tasks: &[Task<'_>],
    order: &[usize],
    shelf: &Shelf,
    folder: &Path,
) -> BTreeMap<usize, Vec<String>> {
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(BTreeMap::new());
    let workers = thread::available_parallelism().map_or(2, |cores| cores.get() * 4);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let number = order.get(place).copied();
                    let Some((number, task)) =
                        number.and_then(|number| Some((number, tasks.get(number)?)))
                    else {
                        break;
                    };
                    let outcome = play(task, shelf, folder);
                    let outcome = outcome.unwrap_or_else(|error| vec![error]);
                    if let Ok(mut outcomes) = outcomes.lock() {
                        outcomes.insert(number, outcome);
                    }
                }
            });
        }
    });
    outcomes.into_inner().unwrap_or_default()
}

fn play(task: &Task<'_>, shelf: &Shelf, folder: &Path) -> Result<Vec<String>, String> {
    let machine = Machine::boot(&task.root.path, folder, &[shelf.bind()])?;
    let style = task.style.name;
    // A root that has an RPM of systemd has its own triggers too.
    let stubs = format!(
        "cd {INSIDE}/{style} && rpm -U --quiet stub-base/*.rpm && \
         {{ rpm -q systemd || rpm -U stub-systemd/*.rpm; }}"
    );
    let said = machine.run(&stubs)?;
    if said.code != 0 {
        return Err(format!("the stubs: {}{}", said.stdout, said.stderr));
    }
    let facts = task.root.facts(task.style, task.row.by);
    play::play(task.row, &machine, &facts, shelf)
}

/// Prints a line for each row, with what differs below it; returns how many differ.
fn report(tasks: &[Task<'_>], outcomes: &BTreeMap<usize, Vec<String>>) -> usize {
    let none = vec!["was not played".to_owned()];
    let mut failures = 0;
    for (number, task) in tasks.iter().enumerate() {
        let differences = outcomes.get(&number).unwrap_or(&none);
        let verdict = if differences.is_empty() {
            "ok"
        } else {
            "DIFFERS"
        };
        failures += usize::from(!differences.is_empty());
        say::result(&format!(
            "{verdict:<8}{:<7}{:<5}{:<28}{}\n",
            task.root.name, task.style.name, task.row.name, task.row.title
        ));
        for difference in differences {
            say::result(&format!("        {difference}\n"));
        }
    }
    failures
}

#[cfg(test)]
mod tests {
    use super::Choice;

    #[test]
    fn rows_styles_and_roots_are_chosen_by_name() {
        let parse = |line: &str| {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            Choice::parse(&words)
        };
        let choice = parse("--only first-install --style el7,el9 --root debian").unwrap();
        assert_eq!(choice.only, ["first-install"]);
        assert_eq!(choice.styles, ["el7", "el9"]);
        assert!(!choice.allows_not_run && parse("--allow-not-run").unwrap().allows_not_run);
        for (line, says) in [
            ("--only nothing", "no row is called `nothing`"),
            ("--style", "`--style` needs a value"),
            ("row", "no argument `row`"),
        ] {
            assert!(parse(line).unwrap_err().contains(says), "{line}");
        }
    }
}
