//! The keys of the main table.

use super::accounts::{GroupTable, UserTable};
use super::files::{DirectoryTable, FileTable, GhostTable, LinkTable};
use super::scripts::{Dependencies, Scriptlets, Texts, Trigger};
use super::service::ServiceTable;
use super::shape::{or_false, or_table};
use super::words::{CompressionText, TargetWord};
use schemars::JsonSchema;
use std::collections::BTreeMap;

type Tables<T> = BTreeMap<String, T>;

/// How a project becomes an RPM.
#[derive(JsonSchema)]
#[schemars(rename = "Package", deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Keys {
    /// What to package for. It has to be given, here or with `--target`, which replaces it.
    #[schemars(example = ["centos7", "centos8"])]
    targets: Option<Vec<TargetWord>>,
    /// The binaries to package: all of the package's own by default. Those of other members of the
    /// workspace are named too.
    #[schemars(example = ["hello"])]
    bins: Option<Vec<Bin>>,
    /// The name of the RPM: that of the package by default.
    name: Option<String>,
    /// One line about it: the first line of the package's `description` by default.
    summary: Option<String>,
    /// Any number of lines about it.
    description: Option<String>,
    /// Its licence, as an SPDX expression: the package's by default.
    license: Option<String>,
    /// Its page: the package's `homepage`, else its `repository`, by default.
    url: Option<String>,
    /// Who distributes it.
    vendor: Option<String>,
    /// Who packages it: name and address.
    #[schemars(example = "Release Team <release@example.com>")]
    packager: Option<String>,
    /// The release without the dist tag: `"1"` by default.
    #[schemars(regex(pattern = r"^[0-9][0-9A-Za-z._+~]*$"), example = "2")]
    release: Option<String>,
    /// The epoch, which comes before the version in comparisons.
    epoch: Option<u32>,
    /// `true` leaves the package out of `--workspace`; a subpackage with it is not made.
    skip: Option<bool>,
    /// Which versions of cargo ambot the project is for, as a requirement on a dependency is
    /// written. Any other stops with a message.
    #[schemars(example = ">=0.1")]
    required_version: Option<String>,
    /// Files to ship beside binaries and units; lists of several layers are joined.
    #[schemars(example = example_files())]
    files: Option<Vec<FileTable>>,
    /// Folders that the package makes and owns.
    dirs: Option<Vec<DirectoryTable>>,
    /// Symbolic links.
    symlinks: Option<Vec<LinkTable>>,
    /// Files that are made later and belong to the package.
    ghosts: Option<Vec<GhostTable>>,
    /// Manual pages, as files of the project or patterns: those that are found by default.
    man: Option<Vec<String>>,
    /// Shell completions, as files of the project or patterns: those that are found by default.
    completions: Option<Vec<String>>,
    /// Capabilities of binaries, as in cap_from_text(3).
    #[schemars(example = example_caps())]
    bin_caps: Option<Tables<String>>,
    /// Users that exist before files are unpacked.
    users: Option<Tables<UserTable>>,
    /// Groups that exist before files are unpacked; a user's own needs no entry.
    groups: Option<Tables<GroupTable>>,
    /// Lines for systemd-tmpfiles, as in tmpfiles.d(5).
    #[schemars(example = ["d /run/hello 0750 hello hello -"])]
    tmpfiles: Option<Vec<String>>,
    /// What must be installed too. Names are packages, capabilities, paths or rich dependencies.
    #[schemars(example = example_requires())]
    requires: Option<Dependencies>,
    /// What the package is besides its name.
    provides: Option<Dependencies>,
    /// What must not be installed beside it.
    conflicts: Option<Dependencies>,
    /// What it replaces.
    obsoletes: Option<Dependencies>,
    /// What is installed too where it can be; since rpm 4.12, as are the next three.
    recommends: Option<Dependencies>,
    /// What may be offered with it.
    suggests: Option<Dependencies>,
    /// What it is installed with where it can be.
    supplements: Option<Dependencies>,
    /// What it may be offered with.
    enhances: Option<Dependencies>,
    /// What must be there where others build the source package.
    build_requires: Option<Dependencies>,
    /// Whether requirements are worked out from the files: `true` by default.
    auto_requires: Option<Automatic>,
    /// Whether provided names are worked out from the files: `true` by default.
    auto_provides: Option<Automatic>,
    /// Your own scriptlets, beside what units, users and folders need.
    scriptlets: Option<Scriptlets>,
    /// Scripts that run when something happens to other packages.
    triggers: Option<Vec<Trigger>>,
    /// How many seconds rpm waits for units at most: 30 by default.
    #[schemars(range(max = 600))]
    start_timeout: Option<u32>,
    /// How the payload is compressed: as the target's own packages by default.
    payload_compress: Option<CompressionText>,
    /// The services, by name; `false` for a tool that is none.
    services: Option<Services>,
    /// What is taken out of binaries: `"debuginfo"` by default.
    strip: Option<Strip>,
    /// `true` asks for an RPM of debug information, `false` for none; by default there is one where
    /// the build made any.
    debuginfo: Option<bool>,
    /// How much rules of the check matter, by code.
    lints: Option<Tables<Level>>,
    /// Repositories in which no other package may ship the package's units: folders, or addresses
    /// (`file:`, `http:`, `https:`).
    #[schemars(example = ["https://yum.example.org/el7"])]
    repos: Option<Vec<String>>,
    /// What packages are signed with. No secret has a place here.
    sign: Option<Sign>,
    /// `"off"` packages units as they are written.
    adapt: Option<Adapt>,
    /// `"require"` makes it an error when a target cannot give sandboxing that a unit asks for.
    hardening: Option<Hardening>,
    /// Where the changelog comes from: `CHANGELOG.md` by default, if it is there.
    changelog: Option<Changelog>,
    /// RPMs beside the main one, by what stands behind its name and a hyphen.
    subpackages: Option<Tables<super::Subpackage>>,
    /// All of these again, for one target.
    target: Option<Tables<super::ForTarget>>,
}

