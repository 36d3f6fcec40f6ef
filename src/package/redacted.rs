//! What may be told of a plan to strangers: its shape, without a name, a path or a text.

use super::Plan;
use super::plan::PlannedFile;
use crate::contents::FileKind;
use std::fmt;

/// The shape of a plan.
#[derive(Clone, Copy, Debug)]
pub struct Redacted<'a>(&'a Plan);

impl Plan {
    /// Its shape, which holds nothing of what its user wrote.
    pub fn redacted(&self) -> Redacted<'_> {
        Redacted(self)
    }
}

impl fmt::Display for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plan = self.0;
        let count = |is: fn(&PlannedFile) -> bool| plan.files.iter().filter(|one| is(one)).count();
        let files = count(|file| matches!(file.kind, FileKind::Regular(_)));
        let folders = count(|file| matches!(file.kind, FileKind::Directory));
        let links = count(|file| matches!(file.kind, FileKind::Symlink(_)));
        let units: Vec<String> = plan
            .units
            .iter()
            .map(|unit| unit.name.kind().to_string())
            .collect();
        let scriptlets: Vec<&str> = plan
            .scriptlets
            .iter()
            .map(|scriptlet| scriptlet.phase.as_str())
            .collect();
        write!(f, "{files} files, {folders} folders, {links} links")?;
        for (what, names) in [
            ("units", units.join("+")),
            ("scriptlets", scriptlets.join("+")),
        ] {
            if !names.is_empty() {
                write!(f, ", {what} {names}")?;
            }
        }
        let requires = plan.dependencies.requires.len();
        let triggers = plan.triggers.len();
        write!(
            f,
            ", {requires} requires, {triggers} triggers, {}",
            plan.compression
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::tests::draft;
    use super::*;
    use crate::package::{Scriptlet, Scriptlets};

    #[test]
    fn a_shape_holds_nothing_that_its_user_wrote() {
        let mut draft = draft();
        draft.texts.summary = "canary".into();
        draft.scriptlets = Scriptlets {
            post: Some("echo canary".into()),
            preun: Some("canary".into()),
            ..Scriptlets::default()
        }
        .alone();
        draft.scriptlets.push(Scriptlet {
            phase: crate::project::Phase::Posttrans,
            interpreter: vec!["/canary".into()],
            text: String::new(),
        });
        let plan = Plan::complete(draft).unwrap();
        insta::assert_snapshot!(plan.redacted(), @"0 files, 0 folders, 0 links, scriptlets post+preun+posttrans, 0 requires, 0 triggers, gzip:9");
    }
}
