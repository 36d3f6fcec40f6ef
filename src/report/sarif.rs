//! Findings as SARIF 2.1.0 (OASIS, 2020), which code hosts show beside the code.

use super::diagnostic::{Diagnostic, Label, Severity};
use super::fix::{Edit, Fix};
use super::source::Span;
use serde_json::{Value, json};

/// What is said of a rule itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleInfo {
    /// `AMB012`
    pub code: &'static str,
    /// A name in kebab case.
    pub name: &'static str,
    /// How much it matters unless the user says otherwise.
    pub severity: Severity,
    /// One sentence.
    pub summary: &'static str,
    /// What it is about and why it matters.
    pub explanation: &'static str,
}

/// One run with these rules and findings, and what kept it from looking at all it was asked to.
pub fn sarif(rules: &[RuleInfo], findings: &[Diagnostic], failures: &[Diagnostic]) -> Value {
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "cargo-ambot",
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": rules.iter().map(rule).collect::<Vec<_>>(),
                },
            },
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": failures.is_empty(),
                "toolExecutionNotifications": failures.iter().map(notification).collect::<Vec<_>>(),
            }],
            "results": findings.iter().map(|finding| result(rules, finding)).collect::<Vec<_>>(),
        }],
    })
}

fn level(severity: Severity) -> &'static str {
    // SARIF's words are ours.
    severity.as_str()
}

fn rule(rule: &RuleInfo) -> Value {
    json!({
        "id": rule.code,
        "name": rule.name,
        "shortDescription": { "text": rule.summary },
        "fullDescription": { "text": rule.explanation },
        "help": { "text": rule.explanation },
        "defaultConfiguration": { "level": level(rule.severity) },
    })
}

fn result(rules: &[RuleInfo], finding: &Diagnostic) -> Value {
    let mut result = json!({
        "level": level(finding.severity),
        "message": { "text": text(finding) },
        "properties": { "targets": finding.targets },
    });
    if let Some(code) = finding.code {
        result["ruleId"] = json!(code);
        if let Some(index) = rules.iter().position(|rule| rule.code == code) {
            result["ruleIndex"] = json!(index);
        }
    }
    if let Some(fix) = &finding.fix {
        result["fixes"] = json!([fixed(fix)]);
    }
    let mut labels = finding.labels.iter();
    if let Some(first) = labels.next() {
        result["locations"] = json!([location(first)]);
        let related: Vec<Value> = labels.map(location).collect();
        if !related.is_empty() {
            result["relatedLocations"] = Value::Array(related);
        }
    }
    result
}

fn text(diagnostic: &Diagnostic) -> String {
    let more = diagnostic.notes.iter().chain(&diagnostic.help);
    more.fold(diagnostic.title.clone(), |text, more| text + "\n" + more)
}

/// What kept the run from a part of its work.
fn notification(failure: &Diagnostic) -> Value {
    let mut notification = json!({
        "level": level(failure.severity),
        "message": { "text": text(failure) },
    });
    if let Some(first) = failure.labels.first() {
        notification["locations"] = json!([location(first)]);
    }
    notification
}

fn fixed(fix: &Fix) -> Value {
    let change = |edit: &Edit| {
        json!({
            "artifactLocation": { "uri": uri(edit.span.file().path().as_str()) },
            "replacements": [{
                "deletedRegion": region(&edit.span),
                "insertedContent": { "text": edit.replacement },
            }],
        })
    };
    json!({
        "description": { "text": fix.what },
        "artifactChanges": fix.edits.iter().map(change).collect::<Vec<_>>(),
    })
}

fn location(label: &Label) -> Value {
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(label.span.file().path().as_str()) },
            "region": region(&label.span),
        },
    });
    if !label.text.is_empty() {
        location["message"] = json!({ "text": label.text });
    }
    location
}

fn region(span: &Span) -> Value {
    let (line, column) = span.file().position(span.range().start);
    let (end_line, end_column) = span.file().position(span.range().end);
    json!({
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
    })
}

/// A path as the path of a URI reference (RFC 3986): an absolute one with its scheme, all but
/// unreserved characters and `/` as codes.
fn uri(path: &str) -> String {
    let encoded: String = path
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    if path.starts_with('/') {
        format!("file://{encoded}")
    } else {
        encoded
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::SourceFile;

    const RULE: RuleInfo = RuleInfo {
        code: "AMB001",
        name: "test-rule",
        severity: Severity::Warning,
        summary: "A rule.",
        explanation: "It is there for the test.",
    };

    #[test]
    fn a_finding_has_its_rule_its_level_and_its_places() {
        let file = SourceFile::new("my units/ä.service", "[Unit]\nÄ=1\n");
        let mut finding = Diagnostic::error("wrong").at(Some(&file.span(7..9)), "here");
        finding.code = Some("AMB001");
        let sarif = sarif(&[RULE], &[finding, Diagnostic::note("nowhere")], &[]);
        let results = &sarif["runs"][0]["results"];
        assert_eq!(results[0]["ruleIndex"], 0);
        assert_eq!(results[0]["level"], "error");
        let place = &results[0]["locations"][0]["physicalLocation"];
        assert_eq!(
            place["artifactLocation"]["uri"],
            "my%20units/%C3%A4.service"
        );
        assert_eq!(
            place["region"],
            json!({"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 2})
        );
        assert_eq!(results[1].get("locations"), None);
    }
}
