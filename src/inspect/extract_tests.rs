//! Unpacking what is meant to get out.

use super::*;
use crate::build::Interrupt;
use crate::package::FileKind;
use crate::rpm::fixture::{self, file, raw, regular, rewrapped};
use crate::rpm::read::ReadRpm;
use camino::{Utf8Path, Utf8PathBuf};
use std::os::unix::fs::PermissionsExt;

struct Ground(tempfile::TempDir);

impl Ground {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("precious"), "old").unwrap();
        Ground(folder)
    }

    fn path(&self) -> &Utf8Path {
        Utf8Path::from_path(self.0.path()).unwrap()
    }

    fn folder(&self) -> Utf8PathBuf {
        self.path().join("into")
    }

    fn unpack(&self, bytes: &[u8]) -> Result<Examined, Error> {
        let rpm = ReadRpm::parse(bytes, "test.rpm").unwrap();
        extract(rpm, &self.folder(), &Interrupt::new())
    }

    /// Nothing but the folder was made, which a failure takes away again, and nothing beside it
    /// changed.
    fn is_untouched(&self) {
        let names = std::fs::read_dir(self.path()).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name());
        let beside: Vec<_> = names.filter(|name| name != "into").collect();
        assert_eq!(beside, ["precious"]);
        let text = std::fs::read_to_string(self.path().join("precious")).unwrap();
        assert_eq!(text, "old");
    }
}

/// The package of these files, with a text of header and payload changed into another of its length.
fn package(files: Vec<crate::package::PlannedFile>, old: &str, new: &str) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let mut draft = fixture::draft();
    draft.files = files;
    let bytes = fixture::bytes(draft);
    let payload = changed(&raw(&bytes), old, new);
    let start = fixture::starts(&bytes).1;
    let front = changed(&bytes[..start], old, new);
    rewrapped(&[&front, &bytes[start..]].concat(), "gzip", &payload)
}

fn changed(bytes: &[u8], old: &str, new: &str) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    while let Some(at) = bytes.windows(old.len()).position(|w| w == old.as_bytes()) {
        if old == new {
            break;
        }
        bytes[at..at + old.len()].copy_from_slice(new.as_bytes());
    }
    bytes
}

