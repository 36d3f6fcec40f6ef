//! The flags, in cargo's words where cargo has a word.

use super::init::InitArgs;
use super::schema::SchemaArgs;
use camino::Utf8PathBuf;
use clap::builder::{PossibleValuesParser, Styles, TypedValueParser};
use clap::error::{ContextKind, ContextValue};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;

const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    denied findings, an RPM that `inspect` finds damaged or refuses, or a
       difference (`diff --exit-code`)
  2    usage error
  3    the project or the environment kept it from being done
  70   a defect of cargo ambot
  101  cargo failed
  129, 130, 143
       hung up (unless started by nohup), interrupted, terminated";

pub(super) const SIGN_HELP: &str = "\
Environment:
  CARGO_AMBOT_SIGN_KEY              a path, or the armoured secret key itself
  CARGO_AMBOT_SIGN_PASSPHRASE       the passphrase of the key
  CARGO_AMBOT_SIGN_PASSPHRASE_FILE  the file whose first line is the passphrase";

/// Package Rust services as RPMs for CentOS 7, CentOS 8 and their successors.
#[derive(Debug, Parser)]
#[command(
    name = "cargo ambot",
    bin_name = "cargo ambot",
    version,
    max_term_width = 80,
    styles = Styles::styled(),
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = EXIT_CODES
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write a first configuration, fitted to the project
    Init(InitArgs),
    /// Make RPMs, or what others build or install them from
    Package(Box<PackageArgs>),
    /// Print the units as each target gets them, or write them to a folder
    Generate(GenerateArgs),
    /// Find what is wrong with the units, for every target
    Check(Box<CheckArgs>),
    /// Explain a directive, a value, a section, a target or a rule
    Explain(ExplainArgs),
    /// Show what is in an RPM, and whether it will work on a target
    Inspect(InspectArgs),
    /// Show what changes when one RPM takes the place of another
    Diff(DiffArgs),
    /// Sign RPMs that are there, in place
    Sign(SignFilesArgs),
    /// Keep a yum repository: add, list, remove and prune packages
    Repo(Box<super::repo::RepoArgs>),
    /// List the known targets and their facts
    Targets(TargetsArgs),
    /// Print the JSON Schema of the settings or of the output
    Schema(SchemaArgs),
    /// Write manual pages and shell completions to a folder
    #[command(hide = true)]
    Pages {
        /// The folder
        #[arg(value_name = "DIR")]
        folder: Utf8PathBuf,
    },
}

/// How the program speaks.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs {
    /// Say more; twice: each stage with its time
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
    /// Say nothing but warnings and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Colour the output
    #[arg(long, global = true, value_name = "WHEN", value_enum)]
    pub(super) color: Option<Color>,
    /// How to print progress, findings and results; short, sarif and github are for `check`
    #[arg(long, global = true, value_name = "FMT", value_enum, default_value_t = MessageFormat::Human, hide_default_value = true)]
    pub(super) message_format: MessageFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum MessageFormat {
    Human,
    Short,
    Json,
    Sarif,
    Github,
}

impl MessageFormat {
    /// What every command knows; the others are forms of findings, which `check` alone prints.
    pub(super) const COMMON: [MessageFormat; 2] = [MessageFormat::Human, MessageFormat::Json];
}

/// The command line. Each command but `check` offers only the forms that it knows.
pub(super) fn command() -> clap::Command {
    let command = Cli::command();
    let format = command
        .get_arguments()
        .find(|one| one.get_id() == FORMAT)
        .cloned();
    command.mut_subcommands(|sub| match &format {
        Some(format) if sub.get_name() != CHECK => {
            // The others are read, so that what is said of them names the command.
            let names = MessageFormat::value_variants().iter().filter_map(|known| {
                let is_common = MessageFormat::COMMON.contains(known);
                Some(known.to_possible_value()?.hide(!is_common))
            });
            let names = PossibleValuesParser::new(names);
            let format = format.clone().help("How to print progress and results");
            sub.arg(format.value_parser(names.try_map(|name| MessageFormat::from_str(&name, true))))
        }
        _ => sub,
    })
}

/// The id of `--message-format`.
const FORMAT: &str = "message_format";
/// The command that finds things.
const CHECK: &str = "check";

