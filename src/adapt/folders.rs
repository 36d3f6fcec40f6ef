//! The folders that systemd makes for services: `StateDirectory=` and its kin.

use super::draft::{Draft, TODAY};
use super::needs::Directory;
use crate::unit::Entry;
use crate::unit::value::{directory_list, octal_mode};

/// A kind of folder (systemd.exec(5), `RuntimeDirectory=`).
#[derive(Clone, Copy, Debug)]
pub(super) struct FolderKind {
    /// The directive.
    pub(super) key: &'static str,
    /// The directive for its mode.
    pub(super) mode_key: &'static str,
    /// Where the folders lie.
    pub(super) root: &'static str,
    /// The variable that tells the program.
    pub(super) variable: &'static str,
}

const fn kind(
    key: &'static str,
    mode_key: &'static str,
    root: &'static str,
    variable: &'static str,
) -> FolderKind {
    FolderKind {
        key,
        mode_key,
        root,
        variable,
    }
}

/// The kind below `/run`, which is empty after a boot.
pub(super) const RUNTIME: FolderKind = kind(
    "RuntimeDirectory",
    "RuntimeDirectoryMode",
    "/run",
    "RUNTIME_DIRECTORY",
);

/// The folder that the service does not own (`setup_exec_directory()` of execute.c in 239).
pub(super) const CONFIGURATION: FolderKind = kind(
    "ConfigurationDirectory",
    "ConfigurationDirectoryMode",
    "/etc",
    "CONFIGURATION_DIRECTORY",
);

/// The kinds that outlive a boot.
pub(super) const LASTING: [FolderKind; 4] = [
    kind(
        "StateDirectory",
        "StateDirectoryMode",
        "/var/lib",
        "STATE_DIRECTORY",
    ),
    kind(
        "CacheDirectory",
        "CacheDirectoryMode",
        "/var/cache",
        "CACHE_DIRECTORY",
    ),
    kind(
        "LogsDirectory",
        "LogsDirectoryMode",
        "/var/log",
        "LOGS_DIRECTORY",
    ),
    CONFIGURATION,
];

impl FolderKind {
    /// The names in one line, as they are written, without their links.
    pub(super) fn names(self, entry: &Entry) -> Vec<String> {
        let list = directory_list(&entry.value, TODAY).items.into_iter();
        list.map(|directory| directory.path).collect()
    }

    /// Whether the folders belong to the user of the service.
    pub(super) fn belongs_to_service(self) -> bool {
        self.key != CONFIGURATION.key
    }

    /// The lines that hold: those after the last reset.
    pub(super) fn lines(self, draft: &Draft<'_>, section: &str) -> Vec<Entry> {
        let mut lines = draft.assignments(section, self.key);
        if let Some(reset) = lines.iter().rposition(|entry| entry.value.is_empty()) {
            lines.drain(..=reset);
        }
        lines
    }

    /// The folder of a name, with the mode and the owner that the unit gives it.
    ///
    /// # Errors
    /// Why the package cannot have it.
    pub(super) fn directory(
        self,
        draft: &Draft<'_>,
        section: &str,
        name: &str,
    ) -> Result<Directory, String> {
        let specifiers = draft.specifiers();
        let resolved = |text: &str| {
            specifiers
                .resolve(text)
                .map_err(|letter| format!("what %{letter} stands for is known to no package"))
        };
        let name = resolved(name)?;
        let is_odd = |c: char| c.is_whitespace() || c.is_control() || "\"'\\".contains(c);
        if name.contains(is_odd) {
            return Err("its name has blanks, quotes or control characters in it".to_owned());
        }
        let mode = draft.last(section, self.mode_key);
        let mode = match mode.map(|mode| octal_mode(&mode, TODAY)) {
            Some(Ok(mode)) => u16::try_from(mode).unwrap_or(0o755),
            _ => 0o755,
        };
        let (user, group) = match self.belongs_to_service() {
            true => (draft.last(section, "User"), draft.last(section, "Group")),
            false => (None, None),
        };
        let user = resolved(user.as_deref().unwrap_or("root"))?;
        let group = resolved(group.as_deref().unwrap_or(&user))?;
        if [&user, &group]
            .iter()
            .any(|name| name.starts_with(|c: char| c.is_ascii_digit()))
        {
            return Err("a file of a package belongs to a name, not to a number".to_owned());
        }
        Ok(Directory {
            path: format!("{}/{name}", self.root),
            mode,
            user,
            group,
            reason: format!("{}= of {}", self.key, draft.unit.name),
        })
    }
}
