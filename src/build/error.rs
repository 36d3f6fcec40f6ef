//! What keeps a binary from being built, found or taken.

use super::Arch;
use super::check::{Maker, NewerGlibc};
use super::elf::ReadError;
use crate::disk;
use crate::report::{Diagnose, Diagnostic, Failure, ended_by};
use crate::target::TargetName;
use camino::Utf8PathBuf;
use std::path::PathBuf;
use thiserror::Error;

/// Why there is no binary for a target.
#[derive(Debug, Error)]
pub enum Error {
    /// A program cannot be started.
    #[error("cannot start `{program}`: {source}")]
    Start {
        /// The program.
        program: String,
        /// Why.
        source: std::io::Error,
    },
    /// The end of a program cannot be waited for.
    #[error("cannot wait for the build: {0}")]
    Wait(std::io::Error),
    /// A signal came; what was started was ended.
    #[error("{}", ended_by(*signal))]
    Interrupted {
        /// Its number.
        signal: i32,
    },
    /// The folder that cargo is to run in is gone.
    #[error("the current folder cannot be used: {0}")]
    Folder(std::io::Error),
    /// cargo's configuration cannot be read.
    #[error("cargo's configuration or toolchain cannot be read: {0}")]
    Config(cargo_config2::Error),
    /// An argument after `--` that is ours to give.
    #[error("`{argument}` cannot stand after `--`")]
    ReservedArgument {
        /// The argument.
        argument: String,
        /// The flag of ours.
        ours: &'static str,
    },
    /// The host is not one that the targets' programs can be built for by default.
    #[error("this machine is {host}, and a program for the targets is of Linux with glibc")]
    NoTriple {
        /// The host's triple.
        host: String,
    },
    /// A triple that no RPM architecture stands for.
    #[error("`{triple}` is not a triple of Linux on an architecture that RPMs are made for")]
    Triple {
        /// The triple.
        triple: String,
    },
    /// The toolchain has no standard library for the triple.
    #[error("the toolchain has no standard library for {triple}")]
    NoStd {
        /// The triple.
        triple: String,
    },
    /// `--cargo-build` cannot be split into words.
    #[error("`--cargo-build` is no command: `{command}`")]
    CommandSyntax {
        /// What was given.
        command: String,
    },
    /// There is no cargo-zigbuild, or it finds no zig.
    #[error("{}", no_zig(program.as_ref()))]
    NoZig {
        /// The cargo-zigbuild that was found.
        program: Option<PathBuf>,
        /// The targets of the run.
        targets: Vec<TargetName>,
    },
    /// What the user says is zig is not.
    #[error("`{variable}` names no zig that works")]
    NotZig {
        /// The variable and its value.
        variable: String,
    },
    /// There is no `python3`.
    #[error("zig is installed as a Python wheel, and there is no `python3` on PATH")]
    NoPython,
    /// Python cannot make an environment with pip.
    #[error("{} cannot make a virtual environment with pip", python.display())]
    NoVenv {
        /// The Python.
        python: PathBuf,
    },
    /// There is no cache folder to install into.
    #[error(
        "there is no cache folder to install zig into: neither XDG_CACHE_HOME nor HOME is an absolute path"
    )]
    NoCacheFolder,
    /// The cache folder cannot be written to.
    #[error("cannot write to {}: {source}", path.display())]
    Cache {
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A step of the installation failed.
    #[error("zig could not be installed: `{step}` failed")]
    Install {
        /// The step.
        step: &'static str,
        /// The end of what it said.
        said: String,
    },
    /// Something makes the program depend on the processor of the machine that builds.
    #[error("`{place}` builds for the processor of this machine, not of the target")]
    NativeCpu {
        /// Where it is asked for.
        place: String,
    },
    /// The build failed, and has said why.
    #[error("`{program}` ended with {status} and did not build {package}")]
    Build {
        /// The program that failed.
        program: String,
        /// How it ended: `exit code 101`, `signal 9`.
        status: String,
        /// The package.
        package: String,
        /// Whether zig linked.
        zig: bool,
    },
    /// The build ended well and a wanted binary is not there.
    #[error("the build ended well, but {}", no_binary(bin, path.as_ref()))]
    NoBinary {
        /// The binary.
        bin: String,
        /// Where it should be, if a message said so.
        path: Option<Utf8PathBuf>,
    },
    /// cargo cannot tell the files of a package.
    #[error("`cargo package --list --locked` of {manifest} ended with {status}")]
    List {
        /// The manifest.
        manifest: Utf8PathBuf,
        /// How it ended.
        status: String,
        /// The end of what it said.
        said: String,
    },
    /// Nothing says which crates a program has.
    #[error("there is no {lockfile}, which says what a bill of materials lists")]
    NoLockfile {
        /// Where it would be.
        lockfile: Utf8PathBuf,
    },
    /// cargo cannot resolve the dependencies.
    #[error("cargo cannot tell the dependencies of {manifest}")]
    Resolve {
        /// The manifest.
        manifest: Utf8PathBuf,
        /// Why.
        source: Box<cargo_metadata::Error>,
    },
    /// cargo cannot gather the dependencies.
    #[error("`cargo vendor --locked` ended with {status}")]
    Vendor {
        /// How it ended.
        status: String,
        /// The end of what it said.
        said: String,
    },
    /// Nothing was built before.
    #[error("`--no-build`, and `{bin}` is not built")]
    NotBuilt {
        /// The binary.
        bin: String,
        /// Where it was looked for.
        looked: Vec<Utf8PathBuf>,
    },
    /// The file is no ELF file that can be judged.
    #[error("{path} cannot be taken: {source}")]
    Elf {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        source: ReadError,
    },
    /// Its debug information cannot be parted from it.
    #[error("{path} cannot be parted from its debug information: {source}")]
    Part {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is for another architecture.
    #[error("{path} is for {}, and {wanted} is wanted", other_arch(*found, *machine))]
    OtherArch {
        /// The file.
        path: Utf8PathBuf,
        /// What is wanted.
        wanted: Arch,
        /// What it is for, if we know it.
        found: Option<Arch>,
        /// `e_machine`.
        machine: u16,
    },
    /// It is no program.
    #[error("{path} is no program")]
    NoProgram {
        /// The file.
        path: Utf8PathBuf,
    },
    /// `+crt-static` was asked for, and it is dynamically linked.
    #[error("the rustflags ask for `+crt-static`, and `{bin}` is dynamically linked all the same")]
    NotStatic {
        /// The binary.
        bin: String,
        /// The architecture.
        arch: Arch,
    },
    /// Its segments are aligned to less than a page of the target's kernel.
    #[error(
        "`{bin}` has segments aligned to {alignment} bytes, and the kernel of {target} maps pages of 64 KiB"
    )]
    Alignment {
        /// The binary.
        bin: String,
        /// The target.
        target: String,
        /// The alignment in bytes.
        alignment: u64,
    },
    /// It asks for a loader that the target does not have.
    #[error("`{bin}` asks for {}, and the target's loader is {wanted}", loader(found.as_ref()))]
    Loader {
        /// The binary.
        bin: String,
        /// What it asks for.
        found: Option<String>,
        /// What the target has.
        wanted: &'static str,
    },
    /// It needs a later glibc than the target has.
    #[error("`{}` needs glibc {}, and {} has {}", .0.bin, .0.highest, .0.target, .0.limit)]
    NewerGlibc(Box<NewerGlibc>),
}

