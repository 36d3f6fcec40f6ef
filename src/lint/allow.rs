//! `# ambot: allow(AMB012)` in a unit.
//!
//! A comment before the first section holds for the whole unit; any other holds for the directive
//! that comes next.

use super::{Finding, Rule, find};
use crate::unit::UnitFile;
use std::ops::Range;

/// The rules that a unit allows.
pub(super) struct Allowed {
    /// A rule, and the line that it is allowed for; every line where there is none.
    entries: Vec<(&'static Rule, Option<usize>)>,
}

/// A comment that speaks to us.
pub(super) struct Comment<'a> {
    /// Its line, from 1.
    pub(super) line: usize,
    /// What stands after `ambot:`.
    pub(super) text: &'a str,
    /// Where, in bytes of the file.
    pub(super) range: Range<usize>,
    /// Whether no section begins before it.
    before_sections: bool,
}

impl Comment<'_> {
    /// What stands between the brackets of `allow(…)`, word by word, each with its place in bytes
    /// of the file; nothing where the comment is none of that form.
    pub(super) fn allowed(&self) -> Option<Vec<(&str, Range<usize>)>> {
        // What stands after it is the user's reason.
        let (list, _) = self.text.strip_prefix("allow(")?.split_once(')')?;
        let mut at = self.range.start + "allow(".len();
        let mut words = Vec::new();
        for piece in list.split(',') {
            let word = piece.trim();
            let start = at + (piece.len() - piece.trim_start().len());
            words.push((word, start..start + word.len()));
            at += piece.len() + 1;
        }
        Some(words)
    }
}

/// The comments of a unit that speak to us.
pub(super) fn comments(text: &str) -> Vec<Comment<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut before_sections = true;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let bare = line.trim_start_matches(['\u{feff}', ' ', '\t']);
        before_sections &= !bare.starts_with('[');
        let said = bare
            .strip_prefix(['#', ';'])
            .and_then(|comment| comment.trim_start().strip_prefix("ambot:"));
        if let Some(said) = said {
            let start = at + line.len() - said.trim_start().len();
            let text = said.trim();
            found.push(Comment {
                line: index + 1,
                text,
                range: start..start + text.len(),
                before_sections,
            });
        }
        at += line.len();
    }
    found
}

impl Allowed {
    pub(super) fn of(unit: &UnitFile) -> Self {
        let document = &unit.document;
        let text = String::from_utf8_lossy(document.as_bytes());
        let mut entries = Vec::new();
        for comment in comments(&text) {
            let lines = document.directives().iter().map(|directive| directive.line);
            let next = lines.into_iter().find(|line| *line > comment.line);
            let words = comment.allowed().unwrap_or_default();
            for rule in words.into_iter().filter_map(|(word, _)| find(word)) {
                // Where no directive follows it is for none.
                let line = next.or(Some(0)).filter(|_| !comment.before_sections);
                entries.push((rule, line));
            }
        }
        Allowed { entries }
    }

    pub(super) fn covers(&self, finding: &Finding) -> bool {
        !finding.rule.is_final()
            && self.entries.iter().any(|(rule, line)| {
                rule.code == finding.rule.code && (line.is_none() || *line == finding.line)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::codes_of;
    use super::comments;

    #[test]
    fn a_comment_allows_a_rule_for_the_next_line_or_the_whole_unit() {
        let unit = |head: &str, before: &str| {
            format!("{head}[Service]\nExecStart=/bin/true\n{before}Bogus=1\nBogus=2\n")
        };
        let count = |text: &str| {
            codes_of("el8", text)
                .iter()
                .filter(|code| *code == "AMB011")
                .count()
        };
        assert_eq!(count(&unit("", "")), 2);
        assert_eq!(count(&unit("", "# ambot: allow(AMB011)\n")), 1);
        assert_eq!(count(&unit("; ambot: allow(AMB012, amb011)\n", "")), 0);
        assert_eq!(
            count(&unit("#ambot:allow(unknown-directive) ours\n", "")),
            0
        );
        assert_eq!(count(&unit("", "# ambot: allow(AMB012)\n")), 2);
    }

    #[test]
    fn each_word_has_its_place() {
        let text = "\u{feff}# a\n  ; ambot:  allow( AMB011,x )  \n";
        let comment = &comments(text)[0];
        let words = comment.allowed().unwrap();
        let places = words.into_iter().map(|(word, range)| (word, &text[range]));
        assert_eq!(
            places.collect::<Vec<_>>(),
            [("AMB011", "AMB011"), ("x", "x")]
        );
        assert_eq!(comment.line, 2);
    }
}
