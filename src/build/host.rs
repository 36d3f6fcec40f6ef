//! The machine that builds: its triple, its glibc, its toolchain.

use super::process::output_of;
use super::{Arch, Error, schedule::is_glibc};
use crate::project::SECRET_VARIABLES;
use crate::report::Diagnostic;
use crate::target::GlibcVersion;
use cargo_config2::{Config, PathAndArgs, ResolveOptions};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The machine that builds.
#[derive(Clone, Debug)]
pub(super) struct Host {
    /// Its triple, as rustc says it.
    pub(super) triple: String,
    /// Its glibc, if it has one.
    pub(super) glibc: Option<GlibcVersion>,
}

impl Host {
    /// Asks rustc and `getconf` (POSIX; glibc's and musl's systems have it).
    pub(super) fn ask(config: &Config) -> Result<Self, Error> {
        let triple = config.host_triple().map_err(Error::Config)?.to_owned();
        let said = output_of(Command::new("getconf").arg("GNU_LIBC_VERSION"));
        let glibc = said.and_then(|said| said.strip_prefix("glibc ")?.parse().ok());
        Ok(Host { triple, glibc })
    }
}

/// cargo's configuration as it is from a folder on.
///
/// What the crate starts by itself to find out more would get our whole environment, what we sign
/// with in it, and it may be a program of the project's (`build.rustc-wrapper`). So the triple of the
/// host is found out here, and rustc is run behind `env` (POSIX.1-2024 has its `-u`; coreutils and
/// busybox had it before).
///
/// # Errors
/// When it cannot be read.
pub(super) fn configuration(folder: &Path) -> Result<Config, Error> {
    let plain = Config::load_with_cwd(folder).map_err(Error::Config)?;
    let rustc = plain.rustc();
    let mut asked = Command::new(&rustc.path);
    asked.args(&rustc.args);
    let triple = [Command::new(plain.cargo()), asked]
        .into_iter()
        .find_map(|mut command| {
            let said = output_of(command.arg("-vV").current_dir(folder))?;
            let host = said.lines().find_map(|line| line.strip_prefix("host: "))?;
            Some(host.trim().to_owned())
        });
    let mut without_secrets = PathAndArgs::new("env");
    for name in SECRET_VARIABLES {
        without_secrets.arg("-u").arg(name);
    }
    without_secrets
        .arg(rustc.path.clone())
        .args(rustc.args.clone());
    let mut options = ResolveOptions::default().rustc(without_secrets);
    if let Some(triple) = triple {
        options = options.host_triple(triple);
    }
    Config::load_with_options(folder, options).map_err(Error::Config)
}

/// The triple to build for, and its architecture.
pub(super) fn triple_for(asked: Option<&str>, host: &Host) -> Result<(String, Arch), Error> {
    let triple = match asked {
        Some(triple) => triple,
        None if is_glibc(&host.triple) => &host.triple,
        None => {
            return Err(Error::NoTriple {
                host: host.triple.clone(),
            });
        }
    };
    match Arch::from_triple(triple) {
        Some(arch) if triple.contains("-linux-") => Ok((triple.to_owned(), arch)),
        _ => Err(Error::Triple {
            triple: triple.to_owned(),
        }),
    }
}

/// A warning where cargo's configuration names another triple than the one that is built for.
pub(super) fn disagreement(config: &Config, triple: &str) -> Option<Diagnostic> {
    let configured = config.build.target.as_deref().unwrap_or_default();
    let names: Vec<&str> = configured
        .iter()
        .map(cargo_config2::TargetTripleRef::triple)
        .collect();
    if names.is_empty() || names == [triple] {
        return None;
    }
    let place = if std::env::var_os("CARGO_BUILD_TARGET").is_some() {
        "CARGO_BUILD_TARGET"
    } else {
        "`build.target` of cargo's configuration"
    };
    let names = names.join(", ");
    Some(
        Diagnostic::warning(format!("{place} says {names}, and {triple} is built"))
            .with_help(format!("to build for it instead: --triple {names}")),
    )
}

/// Sees to it that rustup's toolchain has the standard library for a triple; of other toolchains
/// cargo itself knows better.
pub(super) fn check_std(config: &Config, triple: &str, unstable: &[String]) -> Result<(), Error> {
    if unstable.iter().any(|flag| flag.starts_with("build-std")) {
        return Ok(());
    }
    let rustc = config.rustc();
    let mut command = Command::new(&rustc.path);
    command.args(&rustc.args).args(["--print", "sysroot"]);
    let Some(sysroot) = output_of(&mut command).map(PathBuf::from) else {
        return Ok(());
    };
    let of_rustup = std::env::current_dir()
        .ok()
        .and_then(|folder| cargo_config2::rustup_home_with_cwd(&folder))
        .is_some_and(|home| sysroot.starts_with(home.join("toolchains")));
    if !of_rustup || has_std(&sysroot, triple) {
        return Ok(());
    }
    Err(Error::NoStd {
        triple: triple.to_owned(),
    })
}

fn has_std(sysroot: &Path, triple: &str) -> bool {
    sysroot
        .join("lib/rustlib")
        .join(triple)
        .join("lib")
        .is_dir()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(triple: &str) -> Host {
        Host {
            triple: triple.to_owned(),
            glibc: None,
        }
    }

    #[test]
    fn the_hosts_triple_stands_in_only_where_it_is_one_of_glibc() {
        let gnu = host("aarch64-unknown-linux-gnu");
        assert_eq!(
            triple_for(None, &gnu).unwrap(),
            ("aarch64-unknown-linux-gnu".to_owned(), Arch::Aarch64)
        );
        let mac = host("aarch64-apple-darwin");
        assert!(matches!(
            triple_for(None, &mac),
            Err(Error::NoTriple { .. })
        ));
    }

    #[test]
    fn a_triple_must_be_of_linux_and_of_a_known_architecture() {
        for triple in ["x86_64-pc-windows-gnu", "mips-unknown-linux-gnu", "x"] {
            let result = triple_for(Some(triple), &host("x86_64-unknown-linux-gnu"));
            assert!(matches!(result, Err(Error::Triple { .. })), "{triple}");
        }
    }
}
