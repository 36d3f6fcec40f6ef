//! The flags of `cargo ambot repo`.

use crate::cli::args::{ProjectArgs, SIGN_HELP, SigningArgs, local_path};
use crate::pipeline::WhenNames;
use camino::Utf8PathBuf;
use clap::{Args, Subcommand, ValueEnum};
use std::num::{NonZeroUsize, ParseIntError};

/// `cargo ambot repo`
#[derive(Debug, Args)]
pub(in crate::cli) struct RepoArgs {
    #[command(subcommand)]
    pub(super) command: RepoCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum RepoCommand {
    /// Put RPMs into a repository, and make it where there is none
    Add(AddArgs),
    /// List what is in a repository
    List(ListArgs),
    /// Take packages out of a repository, and delete their files
    Remove(RemoveArgs),
    /// Take all but the newest versions out of a repository
    Prune(PruneArgs),
    /// List the units that the packages of repositories ship
    Names(Box<NamesArgs>),
}

/// When repositories are looked into for the units of other packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Names {
    /// Never
    Off,
    /// Those on the network as they were when they were looked into last
    Cached,
    /// Now; what cannot be reached is a warning
    Fresh,
    /// Now; what cannot be reached is an error
    Require,
}

impl From<Names> for WhenNames {
    fn from(names: Names) -> Self {
        match names {
            Names::Off => WhenNames::Off,
            Names::Cached => WhenNames::Cached,
            Names::Fresh => WhenNames::Fresh,
            Names::Require => WhenNames::Require,
        }
    }
}

/// `cargo ambot repo add`
#[derive(Debug, Args)]
#[command(after_help = SIGN_HELP)]
pub(super) struct AddArgs {
    /// Folder of the repository
    #[arg(value_name = "DIR", value_parser = local_path)]
    pub(super) folder: Utf8PathBuf,
    /// The RPMs [default: none, which brings the metadata up to what lies there]
    #[arg(value_name = "FILE", value_parser = local_path)]
    pub(super) files: Vec<Utf8PathBuf>,
    /// Take the place of a package of the same name and version
    #[arg(long)]
    pub(super) replace: bool,
    #[command(flatten)]
    pub(super) change: ChangeArgs,
}

/// `cargo ambot repo list`
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Folder of the repository
    #[arg(value_name = "DIR", value_parser = local_path)]
    pub(super) folder: Utf8PathBuf,
}

/// `cargo ambot repo remove`
#[derive(Debug, Args)]
#[command(after_help = SIGN_HELP)]
pub(super) struct RemoveArgs {
    /// Folder of the repository
    #[arg(value_name = "DIR", value_parser = local_path)]
    pub(super) folder: Utf8PathBuf,
    /// The packages: `hello-1.0.0-1.el7.x86_64`, or a file of the repository
    #[arg(required = true, value_name = "NEVRA|FILE")]
    pub(super) packages: Vec<String>,
    #[command(flatten)]
    pub(super) change: ChangeArgs,
}

/// `cargo ambot repo prune`
#[derive(Debug, Args)]
#[command(after_help = SIGN_HELP)]
pub(super) struct PruneArgs {
    /// Folder of the repository
    #[arg(value_name = "DIR", value_parser = local_path)]
    pub(super) folder: Utf8PathBuf,
    /// Versions to keep of each name and architecture
    #[arg(long, value_name = "N", value_parser = kept)]
    pub(super) keep: NonZeroUsize,
    /// Say what would go, and leave it there
    #[arg(long)]
    pub(super) dry_run: bool,
    #[command(flatten)]
    pub(super) change: ChangeArgs,
}

/// How many versions are kept; a repository without any is not what pruning is for.
fn kept(text: &str) -> Result<NonZeroUsize, String> {
    let number: usize = text
        .parse()
        .map_err(|error: ParseIntError| error.to_string())?;
    NonZeroUsize::new(number).ok_or_else(|| "at least 1 is kept".to_owned())
}

/// `cargo ambot repo names`
#[derive(Debug, Args)]
pub(super) struct NamesArgs {
    /// Part of the name of a unit, or a pattern with `*` and `?` for the whole of it
    #[arg(value_name = "PATTERN")]
    pub(super) pattern: Option<String>,
    /// Address or folder of a repository [default: `repos` of the settings, for the targets given]
    #[arg(long, value_name = "URL")]
    pub(super) repo: Vec<String>,
    #[command(flatten)]
    pub(super) project: ProjectArgs,
}

/// How a change is written.
#[derive(Debug, Args)]
pub(super) struct ChangeArgs {
    /// Have the program createrepo_c make the metadata
    #[arg(long)]
    pub(super) createrepo: bool,
    /// Distribution of the clients, which the key must do for [default: those of the dist tags]
    #[arg(short, long, value_name = "TARGET", help_heading = "Signing")]
    pub(super) target: Option<String>,
    /// Sign repomd.xml with the key or the program of the settings
    #[arg(long, help_heading = "Signing")]
    pub(super) sign: bool,
    /// Take the signature of repomd.xml away
    #[arg(long, help_heading = "Signing", conflicts_with_all = ["sign", "sign_key", "sign_command"])]
    pub(super) no_sign: bool,
    #[command(flatten)]
    pub(super) signing: SigningArgs,
}
