//! The program: `cargo ambot …` and `cargo-ambot …`.

use std::process::ExitCode;

fn main() -> ExitCode {
    cargo_ambot::cli::main()
}
