//! Where debug information is installed, and the links by which debuggers find it.
//!
//! rpmbuild's own places: `/usr/lib/debug` with the path of the program below it, and
//! `/usr/lib/debug/.build-id` (rpm 4.11.3 and 4.14.3, `scripts/find-debuginfo.sh`); from rpm 4.14 on
//! the package of the program has a link in `/usr/lib/.build-id` too (`build/files.c`,
//! `generateBuildIDs`).

use super::identity::filled;
use super::{BIN_DIR, Binary, Comparison, Dependency, Error, Nevra, PackageName, Part};
use crate::adapt::Needs;
use crate::contents::{Accounts, Entry, FileKind, InstallPath, Source};
use crate::project::{Scripts, Settings};
use camino::Utf8PathBuf;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// What stands behind the name of the RPM with debug information.
const SUFFIX: &str = "debuginfo";

const DEBUG: &str = "/usr/lib/debug";

impl Part<'_> {
    /// The RPM with the debug information of this one's programs and its siblings'.
    ///
    /// # Errors
    /// When it cannot have its name.
    pub fn debuginfo(
        &self,
        contents: Vec<Entry>,
        provides: Vec<Dependency>,
    ) -> Result<Self, Error> {
        // It is what it is, whatever is declared for the programs.
        static NOTHING: LazyLock<(Settings, Scripts)> = LazyLock::new(Default::default);
        let name = &self.nevra.name;
        let mut texts = self.texts.clone();
        texts.summary = format!("Debug information for {name}");
        texts.description = filled(&format!(
            "Debug information for the programs of {name}. gdb and its kin find it by the path and by \
             the build id of a program."
        ));
        Ok(Part {
            suffix: Some(SUFFIX.to_owned()),
            nevra: Nevra {
                name: PackageName::new(format!("{name}-{SUFFIX}"))?,
                ..self.nevra.clone()
            },
            source: self.source.clone(),
            texts,
            changelog: self.changelog.clone(),
            target: self.target,
            settings: &NOTHING.0,
            scripts: &NOTHING.1,
            time: self.time,
            contents,
            units: Vec::new(),
            needs: Needs::default(),
            accounts: Accounts::default(),
            tmpfiles: Vec::new(),
            binaries: Vec::new(),
            found: Vec::new(),
            provides,
        })
    }
}

/// The links of programs by their build ids; a program without one has none.
///
/// # Errors
/// When a path cannot be one.
pub(super) fn build_id_links(binaries: &[Binary]) -> Result<Vec<Entry>, Error> {
    let mut entries = Entries::default();
    for binary in binaries {
        if let Some((folder, name)) = halves(binary) {
            let to = format!("../../../..{BIN_DIR}/{}", binary.name);
            entries.folders(&[
                "/usr/lib/.build-id",
                &format!("/usr/lib/.build-id/{folder}"),
            ])?;
            entries.link(&format!("/usr/lib/.build-id/{folder}/{name}"), to)?;
        }
    }
    for entry in &mut entries.0 {
        entry.flags.artifact = true;
    }
    Ok(entries.0)
}

/// The files of the RPM with debug information: each program with the file that its debug
/// information is in. `links` says whether the program's own package has build-id links.
///
/// # Errors
/// When a path cannot be one.
pub fn debug_contents(
    programs: &[(Binary, Utf8PathBuf)],
    links: bool,
) -> Result<Vec<Entry>, Error> {
    let mut entries = Entries::default();
    for (binary, debug) in programs {
        let folder = format!("{DEBUG}{BIN_DIR}");
        entries.folders(&[DEBUG, &format!("{DEBUG}/usr"), &folder])?;
        let reason = format!("the debug information of {BIN_DIR}/{}", binary.name);
        let path = InstallPath::new(format!("{folder}/{}.debug", binary.name))?;
        let source = Source::Path(debug.clone());
        entries.0.push(Entry::file(path, source, 0o644, reason));
        if let Some((first, rest)) = halves(binary) {
            let folder = format!("{DEBUG}/.build-id/{first}");
            entries.folders(&[&format!("{DEBUG}/.build-id"), &folder])?;
            let program = if links {
                format!("../../../.build-id/{first}/{rest}")
            } else {
                format!("../../../../..{BIN_DIR}/{}", binary.name)
            };
            entries.link(&format!("{folder}/{rest}"), program)?;
            let debug = format!("../..{BIN_DIR}/{}.debug", binary.name);
            entries.link(&format!("{folder}/{rest}.debug"), debug)?;
        }
    }
    Ok(entries.0)
}

/// `debuginfo(build-id) = ID` for each, as rpmbuild's packages provide it, so that a debug file can
/// be asked for by what a core dump tells (`macros.in`, `%debug_package`; `fileattrs/debuginfo.attr`).
pub fn debug_provides<'a>(build_ids: impl Iterator<Item = &'a str>) -> Vec<Dependency> {
    let capability = |id| {
        let why = "the debug information of a program";
        Dependency::versioned("debuginfo(build-id)", Comparison::Equal, id, why)
    };
    let ids: BTreeSet<&str> = build_ids.collect();
    ids.into_iter().map(capability).collect()
}

/// A build id as folder and name have it.
fn halves(binary: &Binary) -> Option<(&str, &str)> {
    binary
        .build_id
        .as_deref()?
        .split_at_checked(2)
        .filter(|(_, rest)| !rest.is_empty())
}

#[derive(Default)]
struct Entries(Vec<Entry>);

impl Entries {
    fn folders(&mut self, paths: &[&str]) -> Result<(), Error> {
        let known: BTreeSet<String> = self.0.iter().map(|entry| entry.path.to_string()).collect();
        for path in paths.iter().filter(|path| !known.contains(**path)) {
            let path = InstallPath::new(*path)?;
            self.0
                .push(Entry::directory(path, "a folder of debug information"));
        }
        Ok(())
    }

    fn link(&mut self, path: &str, to: String) -> Result<(), Error> {
        let path = InstallPath::new(path)?;
        // Two programs of one build id are the same program.
        if self.0.iter().any(|entry| entry.path == path) {
            return Ok(());
        }
        self.0.push(Entry {
            kind: FileKind::Symlink(to),
            ..Entry::file(
                path,
                Source::Bytes(Vec::new()),
                0o777,
                "found by its build id",
            )
        });
        Ok(())
    }
}
