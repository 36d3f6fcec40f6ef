//! The rules can fail: each of these scriptlets with one thing wrong breaks the rule named beside it.

use super::explore::explore;
use super::invariants::Rule;
use super::model::World;
use super::package::{Author, Generation};
use super::shell::shells;
use super::worlds;

/// A scriptlet made wrong.
struct Mutation {
    from: &'static str,
    to: &'static str,
    /// Where it does harm, and after how many steps.
    world: fn(Generation) -> World,
    depth: usize,
    /// The rule that it breaks, among others.
    breaks: Rule,
}

const fn mutation(from: &'static str, to: &'static str, breaks: Rule) -> Mutation {
    Mutation {
        from,
        to,
        world: worlds::small,
        depth: 2,
        breaks,
    }
}

impl Mutation {
    const fn within(mut self, world: fn(Generation) -> World, depth: usize) -> Self {
        self.world = world;
        self.depth = depth;
        self
    }
}

const MUTATIONS: [Mutation; 24] = [
    mutation(
        "systemctl daemon-reload",
        ": daemon-reload",
        Rule::RunsTheNew,
    ),
    // Not looking whether another package has restarted it.
    mutation("= \"$since\" ]", "!= \"\" ]", Rule::StartsOnce),
    mutation("rm -rf \"$record\"", ":", Rule::LeavesNoRecord),
    mutation(
        "systemctl --no-block \"${job",
        ": \"${job",
        Rule::RunsTheNew,
    ),
    mutation("\"${job%%=*}\"", "\"re-${job%%=*}\"", Rule::AsksWhatIsKnown),
    mutation("[ \"$file\" = new ]", ":", Rule::KeepsEnablement),
    // In a hand-over, what the old package disabled stays disabled.
    mutation("change enable \"$unit\"", ":", Rule::KeepsEnablement),
    // Presets are applied again, against what the administrator has disabled since.
    mutation("is_new \"$unit\" || continue", "", Rule::KeepsEnablement),
    mutation("change preset \"$unit\"", ":", Rule::FollowsPresets),
    mutation(
        "contains \"$unit\" \"$start_units\"",
        "false",
        Rule::StartsWhatIsNamed,
    ),
    mutation(
        "contains \"$unit\" \"$start_units\"",
        "true",
        Rule::StartsNothingElse,
    ),
    mutation(
        "active | reloading) return 0",
        "active | reloading) return 1",
        Rule::KeepsRunning,
    ),
    // The links of a masked unit.
    mutation("rm -f \"$link\"", ":", Rule::LeavesNothing),
    mutation("rmdir \"${link%/*}\"", ":", Rule::LeavesNothing),
    mutation(
        "/dev/null:*) continue ;;",
        "/dev/null:*) rm -f \"$link\" ;;",
        Rule::KeepsMasks,
    ),
    // One that failed too often.
    mutation("systemctl reset-failed", ": reset-failed", Rule::TriesAgain),
    // A start of what waits for its next try is put off.
    mutation(
        "[ \"$active\" = failed ] || verb=restart",
        "",
        Rule::SaysLittle,
    ),
    // What another unit's restart has taken along, and a start before it.
    mutation("untouched \"$unit\" || continue", "", Rule::StartsOnce).within(worlds::together, 2),
    mutation(
        "\"$jobs $verb=$unit\"",
        "\"$verb=$unit $jobs\"",
        Rule::StartsOnce,
    )
    .within(worlds::together, 2),
    // An instance that is declared for the first time and was run by an administrator.
    mutation("is_made \"$1\"", "false", Rule::RunsTheNew).within(worlds::instances, 2),
    mutation("-ge \"$end\"", "-ge 99999", Rule::EndsInTime).within(worlds::misbehaving, 1),
    mutation("[ \"$policy\" = leave ] || ", "", Rule::LeavesWhatIsToRunOn)
        .within(worlds::leaving, 2),
    mutation(
        "$pattern) return 1",
        "$pattern) return 0",
        Rule::HeedsTheOperator,
    )
    .within(worlds::operator, 2),
    mutation(
        "start-timeout/*) limit=$2",
        "start-timeout/*) :",
        Rule::EndsInTime,
    )
    .within(worlds::operator, 2),
];

#[test]
fn a_scriptlet_that_is_wrong_is_noticed() {
    let (shells, _) = shells();
    if shells.is_empty() {
        return super::not_run::note("scriptlets made wrong: not run");
    }
    let mut unnoticed = Vec::new();
    for mutation in MUTATIONS {
        let Mutation { from, to, .. } = mutation;
        let mut world = (mutation.world)(Generation::El7);
        world.depth = mutation.depth;
        let mut changes = 0;
        for package in &mut world.packages {
            let is_ours = package.author == Author::Ours;
            for text in package.scriptlets.values_mut().filter(|_| is_ours) {
                changes += text.matches(from).count();
                *text = text.replace(from, to);
            }
        }
        if changes == 0 {
            unnoticed.push(format!("no scriptlet has {from:?}"));
            continue;
        }
        let found = explore(&world, &shells[..1], Some(mutation.breaks));
        let broken: Vec<Rule> = found.broken.into_keys().collect();
        if !broken.contains(&mutation.breaks) {
            let breaks = mutation.breaks;
            unnoticed.push(format!(
                "{from:?} to {to:?} breaks {broken:?}, not {breaks:?}"
            ));
        }
    }
    assert!(unnoticed.is_empty(), "\n{}", unnoticed.join("\n"));
}

/// What the world of most of them is like without.
#[test]
fn the_scriptlets_as_they_are_break_no_rule_there() {
    super::visit(worlds::small);
}
