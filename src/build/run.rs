//! One run: the builds that a request needs, begun, waited for, and judged for every target.

use super::check::{self, Maker};
use super::command_line::BUILDING;
use super::host::{self, Host};
use super::process::{self, Running};
use super::rustflags::{self, BuildId, Rustflags};
use super::schedule::{self, Build};
use super::{
    Arch, Binary, Built, CommandLine, ElfFacts, Error, HeadStart, Interrupt, Origin, Request,
    Source, cargo, install, locate, zig,
};
use crate::report::{Diagnostic, Sink};
use crate::target::TargetName;
use camino::Utf8PathBuf;
use cargo_config2::Config;
use std::process::Command;

/// Begins to build what is asked for. `ahead` is a build that was started on the chance that it is
/// this one; it goes on where it is, and is ended where it is not.
///
/// # Errors
/// When what builds is not there or must not be used as it is set up, or when it cannot be started.
pub fn start<'a>(
    request: &'a Request,
    ahead: Option<HeadStart>,
    interrupt: &'a Interrupt,
    sink: &'a dyn Sink,
) -> Result<Started<'a>, Error> {
    cargo::check_extra(&request.cargo.extra)?;
    let run = Run::prepare(request, interrupt, sink)?;
    let schedule = run.schedule();
    let first = schedule.first();
    let first = first.filter(|_| request.source != Source::Existing);
    Ok(Started {
        begun: first.map(|first| run.begin(first, ahead)).transpose()?,
        run,
        schedule,
    })
}

/// A build whose command runs.
struct Begun {
    /// The command, where all of it is text.
    line: Option<CommandLine>,
    running: Running,
    /// Whether it ran before it was known to be the right one.
    was_ahead: bool,
}

/// A build under way; ended when dropped.
pub struct Started<'a> {
    run: Run<'a>,
    schedule: Vec<Build>,
    /// The first build; nothing where nothing is built.
    begun: Option<Begun>,
}

impl Started<'_> {
    /// The command that was started, where there is one and all of it is text.
    pub fn command_line(&self) -> Option<&CommandLine> {
        self.begun.as_ref()?.line.as_ref()
    }

    /// Whether it goes on with the build that was started ahead.
    pub fn was_ahead(&self) -> bool {
        self.begun.as_ref().is_some_and(|begun| begun.was_ahead)
    }

    /// Waits until all is built, or takes what is there, and judges it for every target.
    ///
    /// # Errors
    /// When it cannot be built or found, when it would not run on one of the targets, or when a
    /// signal comes; every child process has ended then.
    pub fn finish(self) -> Result<Vec<Built>, Error> {
        let run = &self.run;
        let mut running = self.begun.map(|begun| begun.running);
        let mut built = Vec::new();
        for build in &self.schedule {
            let (binaries, out_dirs) = run.binaries(build, running.take())?;
            let glibc = build
                .glibc
                .filter(|_| run.request.source != Source::Existing);
            for target in &build.serves {
                run.judge(&binaries, build, target)?;
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
        let config = host::configuration(&folder)?;
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

    /// The binaries of a build, which may run already, and where build scripts wrote.
    fn binaries(
        &self,
        build: &Build,
        running: Option<Running>,
    ) -> Result<(Vec<Binary>, Vec<Utf8PathBuf>), Error> {
        let (request, triple) = (self.request, &self.triple);
        let (paths, out_dirs) = match (&request.source, running) {
            (Source::Existing, _) => {
                let paths = locate::locate(request, build, triple, &self.host, self.sink)?;
                (paths, Vec::new())
            }
            (_, Some(running)) => self.finish(build, running)?,
            (_, None) => self.finish(build, self.begin(build, None)?.running)?,
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

    /// Starts a build, or goes on with one that was started by the same command before all of this
    /// was known.
    fn begin(&self, build: &Build, ahead: Option<HeadStart>) -> Result<Begun, Error> {
        self.refuse_native_cpu()?;
        if let Some(warning) = host::disagreement(&self.config, &self.triple) {
            self.sink.diagnostic(&warning);
        }
        let (mut command, target) = self.command(build)?;
        command.args(cargo::arguments(self.request, build, &target));
        self.say_flags(&mut command);
        let description = self.description(build);
        let line = CommandLine::of(&command, &description);
        let ahead = line.as_ref().zip(ahead);
        if let Some(running) = ahead.and_then(|(line, ahead)| ahead.running(line)) {
            return Ok(Begun {
                line,
                running,
                was_ahead: true,
            });
        }
        self.sink.status(BUILDING, &description);
        Ok(Begun {
            line,
            running: Running::start(&mut command)?,
            was_ahead: false,
        })
    }

    /// The variables that are ours, and what is said of them.
    fn say_flags(&self, command: &mut Command) {
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
        if self.request.beside {
            command.env("CARGO_TERM_PROGRESS_WHEN", "never");
        }
    }

    fn finish(&self, build: &Build, running: Running) -> Result<(Paths, Vec<Utf8PathBuf>), Error> {
        let mut messages = cargo::Messages::default();
        let program = running.program();
        let status = running.finish(self.interrupt, |line| messages.line(line))?;
        if !status.success() {
            return Err(Error::Build {
                program,
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
                self.check_std(build)?;
                let mut command = Command::new(self.config.cargo());
                command.arg("build");
                Ok((command, plain))
            }
            source => {
                self.check_std(build)?;
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

    /// Where something was built for the triple before, nobody has to be asked whether it can be.
    fn check_std(&self, build: &Build) -> Result<(), Error> {
        let folder = build.folder.as_ref();
        let folder = folder.unwrap_or(&self.request.target_directory);
        if folder.join(&self.triple).is_dir() {
            return Ok(());
        }
        host::check_std(&self.config, &self.triple, &self.request.cargo.unstable)
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
