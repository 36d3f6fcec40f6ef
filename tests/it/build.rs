//! Building for real: cargo, zig where it is installed, and rpm's own generator beside ours.

use crate::support::not_run;
use camino::{Utf8Path, Utf8PathBuf};
use cargo_ambot::build::elf::{Kind, requires};
use cargo_ambot::build::{Built, CargoOptions, ElfFacts, Error, Interrupt, Request, Source, start};
use cargo_ambot::report::Quiet;
use cargo_ambot::target::{GlibcVersion, find};
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

/// A project with one small binary, in a folder that goes away.
struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let manifest =
            "[package]\nname = \"tiny\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n";
        std::fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
        std::fs::create_dir(folder.path().join("src")).unwrap();
        let main = "fn main() { println!(\"{:?}\", std::thread::spawn(|| 7).join()); }\n";
        std::fs::write(folder.path().join("src/main.rs"), main).unwrap();
        Project { folder }
    }

    fn path(&self) -> &Utf8Path {
        Utf8Path::from_path(self.folder.path()).unwrap()
    }

    fn build(&self, targets: &[&str], source: Source) -> Result<Vec<Built>, Error> {
        let request = Request {
            manifest_path: self.path().join("Cargo.toml"),
            package: "tiny".to_owned(),
            members: vec!["tiny".to_owned()],
            bins: vec!["tiny".to_owned()],
            current_dir: "/elsewhere".into(),
            target_directory: self.path().join("target"),
            targets: targets.iter().map(|name| find(name).unwrap()).collect(),
            triple: None,
            source,
            line_tables: false,
            beside: false,
            cargo: CargoOptions {
                offline: true,
                quiet: true,
                ..CargoOptions::default()
            },
        };
        start(&request, None, &Interrupt::new(), &Quiet)?.finish()
    }

    fn script(&self, text: &str) -> Source {
        let path = self.path().join("build.sh");
        std::fs::write(&path, text).unwrap();
        Source::Command {
            command: format!("sh '{path}' 'two words'"),
            each: false,
        }
    }
}

const ZIG: Source = Source::Cargo {
    each: false,
    install_zig: false,
};

#[test]
fn one_build_with_zig_serves_both_targets() {
    let project = Project::new();
    let built = match project.build(&["centos8", "centos7"], ZIG) {
        Err(Error::NoZig { .. }) => return not_run::note("zig: not run"),
        other => other.unwrap(),
    };
    assert_eq!(built.len(), 2);
    assert_eq!(built[0].binaries, built[1].binaries);
    let facts = &built[0].binaries[0].facts;
    assert!(facts.glibc().unwrap() <= GlibcVersion::new(2, 17));
    assert_eq!(facts.build_id.as_ref().unwrap().len(), 40);
    assert!(facts.has_hash && facts.has_gnu_hash);

    let taken = project.build(&["centos7"], Source::Existing).unwrap();
    assert_eq!(taken[0].binaries, built[0].binaries);
    assert_eq!(taken[0].glibc, None);
}

#[test]
fn each_glibc_gets_a_build_of_its_own() {
    let project = Project::new();
    let each = Source::Cargo {
        each: true,
        install_zig: false,
    };
    let built = match project.build(&["centos7", "centos8"], each) {
        Err(Error::NoZig { .. }) => return not_run::note("zig: not run"),
        other => other.unwrap(),
    };
    let needs: Vec<_> = built
        .iter()
        .map(|built| built.binaries[0].facts.glibc())
        .collect();
    assert!(needs[0] <= Some(GlibcVersion::new(2, 17)));
    assert_eq!(needs[1], Some(GlibcVersion::new(2, 28)));
    for built in &built {
        assert!(built.binaries[0].path.is_file());
    }
}

#[test]
fn a_command_that_links_with_the_hosts_glibc_is_refused() {
    let project = Project::new();
    let command = Source::Command {
        command: "cargo build".to_owned(),
        each: false,
    };
    match project.build(&["centos7"], command) {
        Err(Error::NewerGlibc(newer)) => {
            assert!(newer.highest > GlibcVersion::new(2, 17));
            assert!(
                newer
                    .symbols
                    .iter()
                    .all(|symbol| symbol.contains("@GLIBC_2."))
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_command_gets_what_its_contract_says() {
    let project = Project::new();
    let script = format!(
        "cd '{}'\nprintf '%s\\n' \"$AMBOT_TRIPLE\" \"$AMBOT_GLIBC\" \"$@\" >seen\nexit 1\n",
        project.path()
    );
    let error = project
        .build(&["centos8"], project.script(&script))
        .unwrap_err();
    assert!(matches!(error, Error::Build { ref program, zig: false, .. } if program == "sh"));
    let seen = std::fs::read_to_string(project.path().join("seen")).unwrap();
    let lines: Vec<&str> = seen.lines().collect();
    assert!(lines[0].ends_with("-linux-gnu"));
    assert_eq!(lines[1..3], ["2.28", "two words"]);
    assert!(lines.contains(&format!("--target={}", lines[0]).as_str()));
    assert!(lines.contains(&"--message-format=json-render-diagnostics"));
    assert!(lines.contains(&"--bin=tiny"));
}

#[test]
fn a_command_that_says_nothing_of_a_binary_is_an_error() {
    let project = Project::new();
    let error = project
        .build(&["centos8"], project.script("true"))
        .unwrap_err();
    assert!(matches!(error, Error::NoBinary { path: None, .. }));
}

#[test]
fn nothing_built_is_an_error_that_says_where_it_looked() {
    let project = Project::new();
    let error = project.build(&["centos7"], Source::Existing).unwrap_err();
    let Error::NotBuilt { looked, .. } = error else {
        panic!("{error}");
    };
    assert!(looked.iter().any(|path| path.starts_with(project.path())));
}

#[test]
fn our_requirements_are_those_of_rpms_own_generator() {
    let generator = Utf8Path::new("/usr/lib/rpm/elfdeps");
    if !generator.is_file() {
        return not_run::note("elfdeps of rpm-build: not run");
    }
    let mut compared = 0;
    for program in programs(&["/usr/bin", "/usr/sbin"]).into_iter().take(200) {
        let Ok(facts) = ElfFacts::read(&program) else {
            continue;
        };
        assert_ne!(facts.kind, Kind::Other, "{program}");
        let output = Command::new(generator)
            .args(["--requires", program.as_str()])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let theirs: BTreeSet<String> = text.lines().map(str::to_owned).collect();
        let ours: BTreeSet<String> = requires(&facts, true).into_iter().collect();
        assert_eq!(ours, theirs, "{program}");
        compared += 1;
    }
    assert!(compared > 0);
}

/// The executable files of some folders, our own test program first.
fn programs(folders: &[&str]) -> Vec<Utf8PathBuf> {
    let own = Utf8PathBuf::from_path_buf(std::env::current_exe().unwrap()).unwrap();
    let mut all = vec![own];
    for folder in folders {
        for entry in Utf8Path::new(folder).read_dir_utf8().unwrap() {
            let path = entry.unwrap().path().to_owned();
            let executable = path
                .metadata()
                .is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0);
            if executable {
                all.push(path);
            }
        }
    }
    all
}
