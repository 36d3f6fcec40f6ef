//! Spec files, which rpmbuild expands macros in.

use crate::{ground, input, packages};
use cargo_ambot::package::{
    Comparison, Compression, Constraint, Dependency, FileFlags, FileKind, InstallPath, Plan,
    PlanSet, PlannedFile, Source,
};
use cargo_ambot::source::{self, Cargo, Recipe, Tree};
use cargo_ambot::target;
use std::sync::LazyLock;

/// Text of the user's is text in a spec file: whatever it is, the spec has the macros and the heads
/// of sections that it has with a harmless one, in the same order.
///
/// The parts of the input are a text, a name of a file, a name of a dependency and its version.
pub fn spec_file(data: &[u8]) {
    let parts: [&[u8]; 4] = input::parts(data);
    let [text, file, name, version] = parts.map(|part| input::text(part).into_owned());
    let path = InstallPath::new(format!("/usr/share/hello/{file}")).ok();
    let harmless = InstallPath::new("/usr/share/hello/x").expect("a path");
    let is_name = |c: char| !c.is_control() && (!c.is_whitespace() || name.starts_with('('));
    let is_version = version.is_empty() || Constraint::parse(&format!("= {version}")).is_ok();
    // What the manifest has of dependencies is checked before it gets here.
    if name.is_empty() || !name.chars().all(is_name) || !is_version {
        return;
    }
    let Some(spec) = spec(&text, path.clone(), &name, &version) else {
        return;
    };
    let expected = self::spec("x", path.map(|_| harmless), "x", "1").expect("a harmless one");
    assert_eq!(expanded(&spec), expanded(&expected), "{spec}");
    assert_eq!(heads(&spec), heads(&expected), "{spec}");
}

/// The spec with these texts; nothing where no package can have them.
fn spec(text: &str, path: Option<InstallPath>, name: &str, version: &str) -> Option<String> {
    static TREE: LazyLock<Tree> = LazyLock::new(|| {
        ground::with(|ground| {
            let lock = "version = 4\n\n[[package]]\nname = \"hello\"\nversion = \"1.2.0\"\n";
            ground.write("Cargo.lock", lock.as_bytes());
            Tree::new(&ground.workspace, &[]).expect("a tree of ours")
        })
    });
    let mut draft = packages::draft(Compression::Gzip(9));
    draft.target = target::find("el9").expect("a target");
    draft.texts.summary = text.to_owned();
    draft.texts.description = format!("{text}\n{text}");
    draft.texts.license = text.to_owned();
    draft.texts.url = Some(text.to_owned());
    draft.texts.vendor = Some(text.to_owned());
    draft.changelog[0].text = format!("- {text}");
    draft.scriptlets[0].text = format!("{text}\n{text}\n");
    draft.files.extend(path.map(|path| PlannedFile {
        path,
        kind: FileKind::Regular(Source::Bytes(b"x".to_vec())),
        mode: 0o644,
        user: "root".to_owned(),
        group: "root".to_owned(),
        mtime: draft.time,
        flags: FileFlags::default(),
        caps: None,
        reason: "it is tried".to_owned(),
    }));
    let dependency = match version.is_empty() {
        true => Dependency::any(name, "it is tried"),
        false => Dependency::versioned(name, Comparison::GreaterOrEqual, version, "it is tried"),
    };
    draft.dependencies.requires.push(dependency);
    let plans = PlanSet::new(vec![Plan::complete(draft).ok()?]).ok()?;
    let cargo = Cargo {
        packages: vec!["hello".to_owned()],
        bins: vec!["hello".to_owned()],
        profile: "release".to_owned(),
        profile_folder: "release".to_owned(),
        ..Cargo::default()
    };
    let recipe = Recipe::new(&plans, "1", cargo, &[], &TREE);
    Some(source::spec(&recipe).expect("a spec of whatever was planned"))
}

/// What rpmbuild expands: each `%` that is not doubled, with the word behind it. The folder of a path
/// may be written out where the path needs quotes, and `%{nil}` parts a backslash from what follows.
fn expanded(spec: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = spec;
    while let Some(at) = rest.find('%') {
        let after = &rest[at + 1..];
        if let Some(after) = after.strip_prefix('%') {
            rest = after;
            continue;
        }
        let end = after.find(|c: char| !c.is_ascii_alphanumeric() && !"{}?!_:".contains(c));
        let word = &after[..end.unwrap_or(after.len())];
        found.extend(Some(word).filter(|word| !["{_datadir}", "{nil}"].contains(word)));
        rest = after;
    }
    found
}

/// The first words of lines that begin with a `%`: heads of sections, and what stands before files. A
/// line of rpmbuild's ends with a line feed alone.
fn heads(spec: &str) -> Vec<&str> {
    let lines = spec.split('\n');
    let lines = lines.filter(|line| line.starts_with('%') && !line.starts_with("%{"));
    lines
        .filter_map(|line| line.split([' ', '(']).next())
        .collect()
}
