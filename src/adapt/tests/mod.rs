//! Units in, diffs out: what each transformation does.

mod commands;
mod folders;
mod install;
mod names;
mod properties;
mod sandbox;
mod values;

use super::{Adapted, Effect, Options, Refused, adapt, diff};
use crate::report::Diagnose;
use crate::target;
use crate::unit::{Document, InstallOptions, Tables, UnitFile, UnitName, decide_install};

fn unit(name: &str, text: &str) -> UnitFile {
    let name = UnitName::parse(name).unwrap();
    UnitFile::read(name, name_of_file(text), text.as_bytes())
}

fn name_of_file(_: &str) -> &camino::Utf8Path {
    "hello.service".into()
}

/// The unit for a target; the package ships `/usr/bin/hello`.
fn try_adapted(unit: &UnitFile, target: &str) -> Result<Adapted, Refused> {
    let profile = target::find(target).unwrap().profile().clone();
    let options = Options {
        profile: &profile,
        programs: &|name| (name == "hello").then(|| "/usr/bin/hello".to_owned()),
        rewrite: true,
        require_hardening: false,
    };
    let units = std::slice::from_ref(unit);
    let decisions = decide_install(units, &profile, &InstallOptions::default());
    adapt(unit, &decisions[0], &options)
}

fn adapted(name: &str, text: &str, target: &str) -> Adapted {
    try_adapted(&unit(name, text), target).unwrap()
}

/// What is done to lines of `[Service]`, which can be followed by other sections: the lines that
/// change, what is done, with which effect and why.
fn service(lines: &str, target: &str) -> String {
    said(
        "hello.service",
        &format!("[Service]\n{lines}\n[Install]\nAlias=hi.service\n"),
        target,
    )
}

/// The same of a whole unit; what is in the way of one that cannot be adapted.
fn said(name: &str, text: &str, target: &str) -> String {
    let unit = unit(name, text);
    let adapted = match try_adapted(&unit, target) {
        Ok(adapted) => adapted,
        Err(refused) => return errors(&refused),
    };
    assert_eq!(twice(name, &adapted, target), Vec::<String>::new());
    let mut text = String::new();
    for line in diff(&unit, &adapted, target).lines() {
        if line.starts_with(['+', '-']) && !line.starts_with("+++") && !line.starts_with("---") {
            text += &format!("{line}\n");
        }
    }
    for change in &adapted.changes {
        let effect = match change.effect {
            Effect::Same => "same",
            Effect::Weaker => "weaker",
            Effect::LeftOut => "left out",
            Effect::Hardening => "hardening",
        };
        let shown = change.to_string();
        text += &format!("{effect}: {shown}: {}\n", change.reason());
    }
    for directory in adapted
        .needs
        .directories
        .iter()
        .chain(&adapted.needs.runtime_directories)
    {
        text += &format!(
            "{} {:04o} {}:{}\n",
            directory.path, directory.mode, directory.user, directory.group
        );
    }
    for link in &adapted.needs.links {
        text += &format!("{} -> {}\n", link.path, link.target);
    }
    for user in &adapted.needs.users {
        text += &format!("user {}\n", user.name);
    }
    text
}

fn errors(refused: &Refused) -> String {
    let one = |error: &super::Error| {
        let diagnostic = error.diagnostic();
        let help = diagnostic.help.first().cloned().unwrap_or_default();
        format!("error: {}\n  help: {help}\n", diagnostic.title)
    };
    refused.errors.iter().map(one).collect()
}

/// What is done to a unit that was adapted already.
fn twice(name: &str, adapted: &Adapted, target: &str) -> Vec<String> {
    let name = UnitName::parse(name).unwrap();
    let unit = UnitFile::generated(name, Document::parse(&adapted.bytes), Tables::default());
    let again = try_adapted(&unit, target).unwrap();
    let mut changes = again.changes;
    // A drop-in lies beside the file, which is as it was.
    changes.retain(|change| !matches!(change.action, super::Action::InstallInDropIn { .. }));
    changes.iter().map(ToString::to_string).collect()
}
