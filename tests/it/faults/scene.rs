//! Commands that write, each with a project that it is tried on, and what is there before and after.

use crate::debuginfo;
use crate::support::gpg;
use crate::support::prebuilt;
use crate::support::project::{Project, Run, Target};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// A command that writes.
#[derive(Clone, Copy)]
pub(super) struct Case {
    pub(super) name: &'static str,
    /// Its words; `KEY` stands for the file of a secret key.
    words: &'static str,
    prepare: fn(&Project),
}

/// All of them.
pub(super) const CASES: [Case; 19] = [
    Case {
        name: "package",
        words: "package --no-build -q -t centos7,centos8 -o out",
        prepare: with_old_package,
    },
    Case {
        name: "package in its own folder",
        words: "package --no-build -q -t centos8",
        prepare: Project::place_binary,
    },
    Case {
        name: "package without symbols, with what it was made from",
        words: "package --no-build -q -t centos8 --set strip=\"symbols\" --provenance --sbom -o out",
        prepare: Project::place_binary,
    },
    Case {
        name: "package with debug information",
        words: "package --no-build -q -t centos8 --set debuginfo=true -o out",
        prepare: with_debug_information,
    },
    Case {
        name: "package as an archive, a spec file and a source package",
        words: "package --no-build -q -t centos8 --format tar.gz,spec,srpm -o target/out",
        prepare: Project::place_binary,
    },
    Case {
        name: "package signed",
        words: "package --no-build -q -t centos8 --sign-key KEY -o out",
        prepare: with_old_package,
    },
    Case {
        name: "generate",
        words: "generate -q -o units",
        prepare: with_old_units,
    },
    Case {
        name: "init",
        words: "init -q -t centos8",
        prepare: without_tables,
    },
    Case {
        name: "init of a unit file",
        words: "init -q -t centos8 --service",
        prepare: without_tables,
    },
    Case {
        name: "init of a pipeline",
        words: "init -q --ci github",
        prepare: nothing,
    },
    Case {
        name: "check with fixes",
        words: "check -q -t centos8 --fix a.service b.service",
        prepare: with_faulty_units,
    },
    Case {
        name: "sign",
        words: "sign -q --sign-key KEY el7.rpm el8.rpm",
        prepare: with_packages,
    },
    Case {
        name: "inspect with files unpacked",
        words: "inspect -q el8.rpm --extract files",
        prepare: with_packages,
    },
    Case {
        name: "repo add, the first",
        words: "repo add -q repo el7.rpm",
        prepare: with_packages,
    },
    Case {
        name: "repo add, one more",
        words: "repo add -q repo el8.rpm",
        prepare: with_repository,
    },
    Case {
        name: "repo add, signed",
        words: "repo add -q repo el8.rpm --sign-key KEY",
        prepare: with_signed_repository,
    },
    Case {
        name: "repo remove",
        words: "repo remove -q repo hello-1.0.0-1.el7.x86_64",
        prepare: with_full_repository,
    },
    Case {
        name: "repo prune",
        words: "repo prune -q repo --keep 1",
        prepare: with_full_repository,
    },
    Case {
        name: "pages",
        words: "pages -q pages",
        prepare: nothing,
    },
];

/// A case by its name.
pub(super) fn case(name: &str) -> Case {
    let found = CASES.into_iter().find(|case| case.name == name);
    found.unwrap_or_else(|| panic!("no case is called {name}"))
}

fn nothing(_: &Project) {}

const OLD: &str = "the old one";

fn with_old_package(project: &Project) {
    project.place_binary();
    project.write("out/hello-1.0.0-1.el8.x86_64.rpm", OLD);
}

fn with_debug_information(project: &Project) {
    static BUILT: OnceLock<Vec<u8>> = OnceLock::new();
    let bytes = BUILT.get_or_init(|| {
        let built = debuginfo::with_lines("");
        fs::read(prebuilt::built_in(&built)).unwrap()
    });
    project.place_binary();
    fs::write(prebuilt::built_in(project), bytes).unwrap();
}

fn with_old_units(project: &Project) {
    project.write("units/centos7/hello.service", OLD);
}

fn without_tables(project: &Project) {
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let (package, _) = manifest.split_once("[package.metadata.ambot]").unwrap();
    project.write("Cargo.toml", package);
}

fn with_faulty_units(project: &Project) {
    for name in ["a", "b"] {
        let text = "[Unit]\nDescription=Demo\n\n[Service]\nExecStart=/usr/bin/demo\nUser=root\n\
             Restart=On-Failure\n\n[Install]\nWantedBy=multi-user.target\n";
        project.write(&format!("{name}.service"), text);
    }
}

/// Two packages of the fixture, made once.
fn packages() -> &'static [(&'static str, Vec<u8>); 2] {
    static MADE: OnceLock<[(&str, Vec<u8>); 2]> = OnceLock::new();
    MADE.get_or_init(|| {
        let project = Project::hello();
        let made = |target| fs::read(project.package(target, &[])).unwrap();
        [
            ("el7.rpm", made(Target::CentOs7)),
            ("el8.rpm", made(Target::CentOs8)),
        ]
    })
}

fn with_packages(project: &Project) {
    for (name, bytes) in packages() {
        fs::write(project.path().join(name), bytes).unwrap();
    }
}

fn with_repository(project: &Project) {
    with_packages(project);
    run(project, "repo add -q repo el7.rpm");
}

fn with_signed_repository(project: &Project) {
    with_packages(project);
    run(project, "repo add -q repo el7.rpm --sign-key KEY");
}

