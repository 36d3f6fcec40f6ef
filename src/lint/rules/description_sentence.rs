//! AMB068

use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;

pub(super) static RULE: Rule = Rule {
    code: "AMB068",
    name: "description-is-a-sentence",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "Description= says what the service does instead of what it is called.",
    explanation: "systemd puts the description into its own sentences, `Started DESCRIPTION.`, and into one column of \
        `systemctl status`. So it is a title: `Hello Web Server`, not `This service serves hello pages.` \
        What it does belongs into Documentation= (systemd.unit(5)).",
    example: Example {
        bad: "[Unit]\nDescription=This service serves hello pages.",
        good: "[Unit]\nDescription=Hello Web Server",
    },
    check,
};

/// The longest name, in characters: with it and the word before it a line of the log has 80.
const LONGEST: usize = 70;

/// Words that begin a sentence about a thing, and not its name. `The` is none of them: `The Apache
/// HTTP Server` is a name.
const OPENERS: [&str; 8] = ["A", "An", "It", "This", "These", "That", "Service", "Used"];

/// What a service does, in the third person.
const VERBS: [&str; 24] = [
    "Allows",
    "Checks",
    "Collects",
    "Controls",
    "Creates",
    "Exposes",
    "Fetches",
    "Handles",
    "Launches",
    "Listens",
    "Makes",
    "Manages",
    "Monitors",
    "Performs",
    "Processes",
    "Provides",
    "Reads",
    "Receives",
    "Runs",
    "Sends",
    "Serves",
    "Starts",
    "Watches",
    "Writes",
];

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(directive) = context.last("Unit", "Description") else {
        return;
    };
    let Some(problem) = problem(&directive.value) else {
        return;
    };
    findings.push(
        Finding::new(&RULE, format!("the description {problem}"))
            .at_directive(context.unit, directive, "")
            .help("write a title, such as `Hello Web Server`"),
    );
}

fn problem(description: &str) -> Option<String> {
    let mut words = description.split_whitespace();
    let first = words.next()?;
    let rest: Vec<&str> = words.collect();
    let length = description.chars().count();
    if VERBS.contains(&first) && !rest.is_empty() {
        return Some("says what the service does, and is not its title".to_owned());
    }
    // `Service for …` and `Used by …`; `Service Manager` is a name.
    let opens = match first {
        "Service" | "Used" => rest
            .first()
            .is_some_and(|word| ["for", "to", "that", "which", "by"].contains(word)),
        _ => OPENERS.contains(&first) && rest.len() > 1,
    };
    if opens {
        return Some("tells about the service, and is not its title".to_owned());
    }
    if has_inner_end(description) {
        return Some("is several sentences".to_owned());
    }
    if ends_in_stop(description) && rest.len() > 1 {
        return Some("is a sentence: it ends in a full stop".to_owned());
    }
    (length > LONGEST).then(|| format!("has {length} characters, which is long for a title"))
}

/// Whether a full stop ends the text; not one of an abbreviation such as `Inc.`, nor `...`.
fn ends_in_stop(text: &str) -> bool {
    let Some(before) = text.strip_suffix('.') else {
        return false;
    };
    let last = before.rsplit(' ').next().unwrap_or_default();
    let abbreviation = ["etc", "Inc", "Ltd", "Corp", "Co"].contains(&last);
    !before.ends_with('.') && !abbreviation && !last.contains('.')
}

/// Whether a sentence ends before the end of the text: a lower-case word, a stop, a capital.
fn has_inner_end(text: &str) -> bool {
    text.match_indices(". ").any(|(at, _)| {
        let before = text[..at].rsplit(' ').next().unwrap_or_default();
        let ends = before.len() > 3 && before.chars().all(char::is_lowercase);
        ends && text[at + 2..].starts_with(char::is_uppercase)
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;
    use super::*;

    #[test]
    fn sentences_are_told_from_names() {
        let text = "[Unit]\nDescription=Serves hello pages\n[Service]\nExecStart=/bin/x\n";
        insta::assert_snapshot!(said_by("AMB068", "el8", text), @"x.service:2:1: warning[AMB068]: the description says what the service does, and is not its title");
        let long = format!("The {}Server", "Very ".repeat(14));
        for sentence in [
            "This service serves hello pages",
            "A web server",
            "Hello serves pages.",
            "Hello serves pages. It is fast",
            "Service that says hello",
            &long,
        ] {
            assert!(problem(sentence).is_some(), "{sentence}");
        }
    }

    #[test]
    fn names_are_left_alone() {
        for name in [
            "Hello Web Server",
            "The Apache HTTP Server",
            "Load Kernel Modules",
            "Wait for Network to be Configured",
            "A2DP Helper",
            "Service Manager",
            "Hello by Example Inc.",
            "Hello v1.2 for St. Gallen",
            "OpenBSD Secure Shell server",
            "Runs",
        ] {
            assert_eq!(problem(name), None, "{name}");
        }
    }
}
