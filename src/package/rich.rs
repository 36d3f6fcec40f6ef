//! Rich dependencies: `(a if b)`, as rpm reads them.
//!
//! The grammar and the rules of nesting are those of `rpmrichParseForTag` in rpm 4.14.3
//! (`lib/rpmds.c`), those of single names and versions those of `checkDep` in `build/parseReqs.c`.

use super::dependency::{Comparison, check_name, check_version};
use crate::project::Relation;
use std::ops::Range;

/// A rich dependency that rpm would take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rich {
    /// As rpmbuild writes it: one space around each word, a comparison as `<`, `<=`, `=`, `>=` or `>`.
    pub(super) text: String,
    /// The versions in it.
    pub(super) versions: Vec<String>,
}

/// What is wrong, and where in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) what: String,
    pub(super) range: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    And,
    Or,
    If,
    Unless,
    Else,
    With,
    Without,
}

const OPS: [(&str, Op); 7] = [
    ("and", Op::And),
    ("or", Op::Or),
    ("if", Op::If),
    ("unless", Op::Unless),
    ("else", Op::Else),
    ("with", Op::With),
    ("without", Op::Without),
];

/// What may not stand around a dependency any more, for what is inside.
#[derive(Clone, Copy, Default)]
struct Forbidden {
    with: bool,
    and: bool,
    or: bool,
}

impl Forbidden {
    fn join(self, other: Forbidden) -> Self {
        Forbidden {
            with: self.with || other.with,
            and: self.and || other.and,
            or: self.or || other.or,
        }
    }

    /// Whether this word may stand around it.
    fn check(self, op: Op) -> Result<(), &'static str> {
        match op {
            Op::With | Op::Without if self.with => {
                Err("`with` and `without` take only names, `with` and `or` inside")
            }
            Op::And | Op::If if self.and => Err("`unless` cannot stand here, where `or` can"),
            Op::Or | Op::Unless if self.or => Err("`if` cannot stand here, where `and` can"),
            _ => Ok(()),
        }
    }
}

/// How deep brackets may nest. rpm sets no bound; nobody reads ten.
const MAX_DEPTH: usize = 32;

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    rich: Rich,
}

/// Reads a rich dependency for one of the lists.
pub(super) fn parse(text: &str, relation: Relation) -> Result<Rich, Problem> {
    let mut parser = Parser {
        text,
        at: 0,
        depth: 0,
        rich: Rich {
            text: String::new(),
            versions: Vec::new(),
        },
    };
    let forbidden = parser.group()?;
    let end = parser.at;
    parser.skip_blank();
    if parser.at < text.len() {
        return Err(parser.problem(parser.at..text.len(), "this stands after the last bracket"));
    }
    // Such a dependency holds where something is there, the others where nothing is missing.
    let around = match relation {
        Relation::Conflicts | Relation::Supplements | Relation::Enhances => Op::Or,
        _ => Op::And,
    };
    let checked = forbidden.check(around);
    checked.map_err(|what| parser.problem(0..end, what))?;
    Ok(parser.rich)
}