fn no_zig(program: Option<&PathBuf>) -> String {
    match program {
        None => "building for an older glibc needs cargo-zigbuild, which is not installed".into(),
        Some(program) => format!("{} finds no zig that works", program.display()),
    }
}

fn no_binary(bin: &str, path: Option<&Utf8PathBuf>) -> String {
    match path {
        None => format!("spoke of no binary `{bin}` on stdout"),
        Some(path) => format!("{path} is not there"),
    }
}

fn other_arch(found: Option<Arch>, machine: u16) -> String {
    found.map_or_else(
        || format!("an unknown architecture (e_machine {machine})"),
        |arch| arch.to_string(),
    )
}

fn loader(found: Option<&String>) -> String {
    found.map_or_else(
        || "no loader".to_owned(),
        |path| format!("the loader {path}"),
    )
}

impl Diagnose for Error {
    fn diagnostic(&self) -> Diagnostic {
        let diagnostic = Diagnostic::error(self.to_string());
        match self {
            Error::Build { zig: true, .. } => diagnostic.with_note(
                "if the linker missed a library or a symbol such as `…@GLIBC_2.34`: libraries of this machine cannot be linked for an older one; turn on the `vendored` or `bundled` feature of the crate that asks for it",
            ),
            Error::Install { step, said } => {
                let diagnostic = if said.is_empty() {
                    diagnostic
                } else {
                    diagnostic.with_note(said.as_str())
                };
                diagnostic.with_help_if(step.starts_with("pip").then(|| {
                    "which index and proxy are asked is pip's own setting: `pip config list`".to_owned()
                }))
            }
            Error::NotBuilt { looked, .. } => {
                let places = looked.iter().map(|path| path.as_str());
                diagnostic
                    .with_note(format!("looked for:\n{}", places.collect::<Vec<_>>().join("\n")))
                    .with_help("leave out `--no-build`")
            }
            Error::List { said, .. } | Error::Vendor { said, .. } => diagnostic
                .with_note(said.as_str())
                .with_help_if(of_dependencies(said)),
            Error::Resolve { source, .. } => {
                let said = source.to_string();
                let help = of_dependencies(&said);
                diagnostic.with_note(said.trim()).with_help_if(help)
            }
            Error::NewerGlibc(newer) => newer_glibc(diagnostic, newer),
            Error::Part { source, .. } => diagnostic.with_help_if(disk::way_out(source)),
            _ => diagnostic.with_help_if(self.help()),
        }
    }

