//! Puts together what is known of a subject.

use super::explanation::{Explanation, WordLine};
use super::find::Subject;
use super::judged::wrong_value;
use super::relations::RelationTable;
use super::standings::{of_directive, of_prefix, of_specifier, of_word, without_word};
use crate::lint::{self, Rule};
use crate::report::Severity;
use crate::target::systemd::{
    Context, Directive, ExecPrefix, Form, RELATIONS, Removal, Specifier, SpecifierContext,
    Standing, Tree, Word, directives_in, section_text, sections_of,
};
use crate::target::{InstallStyle, Profile, Refused};

pub(super) fn explain(subject: Subject<'_>, targets: &[&Profile]) -> Explanation {
    match subject {
        Subject::Rule(rule) => of_the_rule(rule),
        Subject::Target(profile) => target(profile),
        Subject::Refused(refused) => refused_target(refused),
        Subject::Section(name) => section(name),
        Subject::Specifier(row) => specifier(row, targets),
        Subject::Prefix(row) => prefix(row, targets),
        Subject::Directive(row) => directive(row, targets),
        Subject::Assignment(row, value) => {
            let wrong = wrong_value(row, value, targets);
            let mut explanation = directive(row, targets);
            explanation.trap = wrong.or(explanation.trap);
            explanation
        }
        Subject::Value(row, word) => value(row, word, targets),
    }
}

fn directive(row: &'static Directive, targets: &[&Profile]) -> Explanation {
    let text = row.text();
    let mut facts = vec![format!("[{}]", row.section)];
    facts.extend(since(row.history.since));
    facts.extend(row.history.removed.map(removed));
    facts.extend(row.man_page.map(|page| format!("{page}(5)")));
    let mut paragraphs: Vec<String> = text.map(|text| text.text.clone()).into_iter().collect();
    paragraphs.extend(row.family_text().map(str::to_owned));
    if paragraphs.is_empty() {
        paragraphs.push(without_text(row));
    }
    if row.feature_gated {
        paragraphs.push(
            "It does nothing, without a word, where the distribution built systemd without the feature."
                .to_owned(),
        );
    }
    let targets_of_it = of_directive(row, targets);
    Explanation {
        kind: "directive",
        title: format!("{}=", row.name),
        facts,
        text: paragraphs,
        trap: text.and_then(|text| text.trap.clone()),
        values: text.and_then(|text| text.values.clone()),
        words: words(row, targets),
        default: text.and_then(|text| text.default.clone()),
        rules: rules_about(row, targets),
        targets: targets_of_it,
        relations: RELATIONS
            .contains(&row.name)
            .then(|| RelationTable::about(row.name)),
        see_also: other_sections(row),
        ..Explanation::default()
    }
}

/// What is said of a directive that nobody has written about.
fn without_text(row: &Directive) -> String {
    match (row.history.removed, row.man_page) {
        (Some(_), _) => "A directive of the past: take it out of the unit.".to_owned(),
        (None, Some(page)) => format!("There is no text of ours yet; {page}(5) has systemd's own."),
        (None, None) => "There is no text of ours yet.".to_owned(),
    }
}

fn since(version: Option<u16>) -> Option<String> {
    match version {
        Some(1) => Some("since the first systemd".to_owned()),
        Some(version) => Some(format!("since systemd {version}")),
        None => Some("of a single distribution".to_owned()),
    }
}

fn removed(removal: Removal) -> String {
    match removal {
        Removal::Ignored { since } => format!("does nothing since {since}"),
        Removal::Mapped { since } => format!("outdated since {since}"),
        Removal::Gone { since } => format!("gone since {since}"),
    }
}

/// The words of a directive, unless they are far too many to be listed.
fn words(row: &'static Directive, targets: &[&Profile]) -> Vec<WordLine> {
    let Some(enumeration) = row.enumeration() else {
        return Vec::new();
    };
    // `no` and other words of a boolean stand in the list where they have a text of their own.
    let booleans = ["yes", "no"]
        .into_iter()
        .filter(|word| enumeration.takes(Form::Boolean) && enumeration.word(word).is_none());
    let booleans = booleans.map(|word| WordLine {
        word: word.to_owned(),
        text: String::new(),
        missing: Vec::new(),
    });
    let words = enumeration.words.iter();
    let words = words
        .filter(|word| {
            let known = |profile: &&Profile| word.history.standing(profile.tables.value).works();
            targets.iter().any(known)
        })
        .map(|word| WordLine {
            word: word.text.to_owned(),
            text: row.word_text(word).unwrap_or_default().to_owned(),
            missing: without_word(row, word, targets),
        });
    booleans.chain(words).collect()
}

