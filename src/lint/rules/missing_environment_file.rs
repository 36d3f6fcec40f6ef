//! AMB083

use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::{Severity, nearest};
use crate::target::base_system::has_path;

pub(super) static RULE: Rule = Rule {
    code: "AMB083",
    name: "environment-file",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "A file of environment variables has to be there, and the package does not ship it.",
    explanation: "Without the file the service does not start, on the first machine that the package is installed on \
        without further ado. A `-` before the path makes the file optional; a file below /etc that is shipped is \
        configuration and stays as the administrator changed it.",
    example: Example {
        bad: "[Service]\nEnvironmentFile=/etc/sysconfig/hello",
        good: "[Service]\nEnvironmentFile=-/etc/sysconfig/hello",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(package) = context.package else {
        return;
    };
    for directive in context.list("Service", "EnvironmentFile") {
        let path = directive.value.trim_matches('"');
        // A pattern and what a specifier stands for are known on the machine alone.
        let at_run_time = path.contains(['%', '*', '?', '[']);
        if !path.starts_with('/') || at_run_time || package.files.contains(path) || has_path(path) {
            continue;
        }
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let names: Vec<String> = package.files.iter().map(|file| name(file)).collect();
        let near = nearest(&name(path), names.iter().map(String::as_str));
        let mut files = package.files.iter();
        let near = files.find(|file| Some(name(file).as_str()) == near);
        findings.push(
            Finding::new(
                &RULE,
                format!("{path} has to be there, and the package does not ship it"),
            )
            .at_directive(
                context.unit,
                directive,
                "the service does not start without it",
            )
            .help_if(near.map(|near| format!("did you mean {near}?")))
            .help(format!(
                "ship it with `files`, or say EnvironmentFile=-{path}"
            )),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::PackageFacts;
    use super::super::super::testing::said_of;

    #[test]
    fn a_file_is_shipped_or_optional() {
        let facts = PackageFacts {
            files: ["/etc/hello.env".to_owned()].into(),
            ..PackageFacts::default()
        };
        let said = |value: &str| {
            let text = format!("[Service]\nExecStart=/bin/true\nEnvironmentFile={value}\n");
            said_of("AMB083", "el8", &[("a.service", &text)], Some(&facts))
        };
        insta::assert_snapshot!(said("/etc/sysconfig/hello") + &said("/etc/hello/hello.env"), @"
        a.service:3:1: warning[AMB083]: /etc/sysconfig/hello has to be there, and the package does not ship it
        a.service:3:1: warning[AMB083]: /etc/hello/hello.env has to be there, and the package does not ship it
        ");
        for fine in [
            "/etc/hello.env",
            "-/etc/sysconfig/hello",
            "/etc/hello.d/*.env",
            "/etc/os-release",
            "",
        ] {
            assert_eq!(said(fine), "", "{fine}");
        }
    }
}
