//! Which units of a package are started, and in which order.

use crate::project::Policy;
use crate::unit::{Decision, ServiceUnit, UnitFile, UnitKind, means, start_ranks, trigger};

/// How a unit is started.
#[derive(Clone, Copy, Debug)]
pub(super) struct Starting {
    /// What is done with it.
    pub(super) policy: Policy,
    /// Its place in the order.
    pub(super) rank: usize,
}

/// For each unit, how it is started. To start a service that a timer or path of the package starts
/// means to start that one: the job behind a timer is not run because a package came. A socket is
/// started with its service, and before it.
pub(super) fn policies(units: &[ServiceUnit], decisions: &[Decision]) -> Vec<Starting> {
    let files: Vec<UnitFile> = units.iter().map(|unit| unit.file.clone()).collect();
    let ranks = start_ranks(&files);
    let mut all: Vec<Starting> = units
        .iter()
        .zip(ranks)
        .map(|(unit, rank)| Starting {
            policy: unit.policy,
            rank,
        })
        .collect();
    for (by, file) in files.iter().enumerate() {
        let Some((started, _)) = trigger(file) else {
            continue;
        };
        for (index, unit) in units.iter().enumerate() {
            let by_itself = matches!(decisions[index], Decision::HasOwn | Decision::Inject { .. });
            if unit.policy.start && !by_itself && means(&started, &unit.file.name) {
                all[by].policy.start = true;
                // What a socket starts may run at once, too; it comes after the socket.
                all[index].policy.start = file.name.kind() == UnitKind::Socket;
            }
        }
    }
    all
}