/// The same name in other sections, where it is something else.
fn other_sections(row: &Directive) -> Vec<String> {
    if row.context != Context::Own {
        return Vec::new();
    }
    sections_of(row.name)
        .filter(|section| *section != row.section && *section != "BusName")
        .map(|section| format!("{section}.{}", row.name))
        .collect()
}

/// The rules about a directive; those about what a target does not know only where there is one.
fn rules_about(row: &Directive, targets: &[&Profile]) -> Vec<(&'static str, &'static str)> {
    let is = |wanted: fn(Standing) -> bool| {
        let mut all = targets.iter();
        all.any(|profile| wanted(profile.directive(row.section, row.name)))
    };
    let too_new = is(|standing| matches!(standing, Standing::TooNew { .. }));
    let ignored = is(|standing| {
        matches!(
            standing,
            Standing::Ignored { .. } | Standing::Obsolete { .. }
        )
    });
    lint::all()
        .iter()
        .filter(|rule| match rule.name {
            "too-new" => too_new,
            "outdated-directive" => ignored,
            _ => rule.is_about(row),
        })
        .map(|rule| (rule.code, rule.summary))
        .collect()
}

fn value(row: &'static Directive, word: &'static Word, targets: &[&Profile]) -> Explanation {
    let mut facts = vec![format!("[{}]", row.section)];
    facts.extend(since(word.history.since));
    facts.extend(word.history.removed.map(removed));
    let text = match row.word_text(word) {
        Some(text) => text.to_owned(),
        None => format!("A value of `{}=`.", row.name),
    };
    let about = row
        .text()
        .map(|text| format!("`{}=`: {}", row.name, text.text));
    Explanation {
        kind: "value",
        title: format!("{}={}", row.name, word.text),
        facts,
        text: std::iter::once(text).chain(about).collect(),
        trap: row.text().and_then(|text| text.trap.clone()),
        default: row.text().and_then(|text| text.default.clone()),
        targets: of_word(row, word, targets),
        see_also: vec![row.name.to_owned()],
        ..Explanation::default()
    }
}

fn prefix(row: &'static ExecPrefix, targets: &[&Profile]) -> Explanation {
    let facts = std::iter::once("before the program of Exec lines".to_owned());
    Explanation {
        kind: "prefix",
        title: format!("ExecStart={}", row.prefix),
        facts: facts
            .chain(since(row.history.since))
            .chain(row.history.removed.map(removed))
            .collect(),
        text: vec![row.text().to_owned()],
        targets: of_prefix(row, targets),
        see_also: vec!["ExecStart".to_owned()],
        ..Explanation::default()
    }
}

fn specifier(row: &'static Specifier, targets: &[&Profile]) -> Explanation {
    let place = |context, place| match row.since_in(context) {
        Some(1) => format!("{place} since the first systemd"),
        Some(version) => format!("{place} since systemd {version}"),
        None => format!("not {place}"),
    };
    Explanation {
        kind: "specifier",
        title: format!("%{}", row.letter),
        facts: vec![
            place(SpecifierContext::Value, "in values"),
            place(SpecifierContext::UnitName, "in names of units"),
            place(SpecifierContext::Install, "in [Install]"),
        ],
        text: vec![row.text().to_owned()],
        targets: of_specifier(row, targets),
        ..Explanation::default()
    }
}

fn section(name: &'static str) -> Explanation {
    let own = directives_in(name)
        .iter()
        .filter(|row| row.context == Context::Own);
    let with_text = |row: &&Directive| row.text().is_some() && row.history.removed.is_none();
    let names = own
        .filter(with_text)
        .map(|row| row.name.to_owned())
        .collect();
    let families = directives_in(name)
        .iter()
        .any(|row| row.context == Context::Exec);
    let mut lists = vec![("Its directives".to_owned(), names)];
    if families {
        let of = "identity, folders, sandbox and limits: systemd.exec(5)";
        let more = [
            of,
            "what it may use: systemd.resource-control(5)",
            "how it is ended: systemd.kill(5)",
        ];
        lists.push(("And".to_owned(), more.map(str::to_owned).to_vec()));
    }
    lists.retain(|(_, names)| !names.is_empty());
    Explanation {
        kind: "section",
        title: format!("[{name}]"),
        text: section_text(name).map(str::to_owned).into_iter().collect(),
        lists,
        see_also: directive_named(name),
        ..Explanation::default()
    }
}

