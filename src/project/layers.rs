//! The layers of settings and how they are merged.
//!
//! Highest first: command line, `CARGO_AMBOT_*`, package `target.T`, package, workspace
//! `target.T`, workspace. Tables merge key by key; any other value replaces the lower one whole;
//! `files`, `dirs`, `symlinks` and `ghosts` are joined, where one that is installed as the same file
//! replaces the lower one.

use super::error::Error;
use super::required;
use super::settings;
use super::tree::{Entry, Node, Table, Value};
use crate::target::Targets;
use std::collections::BTreeSet;

/// The keys whose arrays are joined; two items are the same where they are installed as the same
/// file.
const JOINED: [&str; 4] = ["files", "dirs", "symlinks", "ghosts"];

/// The keys that are the same for all targets of a run: they are read before there is a target.
pub(super) const FOR_ALL_TARGETS: [&str; 3] = ["targets", "bins", "skip"];

/// The tables of one package, not yet merged.
#[derive(Clone, Debug)]
pub(super) struct Layers {
    workspace: Option<Table>,
    package: Option<Table>,
    overrides: Vec<Table>,
    targets: Targets,
}

impl Layers {
    /// The tables as they were read; `overrides` are lowest first, `targets` those that their keys
    /// may name.
    pub(super) fn new(
        workspace: Option<Table>,
        package: Option<Table>,
        overrides: Vec<Table>,
        targets: Targets,
    ) -> Self {
        Layers {
            workspace,
            package,
            overrides,
            targets,
        }
    }

    pub(super) fn package_has_table(&self) -> bool {
        self.package.is_some()
    }

    /// The canonical names of the targets that have tables of their own.
    pub(super) fn target_names(&self) -> Result<BTreeSet<String>, Error> {
        let mut names = BTreeSet::new();
        for table in self.all() {
            for (name, _) in self.target_tables(table)? {
                names.insert(name);
            }
        }
        Ok(names)
    }

    /// All layers as one table; the targets' own tables are folded in and gone.
    pub(super) fn merged(&self, target: Option<&str>) -> Result<Table, Error> {
        let mut merged = Table::default();
        for table in self.all() {
            let mut plain = table.clone();
            plain.take("target");
            merge(&mut merged, plain, Place::Rpm);
            if let Some(target) = target {
                for (name, own) in self.target_tables(table)? {
                    if name == target {
                        merge(&mut merged, own.clone(), Place::Rpm);
                    }
                }
            }
        }
        Ok(merged)
    }

    /// The tables below `target`, by canonical name.
    fn target_tables<'a>(&self, table: &'a Table) -> Result<Vec<(String, &'a Table)>, Error> {
        let Some(entry) = table.get("target") else {
            return Ok(Vec::new());
        };
        let Value::Table(targets) = &entry.node.value else {
            return Err(not_a_table("target", entry));
        };
        let mut found: Vec<(String, &Entry, &Table)> = Vec::new();
        for entry in &targets.entries {
            let name = self
                .targets
                .find(&entry.key)
                .map_err(|source| Error::Target {
                    source,
                    span: Some(entry.key_span.clone()),
                })?;
            let Value::Table(own) = &entry.node.value else {
                return Err(not_a_table(&format!("target.{}", entry.key), entry));
            };
            if let Some((_, first, _)) = found.iter().find(|(known, ..)| known == name.as_str()) {
                return Err(Error::SameTarget {
                    first: first.key.clone(),
                    second: entry.key.clone(),
                    spans: Box::new([first.key_span.clone(), entry.key_span.clone()]),
                });
            }
            same_for_all(own)?;
            found.push((name.as_str().to_owned(), entry, own));
        }
        Ok(found
            .into_iter()
            .map(|(name, _, table)| (name, table))
            .collect())
    }

    /// Lowest first.
    fn all(&self) -> impl Iterator<Item = &Table> {
        self.workspace
            .iter()
            .chain(&self.package)
            .chain(&self.overrides)
    }
}

/// A key that is read before there is a target has no place in a target's table.
fn same_for_all(own: &Table) -> Result<(), Error> {
    let mut keys = FOR_ALL_TARGETS.iter().chain([&required::KEY]);
    match keys.find_map(|key| own.get(key)) {
        Some(wrong) => Err(Error::Value {
            what: format!("`{}` is the same for all targets", wrong.key),
            span: wrong.key_span.clone(),
            help: "write it in [package.metadata.ambot]".to_owned(),
        }),
        None => Ok(()),
    }
}

fn not_a_table(key: &str, entry: &Entry) -> Error {
    Error::Value {
        what: format!("`{key}` is {}, not a table", entry.node.value.kind()),
        span: entry.node.span.clone(),
        help:
            "the tables below it are named after targets: [package.metadata.ambot.target.centos7]"
                .to_owned(),
    }
}

