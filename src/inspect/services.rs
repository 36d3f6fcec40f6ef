//! The units of a package in the words of an operator: what starts, as whom, on which port, when.

use super::contents::Text;
use super::examine::Examined;
use crate::unit::{Document, UnitKind, UnitName};

/// What one unit does, as far as its file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescribedUnit {
    /// Its name.
    pub name: String,
    /// Where it is installed.
    pub path: String,
    /// Whether the package's own preset enables it; nothing where no line of it says.
    pub preset: Option<bool>,
    /// The directives that an operator asks for, as they stand in the file: `ExecStart=`, `User=`,
    /// `ListenStream=` …
    pub settings: Vec<(String, String)>,
    /// The file, as text; what is not UTF-8 is replaced.
    pub text: String,
}

/// The directives that tell what runs, as whom, and what starts it.
const TOLD: [(&str, &str); 14] = [
    ("Service", "ExecStart"),
    ("Service", "Type"),
    ("Service", "User"),
    ("Service", "Group"),
    ("Service", "DynamicUser"),
    ("Socket", "ListenStream"),
    ("Socket", "ListenDatagram"),
    ("Socket", "ListenSequentialPacket"),
    ("Socket", "ListenFIFO"),
    ("Timer", "OnCalendar"),
    ("Timer", "OnBootSec"),
    ("Timer", "OnUnitActiveSec"),
    ("Path", "PathExists"),
    ("Path", "PathChanged"),
];

/// The units and their drop-ins, in the order of their paths.
pub fn units(examined: &Examined) -> Vec<DescribedUnit> {
    let presets: Vec<(bool, String)> = examined
        .contents
        .texts
        .iter()
        .filter(|text| text.path.ends_with(".preset"))
        .flat_map(lines)
        .collect();
    let units = examined.contents.units.iter();
    units.filter_map(|text| described(text, &presets)).collect()
}

fn described(text: &Text, presets: &[(bool, String)]) -> Option<DescribedUnit> {
    let (folder, name) = text.path.rsplit_once('/')?;
    // Of a drop-in the folder names the unit.
    let of_unit = folder
        .rsplit('/')
        .next()
        .and_then(|folder| folder.strip_suffix(".d"));
    let unit = UnitName::parse(of_unit.unwrap_or(name)).ok()?;
    let document = Document::parse(&text.bytes);
    let settings = TOLD.iter().flat_map(|(section, key)| {
        let all = document.directives().iter();
        all.filter(|directive| directive.is(section, key))
            .map(|directive| ((*key).to_owned(), directive.value.clone()))
    });
    let mut settings: Vec<_> = settings.collect();
    let is_service = unit.kind() == UnitKind::Service && of_unit.is_none();
    let is_named = |name: &str| settings.iter().any(|(key, _)| key == name);
    if is_service && !is_named("User") && !is_named("DynamicUser") {
        settings.push(("User".to_owned(), "root".to_owned()));
    }
    let preset = presets
        .iter()
        .find(|(_, pattern)| *pattern == unit.as_str());
    Some(DescribedUnit {
        name: match of_unit {
            Some(unit) => format!("{unit}.d/{name}"),
            None => name.to_owned(),
        },
        path: text.path.clone(),
        preset: preset
            .map(|(enables, _)| *enables)
            .filter(|_| of_unit.is_none()),
        settings,
        text: String::from_utf8_lossy(&text.bytes).into_owned(),
    })
}

/// `enable NAME` and `disable NAME`.
fn lines(text: &Text) -> Vec<(bool, String)> {
    let lines = String::from_utf8_lossy(&text.bytes).into_owned();
    let line = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        let enables = match words.next()? {
            "enable" => true,
            "disable" => false,
            _ => return None,
        };
        Some((enables, words.next()?.to_owned()))
    };
    lines.lines().filter_map(line).take(1000).collect()
}
