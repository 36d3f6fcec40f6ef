//! Units that other packages ship already, in repositories on the disk and on the network.

use crate::support::project::{Project, Run, Target, ambot};
use crate::support::server::Server;
use crate::support::{find_program, not_run, spec, succeed};
use insta::assert_snapshot;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const UNIT: &str = "/usr/lib/systemd/system/hello.service";

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The fixture service, and a repository in which another package ships its unit.
struct Ground {
    project: Project,
    repository: PathBuf,
}

impl Ground {
    fn new() -> Self {
        let project = Project::hello();
        project.set("lints = { AMB050 = \"allow\", AMB070 = \"allow\" }");
        let repository = project.path().join("yum");
        let ground = Ground {
            project,
            repository,
        };
        ground.publish("greeter", "1.0", &[UNIT]);
        ground
    }

    fn publish(&self, name: &str, version: &str, files: &[&str]) {
        let package = spec::noarch(self.project.path(), name, version, "", files);
        let run = ambot(&["repo", "add", text(&self.repository), text(&package)]);
        assert_eq!(run.code, Some(0), "{}", run.snapshot());
    }

    fn repos(&self, address: &str) {
        self.project.set(&format!("repos = [\"{address}\"]"));
    }

    fn check(&self, more: &[&str]) -> Run {
        let run = self
            .project
            .ambot(&[&["check", "-t", "centos7"], more].concat());
        assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
        run
    }
}

/// The same without the port, which differs from run to run.
fn snapshot(run: &Run, server: &Server) -> String {
    run.snapshot().replace(&server.url(), "http://HOST")
}

