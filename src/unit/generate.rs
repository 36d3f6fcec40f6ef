//! Units from tables of directives.

use super::document::Document;
use super::error::{Error, ValueProblem};
use super::read::is_blank;

/// One section of a unit to be: its directives, each with its values, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The name of the section.
    pub section: String,
    /// Keys and values; each value becomes a line, an empty one a reset (`Key=`).
    pub directives: Vec<(String, Vec<String>)>,
}

impl Table {
    /// A section with these directives.
    pub fn new<K: Into<String>, V: Into<String>>(
        section: impl Into<String>,
        directives: impl IntoIterator<Item = (K, Vec<V>)>,
    ) -> Self {
        let own = |(key, values): (K, Vec<V>)| {
            let values = values.into_iter().map(Into::into).collect();
            (key.into(), values)
        };
        Table {
            section: section.into(),
            directives: directives.into_iter().map(own).collect(),
        }
    }
}

/// The tables of `upper` over those of `lower`: a directive of `upper` replaces that of `lower`
/// whole, where it stood, and one without values takes it away; what is new comes last.
#[must_use]
pub fn overlay(mut lower: Vec<Table>, upper: Vec<Table>) -> Vec<Table> {
    for table in upper {
        let Some(below) = lower.iter_mut().find(|t| t.section == table.section) else {
            lower.push(table);
            continue;
        };
        for (key, values) in table.directives {
            match below.directives.iter_mut().find(|(known, _)| *known == key) {
                Some((_, known)) => *known = values,
                None => below.directives.push((key, values)),
            }
        }
    }
    lower
}

/// A unit with these sections: `[Unit]` first, `[Install]` last, the others between them as given;
/// a section without a line is left out. `origin` is the file that the tables come from, for the
/// comment in the first line.
///
/// Blanks around a value are stripped, as systemd strips them when it reads.
///
/// # Errors
/// When a section, a key or a value cannot be written so that systemd reads the same back.
pub fn generate(tables: &[Table], origin: &str) -> Result<Document, Error> {
    let mut sections: Vec<Table> = Vec::new();
    for table in tables {
        let written = written(table)?;
        if !written.directives.is_empty() {
            sections.push(written);
        }
    }
    sections.sort_by_key(|table| match table.section.as_str() {
        "Unit" => 0,
        "Install" => 2,
        _ => 1,
    });
    // A file name may hold a line feed; the comment may not.
    let origin = origin.replace(|c: char| c.is_control(), "?");
    Ok(Document::parse(render(&sections, &origin).as_bytes()))
}

/// The table as it is written: checked, values stripped, directives without a line left out.
fn written(table: &Table) -> Result<Table, Error> {
    let section = &table.section;
    if !is_word(section) {
        return Err(Error::Section {
            section: section.clone(),
        });
    }
    let mut directives = Vec::new();
    for (key, values) in &table.directives {
        if !is_word(key) {
            return Err(Error::Key {
                section: section.clone(),
                key: key.clone(),
            });
        }
        let stripped: Vec<String> = values
            .iter()
            .map(|value| strip(value))
            .collect::<Result<_, _>>()
            .map_err(|problem| Error::Value {
                section: section.clone(),
                key: key.clone(),
                problem,
            })?;
        if !stripped.is_empty() {
            directives.push((key.clone(), stripped));
        }
    }
    Ok(Table {
        section: section.clone(),
        directives,
    })
}

/// Letters, digits and `-`, which all of systemd's own names and its `X-` names are made of.
fn is_word(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !text.is_empty() && text.bytes().all(allowed)
}

/// The value without blanks around it, if it fits on a line.
fn strip(value: &str) -> Result<String, ValueProblem> {
    let value = value.trim_matches(|c| u8::try_from(c).is_ok_and(is_blank));
    if value.contains('\0') {
        return Err(ValueProblem::Nul);
    }
    if value.contains(['\n', '\r']) {
        return Err(ValueProblem::SeveralLines);
    }
    let slashes = value.bytes().rev().take_while(|b| *b == b'\\').count();
    if slashes % 2 == 1 {
        return Err(ValueProblem::Continues);
    }
    Ok(value.to_owned())
}

