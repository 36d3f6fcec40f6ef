//! The files of a package as a tree, at most 80 columns wide.

use super::describe::{DescribedFile, DescribedKind, Description};
use crate::report::size;
use crate::rpm::visible;

const WIDTH: usize = 80;
/// Where the column of modes begins at the latest.
const MAX_LEFT: usize = 48;
/// How many files are drawn.
const MAX_FILES: usize = 20_000;

struct Line {
    left: String,
    right: String,
}

/// Files that share a folder, as a part of the sorted list. There are no nodes to build, so a
/// path of a thousand parts costs no more than its text.
struct Level<'a> {
    files: &'a [&'a DescribedFile],
    /// Where the names of this folder begin in each path.
    offset: usize,
    indent: String,
}

/// One name of a folder: the file that has it, and what lies below it.
#[derive(Clone, Copy)]
struct Group<'a> {
    own: Option<&'a DescribedFile>,
    below: &'a [&'a DescribedFile],
    /// Where its name ends in each path.
    end: usize,
    name: &'a str,
}

/// Draws the files: mode, owner where it is not root, size, and what is special of each. Folders
/// that hold one folder alone share a line. Control characters are shown, not printed.
pub fn tree(description: &Description) -> String {
    let mut files: Vec<&DescribedFile> = description.files.iter().take(MAX_FILES).collect();
    files.sort_by(|a, b| a.path.split('/').cmp(b.path.split('/')));
    let lines = draw(&files);
    let left = lines.iter().filter(|line| !line.right.is_empty());
    let left = left
        .map(|line| width(&line.left))
        .max()
        .unwrap_or(0)
        .min(MAX_LEFT);
    let mut text = shorten(&visible(&description.nevra()), WIDTH);
    text.push('\n');
    for line in &lines {
        text.push_str(&join(line, left));
        text.push('\n');
    }
    let more = description.files.len() - files.len();
    if more > 0 {
        text.push_str(&format!("… and {more} more files\n"));
    }
    text
}

fn draw(files: &[&DescribedFile]) -> Vec<Line> {
    let mut lines = Vec::new();
    let offset = usize::from(files.iter().all(|file| file.path.starts_with('/')));
    let mut stack = vec![Level {
        files,
        offset,
        indent: String::new(),
    }];
    while let Some(level) = stack.last_mut() {
        let Some((group, rest)) = Group::split_first(level.files, level.offset) else {
            stack.pop();
            continue;
        };
        level.files = rest;
        let (branch, below) = if rest.is_empty() {
            ("└── ", "    ")
        } else {
            ("├── ", "│   ")
        };
        let (name, group) = group.joined();
        let line = format!("{}{branch}{name}", level.indent);
        let mut indent = level.indent.clone();
        if width(&indent) < WIDTH {
            indent.push_str(below);
        }
        lines.push(Line {
            left: shorten(&line, WIDTH),
            right: group.own.map(facts).unwrap_or_default(),
        });
        stack.push(Level {
            files: group.below,
            offset: group.end + 1,
            indent,
        });
    }
    lines
}

impl<'a> Group<'a> {
    /// The first name of a folder and all that has it, and the rest of the folder.
    fn split_first(
        files: &'a [&'a DescribedFile],
        start: usize,
    ) -> Option<(Self, &'a [&'a DescribedFile])> {
        let name = |file: &'a DescribedFile| file.path.get(start..).unwrap_or("").split('/').next();
        let first = name(files.first()?).unwrap_or("");
        let count = files
            .iter()
            .take_while(|file| name(file) == Some(first))
            .count();
        let (group, rest) = files.split_at(count);
        let end = start + first.len();
        let own = group
            .iter()
            .take_while(|file| file.path.len() <= end)
            .count();
        let group = Group {
            own: group[..own].first().copied(),
            below: &group[own..],
            end,
            name: first,
        };
        Some((group, rest))
    }

    /// A folder's name with those below it, as far as each holds one folder alone and is not
    /// owned.
    fn joined(mut self) -> (String, Self) {
        let mut full = visible(self.name);
        while self.own.is_none() {
            match Group::split_first(self.below, self.end + 1) {
                Some((only, [])) if !only.below.is_empty() => {
                    if width(&full) < WIDTH {
                        full.push('/');
                        full.push_str(&visible(only.name));
                    }
                    self = only;
                }
                _ => break,
            }
        }
        match self.own.map(|file| &file.kind) {
            Some(DescribedKind::Symlink(target)) => {
                full.push_str(" -> ");
                full.push_str(&visible(target));
            }
            Some(DescribedKind::Directory) => full.push('/'),
            _ if !self.below.is_empty() => full.push('/'),
            _ => {}
        }
        (full, self)
    }
}

