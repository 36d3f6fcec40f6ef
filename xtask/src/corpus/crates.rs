//! The crates of the corpus, as data.

use std::fmt;

/// A crate with a program, and what a maintainer would have written down for its packages.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Crate {
    /// Its name, which is that of its RPM.
    pub(super) name: &'static str,
    /// Its exact version on crates.io; none is the fixture of this repository.
    pub(super) version: Option<&'static str>,
    /// A unit file that it comes with, in a folder of its own choice.
    pub(super) unit: Option<&'static str>,
    /// Keys for `--set`.
    pub(super) settings: &'static [&'static str],
}

/// Small to large. What they are chosen for stands beside each.
pub(super) const ALL: &[Crate] = &[
    // No dependencies: what `cargo xtask test` can afford to build.
    Crate {
        name: "hello",
        version: None,
        unit: None,
        settings: &[PACKAGER, CHANGELOG],
    },
    // A file server with C and assembler code (aws-lc) and a changelog in the usual form.
    Crate {
        name: "dufs",
        version: Some("0.47.0"),
        unit: None,
        settings: &[PACKAGER],
    },
    // A template unit with modern sandboxing, written by hand, and files that become configuration.
    Crate {
        name: "miniserve",
        version: Some("0.35.0"),
        unit: Some("packaging/miniserve@.service"),
        settings: &[
            PACKAGER,
            r#"files=[{ source = "data/themes/*", dest = "/etc/miniserve/themes/" }]"#,
        ],
    },
    // The most C code, and a build script that has each run build the program anew. Its description
    // is too long for a summary.
    Crate {
        name: "static-web-server",
        version: Some("2.44.1"),
        unit: None,
        settings: &[
            PACKAGER,
            CHANGELOG,
            r#"summary="Asynchronous web server for static files""#,
        ],
    },
];

const PACKAGER: &str = r#"packager="Corpus <corpus@example.com>""#;

/// For crates that are published without their changelog.
const CHANGELOG: &str = r#"changelog=[{ version = "1.0.0", date = "2026-01-31", author = "Corpus <corpus@example.com>", changes = ["Packaged"] }]"#;

impl Crate {
    /// Whether it is the fixture of this repository.
    pub(super) fn is_fixture(&self) -> bool {
        self.version.is_none()
    }
}

impl fmt::Display for Crate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.version.unwrap_or("(fixture)"))
    }
}

/// The crate of this name.
pub(super) fn named(name: &str) -> Result<&'static Crate, String> {
    ALL.iter().find(|one| one.name == name).ok_or_else(|| {
        let known: Vec<_> = ALL.iter().map(|one| one.name).collect();
        format!(
            "no crate of the corpus is called `{name}`; there are {}",
            known.join(", ")
        )
    })
}
