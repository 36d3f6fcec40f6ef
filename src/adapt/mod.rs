//! Each unit as a target needs it: the same meaning, in what the target's systemd knows.
//!
//! In come a [`UnitFile`], what was decided about its `[Install]` section, and the profile of the
//! target; out go the bytes that are packaged, the drop-ins beside them, and in words what was
//! changed and why. This room decides nothing about the package as a whole, and places nothing:
//! who packages knows where units lie.

mod drop_in;

pub use drop_in::DropIn;

use crate::target::{InstallStyle, Profile};
use crate::unit::{BootTarget, Decision, Dialect, UnitFile, UnitName};
use std::fmt;

/// A unit as one target gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapted {
    /// The unit.
    pub name: UnitName,
    /// The packaged unit file.
    pub bytes: Vec<u8>,
    /// What lies in `NAME.d` beside it.
    pub drop_ins: Vec<DropIn>,
    /// What was done; empty where the file is packaged as it was and nothing lies beside it.
    pub changes: Vec<Change>,
}

/// One thing that was done to a unit for a target. In words it is what and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// `WantedBy=` was put into the packaged unit file.
    InstallInFile {
        /// The unit.
        unit: UnitName,
        /// The value.
        wanted_by: BootTarget,
        /// The version of systemd that asks for it.
        systemd: u16,
    },
    /// `WantedBy=` was put into a drop-in.
    InstallInDropIn {
        /// The unit.
        unit: UnitName,
        /// The value.
        wanted_by: BootTarget,
        /// The drop-in, `NAME.d/FILE`.
        path: String,
    },
}

impl Change {
    /// Why it was done.
    pub fn reason(&self) -> String {
        match self {
            Change::InstallInFile { systemd, .. } => format!(
                "without [Install] it cannot be enabled, and systemd {systemd} reads [Install] from no drop-in"
            ),
            Change::InstallInDropIn { .. } => {
                "without [Install] it cannot be enabled; the file stays as it was written"
                    .to_owned()
            }
        }
    }
}

/// What was done, in a few words.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::InstallInFile { wanted_by, .. } => {
                write!(f, "WantedBy={wanted_by} in the file")
            }
            Change::InstallInDropIn { wanted_by, .. } => {
                write!(f, "WantedBy={wanted_by} in a drop-in")
            }
        }
    }
}

/// The unit as the target needs it. Only [`Decision::Inject`] changes anything.
pub fn adapt(unit: &UnitFile, decision: &Decision, profile: &Profile) -> Adapted {
    let mut adapted = Adapted {
        name: unit.name.clone(),
        bytes: unit.document.to_bytes(),
        drop_ins: Vec::new(),
        changes: Vec::new(),
    };
    if let Decision::Inject { wanted_by } = decision {
        match profile.install_style() {
            InstallStyle::UnitFile => install_in_file(&mut adapted, unit, *wanted_by, profile),
            InstallStyle::DropIn => install_in_drop_in(&mut adapted, *wanted_by),
        }
    }
    adapted
}

fn install_in_file(
    adapted: &mut Adapted,
    unit: &UnitFile,
    wanted_by: BootTarget,
    profile: &Profile,
) {
    let mut document = unit.document.as_read_by(Dialect::of(profile));
    if document.inject_install(wanted_by) {
        adapted.bytes = document.to_bytes();
        adapted.changes.push(Change::InstallInFile {
            unit: unit.name.clone(),
            wanted_by,
            systemd: profile.systemd.value,
        });
    }
}

fn install_in_drop_in(adapted: &mut Adapted, wanted_by: BootTarget) {
    let drop_in = DropIn::install(&adapted.name, wanted_by);
    adapted.changes.push(Change::InstallInDropIn {
        unit: adapted.name.clone(),
        wanted_by,
        path: drop_in.path(),
    });
    adapted.drop_ins.push(drop_in);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target;
    use crate::unit::{Document, InstallOptions, decide_install};

    const HELLO: &str = "[Service]\r\nExecStart=/usr/bin/hello\r\n";

    fn adapted(text: &str, target: &str) -> Adapted {
        let name = UnitName::parse("hello.service").unwrap();
        let unit = UnitFile::generated(name, Document::parse(text.as_bytes()), Vec::new());
        let profile = target::find(target).unwrap().profile();
        let decisions = decide_install(
            std::slice::from_ref(&unit),
            profile,
            &InstallOptions::default(),
        );
        adapt(&unit, &decisions[0], profile)
    }

    #[test]
    fn centos7_gets_install_in_the_file_and_no_other_byte_changes() {
        let adapted = adapted(HELLO, "centos7");
        let expected = format!("{HELLO}\r\n[Install]\r\nWantedBy=multi-user.target\r\n");
        assert_eq!(String::from_utf8(adapted.bytes).unwrap(), expected);
        assert!(adapted.drop_ins.is_empty());
        insta::assert_snapshot!(adapted.changes[0], @"WantedBy=multi-user.target in the file");
    }

    #[test]
    fn centos8_gets_a_drop_in_and_the_file_as_it_was() {
        let adapted = adapted(HELLO, "centos8");
        assert_eq!(adapted.bytes, HELLO.as_bytes());
        assert_eq!(
            adapted.drop_ins[0].path(),
            "hello.service.d/10-ambot-install.conf"
        );
        insta::assert_snapshot!(String::from_utf8(adapted.drop_ins[0].bytes.clone()).unwrap(), @r"
        # Added by cargo-ambot: without it, hello.service could not be enabled.
        [Install]
        WantedBy=multi-user.target
        ");
        insta::assert_snapshot!(adapted.changes[0], @"WantedBy=multi-user.target in a drop-in");
    }

    #[test]
    fn the_file_is_read_as_the_target_reads_it() {
        // Before systemd 240 the comment swallows the header.
        let text = "[Service]\nExecStart=/bin/a\n# C:\\\n[Install]\nWantedBy=multi-user.target\n";
        let adapted = adapted(text, "centos7");
        assert_eq!(adapted.changes.len(), 1);
        let added = "\n[Install]\nWantedBy=multi-user.target\n";
        assert_eq!(adapted.bytes, format!("{text}{added}").into_bytes());
    }

    #[test]
    fn nothing_happens_to_a_unit_with_install_information() {
        let text = format!("{HELLO}[Install]\r\nAlias=hi.service");
        for target in ["centos7", "centos8"] {
            let adapted = adapted(&text, target);
            assert_eq!(adapted.bytes, text.as_bytes());
            assert!(adapted.drop_ins.is_empty() && adapted.changes.is_empty());
        }
    }
}
