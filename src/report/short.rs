//! A diagnostic on one line, for editors and for grep, and as GitHub's log reads it.

use super::diagnostic::{Diagnostic, Severity};
use super::shown::{visible, visible_line};

/// `PATH:LINE:COLUMN: warning[AMB012]: TITLE (centos7, el8)`.
pub fn short(diagnostic: &Diagnostic) -> String {
    let mut line = String::new();
    if let Some(label) = diagnostic.labels.first() {
        line.push_str(&format!("{}: ", label.span));
    }
    line.push_str(diagnostic.severity.as_str());
    if let Some(code) = diagnostic.code {
        line.push_str(&format!("[{code}]"));
    }
    line.push_str(&format!(": {}", one_line(&diagnostic.title)));
    if !diagnostic.told_targets().is_empty() {
        line.push_str(&format!(" ({})", diagnostic.told_targets().join(", ")));
    }
    visible_line(&line)
}

/// A workflow command that GitHub shows beside the line of a pull request:
/// `::warning file=PATH,line=1,col=2,endLine=1,endColumn=5,title=AMB012::TEXT` (GitHub's page on
/// workflow commands).
pub fn github(diagnostic: &Diagnostic) -> String {
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(label) = diagnostic.labels.first() {
        let (span, file) = (&label.span, label.span.file());
        let (line, column) = file.position(span.range().start);
        let (end_line, end_column) = file.position(span.range().end);
        properties.push(format!(
            "file={}",
            property(&visible_line(file.path().as_str()))
        ));
        properties.push(format!(
            "line={line},col={column},endLine={end_line},endColumn={end_column}"
        ));
    }
    properties.extend(diagnostic.code.map(|code| format!("title={code}")));
    let mut text = diagnostic.title.clone();
    if !diagnostic.told_targets().is_empty() {
        text.push_str(&format!(" ({})", diagnostic.told_targets().join(", ")));
    }
    for more in diagnostic.notes.iter().chain(&diagnostic.help) {
        text.push('\n');
        text.push_str(more);
    }
    let separator = if properties.is_empty() { "" } else { " " };
    format!(
        "::{command}{separator}{}::{}",
        properties.join(","),
        data(&visible(&text))
    )
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What would end a command's text is written as a code.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// In a property the separators are written as codes too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::SourceFile;

    fn diagnostic() -> Diagnostic {
        let file = SourceFile::new("a,b.service", "[Service]\nNice=99\n");
        let mut diagnostic = Diagnostic::warning("100% wrong")
            .at(Some(&file.span(10..17)), "here")
            .with_help("write\na number");
        diagnostic.code = Some("AMB001");
        diagnostic.targets = vec!["centos7".to_owned(), "el8".to_owned()];
        diagnostic
    }

    #[test]
    fn one_line_for_editors() {
        assert_eq!(
            short(&diagnostic()),
            "a,b.service:2:1: warning[AMB001]: 100% wrong (centos7, el8)"
        );
    }

    #[test]
    fn a_workflow_command_keeps_separators_out_of_its_fields() {
        assert_eq!(
            github(&diagnostic()),
            "::warning file=a%2Cb.service,line=2,col=1,endLine=2,endColumn=8,title=AMB001::100%25 wrong (centos7, el8)%0Awrite%0Aa number"
        );
    }
}