    fn failure(&self) -> Failure {
        match self {
            Error::Interrupted { signal } => Failure::Signal(*signal),
            Error::ReservedArgument { .. }
            | Error::NoTriple { .. }
            | Error::Triple { .. }
            | Error::CommandSyntax { .. } => Failure::Usage,
            Error::Build { .. }
            | Error::List { .. }
            | Error::Resolve { .. }
            | Error::Vendor { .. } => Failure::Cargo,
            _ => Failure::Project,
        }
    }
}

impl Error {
    /// The way out, where it is one sentence.
    fn help(&self) -> Option<String> {
        Some(match self {
            Error::ReservedArgument { argument, ours } if argument == ours => {
                format!("give `{ours}` before the `--`")
            }
            Error::ReservedArgument { ours, .. } => format!("use `{ours}`, before the `--`"),
            Error::NoTriple { .. } => {
                "say which: --triple x86_64-unknown-linux-gnu, or --arch x86_64".to_owned()
            }
            Error::Triple { .. } => "such as --triple aarch64-unknown-linux-gnu".to_owned(),
            Error::NoLockfile { .. } => {
                "run `cargo generate-lockfile` and commit it, before the program is built".to_owned()
            }
            Error::NoStd { triple } => format!("rustup target add {triple}"),
            Error::CommandSyntax { .. } => {
                "quote it as a shell needs it, such as --cargo-build 'cross build'".to_owned()
            }
            Error::NoZig { targets, .. } => {
                let targets: Vec<&str> = targets.iter().map(TargetName::as_str).collect();
                format!(
                    "add `--install-zig`, once: it installs cargo-zigbuild and zig below your cache folder\ncargo ambot package --install-zig --target {}",
                    targets.join(",")
                )
            }
            Error::NotZig { .. } => "unset it to use the zig that cargo ambot finds".to_owned(),
            Error::NoPython => "install it: `apt-get install python3 python3-venv` or `dnf install python3`".to_owned(),
            Error::NoVenv { .. } => "on Debian and Ubuntu: `apt-get install python3-venv`".to_owned(),
            Error::NoCacheFolder => "set HOME".to_owned(),
            Error::NativeCpu { .. } => "name the oldest processor that it is to run on, such as `-C target-cpu=x86-64-v2` (`rustc --print target-cpus`)".to_owned(),
            Error::NoBinary { path: None, .. } => {
                "a `--cargo-build` command must hand on cargo's JSON messages".to_owned()
            }
            Error::OtherArch { .. } => "choose what to build with `--triple` or `--arch`".to_owned(),
            Error::NotStatic { arch, .. } => format!(
                "build for musl, `--triple {}`, or take `+crt-static` out",
                arch.gnu_triple().replace("-gnu", "-musl")
            ),
            Error::Alignment { .. } => {
                "link it with `-C link-arg=-Wl,-z,max-page-size=65536` in the rustflags".to_owned()
            }
            Error::Loader { found, .. } => match found {
                Some(path) if path.contains("musl") => "link musl statically (`-C target-feature=+crt-static`), or build for glibc".to_owned(),
                _ => "take `-C link-arg` and `dynamic-linker` out of the rustflags and build scripts".to_owned(),
            },
            _ => return None,
        })
    }
}

