//! Finding `cargo-zigbuild` and a zig that it will use.
//!
//! The library of cargo-zigbuild starts the current program again in zig's place, so it is used
//! as a program. It takes `python3 -m ziglang` before `zig`, where both work, and so ignores
//! `CARGO_ZIGBUILD_ZIG_PATH` on many machines; here, what the user says counts.

use super::Error;
use super::install::{PrivateEnvironment, cache_folder};
use super::process::output_of;
use crate::report::{Diagnostic, Sink};
use crate::target::TargetName;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

const PYTHON: &str = "CARGO_ZIGBUILD_PYTHON_PATH";
const ZIG: &str = "CARGO_ZIGBUILD_ZIG_PATH";

/// A `cargo-zigbuild` and the variables that it is to be started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Zig {
    /// The program.
    pub(super) program: PathBuf,
    /// What it is told of the zig to use.
    pub(super) variables: Vec<(&'static str, OsString)>,
}

/// What the user's environment says.
#[derive(Clone, Debug, Default)]
struct Wishes {
    python: Option<OsString>,
    zig: Option<OsString>,
}

/// Finds the private environment, else what is on `PATH`.
///
/// # Errors
/// When neither is there, or when it will find no zig that works.
pub(super) fn find(targets: &[TargetName], sink: &dyn Sink) -> Result<Zig, Error> {
    let wishes = Wishes {
        python: std::env::var_os(PYTHON),
        zig: std::env::var_os(ZIG),
    };
    if wishes.python.is_some() && wishes.zig.is_some() {
        sink.diagnostic(
            &Diagnostic::warning(format!("{ZIG} counts only where {PYTHON} has no ziglang"))
                .with_help("unset the one that is not meant"),
        );
    }
    let environment = cache_folder().and_then(|cache| PrivateEnvironment::find(&cache));
    let private = environment.is_some();
    let zig = match environment {
        Some(environment) => with(environment.program(), &wishes, Some(environment.python())),
        None => match on_path("cargo-zigbuild") {
            Some(program) => with(program, &wishes, None),
            None => {
                return Err(Error::NoZig {
                    program: None,
                    targets: targets.to_vec(),
                });
            }
        },
    };
    // The zig of the private environment was seen to work when it was installed.
    let wished = wishes.python.is_some() || wishes.zig.is_some();
    if (private && !wished) || works(&wishes) {
        return Ok(zig);
    }
    let named = [(PYTHON, wishes.python), (ZIG, wishes.zig)]
        .into_iter()
        .find_map(|(name, value)| Some(format!("{name}={}", value?.to_string_lossy())));
    Err(match named {
        Some(variable) => Error::NotZig { variable },
        None => Error::NoZig {
            program: Some(zig.program),
            targets: targets.to_vec(),
        },
    })
}

/// The variables for a program: what the user says goes first.
fn with(program: PathBuf, wishes: &Wishes, python: Option<PathBuf>) -> Zig {
    let python = match wishes {
        Wishes {
            python: Some(_), ..
        } => None,
        // zig knows no `-m`, so taking it for Python fails, and it is tried as itself next.
        Wishes { zig: Some(zig), .. } => Some(zig.clone()),
        Wishes { .. } => python.map(PathBuf::into_os_string),
    };
    Zig {
        program,
        variables: python.map(|path| (PYTHON, path)).into_iter().collect(),
    }
}

/// Whether the zig that the user names works, or the one that is found where none is named.
fn works(wishes: &Wishes) -> bool {
    let by_itself = |zig: &OsString| {
        output_of(Command::new(zig).arg("version")).is_some_and(|said| is_version(&said))
    };
    let by_python = |python: &OsString| {
        let mut command = Command::new(python);
        output_of(command.args(["-m", "ziglang", "version"])).is_some_and(|said| is_version(&said))
    };
    match (&wishes.python, &wishes.zig) {
        (None, None) => by_python(&"python3".into()) || by_itself(&"zig".into()),
        (python, zig) => {
            python.as_ref().is_some_and(by_python) || zig.as_ref().is_some_and(by_itself)
        }
    }
}

/// A version as zig prints it, `0.17.1` or `0.18.0-dev.1+abc`; another program may have the name.
fn is_version(said: &str) -> bool {
    semver::Version::parse(said).is_ok()
}

/// The first file of this name on `PATH`.
pub(super) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| is_executable(file))
}

fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata()
        .is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zig_that_the_user_names_counts_even_where_python_has_one() {
        let wishes = Wishes {
            python: None,
            zig: Some("/opt/zig".into()),
        };
        let zig = with("p".into(), &wishes, Some("/env/python".into()));
        assert_eq!(zig.variables, [(PYTHON, OsString::from("/opt/zig"))]);
    }

    #[test]
    fn the_private_python_is_used_unless_the_user_names_one() {
        let python = || Some(PathBuf::from("/env/python"));
        let zig = with("p".into(), &Wishes::default(), python());
        assert_eq!(zig.variables, [(PYTHON, OsString::from("/env/python"))]);
        let wishes = Wishes {
            python: Some("/my/python".into()),
            zig: None,
        };
        assert_eq!(with("p".into(), &wishes, python()).variables, []);
    }
}
