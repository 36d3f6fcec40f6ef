//! AMB063

use super::super::listed;
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::unit::UnitName;

pub(super) static RULE: Rule = Rule {
    code: "AMB063",
    name: "alias-of-another-kind",
    severity: Severity::Error,
    origin: Origin::Ours,
    summary: "An alias has another suffix than the unit, or is a template where the unit is none.",
    explanation: "An alias is a link to the unit, and a unit is loaded under no name of another kind. `systemctl \
        enable` of 219 and 239 makes the link, exits 0, and nothing can be started by it; that of 252 fails.",
    example: Example {
        bad: "# hello.service\n[Install]\nAlias=web",
        good: "# hello.service\n[Install]\nAlias=web.service",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let unit = &context.unit.name;
    for directive in context
        .directives()
        .iter()
        .filter(|line| line.is("Install", "Alias"))
    {
        for (range, name) in listed::words(&directive.value) {
            // `multi-user.target.wants/hello.service` is an old way to say WantedBy=.
            if name.contains('/') {
                continue;
            }
            let Some(problem) = problem(unit, name) else {
                continue;
            };
            let title = format!("{unit} cannot have the alias {name}: {problem}");
            let stem = name.split(['@', '.']).next().unwrap_or_default();
            let at = if unit.is_template() { "@" } else { "" };
            findings.push(
                Finding::new(&RULE, title)
                    .at_value(context.unit, directive, range, "")
                    .help(format!("say Alias={stem}{at}.{}", unit.kind())),
            );
        }
    }
}

fn problem(unit: &UnitName, alias: &str) -> Option<String> {
    let suffix = format!(".{}", unit.kind());
    let Some(stem) = alias.strip_suffix(&suffix) else {
        return Some(format!("it does not end in {suffix}"));
    };
    // `%` may stand for a name with `@` in it.
    if stem.contains('%') {
        return None;
    }
    match (unit.is_template(), stem.contains('@')) {
        (true, false) => Some("the unit is a template".to_owned()),
        (false, true) if stem.ends_with('@') => Some("the unit is no template".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_of;

    #[test]
    fn an_alias_is_of_the_kind_of_its_unit() {
        let said = |unit: &str, alias: &str| {
            let text = format!("[Service]\nExecStart=/bin/x\n[Install]\nAlias={alias}\n");
            said_of("AMB063", "el8", &[(unit, &text)], None)
        };
        insta::assert_snapshot!(
            said("a.service", "x.target foo foo.service foo@.service") + &said("b@.service", "foo.service foo@x.service foo@.service"),
            @"
        a.service:4:7: error[AMB063]: a.service cannot have the alias x.target: it does not end in .service
        a.service:4:16: error[AMB063]: a.service cannot have the alias foo: it does not end in .service
        a.service:4:32: error[AMB063]: a.service cannot have the alias foo@.service: the unit is no template
        b@.service:4:7: error[AMB063]: b@.service cannot have the alias foo.service: the unit is a template
        "
        );
        assert_eq!(
            said("a.service", "multi-user.target.wants/a.service %p.service"),
            ""
        );
    }
}
