//! A text of the settings is refused at its place or comes out as it is; nothing runs it.

use super::places::{self, Place};
use super::texts::{CANARY, hostile};
use super::{named, rounds, terminal};
use crate::support::ground::is_root;
use crate::support::project::{Project, Run, ambot};
use crate::support::{find_program, not_run};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A text in a place.
struct Try<'a> {
    place: &'a Place,
    name: &'static str,
    text: String,
}

/// The service with a text in one of its settings, built.
fn project(tried: &Try<'_>) -> (Project, &'static str) {
    let project = Project::hello();
    let (manifest, target) = tried.place.manifest(&tried.text);
    project.write("Cargo.toml", &manifest);
    project.write("extra.txt", "extra\n");
    project.place_binary();
    (project, target)
}

fn output(command: &mut Command) -> Output {
    command
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&both).into_owned()
}

/// The file in the folder of what was made whose name ends so.
fn made(project: &Project, ending: &str) -> PathBuf {
    let entries = fs::read_dir(project.path().join("out")).unwrap();
    let mut paths = entries.map(|entry| entry.unwrap().path());
    // The shortest is the main RPM's.
    let is = |path: &PathBuf| path.to_string_lossy().ends_with(ending);
    let found = paths
        .by_ref()
        .filter(is)
        .min_by_key(|path| path.as_os_str().len());
    found.unwrap_or_else(|| panic!("no {ending}"))
}

/// Makes everything of a project with this text in it; whether it was taken.
fn attempt(tried: &Try<'_>) -> Result<bool, String> {
    let (project, target) = project(tried);
    let run = project.ambot(&[
        "package",
        "--no-build",
        "-t",
        target,
        "--format",
        "rpm,spec,tar.gz",
        "-o",
        "out",
        "--provenance",
        "--color",
        "always",
    ]);
    let told = [run.stdout.as_str(), &run.stderr];
    if let Some(control) = told.iter().find_map(|text| terminal::control(text)) {
        return Err(format!("{control:?} on the terminal"));
    }
    match run.code {
        Some(0) => {}
        Some(1..=3) if run.stderr.contains("error") => {
            return unharmed(&project, &run).map(|()| false);
        }
        _ => return Err(run.snapshot()),
    }
    unharmed(&project, &run)?;
    rpm(tried, &project)?;
    spec(tried, &project)?;
    archive(tried, &project)?;
    unharmed(&project, &run).map(|()| true)
}

/// Nothing has run.
fn unharmed(project: &Project, run: &Run) -> Result<(), String> {
    let is_made = |path: &PathBuf| path.file_name().is_some_and(|name| name == CANARY);
    match named(project.path(), CANARY).into_iter().find(is_made) {
        Some(path) => Err(format!("{} is there\n{}", path.display(), run.snapshot())),
        None => Ok(()),
    }
}

/// The tags of scripts.
const SCRIPTS: [&str; 8] = [
    "PRETRANS",
    "PREIN",
    "POSTIN",
    "PREUN",
    "POSTUN",
    "POSTTRANS",
    "VERIFYSCRIPT",
    "TRIGGERSCRIPTS",
];

/// The tags that hold a text as it was written, by the place.
fn tag(place: &Place) -> Option<&'static str> {
    Some(match place.to_string().as_str() {
        "summary" => "SUMMARY",
        "description" => "DESCRIPTION",
        "license" => "LICENSE",
        "url" => "URL",
        "vendor" => "VENDOR",
        "packager" => "PACKAGER",
        _ => return None,
    })
}

/// rpm reads the text back, and no script runs it.
fn rpm(tried: &Try<'_>, project: &Project) -> Result<(), String> {
    let package = made(project, ".rpm");
    let query = |format: &str| {
        let said = output(
            Command::new("rpm")
                .args(["-qp", "--qf", format])
                .arg(&package),
        );
        match said.status.success() {
            true => Ok(String::from_utf8_lossy(&said.stdout).into_owned()),
            false => Err(text(&said)),
        }
    };
    for tag in SCRIPTS {
        let script = query(&format!("[%{{{tag}}}]"))?;
        if script.contains(CANARY) && !tried.place.is_script() {
            // It may stand there in quotes; that shows when it runs.
            with_stubs(&script, project);
        }
    }
    match tag(tried.place).map(|tag| query(&format!("%{{{tag}}}"))) {
        Some(read) if read.clone()? != tried.text => Err(format!("rpm reads {:?}", read?)),
        _ => Ok(()),
    }
}

