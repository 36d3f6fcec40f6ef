//! The `[Install]` section: whether there is one that does something, and putting one in.

use super::document::Document;
use super::name::BootTarget;

const INSTALL: &str = "Install";

/// The first version that knows `UpheldBy=` (systemd.unit(5)).
const UPHELD_BY_SINCE: u16 = 254;

impl Document {
    /// Whether `systemctl enable` of this version of systemd does anything for the unit.
    ///
    /// These count as in `install.c`: `WantedBy=`, `RequiredBy=` and `Alias=` with something in
    /// them after resets (links are made; `UNIT_FILE_DISABLED`), and `Also=`, which no empty
    /// assignment takes back (other units are enabled; `UNIT_FILE_INDIRECT`). `DefaultInstance=`
    /// alone does not: it says which instance, and still nothing wants it. `UpheldBy=` counts
    /// from v254 on; an older version ignores it.
    pub fn has_install_information(&self, systemd: u16) -> bool {
        let links = ["WantedBy", "RequiredBy", "Alias"]
            .into_iter()
            .chain((systemd >= UPHELD_BY_SINCE).then_some("UpheldBy"))
            .any(|key| !self.words(INSTALL, key).is_empty());
        let others = self
            .assignments(INSTALL, "Also")
            .any(|d| !d.value.is_empty());
        links || others
    }

    /// Sees to it that the unit is wanted by this target, and says whether that changed a byte.
    ///
    /// The line goes into the last `[Install]` section if there is one: behind its directives, so
    /// that no reset follows, and right behind the header of an empty one. Else a section is
    /// appended after a blank line. Line ends are the document's own. Every other byte stays; only
    /// a missing final line end is added, and a last line that ends in `\` is closed, which would
    /// otherwise swallow what follows.
    pub fn inject_install(&mut self, wanted_by: BootTarget) -> bool {
        let wanted = self.words(INSTALL, "WantedBy");
        if wanted.iter().any(|word| word == wanted_by.as_str()) {
            return false;
        }
        let line_end = self.line_end();
        let directive = format!("WantedBy={wanted_by}{line_end}");
        let (at, text) = match self.end_of_install() {
            Some(at) if at < self.bytes.len() => (at, directive),
            Some(at) => (at, self.closing() + &directive),
            None => (
                self.bytes.len(),
                format!(
                    "{}[{INSTALL}]{line_end}{directive}",
                    self.blank_line_at_end()
                ),
            ),
        };
        self.bytes.splice(at..at, text.into_bytes());
        *self = Self::parse_as(&self.bytes, self.dialect);
        true
    }

