//! What is wrong with something that the package should ship.

use crate::project;
use crate::report::{Diagnose, Diagnostic, Failure, Span, nearest, visible_line};
use camino::{Utf8Path, Utf8PathBuf};
use thiserror::Error;

/// Contents that cannot be.
#[derive(Debug, Error)]
pub enum Error {
    /// A destination is none that a package can have.
    #[error("`{}` cannot be installed: {problem}", visible_line(path))]
    Path {
        /// The path.
        path: String,
        /// What is wrong with it.
        problem: &'static str,
        /// Where it was written.
        span: Option<Span>,
    },
    /// A link points to what no script and no list can name.
    #[error("a link cannot point to `{target}`: it has a control character in it")]
    Target {
        /// Where it points.
        target: String,
        /// Where it was written.
        span: Option<Span>,
    },
    /// A source is not there.
    #[error("cannot read {path}, which the package should ship")]
    Missing {
        /// The file.
        path: Utf8PathBuf,
        /// Where it was asked for.
        span: Option<Span>,
        /// Why.
        source: std::io::Error,
    },
    /// A source is not a plain file.
    #[error("{path} is not a plain file")]
    NotAFile {
        /// What it is.
        path: Utf8PathBuf,
        /// Where it was asked for.
        span: Option<Span>,
    },
    /// Two entries are to be installed as one.
    #[error("{}", twice(path, *folders))]
    Twice {
        /// The path.
        path: String,
        /// Whether both are folders, which differ in mode or owner.
        folders: bool,
        /// Where they were asked for.
        spans: Box<[Option<Span>; 2]>,
    },
    /// Something is to be installed below what is no folder.
    #[error("{path} is to be installed below {above}, which is no folder")]
    BelowFile {
        /// The one.
        path: String,
        /// The other.
        above: String,
        /// Where they were asked for, the other first.
        spans: Box<[Option<Span>; 2]>,
    },
    /// A folder of the system.
    #[error("{path} is a folder of the system, and no package's own")]
    OfSystem {
        /// The path.
        path: String,
        /// Where it was asked for.
        span: Option<Span>,
    },
    /// A placeholder or another text of the settings.
    #[error(transparent)]
    Project(#[from] project::Error),
    /// A pattern is none.
    #[error("`{pattern}` is no pattern: {problem}")]
    Pattern {
        /// What was written.
        pattern: String,
        /// What is wrong with it.
        problem: String,
        /// Where it was written.
        span: Option<Span>,
    },
    /// A pattern matches nothing.
    #[error("`{pattern}` matches nothing in {folder}")]
    NoMatch {
        /// The pattern.
        pattern: String,
        /// The folder that it begins in.
        folder: Utf8PathBuf,
        /// Where it was written.
        span: Option<Span>,
    },
    /// What a pattern matches is to be installed as one path.
    #[error("`{dest}` is no folder, and `{pattern}` may match several files")]
    PatternDest {
        /// The pattern.
        pattern: String,
        /// Where it is to be installed.
        dest: String,
        /// Where that was written.
        span: Option<Span>,
    },
    /// What a package cannot ship.
    #[error("{path} is {what}")]
    Special {
        /// Where it is.
        path: Utf8PathBuf,
        /// What it is.
        what: &'static str,
        /// Where it was asked for.
        span: Option<Span>,
    },
    /// A name that is not UTF-8.
    #[error("{} has a file whose name is not UTF-8: {name}", visible_line(folder.as_str()))]
    Name {
        /// The folder.
        folder: Utf8PathBuf,
        /// The name as far as it can be shown.
        name: String,
        /// Where it was asked for.
        span: Option<Span>,
    },
    /// A link of the project that says where the project lies.
    #[error("the link {path} points into the project by its path on this machine")]
    LinkIntoProject {
        /// The link.
        path: Utf8PathBuf,
        /// Where it was asked for.
        span: Option<Span>,
    },
    /// A text is none of capabilities of a file.
    #[error("`{text}` cannot be given to a file: {problem}")]
    Capabilities {
        /// The text.
        text: String,
        /// What is wrong with it.
        problem: String,
        /// The way out.
        help: String,
        /// Where it was written.
        span: Option<Span>,
    },
    /// What is no file was given capabilities.
    #[error("{path} is not a plain file, and only files have capabilities")]
    CapabilitiesOfFolder {
        /// What it is.
        path: Utf8PathBuf,
        /// Where they were given.
        span: Option<Span>,
    },
    /// A binary that is not packaged was given capabilities.
    #[error("`bin-caps` names `{name}`, which is none of the packaged binaries")]
    NoSuchBinary {
        /// The name.
        name: String,
        /// The binaries.
        known: Vec<String>,
        /// Where it was written.
        span: Option<Span>,
    },
    /// The name of a file does not say what page it is.
    #[error("{path} has no name that tells where it belongs")]
    NoPage {
        /// The file.
        path: Utf8PathBuf,
        /// The key that names it.
        key: &'static str,
        /// Where it was named.
        span: Option<Span>,
    },
    /// A source lies outside the project.
    #[error("{path} lies outside the project")]
    Outside {
        /// The file.
        path: Utf8PathBuf,
        /// Where it was asked for.
        span: Option<Span>,
    },
    /// A line for systemd-tmpfiles that the target's does not take.
    #[error("`{line}` is no line for systemd-tmpfiles: {problem}")]
    Tmpfiles {
        /// The line.
        line: String,
        /// What is wrong with it.
        problem: String,
        /// Where it was written.
        span: Option<Span>,
    },
}

fn twice(path: &str, folders: bool) -> String {
    match folders {
        true => format!("the folder {path} is asked for twice, with another mode or owner"),
        false => format!("two files are installed as {path}"),
    }
}

impl Error {
    /// Shows a path of the project as seen from its folder, which is where settings name it from.
    #[must_use]
    pub(super) fn seen_from(mut self, project: &Utf8Path) -> Self {
        if let Error::Missing { path, .. }
        | Error::NotAFile { path, .. }
        | Error::NoMatch { folder: path, .. }
        | Error::Special { path, .. }
        | Error::Name { folder: path, .. }
        | Error::LinkIntoProject { path, .. }
        | Error::CapabilitiesOfFolder { path, .. }
        | Error::NoPage { path, .. }
        | Error::Outside { path, .. } = &mut self
            && let Ok(below) = path.strip_prefix(project)
        {
            *path = match below.as_str() {
                "" => "the project".into(),
                _ => below.to_owned(),
            };
        }
        self
    }

