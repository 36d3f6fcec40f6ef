//! The settings of one package for one target, typed.

mod accounts;
mod bins;
mod changelog;
mod debug;
mod dependencies;
mod files;
mod payload;
mod scriptlets;
mod services;
mod sign;
mod subpackages;
#[cfg(test)]
mod testing;

pub(super) use accounts::LARGEST_ID;
pub use accounts::{GroupAccount, UserAccount, is_account_name};
pub use bins::BinName;
pub use changelog::{ChangelogSource, GivenRelease};
pub use debug::Strip;
pub use dependencies::{Automatic, DeclaredDependency, Phase, Relation};
pub(super) use files::installed_as;
pub use files::{
    Attributes, BinaryCaps, Config, DeclaredContents, DirectoryEntry, GhostEntry, LinkEntry,
    SourceEntry,
};
pub use payload::Payload;
pub use scriptlets::{Order, Script, ScriptletTable, TriggerEvent, TriggerFamily, TriggerTable};
pub use services::{
    Directive, Policy, RemovePolicy, Section, ServiceTable, Services, UpgradePolicy,
};
pub use sign::SignTable;
pub use subpackages::Subpackage;
pub(super) use subpackages::{OF_THE_PACKAGE, SHARED};

use super::error::Error;
use super::reader::{Reader, word};
use super::required;
use super::tree::Table;
use crate::report::Spanned;

/// The keys whose value is a line of text; each can be given as a variable.
pub(super) const TEXT_KEYS: [&str; 9] = [
    "name",
    "summary",
    "description",
    "license",
    "url",
    "vendor",
    "packager",
    "release",
    "payload-compress",
];

/// The keys whose value is a list of words; each can be given as a variable.
pub(super) const LIST_KEYS: [&str; 3] = ["targets", "bins", "repos"];

pub(super) const TABLE: &str = "metadata.ambot";

/// What the user set; `None` where the default holds.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The targets when none is given on the command line.
    pub targets: Option<Vec<Spanned<String>>>,
    /// The binaries to package; all of the package's own where it is `None`.
    pub bins: Option<Vec<BinName>>,
    /// The name of the RPM.
    pub name: Option<Spanned<String>>,
    /// One line about it.
    pub summary: Option<Spanned<String>>,
    /// Any number of lines about it.
    pub description: Option<Spanned<String>>,
    /// Its licence.
    pub license: Option<Spanned<String>>,
    /// Its page.
    pub url: Option<Spanned<String>>,
    /// Who distributes it.
    pub vendor: Option<Spanned<String>>,
    /// Who packages it.
    pub packager: Option<Spanned<String>>,
    /// The release without the dist tag.
    pub release: Option<Spanned<String>>,
    /// The epoch.
    pub epoch: Option<u32>,
    /// Whether `--workspace` leaves the package out; of a subpackage, whether it is not made.
    pub skip: bool,
    /// Files, folders and links to ship beside the binaries.
    pub contents: DeclaredContents,
    /// The manual pages, as files of the project; those that are found where it is `None`.
    pub man: Option<Vec<Spanned<String>>>,
    /// The shell completions, as files of the project; those that are found where it is `None`.
    pub completions: Option<Vec<Spanned<String>>>,
    /// The capabilities of binaries.
    pub bin_caps: Vec<BinaryCaps>,
    /// The users that the package creates.
    pub users: Vec<UserAccount>,
    /// The groups that it creates.
    pub groups: Vec<GroupAccount>,
    /// Lines for systemd-tmpfiles.
    pub tmpfiles: Vec<Spanned<String>>,
    /// What the package needs, provides and does not go along with.
    pub dependencies: Vec<DeclaredDependency>,
    /// What must be there where others build the package.
    pub build_requires: Vec<DeclaredDependency>,
    /// Which requirements are worked out from its files.
    pub auto_requires: Automatic,
    /// Which provided names are worked out from its files.
    pub auto_provides: Automatic,
    /// The user's own scriptlets.
    pub scriptlets: Vec<ScriptletTable>,
    /// The user's triggers, in the order in which they were written.
    pub triggers: Vec<TriggerTable>,
    /// How long scriptlets wait for units, in seconds.
    pub start_timeout: Option<u32>,
    /// How the payload is compressed; as the target's own packages are where it is `None`.
    pub payload: Option<Spanned<Payload>>,
    /// The services.
    pub services: Services,
    /// What is taken out of the binaries.
    pub strip: Strip,
    /// Whether debug information is asked for (`true`), or there is to be no package of it.
    pub debuginfo: Option<bool>,
    /// How much rules of the check matter: code and level.
    pub lints: Vec<(Spanned<String>, LintLevel)>,
    /// What packages are signed with.
    pub sign: SignTable,
    /// Whether units are rewritten for targets that do not know what is in them.
    pub adapt: bool,
    /// Whether sandboxing that a target cannot give is an error.
    pub require_hardening: bool,
    /// Where the changelog comes from.
    pub changelog: ChangelogSource,
    /// The RPMs beside the main one, in the order in which they were written.
    pub subpackages: Vec<Subpackage>,
    /// The repositories in which no other package may ship its units: paths and addresses.
    pub repos: Vec<Spanned<String>>,
}

