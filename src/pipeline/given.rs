//! Unit files that are given by name or on standard input, and belong to no project.

use super::Error;
use crate::project::input;
use crate::unit::{self, Document, NameProblem, UnitFile, UnitKind, UnitName};
use camino::{Utf8Path, Utf8PathBuf};

/// The kinds of unit that systemd has beside those that are checked here (systemd.unit(5)).
const OTHER_KINDS: [&str; 8] = [
    "automount",
    "busname",
    "device",
    "mount",
    "scope",
    "slice",
    "snapshot",
    "swap",
];

/// A unit that was given.
#[derive(Debug)]
pub(super) struct Given {
    /// The unit.
    pub(super) unit: UnitFile,
    /// Whether it is a drop-in, so that what it does not say may stand in the unit itself.
    pub(super) is_drop_in: bool,
}

/// Each path once; standard input stands alone.
///
/// # Errors
/// When standard input is there twice, or beside files.
pub(super) fn distinct(paths: &[Utf8PathBuf], from: &Utf8Path) -> Result<Vec<Utf8PathBuf>, Error> {
    let inputs = paths.iter().filter(|path| *path == "-").count();
    if inputs > 0 && paths.len() > 1 {
        return Err(Error::StandardInput { twice: inputs > 1 });
    }
    let mut seen = std::collections::BTreeSet::new();
    let is_new = |path: &&Utf8PathBuf| {
        let whole = from.join(path);
        seen.insert(whole.canonicalize_utf8().unwrap_or(whole))
    };
    Ok(paths.iter().filter(is_new).cloned().collect())
}

/// Reads one; `stdin_name` is the name of what comes from standard input.
///
/// # Errors
/// When it cannot be read, or is no unit of a kind that is checked.
pub(super) fn read(
    path: &Utf8Path,
    stdin_name: Option<&str>,
    from: &Utf8Path,
) -> Result<Given, Error> {
    if path != "-" {
        let bytes = input::read(&from.join(path), input::MAX_UNIT)
            .map_err(|source| unreadable(path, source))?;
        return unit(path, path, &bytes);
    }
    let bytes = input::read_up_to(std::io::stdin(), input::MAX_UNIT)
        .map_err(|source| unreadable(Utf8Path::new("<stdin>"), source))?;
    match stdin_name {
        Some(name) => unit(Utf8Path::new(name), Utf8Path::new(name), &bytes),
        None => {
            let name = format!("stdin.{}", kind(&Document::parse(&bytes)));
            unit(Utf8Path::new(&name), Utf8Path::new("<stdin>"), &bytes)
        }
    }
}

fn unreadable(path: &Utf8Path, source: std::io::Error) -> Error {
    Error::UnitFile {
        path: path.to_owned(),
        source,
    }
}

/// The unit of a file; `shown` is what messages call it.
fn unit(path: &Utf8Path, shown: &Utf8Path, bytes: &[u8]) -> Result<Given, Error> {
    let file = path.file_name().unwrap_or_default();
    let is_drop_in = file.ends_with(".conf");
    let name = match is_drop_in {
        true => drop_in_of(path, bytes),
        false => file.to_owned(),
    };
    let name = UnitName::parse(&name).map_err(|problem| match problem {
        NameProblem::Suffix(kind) if OTHER_KINDS.contains(&kind.as_str()) => Error::OtherKind {
            path: shown.to_owned(),
        },
        problem => unit::Error::Name { name, problem }.into(),
    })?;
    Ok(Given {
        unit: UnitFile::read(name, shown, bytes),
        is_drop_in,
    })
}

/// The unit that a drop-in is for: that of its folder (`hello.service.d`), else one of the kind of
/// its sections.
fn drop_in_of(path: &Utf8Path, bytes: &[u8]) -> String {
    let folder = path.parent().and_then(Utf8Path::file_name);
    let of_folder = folder.and_then(|name| name.strip_suffix(".d"));
    match of_folder {
        // `service.d` and `hello-.service.d` are for many units.
        Some(kind) if UnitKind::from_suffix(kind).is_some() => format!("any.{kind}"),
        Some(name) => name.to_owned(),
        None => {
            let stem = path.file_stem().unwrap_or_default();
            let stem = stem.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
            format!("{stem}.{}", kind(&Document::parse(bytes)))
        }
    }
}

/// The kind of unit that has these sections: a service, where none says otherwise.
fn kind(document: &Document) -> UnitKind {
    let names = || {
        document
            .sections()
            .iter()
            .map(|header| header.name.as_str())
    };
    let kinds = [
        UnitKind::Service,
        UnitKind::Timer,
        UnitKind::Socket,
        UnitKind::Path,
    ];
    let own = kinds
        .into_iter()
        .find(|kind| names().any(|name| Some(name) == kind.section()));
    let is_bare = names().count() > 0
        && names().all(|name| matches!(name, "Unit" | "Install") || name.starts_with("X-"));
    match own {
        Some(kind) => kind,
        None if is_bare => UnitKind::Target,
        None => UnitKind::Service,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(path: &str, text: &str) -> Result<Given, Error> {
        unit(path.into(), path.into(), text.as_bytes())
    }

    #[test]
    fn the_sections_say_the_kind() {
        let kind_of = |text: &str| kind(&Document::parse(text.as_bytes()));
        assert_eq!(kind_of("[Unit]\n[Timer]\nOnBootSec=1\n"), UnitKind::Timer);
        assert_eq!(kind_of("[Socket]\n"), UnitKind::Socket);
        assert_eq!(
            kind_of("[Unit]\nWants=a.service\n[Install]\n"),
            UnitKind::Target
        );
        assert_eq!(kind_of("[Unit]\n[Sevice]\n"), UnitKind::Service);
        assert_eq!(kind_of("ExecStart=/bin/x\n"), UnitKind::Service);
    }

    #[test]
    fn a_drop_in_is_for_the_unit_of_its_folder_or_of_its_sections() {
        for (path, name) in [
            ("a.service.d/10-x.conf", "a.service"),
            ("timer.d/x.conf", "any.timer"),
            ("my override.conf", "my-override.socket"),
        ] {
            let given = given(path, "[Socket]\nBacklog=1\n").unwrap();
            assert!(given.is_drop_in);
            assert_eq!(given.unit.name.as_str(), name);
        }
    }

    #[test]
    fn what_is_not_checked_is_named() {
        let said = |path: &str| given(path, "[Unit]\n").unwrap_err().to_string();
        assert_eq!(
            said("a/x.mount"),
            "a/x.mount is a unit of a kind that cargo ambot does not check"
        );
        assert_eq!(
            said("x.banana"),
            "`x.banana` cannot be the name of a unit: `.banana` is none of .service, .timer, .socket, .path and .target"
        );
    }

    #[test]
    fn a_file_is_read_once_and_standard_input_alone() {
        let from = Utf8Path::new("/nowhere");
        let paths = |words: &[&str]| words.iter().map(Utf8PathBuf::from).collect::<Vec<_>>();
        let once = distinct(&paths(&["a.service", "/nowhere/a.service", "b"]), from).unwrap();
        assert_eq!(once, ["a.service", "b"]);
        assert!(distinct(&paths(&["-", "-"]), from).is_err());
        assert!(distinct(&paths(&["a", "-"]), from).is_err());
        assert!(distinct(&paths(&["-"]), from).is_ok());
    }
}
