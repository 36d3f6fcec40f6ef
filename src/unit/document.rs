//! A unit file as it is: every byte kept, and what systemd sees in it.

use super::dialect::Dialect;
use super::read::{Reading, read};
use super::word;
use std::ops::Range;

/// A unit file, or a file of the same syntax, that loses nothing.
///
/// The bytes are the document; sections and directives are an index over them. So what is written
/// is what was read, whatever it was, and an edit changes the bytes of the edit alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub(super) bytes: Vec<u8>,
    pub(super) dialect: Dialect,
    pub(super) reading: Reading,
}

/// A section's header line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// What stands between the brackets, blanks included.
    pub name: String,
    /// Where that stands, in bytes of the file.
    pub name_range: Range<usize>,
    /// The whole line with its line end, in bytes of the file.
    pub range: Range<usize>,
    /// The number of the line, from 1.
    pub line: usize,
}

/// A line `Key=Value`, with the lines that continue it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// The section it stands in.
    pub section: String,
    /// Which header it stands under, as sections can be repeated.
    pub(super) header: usize,
    /// The key, without blanks around it.
    pub key: String,
    /// The value as systemd sees it: continued lines joined, a space in the place of each `\`,
    /// blanks around it stripped, nothing unquoted or unescaped.
    pub value: String,
    /// Where the key stands, in bytes of the file.
    pub key_range: Range<usize>,
    /// Where the value stands, from its first byte to its last, in bytes of the file.
    pub value_range: Range<usize>,
    /// The whole entry: all its lines with their line ends, in bytes of the file.
    pub range: Range<usize>,
    /// The number of its first line, from 1.
    pub line: usize,
}

impl Directive {
    /// Whether it assigns to this key of this section.
    pub fn is(&self, section: &str, key: &str) -> bool {
        self.section == section && self.key == key
    }
}

/// A line that systemd does not take as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// Where, in bytes of the file.
    pub range: Range<usize>,
    /// The number of the line, from 1.
    pub line: usize,
}

/// What can be wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// A `[` without `]`: systemd refuses the unit.
    Header,
    /// No `=`: systemd before 240 refuses the unit, later ones ignore the line.
    NoEquals,
    /// Nothing before the `=`: ignored.
    NoKey,
    /// A directive before the first section: ignored.
    OutsideSection,
    /// `.include FILE`: removed from later versions, and not followed here.
    Include,
    /// Not UTF-8: systemd 239 and later refuse the unit.
    NotUtf8,
    /// The file ends in a line that ends in `\`: systemd 219 drops that line.
    OpenEnd,
}

impl Document {
    /// Reads a file as today's systemd does. It never fails: what systemd would not take is in
    /// [`Document::problems`].
    pub fn parse(bytes: &[u8]) -> Self {
        Self::parse_as(bytes, Dialect::V240)
    }

    /// Reads a file as some version of systemd does.
    pub fn parse_as(bytes: &[u8], dialect: Dialect) -> Self {
        Document {
            reading: read(bytes, dialect),
            bytes: bytes.to_vec(),
            dialect,
        }
    }

    /// The same bytes, read as another version does.
    #[must_use]
    pub fn as_read_by(&self, dialect: Dialect) -> Self {
        Self::parse_as(&self.bytes, dialect)
    }

