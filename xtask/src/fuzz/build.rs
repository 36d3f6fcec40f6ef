//! The targets, built with coverage.
//!
//! Coverage is counted in our own crates alone: what they are made of is built as for the tests, and
//! is there already where those have run. cargo calls this program in the place of the compiler for the
//! crates of the workspace (`RUSTC_WORKSPACE_WRAPPER`), and it calls the compiler with more flags.

use crate::machine::{self, Need};
use crate::step::{Failure, Step};
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// What libFuzzer is built with.
const TO_FUZZ: &[Need] = &[Need::program("c++", "g++", "gcc-c++")];

/// The variable by which this program knows that it is called in the place of the compiler.
const AS_COMPILER: &str = "AMBOT_FUZZ_COMPILER";

/// What makes LLVM count edges and record comparisons, as cargo-fuzz has it. None of it is bound to a
/// nightly compiler; the sanitizers of memory are, and safe code has less use for them.
const COVERAGE: [&str; 5] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// Calls the compiler, where cargo called this program for that.
pub(crate) fn as_compiler() -> Option<ExitCode> {
    std::env::var_os(AS_COMPILER)?;
    let mut arguments = std::env::args_os().skip(1);
    let mut compiler = Command::new(arguments.next()?);
    let arguments: Vec<OsString> = arguments.collect();
    // What cargo only asks of it needs none.
    let compiles = arguments.iter().any(|argument| argument == "--emit")
        || arguments
            .iter()
            .any(|argument| argument.to_string_lossy().starts_with("--emit="));
    compiler.args(arguments);
    if compiles {
        compiler.args(COVERAGE);
    }
    crate::say::error(&format!(
        "the compiler cannot be started: {}",
        compiler.exec()
    ));
    Some(ExitCode::FAILURE)
}

/// Builds the targets, and returns the folder that they lie in.
pub(super) fn run(names: &[String]) -> Result<PathBuf, Failure> {
    machine::provide(&[TO_FUZZ])?;
    let own = std::env::current_exe().map_err(|error| {
        Failure::new(format!("this program does not know where it is: {error}"))
    })?;
    let count = match names.len() {
        1 => "1 target".to_owned(),
        count => format!("{count} targets"),
    };
    Step::cargo("Building", format!("{count} of libFuzzer"))
        .args(["build", "--package", "cargo-ambot-fuzz", "--locked"])
        .args(["--features", "libfuzzer"])
        .args(names.iter().flat_map(|name| ["--bin", name]))
        .env(AS_COMPILER, "1")
        .env("RUSTC_WORKSPACE_WRAPPER", own)
        .run()?;
    Ok(crate::programs())
}
