//! `cargo xtask docs`: writes the pages that come from the program.

use crate::step::{Failure, Step};

/// The test that compares the pages writes them where it is told to.
pub(crate) fn run() -> Result<(), Failure> {
    Step::cargo("Writing", "the pages below docs/")
        .args(["test", "--quiet", "--locked", "--test", "docs"])
        .env("AMBOT_WRITE_DOCS", "1")
        .run()
}
