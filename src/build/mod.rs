//! Building: cargo against the target's glibc, and the ELF files read back.
//!
//! In comes a [`Request`]: a package, its binaries, the targets of the run, and what goes to cargo
//! as it is. Out goes one [`Built`] a target: binaries with their [`ElfFacts`], each judged for
//! that target. This room knows nothing of projects and packages; it takes plain values.
//!
//! # How it is built
//!
//! A program built against an old glibc runs with every later one, so one build, against the
//! lowest glibc of the run, serves all its targets; with `--build-each` each version gets a build
//! and a target folder of its own. `cargo-zigbuild` builds, unless the host's own glibc is old
//! enough. The paths of binaries come from cargo's JSON messages.
//!
//! # The contract of `--cargo-build CMD`
//!
//! `CMD` stands in the place of `cargo build`. It is split into words as a POSIX shell would,
//! with quotes and backslashes, but with no variables, globs or pipes. It gets the arguments that
//! `cargo build` would get from us: `--message-format`, `--manifest-path`, `--package`,
//! `--profile`, `--target` (the Rust triple, without a glibc version), `--bin`, `--target-dir`,
//! the feature flags and what stands after `--`; and the variables
//!
//! | variable | holds |
//! |---|---|
//! | `AMBOT_TRIPLE` | the Rust triple |
//! | `AMBOT_GLIBC` | the glibc version that the result may need at most, such as `2.17`; unset for a triple without glibc |
//! | `CARGO_ENCODED_RUSTFLAGS` | the rustflags and our request for a build id |
//!
//! It must hand on cargo's JSON messages on stdout, with paths as they are outside a container,
//! and end with 0 only when it has built. What it built is judged like any other binary.

mod arch;
mod cargo;
mod check;
pub mod elf;
mod error;
mod generators;
mod host;
mod install;
mod interrupt;
mod locate;
mod parted;
mod process;
mod request;
pub mod runs;
mod rustflags;
mod schedule;
mod sources;
mod zig;

pub use arch::Arch;
pub use check::{Binary, NewerGlibc, Origin};
pub use elf::ElfFacts;
pub use error::Error;
pub use generators::Capabilities;
pub use interrupt::Interrupt;
pub use parted::{Parted, Parting, part};
pub(crate) use process::{ending, run_filter};
pub use request::{CargoOptions, Request, Source};
pub use sources::{Asked, package_files, vendor};

use crate::report::{Diagnostic, Sink};
use crate::target::{GlibcVersion, TargetName};
use camino::Utf8PathBuf;
use cargo_config2::Config;
use check::Maker;
use host::Host;
use rustflags::{BuildId, Rustflags};
use schedule::Build;
use std::process::Command;

/// The binaries for one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// The target.
    pub target: TargetName,
    /// The Rust triple they were built for.
    pub triple: String,
    /// The architecture.
    pub arch: Arch,
    /// The glibc they were built against, where the triple is one of glibc and we built them.
    pub glibc: Option<GlibcVersion>,
    /// The binaries, in the order in which they were asked for.
    pub binaries: Vec<Binary>,
    /// The folders that the build scripts of the binaries' packages wrote into (`OUT_DIR`), where
    /// they were built now.
    pub out_dirs: Vec<Utf8PathBuf>,
}

/// Builds what is asked for, or takes what is there, and judges it for every target.
///
/// # Errors
/// When it cannot be built or found, when it would not run on one of the targets, or when a
/// signal comes; every child process has ended then.
pub fn run(request: &Request, interrupt: &Interrupt, sink: &dyn Sink) -> Result<Vec<Built>, Error> {
    cargo::check_extra(&request.cargo.extra)?;
    let run = Run::prepare(request, interrupt, sink)?;
    let mut built = Vec::new();
    for build in run.schedule() {
        let (binaries, out_dirs) = run.binaries(&build)?;
        let glibc = build.glibc.filter(|_| request.source != Source::Existing);
        for target in &build.serves {
            run.judge(&binaries, &build, target)?;
            built.push(Built {
                target: *target,
                triple: run.triple.clone(),
                arch: run.arch,
                glibc,
                binaries: binaries.clone(),
                out_dirs: out_dirs.clone(),
            });
        }
    }
    Ok(built)
}

