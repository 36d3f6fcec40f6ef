//! What the check says of one line by itself.

use crate::lint::{self, Context, Finding, Levels, UnitSet};
use crate::target::Profile;
use crate::target::systemd::Directive;
use crate::unit::{Dialect, UnitFile, UnitKind, UnitName};

/// The rules that look at a value alone.
const OF_VALUES: [&str; 2] = ["AMB020", "AMB022"];

/// What is wrong with a value of a directive, on every target that knows the directive.
pub(super) fn wrong_value(row: &Directive, value: &str, targets: &[&Profile]) -> Option<String> {
    let mut titles = Vec::new();
    for profile in targets {
        if profile.directive(row.section, row.name).works() {
            titles.push(title(row, value, profile)?);
        }
    }
    titles.into_iter().next_back()
}

/// The finding for one target, in a line.
fn title(row: &Directive, value: &str, profile: &Profile) -> Option<String> {
    let kind = UnitKind::from_suffix(&row.section.to_lowercase()).unwrap_or(UnitKind::Service);
    let name = UnitName::parse(&format!("x.{kind}")).ok()?;
    let text = format!("[{}]\n{}={value}\n", row.section, row.name);
    let unit = UnitFile::read(name, "x".into(), text.as_bytes());
    let units = UnitSet::new(vec![unit.as_read_by(Dialect::of(profile))], profile);
    let context = Context {
        profile,
        unit: units.first()?,
        units: &units,
        decision: None,
        package: None,
    };
    let found = lint::check(&context, &Levels::default());
    let of_value = |finding: &&Finding| OF_VALUES.contains(&finding.rule.code);
    let finding = found.iter().find(of_value)?;
    let help = finding.diagnostic.help.first();
    let help = help.map_or(String::new(), |help| format!(" ({help})"));
    Some(format!("{}{help}.", finding.diagnostic.title))
}