fn with_full_repository(project: &Project) {
    with_packages(project);
    run(project, "repo add -q repo el7.rpm el8.rpm");
}

#[track_caller]
fn run(project: &Project, words: &str) {
    let run = project.run(&mut command(project, words));
    assert_eq!(run.code, Some(0), "{words}\n{}", run.snapshot());
}

/// The command of these words in a project, with a temporary folder inside and one date for all.
pub(super) fn command(project: &Project, words: &str) -> Command {
    let temporary = project.path().join("target/tmp");
    fs::create_dir_all(&temporary).unwrap();
    let words = words.split(' ').map(|word| match word {
        "KEY" => gpg::key("plain").secret.to_str().unwrap().to_owned(),
        word => word.to_owned(),
    });
    let words: Vec<String> = words.collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut command = project.ambot_command(&words);
    command.env("TMPDIR", temporary);
    command.env("SOURCE_DATE_EPOCH", "1700000000");
    command
}

/// Every file that matters, with what is in it; the target of a link.
pub(super) type Tree = BTreeMap<PathBuf, Vec<u8>>;

/// A case with a project of its own.
pub(super) struct Scene {
    pub(super) project: Project,
    case: Case,
}

impl Scene {
    pub(super) fn new(case: Case) -> Self {
        let project = Project::hello();
        (case.prepare)(&project);
        Scene { project, case }
    }

    pub(super) fn command(&self) -> Command {
        command(&self.project, self.case.words)
    }

    pub(super) fn run(&self) -> Run {
        self.project.run(&mut self.command())
    }

    /// What is there, but for what cargo builds, what only makes the next run quick, and what has a
    /// name that only unfinished files have.
    pub(super) fn tree(&self) -> Tree {
        let mut tree = all_below(self.project.path());
        tree.retain(|path, _| {
            let is_of = |folder: &str| path.starts_with(folder);
            let is_cargos = is_of("target") && !is_of("target/ambot") && !is_of("target/out");
            let is_kept = is_of("target/ambot/record") || is_of(".home");
            let is_lock = path.ends_with(".ambot.lock");
            !is_cargos && !is_kept && !is_lock && !is_unfinished(path)
        });
        tree
    }

    /// What is there under a name that only unfinished files have, and what is in the temporary
    /// folder.
    pub(super) fn left_behind(&self) -> Vec<PathBuf> {
        let paths = all_below(self.project.path()).into_keys();
        let is_left = |path: &PathBuf| is_unfinished(path) || path.starts_with("target/tmp");
        paths.filter(is_left).collect()
    }
}

fn is_unfinished(path: &Path) -> bool {
    path.iter().any(|name| {
        let name = name.to_string_lossy();
        (name.starts_with(".ambot-") || name.starts_with(".tmp")) && name != ".ambot.lock"
    })
}

/// All files below a folder, and empty folders below its temporary one.
pub(super) fn all_below(root: &Path) -> Tree {
    let mut tree = Tree::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            let Ok(facts) = fs::symlink_metadata(&path) else {
                continue;
            };
            let inside = path.strip_prefix(root).unwrap().to_owned();
            if facts.is_dir() {
                if inside.starts_with("target/tmp") || is_unfinished(&inside) {
                    tree.insert(inside, Vec::new());
                }
                folders.push(path);
            } else if facts.is_symlink() {
                let target = fs::read_link(&path).unwrap();
                tree.insert(inside, target.into_os_string().into_encoded_bytes());
            } else {
                tree.insert(inside, fs::read(&path).unwrap_or_default());
            }
        }
    }
    // The folder itself was made for the run.
    tree.remove(Path::new("target/tmp"));
    tree
}

/// What a case makes of its project when nothing disturbs it.
pub(super) fn undisturbed(case: Case) -> (Tree, Tree) {
    let scene = Scene::new(case);
    let before = scene.tree();
    let run = scene.run();
    assert_eq!(run.code, Some(0), "{}\n{}", case.name, run.snapshot());
    assert_eq!(scene.left_behind(), [] as [PathBuf; 0], "{}", case.name);
    (before, scene.tree())
}

/// Each file is as it was or as it is to be, and there is no other; of a repository that its metadata
/// hold together is asked apart.
#[track_caller]
pub(super) fn assert_whole(now: &Tree, before: &Tree, after: &Tree, told: &str) {
    for (path, bytes) in now {
        if path.starts_with("repo/repodata") {
            continue;
        }
        let is_whole = [before, after]
            .iter()
            .any(|tree| tree.get(path) == Some(bytes));
        assert!(is_whole, "{} is cut or a stranger\n{told}", path.display());
    }
    for path in before.keys() {
        if path.starts_with("repo/repodata") {
            continue;
        }
        let may_go = !after.contains_key(path);
        let is_there = now.contains_key(path);
        assert!(is_there || may_go, "{} is lost\n{told}", path.display());
    }
}

/// Whether a repository can be read: by us, and each file that `repomd.xml` names is there.
#[track_caller]
pub(super) fn assert_readable(project: &Project, told: &str) {
    let repomd = project.path().join("repo/repodata/repomd.xml");
    let Ok(text) = fs::read_to_string(&repomd) else {
        return;
    };
    let hrefs = text.split("href=\"").skip(1);
    for href in hrefs.map(|rest| rest.split('"').next().unwrap()) {
        let file = project.path().join("repo").join(href);
        assert!(file.is_file(), "{href} is not there\n{told}");
    }
    let run = project.ambot(&["repo", "list", "repo"]);
    assert_eq!(run.code, Some(0), "{told}\n{}", run.snapshot());
}
