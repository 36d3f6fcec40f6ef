//! What the README shows is what the program does.

use crate::support::project::{Project, Target};

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
