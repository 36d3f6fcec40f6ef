//! The fast matrix: the scriptlets of packages through all short lives of a machine, without root and
//! without systemd.
//!
//! The scriptlets are those of packages that the program makes, and run in the shells of this machine
//! that are `/bin/sh` somewhere; `systemctl` answers as that of 219 or 239 would, from a model of
//! systemd ([`model`], [`systemctl`], [`links`]); links lie where a scriptlet sees them ([`etc`]); files
//! come and go between scriptlets and `$1` is passed as rpm 4.11.3 and 4.14.3 do ([`steps`]). The rules
//! ([`invariants`]) are checked after every step, and [`mutations`] shows that they can be broken.
//!
//! A sequence has up to four steps (three where a world has two units that are touched), a step being
//! one act of the administrator's, or none, and one transaction. Sequences that meet in the same machine
//! are run on from there once ([`explore`]). All of one step are covered, and of the longer ones a sample
//! that is the same in every run; `AMBOT_MATRIX_ALL=1` covers them all, which takes many times as long.
//! That is for the versions, units and acts of each world in [`worlds`], which are a choice: policies
//! that touch each other are together in one, others apart. How many were covered is printed.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod etc;
mod explore;
mod foreign;
mod invariants;
mod links;
mod model;
mod mutations;
#[path = "../it/support/not_run.rs"]
mod not_run;
mod package;
mod shell;
mod steps;
mod systemctl;
mod worlds;

use explore::explore;
use model::World;
use package::{Author, Generation};
use shell::{shellcheck, shells};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Instant;

/// Says something past the test harness.
fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Visits a world on both generations.
#[track_caller]
fn visit(world: fn(Generation) -> World) {
    let (shells, missing) = shells();
    for name in missing {
        not_run::note(&format!("scriptlets in {name}: not run"));
    }
    if shells.is_empty() {
        return;
    }
    let mut account = String::new();
    let mut is_sample = false;
    for generation in [Generation::El7, Generation::El8] {
        let world = world(generation);
        let began = Instant::now();
        let found = explore(&world, &shells, None);
        let left_out = match found.left_out {
            0 => "none left out".to_owned(),
            some => format!("{some} and what follows left out: AMBOT_MATRIX_ALL=1 runs them"),
        };
        tell(&format!(
            "{} {generation:?}: {} sequences of up to {} steps by {} transactions, {left_out}; {:.1} s",
            world.name,
            found.sequences,
            world.depth,
            found.transactions,
            began.elapsed().as_secs_f32()
        ));
        is_sample |= found.left_out > 0;
        for (rule, (count, shortest)) in found.broken {
            let _ = writeln!(
                account,
                "{rule:?} is broken in {count} transactions; the shortest: {shortest}"
            );
        }
    }
    if is_sample {
        not_run::note("all sequences of steps (AMBOT_MATRIX_ALL=1): not run");
    }
    assert!(account.is_empty(), "\n{account}");
}

/// Every scriptlet of ours in every world, each text once.
#[test]
fn scriptlets_are_clean_shell() {
    let mut texts = BTreeMap::new();
    for world in worlds::ALL {
        for generation in [Generation::El7, Generation::El8] {
            for package in world(generation).packages {
                if package.author == Author::Ours {
                    for (phase, text) in package.scriptlets {
                        let name = format!("{} %{phase}", package.label);
                        texts.entry(text).or_insert(name);
                    }
                }
            }
        }
    }
    match shellcheck(&texts) {
        Some(Ok(())) => {}
        Some(Err(found)) => panic!("\n{found}"),
        None => not_run::note("shellcheck: not run"),
    }
}

#[test]
fn one_service() {
    visit(worlds::one_service);
}

#[test]
fn hand_over() {
    visit(worlds::hand_over);
}

#[test]
fn services_that_misbehave() {
    visit(worlds::misbehaving);
}

#[test]
fn units_that_come_and_go() {
    visit(worlds::coming_and_going);
}

#[test]
fn a_timer_and_its_oneshot() {
    visit(worlds::timer);
}

#[test]
fn a_socket_and_its_service() {
    visit(worlds::socket);
}

#[test]
fn a_template() {
    visit(worlds::template);
}

#[test]
fn declared_instances() {
    visit(worlds::instances);
}

#[test]
fn services_that_run_on_without_their_file() {
    visit(worlds::leaving);
}

#[test]
fn services_that_are_restarted_together() {
    visit(worlds::together);
}

#[test]
fn an_operator_who_forbids_restarts() {
    visit(worlds::operator);
}

#[test]
fn a_fleet_that_disables_everything() {
    visit(worlds::disabling_fleet);
}

#[test]
fn a_fleet_that_enables_everything() {
    visit(worlds::enabling_fleet);
}

#[test]
fn a_container_without_systemd() {
    visit(worlds::container);
}

#[test]
fn a_chroot_with_the_run_of_its_host() {
    visit(worlds::chroot);
}

#[test]
fn a_machine_without_systemctl() {
    visit(worlds::without_systemctl);
}
