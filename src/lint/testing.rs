//! What the tests of rules share.

use super::{Context, Finding, Levels, PackageFacts, UnitSet, check};
use crate::report::short;
use crate::target;
use crate::unit::{Dialect, InstallOptions, UnitFile, UnitName, decide_install};

/// The findings of some units for a target, as a package with these facts has them.
pub(super) fn findings(
    target: &str,
    units: &[(&str, &str)],
    package: Option<&PackageFacts>,
) -> Vec<Finding> {
    let target = target::find(target).unwrap();
    let profile = target.profile();
    let read = |(name, text): &(&str, &str)| {
        let name = UnitName::parse(name).unwrap();
        let path = name.as_str().to_owned();
        UnitFile::read(name, path.as_str().into(), text.as_bytes()).as_read_by(Dialect::of(profile))
    };
    let units: Vec<UnitFile> = units.iter().map(read).collect();
    let decisions = decide_install(&units, profile, &InstallOptions::default());
    let units = UnitSet::new(units, profile);
    let mut all = Vec::new();
    for (unit, decision) in units.iter().zip(&decisions) {
        let context = Context {
            profile,
            unit,
            units: &units,
            decision: package.map(|_| decision),
            package,
        };
        all.extend(check(&context, &Levels::default()));
    }
    all
}

/// The findings for one service, a line each: `x.service:3:1: warning[AMB011]: …`.
fn said(target: &str, text: &str) -> String {
    let found = findings(target, &[("x.service", text)], None);
    found
        .iter()
        .map(|finding| short(&finding.diagnostic) + "\n")
        .collect()
}

/// Only the lines of one rule.
pub(super) fn said_by(code: &str, target: &str, text: &str) -> String {
    let lines = said(target, text);
    let of_rule = lines
        .lines()
        .filter(|line| line.contains(&format!("[{code}]")));
    of_rule.map(|line| format!("{line}\n")).collect()
}

/// The codes of the findings for one service.
pub(super) fn codes_of(target: &str, text: &str) -> Vec<String> {
    let found = findings(target, &[("x.service", text)], None);
    found
        .iter()
        .map(|finding| finding.rule.code.to_owned())
        .collect()
}

/// The findings of one rule for some units, a line each.
pub(super) fn said_of(
    code: &str,
    target: &str,
    units: &[(&str, &str)],
    package: Option<&PackageFacts>,
) -> String {
    let found = findings(target, units, package);
    let of_rule = found.iter().filter(|finding| finding.rule.code == code);
    of_rule
        .map(|finding| short(&finding.diagnostic) + "\n")
        .collect()
}
