//! Which unit of a package starts which other one.

use super::name::{UnitKind, UnitName};
use super::unit_file::UnitFile;
use super::word;
use std::collections::HashMap;
use std::fmt;

/// One unit of the package starts or names another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pull {
    /// The unit that does.
    pub by: UnitName,
    /// How.
    pub kind: PullKind,
}

/// How a unit starts or names another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullKind {
    /// A dependency: `Wants=` and its kin of `[Unit]`, or `Also=` of `[Install]`.
    Dependency(&'static str),
    /// `OnFailure=` or `OnSuccess=`.
    Handler(&'static str),
    /// A timer, socket or path with `Unit=` or `Service=`.
    Trigger(&'static str),
    /// A timer, socket or path of the same name.
    SameName,
}

impl PullKind {
    /// Whether the one is started along with the other, and not at a moment of its own.
    pub(super) fn is_dependency(self) -> bool {
        matches!(self, PullKind::Dependency(_))
    }
}

/// A phrase that follows the name of the unit that is pulled in.
impl fmt::Display for Pull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = &self.by;
        match self.kind {
            PullKind::Dependency(key @ ("Also" | "Requisite")) => {
                write!(f, "{key}= of {by} names it")
            }
            PullKind::Dependency(key) | PullKind::Handler(key) | PullKind::Trigger(key) => {
                write!(f, "{key}= of {by} starts it")
            }
            PullKind::SameName => write!(f, "{by} starts it"),
        }
    }
}

/// The dependencies of `[Unit]` that count (systemd.unit(5)); the last two are older names.
const DEPENDENCIES: [&str; 7] = [
    "Wants",
    "Requires",
    "Requisite",
    "BindsTo",
    "Upholds",
    "BindTo",
    "RequiresOverridable",
];

const HANDLERS: [&str; 2] = ["OnFailure", "OnSuccess"];

/// What a unit refers to: the names, specifiers in them resolved as far as the file tells.
pub(super) fn references(unit: &UnitFile) -> Vec<(String, PullKind)> {
    let mut found = Vec::new();
    // None of these lists is reset by an empty assignment: `config_parse_unit_deps()` and
    // `config_parse_also()` know no reset, as systemd.unit(5) says of dependencies.
    let mut list = |section: &str, key: &'static str, kind: PullKind| {
        let assigned = unit.document.assignments(section, key);
        let words = assigned.flat_map(|directive| word::words(&directive.value));
        found.extend(words.map(|name| (resolve(&name, &unit.name), kind)));
    };
    for key in DEPENDENCIES {
        list("Unit", key, PullKind::Dependency(key));
    }
    for key in HANDLERS {
        list("Unit", key, PullKind::Handler(key));
    }
    list("Install", "Also", PullKind::Dependency("Also"));
    found.extend(trigger(unit));
    found
}

/// What a timer, socket or path starts, and whether it says so or has the name of it.
pub fn trigger(unit: &UnitFile) -> Option<(String, PullKind)> {
    let document = &unit.document;
    let named = match unit.name.kind() {
        // The first valid one counts and the others are ignored: `config_parse_trigger_unit()`.
        kind @ (UnitKind::Timer | UnitKind::Path) => document
            .assignments(kind.section()?, "Unit")
            .find(|directive| !directive.value.is_empty())
            .map(|directive| (directive.value.as_str(), PullKind::Trigger("Unit"))),
        // The last one counts: `config_parse_socket_service()`.
        UnitKind::Socket => document
            .last("Socket", "Service")
            .filter(|value| !value.is_empty())
            .map(|value| (value, PullKind::Trigger("Service"))),
        UnitKind::Service | UnitKind::Target => return None,
    };
    if let Some((name, kind)) = named {
        return Some((resolve(name, &unit.name), kind));
    }
    let accept = document.last("Socket", "Accept").and_then(word::boolean);
    let name = if accept == Some(true) && !unit.name.is_template() {
        format!("{}@.service", unit.name.prefix())
    } else {
        unit.name.with_kind(UnitKind::Service)
    };
    Some((name, PullKind::SameName))
}

/// The specifiers that the name of the file answers: `%n`, `%N`, `%p`, `%%`; `%i` too, of an
/// instance. The others stay as they are.
pub fn resolve(name: &str, of: &UnitName) -> String {
    let mut resolved = String::new();
    let mut chars = name.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            resolved.push(c);
            continue;
        }
        match (chars.next(), of.instance()) {
            (Some('n'), _) if !of.is_template() => resolved.push_str(of.as_str()),
            (Some('N'), _) if !of.is_template() => resolved.push_str(of.stem()),
            (Some('p'), _) => resolved.push_str(of.prefix()),
            (Some('i' | 'I'), Some(instance)) => resolved.push_str(instance),
            (Some('%'), _) => resolved.push('%'),
            (other, _) => {
                resolved.push('%');
                resolved.extend(other);
            }
        }
    }
    resolved
}

