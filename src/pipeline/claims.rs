//! What the packages of a run claim: names, units, binaries, and the paths that they will lie at.

use super::check::{Checked, CheckedPackage, CheckedTarget};
use super::output::Output;
use super::package::PackageRequest;
use super::plans::identity;
use super::{CheckedPart, Error, Format};
use crate::archive::hosts;
use crate::build::Arch;
use crate::repo::{Claim, check_claims};
use camino::Utf8PathBuf;

/// How many files of each form are made.
pub(super) fn counts(checked: &Checked, formats: &[Format]) -> Vec<(Format, usize)> {
    let targets = || checked.packages.iter().flat_map(|package| &package.targets);
    let of = |format: Format| match format.is_each() {
        true => targets().map(|target| target.parts.len()).sum(),
        false => targets().count(),
    };
    let formats = formats.iter().copied();
    formats.map(|format| (format, of(format))).collect()
}

/// Before minutes of building: can the packages stand side by side? Where they will lie.
pub(super) fn claim(
    checked: &Checked,
    output: &Output,
    request: &PackageRequest,
) -> Result<Vec<Utf8PathBuf>, Error> {
    let arch = Arch::of_run(request.triple.as_deref())?.rpm_name();
    let mut paths = Vec::new();
    for format in &request.formats {
        let mut claims = Vec::new();
        for (package, target, part) in all_parts(checked) {
            let is_main = part.suffix.is_none();
            if !is_main && !format.is_each() {
                continue;
            }
            let mut nevra = identity(package, target, part, arch);
            let file_name = match format {
                Format::Rpm => nevra.file_name(),
                Format::Spec => format!("{}.spec", nevra.name),
                Format::Srpm => {
                    nevra.arch = "src".to_owned();
                    nevra.file_name()
                }
                Format::TarGz => hosts::file_name(&nevra, &target.target),
            };
            let path = output.path(&target.target, &file_name, is_main);
            claims.push(claim_of(package, target, part, Some(path)));
        }
        check_claims(&claims)?;
        paths.extend(claims.into_iter().filter_map(|claim| claim.path));
    }
    Ok(paths)
}

/// Whether the packages of a run can stand side by side, as far as their names, units and binaries
/// tell.
///
/// # Errors
/// When two of them have one name, or ship one unit or binary.
pub fn check_names(checked: &Checked) -> Result<(), Error> {
    let claims: Vec<Claim> = all_parts(checked)
        .map(|(package, target, part)| claim_of(package, target, part, None))
        .collect();
    Ok(check_claims(&claims)?)
}

fn all_parts(
    checked: &Checked,
) -> impl Iterator<Item = (&CheckedPackage, &CheckedTarget, &CheckedPart)> {
    checked.packages.iter().flat_map(|package| {
        package
            .targets
            .iter()
            .flat_map(move |target| target.parts.iter().map(move |part| (package, target, part)))
    })
}

fn claim_of(
    package: &CheckedPackage,
    target: &CheckedTarget,
    part: &CheckedPart,
    path: Option<Utf8PathBuf>,
) -> Claim {
    let units = part.units.iter();
    Claim {
        package: package.project.package.name.clone(),
        suffix: part.suffix.clone(),
        target: target.target,
        rpm_name: part.rpm_name.to_string(),
        path,
        units: units.map(|unit| unit.managed.name.clone()).collect(),
        bins: part.bins.iter().map(|bin| bin.name.clone()).collect(),
    }
}
