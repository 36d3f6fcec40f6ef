//! The tables of users and groups.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// A user that exists before files are unpacked.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct UserTable {
    /// Its number, where a certain one is needed; by default the system chooses.
    uid: Option<AccountId>,
    /// Its home, `/` by default. It is not created.
    home: Option<String>,
    /// Its shell, `/sbin/nologin` by default.
    shell: Option<String>,
    /// What it is for.
    description: Option<String>,
    /// Its primary group, where that has another name than the user.
    group: Option<String>,
    /// Other groups that it is a member of.
    groups: Option<Vec<String>>,
}

/// A group that exists before files are unpacked.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct GroupTable {
    /// Its number, where a certain one is needed; by default the system chooses.
    gid: Option<AccountId>,
}

/// The number of an account.
pub(super) struct AccountId;

impl JsonSchema for AccountId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AccountId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let largest = crate::project::settings::LARGEST_ID;
        json_schema!({ "type": "integer", "minimum": 1, "maximum": largest })
    }
}
