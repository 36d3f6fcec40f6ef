//! AMB081

use super::super::program::{COMMANDS, programs};
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::target::base_system::merged_path;

pub(super) static RULE: Rule = Rule {
    code: "AMB081",
    name: "not-executable",
    severity: Severity::Error,
    origin: Origin::Ours,
    summary: "A command line names a file of the package that is not executable.",
    explanation: "The service fails with 203/EXEC. The mode is that of the file in the project unless the \
        configuration gives one.",
    example: Example {
        bad: "files = [{ source = \"run.sh\", dest = \"/usr/libexec/hello/run\", mode = \"0644\" }]",
        good: "files = [{ source = \"run.sh\", dest = \"/usr/libexec/hello/run\", mode = \"0755\" }]",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(package) = context.package else {
        return;
    };
    for program in programs(context, &COMMANDS) {
        let merged = merged_path(&program.path);
        let mut files = package.files.iter();
        let Some(file) = files.find(|file| merged_path(file) == merged) else {
            continue;
        };
        if package.programs.contains(file) {
            continue;
        }
        findings.push(
            Finding::new(&RULE, format!("{file} is shipped and cannot be executed"))
                .at_value(context.unit, program.directive, program.range.clone(), "")
                .help("give it mode = \"0755\" in `files`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::PackageFacts;
    use super::super::super::testing::said_of;

    #[test]
    fn a_file_without_the_bit_is_found() {
        let file = "/usr/libexec/run".to_owned();
        let text = "[Service]\nExecStart=/usr/libexec/run\n";
        let mut facts = PackageFacts {
            files: [file.clone()].into(),
            ..PackageFacts::default()
        };
        let said =
            |facts: &PackageFacts| said_of("AMB081", "el8", &[("a.service", text)], Some(facts));
        insta::assert_snapshot!(said(&facts), @"a.service:2:11: error[AMB081]: /usr/libexec/run is shipped and cannot be executed");
        facts.programs.insert(file);
        assert_eq!(said(&facts), "");
    }
}