/// Where in the tables a table is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It is about an RPM: the whole table, or that of a subpackage.
    Rpm,
    /// The subpackages.
    Subpackages,
    /// Deeper inside.
    Deeper,
}

impl Place {
    fn below(self, key: &str) -> Self {
        match (self, key) {
            (Place::Rpm, "subpackages") => Place::Subpackages,
            (Place::Subpackages, _) => Place::Rpm,
            _ => Place::Deeper,
        }
    }
}

fn merge(lower: &mut Table, higher: Table, place: Place) {
    for entry in higher.entries {
        let Some(existing) = lower.entries.iter_mut().find(|own| own.key == entry.key) else {
            lower.entries.push(entry);
            continue;
        };
        let joined = place == Place::Rpm && JOINED.contains(&entry.key.as_str());
        match (&mut existing.node.value, entry.node.value) {
            (Value::Table(own), Value::Table(other)) => merge(own, other, place.below(&entry.key)),
            (Value::Array(own), Value::Array(other)) if joined => join(own, other),
            (own, other) => {
                *own = other;
                existing.node.span = entry.node.span;
                existing.key_span = entry.key_span;
            }
        }
    }
}

/// A file replaces that of a lower layer; two of one layer that are one file both stay, so that
/// the mistake is found.
fn join(lower: &mut Vec<Node>, higher: Vec<Node>) {
    let below = lower.len();
    for node in higher {
        let dest = installed_as(&node);
        let mut candidates = lower[..below].iter_mut();
        match candidates.find(|own| dest.is_some() && installed_as(own) == dest) {
            Some(own) => *own = node,
            None => lower.push(node),
        }
    }
}

