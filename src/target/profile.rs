//! What is known of one target.

use super::compression::Compression;
use super::fact::Fact;
use super::systemd::Tree;
use serde::Deserialize;
use std::fmt;

/// The facts about one target.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Profile {
    /// Its name, as the command line and messages have it.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// Other names that mean it.
    pub aliases: Vec<String>,
    /// The major version of systemd, for what it parses.
    pub systemd: Fact<u16>,
    /// The tables of what its systemd knows.
    pub tables: Fact<Tree>,
    /// The version of rpm.
    pub rpm: Fact<String>,
    /// The version of glibc, `MAJOR.MINOR`.
    pub glibc: Fact<GlibcVersion>,
    /// The version of the kernel.
    pub kernel: Fact<String>,
    /// What is added to the release of a package, without the dot.
    pub dist_tag: Fact<String>,
    /// The payload compressors that its rpm reads.
    pub payloads: Fact<Vec<String>>,
    /// How its own packages are compressed.
    pub payload: Fact<Compression>,
    /// The `rpmlib()` features that its rpm provides.
    pub rpmlib: Fact<Vec<RpmlibFeature>>,
    /// Whether its rpm knows `Recommends` and its kin.
    pub weak_dependencies: Fact<bool>,
    /// Whether its rpm knows `(a if b)`.
    pub rich_dependencies: Fact<bool>,
    /// Whether file triggers of the distribution reload systemd after a transaction.
    pub file_triggers: Fact<bool>,
    /// Whether its rpm creates users by itself from `Provides: user(NAME)`.
    pub native_sysusers: Fact<bool>,
    /// How its packages call systemd.
    pub scriptlets: Fact<ScriptletStyle>,
    /// Whether its systemd takes a service of `Type=oneshot` with `Restart=on-failure` and the like;
    /// where it does not, it refuses the unit. `always` and `on-success` are refused everywhere.
    pub oneshot_restart: Fact<bool>,
    /// Whether its SELinux policy, enforcing unless the administrator says otherwise, lets systemd
    /// start only programs that lie in folders labelled for programs.
    pub labelled_programs: Fact<bool>,
    /// Whether its systemd tells a program of its folders in `$STATE_DIRECTORY` and its kin
    /// (systemd.exec(5): v240).
    pub directory_variables: Fact<bool>,
    /// Whether its systemd uses the second version of control groups, on which alone it filters the
    /// addresses that a service talks to.
    pub unified_control_groups: Fact<bool>,
    /// Where units of packages lie.
    pub unit_dir: Fact<String>,
    /// Whether a build-id link in `/usr/lib/.build-id` belongs into the main package.
    pub build_id_links: Fact<bool>,
    /// The algorithms of OpenPGP keys whose signatures its rpm verifies.
    pub signature_algorithms: Fact<Vec<SignatureAlgorithm>>,
    /// Whether its rpm verifies signatures that a subkey made.
    pub signature_subkeys: Fact<bool>,
    /// The fewest bits of an RSA key that it takes.
    pub signature_rsa_bits: Fact<usize>,
    /// Whether it takes a key whose self-signatures are made with SHA-1.
    pub signature_sha1: Fact<bool>,
    /// Whether its rpm holds the payload against the digest in the header, so that a signature of
    /// the header covers both; where it does not, header and payload are signed together too.
    pub payload_digest: Fact<bool>,
    /// The column of the table of libraries beside glibc that holds for it.
    pub libraries: Fact<String>,
    /// The architectures, as rpm calls them, whose kernel has pages of 64 KiB: a program whose
    /// segments are aligned to less does not start there.
    pub large_pages: Fact<Vec<String>>,
    /// When its support ended or ends.
    pub end_of_life: Fact<String>,
}

impl Profile {
    /// How `[Install]` gets to systemd: drop-ins count for it since v236 (systemd NEWS 236; seen
    /// in `install.c` of v235 and v236, and on the real 219 and 239).
    pub fn install_style(&self) -> InstallStyle {
        if self.systemd.value >= 236 {
            InstallStyle::DropIn
        } else {
            InstallStyle::UnitFile
        }
    }

