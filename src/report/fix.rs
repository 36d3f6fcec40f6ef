//! What would mend a finding, as edits of the user's own file.

use super::source::{SourceFile, Span};

/// Replaces the text of a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The place.
    pub span: Span,
    /// What stands there afterwards.
    pub replacement: String,
}

/// Edits that mend a finding without changing what is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in a few words.
    pub what: String,
    /// The edits, which do not overlap.
    pub edits: Vec<Edit>,
    /// Whether it is right only for targets that read the text as the one does that the finding is
    /// for; to others the new text may mean something else than the old.
    pub of_target: bool,
}

/// The text of a file with fixes applied, and which of them: one that overlaps an earlier one is
/// left for the next run. Every other byte stays.
pub fn apply<'a>(file: &SourceFile, fixes: &[&'a Fix]) -> (String, Vec<&'a Fix>) {
    let mut chosen: Vec<&Edit> = Vec::new();
    let mut applied = Vec::new();
    for fix in fixes {
        let edits: Vec<&'a Edit> = fix.edits.iter().collect();
        let here = edits.iter().all(|edit| edit.span.file() == file);
        let free = edits
            .iter()
            .all(|edit| !chosen.iter().any(|other| overlap(edit, other)));
        if here && free {
            chosen.extend(edits);
            applied.push(*fix);
        }
    }
    // What is put in before something that is replaced comes before it.
    chosen.sort_by_key(|edit| (edit.span.range().start, edit.span.range().end));
    let mut text = String::with_capacity(file.text().len());
    let mut done = 0;
    for edit in chosen {
        let range = edit.span.range();
        text.push_str(&file.text()[done..range.start]);
        text.push_str(&edit.replacement);
        done = range.end;
    }
    text.push_str(&file.text()[done..]);
    (text, applied)
}

/// Two insertions at one place overlap too: their order would be chance.
fn overlap(a: &Edit, b: &Edit) -> bool {
    let (a, b) = (a.span.range(), b.span.range());
    a == b || (a.start < b.end && b.start < a.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fix(file: &SourceFile, range: std::ops::Range<usize>, replacement: &str) -> Fix {
        Fix {
            what: String::new(),
            edits: vec![Edit {
                span: file.span(range),
                replacement: replacement.to_owned(),
            }],
            of_target: false,
        }
    }

    #[test]
    fn fixes_are_applied_in_any_order_and_overlapping_ones_wait() {
        let file = SourceFile::new("x", "0123456789");
        let fixes = [
            fix(&file, 6..8, "B"),
            fix(&file, 1..3, "AAA"),
            fix(&file, 2..7, "no"),
        ];
        let (text, applied) = apply(&file, &fixes.iter().collect::<Vec<_>>());
        assert_eq!(text, "0AAA345B89");
        assert_eq!(applied.len(), 2);
        let fixes = [fix(&file, 2..4, "B"), fix(&file, 2..2, "A")];
        let (text, applied) = apply(&file, &fixes.iter().collect::<Vec<_>>());
        assert_eq!(text, "01AB456789");
        assert_eq!(applied.len(), 2);
    }
}
