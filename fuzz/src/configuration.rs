//! What the user writes: manifests, settings, changelogs, and what `init` makes of a manifest.

use crate::check::can_be_told;
use crate::ground::{self, Ground, MANIFEST};
use crate::input;
use cargo_ambot::init::{self, Asked, Start, Tool};
use cargo_ambot::package::{self, Dependency};
use cargo_ambot::pipeline::{Request, check_read};
use cargo_ambot::project::{self, Override, Placeholders, Projects, Selection};
use cargo_ambot::report::{Diagnose, Quiet, SourceFile, Spanned};
use cargo_ambot::target;

const TARGETS: [&str; 2] = ["centos7", "el9"];

/// Whatever stands in a manifest, the package is planned as far as one comes without a build, or it is
/// told what is wrong, and where.
///
/// The first part of the input stands in the manifest below `[package]`, the second is a unit file.
pub fn manifest(data: &[u8]) {
    let [tables, unit] = input::parts(data);
    ground::with(|ground| {
        ground.write("Cargo.toml", &[MANIFEST.as_bytes(), tables].concat());
        let unit_file = ground.path().join(".ambot/services/hello.service");
        match unit.is_empty() {
            // It may be gone already.
            true => drop(std::fs::remove_file(unit_file)),
            false => drop(ground.write(".ambot/services/hello.service", unit)),
        }
        planned(ground, &ground.request(Vec::new(), &TARGETS));
    });
}

/// The same of settings from the command line and from variables.
///
/// The first byte says which of them it is; a variable ends at the first `=`.
pub fn setting(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else {
        return;
    };
    let text = input::text(rest).into_owned();
    let one = match (kind % 3, text.split_once('=')) {
        (0, Some((name, value))) => Override::Variable {
            name: format!("{}{name}", Override::PREFIX),
            value: value.to_owned(),
        },
        (1, _) => Override::Flag {
            flag: "--rpm-release",
            key: "release",
            value: text,
        },
        _ => Override::Set(text),
    };
    ground::with(|ground| {
        ground.write("Cargo.toml", MANIFEST.as_bytes());
        drop(std::fs::remove_file(
            ground.path().join(".ambot/services/hello.service"),
        ));
        planned(ground, &ground.request(vec![one.clone()], &TARGETS));
    });
}

fn planned(ground: &Ground, request: &Request) {
    let workspace = ground.workspace.clone();
    let projects = match project::read(workspace, &request.selection, &request.overrides) {
        Ok(projects) => projects,
        Err(error) => return can_be_told(&error.diagnostic()),
    };
    texts(&projects);
    match check_read(projects, request, &Quiet) {
        Ok(checked) => {
            let findings = checked
                .packages
                .iter()
                .flat_map(|package| &package.findings);
            findings.for_each(can_be_told);
        }
        Err(error) => can_be_told(&error.diagnostic()),
    }
}

/// Dependencies and names that the settings say, which are looked at after the build.
fn texts(projects: &Projects) {
    for project in &projects.projects {
        for name in TARGETS {
            let Ok(settings) = project.settings(Some(name)) else {
                continue;
            };
            let profile = target::find(name).expect("a target of ours").profile();
            match package::declared(&settings, profile) {
                Ok(declared) => {
                    declared.left_out.iter().for_each(can_be_told);
                    let all = &declared.dependencies;
                    for relation in [&all.requires, &all.provides, &all.conflicts] {
                        relation.iter().for_each(is_dependency);
                    }
                }
                Err(error) => can_be_told(&error.diagnostic()),
            }
            if let Err(error) = project.scripts(&settings) {
                can_be_told(&error.diagnostic());
            }
        }
    }
}

/// A dependency that was taken has a name, and where it has a version, one that rpm would take.
fn is_dependency(dependency: &Dependency) {
    assert!(!dependency.name.is_empty() && !dependency.name.contains(char::is_control));
    if let Some(constraint) = &dependency.constraint {
        let text = format!("{} {}", constraint.comparison.as_str(), constraint.version);
        let read = package::Constraint::parse(&text);
        assert_eq!(read.as_ref(), Ok(constraint), "{text:?}");
        // What is met by a version is met by the version that it names.
        constraint.is_met_by(&constraint.version);
    }
}

/// Dependencies and comparisons of versions: one is read and written back as it is; versions are
/// ordered, whichever way round they are compared.
///
/// The parts of the input are a comparison and two versions.
pub fn versions(data: &[u8]) {
    let [constraint, one, other] = input::parts(data);
    let (text, one, other) = (
        input::text(constraint),
        input::text(one),
        input::text(other),
    );
    if let Ok(all) = package::Constraint::parse_all(&text) {
        for constraint in &all {
            let again = format!("{} {}", constraint.comparison.as_str(), constraint.version);
            let read = package::Constraint::parse(&again);
            assert_eq!(read.as_ref(), Ok(constraint));
            constraint.is_met_by(&one);
        }
    }
    let met = |sign: &str, by: &str, version: &str| {
        let constraint = package::Constraint::parse(&format!("{sign} {version}"));
        constraint.ok().map(|constraint| constraint.is_met_by(by))
    };
    // Without a release both are compared as a whole.
    if one.contains('-') || other.contains('-') {
        return;
    }
    let (less, equal, greater) = (
        met("<", &one, &other),
        met("=", &one, &other),
        met(">", &one, &other),
    );
    if let (Some(less), Some(equal), Some(greater)) = (less, equal, greater) {
        let count = [less, equal, greater].into_iter().filter(|is| *is).count();
        assert_eq!(count, 1, "{one:?} and {other:?}");
        assert_eq!(met("<=", &one, &other), Some(less || equal));
        assert_eq!(met(">=", &one, &other), Some(greater || equal));
        if let Some(turned) = met(">", &other, &one) {
            assert_eq!(turned, less, "{one:?} and {other:?}");
        }
    }
}

