//! `[…subpackages.NAME]`: RPMs beside the main one, made of the same package in the same run.
//!
//! A subpackage is described by the same keys as the main RPM, read by the same code. What all
//! RPMs of a package share is taken from the main table, and refused here.

use super::bins::{BinName, bins};
use super::{Settings, TABLE};
use crate::project::error::Error;
use crate::project::reader::{Reader, into_table};
use crate::project::tree::{Entry, Table};
use crate::report::Spanned;

/// The keys that hold for all RPMs of a package.
pub(in crate::project) const SHARED: [&str; 11] = [
    "start-timeout",
    "payload-compress",
    "release",
    "epoch",
    "license",
    "url",
    "vendor",
    "packager",
    "changelog",
    "debuginfo",
    "strip",
];

/// The keys that are about the package or the run, not about an RPM.
pub(in crate::project) const OF_THE_PACKAGE: [&str; 9] = [
    "build-requires",
    "targets",
    "lints",
    "sign",
    "adapt",
    "hardening",
    "target",
    "subpackages",
    "repos",
];

/// The keys that say nothing of what is in it.
const TEXTS: [&str; 5] = ["name", "summary", "description", "arch", "skip"];

/// The keys that are read here, and not with those of the main RPM.
const OWN: [&str; 3] = ["arch", "bins", "services"];

/// An RPM beside the main one.
#[derive(Clone, Debug)]
pub struct Subpackage {
    /// What stands behind the main RPM's name and a hyphen, unless `name` says otherwise.
    pub suffix: Spanned<String>,
    /// Whether it is for any architecture.
    pub noarch: bool,
    /// Whether nothing is said of what it ships or requires.
    pub is_bare: bool,
    /// The binaries that it has in place of the main RPM.
    pub bins: Vec<BinName>,
    /// The units that it has in place of the main RPM, as `services` names them.
    pub services: Vec<Spanned<String>>,
    /// All else that can be said of an RPM; what the package's RPMs share is that of the main one.
    pub settings: Settings,
}

/// The keys of the main table that have no place here.
fn refused() -> Vec<&'static str> {
    SHARED.into_iter().chain(OF_THE_PACKAGE).collect()
}

/// What the main table lends to each subpackage.
pub(super) fn shared(main: &Table) -> Vec<Entry> {
    let entries = SHARED.iter().filter_map(|key| main.get(key));
    entries.cloned().collect()
}

pub(super) fn subpackages(
    table: Option<Table>,
    shared: &[Entry],
) -> Result<Vec<Subpackage>, Error> {
    let entries = table.unwrap_or_default().entries;
    let read = |entry| subpackage(entry, shared);
    entries.into_iter().map(read).collect()
}

fn subpackage(entry: Entry, shared: &[Entry]) -> Result<Subpackage, Error> {
    let suffix = Spanned::new(entry.key, entry.key_span);
    let name = format!("{TABLE}.subpackages.{}", suffix.value);
    let mut table = into_table(&format!("subpackages.{}", suffix.value), entry.node)?;
    for key in refused() {
        if let Some(wrong) = table.get(key) {
            return Err(misplaced(wrong, &suffix.value));
        }
    }
    let is_text = |entry: &Entry| TEXTS.contains(&entry.key.as_str());
    let is_bare = table.entries.iter().all(is_text);
    let own: Vec<Entry> = OWN.into_iter().filter_map(|key| table.take(key)).collect();
    let mut reader = Reader::new(Table { entries: own }, name.clone());
    let arch = reader.take("arch");
    let arch_span = arch.as_ref().map(|entry| entry.node.span.clone());
    let noarch = arch
        .map(|entry| super::word("arch", &entry.node, &[("noarch", true)]))
        .transpose()?
        .unwrap_or(false);
    let bins = bins(reader.take("bins"))?.unwrap_or_default();
    let services = reader.some_strings("services")?.unwrap_or_default();
    if let (true, Some(span), Some(bin)) = (noarch, arch_span, bins.first()) {
        return Err(Error::Value {
            what: format!(
                "a subpackage for any architecture cannot have the binary `{}`",
                bin.name.value
            ),
            span,
            help: "leave out `arch`, or the binary".to_owned(),
        });
    }
    table.entries.extend(shared.iter().cloned());
    Ok(Subpackage {
        settings: Settings::read_table(table, &name, &OWN, &refused())?,
        suffix,
        noarch,
        is_bare,
        bins,
        services,
    })
}