    /// The line end of the first line, which editors keep to.
    pub(super) fn line_end(&self) -> &'static str {
        match self.bytes.iter().position(|byte| *byte == b'\n') {
            Some(at) if self.bytes[..at].ends_with(b"\r") => "\r\n",
            _ => "\n",
        }
    }

    /// Where a directive can be added to the last `[Install]` section.
    fn end_of_install(&self) -> Option<usize> {
        let headers = self.sections();
        let index = headers.iter().rposition(|header| header.name == INSTALL)?;
        let last = self.directives().iter().rfind(|d| d.header == index);
        Some(last.map_or(headers[index].range.end, |directive| directive.range.end))
    }

    /// What ends the last line, so that the next byte is the first of a new logical line.
    pub(super) fn closing(&self) -> String {
        let end = self.reading.end;
        // A line feed of ours would make one line end with a lone CR before it.
        let unterminated = end.unterminated || self.bytes.ends_with(b"\r");
        self.line_end()
            .repeat(usize::from(unterminated) + usize::from(end.open))
    }

    /// What makes the last line a finished blank one; an empty file needs none.
    pub(super) fn blank_line_at_end(&self) -> String {
        let mut text = self.closing();
        // The line that closes a continuation is blank already.
        if !self.reading.end.open && !self.reading.end.blank {
            text.push_str(self.line_end());
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::super::dialect::Dialect;
    use super::*;
    use proptest::prelude::*;

    fn injected(text: &str, dialect: Dialect) -> String {
        let mut document = Document::parse_as(text.as_bytes(), dialect);
        document.inject_install(BootTarget::MultiUser);
        assert_eq!(
            document.words(INSTALL, "WantedBy").last().unwrap(),
            "multi-user.target"
        );
        String::from_utf8(document.to_bytes()).unwrap()
    }

    #[test]
    fn a_section_is_appended_with_the_files_own_line_ends() {
        for dialect in Dialect::ALL {
            let appended = |text: &str| {
                let result = injected(text, dialect);
                result.strip_prefix(text).unwrap().to_owned()
            };
            let section = "[Install]\nWantedBy=multi-user.target\n";
            assert_eq!(appended("[Unit]\nA=1\n"), format!("\n{section}"));
            assert_eq!(appended("[Unit]\nA=1"), format!("\n\n{section}"));
            assert_eq!(appended("[Unit]\nA=1\n\n"), section);
            assert_eq!(appended("[Unit]\nA=1\n  "), format!("\n{section}"));
            assert_eq!(appended("[Unit]\n# end"), format!("\n\n{section}"));
            assert_eq!(appended("[Unit]\nA=1 \\"), format!("\n\n{section}"));
            assert_eq!(appended("[Unit]\nA=1 \\\n"), format!("\n{section}"));
            let windows = "\r\n[Install]\r\nWantedBy=multi-user.target\r\n";
            assert_eq!(appended("\u{feff}[Unit]\r\nA=1\r\n"), windows);
            assert_eq!(appended("[Unit]\r\nA=1"), format!("\r\n{windows}"));
            assert_eq!(appended(""), section);
        }
    }

    #[test]
    fn a_comment_that_ends_in_a_backslash_swallows_nothing() {
        let text = "[Service]\nA=1\n# C:\\";
        let old = injected(text, Dialect::V219);
        assert_eq!(
            old,
            format!("{text}\n\n[Install]\nWantedBy=multi-user.target\n")
        );
        injected(text, Dialect::V240);
    }

    #[test]
    fn the_last_install_section_is_used_where_there_is_one() {
        for (before, after) in [
            (
                "[Service]\nA=1\n[Install]\n# none yet\n",
                "[Service]\nA=1\n[Install]\nWantedBy=multi-user.target\n# none yet\n",
            ),
            (
                "[Install]\n\n[Service]\nA=1\n",
                "[Install]\nWantedBy=multi-user.target\n\n[Service]\nA=1\n",
            ),
            ("[Install]", "[Install]\nWantedBy=multi-user.target\n"),
            (
                "[Install]\r\n",
                "[Install]\r\nWantedBy=multi-user.target\r\n",
            ),
            (
                "[Install]\nWantedBy=\n\n[X]\n",
                "[Install]\nWantedBy=\nWantedBy=multi-user.target\n\n[X]\n",
            ),
            (
                "[Install]\nDefaultInstance=a \\",
                "[Install]\nDefaultInstance=a \\\n\nWantedBy=multi-user.target\n",
            ),
            (
                "[Install]\n[Install]\n",
                "[Install]\n[Install]\nWantedBy=multi-user.target\n",
            ),
        ] {
            assert_eq!(injected(before, Dialect::V239), after);
        }
    }

    #[test]
    fn what_counts_as_install_information() {
        let counts = |lines: &str, systemd| {
            let text = format!("[Service]\nWantedBy=x\n[Install]\n{lines}\n");
            Document::parse(text.as_bytes()).has_install_information(systemd)
        };
        for lines in [
            "WantedBy=a.target",
            "RequiredBy=a",
            "Alias=b.service",
            "Also=c.socket",
        ] {
            assert!(counts(lines, 219), "{lines}");
        }
        assert!(counts("WantedBy=\nWantedBy=a", 219));
        assert!(counts("Also=c.socket\nAlso=", 219));
        for lines in [
            "",
            "WantedBy=",
            "WantedBy=a\nWantedBy=",
            "DefaultInstance=x",
            "#WantedBy=a",
        ] {
            assert!(!counts(lines, 255), "{lines}");
        }
        assert!(!counts("UpheldBy=a", 239));
        assert!(counts("UpheldBy=a", 254));
    }

    /// Lines of units as people write them, with what goes wrong in them.
    fn plausible_unit() -> impl Strategy<Value = Vec<u8>> {
        let line = proptest::sample::select(vec![
            "[Unit]",
            "[Install]",
            "[Service]",
            "  [Install]  ",
            "[Install",
            "WantedBy=",
            "WantedBy=multi-user.target",
            "WantedBy=\"multi-user.target\"",
            "WantedBy='x",
            "Also=a.socket",
            "DefaultInstance=x",
            "ExecStart=/bin/a \\",
            "  --flag \\",
            "# c",
            "; c \\",
            "#\\",
            "",
            "  ",
            "\\",
            "\\\\",
            "novalue",
            "=",
            "\u{feff}",
            "\u{feff}[Install]",
        ]);
        let end = proptest::sample::select(vec!["\n", "\r\n", "\r", "\0", "\n\n", "\n\r", ""]);
        proptest::collection::vec((line, end), 0..14).prop_map(|lines| {
            let text: String = lines
                .into_iter()
                .flat_map(|(line, end)| [line, end])
                .collect();
            text.into_bytes()
        })
    }

    fn inject_and_look(bytes: &[u8]) -> Result<(), TestCaseError> {
        for dialect in Dialect::ALL {
            let mut once = Document::parse_as(bytes, dialect);
            let changed = once.inject_install(BootTarget::MultiUser);
            let words = once.words(INSTALL, "WantedBy");
            prop_assert!(
                words.contains(&"multi-user.target".to_owned()),
                "{dialect:?}"
            );
            prop_assert!(once.has_install_information(219));
            prop_assert_eq!(changed, once.as_bytes() != bytes);
            let mut twice = once.clone();
            prop_assert!(!twice.inject_install(BootTarget::MultiUser));
            prop_assert_eq!(&twice, &once);
            only_added(bytes, once.as_bytes())?;
        }
        Ok(())
    }

    /// The new bytes are the old ones with one run of bytes put in.
    fn only_added(before: &[u8], after: &[u8]) -> Result<(), TestCaseError> {
        let head = before.iter().zip(after).take_while(|(a, b)| a == b).count();
        let rest = &before[head..];
        prop_assert!(after.len() >= before.len() && after[head..].ends_with(rest));
        Ok(())
    }

    /// What each directive but ours says is the same before and after, where no last line was
    /// open.
    fn nothing_else_changes(bytes: &[u8]) -> Result<(), TestCaseError> {
        for dialect in Dialect::ALL {
            let before = Document::parse_as(bytes, dialect);
            let mut after = before.clone();
            let changed = after.inject_install(BootTarget::MultiUser);
            if before.reading.end.open {
                continue;
            }
            let said = |document: &Document| -> Vec<String> {
                let line =
                    |d: &super::super::Directive| format!("[{}]{}={}", d.section, d.key, d.value);
                document.directives().iter().map(line).collect()
            };
            let mut lines = said(&after);
            if changed {
                let ours = "[Install]WantedBy=multi-user.target";
                let at = lines.iter().rposition(|line| line == ours).unwrap();
                lines.remove(at);
            }
            prop_assert_eq!(lines, said(&before));
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn injecting_twice_is_injecting_once_in_any_bytes(
            bytes in proptest::collection::vec(any::<u8>(), 0..120),
        ) {
            inject_and_look(&bytes)?;
            nothing_else_changes(&bytes)?;
        }

        #[test]
        fn injecting_twice_is_injecting_once_in_units(bytes in plausible_unit()) {
            inject_and_look(&bytes)?;
            nothing_else_changes(&bytes)?;
        }
    }
}