/// A changelog is read to releases with days that there are, the newest first, each change on one
/// line; what is made of it for rpm has the lines that rpm prints.
pub fn changelog(data: &[u8]) {
    ground::with(|ground| {
        ground.write("Cargo.toml", MANIFEST.as_bytes());
        ground.write("CHANGELOG.md", data);
        let read = project::read(ground.workspace.clone(), &Selection::default(), &[]);
        let projects = read.expect("a project of ours");
        let project = &projects.projects[0];
        let settings = project.settings(None).expect("settings of ours");
        let (package, workspace) = (&project.package, &projects.workspace);
        let changelog = match project::changelog(package, workspace, &settings) {
            Ok(changelog) => changelog,
            Err(error) => return can_be_told(&error.diagnostic()),
        };
        changelog.notes.iter().for_each(can_be_told);
        let mut last = None;
        for release in &changelog.releases {
            assert!(last.is_none_or(|last| last >= release.date));
            last = Some(release.date);
            let lines = release.changes.iter().map(|change| &change.text);
            for text in lines.chain([&release.version]).chain(&release.author) {
                assert!(!text.contains('\n') && text.trim() == text, "{text:?}");
            }
        }
        let texts = package::texts(package, &settings);
        for change in package::changes(&changelog.releases, package, &settings, &texts) {
            assert!(!change.name.contains('\n'), "{:?}", change.name);
            for line in change.text.lines() {
                assert!(line.starts_with("- ") || line.starts_with(' '), "{line:?}");
            }
        }
        drop(std::fs::remove_file(ground.path().join("CHANGELOG.md")));
    });
}

/// A manifest into which tables are put keeps every byte that is not ours, and is read afterwards;
/// what other tools' tables say is carried over or told.
///
/// The input stands in the manifest below `[package]`.
pub fn init_tables(data: &[u8]) {
    ground::with(|ground| {
        let written = [MANIFEST.as_bytes(), data].concat();
        for start in [
            Start::Tables,
            Start::From(Tool::GenerateRpm),
            Start::From(Tool::Deb),
        ] {
            for force in [false, true] {
                ground.write("Cargo.toml", &written);
                drafted(ground, start, force, &written);
            }
        }
    });
}

fn drafted(ground: &Ground, start: Start, force: bool, written: &[u8]) {
    let targets = TARGETS.map(|name| target::find(name).expect("a target of ours"));
    let draft = init::draft(&Asked {
        workspace: &ground.workspace,
        package: &ground.workspace.packages[0],
        targets: &targets,
        start,
        force,
    });
    let draft = match draft {
        Ok(draft) => draft,
        Err(error) => return can_be_told(&error.diagnostic()),
    };
    draft.remarks.iter().for_each(can_be_told);
    for file in draft.files.iter().filter(|file| file.part.is_some()) {
        let before = std::str::from_utf8(written).expect("a manifest that was read");
        let after = std::str::from_utf8(&file.after).expect("a manifest of ours");
        same_but_for_us(before, after);
        if !force {
            assert!(after.starts_with(before), "{after:?}");
        }
    }
    // What was drafted is what a run reads.
    for file in draft.files.iter().filter(|file| file.part.is_some()) {
        ground.write("Cargo.toml", &file.after);
        let read = project::read(ground.workspace.clone(), &Selection::default(), &[]);
        if start == Start::Tables
            && let Err(error) = read
        {
            let text = String::from_utf8_lossy(&file.after);
            panic!("{error}: what was drafted is not read:\n{text}");
        }
    }
}

/// Without our tables both are the same, as another reader has it.
fn same_but_for_us(before: &str, after: &str) {
    let read = |text: &str| {
        let mut root: toml::Table = toml::from_str(text).expect("a manifest that was read");
        let package = root.get_mut("package").and_then(toml::Value::as_table_mut);
        if let Some(package) = package {
            let metadata = package
                .get_mut("metadata")
                .and_then(toml::Value::as_table_mut);
            if metadata.is_some_and(|metadata| {
                metadata.remove("ambot");
                metadata.is_empty()
            }) {
                package.remove("metadata");
            }
        }
        root
    };
    assert_eq!(read(before), read(after));
}

/// A text whose words stand for something is filled in whole or refused, and nothing that was filled
/// in is read a second time.
pub fn placeholders(data: &[u8]) {
    let text = input::text(data).into_owned();
    let words = Placeholders {
        bin_dir: "${name}",
        name: "$",
        version: "{",
        target: "}",
        evr: Some("${evr}"),
    };
    let file = SourceFile::new("Cargo.toml", text.clone());
    let span = file.span(0..text.len());
    match words.fill(&Spanned::new(text.clone(), span)) {
        Ok(filled) if !text.contains("${") => assert_eq!(filled, text),
        Ok(_) => {}
        Err(error) => {
            assert!(text.contains("${"));
            can_be_told(&error.diagnostic());
        }
    }
    let _ = project::source_date_epoch(&text).map_err(|error| can_be_told(&error.diagnostic()));
    if let Err(error) = target::find(&text) {
        can_be_told(&error.diagnostic());
    }
}
