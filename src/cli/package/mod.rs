//! `cargo ambot package`

pub(super) mod json;
pub(super) mod plan;
mod table;

use super::args::{Color, OutputArgs, PackageArgs, PackageFormat};
use super::{Stop, environment, sign, signals};
use crate::build::{Arch, CargoOptions, Source};
use crate::pipeline::{self, Artifact, AttestRequest, Format, Outcome, PackageRequest, WhenNames};
use crate::project::Override;
use crate::report::{Diagnostic, Failure, Sink, Terminal, Verbosity, nearest, size};
use camino::Utf8Path;
use json::{ArtifactLine, ManifestLine};
use plan::PlanLine;

pub(super) fn run(
    args: &PackageArgs,
    output: &OutputArgs,
    terminal: &Terminal,
) -> Result<(), Stop> {
    if args.dry_run && formats(args) != [Format::Rpm] {
        return Err(Stop::new(
            Diagnostic::error(
                "`--dry-run` shows what would be in RPMs, and other forms are asked for",
            )
            .with_help("leave out `--format`; a spec file is made without a build anyway"),
            Failure::Usage,
        ));
    }
    let fast = args.fast.then(|| "fast".to_owned());
    let compress = args.payload_compress.clone().or(fast);
    let overrides = [
        ("--rpm-release", "release", args.rpm_release.clone()),
        ("--payload-compress", "payload-compress", compress),
    ];
    let overrides = overrides
        .into_iter()
        .filter_map(|(flag, key, value)| value.map(|value| Override::Flag { flag, key, value }));
    let mut project = environment::request(&args.project, &args.bin, overrides.collect())?;
    let when = args.names.map_or(WhenNames::Fresh, Into::into);
    project.names = environment::names(when, environment::offline(&args.project));
    let request = PackageRequest {
        project,
        formats: formats(args),
        triple: triple(args)?,
        source: source(args),
        cargo: cargo_options(args, output),
        output: args.output.clone(),
        source_date_epoch: environment::text("SOURCE_DATE_EPOCH"),
        sign: (args.sign || sign::is_asked(&args.signing)).then(|| sign::request(&args.signing)),
        force: args.force,
        keep_going: args.keep_going,
        dry_run: args.dry_run,
        attest: AttestRequest {
            provenance: args.provenance,
            sbom: args.sbom,
            surroundings: terminal.is_json(),
            builder: environment::builder(),
        },
    };
    let interrupt = signals::watch();
    let outcome = pipeline::package(&request, &interrupt, terminal).map_err(|error| {
        match interrupt.signal() {
            // A child that the signal reached too has failed first, and says nothing new.
            Some(signal) => Stop::interrupted(signal),
            None => error.into(),
        }
    })?;
    report(&outcome, &request.project.cargo.current_dir, terminal)
        .map_err(|error| Stop::stdout(&error))?;
    match outcome.failed.first() {
        None => Ok(()),
        Some((_, failure)) => Err(Stop::new(unmade(&outcome), *failure)),
    }
}

/// Which packages were not made, after all that were.
fn unmade(outcome: &Outcome) -> Diagnostic {
    let names: Vec<&str> = outcome
        .failed
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    let (what, were) = match names.len() {
        1 => ("package", "was"),
        _ => ("packages", "were"),
    };
    let names = names.join(", ");
    Diagnostic::error(format!(
        "{} {what} {were} not made: {names}",
        outcome.failed.len()
    ))
    .with_note("why is said above, where it came up")
}

/// What is to be made, each once, in the order in which it was asked for.
fn formats(args: &PackageArgs) -> Vec<Format> {
    let mut formats: Vec<Format> = Vec::new();
    for given in &args.format {
        let format = match given {
            PackageFormat::Rpm => Format::Rpm,
            PackageFormat::Spec => Format::Spec,
            PackageFormat::Srpm => Format::Srpm,
            PackageFormat::TarGz => Format::TarGz,
        };
        if !formats.contains(&format) {
            formats.push(format);
        }
    }
    formats
}