/// Binaries by name, and where they lie.
type Paths = Vec<(String, Utf8PathBuf)>;

/// One run, with what was found out for it.
struct Run<'a> {
    request: &'a Request,
    interrupt: &'a Interrupt,
    sink: &'a dyn Sink,
    config: Config,
    host: Host,
    triple: String,
    arch: Arch,
    rustflags: Rustflags,
}

impl<'a> Run<'a> {
    fn prepare(
        request: &'a Request,
        interrupt: &'a Interrupt,
        sink: &'a dyn Sink,
    ) -> Result<Self, Error> {
        // cargo takes its configuration from where it is started, not from where the package is.
        let folder = std::env::current_dir().map_err(Error::Folder)?;
        let config = Config::load_with_cwd(&folder).map_err(Error::Config)?;
        let host = Host::ask(&config)?;
        let (triple, arch) = host::triple_for(request.triple.as_deref(), &host)?;
        let values = &request.cargo.config;
        let rustflags =
            Rustflags::resolve(&config, &triple, &folder, values).map_err(Error::Config)?;
        Ok(Run {
            request,
            interrupt,
            sink,
            config,
            host,
            triple,
            arch,
            rustflags,
        })
    }

    fn schedule(&self) -> Vec<Build> {
        let each = match self.request.source {
            Source::Cargo { each, .. } | Source::Command { each, .. } => each,
            // Both kinds of folder are looked into, whichever way it was built.
            Source::Existing => true,
        };
        let directory = &self.request.target_directory;
        let targets = &self.request.targets;
        schedule::schedule(targets, &self.triple, &self.host, each, directory)
    }

    fn binaries(&self, build: &Build) -> Result<(Vec<Binary>, Vec<Utf8PathBuf>), Error> {
        let (request, triple) = (self.request, &self.triple);
        let (paths, out_dirs) = match &request.source {
            Source::Existing => {
                let paths = locate::locate(request, build, triple, &self.host, self.sink)?;
                (paths, Vec::new())
            }
            Source::Cargo { .. } | Source::Command { .. } => self.build(build)?,
        };
        let binaries = paths
            .into_iter()
            .map(|(name, path)| match ElfFacts::read(&path) {
                Ok(facts) => Ok(Binary { name, path, facts }),
                Err(source) => Err(Error::Elf { path, source }),
            })
            .collect::<Result<_, _>>()?;
        Ok((binaries, out_dirs))
    }

    fn build(&self, build: &Build) -> Result<(Paths, Vec<Utf8PathBuf>), Error> {
        self.refuse_native_cpu()?;
        if let Some(warning) = host::disagreement(&self.config, &self.triple) {
            self.sink.diagnostic(&warning);
        }
        let (mut command, target) = self.command(build)?;
        command.args(cargo::arguments(self.request, build, &target));
        match self.rustflags.build_id() {
            BuildId::Ask(flags) => {
                command.env(rustflags::VARIABLE, flags);
            }
            BuildId::Theirs => {}
            BuildId::Not(reason) => self.sink.diagnostic(
                &Diagnostic::note("no build id is asked for")
                    .with_note(reason)
                    .with_help("for one, add `-C link-arg=-Wl,--build-id=sha1` to the rustflags"),
            ),
        }
        if self.request.line_tables {
            let options = &self.request.cargo;
            // Ours to take out again: a profile that strips would leave nothing to part.
            command
                .env(options.profile_variable("DEBUG"), "line-tables-only")
                .env(options.profile_variable("STRIP"), "none");
            self.sink.diagnostic(
                &Diagnostic::note("`debuginfo = true` builds with line tables")
                    .with_note("what was built without them is built again, once"),
            );
        }
        self.sink.status("Building", &self.description(build));
        let mut messages = cargo::Messages::default();
        let status = process::run_lines(&mut command, self.interrupt, |line| {
            messages.line(line);
        })?;
        if !status.success() {
            return Err(Error::Build {
                program: program_name(&command),
                status: process::ending(status),
                package: self.request.package.clone(),
                zig: self.maker(build) == Maker::Zig,
            });
        }
        let out_dirs = messages.out_dirs();
        Ok((messages.wanted(&self.request.bins)?, out_dirs))
    }

