//! The tables of files, folders and links.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// A file, those that a pattern matches, or a whole folder.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct FileTable {
    /// A path in the package's folder, or a pattern: `*`, `?`, `**`, `[ab]`, `{a,b}`.
    source: String,
    /// Where it is installed. With `/` at the end, the folder that it goes into. Without it,
    /// documentation and licences go to the package's own folders for them.
    dest: Option<String>,
    /// The permission bits, in octal: `"0644"`, or `"0755"` where the owner may execute the source.
    mode: Option<Mode>,
    /// The owner, `"root"` by default.
    user: Option<String>,
    /// The group, `"root"` by default.
    group: Option<String>,
    /// Whether it is configuration: below `/etc` it is `"noreplace"` by default.
    config: Option<ConfigFlag>,
    /// `rpm -V` says nothing where it was removed.
    missingok: Option<bool>,
    /// Capabilities, as in cap_from_text(3).
    #[schemars(example = "cap_net_bind_service=ep")]
    caps: Option<String>,
    /// It is documentation, which `--nodocs` leaves out.
    doc: Option<bool>,
    /// It is a licence.
    license: Option<bool>,
    /// Lets the source lie outside the package's folder.
    outside_project: Option<bool>,
}

/// A folder that the package makes and owns.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct DirectoryTable {
    /// Its path on the target.
    dest: String,
    /// The permission bits, `"0755"` by default.
    mode: Option<Mode>,
    /// The owner, `"root"` by default.
    user: Option<String>,
    /// The group, `"root"` by default.
    group: Option<String>,
}

/// A symbolic link.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct LinkTable {
    /// Its path on the target.
    dest: String,
    /// Where it points, kept as it is written.
    target: String,
}

/// A file that is made later and belongs to the package: erasing removes it.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct GhostTable {
    /// Its path on the target; with `/` at the end, a folder.
    dest: String,
    /// The permission bits.
    mode: Option<Mode>,
    /// The owner, `"root"` by default.
    user: Option<String>,
    /// The group, `"root"` by default.
    group: Option<String>,
    /// Whether it is configuration.
    config: Option<ConfigFlag>,
    /// `rpm -V` says nothing where it is not there.
    missingok: Option<bool>,
}

/// Permission bits: three to five octal digits in a string.
pub(super) struct Mode;

impl JsonSchema for Mode {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Mode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-7]{1,5}$", "examples": ["0640"] })
    }
}

/// `true`, `false` or `"noreplace"`.
pub(super) struct ConfigFlag;

impl JsonSchema for ConfigFlag {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ConfigFlag".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "enum": [true, false, "noreplace"] })
    }
}