/// Whether a line is the head of a section of a spec file.
fn is_head(line: &str) -> bool {
    let word = line.strip_prefix('%').unwrap_or_default();
    let end = word
        .find(|c: char| !c.is_ascii_lowercase())
        .unwrap_or(word.len());
    let heads = [
        "description",
        "package",
        "prep",
        "build",
        "install",
        "files",
        "changelog",
        "pre",
        "post",
        "preun",
        "postun",
        "pretrans",
        "posttrans",
        "verifyscript",
        "triggerin",
        "triggerprein",
        "triggerun",
        "triggerpostun",
        "filetriggerin",
        "filetriggerun",
        "filetriggerpostun",
        "transfiletriggerin",
        "transfiletriggerun",
        "transfiletriggerpostun",
    ];
    heads.contains(&&word[..end])
}

fn heads(spec: &str) -> Vec<&str> {
    let heads = spec.lines().filter(|line| is_head(line));
    heads
        .map(|line| line.split(' ').next().unwrap_or_default())
        .collect()
}

/// rpmbuild expands nothing of it, reads the same sections, and runs none of it.
fn spec(tried: &Try<'_>, project: &Project) -> Result<(), String> {
    let file = made(project, ".spec");
    let folder = file.parent().unwrap();
    let expand = |folder: &Path, file: &Path| {
        let said = output(
            Command::new("rpmspec")
                .arg("-P")
                .arg(file)
                .current_dir(folder),
        );
        match said.status.success() {
            true => Ok(String::from_utf8_lossy(&said.stdout).into_owned()),
            false => Err(format!("rpmspec: {}", text(&said))),
        }
    };
    let expanded = expand(folder, &file)?;
    // With a harmless text there the sections are the same.
    let harmless = Try {
        text: harmless(&tried.text),
        ..*tried
    };
    let (other, target) = self::project(&harmless);
    let run = other.ambot(&[
        "package",
        "--no-build",
        "-q",
        "-t",
        target,
        "--format",
        "spec",
        "-o",
        "out",
    ]);
    if run.code == Some(0) {
        let other = expand(other.path(), &made(&other, ".spec"))?;
        if heads(&other) != heads(&expanded) {
            return Err(format!("other sections: {:?}", heads(&expanded)));
        }
    }
    if expanded.contains("root:x:0:0") {
        return Err("a file of the builder's is in it".to_owned());
    }
    let (format, wanted) = ("%{SUMMARY}\n%{URL}\n%{LICENSE}\n%{VENDOR}\n", 4);
    let said = output(
        Command::new("rpmspec")
            .args(["-q", "--srpm", "--qf", format])
            .arg(&file),
    );
    if !said.status.success() || text(&said).lines().count() < wanted {
        return Err(format!("rpmspec: {}", text(&said)));
    }
    for section in ["%prep", "%install"] {
        let lines = expanded.lines().skip_while(|line| *line != section).skip(1);
        let lines: Vec<&str> = lines.take_while(|line| !is_head(line)).collect();
        shell(&lines.join("\n"), project)?;
    }
    Ok(())
}

/// A text of the same kind without anything special in it.
fn harmless(text: &str) -> String {
    match text.strip_prefix('/') {
        Some(_) => "/usr/share/hello/plain".to_owned(),
        None => "plain".to_owned(),
    }
}

/// Runs a script where every program but `touch` does nothing; what it said.
fn with_stubs(script: &str, project: &Project) -> String {
    let folder = project.path().join("stubs");
    if !folder.is_dir() {
        fs::create_dir(&folder).unwrap();
        symlink(find_program("touch").unwrap(), folder.join("touch")).unwrap();
        for name in [
            "install", "mkdir", "ln", "dirname", "rustc", "sed", "rm", "gzip", "tar", "chmod",
            "getent", "useradd", "groupadd", "usermod", "id",
        ] {
            symlink(find_program("true").unwrap(), folder.join(name)).unwrap();
        }
    }
    let mut command = Command::new(find_program("sh").unwrap());
    command.args(["-c", script]).current_dir(project.path());
    text(&output(command.env_clear().env("PATH", &folder)))
}

/// Runs the commands of a spec, which know every program that they name.
fn shell(script: &str, project: &Project) -> Result<(), String> {
    let said = with_stubs(script, project);
    // A program that is not there is one that the text named.
    let is_wrong = |line: &&str| line.contains("not found") || line.contains("yntax error");
    match said.lines().find(is_wrong) {
        Some(line) if !line.contains("cd:") => Err(format!("{line}\n{script}")),
        _ => Ok(()),
    }
}

