//! Which packages of a workspace a run is for.

use crate::support::project::Project;
use insta::assert_snapshot;
use std::fs;

/// A virtual workspace of four members: two are configured, one is skipped, one has no binary.
fn workspace() -> Project {
    let project = Project::hello();
    for file in ["Cargo.lock", "src/main.rs"] {
        fs::remove_file(project.path().join(file)).unwrap();
    }
    let member = |name: &str, main: &str, tables: &str| {
        project.write(
            &format!("{name}/Cargo.toml"),
            &format!(
                "[package]\nname = \"{name}\"\nversion.workspace = true\nedition = \"2021\"\n\
                 description.workspace = true\n\n{tables}"
            ),
        );
        project.write(&format!("{name}/src/{main}.rs"), "fn main() {}\n");
    };
    member(
        "api",
        "main",
        "[package.metadata.ambot]\nsummary = \"The API\"\n",
    );
    member("worker", "main", "");
    project.write(
        "worker/.ambot/services/worker.service",
        "[Service]\nExecStart=/usr/bin/worker\n",
    );
    member("tool", "main", "[package.metadata.ambot]\nskip = true\n");
    member("common", "lib", "");
    project.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"api\", \"worker\", \"tool\", \"common\"]\nresolver = \"2\"\n\n\
         [workspace.package]\nversion = \"2.0.0\"\ndescription = \"Inherited\"\n\n\
         [workspace.metadata.ambot]\ntargets = [\"centos8\"]\n",
    );
    project
}

#[test]
fn the_whole_workspace_is_what_is_configured_and_what_is_skipped_is_named() {
    assert_snapshot!(workspace().ambot(&["generate", "--workspace"]).snapshot());
}

#[test]
fn a_package_is_chosen_by_name() {
    assert_snapshot!(
        workspace()
            .ambot(&["generate", "-p", "worker", "-q"])
            .snapshot()
    );
}

#[test]
fn a_name_that_no_package_has_is_an_error_with_the_nearest() {
    assert_snapshot!(workspace().ambot(&["generate", "-p", "wroker"]).snapshot());
}

#[test]
fn the_package_of_the_folder_is_taken_in_a_member() {
    let project = workspace();
    let mut command = project.ambot_command(&["generate", "-q"]);
    let run = project.run(command.current_dir(project.path().join("api/src")));
    assert_snapshot!(run.snapshot());
}

#[test]
fn a_mistake_in_the_workspaces_table_is_shown_in_its_file() {
    let project = workspace();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    project.write("Cargo.toml", &manifest.replace("targets", "tragets"));
    assert_snapshot!(project.ambot(&["generate", "-p", "api"]).snapshot());
}

#[test]
fn a_member_that_is_skipped_says_nothing_of_the_others() {
    let project = workspace();
    for file in ["api/Cargo.toml", "tool/Cargo.toml"] {
        let manifest = fs::read_to_string(project.path().join(file)).unwrap();
        let (package, _) = manifest.split_once("[package.metadata").unwrap();
        project.write(file, package);
    }
    fs::remove_dir_all(project.path().join("worker/.ambot")).unwrap();
    let manifest = fs::read_to_string(project.path().join("worker/Cargo.toml")).unwrap();
    let skipped = format!("{manifest}[package.metadata.ambot]\nskip = true\n");
    project.write("worker/Cargo.toml", &skipped);
    assert_snapshot!(
        "skipped_and_the_others",
        project.ambot(&["generate", "--workspace"]).snapshot()
    );
    let arguments = [
        "generate",
        "--workspace",
        "--exclude",
        "api",
        "--exclude",
        "tool",
    ];
    assert_snapshot!(
        "skipped_and_none_is_left",
        project.ambot(&arguments).snapshot()
    );
}

#[test]
fn two_packages_that_ship_one_unit_are_not_written_to_one_folder() {
    let project = workspace();
    project.write(
        "api/.ambot/services/worker.service",
        "[Service]\nExecStart=/usr/bin/api\n",
    );
    let run = project.ambot(&["generate", "--workspace", "-q", "-o", "units"]);
    assert_snapshot!(run.snapshot());
    assert!(!project.path().join("units").exists());
}

#[test]
fn a_member_has_the_licence_of_its_workspace_or_a_warning() {
    let project = workspace();
    let run = project.ambot(&["check", "-p", "api", "-q"]);
    assert!(!run.stderr.contains("licence"), "{}", run.snapshot());
    fs::remove_file(project.path().join("LICENSE")).unwrap();
    let run = project.ambot(&["check", "-p", "api", "-q"]);
    assert_snapshot!(run.snapshot());
}

#[test]
fn two_packages_that_ship_one_unit_are_an_error() {
    let project = workspace();
    project.write(
        "api/.ambot/services/worker.service",
        "[Service]\nExecStart=/usr/bin/api\n",
    );
    let run = project.ambot(&["package", "--no-build", "--workspace"]);
    assert_snapshot!(run.snapshot());
}

#[test]
fn a_run_over_several_packages_ends_with_a_table() {
    let project = workspace();
    project.place_binary();
    let built = project
        .path()
        .join("target/x86_64-unknown-linux-gnu/release");
    for name in ["api", "worker"] {
        fs::copy(built.join("hello"), built.join(name)).unwrap();
    }
    let arguments = ["package", "--workspace", "--no-build", "-t", "centos7,el9"];
    let told = |more: &[&str]| {
        let run = project.ambot(&[&arguments[..], more].concat());
        let (_, table) = run.stderr.split_once("\n\n  target").unwrap();
        let (table, _) = table.split_once("\nerror").unwrap_or((table, ""));
        let table = format!("  target{table}");
        // How large a program is, is the compiler's matter.
        let is_size = |word: &str| word.parse::<f64>().is_ok() && word.contains('.');
        let mut lines = Vec::new();
        for line in table.lines() {
            let words = line.split_whitespace().filter(|word| *word != "KiB");
            let words: Vec<&str> = words
                .filter(|word| !is_size(word) || *word == "2.16")
                .collect();
            lines.push(words.join(" "));
        }
        (run.stdout.lines().count(), lines.join("\n"))
    };
    assert_snapshot!(told(&[]).1, @r"
    target made size glibc check
    centos7 api-2.0.0-1.el7.x86_64 2.16 clean
    el9 api-2.0.0-1.el9.x86_64 2.16 clean
    centos7 worker-2.0.0-1.el7.x86_64 2.16 clean
    el9 worker-2.0.0-1.el9.x86_64 2.16 clean
    ");
    assert_snapshot!(told(&[]).1, @r"
    target made size glibc check
    centos7 api-2.0.0-1.el7.x86_64 (fresh) 2.16 clean
    el9 api-2.0.0-1.el9.x86_64 (fresh) 2.16 clean
    centos7 worker-2.0.0-1.el7.x86_64 (fresh) 2.16 clean
    el9 worker-2.0.0-1.el9.x86_64 (fresh) 2.16 clean
    ");
    fs::write(built.join("worker"), "no program").unwrap();
    assert_snapshot!(told(&["--keep-going"]).1, @r"
    target made size glibc check
    centos7 api-2.0.0-1.el7.x86_64 (fresh) 2.16 clean
    el9 api-2.0.0-1.el9.x86_64 (fresh) 2.16 clean
    worker: not made no errors
    ");
}
