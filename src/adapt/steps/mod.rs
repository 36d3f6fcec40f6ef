//! The transformations, one a file, in the order in which they are done.
//!
//! Each looks at the unit as the ones before it left it, and changes what is its own matter. None
//! does anything to a unit that was adapted already.

mod arguments;
mod calendar;
mod directories;
mod directory_links;
mod directory_variables;
mod dynamic_user;
mod folders_at_start;
mod forms;
mod kin;
mod moves;
mod oneshot;
mod paths;
mod privileges;
mod programs;
mod runtime_directories;
mod specifiers;
mod system_calls;
mod unknown;
mod weights;
mod working_directory;

use super::draft::Draft;

/// One transformation.
type Step = fn(&mut Draft<'_>);

/// All of them. Names come before values, because values are looked at under the names that the
/// target knows; what is unknown comes last, because it is what nothing else was done about.
const STEPS: [Step; 19] = [
    specifiers::step,
    moves::step,
    weights::step,
    paths::step,
    dynamic_user::step,
    directory_variables::step,
    directory_links::step,
    runtime_directories::step,
    directories::step,
    kin::step,
    system_calls::step,
    privileges::step,
    arguments::step,
    programs::step,
    forms::step,
    calendar::step,
    working_directory::step,
    oneshot::step,
    unknown::step,
];

/// Does all of them.
pub(super) fn run(draft: &mut Draft<'_>) {
    for step in STEPS {
        step(draft);
    }
}
