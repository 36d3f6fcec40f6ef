//! A pipeline that checks, packages, signs and publishes.

use super::draft::{Draft, DraftFile};
use super::{Error, render};
use crate::project::Workspace;
use crate::project::input;
use crate::report::Diagnostic;
use camino::{Utf8Path, Utf8PathBuf};
use minijinja::context;

/// Where a pipeline runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forge {
    /// GitHub Actions.
    Github,
    /// GitLab CI/CD.
    Gitlab,
}

/// What a pipeline is for.
#[derive(Clone, Copy, Debug)]
pub struct PipelineAsked<'a> {
    /// Where it runs.
    pub forge: Forge,
    /// The workspace.
    pub workspace: &'a Workspace,
    /// The flags that choose packages and targets, as one would type them.
    pub flags: &'a [String],
    /// Whether a file that is there is replaced.
    pub force: bool,
}

/// Where GitLab looks for a pipeline.
const GITLAB: &str = ".gitlab-ci.yml";

/// One beside a pipeline that is there.
const GITLAB_INCLUDED: &str = ".gitlab/ambot.gitlab-ci.yml";

/// The pipeline of a workspace.
///
/// # Errors
/// When there is another file of that name.
pub fn pipeline(asked: &PipelineAsked<'_>) -> Result<Draft, Error> {
    let workspace = asked.workspace;
    let repository = repository(&workspace.root);
    let below = workspace
        .root
        .strip_prefix(&repository)
        .unwrap_or(Utf8Path::new(""));
    let mut flags = asked.flags.to_vec();
    if !below.as_str().is_empty() {
        let manifest = below.join("Cargo.toml");
        if !can_be_named(&manifest) {
            return Err(Error::Unnamed {
                folder: below.to_owned(),
            });
        }
        flags.push(format!(
            "--manifest-path {}",
            quoted(manifest.as_str(), '\'')
        ));
    }
    let flags: String = flags.iter().map(|flag| format!(" {flag}")).collect();
    let name = repository.file_name().unwrap_or("packages");
    let name: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c))
        .collect();
    let template = match asked.forge {
        Forge::Github => include_str!("../../templates/ci/github.yml"),
        Forge::Gitlab => include_str!("../../templates/ci/gitlab.yml"),
    };
    let version = env!("CARGO_PKG_VERSION");
    let paths = context! {
        below => quoted(below.as_str(), '"'),
        built => quoted(below.join("target/").as_str(), '"'),
    };
    let text = render::pipeline(template, &context! { flags, name, version, ..paths })?;
    let place = place(asked, &repository, &text);
    let path = repository.join(place);
    let shown = workspace.shown(&path);
    let mut remarks = Vec::new();
    if place == GITLAB_INCLUDED {
        let note = Diagnostic::note(format!("{GITLAB} is there already, and stays as it is"))
            .with_help(format!(
                "write into it:\ninclude:\n  - local: {GITLAB_INCLUDED}"
            ));
        remarks.push(note);
    }
    Ok(Draft {
        package: String::new(),
        files: vec![DraftFile::at(path, shown, text.into_bytes(), asked.force)?],
        found: Vec::new(),
        remarks,
    })
}

/// Whether a path stays a path in a line of a pipeline, which is YAML first, then filled in by the
/// forge (`${{ }}`), and then read by a shell. Whoever names a folder of a repository may be a stranger.
fn can_be_named(path: &Utf8Path) -> bool {
    let good = |c: char| c.is_alphanumeric() || "._+@- ".contains(c);
    let is_name = |part: &str| !part.starts_with(['-', ' ']) && part.chars().all(good);
    path.as_str().split('/').all(is_name)
}

/// A path that can be named, in quotes where it has more than plain letters in it.
fn quoted(path: &str, quote: char) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._+-".contains(c);
    match path.chars().all(plain) {
        true => path.to_owned(),
        false => format!("{quote}{path}{quote}"),
    }
}

/// The folder of the repository that a workspace is in; its own where it is in none.
fn repository(root: &Utf8Path) -> Utf8PathBuf {
    let found = root.ancestors().find(|folder| folder.join(".git").exists());
    found.unwrap_or(root).to_owned()
}

/// GitHub runs any number of files, GitLab one, which may include others.
fn place(asked: &PipelineAsked<'_>, repository: &Utf8Path, text: &str) -> &'static str {
    let there = input::read_text(&repository.join(GITLAB), input::MAX_TEXT).ok();
    match asked.forge {
        Forge::Github => ".github/workflows/package.yml",
        Forge::Gitlab if there.is_none_or(|there| there == text) => GITLAB,
        Forge::Gitlab => GITLAB_INCLUDED,
    }
}
