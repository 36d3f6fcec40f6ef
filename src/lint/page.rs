//! The page of all rules, in Markdown.

use super::{Origin, Rule, all};
use crate::report::Severity;
use std::fmt::Write;

/// What `docs/rules.md` holds: every rule with its explanation and an example.
pub fn rules_page() -> String {
    let mut page = String::from(
        "# The rules of `cargo ambot check`\n\n\
         <!-- Written by `cargo xtask docs` from the rules themselves. -->\n\n\
         `[package.metadata.ambot.lints] AMB012 = \"allow\"` (or `\"warn\"`, `\"deny\"`) says how much a rule matters to\n\
         a package. In a unit file, `# ambot: allow(AMB012)` allows it for the next directive, or for the whole file\n\
         where it stands before the first section. The name of a rule does as well as its code.\n\n\
         `--fix`: `cargo ambot check --fix` mends those of its findings in which only one thing can be meant. A file\n\
         that is checked without a project is not held to the rules for packages.\n\n\
         | code | name | default | finds | |\n|---|---|---|---|---|\n",
    );
    for rule in all() {
        // Writing to a String cannot fail.
        let _ = writeln!(
            page,
            "| [{0}](#{1}) | {1} | {2} | {3} | {4} |",
            rule.code,
            rule.name,
            level(rule.severity),
            rule.summary,
            match (rule.is_mended(), rule.is_of_packages()) {
                (true, _) => "`--fix`",
                (false, true) => "packages only",
                (false, false) => "",
            }
        );
    }
    for rule in all() {
        section(rule, &mut page);
    }
    page
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "deny",
        Severity::Warning => "warn",
        Severity::Note => "note",
    }
}

fn section(rule: &Rule, page: &mut String) {
    let who = match rule.origin {
        Origin::Systemd => "systemd itself says so, on the targets where it is found.",
        Origin::Ours => "systemd takes it; it is hardly what was meant.",
    };
    let _ = write!(
        page,
        "\n## {name}\n\n**{code}.** {summary}\n\n{explanation}\n\n{who}\n\nWrong:\n\n```ini\n{bad}\n```\n\nRight:\n\n```ini\n{good}\n```\n",
        name = rule.name,
        code = rule.code,
        summary = rule.summary,
        explanation = rule.explanation,
        bad = rule.example.bad,
        good = rule.example.good,
    );
}
