//! The flags of `cargo ambot init`.

use crate::init::{Forge, Tool};
use camino::Utf8PathBuf;
use clap::{Args, ValueEnum};

const HELP: &str = "\
It asks nothing, and overwrites nothing without --force. Every byte of
Cargo.toml that is not in a table of ours stays.

Examples:
  cargo ambot init                        tables in Cargo.toml
  cargo ambot init --service              .ambot/services/NAME.service
  cargo ambot init --from generate-rpm    what cargo-generate-rpm is told
  cargo ambot init --from deb             what cargo-deb is told
  cargo ambot init --ci github            .github/workflows/package.yml
  cargo ambot init --dry-run              what would be written, as a diff";

/// `cargo ambot init`
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(in crate::cli) struct InitArgs {
    /// Distribution to package for; repeat it or separate with commas [default: centos7,centos8]
    #[arg(short, long, value_name = "TARGET", value_delimiter = ',')]
    pub(super) target: Vec<String>,
    /// Write the service as a unit file below .ambot/services, not as tables
    #[arg(long, conflicts_with = "from")]
    pub(super) service: bool,
    /// Carry over what another tool is told in Cargo.toml
    #[arg(long, value_name = "TOOL", value_enum)]
    pub(super) from: Option<From>,
    /// Write a pipeline that checks, packages, signs and publishes
    #[arg(long, value_name = "FORGE", value_enum, conflicts_with_all = ["service", "from"])]
    pub(super) ci: Option<Ci>,
    /// Replace what is there of ours
    #[arg(long)]
    pub(super) force: bool,
    /// Print what would be written, and write nothing
    #[arg(short = 'n', long)]
    pub(super) dry_run: bool,
    /// Package to work on
    #[arg(short, long, value_name = "NAME", help_heading = "Packages")]
    pub(super) package: Vec<String>,
    /// Work on all members of the workspace that have a binary
    #[arg(long, help_heading = "Packages", conflicts_with = "package")]
    pub(super) workspace: bool,
    /// Leave out a member
    #[arg(
        long,
        value_name = "NAME",
        help_heading = "Packages",
        requires = "workspace"
    )]
    pub(super) exclude: Vec<String>,
    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH", help_heading = "Cargo")]
    pub(super) manifest_path: Option<Utf8PathBuf>,
}

/// Whose tables are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum From {
    /// cargo-generate-rpm: [package.metadata.generate-rpm]
    GenerateRpm,
    /// cargo-deb: [package.metadata.deb]
    Deb,
}

impl From {
    pub(super) fn tool(self) -> Tool {
        match self {
            From::GenerateRpm => Tool::GenerateRpm,
            From::Deb => Tool::Deb,
        }
    }
}

/// Where a pipeline runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Ci {
    /// GitHub Actions
    Github,
    /// GitLab CI/CD
    Gitlab,
}

impl Ci {
    pub(super) fn forge(self) -> Forge {
        match self {
            Ci::Github => Forge::Github,
            Ci::Gitlab => Forge::Gitlab,
        }
    }
}