fn misplaced(entry: &Entry, suffix: &str) -> Error {
    let (what, help) = match entry.key.as_str() {
        "target" => (
            "a subpackage has no table `target`".to_owned(),
            format!("write [package.metadata.ambot.target.NAME.subpackages.{suffix}]"),
        ),
        key if SHARED.contains(&key) => (
            format!("`{key}` is the same for all RPMs of a package"),
            "write it in [package.metadata.ambot]".to_owned(),
        ),
        key => (
            format!("`{key}` is no key of a subpackage"),
            "write it in [package.metadata.ambot]".to_owned(),
        ),
    };
    Error::Value {
        what,
        span: entry.key_span.clone(),
        help,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{read, said};
    use super::*;

    #[test]
    fn a_subpackage_has_keys_of_its_own_and_shares_what_is_the_same() {
        let settings = read(
            "release = \"3\"\nsummary = \"Main\"\nurl = \"u\"\nfiles = [{ source = \"a\", dest = \"/a\" }]\n\
             [subpackages.tools]\nbins = [\"ctl\", { package = \"t\", bin = \"x\" }]\n\
             services = [\"agent\"]\nfiles = [{ source = \"b\", dest = \"/b\" }]\n",
        )
        .unwrap();
        let tools = &settings.subpackages[0];
        assert_eq!(
            (tools.suffix.value.as_str(), tools.noarch),
            ("tools", false)
        );
        let text = |text: &Option<Spanned<String>>| text.clone().map(|text| text.value);
        assert_eq!(text(&tools.settings.release).as_deref(), Some("3"));
        assert_eq!(text(&tools.settings.url).as_deref(), Some("u"));
        assert_eq!(text(&tools.settings.summary), None);
        assert_eq!(tools.settings.contents.files[0].dest.value, "/b");
        assert_eq!(tools.bins[1].package.as_ref().unwrap().value, "t");
        assert_eq!(tools.services[0].value, "agent");
    }

    #[test]
    fn what_a_subpackage_cannot_say_is_told_with_its_place() {
        insta::assert_snapshot!(said("[subpackages.a]\nrelease = \"2\""), @"
        `release` is the same for all RPMs of a package
        write it in [package.metadata.ambot]
        ");
        insta::assert_snapshot!(said("[subpackages.a.target.el8]\nskip = true"), @"
        a subpackage has no table `target`
        write [package.metadata.ambot.target.NAME.subpackages.a]
        ");
        insta::assert_snapshot!(said("[subpackages.a]\nfile = []"), @"
        unknown key `file` in metadata.ambot.subpackages.a
        did you mean `files`?
        ");
        insta::assert_snapshot!(said("[subpackages.a]\nservice = [\"x\"]"), @"
        unknown key `service` in metadata.ambot.subpackages.a
        did you mean `services`?
        ");
        insta::assert_snapshot!(said("[subpackages.a]\nbanana = 1"), @"
        unknown key `banana` in metadata.ambot.subpackages.a
        the keys are arch, bins, services, name, summary, description, skip, files, dirs, symlinks, ghosts, man, completions, bin-caps, users, groups, tmpfiles, requires, provides, conflicts, obsoletes, recommends, suggests, supplements, enhances, auto-requires, auto-provides, scriptlets, triggers
        ");
        insta::assert_snapshot!(said("[subpackages.a]\nlint = {}"), @"
        unknown key `lint` in metadata.ambot.subpackages.a
        the keys are arch, bins, services, name, summary, description, skip, files, dirs, symlinks, ghosts, man, completions, bin-caps, users, groups, tmpfiles, requires, provides, conflicts, obsoletes, recommends, suggests, supplements, enhances, auto-requires, auto-provides, scriptlets, triggers
        ");
        insta::assert_snapshot!(said("[subpackages.a]\narch = \"x86_64\""), @r#"
        `arch` cannot be "x86_64"
        write one of "noarch"
        "#);
        insta::assert_snapshot!(said("[subpackages.a]\narch = \"noarch\"\nbins = [\"x\"]"), @"
        a subpackage for any architecture cannot have the binary `x`
        leave out `arch`, or the binary
        ");
    }
}