/// Plain code and not a template: the text is nothing but what was given.
fn render(sections: &[Table], origin: &str) -> String {
    let sections = sections.iter().map(|table| {
        let lines = table.directives.iter().flat_map(|(key, values)| {
            let line = move |value: &String| format!("{key}={value}\n");
            values.iter().map(line)
        });
        format!("[{}]\n{}", table.section, lines.collect::<String>())
    });
    let sections: Vec<String> = sections.collect();
    format!(
        "# Generated by cargo-ambot from {origin}\n{}",
        sections.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use super::super::dialect::Dialect;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sections_come_in_the_usual_order_and_values_one_a_line() {
        let tables = [
            Table::new("Install", [("WantedBy", vec!["multi-user.target"])]),
            Table::new(
                "Service",
                [
                    ("ExecStart", vec!["/usr/bin/hello --a=%i"]),
                    ("User", vec![]),
                ],
            ),
            Table::new("X-Empty", [("Nothing", Vec::<&str>::new())]),
            Table::new(
                "Unit",
                [
                    ("Description", vec![" Hello <&> Web \n"]),
                    ("After", vec!["", "a.target", "b.target"]),
                ],
            ),
        ];
        let document = generate(&tables, "Cargo.toml").unwrap();
        insta::assert_snapshot!(String::from_utf8(document.to_bytes()).unwrap(), @r"
        # Generated by cargo-ambot from Cargo.toml
        [Unit]
        Description=Hello <&> Web
        After=
        After=a.target
        After=b.target

        [Service]
        ExecStart=/usr/bin/hello --a=%i

        [Install]
        WantedBy=multi-user.target
        ");
        assert!(document.as_bytes().ends_with(b"multi-user.target\n"));
        assert!(!document.as_bytes().ends_with(b"\n\n"));
    }

    #[test]
    fn what_would_be_read_as_something_else_is_refused() {
        let one = |section: &str, key: &str, value: &str| {
            let table = Table::new(section, [(key, vec![value])]);
            generate(&[table], "Cargo.toml")
                .map(|_| ())
                .map_err(|error| error.to_string())
        };
        let refused = [
            one("Service", "ExecStart", "/bin/a\nUser=root"),
            one("Service", "ExecStart", "/bin/a\rUser=root"),
            one("Service", "ExecStart", "/bin/a\0"),
            one("Service", "ExecStart", "/bin/a \\"),
            one("Service]\n[X", "A", ""),
            one("", "A", ""),
            one("Service", "A=B", ""),
            one("Service", "#A", ""),
        ];
        insta::assert_snapshot!(refused.map(Result::unwrap_err).join("\n"), @r"
        the value of ExecStart= in [Service] has more than one line
        the value of ExecStart= in [Service] has more than one line
        the value of ExecStart= in [Service] contains a NUL
        the value of ExecStart= in [Service] ends in a `\`, which would join the next line to it
        `Service]
        [X` cannot be the name of a section
        `` cannot be the name of a section
        `A=B` in [Service] cannot be the name of a directive
        `#A` in [Service] cannot be the name of a directive
        ");
        assert_eq!(one("Service", "A", r"C:\\"), Ok(()));
    }

    #[test]
    fn an_upper_directive_replaces_the_lower_one_whole() {
        let lower = vec![Table::new(
            "Service",
            [("A", vec!["1", "2"]), ("B", vec!["1"]), ("C", vec!["1"])],
        )];
        let upper = vec![
            Table::new(
                "Service",
                [("A", vec!["3"]), ("B", vec![]), ("D", vec!["4"])],
            ),
            Table::new("Unit", [("E", vec!["5"])]),
        ];
        let document = generate(&overlay(lower, upper), "Cargo.toml").unwrap();
        let lines: Vec<_> = document
            .directives()
            .iter()
            .map(|d| format!("{}={}", d.key, d.value))
            .collect();
        assert_eq!(lines, ["E=5", "A=3", "C=1", "D=4"]);
    }

    proptest! {
        #[test]
        fn every_version_reads_back_what_was_given(values in proptest::collection::vec("\\PC{0,12}[\\\\ #;=\\[]{0,3}", 1..4)) {
            let given = Table { section: "Service".into(), directives: vec![("Key".into(), values.clone()), ("Next".into(), vec!["1".into()])] };
            let Ok(document) = generate(&[given], "Cargo.toml") else {
                prop_assert!(values.iter().any(|v| strip(v) == Err(ValueProblem::Continues)));
                return Ok(());
            };
            for dialect in Dialect::ALL {
                let read = document.as_read_by(dialect);
                let mut expected: Vec<String> = values.iter().map(|v| v.trim_matches([' ', '\t']).to_owned()).collect();
                expected.push("1".into());
                let seen: Vec<String> = read.directives().iter().map(|d| d.value.clone()).collect();
                prop_assert_eq!(seen, expected);
                prop_assert!(read.problems().is_empty());
            }
        }
    }
}
