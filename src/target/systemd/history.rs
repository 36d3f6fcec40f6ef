//! From which version to which something is known.

use super::table::version;
use super::tree::{Tree, Trees};

/// When upstream took something in and when it let it go, and which trees have it besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History {
    /// The first release of upstream; 1 stands for 1 and earlier. None where upstream never had it.
    pub since: Option<u16>,
    /// What became of it.
    pub removed: Option<Removal>,
    backported: Trees,
}

/// How upstream let something go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// The name is still known and does nothing, with a line in the log that few see.
    Ignored {
        /// From this release on.
        since: u16,
    },
    /// The name means another directive, with a warning.
    Mapped {
        /// From this release on.
        since: u16,
    },
    /// The name is unknown.
    Gone {
        /// From this release on.
        since: u16,
    },
}

/// What one target makes of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It works.
    Known,
    /// It is known and does nothing: no warning tells.
    Ignored {
        /// From this release of upstream on.
        since: u16,
    },
    /// It works through the directive that took its place, with a warning.
    Obsolete {
        /// From this release of upstream on.
        since: u16,
    },
    /// It is unknown there, and known to later releases.
    TooNew {
        /// From this release of upstream on.
        since: u16,
    },
    /// It is unknown there, and was known to earlier releases.
    Removed {
        /// From this release of upstream on.
        since: u16,
    },
    /// It is unknown there; another distribution added it to its own systemd.
    Downstream,
    /// It starts with `X-`: systemd passes over it without a word, on every version.
    Private,
    /// No version knows it.
    Unknown,
}

impl Standing {
    /// Whether it has its effect there.
    pub fn works(self) -> bool {
        matches!(self, Standing::Known | Standing::Obsolete { .. })
    }

    /// Whether systemd warns of an unknown name.
    pub fn is_unknown(self) -> bool {
        match self {
            Standing::TooNew { .. }
            | Standing::Removed { .. }
            | Standing::Downstream
            | Standing::Unknown => true,
            Standing::Known
            | Standing::Ignored { .. }
            | Standing::Obsolete { .. }
            | Standing::Private => false,
        }
    }
}

impl History {
    /// Known from a release on, for ever.
    pub(super) fn from_release(since: u16) -> Self {
        History {
            since: Some(since),
            removed: None,
            backported: Trees::default(),
        }
    }

    /// From the fields of a table; `removed` is `ignored:N`, `mapped:N`, `gone:N` or nothing.
    pub(super) fn read(since: &str, removed: &str, backported: &str) -> Self {
        let removed = removed
            .split_once(':')
            .and_then(|(how, since)| Removal::read(how, version(since)?));
        History {
            since: version(since),
            removed,
            backported: Trees::read(backported),
        }
    }

    /// What a tree makes of it.
    pub fn standing(&self, tree: Tree) -> Standing {
        if !self.backported.contains(tree) {
            match self.since {
                None => return Standing::Downstream,
                Some(since) if since > tree.version() => return Standing::TooNew { since },
                Some(_) => {}
            }
        }
        match self.removed {
            Some(removal) if removal.since() <= tree.version() => removal.standing(),
            _ => Standing::Known,
        }
    }

    /// The trees that have it although their version of upstream has not.
    pub fn backported(&self) -> impl Iterator<Item = Tree> {
        self.backported.iter()
    }
}

impl Removal {
    pub(super) fn read(how: &str, since: u16) -> Option<Self> {
        match how {
            "ignored" => Some(Removal::Ignored { since }),
            "mapped" => Some(Removal::Mapped { since }),
            "gone" => Some(Removal::Gone { since }),
            _ => None,
        }
    }

    /// The first release of upstream that it holds for.
    pub fn since(self) -> u16 {
        match self {
            Removal::Ignored { since } | Removal::Mapped { since } | Removal::Gone { since } => {
                since
            }
        }
    }

    fn standing(self) -> Standing {
        match self {
            Removal::Ignored { since } => Standing::Ignored { since },
            Removal::Mapped { since } => Standing::Obsolete { since },
            Removal::Gone { since } => Standing::Removed { since },
        }
    }
}
