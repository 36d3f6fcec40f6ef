//! The account of what could not be checked, so that nothing is left out in silence.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

/// Says that a check of this test is not run, and why (`rpm 4.11.3: not run`).
///
/// The line goes to the file that `cargo xtask test` counts; without one, to stderr past the test
/// harness, which keeps what a passing test prints.
pub(crate) fn note(reason: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("?").to_owned();
    let Some(file) = std::env::var_os("AMBOT_TEST_NOT_RUN").map(PathBuf::from) else {
        let _ = writeln!(std::io::stderr(), "{reason} ({test})");
        return;
    };
    // One write, so that lines of tests that run at the same time do not mix.
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(file)
        .and_then(|mut file| file.write_all(format!("{reason}\t{test}\n").as_bytes()))
        .unwrap();
}