    /// How it was read.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The file.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.bytes.clone()
    }

    /// The header lines in the order of the file; a section can be repeated.
    pub fn sections(&self) -> &[Header] {
        &self.reading.headers
    }

    /// Whether there is such a section, empty or not.
    pub fn has_section(&self, section: &str) -> bool {
        self.sections().iter().any(|header| header.name == section)
    }

    /// The directives in the order of the file; `Key=` is one with an empty value.
    pub fn directives(&self) -> &[Directive] {
        &self.reading.directives
    }

    /// The lines that systemd does not take.
    pub fn problems(&self) -> &[Problem] {
        &self.reading.problems
    }

    /// Every assignment of a key, resets included.
    pub fn assignments<'a, 'k: 'a>(
        &'a self,
        section: &'k str,
        key: &'k str,
    ) -> impl DoubleEndedIterator<Item = &'a Directive> + use<'a, 'k> {
        self.directives()
            .iter()
            .filter(move |directive| directive.is(section, key))
    }

    /// The values of a key that is a list: an empty assignment forgets those before it.
    ///
    /// Not all lists are so: `Wants=` and the other dependencies cannot be reset
    /// (systemd.unit(5)), and neither can `Also=`. For these take [`Document::assignments`].
    pub fn values(&self, section: &str, key: &str) -> Vec<&str> {
        let mut values = Vec::new();
        for directive in self.directives() {
            if !directive.is(section, key) {
                continue;
            }
            if directive.value.is_empty() {
                values.clear();
            } else {
                values.push(directive.value.as_str());
            }
        }
        values
    }

    /// The words of all [`Document::values`], quotes taken off.
    pub fn words(&self, section: &str, key: &str) -> Vec<String> {
        let values = self.values(section, key);
        values.into_iter().flat_map(word::words).collect()
    }

    /// The last value of a key that is not a list; empty where the last assignment takes it back.
    pub fn last(&self, section: &str, key: &str) -> Option<&str> {
        let assigned = self.directives().iter().rfind(|d| d.is(section, key));
        assigned.map(|directive| directive.value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `section key value`, as it is read.
    fn seen(bytes: &[u8], dialect: Dialect) -> Vec<String> {
        let document = Document::parse_as(bytes, dialect);
        let line = |d: &Directive| format!("{} {} {:?}", d.section, d.key, d.value);
        document.directives().iter().map(line).collect()
    }

    /// What each of the three dialects sees.
    fn all_see(bytes: &str, expected: &[&str]) {
        for dialect in Dialect::ALL {
            assert_eq!(
                seen(bytes.as_bytes(), dialect),
                expected,
                "{bytes:?} {dialect:?}"
            );
        }
    }

    #[test]
    fn what_all_versions_read_alike() {
        all_see(
            "[Unit]\nA=1\n[Service]\nB = 2 \n",
            &["Unit A \"1\"", "Service B \"2\""],
        );
        all_see(
            "\u{feff}[Unit]\r\n\tA\t=\t1 # no comment\r\n",
            &["Unit A \"1 # no comment\""],
        );
        all_see("\u{feff}# A=1\n; B=2\n[U]\nA=", &["U A \"\""]);
        all_see(
            "[U]\nA=x=y\nA=1\n[V]\n[U]\nA=2",
            &["U A \"x=y\"", "U A \"1\"", "U A \"2\""],
        );
        all_see(
            "[U]\nA=a \\\n  b \\\n\tc\nB=d\n",
            &["U A \"a    b  \\tc\"", "U B \"d\""],
        );
        all_see("[U]\nA=C:\\\\\nB=1", &["U A \"C:\\\\\\\\\"", "U B \"1\""]);
        all_see("[U]\nA\\\n=1\n", &["U A \"1\""]);
        all_see("[ U ]\nA=1\n", &[" U  A \"1\""]);
        all_see("[U]\0A=1\0", &["U A \"1\""]);
    }

    #[test]
    fn where_the_versions_differ() {
        let comment = b"[U]\nA=a \\\n# c\n b\n";
        assert_eq!(seen(comment, Dialect::V239), ["U A \"a  # c\""]);
        assert_eq!(seen(comment, Dialect::V240), ["U A \"a   b\""]);
        let swallowed = b"[S]\n# c \\\n[Install]\nA=1\n";
        assert_eq!(seen(swallowed, Dialect::V239), ["S A \"1\""]);
        assert_eq!(seen(swallowed, Dialect::V240), ["Install A \"1\""]);
        let carriage = b"[U]\rA=1\rB=2";
        assert!(seen(carriage, Dialect::V239).is_empty());
        assert_eq!(seen(carriage, Dialect::V240), ["U A \"1\"", "U B \"2\""]);
        let windows = b"[U]\r\nA=a \\\r\nB=2\r\n";
        assert_eq!(
            seen(windows, Dialect::V239),
            ["U A \"a \\\\\"", "U B \"2\""]
        );
        assert_eq!(seen(windows, Dialect::V240), ["U A \"a  B=2\""]);
        for open in ["[U]\nA=1 \\", "[U]\nA=1 \\\n"] {
            assert!(seen(open.as_bytes(), Dialect::V219).is_empty());
            assert_eq!(seen(open.as_bytes(), Dialect::V239), ["U A \"1\""]);
        }
    }

    #[test]
    fn ranges_point_at_the_bytes_in_the_file() {
        let text = "\u{feff}[Unit]\r\n  Wants = a \\\r\n# c\r\n  b\r\nX=\r\n";
        let document = Document::parse(text.as_bytes());
        let header = &document.sections()[0];
        assert_eq!(&text[header.name_range.clone()], "Unit");
        assert_eq!(&text[header.range.clone()], "\u{feff}[Unit]\r\n");
        let wants = &document.directives()[0];
        assert_eq!(&text[wants.key_range.clone()], "Wants");
        assert_eq!(&text[wants.value_range.clone()], "a \\\r\n# c\r\n  b");
        assert_eq!(
            &text[wants.range.clone()],
            "  Wants = a \\\r\n# c\r\n  b\r\n"
        );
        assert_eq!(wants.line, 2);
        let reset = &document.directives()[1];
        assert_eq!((reset.line, reset.value_range.len()), (5, 0));
        assert!(text[..reset.value_range.start].ends_with("X="));
    }

    #[test]
    fn lines_that_systemd_does_not_take_are_problems() {
        let bytes = b"A=1\n[U]\nfoo\n=1\n[X\n.include a=b\nD=\xff\nE=1 \\";
        let document = Document::parse(bytes);
        let problems: Vec<_> = document
            .problems()
            .iter()
            .map(|p| (p.line, p.kind))
            .collect();
        assert_eq!(
            problems,
            [
                (1, ProblemKind::OutsideSection),
                (3, ProblemKind::NoEquals),
                (4, ProblemKind::NoKey),
                (5, ProblemKind::Header),
                (6, ProblemKind::Include),
                (7, ProblemKind::NotUtf8),
                (8, ProblemKind::OpenEnd),
            ]
        );
        assert_eq!(&bytes[document.problems()[1].range.clone()], b"foo");
    }

    #[test]
    fn an_empty_assignment_resets_a_list() {
        let document = Document::parse(b"[I]\nW=a b\nW=\nW=c\nW=d\nL=1\nL=\n");
        assert_eq!(document.values("I", "W"), ["c", "d"]);
        assert_eq!(document.words("I", "W"), ["c", "d"]);
        assert_eq!(document.last("I", "L"), Some(""));
        assert_eq!(document.last("I", "M"), None);
    }

    proptest! {
        #[test]
        fn print_is_what_was_parsed(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            for dialect in Dialect::ALL {
                prop_assert_eq!(Document::parse_as(&bytes, dialect).to_bytes(), bytes.clone());
            }
        }

        #[test]
        fn ranges_are_in_order_and_hold_key_and_value(
            bytes in proptest::collection::vec(
                proptest::sample::select(b"[]Uab=\\ \t\r\n\0#;\xef\xbb\xbf\xff".to_vec()), 0..80,
            ),
        ) {
            for dialect in Dialect::ALL {
                let document = Document::parse_as(&bytes, dialect);
                let mut end = 0;
                for directive in document.directives() {
                    prop_assert!(end <= directive.range.start);
                    prop_assert!(directive.range.start <= directive.key_range.start);
                    prop_assert!(directive.key_range.end <= directive.value_range.start);
                    prop_assert!(directive.value_range.end <= directive.range.end);
                    end = directive.range.end;
                    if !directive.key.contains(' ') {
                        let key = &bytes[directive.key_range.clone()];
                        prop_assert_eq!(key, directive.key.as_bytes());
                    }
                }
            }
        }
    }
}
