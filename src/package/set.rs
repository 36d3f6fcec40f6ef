//! The RPMs that one package becomes for one target.

use super::{Error, FileKind, InTwoRpms, Plan, PlannedFile};
use std::collections::BTreeMap;
use std::ops::Deref;

/// Plans that can be installed side by side: each has a name of its own, and no two ship the same
/// path, but for folders that are the same in both.
#[derive(Clone, Debug)]
pub struct PlanSet(Vec<Plan>);

impl PlanSet {
    /// Checks the plans against each other.
    ///
    /// # Errors
    /// When two of them have one name or ship one path.
    pub fn new(plans: Vec<Plan>) -> Result<Self, Error> {
        let mut taken: BTreeMap<&str, (&Plan, &PlannedFile)> = BTreeMap::new();
        for (index, plan) in plans.iter().enumerate() {
            let name = &plan.nevra.name;
            if plans[..index].iter().any(|known| known.nevra.name == *name) {
                return Err(Error::SameName {
                    name: name.clone(),
                    span: None,
                });
            }
            for file in &plan.files {
                match taken.get(file.path.as_str()) {
                    Some((_, first)) if is_same_folder(first, file) => {}
                    Some((other, first)) => {
                        return Err(Error::InTwoRpms(Box::new(InTwoRpms {
                            path: file.path.clone(),
                            rpms: [other, &plan].map(|plan| plan.nevra.name.to_string()),
                            reasons: [first, &file].map(|file| file.reason.clone()),
                            spans: [None, None],
                        })));
                    }
                    None => {
                        taken.insert(file.path.as_str(), (plan, file));
                    }
                }
            }
        }
        Ok(PlanSet(plans))
    }
}

/// rpm lets two packages own a folder whose mode and owners they agree on, and takes it away with
/// the last of them.
fn is_same_folder(a: &PlannedFile, b: &PlannedFile) -> bool {
    let facts = |file: &PlannedFile| (file.mode, file.user.clone(), file.group.clone());
    a.kind == FileKind::Directory && b.kind == FileKind::Directory && facts(a) == facts(b)
}

impl Deref for PlanSet {
    type Target = [Plan];

    fn deref(&self) -> &[Plan] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contents::{InstallPath, Source};
    use crate::package::PackageName;

    fn plan(name: &str, files: Vec<PlannedFile>) -> Plan {
        let mut draft = crate::package::plan::tests::draft();
        draft.nevra.name = PackageName::new(name).unwrap();
        draft.files = files;
        Plan::complete(draft).unwrap()
    }

    fn file(path: &str, kind: FileKind, mode: u16) -> PlannedFile {
        PlannedFile {
            path: InstallPath::new(path).unwrap(),
            kind,
            mode,
            user: "root".into(),
            group: "root".into(),
            mtime: 0,
            flags: super::super::FileFlags::default(),
            caps: None,
            reason: "a test".into(),
        }
    }

    #[test]
    fn a_folder_may_be_in_two_rpms_and_a_file_may_not() {
        let folder = |mode| file("/usr/lib/ambot", FileKind::Directory, mode);
        let text = || {
            file(
                "/usr/lib/a",
                FileKind::Regular(Source::Bytes(vec![])),
                0o644,
            )
        };
        let set = |a: PlannedFile, b: PlannedFile| {
            PlanSet::new(vec![plan("a", vec![a]), plan("b", vec![b])])
        };
        assert_eq!(set(folder(0o755), folder(0o755)).unwrap().len(), 2);
        for (a, b) in [(folder(0o755), folder(0o700)), (text(), text())] {
            assert!(matches!(set(a, b), Err(Error::InTwoRpms(_))));
        }
        let same = PlanSet::new(vec![plan("a", vec![]), plan("a", vec![])]);
        assert!(matches!(same, Err(Error::SameName { .. })));
    }
}