impl Parser<'_> {
    fn problem(&self, range: Range<usize>, what: impl Into<String>) -> Problem {
        Problem {
            what: what.into(),
            range,
        }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    /// Commas count as blanks to rpm.
    fn skip_blank(&mut self) {
        let rest = &self.text[self.at..];
        let kept = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        self.at += rest.len() - kept.len();
    }

    /// Takes a word; brackets belong to it as long as they are balanced: `libc.so.6()(64bit)`.
    fn word(&mut self) -> Range<usize> {
        let start = self.at;
        let mut open = 0;
        for c in self.text[start..].chars() {
            match c {
                '(' => open += 1,
                ')' if open == 0 => break,
                ')' => open -= 1,
                c if c.is_ascii_whitespace() || c == ',' => break,
                _ => {}
            }
            self.at += c.len_utf8();
        }
        start..self.at
    }

    /// Takes what stands between two brackets.
    fn group(&mut self) -> Result<Forbidden, Problem> {
        let start = self.at;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.problem(start..start + 1, "brackets nest too deep"));
        }
        // The caller has seen the bracket.
        self.at += 1;
        self.rich.text.push('(');
        let mut forbidden = Forbidden::default();
        let (mut first, mut last, mut chain) = (None, None, None);
        loop {
            self.operand(last, &mut forbidden)?;
            self.skip_blank();
            match self.peek() {
                None => {
                    return Err(self.problem(start..self.at, "this bracket is never closed"));
                }
                Some(')') => break,
                Some(_) => {}
            }
            let op = self.op(chain)?;
            first = first.or(Some(op));
            (last, chain) = (Some(op), Some(op));
        }
        self.at += 1;
        self.depth -= 1;
        self.rich.text.push(')');
        if let Some(first) = first {
            let checked = forbidden.check(first);
            checked.map_err(|what| self.problem(start..self.at, what))?;
        }
        Ok(after(first, last, forbidden))
    }

    /// A name, or another group.
    fn operand(&mut self, op: Option<Op>, forbidden: &mut Forbidden) -> Result<(), Problem> {
        self.skip_blank();
        match self.peek() {
            Some(')') if op.is_some() => Err(self.problem(
                self.at..self.at + 1,
                "a name is missing before this bracket",
            )),
            Some(')') => {
                Err(self.problem(self.at..self.at + 1, "there is nothing in the brackets"))
            }
            Some('(') => {
                let mut inner = self.group()?;
                if matches!(op, Some(Op::If | Op::Unless)) {
                    (inner.and, inner.or) = (false, false);
                }
                *forbidden = forbidden.join(inner);
                Ok(())
            }
            _ => self.simple(),
        }
    }

    /// A name, perhaps with a comparison and a version.
    fn simple(&mut self) -> Result<(), Problem> {
        let name = self.word();
        if name.is_empty() {
            let end = self.at;
            return Err(self.problem(0..end, "a name is missing at the end"));
        }
        let text = &self.text[name.clone()];
        check_name(text).map_err(|what| self.problem(name.clone(), what))?;
        self.rich.text.push_str(text);
        self.skip_blank();
        let after_name = self.at;
        let sign = self.word();
        let Some(comparison) = Comparison::parse(&self.text[sign.clone()]) else {
            self.at = after_name;
            return Ok(());
        };
        self.skip_blank();
        let version = self.word();
        if version.is_empty() {
            return Err(self.problem(sign, "a version is missing after this"));
        }
        if text.starts_with('/') {
            return Err(self.problem(name.start..version.end, "a file has no version"));
        }
        let written = &self.text[version.clone()];
        check_version(written).map_err(|what| self.problem(version.clone(), what))?;
        self.rich
            .text
            .push_str(&format!(" {} {written}", comparison.as_str()));
        self.rich.versions.push(written.to_owned());
        Ok(())
    }

    /// A word that joins two.
    fn op(&mut self, chain: Option<Op>) -> Result<Op, Problem> {
        let start = self.at;
        let rest = &self.text[start..];
        let length = rest
            .find(|c: char| c.is_ascii_whitespace() || c == ')')
            .unwrap_or(rest.len());
        self.at += length;
        let range = start..self.at;
        let word = &self.text[range.clone()];
        let Some((_, op)) = OPS.iter().find(|(name, _)| *name == word) else {
            let words: Vec<&str> = OPS.iter().map(|(name, _)| *name).collect();
            let what = format!("`{word}` is none of {}", words.join(", "));
            return Err(self.problem(range, what));
        };
        let chain = match (op, chain) {
            (Op::Else, Some(Op::If | Op::Unless)) => None,
            // rpm takes it, and can make nothing of it.
            (Op::Else, None) => return Err(self.problem(range, "`else` follows `if` or `unless`")),
            (_, chain) => chain,
        };
        if chain.is_some_and(|chain| chain != *op) {
            let what = "different words cannot follow each other: put one pair into brackets";
            return Err(self.problem(range, what));
        }
        if chain.is_some() && !matches!(op, Op::And | Op::Or | Op::With) {
            let what = format!("`{word}` cannot be repeated: put one pair into brackets");
            return Err(self.problem(range, what));
        }
        self.rich.text.push_str(&format!(" {word} "));
        Ok(*op)
    }
}