    /// Where presets of packages lie, beside the units.
    pub fn preset_dir(&self) -> String {
        format!("{}-preset", self.unit_dir.value)
    }

    /// The release with the dist tag: `1` becomes `1.el7`.
    pub fn release(&self, release: &str) -> String {
        format!("{release}.{}", self.dist_tag.value)
    }

    /// Whether the target's rpm provides this `rpmlib()` feature at this version or later.
    pub fn has_rpmlib(&self, name: &str) -> bool {
        self.rpmlib.value.iter().any(|feature| feature.name == name)
    }

    /// Whether the target's rpm is of this version or later.
    pub fn has_rpm(&self, version: &str) -> bool {
        rpm_version::rpm_evr_compare(&self.rpm.value, version).is_ge()
    }

    /// Whether the target's rpm reads a payload of this compressor.
    pub fn reads_payload(&self, compressor: &str) -> bool {
        self.payloads.value.iter().any(|known| known == compressor)
    }
}

/// Where a missing `[Install]` section is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstallStyle {
    /// Into the packaged unit file.
    UnitFile,
    /// Into a drop-in beside the file, which stays as the developer wrote it.
    DropIn,
}

/// How packages of the target call systemd in their scriptlets.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum ScriptletStyle {
    /// As the macros of systemd 219 in Red Hat's 7.9: nothing but the package reloads.
    El7,
    /// As the macros of systemd 239 in Red Hat's 8: file triggers reload after the transaction.
    El8,
    /// As the macros of systemd 250 and later: through `/usr/lib/systemd/systemd-update-helper`.
    UpdateHelper,
}

/// An algorithm of keys that sign packages.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureAlgorithm {
    /// RSA.
    Rsa,
    /// ECDSA on a NIST curve.
    Ecdsa,
    /// EdDSA on Ed25519, as GnuPG makes it (algorithm 22).
    Eddsa,
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SignatureAlgorithm::Rsa => "RSA",
            SignatureAlgorithm::Ecdsa => "ECDSA",
            SignatureAlgorithm::Eddsa => "EdDSA",
        })
    }
}

/// An `rpmlib()` feature as rpm lists it in `lib/rpmds.c`: name and version.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct RpmlibFeature {
    /// The name within the brackets.
    pub name: String,
    /// The version that rpm provides it at.
    pub version: String,
}

/// A version of glibc.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GlibcVersion {
    /// The part before the dot.
    pub major: u16,
    /// The part after the dot.
    pub minor: u16,
    /// The part after the second dot, of old symbol versions such as `2.2.5`; else 0.
    pub patch: u16,
}

impl GlibcVersion {
    /// `MAJOR.MINOR`.
    pub const fn new(major: u16, minor: u16) -> Self {
        GlibcVersion {
            major,
            minor,
            patch: 0,
        }
    }
}

impl std::str::FromStr for GlibcVersion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('.').map(str::parse::<u16>);
        let mut next = |missing: Option<u16>| match (parts.next(), missing) {
            (Some(Ok(number)), _) | (None, Some(number)) => Ok(number),
            _ => Err(format!("`{text}` is not a version of glibc such as `2.17`")),
        };
        Ok(GlibcVersion {
            major: next(None)?,
            minor: next(None)?,
            patch: next(Some(0))?,
        })
    }
}

impl fmt::Display for GlibcVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        if self.patch > 0 {
            write!(f, ".{}", self.patch)?;
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for GlibcVersion {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::GlibcVersion;

    #[test]
    fn glibc_versions_order_by_number_not_by_letter() {
        let parse = |text: &str| text.parse::<GlibcVersion>().unwrap();
        assert!(parse("2.4") < parse("2.17"));
        assert!(parse("2.2.5") < parse("2.3"));
        assert_eq!(parse("2.2.5").to_string(), "2.2.5");
        assert!("GLIBC_PRIVATE".parse::<GlibcVersion>().is_err());
    }
}
