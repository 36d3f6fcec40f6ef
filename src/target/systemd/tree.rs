//! Which source tree of systemd a target's own was built from.

use serde::Deserialize;
use std::fmt;
use std::str::FromStr;

/// A source tree of systemd: a release of upstream, or a distribution's own with what it took over
/// from later releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tree {
    /// Red Hat's 219, branch `rhel-7.9`.
    El7,
    /// Red Hat's 239, tag `rhel-8.10.0`.
    El8,
    /// Red Hat's 252, of which two files were seen.
    El9,
    /// Red Hat's 257, of which two files were seen.
    El10,
    /// openEuler's 249, branch `openEuler-22.03-LTS`.
    OpenEuler2203,
    /// A release of upstream.
    Upstream(u16),
}

/// The trees with additions of their own, in the words of the tables. 252 is here because the
/// stable branch took something over as well.
const NAMED: [(&str, Tree); 6] = [
    ("el7", Tree::El7),
    ("el8", Tree::El8),
    ("el9", Tree::El9),
    ("el10", Tree::El10),
    ("oe2203", Tree::OpenEuler2203),
    ("v252", Tree::Upstream(252)),
];

impl Tree {
    /// The release of upstream that it is built on.
    pub const fn version(self) -> u16 {
        match self {
            Tree::El7 => 219,
            Tree::El8 => 239,
            Tree::El9 => 252,
            Tree::El10 => 257,
            Tree::OpenEuler2203 => 249,
            Tree::Upstream(version) => version,
        }
    }
}

impl FromStr for Tree {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some((_, tree)) = NAMED.iter().find(|(name, _)| *name == text) {
            return Ok(*tree);
        }
        text.strip_prefix('v')
            .and_then(|version| version.parse().ok())
            .map(Tree::Upstream)
            .ok_or_else(|| format!("`{text}` is neither el7, el8, el9, el10, oe2203 nor vNUMBER"))
    }
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NAMED.iter().find(|(_, tree)| tree == self) {
            Some((name, _)) => f.write_str(name),
            None => write!(f, "v{}", self.version()),
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// A set of trees with additions of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Trees(u8);

impl Trees {
    /// The trees of a field such as `el8,el9`.
    pub(super) fn read(field: &str) -> Self {
        if field.is_empty() {
            return Trees::default();
        }
        let of = |word: &str| NAMED.iter().position(|(name, _)| *name == word);
        Trees(
            field
                .split(',')
                .filter_map(of)
                .fold(0, |set, bit| set | 1 << bit),
        )
    }

    pub(super) fn contains(self, tree: Tree) -> bool {
        let bit = NAMED.iter().position(|(_, named)| *named == tree);
        bit.is_some_and(|bit| self.0 & (1 << bit) != 0)
    }

    /// The trees.
    pub(super) fn iter(self) -> impl Iterator<Item = Tree> {
        let trees = NAMED.iter().map(|(_, tree)| *tree);
        trees.filter(move |tree| self.contains(*tree))
    }
}
