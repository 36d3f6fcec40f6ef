//! Reads a changelog in the form of Keep a Changelog, and the kindred forms that release tools
//! write: a heading with the version and the date for each release, lists below it, in groups or
//! not.

use super::{ChangeItem, Date, Undated};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// The releases in the order in which they stand. What is not released (no version in its heading)
/// is left out; a release that was yanked says so.
pub(super) fn releases(text: &str) -> Vec<Undated> {
    let mut reader = Reader::default();
    for event in Parser::new_ext(text, Options::empty()) {
        reader.event(event);
    }
    reader.flush();
    reader.releases
}

#[derive(Default)]
struct Reader {
    releases: Vec<Undated>,
    /// The level of the heading that the current release has; none outside a release.
    level: Option<HeadingLevel>,
    /// The group of changes: `Added`, `Fixed` …
    group: String,
    /// How many lists are open.
    lists: usize,
    /// How many blocks are open whose text is no change: code, HTML, pictures.
    silent: usize,
    text: String,
}

impl Reader {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::Heading { .. }) => self.flush(),
            Event::End(TagEnd::Heading(level)) => {
                let heading = std::mem::take(&mut self.text);
                self.heading(level, heading.trim());
            }
            Event::Start(Tag::List(_)) => {
                self.flush();
                self.lists += 1;
            }
            Event::End(TagEnd::List(_)) => self.lists = self.lists.saturating_sub(1),
            Event::End(TagEnd::Item) => self.flush(),
            // Within an item, paragraphs are one text.
            Event::End(TagEnd::Paragraph) if self.lists > 0 => self.text.push(' '),
            Event::End(TagEnd::Paragraph) => self.flush(),
            Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::Image { .. }) => {
                self.silent += 1;
            }
            Event::End(TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::Image) => {
                self.silent = self.silent.saturating_sub(1);
            }
            Event::Text(text) if self.silent == 0 => self.text.push_str(&text),
            Event::Code(code) if self.silent == 0 => {
                self.text.push('`');
                self.text.push_str(&code);
                self.text.push('`');
            }
            Event::SoftBreak | Event::HardBreak => self.text.push(' '),
            _ => {}
        }
    }

    fn heading(&mut self, level: HeadingLevel, text: &str) {
        if let Some(release) = release_of(text) {
            self.releases.push(release);
            self.level = Some(level);
            self.group.clear();
        } else if self.level.is_some_and(|release| level > release) {
            text.clone_into(&mut self.group);
        } else {
            self.level = None;
        }
    }

    /// What was collected becomes a change of the current release.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        let words: Vec<&str> = text.split_whitespace().collect();
        let (false, Some(_), Some(release)) =
            (words.is_empty(), self.level, self.releases.last_mut())
        else {
            return;
        };
        let depth = self.lists.saturating_sub(1);
        let text = words.join(" ");
        let text = match self.group.as_str() {
            group if depth == 0 && !group.is_empty() => format!("{group}: {text}"),
            _ => text,
        };
        release.changes.push(ChangeItem { depth, text });
    }
}

/// A heading that starts with a version: `[1.2.0] - 2026-01-31`, `v1.2.0 (2026-01-31)`, `Version
/// 1.2.0`. Links are only their text by now.
fn release_of(heading: &str) -> Option<Undated> {
    let words = heading.trim_start_matches(|c: char| c == '[' || c.is_whitespace());
    let mut words = words.split_whitespace();
    let first = words.next()?;
    let is_noun = ["version", "release"]
        .iter()
        .any(|noun| first.eq_ignore_ascii_case(noun));
    let word = if is_noun { words.next()? } else { first };
    let word = word.trim_matches(|c| "[]():,".contains(c));
    let version = word.strip_prefix(['v', 'V']).unwrap_or(word);
    let good = |c: char| c.is_ascii_alphanumeric() || ".+-~_".contains(c);
    // A year alone or a date is the heading of something else.
    let is_version = version.starts_with(|c: char| c.is_ascii_digit())
        && version.contains('.')
        && version.chars().all(good);
    if !is_version {
        return None;
    }
    let is_yanked = heading.to_ascii_lowercase().contains("[yanked]");
    let yanked = is_yanked.then(|| ChangeItem {
        depth: 0,
        text: "This release was yanked".to_owned(),
    });
    Some(Undated {
        version: version.to_owned(),
        date: Date::within(heading),
        author: None,
        changes: yanked.into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> String {
        let line = |release: &Undated| {
            let date = release.date.map_or("-".to_owned(), |date| date.to_string());
            let changes = release.changes.iter();
            let changes = changes.map(|c| format!("\n{}- {}", "  ".repeat(c.depth), c.text));
            format!("{} {date}{}", release.version, changes.collect::<String>())
        };
        releases(text)
            .iter()
            .map(line)
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn the_form_of_keep_a_changelog_is_read() {
        let text = "\
# Changelog

The format is that of [Keep a Changelog](https://keepachangelog.com/en/1.1.0/).

## [Unreleased]

### Added

- Nothing that counts

## [1.2.0] - 2026-01-31

Some words first,
on two lines.

### Added

- Reload on `SIGHUP` ([#12](https://example.com/12)),
  and more of **that**
- A list
  - with an item
  - and *another*

### Fixed

* Grüße, naïve 日本

## [1.1.0] - 2025-12-01 [YANKED]

- Broken

```
## 9.9.9 - 2025-01-01
```
<!-- ## 8.8.8 - 2025-01-01 -->

## 1.0.0

[1.2.0]: https://example.com/1.2.0
[unreleased]: https://example.com/
";
        insta::assert_snapshot!(shown(text), @"
        1.2.0 2026-01-31
        - Some words first, on two lines.
        - Added: Reload on `SIGHUP` (#12), and more of that
        - Added: A list
          - with an item
          - and another
        - Fixed: Grüße, naïve 日本
        1.1.0 2025-12-01
        - This release was yanked
        - Broken
        1.0.0 -
        ");
    }

    #[test]
    fn the_headings_of_release_tools_are_read() {
        for heading in [
            "## [1.2.0-rc.1](https://example.com/compare/a...b) (2026-01-31)",
            "# v1.2.0-rc.1 (2026-01-31)",
            "### 1.2.0-rc.1 – 2026-01-31",
            "## Version 1.2.0-rc.1, 2026-01-31",
            "1.2.0-rc.1 / 2026-01-31\n===",
        ] {
            assert_eq!(shown(heading), "1.2.0-rc.1 2026-01-31", "{heading}");
        }
        for other in [
            "## 2026-01-31",
            "## Unreleased - 1.2.0",
            "## 2026",
            "## Notes",
            "1.2.0",
        ] {
            assert_eq!(shown(other), "", "{other}");
        }
    }

    proptest! {
        #[test]
        fn no_text_keeps_it_from_ending(text in "\\PC{0,200}", lines in "([#*\\-`<>\\[\\] ]{0,4}[1v.a\n]{0,5}){0,40}") {
            for text in [text, lines] {
                for release in releases(&text) {
                    for change in release.changes {
                        prop_assert!(!change.text.contains('\n'));
                    }
                }
            }
        }
    }
}
