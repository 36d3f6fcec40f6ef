//! What is wrong with what the user asked for.

use crate::report::{Diagnose, Diagnostic, Failure, Span};
use camino::Utf8PathBuf;
use thiserror::Error;

/// A project that cannot be read.
#[derive(Debug, Error)]
pub enum Error {
    /// The `cargo` program could not be started.
    #[error("cannot run `{program} metadata`")]
    NoCargo {
        /// The program.
        program: String,
        /// Why.
        source: std::io::Error,
    },
    /// cargo refused the project.
    #[error("cargo cannot read the project: {message}")]
    Cargo {
        /// What cargo said.
        message: String,
    },
    /// A file could not be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A manifest is not TOML.
    #[error("{path} is not valid TOML: {message}")]
    Toml {
        /// The file.
        path: Utf8PathBuf,
        /// What the parser says.
        message: String,
        /// Where.
        span: Option<Span>,
    },
    /// A key that we do not know.
    #[error("unknown key `{key}` in {table}")]
    UnknownKey {
        /// The key.
        key: String,
        /// The table it stands in.
        table: String,
        /// Where.
        span: Span,
        /// What there is.
        help: String,
    },
    /// A value of the wrong kind or out of range.
    #[error("{what}")]
    Value {
        /// What is wrong.
        what: String,
        /// Where.
        span: Span,
        /// The way out.
        help: String,
    },
    /// As [`Error::Value`], of a key whose values may have a token in them: no line is shown.
    #[error("{what}")]
    SecretValue {
        /// What is wrong.
        what: String,
        /// Where.
        span: Span,
        /// The way out.
        help: String,
    },
    /// A project for other versions of this program.
    #[error("the project is for cargo-ambot {required}, and this is {ours}")]
    OtherVersion {
        /// The requirement.
        required: String,
        /// This version.
        ours: String,
        /// Where.
        span: Span,
    },
    /// Two keys for one target.
    #[error("`{first}` and `{second}` are the same target")]
    SameTarget {
        /// The one.
        first: String,
        /// The other.
        second: String,
        /// Where.
        spans: Box<[Span; 2]>,
    },
    /// A target's name that we do not know.
    #[error("{source}")]
    Target {
        /// Which.
        source: crate::target::Error,
        /// Where.
        span: Option<Span>,
    },
    /// A package that the workspace does not have.
    #[error("the workspace has no package `{name}`")]
    NoSuchPackage {
        /// The name.
        name: String,
        /// The packages that there are.
        known: Vec<String>,
    },
    /// Nothing in the workspace can be packaged.
    #[error("nothing to package: {reason}")]
    Nothing {
        /// Why.
        reason: String,
        /// The packages that were left out, each with the reason.
        skipped: Vec<(String, &'static str)>,
    },
    /// A variable that we do not know.
    #[error("unknown environment variable {name}")]
    UnknownVariable {
        /// The variable.
        name: String,
        /// What there is.
        help: String,
    },
    /// A variable of ours without a value.
    #[error("the environment variable {name} is empty")]
    EmptyVariable {
        /// The variable.
        name: String,
    },
    /// A secret where many can read it; it is not shown.
    #[error("`{key}` is a secret, and stands in {place}")]
    Secret {
        /// The key that it is the value of.
        key: String,
        /// Where.
        place: String,
        /// Whether it is a key itself.
        is_key: bool,
    },
    /// A unit file is a link to a file of another place.
    #[error("{path} is a link that leaves the package's folder")]
    UnitOutside {
        /// The link.
        path: Utf8PathBuf,
    },
    /// A script's file cannot be had.
    #[error("cannot read the script {path}")]
    Script {
        /// The file.
        path: Utf8PathBuf,
        /// Where it was asked for.
        span: Option<Span>,
        /// Why.
        problem: String,
    },
    /// `SOURCE_DATE_EPOCH` is no time.
    #[error("SOURCE_DATE_EPOCH is `{text}`, not a number of seconds since 1970")]
    SourceDate {
        /// What it is.
        text: String,
    },
    /// `SOURCE_DATE_EPOCH` is a time that no package can have.
    #[error("SOURCE_DATE_EPOCH is {text}, later than an RPM can be: it has 32 bits for a time")]
    LateSourceDate {
        /// What it is.
        text: String,
    },
    /// A `${WORD}` that we do not know.
    #[error("unknown placeholder `${{{word}}}`")]
    Placeholder {
        /// The word.
        word: String,
        /// Those that there are.
        known: Vec<&'static str>,
        /// Where.
        span: Option<Span>,
    },
    /// An override that is none.
    #[error("`--set {text}` is not KEY=VALUE: {message}")]
    Set {
        /// What was given, as it may be shown.
        text: String,
        /// What is wrong.
        message: String,
    },
}

impl Diagnose for Error {
    fn diagnostic(&self) -> Diagnostic {
        let diagnostic = Diagnostic::error(self.to_string());
        match self {
            Error::NoCargo { source, .. } => diagnostic
                .with_note(source.to_string())
                .with_help("run it as `cargo ambot`, or set CARGO to the cargo program"),
            Error::Cargo { .. } => diagnostic,
            Error::Read { source, .. } => diagnostic.with_note(source.to_string()),
            Error::Toml { message, path, span } => {
                let mut diagnostic = diagnostic.at(span.as_ref(), message.trim().replace('\n', ", "));
                diagnostic.title = format!("{path} is not valid TOML");
                diagnostic.with_help_if(span.as_ref().and_then(octal_number))
            }
            Error::UnknownKey { span, help, .. } => diagnostic.at(Some(span), "unknown").with_help(help),
            Error::Value { span, help, .. } => diagnostic.at(Some(span), "").with_help(help),
            Error::SecretValue { span, help, .. } => diagnostic.at_secret(Some(span)).with_help(help),
            Error::OtherVersion { required, span, .. } => diagnostic
                .at(Some(span), "required here")
                .with_help(format!("cargo install --locked --version '{required}' cargo-ambot")),
            Error::SameTarget { spans, .. } => diagnostic
                .at(Some(&spans[1]), "the second table")
                .at(Some(&spans[0]), "the first table")
                .with_help("merge the two tables into one"),
            Error::Target { source, span } => {
                let mut diagnostic = source.diagnostic();
                if let Some(span) = span {
                    diagnostic = diagnostic.at(Some(span), "");
                }
                diagnostic
            }
            Error::Placeholder { word, known, span } => {
                let near = crate::report::nearest(word, known.iter().copied());
                let all: Vec<String> = known.iter().map(|word| format!("${{{word}}}")).collect();
                diagnostic
                    .at(span.as_ref(), "")
                    .with_help_if(near.map(|near| format!("did you mean `${{{near}}}`?")))
                    .with_help(format!("there are {}", all.join(", ")))
            }
            Error::NoSuchPackage { name, known } => {
                let near = crate::report::nearest(name, known.iter().map(String::as_str));
                diagnostic
                    .with_help_if(near.map(|near| format!("did you mean `{near}`?")))
                    .with_help(format!("packages: {}", known.join(", ")))
            }
            Error::EmptyVariable { .. } => diagnostic.with_help("give it a value, or unset it"),
            Error::Secret { is_key: true, .. } => diagnostic
                .with_help("write the path of a file outside the repository, or set CARGO_AMBOT_SIGN_KEY")
                .with_help("if others could read it, make a new key"),
            Error::Secret { .. } => diagnostic
                .with_help("set CARGO_AMBOT_SIGN_PASSPHRASE, or write `passphrase-file`")
                .with_help("if others could read it, change it"),
            Error::UnitOutside { .. } => diagnostic
                .with_help("copy it into the package, so that the package is made of the project alone"),
            Error::Script { span, problem, .. } => diagnostic
                .at(span.as_ref(), "asked for here")
                .with_note(problem)
                .with_help("a script is a text file within the package's own folder"),
            Error::Nothing { skipped, .. } => skipped
                .iter()
                .fold(diagnostic, |diagnostic, (name, reason)| {
                    diagnostic.with_note(format!("`{name}` is left out: {reason}"))
                })
                .with_help("add a binary (src/main.rs or [[bin]]), or choose a package with `-p`"),
            Error::UnknownVariable { help, .. } => diagnostic.with_help(help),
            Error::SourceDate { .. } | Error::LateSourceDate { .. } => {
                diagnostic.with_help("set it to a time before 2106, or unset it: SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)")
            }
            Error::Set { .. } => diagnostic.with_help("write the key with dots and the value as TOML: --set 'services.hello.start=true'"),
        }
    }

    fn failure(&self) -> Failure {
        match self {
            Error::NoSuchPackage { .. }
            | Error::Set { .. }
            | Error::SourceDate { .. }
            | Error::LateSourceDate { .. }
            | Error::EmptyVariable { .. }
            | Error::UnknownVariable { .. } => Failure::Usage,
            // A name in the manifest is the project's mistake; one on the command line a usage error.
            Error::Target { span: None, .. } => Failure::Usage,
            _ => Failure::Project,
        }
    }
}

/// TOML refuses `mode = 0640`, and its parser does not know what was meant: what to write instead.
fn octal_number(span: &Span) -> Option<String> {
    let text = span.file().text();
    let start = text[..span.range().start]
        .rfind('\n')
        .map_or(0, |at| at + 1);
    let line = text[start..].lines().next()?;
    line.match_indices('=').find_map(|(at, _)| {
        let key = line[..at].trim_end().rsplit([' ', ',', '{']).next()?;
        let rest = line[at + 1..].trim_start();
        let digits = &rest[..rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len())];
        let octal = digits.len() > 1 && digits.starts_with('0') && !key.is_empty();
        octal.then(|| {
            format!("write {key} = \"{digits}\": TOML takes no number with a leading zero")
        })
    })
}