    /// Adds the place where it was written, where it is not known yet.
    #[must_use]
    pub fn at(mut self, place: Option<&Span>) -> Self {
        let (Error::Path { span, .. }
        | Error::Missing { span, .. }
        | Error::NotAFile { span, .. }
        | Error::Outside { span, .. }) = &mut self
        else {
            return self;
        };
        if span.is_none() {
            *span = place.cloned();
        }
        self
    }
}

impl Diagnose for Error {
    fn diagnostic(&self) -> Diagnostic {
        if let Error::Project(error) = self {
            return error.diagnostic();
        }
        let diagnostic = self.placed(Diagnostic::error(self.to_string()));
        let diagnostic = match self {
            Error::Missing { source, .. } => diagnostic.with_note(source.to_string()),
            Error::NoSuchBinary { name, known, .. } => {
                let near = nearest(name, known.iter().map(String::as_str));
                diagnostic.with_help_if(near.map(|near| format!("did you mean `{near}`?")))
            }
            _ => diagnostic,
        };
        diagnostic.with_help(self.help())
    }

    fn failure(&self) -> Failure {
        match self {
            Error::Project(error) => error.failure(),
            _ => Failure::Project,
        }
    }
}

impl Error {
    fn placed(&self, diagnostic: Diagnostic) -> Diagnostic {
        match self {
            Error::Project(_) => diagnostic,
            Error::Twice { spans, .. } => diagnostic
                .at(spans[1].as_ref(), "the second")
                .at(spans[0].as_ref(), "the first"),
            Error::BelowFile { spans, .. } => diagnostic
                .at(spans[1].as_ref(), "below")
                .at(spans[0].as_ref(), "no folder"),
            Error::Missing { span, .. }
            | Error::NotAFile { span, .. }
            | Error::Special { span, .. }
            | Error::Name { span, .. }
            | Error::LinkIntoProject { span, .. }
            | Error::Outside { span, .. } => diagnostic.at(span.as_ref(), "asked for here"),
            Error::Path { span, .. }
            | Error::Target { span, .. }
            | Error::OfSystem { span, .. }
            | Error::Pattern { span, .. }
            | Error::NoMatch { span, .. }
            | Error::PatternDest { span, .. }
            | Error::Capabilities { span, .. }
            | Error::CapabilitiesOfFolder { span, .. }
            | Error::NoSuchBinary { span, .. }
            | Error::Tmpfiles { span, .. }
            | Error::NoPage { span, .. } => diagnostic.at(span.as_ref(), ""),
        }
    }

    /// The way out.
    fn help(&self) -> String {
        match self {
            Error::Project(_) => String::new(),
            Error::Path { path, .. } if path.contains(char::is_control) => "rename it".to_owned(),
            Error::Path { .. } => "write the full path on the target, such as /usr/share/hello/logo.png".to_owned(),
            Error::Target { .. } => "let it point to a file with a plain name".to_owned(),
            Error::Missing { .. } => "a source is a path within the package's own folder".to_owned(),
            Error::NotAFile { .. } => "name each file by itself".to_owned(),
            Error::Twice { folders: true, .. } => "give it the same mode and owner in both places, or say it once, in `dirs`".to_owned(),
            Error::Twice { .. } => "give one of them another `dest`".to_owned(),
            Error::BelowFile { .. } => "make the other a folder, or install one of them elsewhere".to_owned(),
            Error::OfSystem { .. } => "name a folder or file of your own below it".to_owned(),
            Error::Pattern { .. } => "a pattern has `*`, `?`, `**`, `[ab]` or `{a,b}`".to_owned(),
            Error::NoMatch { .. } => "look at the spelling: `*` stays within one folder and matches no name that begins with a dot, `**` goes into all below".to_owned(),
            Error::PatternDest { dest, .. } => format!("write a slash at its end: \"{dest}/\""),
            Error::Special { .. } => "take it out of the folder: a package ships files, folders and links".to_owned(),
            Error::Name { .. } => "rename it".to_owned(),
            Error::LinkIntoProject { .. } => "make it relative: `ln -sr`".to_owned(),
            Error::Capabilities { help, .. } => help.clone(),
            Error::CapabilitiesOfFolder { .. } => "name the files that get them by themselves".to_owned(),
            Error::NoSuchBinary { known, .. } => format!("the binaries: {}", known.join(", ")),
            Error::NoPage { key: "man", .. } => "name it for its page and section: hello.1 or hello.1.gz".to_owned(),
            Error::NoPage { .. } => "name it for its program and shell: hello.bash, _hello, hello.fish".to_owned(),
            Error::Tmpfiles { .. } => "write type, path, mode, user, group, age and argument, `-` for none: \"d /run/hello 0750 hello hello -\"".to_owned(),
            Error::Outside { .. } => "copy it into the project, so that the package is made of the project alone; or write `outside-project = true` in `files`".to_owned(),
        }
    }
}
