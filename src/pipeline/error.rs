//! The error of whichever room could not go on, and the few of the way itself.

use crate::disk;
use crate::report::{Diagnose, Diagnostic, Failure, Span, nearest};
use crate::{
    archive, attest, build, contents, init, inspect, lint, package, project, repo, rpm, source,
    target, unit,
};
use camino::Utf8PathBuf;
use thiserror::Error;

/// Why a package did not come to its end.
#[derive(Debug, Error)]
pub enum Error {
    /// A target's name.
    #[error(transparent)]
    Target(#[from] target::Error),
    /// The project.
    #[error(transparent)]
    Project(#[from] project::Error),
    /// The contents.
    #[error(transparent)]
    Contents(#[from] contents::Error),
    /// A unit.
    #[error(transparent)]
    Unit(#[from] unit::Error),
    /// What the user says of rules.
    #[error(transparent)]
    Lint(#[from] lint::Error),
    /// The build.
    #[error(transparent)]
    Build(#[from] build::Error),
    /// The plan.
    #[error(transparent)]
    Package(#[from] package::Error),
    /// The writing of an archive.
    #[error(transparent)]
    Archive(#[from] archive::Error),
    /// The spec file or source package.
    #[error(transparent)]
    Source(#[from] source::Error),
    /// The first configuration.
    #[error(transparent)]
    Init(#[from] init::Error),
    /// The writing of the RPM.
    #[error(transparent)]
    Rpm(#[from] rpm::Error),
    /// The verdict on the RPM.
    #[error(transparent)]
    Inspect(#[from] inspect::Error),
    /// What is said of packages beside them.
    #[error(transparent)]
    Attest(#[from] attest::Error),
    /// The names that packages take.
    #[error(transparent)]
    Repo(#[from] repo::Error),
    /// The folder of a repository.
    #[error(transparent)]
    Repository(#[from] repo::folder::Error),
    /// A repository that was to be looked into.
    #[error(transparent)]
    Names(#[from] repo::taken::Error),
    /// An address of the settings that is none.
    #[error("{problem}")]
    RepoAddress {
        /// What is wrong with it.
        problem: repo::taken::Error,
        /// Where it stands.
        span: Option<Span>,
    },
    /// No repository is named.
    #[error("no repository is named")]
    NoRepos,
    /// No target was given anywhere.
    #[error("no target is given")]
    NoTarget {
        /// The package that the run is for.
        package: String,
    },
    /// A binary that the package does not have.
    #[error("package `{package}` has no binary `{name}`")]
    NoSuchBinary {
        /// The package.
        package: String,
        /// The name.
        name: String,
        /// Its binaries.
        known: Vec<String>,
        /// The binaries of other members, each with its member.
        elsewhere: Vec<(String, String)>,
        /// Where the settings named it; nowhere where the command line did.
        span: Option<Span>,
    },
    /// A member that the workspace does not have.
    #[error("the workspace has no package `{name}`")]
    NoSuchMember {
        /// The name.
        name: String,
        /// The members.
        known: Vec<String>,
        /// Where it was named.
        span: Option<Span>,
    },
    /// Several members have a binary of one name.
    #[error("several packages of the workspace have a binary `{name}`")]
    WhichMember {
        /// The binary.
        name: String,
        /// The members.
        members: Vec<String>,
        /// Where it was named.
        span: Option<Span>,
    },
    /// Two members that are built together have a binary of one name.
    #[error("the binaries `{name}` of `{}` and `{}` would be built as one file", members[0], members[1])]
    BuiltAsOne {
        /// The binary.
        name: String,
        /// The members.
        members: [String; 2],
    },
    /// No binary is packaged for any of the targets.
    #[error("no binary of `{package}` is left to package")]
    NoBinaryLeft {
        /// The package.
        package: String,
    },
    /// Two subpackages want the same.
    #[error("subpackages `{}` and `{}` both have {what}", subpackages[0], subpackages[1])]
    InTwoSubpackages {
        /// A unit or a binary.
        what: String,
        /// The subpackages.
        subpackages: [String; 2],
        /// Where the second names it.
        span: Option<Span>,
    },
    /// A subpackage names a unit that is not there.
    #[error("subpackage `{suffix}` has the service `{written}`, which the package does not have")]
    NoSuchService {
        /// The subpackage.
        suffix: String,
        /// What it names.
        written: String,
        /// The units that there are.
        known: Vec<String>,
        /// Where it was named.
        span: Option<Span>,
    },
    /// A subpackage of which nothing is said.
    #[error("nothing is said of what the subpackage `{suffix}` ships or requires")]
    EmptySubpackage {
        /// The subpackage.
        suffix: String,
        /// Where it was named.
        span: Option<Span>,
    },
    /// A file was asked for, and several are to be made.
    #[error("{path} is a file, and {} are to be made", made.join(" and "))]
    OneFile {
        /// What was given.
        path: Utf8PathBuf,
        /// What is made, each form with its number.
        made: Vec<String>,
    },
    /// A feature that none of the packages has which are built.
    #[error("`{package}` has no feature `{name}`")]
    NoSuchFeature {
        /// The package.
        package: String,
        /// The feature.
        name: String,
        /// Those that it has.
        known: Vec<String>,
    },
    /// A profile that is neither cargo's nor the workspace's.
    #[error("the workspace has no profile `{name}`")]
    NoSuchProfile {
        /// The profile.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// Signatures are asked for, and nothing that is made can have one.
    #[error("there is nothing to sign: an archive and a spec are not signed")]
    NothingToSign,
    /// What packages are signed with would be published.
    #[error("{path} is what packages are signed with, and {where_to} would publish it")]
    Unpublished {
        /// The key, or the file of its passphrase.
        path: Utf8PathBuf,
        /// In what.
        where_to: &'static str,
    },
    /// The specs of two packages want another file of the same name beside them.
    #[error("the specs of two packages name different sources {path}")]
    SameSource {
        /// Where both would lie.
        path: Utf8PathBuf,
    },
    /// The check found errors.
    #[error("the check of `{package}` found {}", errors(*count))]
    Denied {
        /// The package.
        package: String,
        /// How many.
        count: usize,
        /// The rule of the first whose level is the user's to say.
        code: Option<&'static str>,
    },
    /// A unit of a kind that is not checked.
    #[error("{path} is a unit of a kind that cargo ambot does not check")]
    OtherKind {
        /// The file.
        path: Utf8PathBuf,
    },
    /// Standard input is to be read twice, or beside files.
    #[error("`-` stands for standard input, and is given {}", if *.twice { "twice" } else { "beside files" })]
    StandardInput {
        /// Whether it is there twice.
        twice: bool,
    },
    /// A unit file that was named cannot be read.
    #[error("cannot read {path}")]
    UnitFile {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The folder for the result.
    #[error("cannot write to {path}")]
    Output {
        /// The folder.
        path: Utf8PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

fn errors(count: usize) -> String {
    match count {
        1 => "1 error".to_owned(),
        _ => format!("{count} errors"),
    }
}

/// The way out of so many errors, one of which is of this rule.
fn mend(count: usize, code: Option<&str>) -> String {
    let (them, rule) = match count {
        1 => ("it", "the rule"),
        _ => ("them", "a rule"),
    };
    match code {
        Some(code) => format!(
            "mend {them}, or say how much {rule} matters: [package.metadata.ambot.lints] {code} = \"warn\""
        ),
        None => format!("mend {them}"),
    }
}

impl Error {
    fn room(&self) -> Option<&dyn Diagnose> {
        Some(match self {
            Error::Target(error) => error,
            Error::Project(error) => error,
            Error::Contents(error) => error,
            Error::Unit(error) => error,
            Error::Lint(error) => error,
            Error::Build(error) => error,
            Error::Package(error) => error,
            Error::Archive(error) => error,
            Error::Source(error) => error,
            Error::Rpm(error) => error,
            Error::Inspect(error) => error,
            Error::Init(error) => error,
            Error::Repo(error) => error,
            Error::Attest(error) => error,
            Error::Repository(error) => error,
            Error::Names(error) => error,
            Error::RepoAddress { .. }
            | Error::NoRepos
            | Error::NoTarget { .. }
            | Error::NoSuchBinary { .. }
            | Error::NoSuchMember { .. }
            | Error::WhichMember { .. }
            | Error::BuiltAsOne { .. }
            | Error::NoBinaryLeft { .. }
            | Error::InTwoSubpackages { .. }
            | Error::NoSuchService { .. }
            | Error::EmptySubpackage { .. }
            | Error::OneFile { .. }
            | Error::NoSuchFeature { .. }
            | Error::NoSuchProfile { .. }
            | Error::NothingToSign
            | Error::Unpublished { .. }
            | Error::SameSource { .. }
            | Error::Denied { .. }
            | Error::OtherKind { .. }
            | Error::StandardInput { .. }
            | Error::UnitFile { .. }
            | Error::Output { .. } => return None,
        })
    }
}

impl Diagnose for Error {
    fn diagnostic(&self) -> Diagnostic {
        if let Some(room) = self.room() {
            return room.diagnostic();
        }
        let diagnostic = Diagnostic::error(self.to_string());
        match self {
            Error::RepoAddress { problem, span } => problem.diagnostic().at_secret(span.as_ref()),
            Error::NoRepos => diagnostic
                .with_help("name one: --repo https://example.org/yum/el7")
                .with_help("or write it into the settings: [workspace.metadata.ambot] repos = [\"https://…\"]"),
            Error::NoTarget { .. } => {
                let names: Vec<&str> = target::known()
                    .iter()
                    .map(|profile| profile.name.as_str())
                    .collect();
                diagnostic
                    .with_help(format!(
                        "give one: --target {}",
                        names.first().copied().unwrap_or_default()
                    ))
                    .with_help("or set `targets = [\"centos7\", …]` in [package.metadata.ambot]")
                    .with_note(format!("known targets: {}", names.join(", ")))
            }
            Error::NoSuchBinary { name, known, elsewhere, span, .. } => {
                let all = known.iter().chain(elsewhere.iter().map(|(bin, _)| bin));
                let near = nearest(name, all.map(String::as_str)).filter(|near| near != name);
                let owner = elsewhere.iter().find(|(bin, _)| bin == name);
                let owner = owner.map(|(bin, package)| {
                    format!("write {{ package = \"{package}\", bin = \"{bin}\" }}")
                });
                let own = (!known.is_empty()).then(|| format!("its binaries: {}", known.join(", ")));
                let others: Vec<String> =
                    elsewhere.iter().map(|(bin, package)| format!("{bin} ({package})")).collect();
                let others = (!others.is_empty())
                    .then(|| format!("binaries of other packages: {}", others.join(", ")));
                diagnostic
                    .at(span.as_ref(), "")
                    .with_help_if(near.map(|near| format!("did you mean `{near}`?")))
                    .with_help_if(owner)
                    .with_help_if(own)
                    .with_help_if(others)
            }
            Error::NoSuchMember { name, known, span } => diagnostic
                .at(span.as_ref(), "")
                .with_help_if(
                    nearest(name, known.iter().map(String::as_str))
                        .map(|near| format!("did you mean `{near}`?")),
                )
                .with_help(format!("packages: {}", known.join(", "))),
            Error::WhichMember { name, members, span } => diagnostic
                .at(span.as_ref(), "")
                .with_help(format!(
                    "write {{ package = \"{}\", bin = \"{name}\" }}",
                    members.first().map_or("PACKAGE", String::as_str)
                ))
                .with_help(format!("packages that have it: {}", members.join(", "))),
            Error::BuiltAsOne { .. } => diagnostic
                .with_note("cargo puts the binaries of all packages into one folder")
                .with_help("rename one of them, or package them in runs of their own"),
            Error::NoBinaryLeft { .. } => {
                diagnostic.with_help("name one in `bins`, or make its subpackage")
            }
            Error::InTwoSubpackages { span, .. } => {
                diagnostic.at(span.as_ref(), "").with_help("leave it out of one of them")
            }
            Error::NoSuchService { written, known, span, .. } => {
                let stems = known.iter().map(|unit| unit.strip_suffix(".service").unwrap_or(unit));
                diagnostic
                    .at(span.as_ref(), "")
                    .with_help_if(
                        nearest(written, stems).map(|near| format!("did you mean `{near}`?")),
                    )
                    .with_help(format!("its units: {}", known.join(", ")))
            }
            Error::EmptySubpackage { suffix, span } => diagnostic.at(span.as_ref(), "").with_help(
                format!("name its `files`, `bins`, `services` or `requires`, or write skip = true in [package.metadata.ambot.subpackages.{suffix}]"),
            ),
            Error::OneFile { made, .. } => diagnostic.with_help(match made.len() {
                1 => "give a folder, or one target and one package without subpackages",
                _ => "one format goes into a file: give a folder, or one `--format`",
            }),
            Error::NoSuchFeature { name, known, .. } => {
                let known = || known.iter().map(String::as_str);
                let short = name.rsplit('/').next().unwrap_or(name);
                let near = nearest(short, known()).map(|near| format!("did you mean `{near}`?"));
                let all: Vec<&str> = known().collect();
                diagnostic.with_help_if(near).with_help(match all.is_empty() {
                    true => "it has none".to_owned(),
                    false => format!("its features: {}", all.join(", ")),
                })
            }
            Error::NoSuchProfile { name, known } => diagnostic
                .with_help_if(
                    nearest(name, known.iter().map(String::as_str))
                        .map(|near| format!("did you mean `{near}`?")),
                )
                .with_help(format!("profiles: {}", known.join(", "))),
            Error::NothingToSign => diagnostic
                .with_help("leave out `--sign`, or make an RPM or a source package too"),
            Error::Unpublished { .. } => diagnostic
                .with_help("keep it outside of the project")
                .with_help("or have git ignore it, or leave it out in Cargo.toml: exclude = [\"…\"] below [package]"),
            Error::SameSource { .. } => {
                diagnostic.with_help("give each package a folder of its own: `-p NAME -o DIR`")
            }
            Error::Denied { count, code, .. } => diagnostic.with_help(mend(*count, *code)),
            Error::OtherKind { .. } => diagnostic.with_help(
                "it checks services, timers, sockets, paths and targets, and drop-ins for them",
            ),
            Error::StandardInput { .. } => {
                diagnostic.with_help("give one unit on standard input, or files")
            }
            Error::UnitFile { source, .. } => diagnostic.with_note(source.to_string()),
            Error::Output { source, .. } => diagnostic
                .with_note(source.to_string())
                .with_help(
                    disk::way_out(source)
                        .unwrap_or_else(|| "choose another folder with `-o DIR`".to_owned()),
                ),
            _ => diagnostic,
        }
    }

    fn failure(&self) -> Failure {
        match self {
            Error::NoRepos
            | Error::NoTarget { .. }
            | Error::OneFile { .. }
            | Error::NoSuchFeature { .. }
            | Error::NoSuchProfile { .. }
            | Error::NothingToSign
            | Error::SameSource { .. }
            | Error::StandardInput { .. }
            | Error::NoSuchBinary { span: None, .. } => Failure::Usage,
            Error::Denied { .. } => Failure::Denied,
            _ => self.room().map_or(Failure::Project, Diagnose::failure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::mend;

    #[test]
    fn the_way_out_names_a_rule_only_where_one_was_denied() {
        let said = [
            mend(1, Some("AMB018")),
            mend(2, Some("AMB040")),
            mend(2, None),
        ];
        insta::assert_snapshot!(said.join("\n"), @r#"
        mend it, or say how much the rule matters: [package.metadata.ambot.lints] AMB018 = "warn"
        mend them, or say how much a rule matters: [package.metadata.ambot.lints] AMB040 = "warn"
        mend them
        "#);
    }
}