fn example_files() -> serde_json::Value {
    serde_json::json!([{ "source": "hello.toml", "dest": "/etc/hello/", "mode": "0640" }])
}

fn example_caps() -> serde_json::Value {
    serde_json::json!({ "hello": "cap_net_bind_service=ep" })
}

fn example_requires() -> serde_json::Value {
    serde_json::json!({ "curl": ">= 7.29", "openssl": "*" })
}

/// Tables by name, or `false`.
pub(super) struct Services;

impl JsonSchema for Services {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Services".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        or_false(<Tables<ServiceTable>>::json_schema(generator))
    }
}

/// A binary.
pub(super) struct Bin;

impl JsonSchema for Bin {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Bin".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        or_table::<BinTable>(generator, "string")
    }
}

/// A binary of a certain member of the workspace.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct BinTable {
    /// The member.
    package: Option<String>,
    /// The binary.
    bin: String,
}

/// Whether anything is worked out, or what is left out.
pub(super) struct Automatic;

impl JsonSchema for Automatic {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Automatic".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        or_table::<Exclude>(generator, "boolean")
    }
}

/// What is not worked out.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Exclude {
    /// Globs of the names that are left out.
    #[schemars(example = ["libprivate.so*"])]
    exclude: Option<Vec<String>>,
}

/// What is taken out of binaries, as in a profile of cargo's.
pub(super) struct Strip;

impl JsonSchema for Strip {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Strip".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "enum": ["debuginfo", "symbols", "none", true, false] })
    }
}

/// How much a rule matters.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(super) enum Level {
    /// It is not said.
    Allow,
    /// It is said.
    Warn,
    /// It is an error.
    Deny,
}

/// What packages are signed with; paths are looked for in the package's folder, then in that of the
/// workspace.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Sign {
    /// The file of the secret key.
    key: Option<String>,
    /// The program that signs instead.
    #[schemars(example = "gpg --detach-sign -u NAME")]
    command: Option<String>,
    /// The file of the public key that its signatures are held against.
    public_key: Option<String>,
    /// The file whose first line is the passphrase of the key.
    passphrase_file: Option<String>,
}

/// Whether units are rewritten for targets that do not know what is in them: `"on"` by default.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(super) enum Adapt {
    On,
    Off,
}

/// Whether sandboxing may be lost: `"best-effort"` by default.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(super) enum Hardening {
    BestEffort,
    Require,
}

/// A file, its entries, or `false` for none.
pub(super) struct Changelog;

impl JsonSchema for Changelog {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Changelog".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let entries = generator.subschema_for::<Vec<Release>>();
        schemars::json_schema!({ "anyOf": [{ "type": "string" }, { "type": "boolean" }, entries] })
    }
}

/// A release and what it changed.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Release {
    /// Its version.
    version: String,
    /// Its day.
    #[schemars(
        regex(pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
        example = "2026-01-31"
    )]
    date: Option<String>,
    /// Who made it: `packager`, else the first author, by default.
    author: Option<String>,
    /// What changed, an item each.
    #[schemars(length(min = 1))]
    changes: Texts,
}