/// What may not stand around a group with these words.
fn after(first: Option<Op>, last: Option<Op>, mut forbidden: Forbidden) -> Forbidden {
    match first {
        Some(Op::If) => forbidden.or = true,
        Some(Op::Unless) => forbidden.and = true,
        _ => {}
    }
    if matches!(last, Some(Op::And | Op::Or)) {
        (forbidden.and, forbidden.or) = (false, false);
    }
    if matches!(last, Some(Op::And | Op::If | Op::Unless | Op::Else)) {
        forbidden.with = true;
    }
    forbidden
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(text: &str) -> String {
        match parse(text, Relation::Requires) {
            Ok(rich) => rich.text,
            Err(problem) => format!("{}: {}", &text[problem.range], problem.what),
        }
    }

    #[test]
    fn what_is_right_is_written_as_rpmbuild_does() {
        for (written, read) in [
            ("(a)", "(a)"),
            ("( a  if b )", "(a if b)"),
            ("(a>=1)", "(a>=1)"),
            (
                "(a => 1:2-3 and libc.so.6()(64bit))",
                "(a >= 1:2-3 and libc.so.6()(64bit))",
            ),
            ("(a if b else c)", "(a if b else c)"),
            ("((a or b) if c)", "((a or b) if c)"),
            ("(a or b or c)", "(a or b or c)"),
            ("(a with b < 2)", "(a with b < 2)"),
        ] {
            assert_eq!(text(written), read);
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let wrong = [
            "(a",
            "()",
            "(a if)",
            "(a xor b)",
            "(a and b or c)",
            "(a if b if c)",
            "(a >= )",
            "(a and (b unless c))",
            "(a or (b if c))",
            "((a and b) with c)",
            "(a unless b)",
            "(a) b",
            "(-a if b)",
            "(/bin/sh >= 2 if b)",
            "(a >= 1-2-3 if b)",
        ];
        let told: Vec<String> = wrong.iter().map(|wrong| text(wrong)).collect();
        insta::assert_snapshot!(told.join("\n"), @"
            (a: this bracket is never closed
            ): there is nothing in the brackets
            ): a name is missing before this bracket
            xor: `xor` is none of and, or, if, unless, else, with, without
            or: different words cannot follow each other: put one pair into brackets
            if: `if` cannot be repeated: put one pair into brackets
            >=: a version is missing after this
            (a and (b unless c)): `unless` cannot stand here, where `or` can
            (a or (b if c)): `if` cannot stand here, where `and` can
            ((a and b) with c): `with` and `without` take only names, `with` and `or` inside
            (a unless b): `unless` cannot stand here, where `or` can
            b: this stands after the last bracket
            -a: a name begins with a letter, a digit, `_` or `/`
            /bin/sh >= 2: a file has no version
            1-2-3: a version has one hyphen at most, before the release
            ");
    }

    #[test]
    fn a_conflict_takes_unless_and_no_if() {
        assert!(parse("(a unless b)", Relation::Conflicts).is_ok());
        assert!(parse("(a if b)", Relation::Conflicts).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = parse(&format!("({text}"), Relation::Requires);
        }

        #[test]
        fn what_was_read_reads_the_same_again(
            text in "\\((a|b|\\(c or d\\))( (and|or|if|with|else) (e|f >= 1|\\(g if h\\)))*\\)",
        ) {
            if let Ok(rich) = parse(&text, Relation::Requires) {
                prop_assert_eq!(parse(&rich.text, Relation::Requires).unwrap(), rich);
            }
        }
    }
}