    /// The program with its subcommand and variables, and what its `--target` is.
    fn command(&self, build: &Build) -> Result<(Command, String), Error> {
        let plain = self.triple.clone();
        match &self.request.source {
            Source::Command { command: text, .. } => {
                let words = shlex::split(text).unwrap_or_default();
                let Some((program, arguments)) = words.split_first() else {
                    return Err(Error::CommandSyntax {
                        command: text.clone(),
                    });
                };
                let mut command = Command::new(program);
                command.args(arguments).env("AMBOT_TRIPLE", &self.triple);
                match build.glibc {
                    Some(glibc) => command.env("AMBOT_GLIBC", glibc.to_string()),
                    None => command.env_remove("AMBOT_GLIBC"),
                };
                Ok((command, plain))
            }
            Source::Cargo { .. } if build.native => {
                host::check_std(&self.config, &self.triple, &self.request.cargo.unstable)?;
                let mut command = Command::new(self.config.cargo());
                command.arg("build");
                Ok((command, plain))
            }
            source => {
                host::check_std(&self.config, &self.triple, &self.request.cargo.unstable)?;
                if let Source::Cargo {
                    install_zig: true, ..
                } = source
                {
                    install::install(self.interrupt, self.sink)?;
                }
                let zig = zig::find(&self.request.targets, self.sink)?;
                let mut command = Command::new(&zig.program);
                command
                    .arg("zigbuild")
                    .env("CARGO", self.config.cargo())
                    .envs(zig.variables);
                let target = build.glibc.map(|glibc| format!("{plain}.{glibc}"));
                Ok((command, target.unwrap_or(plain)))
            }
        }
    }

    fn refuse_native_cpu(&self) -> Result<(), Error> {
        let flags = (self.rustflags.target_cpu() == Some("native"))
            .then(|| "-C target-cpu=native".to_owned());
        let configured = rustflags::native_config(&self.request.cargo.config);
        let c_flags = || rustflags::native_c_flags(&self.triple, |name| std::env::var(name).ok());
        match flags.or(configured).or_else(c_flags) {
            Some(place) => Err(Error::NativeCpu { place }),
            None => Ok(()),
        }
    }

    fn judge(&self, binaries: &[Binary], build: &Build, target: &TargetName) -> Result<(), Error> {
        let origin = self.origin(build);
        for binary in binaries {
            for said in check::judge(binary, self.arch, target.profile(), &origin)? {
                self.sink.diagnostic(&said);
            }
        }
        Ok(())
    }

    /// How a build made its binaries. Of what was built before, today's rustflags say nothing.
    fn origin(&self, build: &Build) -> Origin {
        let maker = self.maker(build);
        let known = maker != Maker::Unknown;
        Origin {
            maker,
            linker: self.rustflags.linker().filter(|_| known).map(str::to_owned),
            crt_static: known && self.rustflags.crt_static(),
        }
    }

    fn maker(&self, build: &Build) -> Maker {
        match self.request.source {
            Source::Existing => Maker::Unknown,
            Source::Command { .. } => Maker::Command,
            Source::Cargo { .. } if build.native => Maker::Cargo,
            Source::Cargo { .. } => Maker::Zig,
        }
    }

    /// What is built, in words: `hello for centos7, centos8 (x86_64-unknown-linux-gnu, glibc
    /// 2.17)`.
    fn description(&self, build: &Build) -> String {
        let targets = build.serves.iter().map(TargetName::as_str);
        let targets = targets.collect::<Vec<_>>().join(", ");
        let glibc = build
            .glibc
            .map_or_else(String::new, |glibc| format!(", glibc {glibc}"));
        format!(
            "{} for {targets} ({}{glibc})",
            self.request.package, self.triple
        )
    }
}

/// The name of a command's program, without its folder.
fn program_name(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    name.to_string_lossy().into_owned()
}
