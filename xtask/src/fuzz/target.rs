//! One target under libFuzzer.

use crate::step::{Failure, quoted};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The most memory that a target takes, in MiB: what a package may unpack to is bounded, and far
/// below it.
const MEMORY: u32 = 2048;

/// The most memory that it asks for at once, in MiB.
const ALLOCATION: u32 = 512;

/// The most seconds that one input takes.
const TIMEOUT: u32 = 20;

/// A target that is built.
pub(super) struct Target {
    /// Its name.
    pub(super) name: String,
    program: PathBuf,
    /// What runs leave for each other.
    folder: PathBuf,
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    runs: u64,
    coverage: u64,
    inputs: u64,
    memory: u64,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Outcome {
            runs,
            coverage,
            inputs,
            memory,
        } = self;
        write!(
            f,
            "{runs} runs, {coverage} edges, {inputs} inputs, {memory} MiB"
        )
    }
}

impl Target {
    /// The target of this name, below the folder of the built ones.
    pub(super) fn new(name: &str, programs: &Path) -> Self {
        Target {
            name: name.to_owned(),
            program: programs.join(name),
            folder: crate::target_dir().join("fuzz").join(name),
        }
    }

    /// Runs it for some seconds, with chance from this seed on or from the time.
    ///
    /// # Errors
    /// When the property does not hold, with the way to the input.
    pub(super) fn run(&self, seconds: u32, seed: Option<u32>) -> Result<Outcome, Failure> {
        let output = self
            .start(seconds, seed)
            .map_err(|error| Failure::new(format!("{} cannot be run: {error}", self.name)))?;
        let said = String::from_utf8_lossy(&output.stderr);
        match output.status.success() {
            true => Outcome::read(&said)
                .ok_or_else(|| Failure::new(format!("{}: libFuzzer said no figures", self.name))),
            false => Err(self.failure(&said)),
        }
    }

    fn start(&self, seconds: u32, seed: Option<u32>) -> io::Result<std::process::Output> {
        let [corpus, made, found] = ["corpus", "made", "found"].map(|name| self.folder.join(name));
        // Not in our own build folder: cargo would find our workspace above a project there.
        let scratch =
            std::env::temp_dir().join(format!("xtask-fuzz-{}-{}", self.name, std::process::id()));
        for folder in [&corpus, &made, &found, &scratch] {
            fs::create_dir_all(folder)?;
        }
        let seeds = crate::workspace().join("fuzz/seeds").join(&self.name);
        let output = Command::new(&self.program)
            .args([&corpus, &made])
            .args(Some(seeds).filter(|folder| folder.is_dir()))
            .arg(format!("-artifact_prefix={}/", found.display()))
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-rss_limit_mb={MEMORY}"))
            .arg(format!("-malloc_limit_mb={ALLOCATION}"))
            .arg(format!("-timeout={TIMEOUT}"))
            .arg("-print_final_stats=1")
            .args(seed.map(|seed| format!("-seed={seed}")))
            .env("AMBOT_FUZZ_SEEDS", &made)
            .env("TMPDIR", &scratch)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .output();
        // libFuzzer ends without taking anything away.
        fs::remove_dir_all(&scratch)?;
        output
    }

    fn failure(&self, said: &str) -> Failure {
        let input = said
            .lines()
            .find_map(|line| line.split_once("Test unit written to "))
            .map(|(_, path)| path.trim());
        let why = said.lines().skip_while(|line| !is_why(line)).take(12);
        let mut what = format!("{} does not hold:", self.name);
        for line in why {
            what += &format!("\n  {line}");
        }
        match input {
            Some(input) => {
                what += &format!(
                    "\nkeep {input} as a seed below fuzz/seeds/{} with a name that says what it is",
                    self.name
                );
                Failure {
                    what,
                    repeat: Some(format!(
                        "{} {}",
                        quoted(self.program.as_os_str()),
                        quoted(input.as_ref())
                    )),
                }
            }
            None => Failure::new(format!("{what}\n{}", said.trim_end())),
        }
    }
}

/// Whether what is wrong begins with this line.
fn is_why(line: &str) -> bool {
    line.starts_with("thread '") || line.contains("ERROR: libFuzzer")
}

impl Outcome {
    /// Reads what libFuzzer says at the end.
    fn read(said: &str) -> Option<Self> {
        let stat = |name: &str| {
            let line = said.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim_start_matches(':').trim().parse().ok()
        };
        let last = said.lines().rfind(|line| line.contains(" cov: "))?;
        let after = |name: &str| {
            let (_, rest) = last.split_once(name)?;
            let digits = rest
                .trim_start()
                .split(|c: char| !c.is_ascii_digit())
                .next();
            digits?.parse().ok()
        };
        Some(Outcome {
            runs: stat("stat::number_of_executed_units")?,
            coverage: after(" cov: ")?,
            inputs: after(" corp: ")?,
            memory: stat("stat::peak_rss_mb")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Outcome;

    #[test]
    fn figures_are_read_from_what_libfuzzer_says() {
        let said = "#2\tINITED cov: 5 ft: 6 corp: 1/1b exec/s: 0 rss: 30Mb\n\
                    #70\tDONE   cov: 123 ft: 456 corp: 12/3456b lim: 9 exec/s: 7 rss: 40Mb\n\
                    Done 70 runs in 8 second(s)\n\
                    stat::number_of_executed_units: 70\nstat::peak_rss_mb:              41\n";
        let outcome = Outcome::read(said).unwrap();
        assert_eq!(outcome.to_string(), "70 runs, 123 edges, 12 inputs, 41 MiB");
        assert_eq!(Outcome::read("nothing"), None);
    }
}
