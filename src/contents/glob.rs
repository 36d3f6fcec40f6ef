//! Patterns of paths and names, within bounds.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// The longest pattern, in bytes: as long as a path may be (`PATH_MAX`).
const LONGEST: usize = 4096;
/// How deep braces may stand in braces; who reads them calls itself as often.
const DEEPEST: usize = 16;

/// What a pattern may match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Across {
    /// `*` and `?` stand for a slash as well.
    Slashes,
    /// They stay within a part of a path; `**` goes on.
    Nothing,
}

/// A pattern: `*`, `?`, `**`, `[ab]`, `{a,b}`.
#[derive(Clone, Debug)]
pub struct Glob(GlobSet);

impl Glob {
    /// Reads a pattern.
    ///
    /// # Errors
    /// Says why it is none.
    pub fn parse(text: &str, across: Across) -> Result<Self, String> {
        let glob = Self::read(text, across)?;
        let mut set = GlobSetBuilder::new();
        set.add(glob);
        // The one way to a matcher that tells of a pattern that is too large, instead of panicking.
        let set = set.build().map_err(|error| error.kind().to_string())?;
        Ok(Glob(set))
    }

    /// Reads a pattern that is to go into a set with others.
    ///
    /// # Errors
    /// Says why it is none.
    pub fn read(text: &str, across: Across) -> Result<globset::Glob, String> {
        if text.len() > LONGEST {
            return Err(format!("it is longer than {LONGEST} bytes"));
        }
        if depth(text) > DEEPEST {
            return Err(format!(
                "its braces stand in each other more than {DEEPEST} deep"
            ));
        }
        let mut builder = GlobBuilder::new(text);
        builder.literal_separator(across == Across::Nothing);
        builder.build().map_err(|error| error.kind().to_string())
    }

    /// Whether a path or a name is one of those.
    pub fn is_match(&self, text: impl AsRef<std::path::Path>) -> bool {
        self.0.is_match(text)
    }
}

/// How many braces are open at once.
fn depth(text: &str) -> usize {
    let (mut open, mut most) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'{' => open += 1,
            b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        most = most.max(open);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::{Across, Glob};

    #[test]
    fn patterns_match_as_they_are_documented() {
        let glob = |text| Glob::parse(text, Across::Nothing).unwrap();
        assert!(glob("etc/*.{toml,conf}").is_match("etc/a.conf"));
        assert!(!glob("etc/*").is_match("etc/a/b"));
        assert!(glob("etc/**").is_match("etc/a/b"));
        let flat = Glob::parse("lib*", Across::Slashes).unwrap();
        assert!(flat.is_match("lib/a"));
    }

    #[test]
    fn what_is_too_large_or_too_deep_is_no_pattern() {
        let wrong = |text: &str| Glob::parse(text, Across::Nothing).unwrap_err();
        let braces = |depth: usize| format!("{}*{}", "{".repeat(depth), "}".repeat(depth));
        assert!(Glob::parse(&braces(16), Across::Nothing).is_ok());
        assert!(wrong(&braces(17)).contains("16 deep"));
        assert!(wrong(&braces(1_000_000)).contains("longer than 4096"));
        assert!(wrong(&"?".repeat(5000)).contains("longer than 4096"));
        // As long and as wide as it may be, it is read or refused.
        for piece in ["?", "[!a]", "{a,b}", "**/", "*"] {
            let text = piece.repeat(4096 / piece.len());
            let _ = Glob::parse(&text, Across::Nothing);
        }
    }
}
