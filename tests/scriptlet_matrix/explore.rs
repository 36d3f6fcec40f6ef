//! All sequences of steps, each transaction run once.
//!
//! Sequences that lead to the same machine go on alike: what is known of it holds for all of them. So
//! the machines are visited by breadth, every transaction that is possible on a machine runs once, and
//! the sequences are counted, not repeated.

use super::invariants::{Rule, broken};
use super::model::{Machine, World};
use super::shell::{Sandbox, Shell};
use super::steps::{Outcome, Step, steps, touched, transact};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, hash_map::DefaultHasher};
use std::fmt::Write;
use std::hash::{Hash, Hasher};

/// What was found.
#[derive(Default)]
pub(crate) struct Found {
    /// The sequences that were covered, from one step to as many as the world asks for.
    pub(crate) sequences: u128,
    /// The transactions that were run for them.
    pub(crate) transactions: usize,
    /// Those that were not, though possible on a machine that was reached; what would follow them is
    /// not counted.
    pub(crate) left_out: usize,
    /// Of each rule that was broken: how often, and the shortest sequence.
    pub(crate) broken: BTreeMap<Rule, (usize, String)>,
}

/// A machine that can be reached: by how many sequences, and the first of them.
struct Reached {
    machine: Machine,
    sequences: u128,
    path: String,
}

/// Of the transactions that sequences of two, three and four steps come to first, so many run.
const SAMPLE: [usize; 3] = [40, 16, 8];

/// A transaction that may run next, on one of the machines that were reached.
struct Candidate {
    from: usize,
    act: String,
    key: (Machine, Step),
    turn: u64,
}

/// Visits a world, until a rule is broken if one is named. The shells take turns, by a number made of
/// machine and step, which also chooses the sample of longer sequences; with `AMBOT_MATRIX_ALL` in the
/// environment they are all covered.
pub(crate) fn explore(world: &World, shells: &[Shell], until: Option<Rule>) -> Found {
    let takes_all = until.is_some() || takes_all();
    let sandbox = Sandbox::new(world.systemd);
    let mut found = Found::default();
    let mut known: HashMap<(Machine, Step), Option<Machine>> = HashMap::new();
    let mut left_out: HashSet<(Machine, Step)> = HashSet::new();
    let mut level = vec![Reached {
        machine: Machine::default(),
        sequences: 1,
        path: String::new(),
    }];
    for depth in 1..=world.depth {
        let mut next: Vec<Reached> = Vec::new();
        let mut places: HashMap<Machine, usize> = HashMap::new();
        let candidates = candidates(world, &level);
        let is_new = |one: &&Candidate| !known.contains_key(&one.key);
        let last = match depth {
            _ if takes_all => None,
            1 => None,
            _ => nth_turn(candidates.iter().filter(is_new), SAMPLE[depth - 2]),
        };
        for Candidate {
            from,
            act,
            key,
            turn,
        } in candidates
        {
            let reached = &level[from];
            if last.is_some_and(|last| turn >= last) && !known.contains_key(&key) {
                left_out.insert(key);
                continue;
            }
            let (before, step) = key.clone();
            let path = path(world, &reached.path, &act, &before, step);
            let after = known.entry(key).or_insert_with(|| {
                let shell = &shells[usize::try_from(turn).unwrap() % shells.len()];
                let outcome = transact(&sandbox, shell, world, &before, step);
                found.judge(world, &before, step, &outcome, shell, &path)
            });
            if until.is_some_and(|rule| found.broken.contains_key(&rule)) {
                return found;
            }
            found.sequences += reached.sequences;
            // Nothing is learnt behind a broken rule.
            let Some(after) = after else { continue };
            let place = *places.entry(after.clone()).or_insert_with(|| {
                next.push(Reached {
                    machine: after.clone(),
                    sequences: 0,
                    path,
                });
                next.len() - 1
            });
            next[place].sequences += reached.sequences;
        }
        level = next;
    }
    found.left_out = left_out
        .iter()
        .filter(|key| !known.contains_key(key))
        .count();
    found
}

/// Whether nothing is left out.
fn takes_all() -> bool {
    std::env::var_os("AMBOT_MATRIX_ALL").is_some_and(|value| !value.is_empty() && value != "0")
}

/// The first turn that is not taken, if some are left out.
fn nth_turn<'c>(candidates: impl Iterator<Item = &'c Candidate>, count: usize) -> Option<u64> {
    let turns: BTreeSet<u64> = candidates.map(|one| one.turn).collect();
    turns.into_iter().nth(count)
}

fn candidates(world: &World, level: &[Reached]) -> Vec<Candidate> {
    let mut all = Vec::new();
    for (from, reached) in level.iter().enumerate() {
        for (act, before) in touched(world, &reached.machine) {
            for step in steps(world, &before) {
                all.push(Candidate {
                    from,
                    act: act.clone(),
                    turn: turn(&before, step),
                    key: (before.clone(), step),
                });
            }
        }
    }
    all
}

/// A number that is the same in every run.
fn turn(machine: &Machine, step: Step) -> u64 {
    let mut hasher = DefaultHasher::new();
    (machine, step).hash(&mut hasher);
    hasher.finish()
}

fn path(world: &World, before: &str, act: &str, machine: &Machine, step: Step) -> String {
    let mut path = before.to_owned();
    if !act.is_empty() {
        let _ = writeln!(path, "  the administrator: {act}");
    }
    let _ = writeln!(path, "  {}", step.named(world, machine));
    path
}

impl Found {
    /// Counts a transaction; the machine after it, if no rule was broken.
    fn judge(
        &mut self,
        world: &World,
        before: &Machine,
        step: Step,
        outcome: &Outcome,
        shell: &Shell,
        path: &str,
    ) -> Option<Machine> {
        self.transactions += 1;
        let broken = broken(world, before, step, outcome);
        for (rule, what) in &broken {
            let (count, _) = self.broken.entry(*rule).or_insert_with(|| {
                let account = account(world, outcome, shell, path, what);
                (0, account)
            });
            *count += 1;
        }
        broken.is_empty().then(|| outcome.machine.clone())
    }
}

/// What one has to know to see a broken rule oneself.
fn account(world: &World, outcome: &Outcome, shell: &Shell, path: &str, what: &str) -> String {
    let mut account = format!(
        "{what}\n  {}, {:?}, with {}\n{path}",
        world.name, world.generation, shell.name
    );
    for run in &outcome.runs {
        let code = run
            .code
            .map_or("killed".to_owned(), |code| code.to_string());
        let _ = writeln!(
            account,
            "    %{} {}: exit code {code}, {} s {}",
            run.phase,
            run.argument,
            run.seconds,
            run.said.trim_end()
        );
        for call in &run.calls {
            let _ = writeln!(account, "      {call}");
        }
    }
    account
}
