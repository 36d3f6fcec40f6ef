//! A target of the user's own, through the whole program.

use crate::support::project::Project;
use std::fs;

fn with_own_target() -> Project {
    let project = Project::hello();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let named = "targets = [\"centos7\", \"centos8\"]";
    assert!(manifest.contains(named), "the fixture has changed");
    let own = "\n[workspace.metadata.ambot.profiles.mycorp7]\ninherits = \"centos7\"\n\
               title = \"My Corp 7\"\naliases = [\"mc7\"]\ndist-tag = \"mc7\"\n";
    let manifest = manifest.replacen(named, "targets = [\"mycorp7\"]", 1);
    project.write("Cargo.toml", &(manifest + own));
    project
}

#[test]
fn it_is_named_in_the_settings_on_the_command_line_and_in_keys() {
    let project = with_own_target();
    for arguments in [
        &["generate"][..],
        &["generate", "--target", "MC7"],
        &[
            "generate",
            "--set",
            "target.mc7.services.hello.start = true",
        ],
    ] {
        let run = project.ambot(arguments);
        assert_eq!(run.code, Some(0), "{}", run.snapshot());
        assert!(run.stdout.contains("# mycorp7: hello.service"));
        assert!(!run.stdout.contains("# centos7"));
    }
}

#[test]
fn it_is_listed_where_it_is_known_and_nowhere_else() {
    let listed = with_own_target().ambot(&["targets"]);
    assert!(listed.stdout.contains("mycorp7"), "{}", listed.snapshot());
    let longest = listed.stdout.lines().map(|line| line.chars().count()).max();
    assert!(longest <= Some(80), "{}", listed.stdout);
    let elsewhere = Project::hello().ambot(&["targets", "mycorp7"]);
    assert_eq!(elsewhere.code, Some(2), "{}", elsewhere.snapshot());
}
