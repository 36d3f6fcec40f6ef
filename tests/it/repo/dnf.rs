//! dnf as a client of a repository that we made.

use crate::support::gpg::{self, Key};
use crate::support::ground::{is_root, rpms, systemctls};
use crate::support::project::{Project, Target, ambot};
use crate::support::root::Root;
use crate::support::{find_program, not_run, spec, succeed};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A repository, and a machine that installs from it.
struct Client {
    project: Project,
    root: Root,
    dnf: PathBuf,
}

impl Client {
    /// Nothing where the machine has no dnf, which is noted.
    fn new() -> Option<Self> {
        let Some(dnf) = find_program("dnf").filter(|_| is_root()) else {
            not_run::note("dnf, as root: not there, so nothing: installed from a repository");
            return None;
        };
        let rpm = rpms(Target::CentOs8).last().copied()?;
        let systemctl = systemctls(Target::CentOs8).last().copied()?;
        Some(Client {
            project: Project::hello(),
            root: Root::new(rpm, systemctl),
            dnf,
        })
    }

    /// Another machine that knows the same project.
    fn with_new_root(self) -> Self {
        let rpm = rpms(Target::CentOs8).last().copied().unwrap();
        let systemctl = systemctls(Target::CentOs8).last().copied().unwrap();
        Client {
            root: Root::new(rpm, systemctl),
            ..self
        }
    }

    fn repository(&self) -> PathBuf {
        self.project.path().join("repo")
    }

    /// Writes the `.repo` file of the machine.
    fn know(&self, key: Option<&Key>) {
        let url = format!("file://{}", self.repository().display());
        let check = match key {
            Some(key) => format!("repo_gpgcheck=1\ngpgkey=file://{}\n", key.public.display()),
            None => "repo_gpgcheck=0\n".to_owned(),
        };
        let file = format!(
            "[ours]\nname=Ours\nbaseurl={url}\nenabled=1\ngpgcheck=0\nmetadata_expire=0\n{check}"
        );
        self.root.write("/etc/yum.repos.d/ours.repo", &file);
    }

    fn dnf(&self, arguments: &[&str]) -> Output {
        let root = self.root.path("/");
        // Debian's rpm has its database in the home folder, unless told otherwise there.
        self.project.write(".rpmmacros", "%_dbpath /var/lib/rpm\n");
        Command::new(&self.dnf)
            .args(["-y", "--installroot", text(&root), "--releasever", "8"])
            .arg(format!(
                "--setopt=reposdir={}",
                self.root.path("/etc/yum.repos.d").display()
            ))
            .arg(format!(
                "--setopt=cachedir={}",
                self.root.path("/var/cache/dnf").display()
            ))
            .arg(format!(
                "--setopt=logdir={}",
                self.root.path("/var/log").display()
            ))
            .args([
                "--setopt=plugins=0",
                "--setopt=install_weak_deps=0",
                "--setopt=module_platform_id=platform:el8",
            ])
            .args(arguments)
            .env("LC_ALL", "C")
            .env("HOME", self.project.path())
            .output()
            .unwrap()
    }
}

/// A library, a package that has it, and the packages that stand for a distribution.
fn publish(client: &Client, more: &[&str]) {
    let project = &client.project;
    project.set(
        "requires = { hello-data = \">= 2\" }\nusers = { hello = { home = \"/var/lib/hello\" } }",
    );
    let hello = project.package(Target::CentOs8, &[]);
    let folder = project.path();
    let data = spec::noarch(
        folder,
        "hello-data",
        "2",
        "Requires: libhello.so.1()(64bit)\n",
        &["/usr/share/hello/data"],
    );
    let old = spec::noarch(folder, "hello-data", "1", "", &["/usr/share/hello/data"]);
    let library = spec::noarch(
        folder,
        "hello-libs",
        "1",
        "Provides: libhello.so.1()(64bit)\n",
        &["/usr/lib64/libhello.so.1"],
    );
    let base = client.root.provider_of(&hello, &["hello-data"]);
    let mut arguments = vec!["repo", "add"];
    let repository = client.repository();
    arguments.extend([
        text(&repository),
        text(&hello),
        text(&data),
        text(&old),
        text(&library),
        text(&base),
    ]);
    arguments.extend(more);
    let run = ambot(&arguments);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
}

