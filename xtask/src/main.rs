//! Chores of cargo-ambot: `cargo xtask help` lists them.
//!
//! Each chore is a list of [`step::Step`]s: commands that are shown before they run and, when one
//! fails, shown once more as the line that repeats it. Nothing here links a crate of ours or of
//! anyone else, so a chore starts within seconds on a machine that has built nothing yet.

mod bench;
mod ci;
mod corpus;
mod demo;
mod deny;
mod docs;
mod e2e;
mod fuzz;
mod machine;
mod package;
mod python;
mod say;
mod step;
mod test;

use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "\
Chores of cargo-ambot

Usage: cargo xtask CHORE

  demo           package the fixture service for CentOS 7 and CentOS 8 and show what is inside
  test [ARGS]    run all tests, hold the fixture's RPMs against rpm, rpmbuild and rpmlint, and list
                 the checks that could not be run; with ARGS, which go to cargo test, tests alone
  ci             format, lints and documentation, the tests, `e2e --brief --allow-not-run`, `fuzz` for
                 some seconds: what has to pass before a merge
  corpus         package published crates and hold the RPMs against rpm, rpmbuild and rpmlint
                 (--only NAMES, --target TARGETS, --allow-not-run); it takes most of an hour
  e2e            install, upgrade and erase services on booted machines, as a table of rows has it
                 (--only ROWS, --style STYLES, --root ROOTS, --program CARGO-AMBOT,
                 --brief, --allow-not-run); --brief plays styles of another systemd than the root's
                 only where packages of other tools take part
  fuzz [NAMES]   hold the properties of fuzz/ to inputs that libFuzzer finds, a minute each
                 (--seconds N, --jobs N); what breaks one is kept, and the chore fails
  bench          measure our program against rpmbuild, cargo-generate-rpm, nfpm, xz, pigz and zstd,
                 as a table, and hold it to its limits (--only ROWS, --size SIZES, --rounds N,
                 --program CARGO-AMBOT, --install, --markdown); all of it takes an hour
  package        package this program itself for all targets, with manual pages and completions
  deny           hold licences, duplicates and sources of the dependencies to deny.toml, and known
                 vulnerabilities where their database can be fetched
  docs           write the pages below docs/ that come from the program
  help           this page

demo, test, package, corpus, e2e and fuzz install what they lack: as root with apt-get or dnf,
otherwise they say what is missing. bench does with --install; without it, what is missing is told
and not run. Checks run with the system's rpm and systemctl and with the programs named in
AMBOT_TEST_RPMS and AMBOT_TEST_SYSTEMCTLS (paths with colons between them). e2e boots a root of
Debian's packages and the roots named in AMBOT_E2E_ROOTS.
";

fn main() -> ExitCode {
    if let Some(code) = fuzz::as_compiler() {
        return code;
    }
    let mut arguments = std::env::args().skip(1);
    let chore = arguments.next().unwrap_or_else(|| "help".to_owned());
    let rest: Vec<String> = arguments.collect();
    if chore == e2e::keeper::ARGUMENT {
        return e2e::keeper::run(&rest);
    }
    let outcome = match (chore.as_str(), rest.as_slice()) {
        ("test", arguments) => test::run(arguments),
        ("demo", []) => demo::run(),
        ("ci", []) => ci::run(),
        ("deny", []) => deny::run().map(|not_run| {
            not_run.iter().for_each(|line| say::status("Not run", line));
        }),
        ("docs", []) => docs::run(),
        ("package", []) => package::run(package::Effort::Release),
        ("corpus", arguments) => match corpus::Choice::parse(arguments) {
            Ok(choice) => corpus::run(&choice).map(drop),
            Err(what) => {
                say::error(&what);
                return ExitCode::from(2);
            }
        },
        ("e2e", arguments) => match e2e::Choice::parse(arguments) {
            Ok(choice) => e2e::run(&choice).map(drop),
            Err(what) => {
                say::error(&what);
                return ExitCode::from(2);
            }
        },
        ("fuzz", arguments) => match fuzz::Choice::parse(arguments) {
            Ok(choice) => fuzz::run(&choice),
            Err(what) => {
                say::error(&what);
                return ExitCode::from(2);
            }
        },
        ("bench", arguments) => match bench::Choice::parse(arguments) {
            Ok(choice) => bench::run(&choice),
            Err(what) => {
                say::error(&what);
                return ExitCode::from(2);
            }
        },
        ("help" | "--help" | "-h", []) => {
            say::result(HELP);
            Ok(())
        }
        ("demo" | "ci" | "deny" | "docs" | "help", [extra, ..]) => {
            say::error(&format!("`{chore}` takes no argument, but got `{extra}`"));
            return ExitCode::from(2);
        }
        _ => {
            say::error(&format!(
                "no chore is called `{chore}`; `cargo xtask help` lists them"
            ));
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say::failure(&failure);
            ExitCode::FAILURE
        }
    }
}

/// The folder of the workspace.
fn workspace() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map(PathBuf::from).unwrap_or(here)
}

/// The folder that cargo built this program into, and our other programs beside it.
fn programs() -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    own.parent().map(PathBuf::from).unwrap_or_default()
}

/// The folder for what chores make: cargo's build folder, wherever it was told to be.
fn target_dir() -> PathBuf {
    let programs = programs();
    programs.parent().map(PathBuf::from).unwrap_or(programs)
}