fn source(args: &PackageArgs) -> Source {
    match (&args.cargo_build, args.no_build) {
        (_, true) => Source::Existing,
        (Some(command), false) => Source::Command {
            command: command.clone(),
            each: args.build_each,
        },
        (None, false) => Source::Cargo {
            each: args.build_each,
            install_zig: args.install_zig,
        },
    }
}

/// `--triple`, or the one of `--arch`.
fn triple(args: &PackageArgs) -> Result<Option<String>, Stop> {
    let Some(word) = &args.arch else {
        return Ok(args.triple.clone());
    };
    match Arch::from_rpm(word) {
        Some(arch) => Ok(Some(arch.gnu_triple().to_owned())),
        None => {
            let known = Arch::rpm_names().collect::<Vec<_>>().join(", ");
            let near = Arch::meant_by(word).map(Arch::rpm_name);
            let near = near.or_else(|| nearest(word, Arch::rpm_names()));
            let diagnostic = Diagnostic::error(format!("unknown RPM architecture `{word}`"))
                .with_help_if(near.map(|near| format!("did you mean `{near}`?")));
            Err(Stop::new(
                diagnostic.with_help(format!("known: {known}")),
                Failure::Usage,
            ))
        }
    }
}

fn cargo_options(args: &PackageArgs, output: &OutputArgs) -> CargoOptions {
    CargoOptions {
        profile: args.profile.clone().unwrap_or_default(),
        features: args.features.clone(),
        all_features: args.all_features,
        no_default_features: args.no_default_features,
        locked: args.project.locked,
        offline: environment::offline(&args.project),
        frozen: args.project.frozen,
        jobs: args.jobs.clone(),
        config: args.project.config.clone(),
        unstable: args.project.unstable.clone(),
        verbose: output.verbose,
        quiet: output.quiet,
        color: output.color.map(|color| match color {
            Color::Auto => "auto".to_owned(),
            Color::Always => "always".to_owned(),
            Color::Never => "never".to_owned(),
        }),
        extra: args.build_args.clone(),
    }
}

/// Paths to stdout, one a line, as short as they can be from the current folder; with JSON an object each, and the manifest of the run last.
fn report(outcome: &Outcome, current_dir: &Utf8Path, terminal: &Terminal) -> std::io::Result<()> {
    let table = table::table(outcome);
    for artifact in &outcome.artifacts {
        if terminal.is_json() {
            terminal.print_json(&ArtifactLine::of(artifact))?;
        } else {
            // As cargo says it of what it does not build again.
            let verb = if artifact.fresh { "Fresh" } else { "Packaged" };
            if table.is_none() {
                terminal.status(verb, &summary(artifact));
            }
            let path = artifact
                .path
                .strip_prefix(current_dir)
                .unwrap_or(&artifact.path);
            terminal.print(&format!("{path}\n"))?;
        }
    }
    if let Some(table) = table {
        terminal.tell(&table);
    }
    for planned in &outcome.planned {
        if terminal.is_json() {
            terminal.print_json(&PlanLine::of(planned))?;
        } else {
            let path = planned.path.strip_prefix(current_dir);
            let path = path.unwrap_or(&planned.path).as_str();
            let is_verbose = terminal.verbosity() == Verbosity::Verbose;
            terminal.print(&plan::text(planned, path, is_verbose))?;
        }
    }
    if terminal.is_json() {
        terminal.print_json(&ManifestLine::of(outcome))?;
    }
    Ok(())
}

/// What was made, for whom, how large, and what lies beside it.
fn summary(artifact: &Artifact) -> String {
    let what = match artifact.format {
        Format::Rpm | Format::Srpm => artifact.nevra.to_string(),
        Format::Spec | Format::TarGz => artifact.path.file_name().unwrap_or_default().to_owned(),
    };
    let beside = match artifact.sources.len() {
        0 => String::new(),
        1 => ", and 1 source beside it".to_owned(),
        count => format!(", and {count} sources beside it"),
    };
    let size = size(artifact.size);
    format!("{what} for {} ({size}){beside}", artifact.target)
}
