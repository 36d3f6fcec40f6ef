//! What builds.

use super::process::output_of;
use camino::Utf8Path;
use cargo_config2::Config;
use std::path::Path;
use std::process::Command;

/// The programs of a toolchain, as they tell of themselves in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toolchain {
    /// `cargo 1.95.0 (f2d3ce0bd 2026-03-21)`
    pub cargo: Option<String>,
    /// `rustc 1.95.0 (59807616e 2026-04-14)`
    pub rustc: Option<String>,
}

impl Toolchain {
    /// Asks the programs that a folder's configuration names; nothing of one that does not answer.
    pub fn ask(cargo: &Path, folder: &Utf8Path) -> Self {
        let version = |mut command: Command| {
            let said = output_of(command.arg("--version").current_dir(folder))?;
            said.lines().next().map(str::to_owned)
        };
        let config = Config::load_with_cwd(folder).ok();
        let rustc = config.map(|config| {
            let mut command = Command::new(&config.rustc().path);
            command.args(&config.rustc().args);
            command
        });
        Toolchain {
            cargo: version(Command::new(cargo)),
            rustc: rustc.and_then(version),
        }
    }
}
