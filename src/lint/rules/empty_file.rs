//! AMB008

use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;

pub(super) static RULE: Rule = Rule {
    code: "AMB008",
    name: "empty-file",
    severity: Severity::Error,
    origin: Origin::Ours,
    summary: "The file of a unit has no bytes, which masks the unit.",
    explanation: "systemd takes a unit file without a single byte for a masked unit, as it takes a link to /dev/null: \
        nothing can start it, by hand or as a dependency. A file with nothing but blank lines or comments is not \
        masked (null_or_empty() of 219, 239 and 252).",
    example: Example {
        bad: "",
        good: "[Service]\nExecStart=/usr/bin/hello",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let is_file = context.unit.source().is_some();
    if is_file && context.unit.document.as_bytes().is_empty() {
        let title = format!("{} is empty, which masks the unit", context.unit.name);
        findings.push(
            Finding::new(&RULE, title)
                .at_range(context.unit, 1, 0..0, "")
                .help("write the unit, or remove the file"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{codes_of, said_by};

    #[test]
    fn a_file_without_a_byte_is_a_mask_and_a_blank_one_is_not() {
        insta::assert_snapshot!(said_by("AMB008", "el8", ""), @"x.service:1:1: error[AMB008]: x.service is empty, which masks the unit");
        assert_eq!(codes_of("el8", ""), ["AMB008"]);
        assert_eq!(codes_of("el8", "\n"), ["AMB045"]);
    }
}
