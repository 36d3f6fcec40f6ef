//! What was found for each target, said once for all targets that share it, in the order of the
//! files.

use crate::report::{Diagnostic, Fix, Label, Severity};
use crate::target::TargetName;
use std::collections::HashMap;

/// Stands for the number of the target's systemd while findings are compared; a private use
/// character of Unicode, which no text of ours has.
const SYSTEMD: char = '\u{e000}';

/// Stands for the name of the target.
const TARGET: char = '\u{e001}';

/// Findings, each once however many targets share it: those that differ in nothing but the target
/// and the version of its systemd are one.
#[derive(Default)]
pub(super) struct Findings {
    groups: Vec<Group>,
    by_key: HashMap<String, usize>,
}

/// The findings of one rule at one place that say the same.
struct Group {
    code: Option<&'static str>,
    title: String,
    labels: Vec<Label>,
    variants: Vec<Variant>,
}

/// What is said besides, and for which targets.
struct Variant {
    severity: Severity,
    notes: Vec<String>,
    help: Vec<String>,
    fix: Option<Fix>,
    targets: Vec<TargetName>,
}

impl Findings {
    pub(super) fn add(&mut self, target: &TargetName, diagnostics: Vec<Diagnostic>) {
        for diagnostic in diagnostics {
            self.add_one(*target, diagnostic);
        }
    }

    fn add_one(&mut self, target: TargetName, diagnostic: Diagnostic) {
        let general = |text: &String| generalised(text, target);
        let title = general(&diagnostic.title);
        let mut labels = diagnostic.labels;
        let mut key = format!("{:?}|{title}", diagnostic.code);
        for label in &mut labels {
            label.text = general(&label.text);
            let (file, range) = (label.span.file().path(), label.span.range());
            key.push_str(&format!(
                "|{file}:{}:{}:{}",
                range.start, range.end, label.text
            ));
        }
        let variant = Variant {
            severity: diagnostic.severity,
            notes: diagnostic.notes.iter().map(general).collect(),
            help: diagnostic.help.iter().map(general).collect(),
            fix: diagnostic.fix,
            targets: vec![target],
        };
        match self
            .by_key
            .get(&key)
            .and_then(|at| self.groups.get_mut(*at))
        {
            Some(group) => group.add(variant),
            None => {
                self.by_key.insert(key, self.groups.len());
                self.groups.push(Group {
                    code: diagnostic.code,
                    title,
                    labels,
                    variants: vec![variant],
                });
            }
        }
    }

    /// One diagnostic for each group, in the order of the files and their lines.
    pub(super) fn grouped(self, all: &[TargetName]) -> Vec<Diagnostic> {
        let groups = self.groups.into_iter();
        let mut said: Vec<Diagnostic> = groups.map(|group| group.said(all)).collect();
        sort(&mut said);
        said
    }
}

impl Group {
    fn add(&mut self, new: Variant) {
        let same = |known: &&mut Variant| {
            known.severity == new.severity
                && known.notes == new.notes
                && known.help == new.help
                && known.fix == new.fix
        };
        match self.variants.iter_mut().find(same) {
            // One unit may give the same finding twice for a target.
            Some(known) if new.targets.iter().all(|t| known.targets.contains(t)) => {}
            Some(known) => known.targets.extend(new.targets),
            None => self.variants.push(new),
        }
    }

    fn said(self, all: &[TargetName]) -> Diagnostic {
        let is_of = |target: &TargetName| {
            let mut variants = self.variants.iter();
            variants.any(|variant| variant.targets.contains(target))
        };
        let targets: Vec<TargetName> = all.iter().copied().filter(is_of).collect();
        let severity = self.variants.iter().map(|variant| variant.severity).max();
        let title = specified(&self.title, &targets);
        let mut said = Diagnostic::new(severity.unwrap_or(Severity::Error), title);
        said.code = self.code;
        said.notes = self.all_of(|variant| &variant.notes, &targets);
        said.help = self.all_of(|variant| &variant.help, &targets);
        said.for_all_targets = targets.len() == all.len();
        let is_for_all = said.for_all_targets && self.variants.iter().all(|v| v.fix.is_some());
        let mut fixes = self.variants.into_iter().filter_map(|variant| variant.fix);
        let first = fixes.next().filter(|fix| is_for_all || !fix.of_target);
        said.fix = first.filter(|first| fixes.all(|fix| fix == *first));
        said.labels = self.labels;
        for label in &mut said.labels {
            label.text = specified(&label.text, &targets);
        }
        said.targets = targets.iter().map(ToString::to_string).collect();
        said
    }

    /// Texts of all variants, each once, and with the targets that it is true for where that is
    /// not all of them.
    fn all_of(
        &self,
        texts: impl Fn(&Variant) -> &Vec<String>,
        targets: &[TargetName],
    ) -> Vec<String> {
        let mut told: Vec<(&String, Vec<TargetName>)> = Vec::new();
        for variant in &self.variants {
            for text in texts(variant) {
                match told.iter_mut().find(|(known, _)| *known == text) {
                    Some((_, of)) => of.extend(&variant.targets),
                    None => told.push((text, variant.targets.clone())),
                }
            }
        }
        let said = |(text, of): (&String, Vec<TargetName>)| {
            let text = specified(text, &of);
            match of.len() >= targets.len() {
                true => text,
                false => format!("{}: {text}", names(&of, ", ")),
            }
        };
        told.into_iter().map(said).collect()
    }
}

