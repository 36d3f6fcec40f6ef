//! What can go wrong with the folder of a repository.

use crate::disk;
use crate::report::{Diagnose, Diagnostic, Failure};
use crate::{inspect, rpm};
use camino::Utf8PathBuf;
use std::io;
use thiserror::Error;

/// A repository that was not changed, or cannot be read. What was there is as it was.
#[derive(Debug, Error)]
pub enum Error {
    /// A package that metadata name is not in the folder.
    #[error("{href} is in the metadata of {folder}, and not in the folder")]
    Vanished {
        /// The folder.
        folder: Utf8PathBuf,
        /// The way to the file from there on.
        href: String,
    },
    /// The folder of a repository, or a file of it, cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// Which.
        path: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Something of it cannot be written.
    #[error("cannot write {path}")]
    Write {
        /// What.
        path: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no repository.
    #[error("{path} is no repository: it has no repodata/repomd.xml")]
    NoRepository {
        /// The folder.
        path: Utf8PathBuf,
    },
    /// The folder of the metadata lies elsewhere.
    #[error("{path} is a link, and metadata would be written where it leads")]
    Linked {
        /// The link.
        path: Utf8PathBuf,
    },
    /// Metadata are not what they should be.
    #[error("{path} is damaged: {what}")]
    Damaged {
        /// The file.
        path: Utf8PathBuf,
        /// The folder of the repository.
        folder: Utf8PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// A file is no RPM.
    #[error(transparent)]
    Rpm(#[from] rpm::Error),
    /// A file cannot be read to its end.
    #[error(transparent)]
    Inspect(#[from] inspect::Error),
    /// A file is an RPM, and a damaged one.
    #[error("{path} is damaged: {what}")]
    DamagedRpm {
        /// The file.
        path: Utf8PathBuf,
        /// What is wrong with it.
        what: String,
        /// The way out, where there is one.
        help: Option<String>,
    },
    /// What a package says cannot stand in metadata.
    #[error("{path} cannot be described: {what}")]
    Undescribed {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        what: String,
    },
    /// A file became another between being checked and being copied.
    #[error("{path} changed while it was added")]
    Changed {
        /// The file.
        path: Utf8PathBuf,
    },
    /// Two packages have one name and version, and other contents.
    #[error("{} is there already, with other contents", .0.nevra)]
    SameNevra(Box<Doubles>),
    /// Another package ships the unit.
    #[error("{} ships {}, which {} of the repository ships too", .0.given, .0.unit, .0.owner)]
    TakenUnit(Box<TakenUnit>),
    /// Nothing of the repository is meant by a word.
    #[error("`{word}` is not in {folder}")]
    NotThere {
        /// The word.
        word: String,
        /// The folder of the repository.
        folder: Utf8PathBuf,
        /// The packages of that name.
        versions: Vec<String>,
        /// What was probably meant.
        nearest: Option<String>,
    },
    /// It is signed, and nothing says what to sign the change with.
    #[error("{folder} is signed, and nothing says what to sign it with now")]
    Unsigned {
        /// The folder of the repository.
        folder: Utf8PathBuf,
    },
    /// createrepo_c did not do its work.
    #[error("createrepo_c {what}")]
    Createrepo {
        /// What it did.
        what: String,
        /// What it said.
        said: String,
    },
    /// The run was asked to end.
    #[error("interrupted by signal {signal}")]
    Interrupted {
        /// Its number.
        signal: i32,
    },
}

/// Two packages of one name and version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubles {
    /// What both are called.
    pub nevra: String,
    /// Where the one lies, and its SHA-256.
    pub there: (Utf8PathBuf, String),
    /// Where the other lies, and its SHA-256.
    pub given: (Utf8PathBuf, String),
    /// Whether both were given.
    pub both_given: bool,
}

/// Two packages that ship one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenUnit {
    /// The unit.
    pub unit: String,
    /// The package that was given.
    pub given: String,
    /// The name of the package that has it.
    pub name: String,
    /// Its version, as a dependency would say it.
    pub version: String,
    /// The whole name of that.
    pub owner: String,
}

impl Diagnose for Error {
    fn diagnostic(&self) -> Diagnostic {
        let diagnostic = Diagnostic::error(self.to_string());
        match self {
            Error::Rpm(error) => error.diagnostic(),
            Error::Inspect(error) => error.diagnostic(),
            Error::Read { source, .. } => diagnostic.with_note(source.to_string()),
            Error::Write { source, .. } => diagnostic
                .with_note(source.to_string())
                .with_help_if(disk::way_out(source)),
            Error::NoRepository { path } => {
                diagnostic.with_help(format!("make one: cargo ambot repo add {path} FILE…"))
            }
            Error::Linked { .. } => diagnostic.with_help("put the folder itself in its place"),
            Error::Vanished { folder, .. } => diagnostic
                .with_help("put it back, where its file system is not mounted")
                .with_help(format!("to leave it out: cargo ambot repo add {folder}")),
            Error::Damaged { folder, .. } => diagnostic.with_help(format!(
                "to make all of it anew from the RPMs there: delete {folder}/repodata and run `cargo ambot repo add {folder}`"
            )),
            Error::DamagedRpm { help, .. } => diagnostic.with_help_if(help.clone()),
            Error::Undescribed { .. } => diagnostic.with_help("build the package with other names"),
            Error::Changed { .. } => {
                diagnostic.with_help("run it again once nothing writes to the file")
            }
            Error::SameNevra(doubles) => same_nevra(diagnostic, doubles),
            Error::TakenUnit(taken) => diagnostic
                .with_note("rpm refuses to install the second of two packages with one file")
                .with_help("rename the unit in one of them")
                .with_help(format!(
                    "to take its place: obsoletes = {{ {} = \"<= {}\" }}",
                    taken.name, taken.version
                ))
                .with_help("if they are alternatives: `conflicts` in place of `obsoletes`"),
            Error::NotThere {
                folder,
                versions,
                nearest,
                ..
            } => {
                let diagnostic = match versions.is_empty() {
                    true => diagnostic,
                    false => diagnostic.with_help(format!(
                        "what is there of that name: {}",
                        versions.join(", ")
                    )),
                };
                let diagnostic = diagnostic
                    .with_help_if(nearest.as_ref().map(|near| format!("did you mean {near}?")));
                match versions.is_empty() && nearest.is_none() {
                    true => diagnostic
                        .with_help(format!("what is there: cargo ambot repo list {folder}")),
                    false => diagnostic,
                }
            }
            Error::Unsigned { .. } => diagnostic
                .with_note("clients that check its signature would refuse it unsigned")
                .with_help("give the key: --sign-key FILE, or CARGO_AMBOT_SIGN_KEY in the environment")
                .with_help("to take the signature away: --no-sign"),
            Error::Createrepo { said, .. } => {
                let diagnostic = match said.is_empty() {
                    true => diagnostic,
                    false => diagnostic.with_note(said.clone()),
                };
                diagnostic.with_help("leave out `--createrepo`: nothing else needs it")
            }
            Error::Interrupted { .. } => diagnostic,
        }
    }

    fn failure(&self) -> Failure {
        match self {
            Error::Rpm(error) => error.failure(),
            Error::Inspect(error) => error.failure(),
            Error::DamagedRpm { .. } => Failure::Denied,
            Error::Interrupted { signal } => Failure::Signal(*signal),
            _ => Failure::Project,
        }
    }
}

fn same_nevra(diagnostic: Diagnostic, doubles: &Doubles) -> Diagnostic {
    let (there, given) = (&doubles.there, &doubles.given);
    let diagnostic = diagnostic
        .with_note(format!("{} has SHA-256 {}", there.0, there.1))
        .with_note(format!("{} has SHA-256 {}", given.0, given.1));
    match doubles.both_given {
        true => diagnostic.with_help("give one of the two"),
        false => diagnostic
            .with_help("who has installed the one never gets the other: build it with a higher release (`--rpm-release 2`)")
            .with_help("to put it in the place of the other all the same: --replace"),
    }
}
