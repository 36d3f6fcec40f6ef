//! AMB009

use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::unit::{Dialect, ProblemKind};

pub(super) static RULE: Rule = Rule {
    code: "AMB009",
    name: "not-utf8",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "A line is not UTF-8.",
    explanation: "systemd 239 and later refuse a unit with such a line (parse_line() of conf-parser.c); 219 ignores the \
        value. Comments are passed over before anybody looks at their bytes. Most often the file was saved as \
        Latin-1.",
    example: Example {
        bad: "[Unit]\n# two bytes of Latin-1\nDescription=Gr\u{fffd}\u{fffd}e",
        good: "[Unit]\nDescription=Grüße",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let (effect, label) = match context.dialect() {
        Dialect::V219 => (Effect::LineIgnored, "the line is ignored there"),
        _ => (Effect::UnitRefused, "systemd refuses the unit"),
    };
    let problems = context.unit.document.problems().iter();
    for problem in problems.filter(|problem| problem.kind == ProblemKind::NotUtf8) {
        let bytes = &context.unit.document.as_bytes()[problem.range.clone()];
        let mut chunks = bytes.utf8_chunks();
        let byte = chunks.find_map(|chunk| chunk.invalid().first().copied());
        let title = match byte {
            Some(byte) => format!("the line is not UTF-8: it has the byte {byte:#04x}"),
            None => "the line is not UTF-8".to_owned(),
        };
        findings.push(
            Finding::new(&RULE, title)
                .effect(effect)
                .at_range(context.unit, problem.line, problem.range.clone(), label)
                .help("save the file as UTF-8"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Context, Levels, UnitSet, check};
    use crate::report::short;
    use crate::target;
    use crate::unit::{Dialect, UnitFile, UnitName};

    #[test]
    fn a_line_has_to_be_utf8_and_a_comment_need_not() {
        let bytes =
            b"# Gr\xfc\xdfe\n[Unit]\nDescription=Gr\xfc\xdfe\n[Service]\nExecStart=/bin/true\n";
        for target in ["centos7", "el8", "el9"] {
            let profile = target::find(target).unwrap().profile();
            let name = UnitName::parse("x.service").unwrap();
            let unit = UnitFile::read(name, "x.service".into(), bytes);
            let units = UnitSet::new(vec![unit.as_read_by(Dialect::of(profile))], profile);
            let context = Context {
                profile,
                unit: &units[0],
                units: &units,
                decision: None,
                package: None,
            };
            let found = check(&context, &Levels::default());
            let mut found = found.iter().filter(|finding| finding.rule.code == "AMB009");
            let said = found.next().map(|finding| short(&finding.diagnostic));
            insta::allow_duplicates! {
                insta::assert_snapshot!(said.unwrap(), @"x.service:3:1: error[AMB009]: the line is not UTF-8: it has the byte 0xfc");
            }
            assert!(found.next().is_none());
        }
    }
}