/// The way out where cargo cannot have the dependencies, by what it says of them.
fn of_dependencies(said: &str) -> Option<String> {
    if said.contains("--locked was passed") {
        return Some(
            "Cargo.lock is older than the manifests, and is not changed here: run `cargo update --workspace`, and commit it".to_owned(),
        );
    }
    let of_network = ["offline mode", "network", "download", "connect"];
    let is_of_network = of_network.iter().any(|word| said.contains(word));
    is_of_network.then(|| {
        "it needs the network or what cargo fetched before: run `cargo fetch --locked` where there is a network".to_owned()
    })
}

fn newer_glibc(diagnostic: Diagnostic, newer: &NewerGlibc) -> Diagnostic {
    let mut named = if newer.symbols.is_empty() {
        newer.versions.join(", ")
    } else {
        newer.symbols.join(", ")
    };
    if newer.more > 0 && !newer.symbols.is_empty() {
        named.push_str(&format!(" and {} more", newer.more));
    }
    let diagnostic = diagnostic.with_note(format!("it asks for {named}"));
    let vendored = "a library of this machine may have been linked: turn on the `vendored` or `bundled` feature of the crate that asks for it";
    match (&newer.origin.linker, newer.origin.maker) {
        (Some(linker), Maker::Zig) => diagnostic.with_help(format!(
            "the rustflags say `linker={linker}`, which replaces zig and links with this machine's libraries: take it out"
        )),
        (None, Maker::Zig) => diagnostic.with_help(vendored),
        (_, Maker::Cargo) => diagnostic
            .with_help("a library of another place may have been linked: look at the rustflags and build scripts"),
        (_, Maker::Command) => diagnostic.with_help(format!(
            "the `--cargo-build` command must build for the glibc that AMBOT_GLIBC names, here {}",
            newer.limit
        )),
        (_, Maker::Unknown) => diagnostic.with_help("leave out `--no-build` to build against the target's glibc"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Error, of_dependencies};
    use crate::report::{Diagnose, Failure};
    use crate::target::find;

    #[test]
    fn the_way_to_zig_is_a_line_for_the_targets_of_the_run() {
        let error = Error::NoZig {
            program: None,
            targets: ["el7", "centos8"].map(|name| find(name).unwrap()).to_vec(),
        };
        let help = error.diagnostic().help.join("\n");
        assert!(
            help.ends_with("\ncargo ambot package --install-zig --target centos7,centos8"),
            "{help}"
        );
    }

    #[test]
    fn only_what_cargo_says_of_the_network_sends_one_there() {
        let help = |said: &str| of_dependencies(said).unwrap_or_default();
        assert!(
            help("As a reminder, you're using offline mode (--offline)").contains("cargo fetch")
        );
        assert!(help("failed to download from `https://example.org`").contains("cargo fetch"));
        let locked = "cannot update the lock file Cargo.lock because --locked was passed";
        assert!(help(locked).contains("cargo update --workspace"));
        assert_eq!(help("readme `README.md` does not appear to exist"), "");
    }

    #[test]
    fn each_failure_has_the_exit_code_of_its_kind() {
        let build = Error::Build {
            program: "cargo-zigbuild".to_owned(),
            status: "exit code 101".to_owned(),
            package: "hello".to_owned(),
            zig: true,
        };
        assert_eq!(build.failure(), Failure::Cargo);
        assert_eq!(
            build.to_string(),
            "`cargo-zigbuild` ended with exit code 101 and did not build hello"
        );
        assert!(build.diagnostic().notes[0].contains("`vendored`"));
        assert_eq!(Error::Interrupted { signal: 15 }.failure().exit_code(), 143);
        assert_eq!(Error::Interrupted { signal: 15 }.to_string(), "terminated");
        assert_eq!(Error::NoPython.failure(), Failure::Project);
        let reserved = Error::ReservedArgument {
            argument: "--target".to_owned(),
            ours: "--triple",
        };
        assert_eq!(reserved.failure(), Failure::Usage);
        insta::assert_snapshot!(
            reserved.diagnostic().help.join("\n"),
            @"use `--triple`, before the `--`"
        );
    }
}