#[test]
fn a_unit_that_another_package_of_a_folder_ships_is_an_error() {
    let ground = Ground::new();
    ground.repos("yum");
    let run = ground.check(&[]);
    assert_snapshot!(run.snapshot(), @r#"
    exit code: 1
    --- stderr
    error: hello.service is taken: another package ships it
      --> Cargo.toml:18:34
       |
    18 | [package.metadata.ambot.services.hello.Unit]
       |                                  ^^^^^ greeter-1.0-1.noarch ships hello.service too
       |
       = note: greeter-1.0-1.noarch is in [PROJECT]/yum
       = note: rpm refuses to install the second of two packages with one file
       = help: rename the unit
       = help: to take its place: obsoletes = { greeter = "<= 1.0-1" }
       = help: if they are alternatives: `conflicts` in place of `obsoletes`

         Checked 1 unit for centos7: 1 error, 0 warnings, 0 notes
    "#);
    let run = ground.check(&["--names=off"]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    // Before minutes of building.
    let run = ground
        .project
        .ambot(&["package", "--no-build", "-t", "centos7"]);
    assert_eq!(run.code, Some(1), "{}", run.snapshot());
    assert!(
        run.stderr.contains("hello.service is taken"),
        "{}",
        run.stderr
    );
    // It takes the place of the other one.
    ground.project.set("obsoletes = { greeter = \"<= 1.0-1\" }");
    assert_eq!(ground.check(&[]).code, Some(0));
}

#[test]
fn the_project_s_own_package_takes_nothing_from_itself() {
    let ground = Ground::new();
    let folder = ground.project.path().join("own");
    let hello = ground.project.package(Target::CentOs7, &[]);
    let run = ambot(&["repo", "add", text(&folder), text(&hello)]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    ground.repos("own");
    assert_eq!(ground.check(&["--names"]).code, Some(0));
    // Another repository for another target.
    ground.project.write(
        "Cargo.toml",
        &(fs::read_to_string(ground.project.path().join("Cargo.toml")).unwrap()
            + "\n[package.metadata.ambot.target.centos8]\nrepos = [\"yum\"]\n"),
    );
    assert_eq!(ground.check(&["--names"]).code, Some(0));
    let run = ground.project.ambot(&["check", "-t", "centos8"]);
    assert_eq!(run.code, Some(1), "{}", run.snapshot());
}

#[test]
fn a_repository_on_the_network_is_asked_for_what_changed() {
    let ground = Ground::new();
    let server = Server::of(&ground.repository);
    ground.repos(&server.url());
    // A plain check asks nobody.
    let run = ground.check(&[]);
    assert_snapshot!(snapshot(&run, &server), @"
    exit code: 0
    --- stderr
    note: http://HOST was never looked into
     |
     = help: to look into it now: cargo ambot check --names
         Checked 1 unit for centos7: 0 errors, 0 warnings, 0 notes
    ");
    assert_eq!(server.said(), [""; 0]);
    let run = ground.check(&["--names"]);
    assert_eq!(run.code, Some(1), "{}", run.snapshot());
    assert!(
        run.stderr
            .contains("greeter-1.0-1.noarch ships hello.service too"),
        "{}",
        run.stderr
    );
    let said = server.said();
    assert_eq!(said[0], "200 /repodata/repomd.xml");
    assert!(said[1].starts_with("200 /repodata/") && said[1].ends_with("-filelists.xml.gz"));
    assert_eq!(said.len(), 2);
    // Nothing changed.
    assert_eq!(ground.check(&["--names"]).code, Some(1));
    assert_eq!(server.said(), ["304 /repodata/repomd.xml"]);
    // A plain check knows it now, and says since when.
    let run = ground.check(&[]);
    assert_snapshot!(snapshot(&run, &server), @r#"
    exit code: 1
    --- stderr
    note: what http://HOST holds was looked up just now
     |
     = help: to look into it now: cargo ambot check --names
    error: hello.service is taken: another package ships it
      --> Cargo.toml:18:34
       |
    18 | [package.metadata.ambot.services.hello.Unit]
       |                                  ^^^^^ greeter-1.0-1.noarch ships hello.service too
       |
       = note: greeter-1.0-1.noarch is in http://HOST
       = note: rpm refuses to install the second of two packages with one file
       = help: rename the unit
       = help: to take its place: obsoletes = { greeter = "<= 1.0-1" }
       = help: if they are alternatives: `conflicts` in place of `obsoletes`

         Checked 1 unit for centos7: 1 error, 0 warnings, 0 notes
    "#);
    assert_eq!(server.said(), [""; 0]);
    // It changed.
    let run = ambot(&[
        "repo",
        "remove",
        text(&ground.repository),
        "greeter-1.0-1.noarch",
    ]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    assert_eq!(ground.check(&["--names"]).code, Some(0));
    assert_eq!(server.said().len(), 2);
}

#[test]
fn who_cannot_be_reached_is_a_warning_unless_that_is_asked_for() {
    let ground = Ground::new();
    let server = Server::of(&ground.repository);
    let known = server.url();
    // Nobody listens at port 9.
    ground.repos("http://user:secret@127.0.0.1:9/yum");
    let run = ground.check(&["--names"]);
    assert_snapshot!(run.snapshot(), @"
    exit code: 0
    --- stderr
         Looking into http://127.0.0.1:9/yum
    warning: http://127.0.0.1:9/yum/repodata/repomd.xml cannot be reached:
             Connection refused (os error 111)
     |
     = note: which units its packages ship is not known
         Checked 1 unit for centos7: 0 errors, 0 warnings, 0 notes
    ");
    let run = ground.check(&["--names=require"]);
    assert_eq!(run.code, Some(3), "{}", run.snapshot());
    assert!(!run.stderr.contains("secret"), "{}", run.stderr);
    let set = format!("repos=[\"{known}\"]");
    let set = ["--set", &set];
    // Without the network what was found before counts.
    assert_eq!(
        ground.check(&[&["--names"][..], &set].concat()).code,
        Some(1)
    );
    let run = ground.check(&[&["--names", "--offline"][..], &set].concat());
    assert_eq!(run.code, Some(1));
    assert_snapshot!(snapshot(&run, &server), @r#"
    exit code: 1
    --- stderr
    warning: http://HOST was not looked into: offline
     |
     = note: what was found in it just now counts
    error: hello.service is taken: another package ships it
      --> Cargo.toml:18:34
       |
    18 | [package.metadata.ambot.services.hello.Unit]
       |                                  ^^^^^ greeter-1.0-1.noarch ships hello.service too
       |
       = note: greeter-1.0-1.noarch is in http://HOST
       = note: rpm refuses to install the second of two packages with one file
       = help: rename the unit
       = help: to take its place: obsoletes = { greeter = "<= 1.0-1" }
       = help: if they are alternatives: `conflicts` in place of `obsoletes`

         Checked 1 unit for centos7: 1 error, 0 warnings, 0 notes
    "#);
    let run = ground.check(&[&["--names=require", "--offline"][..], &set].concat());
    assert_eq!(run.code, Some(3), "{}", run.snapshot());
    let mut command = ground
        .project
        .ambot_command(&[&["check", "-t", "el7", "--names=require"][..], &set].concat());
    let run = ground.project.run(command.env("CARGO_NET_OFFLINE", "true"));
    assert_eq!(run.code, Some(3), "{}", run.snapshot());
}

#[test]
fn who_goes_away_in_the_middle_is_not_told_to_be_damaged() {
    let ground = Ground::new();
    let server = Server::that_leaves_off("<repomd>");
    ground.repos(&server.url());
    let run = ground.check(&["--names=require"]);
    assert_snapshot!(snapshot(&run, &server), @"
    exit code: 3
    --- stderr
         Looking into http://HOST
    error: http://HOST/repodata/repomd.xml was not read to its end: Peer
           disconnected
    ");
}

#[test]
fn no_secret_of_an_address_is_shown() {
    let ground = Ground::new();
    let server = Server::of(&ground.repository);
    let host = server.url();
    let host = host.strip_prefix("http://").unwrap();
    let check = |address: &str, settings: &[&str]| {
        let run = ground.check(&[&["--names=require", "-vv"], settings].concat());
        let all = format!("{}{}", run.stdout, run.stderr);
        assert!(
            !all.contains("canary") && !all.contains("ary@"),
            "{address}: {all}"
        );
        let trace = run.stderr.lines().filter(|line| line.contains("asks"));
        let told: Vec<&str> = trace.filter(|line| line.contains(host)).collect();
        assert_eq!(told, Vec::<&str>::new());
        run
    };
    for (address, code) in [
        (format!("http://me:canary@{host}"), 1),
        (format!("http://{host}?token=canary"), 1),
        (format!("http://me:can?ary@{host}"), 2),
        (format!("http://me:ca/nary@{host}"), 2),
        (format!("http://me:canary#@{host}"), 2),
    ] {
        let set = format!("repos=[\"{address}\"]");
        let run = check(&address, &["--set", &set]);
        assert_eq!(run.code, Some(code), "{address}: {}", run.snapshot());
    }
    let said = server.said();
    assert_eq!(said.len(), 4, "{said:?}");
    // A mirror's token stays behind the file, as dnf sends it.
    let tokens = said.iter().filter(|line| line.ends_with("?token=canary"));
    assert!(said[2].ends_with("/repodata/repomd.xml?token=canary"));
    assert_eq!(tokens.count(), 2, "{said:?}");
    // The place in a file is told, and its line is not shown.
    ground.repos("http://me:can?ary@example.org/yum");
    let run = check("in the file", &["--color=never"]);
    let from = run.stderr.find("error:").unwrap();
    assert_snapshot!(run.stderr[from..], @r#"
    error: `http://…@example.org/yum` is no address of a repository: in a name or a
           password /, ?, # and @ are written %2F, %3F, %23 and %40
    --> Cargo.toml:14:10
     = help: such as repos = ["https://example.org/yum/el7", "/srv/yum/el7"]
    "#);
    // So it is where the mistake is another one.
    for setting in [
        "repos = \"http://example.org/yum?token=canary\"",
        "repo = [\"http://me:canary@example.org/yum\"]",
        "repos = [\"http://me:canary@example.org/yum\" yum]",
    ] {
        let ground = Ground::new();
        ground.project.set(setting);
        let run = ground.check(&[]);
        assert_eq!(run.code, Some(3), "{setting}: {}", run.snapshot());
        assert!(run.stderr.contains("Cargo.toml:14"), "{}", run.stderr);
        assert!(!run.stderr.contains("canary"), "{}", run.stderr);
        for set in [setting, setting.trim_end_matches(']')] {
            let run = ground.check(&["--set", set]);
            assert!(run.code > Some(1), "{set}: {}", run.snapshot());
            assert!(!run.stderr.contains("canary"), "{}", run.stderr);
        }
    }
}

#[test]
fn what_is_not_there_or_damaged_is_told() {
    let ground = Ground::new();
    let server = Server::of(&ground.repository);
    let require = |address: &str| {
        let set = format!("repos=[\"{address}\"]");
        let run = ground.check(&["--names=require", "--set", &set]);
        assert_eq!(run.code, Some(3), "{}", run.snapshot());
        snapshot(&run, &server)
    };
    assert_snapshot!(require(&format!("{}/nowhere", server.url())), @"
    exit code: 3
    --- stderr
         Looking into http://HOST/nowhere
    error: http://HOST/nowhere/repodata/repomd.xml answers 404
     |
     = help: name the folder that has `repodata` in it
    ");
    assert_snapshot!(require("nowhere"), @"
    exit code: 3
    --- stderr
    error: cannot read [PROJECT]/nowhere/repodata/repomd.xml
     |
     = note: No such file or directory (os error 2)
     = help: name the folder that has `repodata` in it
    ");
    let set = ["--set", "repos=[\"ftp://example.org/yum\"]"];
    let run = ground.check(&set);
    assert_snapshot!(run.snapshot(), @r#"
    exit code: 2
    --- stderr
    error: `ftp://example.org/yum` is no address of a repository: it is no path, and
           no file:, http: or https: address
     |
     = note: in `--set repos`
     = help: such as repos = ["https://example.org/yum/el7", "/srv/yum/el7"]
    "#);
    let repodata = ground.repository.join("repodata");
    for entry in fs::read_dir(&repodata).unwrap() {
        let path = entry.unwrap().path();
        if text(&path).contains("filelists") {
            let mut bytes = fs::read(&path).unwrap();
            bytes.truncate(bytes.len() / 2);
            fs::write(&path, bytes).unwrap();
        }
    }
    let said = require(&server.url());
    assert!(said.contains("is damaged"), "{said}");
    fs::write(
        repodata.join("repomd.xml"),
        "<!DOCTYPE a [<!ENTITY b \"c\">]><repomd>&b;</repomd>",
    )
    .unwrap();
    let said = require(&server.url());
    assert!(said.contains("it has a document"), "{said}");
}

#[test]
fn a_repository_that_changes_while_it_is_read_is_read_again() {
    let ground = Ground::new();
    let served = ground.repository.clone();
    let other = ground.project.path().join("other");
    let package = spec::noarch(ground.project.path(), "welcomer", "2", "", &[UNIT]);
    let run = ambot(&["repo", "add", text(&other), text(&package)]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    // As another publisher does it who keeps nothing: all at once, after repomd.xml was asked for.
    let server = Server::with(
        &ground.repository,
        Box::new(move |path, _| {
            if path.contains("filelists") && other.exists() {
                fs::remove_dir_all(served.join("repodata")).unwrap();
                fs::rename(other.join("repodata"), served.join("repodata")).unwrap();
                fs::remove_dir_all(&other).unwrap();
            }
        }),
    );
    ground.repos(&server.url());
    let run = ground.check(&["--names=require"]);
    assert_eq!(run.code, Some(1), "{}", run.snapshot());
    assert!(
        run.stderr
            .contains("welcomer-2-1.noarch ships hello.service too"),
        "{}",
        run.stderr
    );
    let numbers: Vec<String> = server
        .said()
        .iter()
        .map(|line| line[..3].to_owned())
        .collect();
    assert_eq!(numbers, ["200", "404", "200", "200"]);
}

#[test]
fn a_proxy_is_asked_where_one_is_named() {
    let ground = Ground::new();
    let (server, proxy) = (Server::of(&ground.repository), Server::proxy());
    ground.repos(&server.url());
    let run = |variables: &[(&str, &str)]| {
        let mut command = ground
            .project
            .ambot_command(&["check", "-t", "el7", "--names=require"]);
        ground.project.run(command.envs(variables.iter().copied()))
    };
    let url = proxy.url();
    assert_eq!(run(&[("http_proxy", &url)]).code, Some(1));
    assert!(proxy.said()[0].starts_with("CONNECT 127.0.0.1:"));
    assert_eq!(
        run(&[("all_proxy", &url), ("no_proxy", "example.org,127.0.0.1")]).code,
        Some(1)
    );
    assert_eq!(proxy.said(), [""; 0]);
    let said = run(&[("http_proxy", "::")]);
    assert_eq!(said.code, Some(3), "{}", said.snapshot());
    assert!(
        said.stderr
            .contains("`http_proxy` is no address of a proxy"),
        "{}",
        said.stderr
    );
}

#[test]
fn every_compression_that_others_use_is_read() {
    let Some(createrepo) = find_program("createrepo_c") else {
        return not_run::note("createrepo_c: not there, so its compressions: not read");
    };
    let ground = Ground::new();
    for compression in ["gz", "xz", "bz2"] {
        let output = Command::new(&createrepo)
            .args(["-q", "--general-compress-type", compression])
            .arg(&ground.repository)
            .output()
            .unwrap();
        succeed("createrepo_c", &output);
        let server = Server::of(&ground.repository);
        let run = ambot(&[
            "repo",
            "names",
            "--repo",
            &server.url(),
            "--message-format",
            "json",
        ]);
        let line: Value = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
        assert_eq!(
            line["units"][0]["nevra"],
            "greeter-1.0-1.noarch",
            "{compression}\n{}",
            run.snapshot()
        );
    }
}

#[test]
fn who_owns_which_unit_is_answered() {
    let ground = Ground::new();
    ground.publish(
        "greeter",
        "1.10",
        &[
            UNIT,
            "/etc/systemd/system/greet@.timer",
            "/usr/lib/systemd/system/a.service.d/x.conf",
        ],
    );
    let folder = ground.repository.clone();
    let names = |more: &[&str]| ground.project.ambot(&[&["repo", "names"], more].concat());
    let run = names(&["--repo", text(&folder)]);
    assert_snapshot!(run.snapshot().replace(text(&folder), "/srv/yum"), @"
    exit code: 0
    --- stdout
    [PROJECT]/yum:
      greet@.timer   greeter-1.10-1.noarch
      hello.service  greeter-1.10-1.noarch
      hello.service  greeter-1.0-1.noarch
    ");
    assert_eq!(names(&[]).code, Some(2), "no repository is named");
    ground.repos("yum");
    assert_snapshot!(names(&["greet@*"]).snapshot(), @"
    exit code: 0
    --- stdout
    [PROJECT]/yum:
      greet@.timer  greeter-1.10-1.noarch
    ");
    assert_eq!(names(&["nothing"]).stdout, "");
    let of_target = "target.el9.repos=[\"elsewhere\"]";
    assert_eq!(names(&["-t", "el8", "--set", of_target]).code, Some(0));
    assert_eq!(names(&["-t", "el9", "--set", of_target]).code, Some(3));
    let run = names(&["--repo", "http://127.0.0.1:9/yum"]);
    assert_eq!(
        run.code,
        Some(3),
        "nobody answers there: {}",
        run.snapshot()
    );
    assert_eq!(names(&["[a"]).code, Some(2));
}

/// What is excluded is excluded in the versions that are named, and no other.
#[test]
fn an_alternative_is_one_in_the_versions_that_it_names() {
    let ground = Ground::new();
    ground.repos("yum");
    for (versions, code) in [("< 0.1", 1), ("<= 1.0", 0), ("*", 0)] {
        let run = ground.check(&[
            "--names",
            "--set",
            &format!("conflicts.greeter=\"{versions}\""),
        ]);
        assert_eq!(run.code, Some(code), "{versions}: {}", run.snapshot());
    }
}
