//! Files in a spec file: the commands that put them into the build root, and the list of them.

use super::Recipe;
use super::macros::{self, escaped, word};
use super::place::{Place, shipped};
use crate::contents::FileKind;
use crate::package::PlannedFile;
use std::collections::BTreeSet;

/// The commands of `%install`.
pub(super) fn install(recipe: &Recipe<'_>) -> Vec<String> {
    let sources = recipe.sources();
    let files = recipe.plans.iter().flat_map(|plan| &plan.files);
    let mut seen = BTreeSet::new();
    let mut lines = Vec::new();
    for file in files.filter(|file| seen.insert(file.path.clone())) {
        let to = macros::in_build_root(&file.path);
        let mode = file.mode & 0o777;
        match &file.kind {
            FileKind::Directory => lines.push(format!("install -d -m {mode:04o} {to}")),
            FileKind::Symlink(target) => {
                lines.push(format!("mkdir -p \"$(dirname {to})\""));
                lines.push(format!("ln -s {} {to}", word(target)));
            }
            FileKind::Regular(_) if shipped(file).is_none() => {
                lines.push(format!("install -D -m {mode:04o} /dev/null {to}"));
            }
            FileKind::Regular(_) => {
                let from = match recipe.places.get(&file.path) {
                    Some(Place::Built(name)) => format!("\"$built\"/{}", word(name)),
                    Some(Place::Tree(path)) => word(path.as_str()),
                    Some(Place::Beside(name)) => {
                        let number = sources.iter().position(|source| source == name);
                        format!("%{{SOURCE{}}}", number.unwrap_or_default())
                    }
                    // Every file that is shipped has a place.
                    None => continue,
                };
                lines.push(format!("install -D -p -m {mode:04o} {from} {to}"));
            }
        }
    }
    lines
}

/// A line of `%files`.
pub(super) fn listed(file: &PlannedFile) -> String {
    let flags = file.flags;
    let mut words = Vec::new();
    if file.kind == FileKind::Directory {
        words.push("%dir".to_owned());
    }
    let is_file = file.kind != FileKind::Directory;
    if flags.ghost {
        words.push("%ghost".to_owned());
    }
    if flags.config && is_file {
        let options = [
            (flags.noreplace, "noreplace"),
            (flags.missingok, "missingok"),
        ];
        let options: Vec<&str> = options
            .iter()
            .filter(|(on, _)| *on)
            .map(|(_, o)| *o)
            .collect();
        words.push(match options.is_empty() {
            true => "%config".to_owned(),
            false => format!("%config({})", options.join(" ")),
        });
    } else if flags.missingok {
        words.push("%missingok".to_owned());
    }
    if flags.doc && is_file {
        words.push("%doc".to_owned());
    }
    if flags.license && is_file {
        words.push("%license".to_owned());
    }
    let mode = match file.kind {
        FileKind::Symlink(_) => "-".to_owned(),
        _ => format!("{:04o}", file.mode),
    };
    words.push(format!(
        "%attr({mode}, {}, {})",
        escaped(&file.user),
        escaped(&file.group)
    ));
    if let Some(caps) = &file.caps {
        words.push(format!("%caps({caps})"));
    }
    words.push(macros::in_file_list(&file.path));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contents::{FileFlags, InstallPath, Source};

    #[test]
    fn a_line_of_the_file_list_has_what_the_plan_has() {
        let line = |kind: FileKind, mode: u16, flags: FileFlags| {
            listed(&PlannedFile {
                path: InstallPath::new("/etc/a").unwrap(),
                kind,
                mode,
                user: "root".into(),
                group: "hello".into(),
                mtime: 0,
                flags,
                caps: None,
                reason: String::new(),
            })
        };
        let text = || FileKind::Regular(Source::Bytes(Vec::new()));
        let config = FileFlags {
            config: true,
            noreplace: true,
            ..FileFlags::default()
        };
        insta::assert_snapshot!([
            line(text(), 0o640, config),
            line(text(), 0o640, FileFlags { ghost: true, ..config }),
            line(FileKind::Directory, 0o2750, FileFlags::default()),
            line(FileKind::Symlink("b".into()), 0o777, FileFlags::default()),
            line(text(), 0o644, FileFlags { license: true, ..FileFlags::default() }),
        ].join("\n"), @r"
        %config(noreplace) %attr(0640, root, hello) /etc/a
        %ghost %config(noreplace) %attr(0640, root, hello) /etc/a
        %dir %attr(2750, root, hello) /etc/a
        %attr(-, root, hello) /etc/a
        %license %attr(0644, root, hello) /etc/a
        ");
    }
}
