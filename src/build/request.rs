//! What is to be built, in plain values.

use crate::target::TargetName;
use camino::Utf8PathBuf;

/// What is to be built, and how.
#[derive(Clone, Debug)]
pub struct Request {
    /// The manifest of the package.
    pub manifest_path: Utf8PathBuf,
    /// The package that they are built for, for messages.
    pub package: String,
    /// The packages that have the binaries: this one, and other members of its workspace.
    pub members: Vec<String>,
    /// The binaries of them that are wanted, each of another name; at least one.
    pub bins: Vec<String>,
    /// Where cargo puts what it makes, as `cargo metadata` says it (an absolute path).
    pub target_directory: Utf8PathBuf,
    /// The folder that paths in messages are shortened from.
    pub current_dir: Utf8PathBuf,
    /// The targets that the result is for; at least one.
    pub targets: Vec<TargetName>,
    /// The Rust triple, where one is asked for; else the host's, if it is one of glibc.
    pub triple: Option<String>,
    /// Where the binaries come from.
    pub source: Source,
    /// Whether lines of code are to be found for addresses: turned on in cargo's profile, where
    /// cargo builds.
    pub line_tables: bool,
    /// Whether other work of the run speaks meanwhile, so that cargo draws no bar of its own.
    pub beside: bool,
    /// What goes to cargo as it is.
    pub cargo: CargoOptions,
}

/// Where binaries come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// cargo, through cargo-zigbuild where an older glibc is needed.
    Cargo {
        /// Build once for each version of glibc, rather than once for the lowest.
        each: bool,
        /// Install zig privately first, if it is not there.
        install_zig: bool,
    },
    /// A command in the place of `cargo build`; the contract is in the module's documentation.
    Command {
        /// The command, as a shell would split it.
        command: String,
        /// Build once for each version of glibc, rather than once for the lowest.
        each: bool,
    },
    /// What was built before.
    Existing,
}

/// The options that go to cargo as they are.
#[derive(Clone, Debug, Default)]
pub struct CargoOptions {
    /// `--profile`; empty stands for `release`.
    pub profile: String,
    /// `--features`, each as it was given.
    pub features: Vec<String>,
    /// `--all-features`
    pub all_features: bool,
    /// `--no-default-features`
    pub no_default_features: bool,
    /// `--locked`
    pub locked: bool,
    /// `--offline`
    pub offline: bool,
    /// `--frozen`
    pub frozen: bool,
    /// `--jobs`, as it was given: a number or `default`.
    pub jobs: Option<String>,
    /// `--config`, each as it was given.
    pub config: Vec<String>,
    /// `-Z`, each as it was given.
    pub unstable: Vec<String>,
    /// How many `-v`.
    pub verbose: u8,
    /// `-q`
    pub quiet: bool,
    /// `--color`
    pub color: Option<String>,
    /// What stands after `--`.
    pub extra: Vec<String>,
}

impl CargoOptions {
    /// The profile's name.
    pub fn profile(&self) -> &str {
        if self.profile.is_empty() {
            "release"
        } else {
            &self.profile
        }
    }

    /// The variable that sets a key of the profile (The Cargo Book, "Environment Variables":
    /// `CARGO_PROFILE_<name>_DEBUG`).
    pub(super) fn profile_variable(&self, key: &str) -> String {
        let profile = self.profile().to_uppercase().replace('-', "_");
        format!("CARGO_PROFILE_{profile}_{key}")
    }

    /// The folder that cargo names after the profile: those built in have names of their own
    /// (The Cargo Book, "Build Cache").
    pub fn profile_folder(&self) -> &str {
        match self.profile() {
            "dev" | "test" => "debug",
            "bench" => "release",
            other => other,
        }
    }
}
