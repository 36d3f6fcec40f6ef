//! AMB080

use super::super::program::{COMMANDS, Program, programs};
use super::super::{Context, Example, Finding, Origin, PackageFacts, Rule};
use crate::report::{Severity, nearest};
use crate::target::base_system::{has_program, merged_path};

pub(super) static RULE: Rule = Rule {
    code: "AMB080",
    name: "program-not-shipped",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "A command line names a program that neither the package nor the base system has.",
    explanation: "When the program is not there the service fails with 203/EXEC. Binaries of the project are \
        installed into /usr/bin. A program of another package is there only when that one is required; where the \
        package ships a program of nearly this name or of this name elsewhere, this is an error.",
    example: Example {
        bad: "[Service]\nExecStart=/usr/local/bin/hello",
        good: "[Service]\nExecStart=/usr/bin/hello",
    },
    check,
};

/// Where systemd looks for a program that is given by its name alone (seen on the real 239).
const SEARCHED: [&str; 4] = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"];

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(package) = context.package else {
        return;
    };
    for program in programs(context, &COMMANDS) {
        if !program.may_fail && !is_there(package, &program.path) {
            findings.push(finding(context, package, &program));
        }
    }
}

fn is_there(package: &PackageFacts, path: &str) -> bool {
    let shipped = |path: &str| {
        let merged = merged_path(path);
        let mut files = package.files.iter().chain(&package.required_files);
        files.any(|file| merged_path(file) == merged)
    };
    let found = match path.contains('/') {
        true => shipped(path),
        false => SEARCHED
            .iter()
            .any(|folder| shipped(&format!("{folder}/{path}"))),
    };
    found || has_program(path)
}

fn finding(context: &Context<'_>, package: &PackageFacts, program: &Program<'_>) -> Finding {
    let title = format!(
        "{} is neither in the package nor in the base system",
        program.path
    );
    let finding = Finding::new(&RULE, title).at_value(
        context.unit,
        program.directive,
        program.range.clone(),
        "",
    );
    // The same name elsewhere, or nearly the same name.
    let names = package.programs.iter().map(|path| file_name(path));
    let near = nearest(program.name(), names);
    let mut shipped = package.programs.iter();
    match shipped.find(|path| Some(file_name(path)) == near) {
        Some(path) => finding
            .severity(Severity::Error)
            .help(format!("the package ships {path}")),
        // No RPM has files there: hier(7) leaves it to the administrator.
        None if program.path.starts_with("/usr/local/") => finding.help(
            "ship it with `files`, better below /usr/bin; or allow AMB080 where the administrator puts it there",
        ),
        None if program.path.starts_with('/') => finding.help(format!(
            "ship it with `files`, or require it of another package: requires = {{ \"{}\" = \"*\" }}",
            program.path
        )),
        None => finding.help("ship it with `files`, and give its full path"),
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::super::PackageFacts;
    use super::super::super::testing::said_of;

    fn said(command: &str) -> String {
        let hello = "/usr/bin/hello".to_owned();
        let facts = PackageFacts {
            files: [hello.clone(), "/usr/libexec/hello/run".to_owned()].into(),
            programs: [hello].into(),
            required_files: ["/usr/bin/psql".to_owned()].into(),
            ..PackageFacts::default()
        };
        let text = format!("[Service]\nExecStart={command}\n");
        said_of("AMB080", "el8", &[("a.service", &text)], Some(&facts))
    }

    #[test]
    fn programs_that_nobody_brings_are_found() {
        insta::assert_snapshot!(
            said("/usr/bin/helo") + &said("/usr/local/bin/hello") + &said("/usr/bin/curly") + &said("nobody-has-it"),
            @"
        a.service:2:11: error[AMB080]: /usr/bin/helo is neither in the package nor in the base system
        a.service:2:11: error[AMB080]: /usr/local/bin/hello is neither in the package nor in the base system
        a.service:2:11: warning[AMB080]: /usr/bin/curly is neither in the package nor in the base system
        a.service:2:11: warning[AMB080]: nobody-has-it is neither in the package nor in the base system
        "
        );
    }

    #[test]
    fn shipped_programs_and_those_of_the_base_system_are_there() {
        for fine in [
            "/usr/bin/hello",
            "/bin/hello",
            "hello",
            "/bin/sh -c x",
            "/bin/psql",
            "/usr/libexec/hello/run",
            "-/opt/other/run",
            "/opt/%i/run",
        ] {
            assert_eq!(said(fine), "", "{fine}");
        }
    }
}
