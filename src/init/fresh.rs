//! A configuration that is fitted to the project.

use super::draft::{Draft, DraftFile};
use super::manifest::Manifest;
use super::names::{account, is_tool, service_binary};
use super::render::render;
use super::{Asked, Error, finds, service};
use crate::project::Package;
use camino::Utf8Path;
use minijinja::{Value, context};

/// Where binaries are installed on every target.
const BIN_DIR: &str = "/usr/bin";

/// Tables in the manifest.
pub(super) fn tables(asked: &Asked<'_>, manifest: &Manifest) -> Result<Draft, Error> {
    let file = manifest.with_ours(&text(asked, Units::Tables)?, asked.force)?;
    Ok(draft(asked, vec![file]))
}

/// A unit file; and, where the manifest has no table of ours, one that says the rest.
pub(super) fn unit_file(asked: &Asked<'_>, manifest: &Manifest) -> Result<Draft, Error> {
    let package = asked.package;
    let name = service_binary(package).unwrap_or(&package.name);
    let configuration = finds::configuration(package, name);
    let account = account(name);
    let path = format!("{BIN_DIR}/{name}");
    let urls = documentation(package);
    let unit = service::unit(name, &path, &account, &urls, &configuration)?;
    let place = format!(".ambot/services/{name}.service");
    let mut files = vec![DraftFile::whole(
        asked,
        Utf8Path::new(&place),
        unit.into_bytes(),
    )?];
    let mut remarks = Vec::new();
    // One unit is not written in two places.
    let sections = ["Unit", "Service", "Install"];
    let is_described = sections
        .iter()
        .any(|section| manifest.has_ours(&["services", name, section]));
    if manifest.ours().is_none() || is_described {
        files.push(manifest.with_ours(&text(asked, Units::Files)?, asked.force)?);
    } else if !manifest.has_ours(&["users", &account]) {
        let note = crate::report::Diagnostic::note(format!("the unit runs as the user {account}"))
            .with_help(format!(
                "write users = {{ {account} = {{}} }} into [package.metadata.ambot]"
            ));
        remarks.push(note);
    }
    Ok(Draft {
        remarks,
        ..draft(asked, files)
    })
}

fn draft(asked: &Asked<'_>, files: Vec<DraftFile>) -> Draft {
    let package = asked.package;
    let name = service_binary(package).unwrap_or(&package.name);
    let mut found = finds::texts(package);
    let configuration = finds::configuration(package, name);
    found.extend(configuration.into_iter().map(|one| one.source));
    Draft {
        package: package.name.clone(),
        files,
        found,
        remarks: Vec::new(),
    }
}

fn documentation(package: &Package) -> Vec<String> {
    let urls = [
        &package.documentation,
        &package.homepage,
        &package.repository,
    ];
    urls.into_iter().flatten().cloned().collect()
}

/// Where the units of a package are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Units {
    Tables,
    Files,
}

/// `[package.metadata.ambot]`, fitted to the project.
fn text(asked: &Asked<'_>, units: Units) -> Result<String, Error> {
    let package = asked.package;
    let name = service_binary(package).unwrap_or(&package.name);
    let others = package
        .binaries
        .iter()
        .filter(|other| *other != name)
        .cloned();
    let unit_files = finds::units(package);
    let has_files = units == Units::Files || !unit_files.is_empty();
    let configuration = finds::configuration(package, name);
    let environment = configuration.iter().any(|one| one.is_environment);
    let configuration = configuration.into_iter().map(|one| {
        let is_renamed = Utf8Path::new(&one.source).file_name() != Some(&*one.name);
        let file = if is_renamed { &*one.name } else { "" };
        let dest = format!("/etc/{name}/{file}");
        context! { source => one.source, dest, sure => one.is_sure }
    });
    let targets = asked
        .targets
        .iter()
        .map(|target| target.as_str().to_owned());
    render(
        include_str!("../../templates/init/tables.toml"),
        &context! {
            targets => targets.collect::<Vec<_>>(),
            name => package.name.clone(),
            service => name.to_owned(),
            account => account(name),
            others => others.collect::<Vec<String>>(),
            tool => is_tool(package, name) && !has_files,
            files => has_files,
            configuration => configuration.collect::<Vec<Value>>(),
            environment,
            texts => finds::texts(package),
            described => package.description.is_some(),
            licensed => package.license.is_some(),
        },
    )
}
