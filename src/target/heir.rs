//! Profiles that take over another's facts and change some of them: files that say `inherits`, and
//! targets of a user's own.

use super::compression::Compression;
use super::fact::Fact;
use super::profile::Profile;
use super::systemd::Tree;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// A profile in the making: another's facts, of which some are replaced.
#[derive(Clone, Debug)]
pub struct Heir {
    profile: Profile,
    given: Vec<&'static str>,
    source: String,
}

impl Heir {
    /// Every fact that can be replaced, with an example of how its value is written.
    pub const FACTS: [(&'static str, &'static str); 28] = [
        ("systemd", "219"),
        ("tables", "\"el7\""),
        ("rpm", "\"4.11.3\""),
        ("glibc", "\"2.17\""),
        ("kernel", "\"3.10.0\""),
        ("dist-tag", "\"el7\""),
        ("payloads", "[\"gzip\", \"xz\"]"),
        ("payload", "\"xz:2\""),
        (
            "rpmlib",
            "[{ name = \"FileDigests\", version = \"4.6.0-1\" }]",
        ),
        ("weak-dependencies", "true"),
        ("rich-dependencies", "true"),
        ("file-triggers", "true"),
        ("native-sysusers", "true"),
        ("scriptlets", "\"el7\""),
        ("oneshot-restart", "true"),
        ("labelled-programs", "true"),
        ("directory-variables", "true"),
        ("unified-control-groups", "true"),
        ("unit-dir", "\"/usr/lib/systemd/system\""),
        ("build-id-links", "true"),
        ("signature-algorithms", "[\"rsa\"]"),
        ("signature-subkeys", "true"),
        ("signature-rsa-bits", "2048"),
        ("signature-sha1", "true"),
        ("payload-digest", "true"),
        ("libraries", "\"el7\""),
        ("large-pages", "[\"aarch64\"]"),
        ("end-of-life", "\"2030-12-31\""),
    ];

    /// An heir of a profile under a name of its own; `source` is what its own facts are said to
    /// come from.
    pub fn new(of: &Profile, name: &str, title: &str, aliases: Vec<String>, source: &str) -> Self {
        Heir {
            profile: Profile {
                name: name.to_owned(),
                title: title.to_owned(),
                aliases,
                ..of.clone()
            },
            given: Vec::new(),
            source: source.to_owned(),
        }
    }

    /// Replaces a fact, named as in the data files.
    ///
    /// # Errors
    /// What is wrong with the value, or that there is no such fact.
    pub fn replace(&mut self, key: &'static str, value: Value) -> Result<(), String> {
        let profile = &mut self.profile;
        let from = &self.source;
        match key {
            "systemd" => replace(&mut profile.systemd, value, from),
            "tables" => replace(&mut profile.tables, value, from),
            "rpm" => replace(&mut profile.rpm, value, from),
            "glibc" => replace(&mut profile.glibc, value, from),
            "kernel" => replace(&mut profile.kernel, value, from),
            "dist-tag" => replace(&mut profile.dist_tag, value, from)
                .and_then(|()| check_dist_tag(&profile.dist_tag.value)),
            "payloads" => replace(&mut profile.payloads, value, from),
            "payload" => replace(&mut profile.payload, value, from),
            "rpmlib" => replace(&mut profile.rpmlib, value, from),
            "weak-dependencies" => replace(&mut profile.weak_dependencies, value, from),
            "rich-dependencies" => replace(&mut profile.rich_dependencies, value, from),
            "file-triggers" => replace(&mut profile.file_triggers, value, from),
            "native-sysusers" => replace(&mut profile.native_sysusers, value, from),
            "scriptlets" => replace(&mut profile.scriptlets, value, from),
            "oneshot-restart" => replace(&mut profile.oneshot_restart, value, from),
            "labelled-programs" => replace(&mut profile.labelled_programs, value, from),
            "directory-variables" => replace(&mut profile.directory_variables, value, from),
            "unified-control-groups" => replace(&mut profile.unified_control_groups, value, from),
            "unit-dir" => replace(&mut profile.unit_dir, value, from)
                .and_then(|()| check_unit_dir(&profile.unit_dir.value)),
            "build-id-links" => replace(&mut profile.build_id_links, value, from),
            "signature-algorithms" => replace(&mut profile.signature_algorithms, value, from),
            "signature-subkeys" => replace(&mut profile.signature_subkeys, value, from),
            "signature-rsa-bits" => replace(&mut profile.signature_rsa_bits, value, from),
            "signature-sha1" => replace(&mut profile.signature_sha1, value, from),
            "payload-digest" => replace(&mut profile.payload_digest, value, from),
            "libraries" => replace(&mut profile.libraries, value, from),
            "large-pages" => replace(&mut profile.large_pages, value, from),
            "end-of-life" => replace(&mut profile.end_of_life, value, from),
            _ => Err("there is no such fact".to_owned()),
        }?;
        self.given.push(key);
        Ok(())
    }

