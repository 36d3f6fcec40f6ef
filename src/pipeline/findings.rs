//! The check alone: a project's units, or unit files without any project.

use super::check::check;
use super::given::{self, Given};
use super::grouping::Findings;
use super::{Error, Request, adapting, causes, check_names, names};
use crate::build::{Arch, Interrupt};
use crate::lint::{self, Context, Levels, UnitSet};
use crate::report::{Diagnostic, Sink};
use crate::target::{self, TargetName};
use crate::unit::{Decision, Dialect, InstallOptions, decide_install};
use camino::Utf8PathBuf;
use tracing::debug_span;

/// What a check came to.
#[derive(Debug)]
pub struct CheckedFindings {
    /// The findings, each once however many targets share it.
    pub findings: Vec<Diagnostic>,
    /// How many units were looked at.
    pub units: usize,
    /// The targets.
    pub targets: Vec<String>,
    /// Whether those are all that there are.
    pub all_targets: bool,
    /// The files that could not be looked at.
    pub not_checked: Vec<NotChecked>,
}

/// Checks the units of a project.
///
/// # Errors
/// When the project cannot be read.
pub fn check_project(
    request: &Request,
    interrupt: &Interrupt,
    sink: &dyn Sink,
) -> Result<CheckedFindings, Error> {
    let mut checked = check(request, sink)?;
    check_names(&checked)?;
    let arch = Arch::of_run(None).ok();
    names::look(&mut checked, &request.names, arch, interrupt, sink)?;
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
        all_targets: false,
        not_checked: Vec::new(),
    })
}

/// Unit files that belong to no project, and what they are checked for.
#[derive(Clone, Debug)]
pub struct FilesRequest {
    /// The files; `-` alone is standard input.
    pub paths: Vec<Utf8PathBuf>,
    /// The name of the unit that comes from standard input; nothing where its sections say what it
    /// is.
    pub stdin_name: Option<String>,
    /// The targets; none means all.
    pub targets: Vec<TargetName>,
    /// The folder that paths start from.
    pub from: Utf8PathBuf,
}

/// A file that was to be checked and could not be.
#[derive(Debug)]
pub struct NotChecked {
    /// The file.
    pub path: Utf8PathBuf,
    /// Why.
    pub error: Error,
}

/// The rules that look at lines by themselves, and so at those of a drop-in, too: what those
/// before this code and these others find is not about what else the unit says.
const OF_LINES_BEFORE: &str = "AMB045";
const OF_LINES: [&str; 4] = ["AMB047", "AMB048", "AMB049", "AMB065"];

/// Checks unit files that belong to no project.
///
/// # Errors
/// When standard input is given twice or beside files. A file that cannot be read, or is no unit,
/// is told in the result, and the others are checked.
pub fn check_files(request: &FilesRequest) -> Result<CheckedFindings, Error> {
    let mut units = Vec::new();
    let mut not_checked = Vec::new();
    for path in given::distinct(&request.paths, &request.from)? {
        match given::read(&path, request.stdin_name.as_deref(), &request.from) {
            Ok(given) => units.push(given),
            Err(error) => not_checked.push(NotChecked { path, error }),
        }
    }
    let mut targets: Vec<TargetName> = Vec::new();
    for target in &request.targets {
        if !targets.contains(target) {
            targets.push(*target);
        }
    }
    if targets.is_empty() {
        targets = target::names().collect();
    }
    let mut findings = Findings::default();
    for target in &targets {
        let _lint = debug_span!("lint", %target, units = units.len()).entered();
        for said in said_of_files(&units, target) {
            findings.add(target, said);
        }
    }
    Ok(CheckedFindings {
        findings: findings.grouped(&targets),
        units: units.len(),
        all_targets: targets.len() == target::names().count(),
        targets: targets.iter().map(ToString::to_string).collect(),
        not_checked,
    })
}

/// What the rules find in each of the files for a target.
fn said_of_files(given: &[Given], target: &TargetName) -> Vec<Vec<Diagnostic>> {
    let profile = target.profile();
    let dialect = Dialect::of(profile);
    let read = given.iter().map(|given| given.unit.as_read_by(dialect));
    let read = UnitSet::new(read.collect(), profile);
    let decisions = decide_install(&read, profile, &InstallOptions::default());
    let levels = Levels::default();
    let mut said = Vec::new();
    for ((unit, given), decision) in read.iter().zip(given).zip(&decisions) {
        // What starts a unit may be among files that were not given.
        let decision = matches!(decision, Decision::Inject { .. }) && !given.is_drop_in;
        let context = Context {
            profile,
            unit,
            units: &read,
            decision: decision.then_some(&decisions[said.len()]),
            package: None,
        };
        let mut found = lint::check(&context, &levels);
        if given.is_drop_in {
            found.retain(|finding| {
                let code = finding.rule.code;
                code < OF_LINES_BEFORE || OF_LINES.contains(&code)
            });
        }
        if found.iter().any(|finding| finding.version_bound) {
            let adapted = adapting::adapt_file(&given.unit, profile);
            let noted = |finding| adapting::with_note(finding, &adapted);
            found = found.into_iter().map(noted).collect();
        }
        let place = given.unit.place();
        let found = causes::one_each(&given.unit, found).into_iter();
        said.push(
            found
                .map(|finding| adapting::placed(finding, place.as_ref()))
                .collect(),
        );
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use camino::Utf8Path;

    #[test]
    fn a_file_without_a_project_is_told_what_packaging_would_do() {
        let folder = tempfile::tempdir().unwrap();
        let from = Utf8Path::from_path(folder.path()).unwrap();
        let text = "[Service]\nExecStart=hello\nUser=a\nMemoryMax=1G\nStandardOutput=append:/x\nRestart=maybe\n";
        std::fs::write(from.join("a.service"), text).unwrap();
        let request = FilesRequest {
            paths: vec!["a.service".into()],
            stdin_name: None,
            targets: vec![target::find("centos7").unwrap()],
            from: from.to_owned(),
        };
        let checked = check_files(&request).unwrap();
        let notes = checked.findings.iter().map(|finding| {
            let code = finding.code.unwrap_or_default();
            format!("{code}: {}\n", finding.notes.join("; "))
        });
        insta::assert_snapshot!(notes.collect::<String>(), @"
        AMB070: packaging puts WantedBy=multi-user.target into the packaged file
        AMB040: systemd refuses a service with nothing to start; packaging: ExecStart=hello → ExecStart=/usr/bin/hello
        AMB012: packaging: MemoryMax=1G → MemoryLimit=1G
        AMB021: packaging stops here: systemd 219 does not know StandardOutput=append, which came with 240; the output would go to the journal
        AMB022:
        ");
    }
}
