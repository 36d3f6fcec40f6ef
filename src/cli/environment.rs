//! What the environment says, and the parts of a request that are the same for every command.

use super::Stop;
use super::args::ProjectArgs;
use crate::attest::Builder;
use crate::pipeline::{self, NamesRequest, Request, WhenNames};
use crate::project::{CargoOptions, Override, SECRET_VARIABLES, Selection};
use crate::repo::taken::Network;
use crate::report::{Diagnose, Diagnostic, Failure, Severity, Sink, Terminal};
use crate::target::Targets;
use camino::Utf8PathBuf;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

/// A variable, if it is set and is text.
pub(super) fn text(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A variable that cargo reads as a boolean.
pub(super) fn flag(name: &str) -> bool {
    matches!(text(name).as_deref(), Some("true" | "1"))
}

/// The program that cargo says it is, else the one on the path.
pub(super) fn cargo() -> PathBuf {
    std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}

pub(super) fn current_dir() -> Result<Utf8PathBuf, Stop> {
    let wrong = |message: String| Stop::new(Diagnostic::error(message), Failure::Project);
    let dir = std::env::current_dir()
        .map_err(|error| wrong(format!("cannot read the current folder: {error}")))?;
    Utf8PathBuf::from_path_buf(dir).map_err(|dir| {
        wrong(format!(
            "the path of the current folder is not UTF-8: {}",
            dir.display()
        ))
    })
}

/// `--offline`, or cargo's variable for it.
pub(super) fn offline(args: &ProjectArgs) -> bool {
    args.offline || flag("CARGO_NET_OFFLINE")
}

/// cargo as it is asked about the folder that the program was started in.
pub(super) fn here() -> Result<CargoOptions, Stop> {
    Ok(CargoOptions {
        cargo: cargo(),
        current_dir: current_dir()?,
        manifest_path: None,
        target_dir: None,
        flags: Vec::new(),
    })
}

/// The targets that can be named where the program was started; a project that cannot be read is
/// told in a warning, and has none of its own.
pub(super) fn targets(terminal: &Terminal) -> Result<Targets, Stop> {
    Ok(pipeline::known_targets(&here()?).unwrap_or_else(|error| {
        let mut diagnostic = error.diagnostic();
        diagnostic.severity = Severity::Warning;
        terminal.diagnostic(&diagnostic);
        Targets::default()
    }))
}

/// The request of a command that reads a project.
pub(super) fn request(
    args: &ProjectArgs,
    bins: &[String],
    flags: Vec<Override>,
) -> Result<Request, Stop> {
    let mut handed_on = Vec::new();
    for (flag, given) in [
        ("--locked", args.locked),
        ("--offline", offline(args)),
        ("--frozen", args.frozen),
    ] {
        if given {
            handed_on.push(flag.to_owned());
        }
    }
    for (flag, values) in [("--config", &args.config), ("-Z", &args.unstable)] {
        for value in values {
            handed_on.extend([flag.to_owned(), value.clone()]);
        }
    }
    let mut overrides: Vec<Override> = variables()?;
    overrides.extend(args.set.iter().cloned().map(Override::Set));
    overrides.extend(flags);
    Ok(Request {
        cargo: CargoOptions {
            cargo: cargo(),
            current_dir: current_dir()?,
            manifest_path: args.manifest_path.clone(),
            target_dir: args.target_dir.clone(),
            flags: handed_on,
        },
        selection: Selection {
            packages: args.package.clone(),
            workspace: args.workspace,
            exclude: args.exclude.clone(),
        },
        overrides,
        targets: args.target.clone(),
        bins: bins.to_vec(),
        names: NamesRequest::default(),
    })
}

/// How the repositories of the settings are looked into.
pub(super) fn names(when: WhenNames, is_offline: bool) -> NamesRequest {
    NamesRequest {
        when,
        network: (!is_offline).then(network),
        cache: cache(),
        now: now(),
    }
}

/// Seconds since 1970, by the clock.
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

/// The proxies, in the variables that curl knows.
fn network() -> Network {
    let first = |names: &[&'static str]| {
        let mut found = names.iter().filter_map(|name| Some((*name, text(name)?)));
        found.next()
    };
    Network {
        // In upper case a server sets it, from what a client sends (httpoxy).
        http_proxy: first(&["http_proxy", "all_proxy", "ALL_PROXY"]),
        https_proxy: first(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]),
        no_proxy: text("no_proxy").or_else(|| text("NO_PROXY")),
    }
}

/// The folder for what can be found again (XDG Base Directory Specification).
fn cache() -> Option<Utf8PathBuf> {
    let named = text("XDG_CACHE_HOME").map(Utf8PathBuf::from);
    let named = named.filter(|folder| folder.is_absolute());
    let home = || text("HOME").map(|home| Utf8PathBuf::from(home).join(".cache"));
    Some(named.or_else(home)?.join("cargo-ambot/repos"))
}

fn variables() -> Result<Vec<Override>, Stop> {
    let ours = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
        .filter(|(name, _)| name.starts_with(Override::PREFIX))
        // They are no settings, and settings are shown.
        .filter(|(name, _)| !SECRET_VARIABLES.contains(&name.as_str()));
    let ours = ours.map(|(name, value)| match value.into_string() {
        Ok(value) => Ok(Override::Variable { name, value }),
        Err(_) => {
            let text = format!("the value of `{name}` is not UTF-8");
            Err(Stop::new(Diagnostic::error(text), Failure::Usage))
        }
    });
    let mut variables = ours.collect::<Result<Vec<Override>, Stop>>()?;
    // The environment has no order of its own; messages should have one.
    variables.sort_by_key(|variable| match variable {
        Override::Variable { name, .. } => name.clone(),
        _ => String::new(),
    });
    Ok(variables)
}

/// What a pipeline says of itself: the variables of GitHub Actions and of GitLab CI.
pub(super) fn builder() -> Builder {
    let github = text("GITHUB_SERVER_URL").zip(text("GITHUB_REPOSITORY"));
    if let Some((server, name)) = github {
        let repository = format!("{server}/{name}");
        let run = text("GITHUB_RUN_ID").zip(text("GITHUB_RUN_ATTEMPT"));
        return Builder {
            id: text("GITHUB_WORKFLOW_REF").map(|workflow| format!("{server}/{workflow}")),
            invocation: run
                .map(|(id, attempt)| format!("{repository}/actions/runs/{id}/attempts/{attempt}")),
            repository: Some(repository),
        };
    }
    Builder {
        id: text("CI_PROJECT_URL"),
        invocation: text("CI_JOB_URL"),
        repository: text("CI_PROJECT_URL"),
    }
}
