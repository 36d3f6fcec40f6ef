//! What a rule gets to see.

use super::UnitSet;
use crate::target::Profile;
use crate::unit::{Decision, Dialect, Directive, UnitFile, UnitKind};
use std::collections::BTreeSet;

/// One unit for one target, and what stands around it.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The target.
    pub profile: &'a Profile,
    /// The unit, read as the target's systemd reads it.
    pub unit: &'a UnitFile,
    /// All units of the package, this one among them, read so too.
    pub units: &'a UnitSet,
    /// What was decided about its `[Install]`; nothing for a file without a package.
    pub decision: Option<&'a Decision>,
    /// What the package ships; nothing for a file without a package.
    pub package: Option<&'a PackageFacts>,
}

/// What is known of a package before it is built.
#[derive(Clone, Debug, Default)]
pub struct PackageFacts {
    /// Every file that it ships, by path.
    pub files: BTreeSet<String>,
    /// Those of them that can be executed.
    pub programs: BTreeSet<String>,
    /// Those that have capabilities as files.
    pub capable: BTreeSet<String>,
    /// The folders that it owns.
    pub folders: BTreeSet<String>,
    /// The files that it requires of other packages, by path.
    pub required_files: BTreeSet<String>,
    /// The users that it creates.
    pub users: BTreeSet<String>,
    /// The groups that it creates.
    pub groups: BTreeSet<String>,
}

impl<'a> Context<'a> {
    /// The unit's directives.
    pub fn directives(&self) -> &'a [Directive] {
        self.unit.document.directives()
    }

    /// The last assignment of a key that is no list; nothing where it was taken back.
    pub fn last(&self, section: &str, key: &str) -> Option<&'a Directive> {
        let assigned = self
            .directives()
            .iter()
            .rfind(|directive| directive.is(section, key));
        assigned.filter(|directive| !directive.value.is_empty())
    }

    /// The assignments of a list that hold: those after the last reset.
    pub fn list(&self, section: &str, key: &str) -> Vec<&'a Directive> {
        let mut held = Vec::new();
        for directive in self
            .directives()
            .iter()
            .filter(|directive| directive.is(section, key))
        {
            if directive.value.is_empty() {
                held.clear();
            } else {
                held.push(directive);
            }
        }
        held
    }

    /// Whether the unit is a service.
    pub fn is_service(&self) -> bool {
        self.unit.name.kind() == UnitKind::Service
    }

    /// The last value of a `[Service]` directive.
    pub fn service(&self, key: &str) -> Option<&'a str> {
        self.last("Service", key)
            .map(|directive| directive.value.as_str())
    }

    /// How the target reads files.
    pub fn dialect(&self) -> Dialect {
        Dialect::of(self.profile)
    }
}
