//! Words in settings that stand for something of the package.

use super::error::Error;
use crate::report::{Span, Spanned};

/// What the placeholders of a package stand for on one target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placeholders<'a> {
    /// `${bindir}`: the folder that binaries are installed in.
    pub bin_dir: &'a str,
    /// `${name}`: the name of the RPM.
    pub name: &'a str,
    /// `${version}`: for paths as cargo has it, for dependencies as rpm does.
    pub version: &'a str,
    /// `${target}`: the name of the target.
    pub target: &'a str,
    /// `${evr}`: `[EPOCH:]VERSION-RELEASE` as rpm compares it; for dependencies alone.
    pub evr: Option<&'a str>,
}

impl Placeholders<'_> {
    /// A text with every `${WORD}` replaced; a `$` before anything else is a `$`.
    ///
    /// # Errors
    /// When a word is none of ours, or its bracket is not closed.
    pub fn fill(&self, text: &Spanned<String>) -> Result<String, Error> {
        self.filled(&text.value, text.span.as_ref())
    }

    fn filled(&self, text: &str, span: Option<&Span>) -> Result<String, Error> {
        let mut known = vec![
            ("bindir", self.bin_dir),
            ("name", self.name),
            ("version", self.version),
            ("target", self.target),
        ];
        known.extend(self.evr.map(|evr| ("evr", evr)));
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let word = after.split_once('}');
            let value = word.and_then(|(word, _)| {
                let found = known.iter().find(|(name, _)| *name == word);
                found.map(|(_, value)| *value)
            });
            let (Some((_, after)), Some(value)) = (word, value) else {
                return Err(Error::Placeholder {
                    word: word.map_or(after, |(word, _)| word).to_owned(),
                    known: known.iter().map(|(name, _)| *name).collect(),
                    span: span.cloned(),
                });
            };
            filled.push_str(before);
            filled.push_str(value);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Diagnose;

    const PLACEHOLDERS: Placeholders<'static> = Placeholders {
        bin_dir: "/usr/bin",
        name: "hello",
        version: "1.2.0",
        target: "centos7",
        evr: None,
    };

    fn filled(text: &str) -> Result<String, Error> {
        PLACEHOLDERS.fill(&Spanned::unwritten(text.to_owned()))
    }

    #[test]
    fn words_are_replaced_and_other_dollars_kept() {
        assert_eq!(
            filled("${bindir}/${name}-${version}.${target}$").unwrap(),
            "/usr/bin/hello-1.2.0.centos7$"
        );
        assert_eq!(filled("a $HOME {b} $").unwrap(), "a $HOME {b} $");
    }

    #[test]
    fn an_unknown_word_lists_the_known() {
        for text in ["${nmae}/x", "${name", "${}"] {
            assert!(filled(text).is_err(), "{text}");
        }
        let said = filled("/a/${nmae}").unwrap_err().diagnostic();
        insta::assert_snapshot!(format!("{}\n{}", said.title, said.help.join("\n")), @r"
        unknown placeholder `${nmae}`
        did you mean `${name}`?
        there are ${bindir}, ${name}, ${version}, ${target}
        ");
    }
}
