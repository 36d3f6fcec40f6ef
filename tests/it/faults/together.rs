//! Two runs at once, in one folder.

use super::rounds;
use super::scene::{Scene, Tree, assert_readable, case, command, undisturbed};
use crate::support::project::{Project, Run};
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Stdio};

/// Runs commands at the same time in one project.
fn together(project: &Project, commands: &[&str]) -> Vec<Run> {
    let start = |words: &&str| -> Child {
        let mut command = command(project, words);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    let children: Vec<Child> = commands.iter().map(start).collect();
    let ended = children
        .into_iter()
        .map(|child| child.wait_with_output().unwrap());
    ended.map(|output| project.ran(&output)).collect()
}

#[track_caller]
fn assert_all_done(commands: &[&str], runs: &[Run]) {
    for (words, run) in commands.iter().zip(runs) {
        assert_eq!(run.code, Some(0), "{words}\n{}", run.snapshot());
    }
}

/// What a case makes, put into one folder `out`.
fn made(words: &str) -> Tree {
    let project = Project::hello();
    project.place_binary();
    let run = project.run(&mut command(&project, words));
    assert_eq!(run.code, Some(0), "{words}\n{}", run.snapshot());
    let mut tree = super::scene::all_below(project.path());
    tree.retain(|path, _| path.starts_with("out"));
    tree
}

#[test]
fn two_runs_into_one_folder_each_make_what_they_make_alone() {
    let one = "package --no-build -q -t centos7 -o out";
    let other = "package --no-build -q -t centos8 -o out";
    let signed = "package --no-build -q -t centos7 --sbom --provenance -o out";
    let pairs = [[one, one], [one, other], [one, signed]];
    for commands in pairs {
        let mut expected = made(commands[0]);
        expected.extend(made(commands[1]));
        for round in 0..rounds(2) {
            let project = Project::hello();
            project.place_binary();
            let runs = together(&project, &commands);
            assert_all_done(&commands, &runs);
            let mut tree = super::scene::all_below(project.path());
            tree.retain(|path, _| path.starts_with("out"));
            assert!(
                tree == expected,
                "{commands:?} in round {round}: {:?}",
                tree.keys()
            );
        }
    }
}

#[test]
fn two_units_generated_at_once_are_whole() {
    let case = case("generate");
    let (_, after) = undisturbed(case);
    for _ in 0..rounds(2) {
        let scene = Scene::new(case);
        let words = "generate -q -o units";
        let runs = together(&scene.project, &[words, words]);
        assert_all_done(&[words, words], &runs);
        assert!(scene.tree() == after);
        assert_eq!(scene.left_behind(), [] as [PathBuf; 0]);
    }
}

fn listed(project: &Project) -> Vec<String> {
    let run = project.ambot(&["repo", "list", "repo", "--message-format", "json"]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    let line: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let packages = line["packages"].as_array().unwrap();
    let nevras = packages
        .iter()
        .map(|package| package["nevra"].as_str().unwrap().to_owned());
    let mut nevras: Vec<String> = nevras.collect();
    nevras.sort();
    nevras
}

const EL7: &str = "hello-1.0.0-1.el7.x86_64";
const EL8: &str = "hello-1.0.0-1.el8.x86_64";

#[test]
fn two_additions_at_once_are_both_in_the_repository() {
    for name in ["repo add, the first", "repo add, signed"] {
        for round in 0..rounds(3) {
            let scene = Scene::new(case(name));
            if round % 2 == 0 {
                let _ = fs::remove_dir_all(scene.project.path().join("repo"));
            }
            let key = if name.ends_with("signed") {
                " --sign-key KEY"
            } else {
                ""
            };
            let adds = ["el7.rpm", "el8.rpm"].map(|file| format!("repo add -q repo {file}{key}"));
            let commands = [adds[0].as_str(), adds[1].as_str(), adds[0].as_str()];
            let runs = together(&scene.project, &commands);
            assert_all_done(&commands, &runs);
            assert_eq!(listed(&scene.project), [EL7, EL8]);
            assert_readable(&scene.project, name);
            assert_eq!(scene.left_behind(), [] as [PathBuf; 0]);
        }
    }
}

#[test]
fn a_repository_is_read_pruned_and_added_to_at_once() {
    for _ in 0..rounds(3) {
        let scene = Scene::new(case("repo add, one more"));
        let commands = [
            "repo add -q repo el8.rpm",
            "repo list repo",
            "repo prune -q repo --keep 1",
            "repo list repo --message-format json",
        ];
        let runs = together(&scene.project, &commands);
        assert_all_done(&commands, &runs);
        let left = listed(&scene.project);
        let is_either = left == [EL8] || left == [EL7, EL8];
        assert!(is_either, "{left:?}");
        assert_readable(&scene.project, "add and prune");
        assert_eq!(scene.left_behind(), [] as [PathBuf; 0]);
    }
}
