//! The check alone: a project's units, or unit files without any project.

use super::check::{Findings, check};
use super::{Error, Request, adapting, check_names};
use crate::lint::{self, Context, Levels, UnitSet};
use crate::report::{Diagnostic, Sink};
use crate::target::{self, TargetName};
use crate::unit::{self, Dialect, UnitFile, UnitName};
use camino::{Utf8Path, Utf8PathBuf};
use std::io::Read;

/// What a check came to.
#[derive(Debug)]
pub struct CheckedFindings {
    /// The findings, each once however many targets share it.
    pub findings: Vec<Diagnostic>,
    /// How many units were looked at.
    pub units: usize,
    /// The targets.
    pub targets: Vec<String>,
}

/// Checks the units of a project.
///
/// # Errors
/// When the project cannot be read.
pub fn check_project(request: &Request, sink: &dyn Sink) -> Result<CheckedFindings, Error> {
    let checked = check(request, sink)?;
    check_names(&checked)?;
    let mut targets: Vec<String> = Vec::new();
    let mut units = 0;
    for package in &checked.packages {
        units += package
            .targets
            .first()
            .map_or(0, |target| target.units().count() + target.refused.len());
        for target in &package.targets {
            let name = target.target.to_string();
            if !targets.contains(&name) {
                targets.push(name);
            }
        }
    }
    Ok(CheckedFindings {
        findings: checked
            .packages
            .into_iter()
            .flat_map(|package| package.findings)
            .collect(),
        units,
        targets,
    })
}

/// Checks unit files that belong to no project; `-` is standard input. Where no target is given,
/// they are checked for all.
///
/// # Errors
/// When a file cannot be read or is no unit.
pub fn check_files(
    paths: &[Utf8PathBuf],
    targets: &[String],
    from: &Utf8Path,
) -> Result<CheckedFindings, Error> {
    let units = paths
        .iter()
        .map(|path| read(path, from))
        .collect::<Result<Vec<_>, _>>()?;
    let targets: Vec<TargetName> = match targets {
        [] => target::names().collect(),
        words => words
            .iter()
            .map(|word| target::find(word))
            .collect::<Result<_, _>>()?,
    };
    let mut findings = Findings::default();
    let levels = Levels::default();
    for target in &targets {
        let profile = target.profile();
        let dialect = Dialect::of(profile);
        let read = units.iter().map(|unit| unit.as_read_by(dialect));
        let read = UnitSet::new(read.collect(), profile);
        for (n, unit) in read.iter().enumerate() {
            let context = Context {
                profile,
                unit,
                units: &read,
                decision: None,
                package: None,
            };
            let found = lint::check(&context, &levels);
            let adapted = match found.iter().any(|finding| finding.version_bound) {
                true => Some(adapting::adapt_file(&units[n], profile)),
                false => None,
            };
            let said = found.into_iter().map(|finding| match &adapted {
                Some(adapted) => adapting::with_note(finding, adapted).diagnostic,
                None => finding.diagnostic,
            });
            findings.add(target, said.collect());
        }
    }
    Ok(CheckedFindings {
        findings: findings.grouped(&targets),
        units: units.len(),
        targets: targets.iter().map(ToString::to_string).collect(),
    })
}

fn read(path: &Utf8Path, from: &Utf8Path) -> Result<UnitFile, Error> {
    let is_stdin = path == "-";
    let bytes = if is_stdin {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(from.join(path))
    };
    let bytes = bytes.map_err(|source| Error::UnitFile {
        path: path.to_owned(),
        source,
    })?;
    // What comes from standard input has no name; a service is what it most likely is.
    let name = if is_stdin {
        "stdin.service"
    } else {
        path.file_name().unwrap_or_default()
    };
    let name = UnitName::parse(name).map_err(|problem| unit::Error::Name {
        name: name.to_owned(),
        problem,
    })?;
    let shown = if is_stdin {
        Utf8Path::new("<stdin>")
    } else {
        path
    };
    Ok(UnitFile::read(name, shown, &bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_project_is_told_what_packaging_would_do() {
        let folder = tempfile::tempdir().unwrap();
        let from = Utf8Path::from_path(folder.path()).unwrap();
        let text = "[Service]\nExecStart=hello\nUser=a\nMemoryMax=1G\nStandardOutput=append:/x\nRestart=maybe\n";
        std::fs::write(from.join("a.service"), text).unwrap();
        let checked = check_files(&["a.service".into()], &["centos7".to_owned()], from).unwrap();
        let notes = checked.findings.iter().map(|finding| {
            let code = finding.code.unwrap_or_default();
            format!("{code}: {}\n", finding.notes.join("; "))
        });
        insta::assert_snapshot!(notes.collect::<String>(), @"
        AMB012: packaging: MemoryMax=1G → MemoryLimit=1G
        AMB021: packaging stops here: systemd 219 does not know StandardOutput=append, which came with 240; the output would go to the journal
        AMB022: 
        AMB040: packaging: ExecStart=hello → ExecStart=/usr/bin/hello
        AMB045: systemd refuses a service with nothing to start; packaging: ExecStart=hello → ExecStart=/usr/bin/hello
        ");
    }
}