/// How much a rule matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LintLevel {
    /// Not said.
    Allow,
    /// Said.
    Warn,
    /// An error.
    Deny,
}

impl Settings {
    /// Reads the merged table.
    pub(super) fn read(table: Table) -> Result<Self, Error> {
        required::refuse(&table)?;
        Self::read_table(table, TABLE, &[required::KEY], &[])
    }

    /// Reads a table that messages know by this name; the keys `elsewhere` are known too, and were
    /// read before. The keys `refused` were looked for before, and nobody is told of them.
    fn read_table(
        table: Table,
        name: &str,
        elsewhere: &[&'static str],
        refused: &[&str],
    ) -> Result<Self, Error> {
        let shared = subpackages::shared(&table);
        let mut reader = Reader::new(table, name);
        for key in elsewhere {
            reader.take(key);
        }
        let settings = Settings {
            targets: reader.strings("targets")?,
            bins: bins::bins(reader.take("bins"))?,
            name: reader.line("name")?,
            summary: reader.line("summary")?,
            description: reader.string("description")?,
            license: reader.line("license")?,
            url: reader.line("url")?,
            vendor: reader.line("vendor")?,
            packager: reader.line("packager")?,
            release: release(reader.line("release")?)?,
            epoch: reader.number("epoch")?,
            start_timeout: services::start_timeout(&mut reader)?,
            skip: reader.boolean("skip")?.unwrap_or(false),
            contents: DeclaredContents::read(&mut reader)?,
            man: reader.strings("man")?,
            completions: reader.strings("completions")?,
            bin_caps: files::bin_caps(reader.table("bin-caps")?)?,
            users: accounts::users(reader.table("users")?)?,
            groups: accounts::groups(reader.table("groups")?)?,
            tmpfiles: reader.strings("tmpfiles")?.unwrap_or_default(),
            strip: debug::strip(reader.take("strip"))?,
            debuginfo: reader.boolean("debuginfo")?,
            dependencies: dependencies::dependencies(&mut reader)?,
            build_requires: dependencies::build_requires(&mut reader)?,
            auto_requires: dependencies::automatic(&mut reader, "auto-requires")?,
            auto_provides: dependencies::automatic(&mut reader, "auto-provides")?,
            scriptlets: scriptlets::scriptlets(reader.table("scriptlets")?)?,
            triggers: scriptlets::triggers(reader.tables("triggers")?)?,
            payload: payload::payload(reader.line("payload-compress")?)?,
            services: services::services(reader.take("services"))?,
            lints: lints(reader.table("lints")?)?,
            sign: sign::sign(reader.table("sign")?)?,
            adapt: reader
                .choice("adapt", &[("on", true), ("off", false)])?
                .unwrap_or(true),
            require_hardening: reader
                .choice("hardening", &[("require", true), ("best-effort", false)])?
                .unwrap_or(false),
            changelog: changelog::changelog(reader.take("changelog"))?,
            subpackages: subpackages::subpackages(reader.table("subpackages")?, &shared)?,
            repos: reader.strings("repos")?.unwrap_or_default(),
        };
        // Folded into the others before, and known all the same.
        reader.take("target");
        reader.finish_without(refused)?;
        Ok(settings)
    }
}

/// A release starts with a digit and has no hyphen, which parts version and release.
fn release(text: Option<Spanned<String>>) -> Result<Option<Spanned<String>>, Error> {
    if let Some(Spanned {
        value,
        span: Some(span),
    }) = &text
    {
        let good = |c: char| c.is_ascii_alphanumeric() || "._+~".contains(c);
        if !value.starts_with(|c: char| c.is_ascii_digit()) || !value.chars().all(good) {
            return Err(Error::Value {
                what: format!("`release` cannot be \"{value}\""),
                span: span.clone(),
                help: "write a number, with letters, digits and `._+~` after it if need be: \"2\""
                    .to_owned(),
            });
        }
    }
    Ok(text)
}

fn lints(table: Option<Table>) -> Result<Vec<(Spanned<String>, LintLevel)>, Error> {
    const LEVELS: [(&str, LintLevel); 3] = [
        ("allow", LintLevel::Allow),
        ("warn", LintLevel::Warn),
        ("deny", LintLevel::Deny),
    ];
    let entries = table.unwrap_or_default().entries;
    entries
        .into_iter()
        .map(|entry| {
            let level = word(&entry.key, &entry.node, &LEVELS)?;
            Ok((Spanned::new(entry.key, entry.key_span), level))
        })
        .collect()
}
