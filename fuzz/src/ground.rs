//! A small project for what reads one from the disk.

use camino::{Utf8Path, Utf8PathBuf};
use cargo_ambot::pipeline::{NamesRequest, Request};
use cargo_ambot::project::{self, CargoOptions, Override, Selection, Workspace};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// The head of its manifest; what is tried comes after it.
pub(crate) const MANIFEST: &str = "[package]\nname = \"hello\"\nversion = \"1.2.0\"\nedition = \"2021\"\n\
                            description = \"Says hello\"\nlicense = \"MIT\"\n\n";

/// The project, taken away when it is dropped.
pub(crate) struct Ground {
    folder: TempDir,
    /// What cargo said of it, once.
    pub(crate) workspace: Workspace,
}

thread_local! {
    /// One for each thread.
    static OWN: Ground = Ground::new();
}

/// Calls `with` in the project of this thread.
pub(crate) fn with<T>(with: impl FnOnce(&Ground) -> T) -> T {
    OWN.with(with)
}

impl Ground {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = Utf8Path::from_path(folder.path()).expect("a path in UTF-8");
        for below in ["src", ".ambot/services", "etc", "tree/deep"] {
            fs::create_dir_all(root.join(below)).expect("a folder");
        }
        for (file, text) in [
            ("Cargo.toml", MANIFEST),
            ("src/main.rs", "fn main() {}\n"),
            ("README.md", "# hello\n"),
            ("LICENSE", "MIT\n"),
            ("etc/hello.toml", "port = 1\n"),
            ("tree/a.txt", "a\n"),
            ("tree/deep/b.txt", "b\n"),
            ("post.sh", "echo post\n"),
        ] {
            fs::write(root.join(file), text).expect("a file");
        }
        let workspace = project::workspace(&cargo(root)).expect("a workspace");
        Ground { folder, workspace }
    }

    /// Its folder.
    pub(crate) fn path(&self) -> &Utf8Path {
        Utf8Path::from_path(self.folder.path()).expect("a path in UTF-8")
    }

    /// Writes a file of it.
    pub(crate) fn write(&self, file: &str, bytes: &[u8]) -> Utf8PathBuf {
        let path = self.path().join(file);
        fs::write(&path, bytes).expect("a file that can be written");
        path
    }

    /// A request for these targets with these settings.
    pub(crate) fn request(&self, overrides: Vec<Override>, targets: &[&str]) -> Request {
        Request {
            cargo: cargo(self.path()),
            selection: Selection::default(),
            overrides,
            targets: targets.iter().map(|name| (*name).to_owned()).collect(),
            bins: Vec::new(),
            names: NamesRequest::default(),
        }
    }
}

fn cargo(root: &Utf8Path) -> CargoOptions {
    CargoOptions {
        cargo: std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from),
        current_dir: root.to_owned(),
        manifest_path: None,
        target_dir: None,
        flags: vec!["--offline".to_owned()],
    }
}
