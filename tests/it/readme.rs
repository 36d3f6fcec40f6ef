//! What the README shows is what the program does.

use crate::support::project::{Project, Target};
use std::collections::BTreeSet;

/// The lines of the README's block that begins with this command.
fn shown(command: &str) -> String {
    let readme = include_str!("../../README.md");
    let (_, after) = readme.split_once(command).expect("the README has changed");
    let (block, _) = after.split_once("```").unwrap();
    block.trim_start().to_owned()
}

/// A tree without the sizes of its files, which depend on the compiler.
fn without_sizes(tree: &str) -> String {
    let is_number = |word: &&str| !word.is_empty() && word.parse::<f64>().is_ok();
    let mut lines = String::new();
    for line in tree.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let unit = words
            .iter()
            .position(|word| ["B", "KiB", "MiB"].contains(word));
        let size = unit.filter(|at| *at > 0 && is_number(&words[at - 1]));
        let kept = words.iter().enumerate();
        let kept = kept.filter(|(at, _)| size.is_none_or(|unit| *at != unit && *at + 1 != unit));
        lines += &kept.map(|(_, word)| *word).collect::<Vec<_>>().join(" ");
        lines += "\n";
    }
    lines
}

#[test]
fn the_tree_is_that_of_the_demonstration() {
    let project = Project::hello();
    let package = project.package(Target::CentOs8, &[]);
    let run = project.ambot(&["inspect", package.to_str().unwrap()]);
    // The tree: what stands before it depends on the compiler and on the day.
    let tree = |text: &str| text.split_once("\nfiles\n").unwrap().1.to_owned();
    let command = "$ cargo ambot inspect target/ambot/centos8/hello-1.0.0-1.el8.x86_64.rpm\n";
    let plain = |text: &str| without_build_id(&without_sizes(&tree(text)));
    let (shown, real) = (plain(&shown(command)), plain(&run.stdout));
    similar_asserts::assert_eq!(shown, real);
    assert!(
        real.contains("└── hello 0755\n") && real.contains("LICENSE 0644 license\n"),
        "{real}"
    );
}

/// The tree with the build id, which is the compiler's, cut to its first letters everywhere.
fn without_build_id(tree: &str) -> String {
    let mut lines: Vec<String> = tree.lines().map(str::to_owned).collect();
    if let Some(at) = lines.iter().position(|line| line.contains(".build-id/")) {
        for line in lines.iter_mut().skip(at + 1).take(2) {
            let kept: String = line.chars().filter(|c| !c.is_ascii_hexdigit()).collect();
            *line = kept;
        }
    }
    lines.join("\n") + "\n"
}

/// What a reader types, looks up or opens, in whichever language the text around it is.
#[derive(Debug, PartialEq, Eq)]
struct Facts {
    sections: usize,
    /// The blocks of code, as they are.
    blocks: Vec<String>,
    /// The code of the first cells of tables: keys, targets.
    rows: Vec<String>,
    /// All other code but names of things, and all pages that are linked.
    commands: BTreeSet<String>,
    links: BTreeSet<String>,
}

fn facts(page: &str) -> Facts {
    let mut blocks = Vec::new();
    let mut text = String::new();
    for (number, part) in page.split("```").enumerate() {
        match number % 2 {
            0 => text += part,
            _ => blocks.push(part.to_owned()),
        }
    }
    let code = |text: &str| -> Vec<String> {
        let spans = text.split('`').skip(1).step_by(2);
        // A span may be broken over two lines.
        spans
            .map(|span| span.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect()
    };
    let rows = text.lines().filter_map(|line| line.strip_prefix("| "));
    let rows = rows
        .filter_map(|row| row.split(" | ").next())
        .flat_map(code);
    let is_command = |span: &String| span.starts_with("--") || span.starts_with("cargo ");
    let links = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    Facts {
        sections: text.matches("\n## ").count(),
        blocks,
        rows: rows.collect(),
        commands: code(&text).into_iter().filter(is_command).collect(),
        links: links
            .filter(|link| link.starts_with("docs/"))
            .map(str::to_owned)
            .collect(),
    }
}

#[test]
fn the_chinese_readme_shows_the_same_commands_and_settings() {
    let english = facts(include_str!("../../README.md"));
    let chinese = facts(include_str!("../../README.zh-CN.md"));
    assert!(english.blocks.len() > 5 && english.rows.len() > 30);
    similar_asserts::assert_eq!(english, chinese);
}

#[test]
fn every_page_that_is_linked_is_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = vec![
        root.join("README.md"),
        root.join("README.zh-CN.md"),
        root.join("CHANGELOG.md"),
    ];
    let docs = std::fs::read_dir(root.join("docs")).unwrap();
    pages.extend(docs.map(|page| page.unwrap().path()));
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        let links = text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        for link in links.filter(|link| !link.contains("://") && !link.contains('`')) {
            let (path, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = match path {
                "" => page.clone(),
                path => page.parent().unwrap().join(path),
            };
            let found = std::fs::read_to_string(&target);
            let found = found.unwrap_or_else(|_| panic!("{}: {link}", page.display()));
            let headings = found
                .lines()
                .filter(|line| line.starts_with('#'))
                .map(anchor);
            let known: Vec<String> = headings.collect();
            assert!(
                heading.is_empty() || known.iter().any(|name| name == heading),
                "{}: {link}",
                page.display()
            );
        }
    }
}

/// The name that a heading is linked by.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}