/// The archive is installed and taken away again, and none of it runs.
fn archive(tried: &Try<'_>, project: &Project) -> Result<(), String> {
    let archive = made(project, ".tar.gz");
    let said = output(
        Command::new("tar")
            .arg("-xzf")
            .arg(&archive)
            .current_dir(project.path()),
    );
    assert!(said.status.success(), "{}", text(&said));
    let name = archive.file_name().unwrap().to_str().unwrap();
    let top = project.path().join(name.strip_suffix(".tar.gz").unwrap());
    for script in ["install.sh", "uninstall.sh"] {
        let said = output(Command::new("sh").arg("-n").arg(top.join(script)));
        if !said.status.success() {
            return Err(format!("{script}: {}", text(&said)));
        }
    }
    let list = fs::read_to_string(top.join("list")).unwrap();
    let scripts = fs::read_to_string(top.join("install.sh")).unwrap();
    // Without a shell in the root no script of the user's runs, and nothing else is of interest.
    if !is_root() || tried.place.is_script() || !(list + &scripts).contains(CANARY) {
        return Ok(());
    }
    let root = project.path().join("root");
    fs::create_dir(&root).unwrap();
    for script in ["install.sh", "uninstall.sh"] {
        let mut command = Command::new("sh");
        let command = command.arg(top.join(script)).arg("--root").arg(&root);
        let said = output(command.current_dir(project.path()));
        if text(&said).contains("not found") {
            return Err(format!("{script}: {}", text(&said)));
        }
    }
    Ok(())
}

/// Tries all of them, two at a time, and tells what went wrong with each.
fn try_all(all: &[Try<'_>]) {
    for program in ["rpm", "rpmspec"] {
        if find_program(program).is_none() {
            return not_run::note(&format!("{program}: not run"));
        }
    }
    // Built before the threads ask for it.
    Project::hello().place_binary();
    let (next, taken) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(tried) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    match attempt(tried) {
                        Ok(was_taken) => {
                            taken.fetch_add(usize::from(was_taken), Ordering::Relaxed);
                        }
                        Err(what) => {
                            let what = format!("{} with {}: {what}", tried.place, tried.name);
                            wrong.lock().unwrap().push(what);
                        }
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    println!("{} tried, {} of them taken", all.len(), taken.into_inner());
    assert!(wrong.is_empty(), "{}", wrong.join("\n---\n"));
}

/// So many texts for each place, others for each.
fn tries<'a>(places: &[&'a Place], each: usize) -> Vec<Try<'a>> {
    let texts = hostile();
    let mut tries = Vec::new();
    for (at, place) in places.iter().enumerate() {
        for round in 0..each.min(texts.len()) {
            let (name, text) = &texts[(at * 7 + round) % texts.len()];
            let text = text.clone();
            tries.push(Try { place, name, text });
        }
    }
    tries
}

fn places() -> Vec<Place> {
    let run = ambot(&["schema", "settings"]);
    places::all(&serde_json::from_str(&run.stdout).unwrap())
}

#[test]
fn no_text_of_a_package_becomes_anything_else() {
    let all = places();
    let own = all
        .iter()
        .filter(|place| !place.is_directive() && !place.is_in_subpackage());
    let own: Vec<&Place> = own.collect();
    assert!(own.len() > 130, "{}", own.len());
    try_all(&tries(&own, rounds(1)));
}

#[test]
fn nor_does_one_of_a_subpackage_or_a_directive() {
    let all = places();
    let (directives, others): (Vec<&Place>, Vec<&Place>) = all
        .iter()
        .filter(|place| place.is_directive() || place.is_in_subpackage())
        .partition(|place| place.is_directive());
    assert!(directives.len() > 1000 && others.len() > 80);
    // Every place has its turn in a long run.
    let some = |places: Vec<&Place>, usual: usize| -> Vec<Place> {
        let step = (places.len() / rounds(1).saturating_mul(usual)).max(1);
        places.into_iter().step_by(step).cloned().collect()
    };
    let some = [some(directives, 12), some(others, 12)].concat();
    let some: Vec<&Place> = some.iter().collect();
    try_all(&tries(&some, (rounds(1) / 10).max(1)));
}

/// The texts that everybody sees are tried with everything.
#[test]
fn what_a_package_says_of_itself_comes_out_as_it_was_written() {
    let all = places();
    let told = [
        "summary",
        "description",
        "vendor",
        "changelog.[].changes.[]",
        "profiles.title",
        "users.*.description",
    ];
    let told: Vec<&Place> = all
        .iter()
        .filter(|place| told.contains(&place.to_string().as_str()))
        .collect();
    assert_eq!(told.len(), 6);
    try_all(&tries(&told, rounds(7)));
}