/// Where an item is installed, of what can be one.
fn installed_as(node: &Node) -> Option<String> {
    let Value::Table(table) = &node.value else {
        return None;
    };
    let text = |key: &str| match &table.get(key)?.node.value {
        Value::String(text) => Some(text.as_str()),
        _ => None,
    };
    match (table.get("source"), text("source")) {
        (Some(_), source) => Some(settings::installed_as(source?, text("dest")?)),
        (None, _) => text("dest").map(|dest| dest.trim_end_matches('/').to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::settings::Settings;
    use super::*;
    use crate::report::SourceFile;

    fn table(name: &str, text: &str) -> Table {
        super::super::tree::parse(&SourceFile::new(name, text)).unwrap()
    }

    fn layers(workspace: &str, package: &str, over: &str) -> Layers {
        Layers::new(
            Some(table("workspace", workspace)),
            Some(table("package", package)),
            vec![table("over", over)],
            Targets::default(),
        )
    }

    fn settings(layers: &Layers, target: &str) -> Settings {
        Settings::read(layers.merged(Some(target)).unwrap()).unwrap()
    }

    #[test]
    fn precedence_is_override_then_package_target_then_package_then_workspace() {
        let layers = layers(
            "release = \"1\"\nvendor = \"W\"\nurl = \"W\"\n[target.el7]\nurl = \"W7\"\nsummary = \"W7\"",
            "release = \"2\"\nurl = \"P\"\n[target.centos7]\nrelease = \"3\"",
            "release = \"9\"",
        );
        let seven = settings(&layers, "centos7");
        let text = |value: Option<crate::report::Spanned<String>>| value.unwrap().value;
        assert_eq!(text(seven.release), "9");
        assert_eq!(text(seven.vendor), "W");
        assert_eq!(text(seven.url.clone()), "P");
        assert_eq!(text(seven.summary), "W7");
        assert_eq!(seven.url.unwrap().span.unwrap().to_string(), "package:2:7");
        assert!(settings(&layers, "el8").summary.is_none());
    }

    #[test]
    fn a_directive_replaces_the_lower_one_whole_and_an_empty_array_removes_it() {
        let layers = layers(
            "",
            "[services.a.Service]\nA = [\"1\", \"2\"]\nB = 1\nC = 0o22\n[target.centos7.services.a.Service]\nA = \"3\"\nB = []",
            "",
        );
        let seven = settings(&layers, "centos7");
        let written: Vec<String> = seven.services.tables()[0].sections[0]
            .directives
            .iter()
            .map(|d| {
                format!(
                    "{}={:?}",
                    d.key.value,
                    d.values.iter().map(|v| &v.value).collect::<Vec<_>>()
                )
            })
            .collect();
        // The empty one takes a default of ours away too, so it is kept up to there.
        assert_eq!(written, ["A=[\"3\"]", "B=[]", "C=[\"022\"]"]);
        assert_eq!(
            settings(&layers, "el8").services.tables()[0].sections[0].directives[0]
                .values
                .len(),
            2
        );
    }

    #[test]
    fn files_are_joined_and_the_same_dest_replaces() {
        let layers = layers(
            "files = [{ source = \"a\", dest = \"/a\" }, { source = \"b\", dest = \"/b\" }]",
            "files = [{ source = \"c\", dest = \"/a\" }]",
            "",
        );
        let sources: Vec<String> = settings(&layers, "el8")
            .contents
            .files
            .into_iter()
            .map(|f| f.source.value)
            .collect();
        assert_eq!(sources, ["c", "b"]);
    }

    #[test]
    fn the_files_of_a_subpackage_are_joined_too() {
        let layers = layers(
            "[subpackages.a]\nsummary = \"W\"\nfiles = [{ source = \"a\", dest = \"/a\" }]",
            "[target.centos7.subpackages.a]\nskip = true\nfiles = [{ source = \"b\", dest = \"/b\" }]",
            "",
        );
        let both = settings(&layers, "centos7").subpackages.remove(0).settings;
        assert_eq!((both.contents.files.len(), both.skip), (2, true));
        let one = settings(&layers, "el8").subpackages.remove(0).settings;
        assert_eq!((one.contents.files.len(), one.skip), (1, false));
    }

    #[test]
    fn files_in_one_folder_do_not_replace_each_other() {
        let layers = layers(
            "files = [{ source = \"w/a\", dest = \"/etc/x/\" }, { source = \"w/b\", dest = \"/etc/x/\" }]",
            "files = [{ source = \"p/b\", dest = \"/etc/x/\" }, { source = \"c\", dest = \"/etc/x/a\" },\
             { source = \"d\", dest = \"/d\" }, { source = \"e\", dest = \"/d\" }]",
            "",
        );
        let files = settings(&layers, "el8").contents.files;
        let sources: Vec<&str> = files.iter().map(|f| f.source.value.as_str()).collect();
        // Two of one layer stay both: that mistake is found later.
        assert_eq!(sources, ["c", "p/b", "d", "e"]);
    }

    #[test]
    fn folders_links_and_ghosts_are_joined_too() {
        let layers = layers(
            "dirs = [{ dest = \"/var/lib/x\" }]\nsymlinks = [{ dest = \"/a\", target = \"b\" }]",
            "dirs = [{ dest = \"/var/lib/x/\", mode = \"0700\" }, { dest = \"/var/lib/y\" }]\n\
             symlinks = [{ dest = \"/a\", target = \"c\" }]\nghosts = [{ dest = \"/g\" }]\n\
             [target.el8]\nghosts = [{ dest = \"/h\" }]",
            "",
        );
        let contents = settings(&layers, "el8").contents;
        let modes: Vec<_> = contents.dirs.iter().map(|d| d.attributes.mode).collect();
        assert_eq!(modes, [Some(0o700), None]);
        assert_eq!(contents.symlinks[0].target.value, "c");
        assert_eq!(contents.ghosts.len(), 2);
        assert_eq!(settings(&layers, "el7").contents.ghosts.len(), 1);
    }

    #[test]
    fn what_is_the_same_for_all_targets_is_no_key_of_one() {
        for key in ["targets = [\"el8\"]", "bins = [\"a\"]", "skip = true"] {
            let layers = layers("", &format!("[target.el7]\n{key}"), "");
            let Err(Error::Value { what, span, .. }) = layers.merged(Some("el7")) else {
                panic!("not refused: {key}");
            };
            assert!(what.ends_with("is the same for all targets"), "{what}");
            assert_eq!(span.to_string(), "package:2:1");
        }
    }

    #[test]
    fn two_names_of_one_target_are_an_error_with_both_places() {
        let layers = layers("", "[target.el7]\n[target.rhel7]", "");
        let Err(Error::SameTarget { spans, .. }) = layers.merged(Some("centos7")) else {
            panic!("not refused");
        };
        assert_eq!(spans[1].to_string(), "package:2:9");
    }

    #[test]
    fn an_unknown_key_names_its_neighbour_and_its_place() {
        let layers = layers("", "[services.hello]\non-upgrad = \"none\"", "");
        let Err(Error::UnknownKey { span, help, .. }) =
            Settings::read(layers.merged(None).unwrap())
        else {
            panic!("not refused");
        };
        assert_eq!(
            (span.to_string().as_str(), help.as_str()),
            ("package:2:1", "did you mean `on-upgrade`?")
        );
    }

    #[test]
    fn an_integer_mode_is_shown_as_the_string_that_was_meant() {
        for text in ["mode = 640", "mode = 0o640"] {
            let layers = layers(
                "",
                &format!("files = [{{ source = \"a\", dest = \"/a\", {text} }}]"),
                "",
            );
            let Err(Error::Value { help, .. }) = Settings::read(layers.merged(None).unwrap())
            else {
                panic!("not refused");
            };
            assert_eq!(help, "write mode = \"0640\"");
        }
    }
}