/// The order of the files, of the lines in them, and of the rules; what has no place comes first.
fn sort(diagnostics: &mut [Diagnostic]) {
    let mut files: HashMap<String, usize> = HashMap::new();
    for diagnostic in diagnostics.iter() {
        if let Some(label) = diagnostic.labels.first() {
            let next = files.len() + 1;
            files
                .entry(label.span.file().path().to_string())
                .or_insert(next);
        }
    }
    diagnostics.sort_by_cached_key(|diagnostic| {
        let place = diagnostic.labels.first().map(|label| {
            let file = files.get(label.span.file().path().as_str());
            (file.copied().unwrap_or(0), label.span.range().start)
        });
        (place, diagnostic.code)
    });
}

/// The text with what is the target's alone taken out of it: `systemd 219`, `the target has 219`
/// and the name.
fn generalised(text: &str, target: TargetName) -> String {
    let systemd = target.profile().systemd.value.to_string();
    let text = replaced(text, &systemd, SYSTEMD, |before| {
        (before.ends_with("systemd ") && !before.ends_with("since systemd "))
            || before.ends_with("the target has ")
    });
    replaced(&text, target.as_str(), TARGET, |_| true)
}

/// The text with a character in the place of each whole word of this kind.
fn replaced(text: &str, word: &str, by: char, wanted: impl Fn(&str) -> bool) -> String {
    let mut new = String::with_capacity(text.len());
    let mut done = 0;
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    for (at, _) in text.match_indices(word) {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        let is_word = !before.ends_with(is_part) && !after.starts_with(is_part);
        if is_word && wanted(before) {
            new.push_str(&text[done..at]);
            new.push(by);
            done = at + word.len();
        }
    }
    new.push_str(&text[done..]);
    new
}

/// The text with the versions and names of these targets put in again.
fn specified(text: &str, targets: &[TargetName]) -> String {
    let mut versions: Vec<u16> = targets
        .iter()
        .map(|target| target.profile().systemd.value)
        .collect();
    versions.sort_unstable();
    versions.dedup();
    let versions: Vec<String> = versions.iter().map(u16::to_string).collect();
    let text = text.replace(SYSTEMD, &listed(&versions));
    // `[….target.centos7.services.hello]` is for one of them.
    let first = targets.first().map(ToString::to_string);
    let text = text.replace(
        &format!(".{TARGET}"),
        &format!(".{}", first.unwrap_or_default()),
    );
    text.replace(TARGET, &names(targets, " or "))
}

/// `219`, `219 or 239`, `219, 239 or 252`
fn listed(words: &[String]) -> String {
    match words.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} or {last}", before.join(", ")),
        _ => words.concat(),
    }
}

fn names(targets: &[TargetName], last: &str) -> String {
    let names: Vec<String> = targets.iter().map(ToString::to_string).collect();
    match last {
        " or " => listed(&names),
        _ => names.join(last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{SourceFile, short};
    use crate::target;

    fn targets(names: &[&str]) -> Vec<TargetName> {
        let found = names.iter().map(|name| target::find(name).unwrap());
        found.collect()
    }

    #[test]
    fn findings_that_differ_in_the_target_alone_are_one() {
        let file = SourceFile::new("a.service", "[Unit]\nStateDirectory=a\nX=1\n");
        let mut findings = Findings::default();
        let all = targets(&["centos7", "centos8", "el9"]);
        for (target, systemd) in all.iter().zip(["219", "239"]) {
            let late = Diagnostic::warning(format!(
                "X= is of systemd 247, and the target has {systemd}"
            ))
            .at(Some(&file.span(24..25)), "ignored")
            .with_note(format!("systemd {systemd} does not know it"))
            .with_help(format!("write [target.{target}.services.a]"));
            let early = Diagnostic::note("a").at(Some(&file.span(7..21)), "");
            findings.add(target, vec![late, early]);
        }
        let said = findings.grouped(&all);
        let lines: Vec<String> = said.iter().map(short).collect();
        insta::assert_snapshot!(lines.join("\n"), @"
        a.service:2:1: note: a (centos7, centos8)
        a.service:3:1: warning: X= is of systemd 247, and the target has 219 or 239 (centos7, centos8)
        ");
        assert_eq!(said[1].notes, ["systemd 219 or 239 does not know it"]);
        assert_eq!(said[1].help, ["write [target.centos7.services.a]"]);
    }

    #[test]
    fn what_is_done_for_some_targets_names_them_and_the_worst_counts() {
        let mut findings = Findings::default();
        let all = targets(&["centos7", "el9"]);
        findings.add(
            &all[0],
            vec![Diagnostic::note("a").with_note("packaging: b")],
        );
        findings.add(&all[1], vec![Diagnostic::error("a")]);
        let said = findings.grouped(&all);
        assert_eq!(said.len(), 1);
        assert_eq!(said[0].severity, Severity::Error);
        assert_eq!(said[0].notes, ["centos7: packaging: b"]);
        assert!(said[0].told_targets().is_empty());
        assert_eq!(said[0].targets, ["centos7", "el9"]);
    }

    #[test]
    fn a_number_that_is_no_version_of_the_target_stays() {
        let target = targets(&["el8"])[0];
        let text = "works since systemd 239, as el8-tools do; 239";
        assert_eq!(generalised(text, target), text);
    }
}