#[test]
fn dnf_installs_with_all_that_is_needed() {
    let Some(client) = Client::new() else {
        return;
    };
    publish(&client, &[]);
    client.know(None);
    let said = succeed(
        "dnf repoquery",
        &client.dnf(&[
            "repoquery",
            "--whatprovides",
            "/usr/lib/systemd/system/hello.service",
        ]),
    );
    assert!(said.contains("hello-0:1.0.0-1"), "{said}");
    let said = succeed(
        "dnf repoquery",
        &client.dnf(&["repoquery", "--requires", "--resolve", "hello-data"]),
    );
    assert!(said.contains("hello-libs-0:1-1.noarch"), "{said}");
    let said = succeed("dnf install", &client.dnf(&["install", "hello"]));
    for name in ["hello", "hello-data", "hello-libs"] {
        assert_eq!(client.root.verify(name), "", "{said}");
    }
    let passwd = fs::read_to_string(client.root.path("/etc/passwd")).unwrap();
    assert!(passwd.contains("hello:"), "{passwd}");
    let data = fs::read_to_string(client.root.path("/usr/share/hello/data")).unwrap();
    assert_eq!(data, "hello-data-2\n");
    // An upgrade that was published since is found.
    let newer = spec::noarch(
        client.project.path(),
        "hello-data",
        "3",
        "Requires: libhello.so.1()(64bit)\n",
        &["/usr/share/hello/data"],
    );
    let run = ambot(&["repo", "add", text(&client.repository()), text(&newer)]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    // Within the second of its last look, dnf takes metadata of any age for fresh.
    succeed("dnf upgrade", &client.dnf(&["--refresh", "upgrade"]));
    let data = fs::read_to_string(client.root.path("/usr/share/hello/data")).unwrap();
    assert_eq!(data, "hello-data-3\n");
}

#[test]
fn dnf_takes_signed_metadata_and_no_others() {
    let Some(client) = Client::new() else {
        return;
    };
    let key = gpg::key("plain");
    publish(&client, &["--sign-key", text(&key.secret)]);
    client.know(Some(&key));
    let said = succeed("dnf install", &client.dnf(&["install", "hello-data"]));
    assert_eq!(client.root.verify("hello-libs"), "", "{said}");
    // Changed by somebody who has not the key.
    let repomd = client.repository().join("repodata/repomd.xml");
    let changed = fs::read_to_string(&repomd).unwrap() + "<!-- -->\n";
    fs::write(&repomd, changed).unwrap();
    let output = client.dnf(&["--refresh", "install", "hello"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && said.contains("signature"),
        "{said}"
    );
}

/// The whole way: a project without a word of ours, and at its end the service on five machines, from
/// signed packages of signed repositories.
#[test]
fn from_nothing_to_an_installed_service() {
    const TARGETS: [&str; 5] = ["centos7", "el8", "el9", "amzn2023", "openeuler2203"];
    let Some(mut client) = Client::new() else {
        return;
    };
    let run = |client: &Client, arguments: &[&str]| -> String {
        let run = client.project.ambot(arguments);
        assert_eq!(run.code, Some(0), "{}", run.snapshot());
        run.stdout
    };
    let manifest = fs::read_to_string(client.project.path().join("Cargo.toml")).unwrap();
    let (bare, _) = manifest.split_once("[package.metadata.ambot]").unwrap();
    client.project.write("Cargo.toml", bare);
    run(&client, &["init", "--target", &TARGETS.join(",")]);
    let said = client.project.ambot(&["check"]);
    assert_eq!(
        (said.code, said.stdout.as_str()),
        (Some(0), ""),
        "{}",
        said.snapshot()
    );
    client.project.place_binary();
    let made = run(&client, &["package", "--no-build"]);
    let made: Vec<&str> = made.lines().collect();
    assert_eq!(made.len(), TARGETS.len(), "{made:?}");
    let key = gpg::key("plain");
    let secret = text(&key.secret).to_owned();
    run(
        &client,
        &[&["sign", "--sign-key", &secret], &made[..]].concat(),
    );
    for (target, package) in TARGETS.iter().zip(&made) {
        assert!(package.contains(target), "{package}");
        let folder = format!("yum/{target}");
        let package_file = client.project.path().join(package);
        let base = client.root.provider_of(&package_file, &[]);
        run(
            &client,
            &["repo", "add", &folder, package, "--sign-key", &secret],
        );
        // What stands for the distribution comes from a repository of its own.
        run(&client, &["repo", "add", "base", text(&base), "--replace"]);
        let address =
            |folder: &str| format!("file://{}", client.project.path().join(folder).display());
        let public = format!("gpgkey=file://{}\n", key.public.display());
        let file = format!(
            "[ours]\nname=Ours\nbaseurl={}\nenabled=1\ngpgcheck=1\nrepo_gpgcheck=1\n{public}\
             [base]\nname=Base\nbaseurl={}\nenabled=1\ngpgcheck=0\n",
            address(&folder),
            address("base"),
        );
        client.root.write("/etc/yum.repos.d/ours.repo", &file);
        let said = succeed("dnf install", &client.dnf(&["install", "hello"]));
        assert_eq!(client.root.verify("hello"), "", "{target}: {said}");
        assert!(
            client
                .root
                .path("/usr/lib/systemd/system/hello.service")
                .is_file()
        );
        client = client.with_new_root();
    }
}