/// Whether a reference means this unit: by its name, as an instance of this template, or with an
/// instance that only systemd will know.
pub fn means(reference: &str, unit: &UnitName) -> bool {
    if reference == unit.as_str() {
        return true;
    }
    let Some((stem, suffix)) = reference.rsplit_once('.') else {
        return false;
    };
    let Some((prefix, instance)) = stem.split_once('@') else {
        return false;
    };
    let same_family = prefix == unit.prefix() && suffix == unit.kind().suffix();
    let any_instance = instance.contains('%') && unit.instance().is_some();
    same_family && (unit.is_template() || any_instance)
}

/// The units of a package by their names, so that a thousand of them are not each held against a
/// thousand others.
pub(super) struct Places<'u> {
    by_name: HashMap<&'u str, usize>,
    /// Templates and instances, which other names may mean, too.
    families: Vec<(usize, &'u UnitName)>,
}

impl<'u> Places<'u> {
    pub(super) fn of(units: &'u [UnitFile]) -> Self {
        let names = || units.iter().map(|unit| &unit.name).enumerate();
        Places {
            by_name: names().map(|(at, name)| (name.as_str(), at)).collect(),
            families: names()
                .filter(|(_, name)| name.as_str().contains('@'))
                .collect(),
        }
    }

    /// The places of the units that a reference means, in their order.
    pub(super) fn meant(&self, reference: &str) -> Vec<usize> {
        let exact = self.by_name.get(reference).copied();
        let families = self
            .families
            .iter()
            .filter(|(_, name)| means(reference, name));
        let mut places: Vec<usize> = match reference.contains('@') {
            true => families.map(|(at, _)| *at).chain(exact).collect(),
            false => exact.into_iter().collect(),
        };
        places.sort_unstable();
        places.dedup();
        places
    }
}

#[cfg(test)]
mod tests {
    use super::super::document::Document;
    use super::super::unit_file::Tables;
    use super::*;

    fn unit(name: &str, text: &str) -> UnitFile {
        let name = UnitName::parse(name).unwrap();
        UnitFile::generated(name, Document::parse(text.as_bytes()), Tables::default())
    }

    fn names(name: &str, text: &str) -> Vec<String> {
        let references = references(&unit(name, text));
        references.into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn dependencies_are_lists_that_nothing_resets() {
        assert_eq!(
            names(
                "a.service",
                "[Unit]\nWants=b.service c.service\nWants=\nOnFailure=d@%n.service\n"
            ),
            ["b.service", "c.service", "d@a.service.service"]
        );
    }

    #[test]
    fn triggers_start_what_they_name_or_their_namesake() {
        for (name, text, starts) in [
            ("a.timer", "[Timer]\nOnCalendar=daily\n", "a.service"),
            (
                "a.timer",
                "[Timer]\nUnit=\nUnit=b.service\nUnit=c.service\n",
                "b.service",
            ),
            ("a.path", "[Path]\nUnit=%p-scan.service\n", "a-scan.service"),
            ("a@.timer", "[Timer]\n", "a@.service"),
            ("a@x.timer", "[Timer]\nUnit=b@%i.service\n", "b@x.service"),
            (
                "a.socket",
                "[Socket]\nService=b.service\nService=c.service\n",
                "c.service",
            ),
            ("a.socket", "[Socket]\nAccept=Yes\n", "a@.service"),
            ("a.socket", "[Socket]\nAccept=no\n", "a.service"),
        ] {
            assert_eq!(names(name, text), [starts], "{name} {text}");
        }
        assert!(names("a.service", "[Timer]\nUnit=b.service\n").is_empty());
    }

    #[test]
    fn a_reference_to_an_instance_means_the_template() {
        let name = |text| UnitName::parse(text).unwrap();
        assert!(means("a@x.service", &name("a@.service")));
        assert!(means("a@%i.service", &name("a@.service")));
        assert!(means("a@%i.service", &name("a@x.service")));
        assert!(means("a@b.service.service", &name("a@.service")));
        assert!(!means("a@y.service", &name("a@x.service")));
        assert!(!means("a@x.timer", &name("a@.service")));
        assert!(!means("a.service", &name("a@.service")));
    }
}