/// Reads the words of a command line; what is wrong names the command that it is wrong for.
pub(super) fn parse(words: Vec<OsString>) -> Result<Cli, clap::Error> {
    let mut command = command();
    let matches = command
        .try_get_matches_from_mut(words)
        .map_err(|error| without_hidden(error, &command))?;
    let cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
    let format = cli.output.message_format;
    let name = matches.subcommand_name().unwrap_or_default();
    if name == CHECK || MessageFormat::COMMON.contains(&format) {
        return Ok(cli);
    }
    let said = format.to_possible_value();
    let said = said.as_ref().map_or("", |value| value.get_name());
    let message = format!(
        "`--message-format {said}` is for `cargo ambot check`; `{name}` knows human and json"
    );
    let sub = command.find_subcommand_mut(name);
    let conflict = clap::error::ErrorKind::InvalidValue;
    Err(match sub {
        Some(sub) => sub.error(conflict, message),
        None => command.error(conflict, message),
    })
}

/// What is not shown in the help is not what was meant, either.
fn without_hidden(mut error: clap::Error, command: &clap::Command) -> clap::Error {
    let is_hidden = |name: &str| {
        let sub = command.find_subcommand(name);
        sub.is_some_and(clap::Command::is_hide_set)
    };
    let kind = ContextKind::SuggestedSubcommand;
    if let Some(ContextValue::Strings(names)) = error.remove(kind) {
        let shown: Vec<String> = names.into_iter().filter(|name| !is_hidden(name)).collect();
        if !shown.is_empty() {
            error.insert(kind, ContextValue::Strings(shown));
        }
    }
    error
}

/// Which packages, and how cargo reads them.
#[derive(Debug, Args)]
pub(super) struct ProjectArgs {
    /// Distribution to package for; repeat it or separate with commas
    #[arg(short, long, value_name = "TARGET", value_delimiter = ',')]
    pub(super) target: Vec<String>,
    /// Override a setting of [package.metadata.ambot]
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
    /// Package to work on
    #[arg(short, long, value_name = "NAME", help_heading = "Packages")]
    pub(super) package: Vec<String>,
    /// Work on all members of the workspace that are configured
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
    /// Folder for all that is built
    #[arg(long, value_name = "DIR", help_heading = "Cargo")]
    pub(super) target_dir: Option<Utf8PathBuf>,
    /// Require Cargo.lock to be up to date
    #[arg(long, help_heading = "Cargo")]
    pub(super) locked: bool,
    /// Run without the network
    #[arg(long, help_heading = "Cargo")]
    pub(super) offline: bool,
    /// The same as --locked and --offline
    #[arg(long, help_heading = "Cargo")]
    pub(super) frozen: bool,
    /// Override a setting of cargo's, handed on as it is
    #[arg(long, value_name = "KEY=VALUE|PATH", help_heading = "Cargo")]
    pub(super) config: Vec<String>,
    /// Unstable flag of cargo's, handed on as it is
    #[arg(short = 'Z', value_name = "FLAG", help_heading = "Cargo")]
    pub(super) unstable: Vec<String>,
}

