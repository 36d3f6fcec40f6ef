//! `# ambot: allow(AMB012)` in a unit.
//!
//! A comment before the first section holds for the whole unit; any other holds for the directive
//! that comes next.

use super::Finding;
use crate::unit::UnitFile;

pub(super) struct Allowed {
    /// A code, and the line that it holds for; every line where there is none.
    entries: Vec<(String, Option<usize>)>,
}

impl Allowed {
    pub(super) fn of(unit: &UnitFile) -> Self {
        let document = &unit.document;
        let text = String::from_utf8_lossy(document.as_bytes()).into_owned();
        let first_section = text
            .lines()
            .position(|line| line.trim_start().starts_with('['));
        let mut entries = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let next = document
                .directives()
                .iter()
                .map(|directive| directive.line)
                .find(|line| *line > index + 1);
            let whole = first_section.is_none_or(|section| index < section);
            for code in codes(line) {
                entries.push((code, if whole { None } else { next }));
            }
        }
        Allowed { entries }
    }

    pub(super) fn covers(&self, finding: &Finding) -> bool {
        self.entries.iter().any(|(code, line)| {
            *code == finding.rule.code && (line.is_none() || *line == finding.line)
        })
    }
}

/// The codes that a comment allows.
fn codes(line: &str) -> Vec<String> {
    let line = line.trim_start_matches(['\u{feff}', ' ', '\t']);
    let Some(comment) = line.strip_prefix(['#', ';']) else {
        return Vec::new();
    };
    let list = comment
        .trim()
        .strip_prefix("ambot:")
        .map(str::trim)
        .and_then(|rest| rest.strip_prefix("allow("));
    let Some((list, _)) = list.and_then(|rest| rest.split_once(')')) else {
        return Vec::new();
    };
    list.split(',').map(|code| code.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::codes_of;

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
        assert_eq!(count(&unit("; ambot: allow(AMB099, AMB011)\n", "")), 0);
        assert_eq!(count(&unit("", "# ambot: allow(AMB012)\n")), 2);
    }
}