/// Mode, size, owner, flags; of a link nothing but flags means anything.
fn facts(file: &DescribedFile) -> String {
    let mut facts = Vec::new();
    match &file.kind {
        DescribedKind::Symlink(_) => {}
        DescribedKind::Regular => {
            facts.push(format!("{:04o} {:>9}", file.mode, size(file.size)));
        }
        DescribedKind::Directory | DescribedKind::Other => facts.push(format!("{:04o}", file.mode)),
    }
    let is_link = matches!(file.kind, DescribedKind::Symlink(_));
    if !is_link && (file.user != "root" || file.group != "root") {
        facts.push(format!("{}:{}", visible(&file.user), visible(&file.group)));
    }
    if !file.caps.is_empty() {
        facts.push(visible(&file.caps));
    }
    if file.mode & 0o4000 != 0 {
        facts.push("setuid".to_owned());
    }
    if file.mode & 0o2000 != 0 && matches!(file.kind, DescribedKind::Regular) {
        facts.push("setgid".to_owned());
    }
    facts.extend(file.flags.iter().map(|&flag| flag.to_owned()));
    facts.join(" ")
}

fn join(line: &Line, left: usize) -> String {
    if line.right.is_empty() {
        return shorten(&line.left, WIDTH);
    }
    let right = shorten(&line.right, WIDTH - left.min(MAX_LEFT) - 2);
    let room = WIDTH - width(&right) - 2;
    let name = shorten(&line.left, room);
    let gap = left.saturating_sub(width(&name)) + 2;
    let gap = gap.min(WIDTH - width(&name) - width(&right));
    format!("{name}{}{right}", " ".repeat(gap))
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn shorten(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(room.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpm::read::Identity;
    use proptest::prelude::*;

    fn file(path: &str, kind: DescribedKind, mode: u16, size: u64) -> DescribedFile {
        DescribedFile {
            path: path.into(),
            kind,
            mode,
            user: "root".into(),
            group: "root".into(),
            size,
            digest: String::new(),
            caps: String::new(),
            flags: Vec::new(),
        }
    }

    fn description(files: Vec<DescribedFile>) -> Description {
        Description {
            identity: Identity {
                name: "hello".into(),
                epoch: None,
                version: "1.2.0".into(),
                release: "1.el7".into(),
                arch: "x86_64".into(),
            },
            summary: String::new(),
            description: String::new(),
            license: String::new(),
            url: String::new(),
            vendor: String::new(),
            build_time: None,
            installed_size: 0,
            compressor: "gzip".into(),
            files,
            requires: Vec::new(),
            provides: Vec::new(),
            conflicts: Vec::new(),
            obsoletes: Vec::new(),
            recommends: Vec::new(),
            suggests: Vec::new(),
            supplements: Vec::new(),
            enhances: Vec::new(),
            scriptlets: Vec::new(),
            triggers: Vec::new(),
            changelog: Vec::new(),
            signatures: Vec::new(),
            unknown_signatures: 0,
            build_host: String::new(),
            source_rpm: String::new(),
        }
    }

    #[test]
    fn a_tree_shows_what_an_operator_looks_for() {
        let mut config = file("/etc/hello/hello.toml", DescribedKind::Regular, 0o640, 9);
        config.group = "hello".into();
        config.flags = vec!["config", "noreplace"];
        let mut licence = file(
            "/usr/share/licenses/hello/LICENSE",
            DescribedKind::Regular,
            0o644,
            1100,
        );
        licence.flags = vec!["license"];
        let files = vec![
            config,
            file("/usr/bin/hello", DescribedKind::Regular, 0o755, 1_536_000),
            file(
                "/usr/bin/hi",
                DescribedKind::Symlink("hello".into()),
                0o777,
                5,
            ),
            file(
                "/usr/lib/systemd/system/hello.service",
                DescribedKind::Regular,
                0o644,
                312,
            ),
            licence,
            file("/var/lib/hello", DescribedKind::Directory, 0o750, 0),
        ];
        insta::assert_snapshot!(tree(&description(files)), @r"
        hello-1.2.0-1.el7.x86_64
        ├── etc/hello/
        │   └── hello.toml         0640       9 B root:hello config noreplace
        ├── usr/
        │   ├── bin/
        │   │   ├── hello          0755   1.5 MiB
        │   │   └── hi -> hello
        │   ├── lib/systemd/system/
        │   │   └── hello.service  0644     312 B
        │   └── share/licenses/hello/
        │       └── LICENSE        0644   1.1 KiB license
        └── var/lib/
            └── hello/             0750
        ");
    }

    #[test]
    fn a_name_cannot_speak_to_the_terminal() {
        let evil = file("/usr/\u{1b}[31mred\n", DescribedKind::Regular, 0o644, 0);
        let drawn = tree(&description(vec![evil]));
        assert_eq!(drawn.lines().count(), 3);
        assert!(drawn.contains(r"\u{1b}[31mred\n"), "{drawn}");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_a_terminal(
            paths in prop::collection::vec("(/[a-zé]{1,30}){1,12}", 1..20),
            user in "[a-z]{1,60}",
        ) {
            let files = paths.iter().map(|path| {
                let mut file = file(path, DescribedKind::Regular, 0o644, u64::MAX);
                file.user = user.clone();
                file.flags = vec!["config", "noreplace", "missingok"];
                file
            });
            for line in tree(&description(files.collect())).lines() {
                prop_assert!(width(line) <= WIDTH, "{line}");
            }
        }
    }
}
