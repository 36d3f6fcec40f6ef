//! How the versions of systemd read one and the same file differently.

use crate::target::Profile;

/// A way to read unit files, named after the first version that it was seen in.
///
/// Seen in `conf-parser.c` and `fileio.c` of 219 (Red Hat's 7), 239 (Red Hat's 8), and on the real
/// `systemctl enable` of 219, 239 and 252:
///
/// | | 219 | 239 | 240 and later |
/// |---|---|---|---|
/// | a comment line with `\` at its end | swallows the next line | the same | is a comment |
/// | a comment line within a continued line | becomes part of the value | the same | is skipped |
/// | a `\` at the end of the last line | the line is lost | the line counts | the line counts |
/// | a lone CR | is blank space | the same | ends the line |
/// | `\` before CRLF | does not continue the line | the same | continues it |
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// CentOS 7 and Amazon Linux 2.
    V219,
    /// CentOS 8 and its kin.
    V239,
    /// Everything later; what a developer's own machine reads.
    V240,
}

impl Dialect {
    /// All of them, oldest first.
    pub const ALL: [Dialect; 3] = [Dialect::V219, Dialect::V239, Dialect::V240];

    /// The dialect of a target.
    pub fn of(profile: &Profile) -> Self {
        match profile.systemd.value {
            // Between 219 and 239 no target lies; what is lost there is not known to be kept.
            ..239 => Dialect::V219,
            239 => Dialect::V239,
            240.. => Dialect::V240,
        }
    }

    /// Whether comment lines are set aside before `\` is looked at (v240).
    pub(super) fn skips_comments_first(self) -> bool {
        self == Dialect::V240
    }

    /// Whether a line that ends in `\` at the end of the file counts.
    pub(super) fn keeps_open_end(self) -> bool {
        self != Dialect::V219
    }

    /// Whether this byte ends a line.
    pub(super) fn ends_line(self, byte: u8) -> bool {
        match byte {
            b'\n' | 0 => true,
            b'\r' => self == Dialect::V240,
            _ => false,
        }
    }

    /// The length of the line end that `rest` starts with, 0 where it starts with none.
    ///
    /// From v240 on a run of different line end characters is one line end, so that CRLF is; a
    /// NUL ends the run (`read_line_full()`).
    pub(super) fn line_end(self, rest: &[u8]) -> usize {
        if self != Dialect::V240 {
            return usize::from(rest.first().is_some_and(|byte| self.ends_line(*byte)));
        }
        let mut length = 0;
        for byte in rest {
            let seen = rest[..length].contains(byte) || rest[..length].contains(&0);
            if !self.ends_line(*byte) || seen {
                break;
            }
            length += 1;
        }
        length
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target;

    #[test]
    fn targets_have_the_dialect_of_their_systemd() {
        let dialect = |name| Dialect::of(target::find(name).unwrap().profile());
        assert_eq!(dialect("centos7"), Dialect::V219);
        assert_eq!(dialect("centos8"), Dialect::V239);
    }

    #[test]
    fn line_ends_are_those_of_the_version() {
        for (rest, old, new) in [
            ("x", 0, 0),
            ("\nx", 1, 1),
            ("\r\nx", 0, 2),
            ("\n\rx", 1, 2),
            ("\n\nx", 1, 1),
            ("\r\n\r\n", 0, 2),
            ("\0\n", 1, 1),
        ] {
            assert_eq!(Dialect::V219.line_end(rest.as_bytes()), old, "{rest:?}");
            assert_eq!(Dialect::V240.line_end(rest.as_bytes()), new, "{rest:?}");
        }
    }
}
