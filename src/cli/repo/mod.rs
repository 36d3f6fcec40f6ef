//! `cargo ambot repo`

mod args;
mod human;
pub(super) mod json;

pub(in crate::cli) use args::{Names, RepoArgs};

use super::{Stop, environment, sign, signals};
use crate::contents::{Across, Glob};
use crate::pipeline::{self, RepositoryChange, RepositoryRequest, SignRepository, WhenNames};
use crate::project::source_date_epoch;
use crate::repo::folder::Maker;
use crate::report::{Diagnostic, Failure, Terminal};
use crate::target::{self, TargetName};
use args::{ChangeArgs, ListArgs, NamesArgs, RepoCommand};
use camino::Utf8Path;
use json::{ChangeLine, NamesLine, RepositoryLine};

pub(super) fn run(args: &RepoArgs, terminal: &Terminal) -> Result<(), Stop> {
    match &args.command {
        RepoCommand::List(args) => list(args, terminal),
        RepoCommand::Names(args) => names(args, terminal),
        RepoCommand::Add(args) => {
            let change = RepositoryChange::Add {
                files: args.files.clone(),
                replace: args.replace,
            };
            change_it(&args.folder, change, &args.change, terminal)
        }
        RepoCommand::Remove(args) => {
            let change = RepositoryChange::Remove(args.packages.clone());
            change_it(&args.folder, change, &args.change, terminal)
        }
        RepoCommand::Prune(args) => {
            let change = RepositoryChange::Prune {
                keep: args.keep,
                dry_run: args.dry_run,
            };
            change_it(&args.folder, change, &args.change, terminal)
        }
    }
}

fn list(args: &ListArgs, terminal: &Terminal) -> Result<(), Stop> {
    let data = pipeline::list_repository(&args.folder)?;
    let printed = match terminal.is_json() {
        true => terminal.print_json(&RepositoryLine::of(&args.folder, &data)),
        false => terminal.print(&human::listed(&data)),
    };
    printed.map_err(|error| Stop::stdout(&error))
}

fn names(args: &NamesArgs, terminal: &Terminal) -> Result<(), Stop> {
    let mut request = environment::request(&args.project, &[], Vec::new())?;
    let is_offline = environment::offline(&args.project);
    request.names = environment::names(WhenNames::Fresh, is_offline);
    let pattern = Pattern::read(args.pattern.as_deref().unwrap_or_default())?;
    let interrupt = signals::watch();
    let owners = pipeline::owners(&args.repo, &request, &interrupt, terminal);
    let mut owners = owners.map_err(|error| match interrupt.signal() {
        Some(signal) => Stop::interrupted(signal),
        None => error.into(),
    })?;
    owners.retain(|owner| pattern.matches(&owner.unit));
    let printed = match terminal.is_json() {
        true => terminal.print_json(&NamesLine::of(&owners)),
        false => terminal.print(&human::owners(&owners)),
    };
    printed.map_err(|error| Stop::stdout(&error))
}

/// Which units are asked for.
enum Pattern {
    /// Those whose names have this in them.
    Part(String),
    /// Those whose names as a whole are so.
    Whole(Glob),
}

impl Pattern {
    fn read(text: &str) -> Result<Self, Stop> {
        if !text.contains(['*', '?', '[']) {
            return Ok(Pattern::Part(text.to_owned()));
        }
        Glob::parse(text, Across::Slashes)
            .map(Pattern::Whole)
            .map_err(|why| {
                let text = format!("`{text}` is no pattern: {why}");
                Stop::new(Diagnostic::error(text), Failure::Usage)
            })
    }

    fn matches(&self, unit: &str) -> bool {
        match self {
            Pattern::Part(part) => unit.contains(part),
            Pattern::Whole(glob) => glob.is_match(unit),
        }
    }
}

fn change_it(
    folder: &Utf8Path,
    change: RepositoryChange,
    args: &ChangeArgs,
    terminal: &Terminal,
) -> Result<(), Stop> {
    let is_dry = matches!(change, RepositoryChange::Prune { dry_run: true, .. });
    let request = RepositoryRequest {
        folder: folder.to_owned(),
        change,
        maker: match args.createrepo {
            true => Maker::Createrepo,
            false => Maker::Own,
        },
        sign: match (args.sign || sign::is_asked(&args.signing), args.no_sign) {
            (_, true) => SignRepository::No,
            (true, false) => SignRepository::Yes,
            (false, false) => SignRepository::AsItWas,
        },
        keys: sign::request(&args.signing),
        target: target(args, terminal)?,
        time: time()?,
    };
    let cargo = environment::here()?;
    let interrupt = signals::watch();
    let outcome = pipeline::change_repository(&request, &cargo, &interrupt, terminal);
    let outcome = outcome.map_err(|error| match interrupt.signal() {
        Some(signal) => Stop::interrupted(signal),
        None => error.into(),
    })?;
    let printed = match terminal.is_json() {
        true => terminal.print_json(&ChangeLine::of(folder, &outcome, is_dry)),
        false => terminal.print(&human::changed(folder, &outcome, is_dry, terminal)),
    };
    printed.map_err(|error| Stop::stdout(&error))
}

fn target(args: &ChangeArgs, terminal: &Terminal) -> Result<Option<TargetName>, Stop> {
    let Some(word) = &args.target else {
        return Ok(None);
    };
    Ok(Some(match target::find(word) {
        Ok(target) => target,
        // It may be one of the workspace's own.
        Err(_) => environment::targets(terminal)?.find(word)?,
    }))
}

/// Seconds since 1970, as `SOURCE_DATE_EPOCH` has them where it is set.
fn time() -> Result<u64, Stop> {
    if let Some(text) = environment::text("SOURCE_DATE_EPOCH") {
        let epoch = source_date_epoch(&text).map_err(pipeline::Error::from)?;
        return Ok(epoch.into());
    }
    Ok(environment::now())
}
