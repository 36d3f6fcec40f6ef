//! Words of commands and variables are quoted as the target takes quotes: systemd 219 knows them
//! around a whole word alone.

use crate::adapt::change::Effect;
use crate::adapt::commands::{lines, splice};
use crate::adapt::draft::{Draft, TODAY};
use crate::unit::Entry;
use crate::unit::value::{CommandFlaw, Invalid, Version, command_line, environment};

/// More passes than a line has words that go wrong.
const PASSES: usize = 100;

pub(super) fn step(draft: &mut Draft<'_>) {
    for entry in lines(draft) {
        requote(draft, &entry, words_of_command, flaws_of_command);
    }
    for entry in draft.entries() {
        if entry.key == "Environment" {
            requote(draft, &entry, words_of_environment, flaws_of_environment);
        }
    }
}

fn words_of_command(value: &str, version: Version) -> Vec<Vec<String>> {
    let commands = command_line(value, version).commands.into_iter();
    commands
        .map(|command| command.words().map(|word| word.text.clone()).collect())
        .collect()
}

fn flaws_of_command(value: &str, version: Version) -> Vec<Invalid> {
    let problems = command_line(value, version).problems.into_iter();
    problems
        .filter(|problem| problem.flaw == CommandFlaw::Quoting)
        .map(|problem| problem.invalid)
        .collect()
}

fn words_of_environment(value: &str, version: Version) -> Vec<Vec<String>> {
    let items = environment(value, version).items.into_iter();
    items.map(|item| vec![item.name, item.value]).collect()
}

fn flaws_of_environment(value: &str, version: Version) -> Vec<Invalid> {
    let list = environment(value, version);
    list.notes.into_iter().chain(list.problems).collect()
}

/// Writes a value so that the target sees the same words in it, if that can be done.
fn requote(
    draft: &mut Draft<'_>,
    entry: &Entry,
    words: fn(&str, Version) -> Vec<Vec<String>>,
    flaws: fn(&str, Version) -> Vec<Invalid>,
) {
    let version = draft.version();
    let meant = words(&entry.value, TODAY);
    let mut value = entry.value.clone();
    for _ in 0..PASSES {
        if words(&value, version) == meant {
            break;
        }
        let flaw = flaws(&value, version).into_iter();
        let Some((range, new)) = flaw
            .into_iter()
            .find_map(|flaw| Some((flaw.range, flaw.instead?)))
        else {
            return;
        };
        value = splice(&value, vec![(range, new)]);
    }
    let is_same = words(&value, version) == meant && words(&value, TODAY) == meant;
    if value != entry.value && is_same {
        let reason = format!("{} knows quotes around a whole word alone", draft.systemd());
        draft.rewrite(entry, &entry.key, &value, Effect::Same, reason);
    }
}