#[test]
fn files_folders_and_links_are_unpacked_as_they_are() {
    let ground = Ground::new();
    let mut program = regular("/usr/bin/hello", "program", 0o4755);
    program.user = "hello".into();
    let mut ghost = regular("/var/log/hello.log", "", 0o644);
    ghost.flags.ghost = true;
    let files = vec![
        program,
        file("/usr/bin/hi", FileKind::Symlink("hello".into()), 0o777),
        file("/var/lib/hello", FileKind::Directory, 0o750),
        ghost,
    ];
    ground.unpack(&package(files, "x", "x")).unwrap();
    let into = ground.folder();
    assert_eq!(
        std::fs::read_to_string(into.join("usr/bin/hi")).unwrap(),
        "program"
    );
    let mode = std::fs::metadata(into.join("usr/bin/hello"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o7000, 0, "no file runs as somebody else");
    assert!(into.join("var/lib/hello").is_dir());
    assert!(!into.join("var/log/hello.log").exists());
    ground.is_untouched();
    let error = ground.unpack(&package(Vec::new(), "x", "x")).unwrap_err();
    assert!(matches!(error, Error::NotEmpty { .. }), "{error}");
}

#[test]
fn a_path_with_dots_is_refused() {
    let ground = Ground::new();
    let files = vec![regular("/opt/aa/bb/evil", "evil", 0o644)];
    let bytes = package(files, "/aa/bb/", "/../../");
    let error = ground.unpack(&bytes).unwrap_err();
    insta::assert_snapshot!(error, @"the package has a file `/opt/../../evil`, which leads out of the folder it is unpacked into");
    ground.is_untouched();
}

#[test]
fn a_link_of_the_package_is_never_followed() {
    let ground = Ground::new();
    let outside = ground.path().as_str().to_owned();
    let link = |path: &str| file(path, FileKind::Symlink(outside.clone()), 0o777);
    // A folder that is a link: the file would land outside.
    let files = vec![
        link("/opt/way"),
        regular("/opt/way/precious", "evil", 0o644),
    ];
    let error = ground.unpack(&package(files, "x", "x")).unwrap_err();
    assert!(matches!(error, Error::Extract { .. }), "{error}");
    ground.is_untouched();
    // A file that is a link by the same name.
    let ground = Ground::new();
    let target = ground.path().join("precious").into_string();
    let files = vec![
        file("/opt/aaaa", FileKind::Symlink(target), 0o777),
        regular("/opt/bbbb", "evil", 0o644),
    ];
    let _ = ground.unpack(&package(files, "bbbb", "aaaa"));
    ground.is_untouched();
}

#[test]
fn folders_have_the_permissions_of_the_package_and_are_never_more_open() {
    let ground = Ground::new();
    let folder = |path: &str, mode| file(path, FileKind::Directory, mode);
    let files = vec![
        // What lies in it comes first.
        regular("/opt/a/deep/er/secret", "secret", 0o644),
        folder("/opt/a", 0o700),
        folder("/opt/b", 0o2755),
        folder("/opt/c", 0o555),
        regular("/opt/c/file", "x", 0o444),
        regular("/usr/d/file", "x", 0o644),
    ];
    let mut draft = fixture::draft();
    draft.files = files;
    ground.unpack(&fixture::bytes(draft)).unwrap();
    let mode = |path: &str| {
        let facts = std::fs::metadata(ground.folder().join(path)).unwrap();
        facts.permissions().mode() & 0o7777
    };
    // The umask takes away more, where somebody has a strict one.
    let free = mode("usr/d");
    assert_eq!(mode("opt/a"), 0o700);
    assert_eq!(mode("opt/b"), 0o755 & free);
    assert_eq!(mode("opt/c"), 0o755 & free);
    assert_eq!(mode("opt/a/deep"), free);
}

#[test]
fn what_fails_or_is_interrupted_leaves_no_folder_behind() {
    let ground = Ground::new();
    let folder = ground.path().join("a/b/c");
    let files = vec![
        file("/opt/c", FileKind::Directory, 0o555),
        regular("/opt/c/file", "x", 0o444),
        regular("/opt/aa/bb/evil", "evil", 0o644),
    ];
    let sound = package(files.clone(), "x", "x");
    let evil = package(files, "/aa/bb/", "/../../");
    let unpack = |bytes: &[u8], interrupt: &Interrupt| {
        let rpm = ReadRpm::parse(bytes, "test.rpm").unwrap();
        extract(rpm, &folder, interrupt)
    };
    let interrupt = Interrupt::new();
    let error = unpack(&evil, &interrupt).unwrap_err();
    assert!(matches!(error, Error::Outside { .. }), "{error}");
    ground.is_untouched();
    interrupt.raise(15);
    let error = unpack(&sound, &interrupt).unwrap_err();
    let is_interrupted = matches!(
        error,
        Error::Rpm(crate::rpm::Error::Interrupted { signal: 15 })
    );
    assert!(is_interrupted, "{error}");
    ground.is_untouched();
    // A folder that was there stays.
    std::fs::create_dir_all(ground.path().join("a/b")).unwrap();
    unpack(&evil, &Interrupt::new()).unwrap_err();
    assert!(ground.path().join("a/b").is_dir() && !folder.exists());
    unpack(&sound, &Interrupt::new()).unwrap();
    assert!(folder.join("opt/c/file").is_file());
}

#[test]
fn cleaning_up_makes_nothing() {
    let ground = Ground::new();
    let files = vec![
        regular("/opt/a/b/c/one", "x", 0o644),
        regular("/opt/aa/bb/evil", "evil", 0o644),
    ];
    let bytes = package(files, "x", "x");
    let rpm = ReadRpm::parse(bytes.as_slice(), "test.rpm").unwrap();
    let interrupt = Interrupt::new();
    let list = rpm.metadata().files().unwrap();
    let mut extractor =
        crate::inspect::extract::Extractor::new(&ground.folder(), &list, &interrupt).unwrap();
    for (at, file) in list.iter().enumerate() {
        crate::rpm::read::Visit::begin(&mut extractor, at, file, 0);
    }
    // Somebody moves it away in the meantime.
    let moved = ground.path().join("moved");
    std::fs::rename(ground.folder().join("opt/a"), &moved).unwrap();
    drop(extractor);
    assert!(!ground.folder().exists(), "it was made again");
    assert!(moved.join("b/c/one").is_file());
}
