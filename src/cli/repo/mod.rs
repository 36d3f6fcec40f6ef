//! `cargo ambot repo`

mod args;
mod human;
mod json;

pub(in crate::cli) use args::RepoArgs;

use super::{Stop, environment, sign, signals};
use crate::pipeline::{self, RepositoryChange, RepositoryRequest, SignRepository};
use crate::project::source_date_epoch;
use crate::repo::folder::Maker;
use crate::report::Terminal;
use crate::target::{self, TargetName};
use args::{ChangeArgs, ListArgs, RepoCommand};
use camino::Utf8Path;
use std::time::{SystemTime, UNIX_EPOCH};

pub(super) fn run(args: &RepoArgs, terminal: &Terminal) -> Result<(), Stop> {
    match &args.command {
        RepoCommand::List(args) => list(args, terminal),
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
        true => terminal.print_json("ambot-repository", json::listed(&args.folder, &data)),
        false => terminal.print(&human::listed(&data)),
    };
    printed.map_err(|error| Stop::stdout(&error))
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
        time: now()?,
    };
    let cargo = environment::here()?;
    let interrupt = signals::watch();
    let outcome = pipeline::change_repository(&request, &cargo, &interrupt, terminal);
    let outcome = outcome.map_err(|error| match interrupt.signal() {
        Some(signal) => Stop::interrupted(signal),
        None => error.into(),
    })?;
    let printed = match terminal.is_json() {
        true => terminal.print_json("ambot-repository", json::changed(folder, &outcome)),
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
fn now() -> Result<u64, Stop> {
    if let Some(text) = environment::text("SOURCE_DATE_EPOCH") {
        let epoch = source_date_epoch(&text).map_err(pipeline::Error::from)?;
        return Ok(epoch.into());
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Ok(since.map_or(0, |since| since.as_secs()))
}