/// `cargo ambot package`
#[derive(Debug, Args)]
pub(super) struct PackageArgs {
    #[command(flatten)]
    pub(super) project: ProjectArgs,
    /// What to make; repeat it or separate with commas
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        value_delimiter = ',',
        default_value = "rpm"
    )]
    pub(super) format: Vec<PackageFormat>,
    /// Folder to write to, or a file where one is made [default: target/ambot/TARGET/]
    #[arg(short, long, value_name = "PATH", value_parser = output_path)]
    pub(super) output: Option<Utf8PathBuf>,
    /// Release number of the RPM, without the dist tag
    #[arg(long, value_name = "RELEASE")]
    pub(super) rpm_release: Option<String>,
    /// Build, and show what would be in the RPMs and why; none is made
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Write beside each artifact what it was made from (SLSA provenance)
    #[arg(long)]
    pub(super) provenance: bool,
    /// Write beside each artifact which crates are in it (CycloneDX)
    #[arg(long)]
    pub(super) sbom: bool,
    /// Make RPMs anew where the same ones are there already
    #[arg(long)]
    pub(super) force: bool,
    /// Look for its units in `repos`: off, cached, fresh or require [default: fresh]
    #[arg(long, value_name = "WHEN", value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "fresh", hide_possible_values = true)]
    pub(super) names: Option<super::repo::Names>,
    /// Make the other packages where one cannot be made
    #[arg(long)]
    pub(super) keep_going: bool,
    /// Compress with gzip, xz or zstd: KIND or KIND:LEVEL [default: as the target's own packages]
    #[arg(long, value_name = "KIND[:LEVEL]", help_heading = "Compression")]
    pub(super) payload_compress: Option<String>,
    /// Compress quickly: for tries, not for releases
    #[arg(
        long,
        help_heading = "Compression",
        conflicts_with = "payload_compress"
    )]
    pub(super) fast: bool,
    /// Rust triple to build for [default: the host's]
    #[arg(long, value_name = "TRIPLE", help_heading = "Build")]
    pub(super) triple: Option<String>,
    /// RPM architecture to build for, such as aarch64
    #[arg(
        long,
        value_name = "ARCH",
        help_heading = "Build",
        conflicts_with = "triple"
    )]
    pub(super) arch: Option<String>,
    /// Build only this binary
    #[arg(long, value_name = "NAME", help_heading = "Build")]
    pub(super) bin: Vec<String>,
    /// Profile to build with [default: release]
    #[arg(long, value_name = "PROFILE", help_heading = "Build")]
    pub(super) profile: Option<String>,
    /// The default, accepted as cargo does
    #[arg(short, long, help_heading = "Build", conflicts_with = "profile")]
    pub(super) release: bool,
    /// Features to activate
    #[arg(short = 'F', long, value_name = "FEATURES", help_heading = "Build")]
    pub(super) features: Vec<String>,
    /// Activate all features
    #[arg(long, help_heading = "Build")]
    pub(super) all_features: bool,
    /// Do not activate the `default` feature
    #[arg(long, help_heading = "Build")]
    pub(super) no_default_features: bool,
    /// Number of parallel jobs
    #[arg(
        short,
        long,
        value_name = "N",
        help_heading = "Build",
        allow_hyphen_values = true
    )]
    pub(super) jobs: Option<String>,
    /// Package what is built already
    #[arg(long, help_heading = "Build", conflicts_with_all = ["cargo_build", "build_each", "install_zig"])]
    pub(super) no_build: bool,
    /// Build each target by itself, not once for the oldest glibc
    #[arg(long, help_heading = "Build")]
    pub(super) build_each: bool,
    /// Install cargo-zigbuild and zig into a private folder if they are missing
    #[arg(long, help_heading = "Build")]
    pub(super) install_zig: bool,
    /// Build with this command instead of `cargo zigbuild`
    #[arg(long, value_name = "CMD", help_heading = "Build")]
    pub(super) cargo_build: Option<String>,
    /// Sign RPMs and source packages with the key or the program of the settings
    #[arg(long, help_heading = "Signing")]
    pub(super) sign: bool,
    /// Arguments that are appended to the build command
    #[arg(last = true, value_name = "ARGS")]
    pub(super) build_args: Vec<String>,
    #[command(flatten)]
    pub(super) signing: SigningArgs,
}

/// What signs.
#[derive(Debug, Args)]
#[command(next_help_heading = "Signing")]
pub(super) struct SigningArgs {
    // Who gives the key itself, which begins with hyphens, would see it in clap's message.
    /// Sign with the OpenPGP secret key of this file
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    pub(super) sign_key: Option<Utf8PathBuf>,
    /// Sign with a program: bytes on stdin, a detached signature on stdout
    #[arg(long, value_name = "CMD", conflicts_with = "sign_key")]
    pub(super) sign_command: Option<String>,
    /// Public key that the program's signatures are verified with
    #[arg(long, value_name = "FILE", conflicts_with = "sign_key")]
    pub(super) sign_public_key: Option<Utf8PathBuf>,
}

/// `cargo ambot sign`
#[derive(Debug, Args)]
#[command(after_help = SIGN_HELP)]
pub(super) struct SignFilesArgs {
    /// The RPMs
    #[arg(required = true, value_name = "FILE", value_parser = local_path)]
    pub(super) files: Vec<Utf8PathBuf>,
    /// Distribution that they are for [default: the one of their dist tag]
    #[arg(short, long, value_name = "TARGET")]
    pub(super) target: Option<String>,
    #[command(flatten)]
    pub(super) signing: SigningArgs,
}