/// The directive of the name of a section: `Slice=`, `Unit=`.
fn directive_named(name: &str) -> Vec<String> {
    let mut sections = sections_of(name).filter(|section| *section != "BusName");
    let section = sections.next().map(|section| match section {
        // The family of resource control is in all sections with processes.
        _ if sections_of(name).any(|section| section == "Service") => "Service",
        other => other,
    });
    section
        .map(|section| format!("the directive {section}.{name}"))
        .into_iter()
        .collect()
}

fn of_the_rule(rule: &'static Rule) -> Explanation {
    let severity = match rule.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let origin = match rule.origin {
        lint::Origin::Systemd => "systemd itself says so",
        lint::Origin::Ours => "a rule beyond systemd's own",
    };
    let mut facts = vec![rule.name.to_owned(), severity.to_owned(), origin.to_owned()];
    if rule.is_mended() {
        facts.push("--fix mends what can mean one thing only".to_owned());
    }
    if rule.is_of_packages() {
        facts.push("of packages only".to_owned());
    }
    Explanation {
        kind: "rule",
        title: rule.code.to_owned(),
        facts,
        text: vec![rule.summary.to_owned(), rule.explanation.to_owned()],
        example: Some((rule.example.bad.to_owned(), rule.example.good.to_owned())),
        ..Explanation::default()
    }
}

fn refused_target(refused: &Refused) -> Explanation {
    Explanation {
        kind: "target",
        title: refused.name.clone(),
        facts: vec!["not supported".to_owned()],
        text: vec![refused.reason.clone()],
        ..Explanation::default()
    }
}

fn target(profile: &Profile) -> Explanation {
    let facts = [
        format!("systemd {}", profile.systemd.value),
        format!("rpm {}", profile.rpm.value),
        format!("glibc {}", profile.glibc.value),
        format!("end of life {}", profile.end_of_life.value),
    ];
    let install = match profile.install_style() {
        InstallStyle::UnitFile => {
            "[Install] counts in the unit file alone: packaging writes it there if it is missing."
        }
        InstallStyle::DropIn => {
            "[Install] counts in drop-ins too: a missing one is added beside the unit, which stays as it is."
        }
    };
    let programs = if profile.finds_programs() {
        "Programs in Exec lines may be given without their folder."
    } else {
        "Programs in Exec lines need an absolute path, or the line is dropped."
    };
    let specifiers = if profile.refuses_unknown_specifiers() {
        "An unknown specifier in a command, in User= or in WorkingDirectory= makes systemd refuse the unit, in another \
         line ignore the line."
    } else {
        "An unknown specifier stays in the line as it is written."
    };
    let unknown = "A directive that systemd does not know is ignored, with a warning in the log that few read: \
        `cargo ambot check` finds it before.";
    Explanation {
        kind: "target",
        title: profile.name.clone(),
        facts: std::iter::once(profile.title.clone())
            .chain(facts)
            .collect(),
        text: vec![
            unknown.to_owned(),
            format!("{install} {programs} {specifiers}"),
        ],
        lists: not_known(profile),
        see_also: vec![format!("cargo ambot targets {}", profile.name)],
        ..Explanation::default()
    }
}

/// What services use on systemd 252 and the target does not know.
fn not_known(profile: &Profile) -> Vec<(String, Vec<String>)> {
    let of = |section: &'static str| {
        let is_missing = |row: &&Directive| {
            row.text().is_some()
                && row.history.standing(Tree::Upstream(252)) == Standing::Known
                && !profile.directive(section, row.name).works()
        };
        let missing: Vec<&Directive> = directives_in(section).iter().filter(is_missing).collect();
        let names = missing.iter().filter_map(|row| {
            // Condition and Assert ask the same and have come together, but for one.
            let twin = |family| row.name.strip_prefix(family);
            if let Some(check) = twin("Assert")
                && missing
                    .iter()
                    .any(|row| row.name.strip_prefix("Condition") == Some(check))
            {
                return None;
            }
            let name = match twin("Condition") {
                Some(check) => format!("Condition/Assert{check}"),
                None => row.name.to_owned(),
            };
            Some(match profile.rewrite(section, row.name) {
                Some(other) if other.section == section => format!("{name} ({})", other.name),
                Some(other) => format!("{name} ([{}] {})", other.section, other.name),
                None => name,
            })
        });
        let heading = format!("Not known in [{section}], and in brackets what it is there");
        (heading, names.collect::<Vec<String>>())
    };
    let mut lists = vec![of("Unit"), of("Service"), of("Install")];
    lists.retain(|(_, names)| !names.is_empty());
    lists
}
