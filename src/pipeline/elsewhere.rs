//! What is asked for on the command line and of the settings, against what others who build get of it:
//! what a spec cannot have is said before any work.

use super::check::{Checked, CheckedPackage};
use super::package::PackageRequest;
use super::{Error, Format, plans};
use crate::build;
use crate::project::Workspace;
use crate::report::{Diagnose, Diagnostic, Sink};
use crate::source::Recipe;

/// Whether what is to be signed can be. An RPM has a place for a signature; an archive and a spec have
/// none.
///
/// # Errors
/// When nothing that is made can be.
pub(super) fn check_signing(request: &PackageRequest, sink: &dyn Sink) -> Result<(), Error> {
    let unsigned = |format: &&Format| matches!(format, Format::Spec | Format::TarGz);
    let unsigned: Vec<Format> = request.formats.iter().filter(unsigned).copied().collect();
    if request.sign.is_none() || unsigned.is_empty() {
        return Ok(());
    }
    if unsigned.len() == request.formats.len() {
        return Err(Error::NothingToSign);
    }
    for format in unsigned {
        let title = format!("the {} is not signed", format.noun(1));
        let note = "an RPM and a source package hold their signature; sign other files by what your users verify, such as `gpg --detach-sign`";
        sink.diagnostic(&Diagnostic::warning(title).with_note(note));
    }
    Ok(())
}

/// Whether others can build it, and what of this run they do not get.
///
/// # Errors
/// When a source package is asked for a target that has no Rust for it, or the spec would name a
/// feature or a profile that is not there.
pub(super) fn check(
    checked: &Checked,
    request: &PackageRequest,
    sink: &dyn Sink,
) -> Result<(), Error> {
    let formats = &request.formats;
    if formats.iter().all(|format| format.is_built()) {
        return Ok(());
    }
    let targets = checked.packages.iter().flat_map(|package| &package.targets);
    for target in targets {
        let Err(error) = Recipe::check_target(target.target.profile()) else {
            continue;
        };
        if formats.contains(&Format::Srpm) {
            return Err(error.into());
        }
        let said = error.diagnostic();
        let title = format!("the spec for {} builds nowhere: {error}", target.target);
        let warning = Diagnostic::warning(title);
        sink.diagnostic(&warning.with_help_if(said.help.into_iter().next()));
    }
    check_profile(&checked.workspace, request.cargo.profile())?;
    for package in &checked.packages {
        check_features(package, &checked.workspace, &request.cargo.features)?;
    }
    for warning in left_out(checked, request) {
        sink.diagnostic(&warning);
    }
    Ok(())
}

fn check_profile(workspace: &Workspace, name: &str) -> Result<(), Error> {
    const BUILT_IN: [&str; 4] = ["dev", "release", "test", "bench"];
    let own = workspace.profiles.iter().map(String::as_str);
    let known: Vec<&str> = BUILT_IN.into_iter().chain(own).collect();
    if known.contains(&name) {
        return Ok(());
    }
    Err(Error::NoSuchProfile {
        name: name.to_owned(),
        known: known.into_iter().map(str::to_owned).collect(),
    })
}

/// As cargo has it: a feature is one of a package that is built, `MEMBER/FEATURE` one of that member;
/// `DEPENDENCY/FEATURE` is a matter of the dependency.
fn check_features(
    package: &CheckedPackage,
    workspace: &Workspace,
    given: &[String],
) -> Result<(), Error> {
    let built = plans::members(package);
    let members = |names: &dyn Fn(&str) -> bool| -> Vec<String> {
        let members = workspace.packages.iter().filter(|one| names(&one.name));
        members.flat_map(|one| one.features.clone()).collect()
    };
    let words = given.iter().flat_map(|text| text.split([' ', ',']));
    for word in words.filter(|word| !word.is_empty()) {
        let (feature, known) = match word.split_once('/') {
            None => (word, members(&|name| built.iter().any(|one| one == name))),
            Some((owner, feature)) => {
                if !workspace.packages.iter().any(|one| one.name == owner) {
                    continue;
                }
                (feature, members(&|name| name == owner))
            }
        };
        if !known.iter().any(|one| one == feature) {
            return Err(Error::NoSuchFeature {
                package: package.project.package.name.clone(),
                name: word.to_owned(),
                known,
            });
        }
    }
    Ok(())
}

/// What this run says of the build and a spec does not.
fn left_out(checked: &Checked, request: &PackageRequest) -> Vec<Diagnostic> {
    let mut left_out = Vec::new();
    if matches!(request.source, build::Source::Command { .. }) {
        left_out.push("`--cargo-build`");
    }
    if !request.cargo.extra.is_empty() {
        left_out.push("what stands after `--`");
    }
    let mut warnings: Vec<Diagnostic> = left_out
        .into_iter()
        .map(|what| {
            Diagnostic::warning(format!("{what} is not in the spec"))
                .with_note("it says how to build on this machine; a spec is built with `cargo build` where it comes to")
        })
        .collect();
    let targets = checked.packages.iter().flat_map(|package| &package.targets);
    let debuginfo = |settings: Option<bool>| settings == Some(true);
    if targets
        .into_iter()
        .any(|target| debuginfo(target.parts[0].settings.debuginfo))
    {
        warnings.push(
            Diagnostic::warning("the spec makes no -debuginfo package")
                .with_note("`debuginfo = true` is for the RPMs that are made here"),
        );
    }
    warnings
}