/// What a package is made as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PackageFormat {
    /// An RPM
    Rpm,
    /// A spec file, and the sources that go beside it
    Spec,
    /// A source RPM, which rpmbuild, mock, Koji, COPR and OBS build
    Srpm,
    /// An archive with an install script, for hosts without rpm
    #[value(name = "tar.gz")]
    TarGz,
}

/// `cargo ambot generate`
#[derive(Debug, Args)]
pub(super) struct GenerateArgs {
    #[command(flatten)]
    pub(super) project: ProjectArgs,
    /// Folder to write the units to, one folder a target, instead of stdout
    #[arg(short, long, value_name = "DIR", value_parser = output_path)]
    pub(super) output: Option<Utf8PathBuf>,
    /// Print what is changed in each unit for each target, and why
    #[arg(long, conflicts_with = "output")]
    pub(super) diff: bool,
}

/// `cargo ambot check`
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Unit files or drop-ins of no project, or `-` for standard input [default: the units of the project]
    #[arg(value_name = "FILE", value_parser = local_path)]
    pub(super) files: Vec<Utf8PathBuf>,
    /// Apply the fixes that cannot change what is meant
    #[arg(long)]
    pub(super) fix: bool,
    /// Look for its units in `repos`: off, cached, fresh or require [default: cached]
    #[arg(long, value_name = "WHEN", value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "fresh", hide_possible_values = true)]
    pub(super) names: Option<super::repo::Names>,
    /// Name of the unit on standard input [default: by its sections]
    #[arg(long, value_name = "NAME")]
    pub(super) stdin_name: Option<String>,
    #[command(flatten)]
    pub(super) project: ProjectArgs,
}

/// `cargo ambot explain`
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// `PartOf`, `Restart=always`, `Timer.Unit`, `[Install]`, `%h`, `ExecStart=+`, `centos7`, `AMB012` …
    #[arg(value_name = "WORD", allow_hyphen_values = true)]
    pub(super) word: String,
}

/// `cargo ambot inspect`
#[derive(Debug, Args)]
pub(super) struct InspectArgs {
    /// The RPMs
    #[arg(required = true, value_name = "FILE", value_parser = local_path)]
    pub(super) files: Vec<Utf8PathBuf>,
    /// Judge them for a distribution; repeat it or separate with commas
    #[arg(short, long, value_name = "TARGET", value_delimiter = ',')]
    pub(super) target: Vec<String>,
    /// Verify the signatures with the OpenPGP public keys of this file
    #[arg(long, value_name = "FILE", value_parser = local_path)]
    pub(super) key: Option<Utf8PathBuf>,
    /// Unpack the files of one RPM into a folder, which must be empty or not there
    #[arg(long, value_name = "DIR", value_parser = output_path)]
    pub(super) extract: Option<Utf8PathBuf>,
}

/// `cargo ambot diff`
#[derive(Debug, Args)]
pub(super) struct DiffArgs {
    /// The RPM that is installed
    #[arg(value_name = "OLD", value_parser = local_path)]
    pub(super) old: Utf8PathBuf,
    /// The RPM that takes its place
    #[arg(value_name = "NEW", value_parser = local_path)]
    pub(super) new: Utf8PathBuf,
    /// End with 1 if they differ
    #[arg(long)]
    pub(super) exit_code: bool,
}

/// `cargo ambot targets`
#[derive(Debug, Args)]
pub(super) struct TargetsArgs {
    /// Only this target, with the source of each fact
    #[arg(value_name = "TARGET")]
    pub(super) target: Option<String>,
}

/// The place of what is made; never standard output, which has its paths.
fn output_path(text: &str) -> Result<Utf8PathBuf, String> {
    match text {
        "" => Err("it is empty, and a path is needed".to_owned()),
        "-" => {
            Err("nothing is written to standard output; for a folder of that name: ./-".to_owned())
        }
        path => local_path(path),
    }
}

/// A path of this machine. Of an address a folder `https:` would be made.
pub(super) fn local_path(text: &str) -> Result<Utf8PathBuf, String> {
    let is_scheme = |scheme: &str| {
        !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    match text.split_once("://") {
        Some((scheme, _)) if is_scheme(scheme) => {
            Err("it is an address, and a path of this machine is needed".to_owned())
        }
        _ => Ok(Utf8PathBuf::from(text)),
    }
}
