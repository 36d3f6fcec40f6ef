//! Units: documents, edits, names.

use crate::input;
use cargo_ambot::unit::{Dialect, Document, Edit, ProblemKind, UnitKind, UnitName};

/// A document is the bytes that it was read from, whatever they are; every section, directive and
/// problem in it lies within them and in their order; and what is written for an older systemd is read
/// there as it was meant.
pub fn unit_document(data: &[u8]) {
    for dialect in Dialect::ALL {
        let document = Document::parse_as(data, dialect);
        assert_eq!(document.to_bytes(), data);
        lies_within(&document);
        assert_eq!(Edit::new(&document).finish(), document);
    }
    let today = Document::parse(data);
    for dialect in Dialect::ALL {
        let (written, done) = today.respelled_for(dialect);
        assert_eq!(said(&written), said(&today), "{dialect:?}");
        assert_eq!(done.is_empty(), written.as_bytes() == data);
        let (_, again) = Document::parse(written.as_bytes()).respelled_for(dialect);
        assert!(again.is_empty(), "{dialect:?}: {again:?}");
    }
}

fn lies_within(document: &Document) {
    let bytes = document.as_bytes();
    let mut end = 0;
    for directive in document.directives() {
        let (key, value, whole) = (
            &directive.key_range,
            &directive.value_range,
            &directive.range,
        );
        assert!(end <= whole.start && whole.start <= key.start && key.end <= value.start);
        assert!(value.end <= whole.end && whole.end <= bytes.len());
        let written = &bytes[key.clone()];
        // A key can be continued on the next line, too.
        if !written.contains(&b'\\')
            && let Ok(text) = std::str::from_utf8(written)
        {
            assert_eq!(text, directive.key);
        }
        end = whole.end;
    }
    let mut end = 0;
    for header in document.sections() {
        let (name, whole) = (&header.name_range, &header.range);
        assert!(end <= whole.start && whole.start <= name.start && name.end <= whole.end);
        assert!(whole.end <= bytes.len());
        end = whole.end;
    }
    let lines = bytes.len() + 1;
    for problem in document.problems() {
        assert!(problem.range.start <= problem.range.end && problem.range.end <= bytes.len());
        assert!((1..=lines).contains(&problem.line));
    }
}

fn said(document: &Document) -> Vec<(String, String, String)> {
    let directives = document.directives().iter();
    directives
        .map(|d| (d.section.clone(), d.key.clone(), d.value.clone()))
        .collect()
}

/// Edits of a unit change what they name and nothing else: what is read from the edited file is what
/// the edit says that it holds.
///
/// The first part of the input decides what is edited, two bytes an edit; the second is the unit.
pub fn unit_edits(data: &[u8]) {
    let [choices, unit] = input::parts(data);
    for dialect in Dialect::ALL {
        let document = Document::parse_as(unit, dialect);
        // What comes after the last line ends it, and so an older systemd reads it after all. The
        // first byte order mark is passed over wherever it is, and the next is the first one then.
        let marks = unit.windows(3).filter(|bytes| *bytes == b"\xef\xbb\xbf");
        if is_lost_line(&document) || marks.count() > 1 {
            continue;
        }
        let mut edit = Edit::new(&document);
        for choice in choices.chunks_exact(2).take(16) {
            let ids: Vec<_> = edit.entries().map(|entry| entry.id).collect();
            let chosen = ids.get(usize::from(choice[1]) % ids.len().max(1)).copied();
            match (choice[0] % 6, chosen) {
                (0, Some(id)) => edit.replace(id, "New", "value"),
                (1, Some(id)) => edit.replace(id, "Empty", ""),
                (2, Some(id)) => edit.remove(id),
                (3, Some(id)) => drop(edit.insert_after(id, "After", "a b")),
                (4, Some(id)) => drop(edit.insert_before(id, "Before", "c d")),
                _ => drop(edit.append(
                    ["Service", "Unit"][usize::from(choice[1] % 2)],
                    "Added",
                    "e",
                )),
            }
        }
        let expected: Vec<_> = edit
            .entries()
            .map(|e| (e.section.clone(), e.key.clone(), e.value.clone()))
            .collect();
        assert_eq!(said(&edit.finish()), expected, "{dialect:?}");
        one_line_alone(&document);
    }
}

fn is_lost_line(document: &Document) -> bool {
    let mut problems = document.problems().iter();
    problems.any(|problem| problem.kind == ProblemKind::OpenEnd)
}

/// A replaced line leaves every byte before and after it.
fn one_line_alone(document: &Document) {
    let Some(directive) = document.directives().first() else {
        return;
    };
    let mut edit = Edit::new(document);
    let first = edit.entries().next().map(|entry| entry.id);
    edit.replace(
        first.expect("as many entries as directives"),
        "New",
        "value",
    );
    let (before, after) = (document.as_bytes(), edit.finish().to_bytes());
    assert!(after.starts_with(&before[..directive.range.start]));
    assert!(after.ends_with(&before[directive.range.end..]));
}

/// A name that is taken is the text that it was read from, and its parts make it up again.
pub fn unit_name(data: &[u8]) {
    let text = input::text(data);
    if let Ok(name) = UnitName::parse(&text) {
        assert_eq!(name.as_str(), text);
        assert_eq!(UnitName::of_key(&text).as_ref(), Ok(&name));
        assert_eq!(format!("{}.{}", name.stem(), name.kind()), text);
        assert_eq!(name.with_kind(name.kind()), text);
        assert!(name.stem().starts_with(name.prefix()));
        assert!(!(name.is_template() && name.instance().is_some()));
        assert!(text.len() <= 255 && !text.contains('/'));
        if let Some(instance) = name.instance() {
            assert_eq!(format!("{}@{instance}", name.prefix()), name.stem());
        }
    }
    if let Ok(name) = UnitName::of_key(&text) {
        let is_own = name.as_str() == text;
        assert!(is_own || name.as_str() == format!("{text}.{}", UnitKind::Service));
    }
}