    /// The profile. Of `systemd` and `tables` the one that was not replaced follows the other, and
    /// `rpmlib` follows `rpm` and `payloads`, and `payload` is one of the latter.
    ///
    /// # Errors
    /// When both were replaced and do not fit together.
    pub fn finish(mut self) -> Result<Profile, String> {
        let profile = &mut self.profile;
        let (systemd, tables) = (profile.systemd.value, profile.tables.value);
        if systemd != tables.version() {
            match ["systemd", "tables"].map(|key| self.given.contains(&key)) {
                [true, true] => {
                    return Err(format!(
                        "`tables` is \"{tables}\", which is systemd {}, and `systemd` is {systemd}",
                        tables.version()
                    ));
                }
                [_, true] => profile.systemd = follows("tables", tables.version()),
                _ => profile.tables = follows("systemd", Tree::Upstream(systemd)),
            }
        }
        let is_given = |key| self.given.contains(&key);
        if !is_given("rpmlib") && (is_given("rpm") || is_given("payloads")) {
            profile.rpmlib = profile.features();
        }
        if !profile.reads_payload(profile.payload.value.kind()) {
            let payload = profile.payload.value;
            if is_given("payload") {
                let kind = payload.kind();
                return Err(format!(
                    "`payload` is {payload}, and `payloads` has no {kind}"
                ));
            }
            // Of those that we write; every rpm reads gzip.
            let known = profile
                .payloads
                .value
                .iter()
                .find_map(|kind| kind.parse().ok());
            profile.payload = follows("payloads", known.unwrap_or(Compression::GZIP));
        }
        Ok(self.profile)
    }
}

fn replace<T: DeserializeOwned>(
    fact: &mut Fact<T>,
    value: Value,
    source: &str,
) -> Result<(), String> {
    let value = value
        .try_into()
        .map_err(|error: toml::de::Error| error.message().to_owned())?;
    *fact = Fact {
        value,
        source: source.to_owned(),
        verified: true,
    };
    Ok(())
}

fn follows<T>(key: &str, value: T) -> Fact<T> {
    Fact {
        value,
        source: format!("follows from `{key}`"),
        verified: false,
    }
}

/// It becomes a part of the release, which has no hyphen and no blank.
fn check_dist_tag(tag: &str) -> Result<(), String> {
    let good = |c: char| c.is_ascii_alphanumeric() || "._+~".contains(c);
    if tag.starts_with(|c: char| c.is_ascii_alphanumeric()) && tag.chars().all(good) {
        return Ok(());
    }
    Err("a letter or digit comes first (the dot before it is added), then letters, digits and `._+~`".to_owned())
}

/// It is written into scripts as it is.
fn check_unit_dir(path: &str) -> Result<(), String> {
    let good = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
    let is_name = |part: &str| !matches!(part, "" | "." | "..") && part.chars().all(good);
    match path.strip_prefix('/') {
        Some(rest) if rest.split('/').all(is_name) => Ok(()),
        _ => Err(
            "it is an absolute path without `/` at its end, of letters, digits and `._+-`"
                .to_owned(),
        ),
    }
}

/// The table of a profile's file with what it inherits filled in: each key is taken as a whole.
pub(super) fn resolve(name: &str, files: &[(&str, Table)]) -> Option<Table> {
    let (_, own) = files.iter().find(|(file, _)| *file == name)?;
    let mut own = own.clone();
    let Some(Value::String(of)) = own.remove("inherits") else {
        return Some(own);
    };
    let mut table = resolve(&of, files)?;
    table.extend(own);
    Some(table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::find;

    fn heir() -> Heir {
        let centos7 = find("centos7").unwrap().profile();
        Heir::new(centos7, "mycorp7", "My Corp 7", Vec::new(), "here")
    }

    #[test]
    fn every_fact_of_the_files_can_be_replaced_and_no_other() {
        let file: Table = toml::from_str(include_str!("profiles/centos7.toml")).unwrap();
        let mut facts: Vec<&str> = file
            .iter()
            .filter(|(_, value)| value.is_table())
            .map(|(key, _)| key.as_str())
            // Follows from the others.
            .chain(["rpmlib"])
            .collect();
        let mut known: Vec<&str> = Heir::FACTS.iter().map(|(key, _)| *key).collect();
        facts.sort_unstable();
        known.sort_unstable();
        assert_eq!(known, facts);
        for (key, example) in Heir::FACTS {
            let value: Table = toml::from_str(&format!("it = {example}")).unwrap();
            let mut heir = heir();
            heir.replace(key, value["it"].clone()).unwrap();
            assert!(heir.finish().is_ok(), "{key}");
        }
    }

    #[test]
    fn the_tables_follow_the_version_and_the_version_the_tables() {
        let mut newer = heir();
        newer.replace("systemd", Value::Integer(241)).unwrap();
        let newer = newer.finish().unwrap();
        assert_eq!(newer.tables.value, Tree::Upstream(241));
        assert!(!newer.tables.verified);
        let mut same = heir();
        same.replace("systemd", Value::Integer(219)).unwrap();
        assert_eq!(same.finish().unwrap().tables.value, Tree::El7);
        let mut other = heir();
        other.replace("tables", "el8".into()).unwrap();
        assert_eq!(other.clone().finish().unwrap().systemd.value, 239);
        other.replace("systemd", Value::Integer(252)).unwrap();
        assert!(other.finish().unwrap_err().contains("239"));
    }

    #[test]
    fn what_would_break_a_package_is_refused() {
        for (key, value) in [
            ("dist-tag", ".el7"),
            ("dist-tag", "my-corp"),
            ("unit-dir", "usr/lib"),
            ("unit-dir", "/usr/lib/"),
            ("unit-dir", "/usr/../lib"),
            ("unit-dir", "/usr/lib/'; reboot; '"),
            ("glibc", "two"),
            ("systemd", "219"),
            ("scriptlets", "el6"),
        ] {
            assert!(heir().replace(key, value.into()).is_err(), "{key}");
        }
    }
}
