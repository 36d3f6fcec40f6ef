//! What the tests stand on.
//!
//! - [`gpg`]: OpenPGP keys that GnuPG makes for one run of the tests;
//! - [`project`]: a copy of the fixture service, and `cargo ambot` run in it;
//! - [`prebuilt`]: the fixture's binary, built once for all tests;
//! - [`ground`]: which rpm and which systemctl a test runs with;
//! - [`root`]: a folder that rpm takes for a machine, with a shell and a systemctl inside;
//! - [`provider`]: a package that provides what a package under test requires;
//! - [`server`]: a web server, and a proxy, on the loopback;
//! - [`spec`]: packages that rpmbuild makes of a few lines;
//! - [`not_run`]: the account of what could not be checked.

pub(crate) mod gpg;
pub(crate) mod ground;
pub(crate) mod not_run;
pub(crate) mod prebuilt;
pub(crate) mod project;
pub(crate) mod provider;
pub(crate) mod root;
pub(crate) mod server;
pub(crate) mod spec;

use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::OnceLock;
use std::{fs, io};

/// The folder of this test process for what its tests share.
///
/// It lies in cargo's build folder, because the roots are made of hard links into it. A static is
/// never dropped, so each process takes away what ended ones have left.
fn shared() -> &'static Path {
    static SHARED: OnceLock<PathBuf> = OnceLock::new();
    SHARED.get_or_init(|| {
        let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shared");
        fs::create_dir_all(&all).unwrap();
        for entry in fs::read_dir(&all).unwrap() {
            let entry = entry.unwrap();
            let owner = Path::new("/proc").join(entry.file_name());
            if !owner.exists() {
                // Another process may be at the same.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        let own = all.join(std::process::id().to_string());
        fs::create_dir_all(&own).unwrap();
        own
    })
}

/// Copies a folder with what is in it: files by `file`, symbolic links as they are.
fn copy_tree(
    from: &Path,
    to: &Path,
    file: &dyn Fn(&Path, &Path) -> io::Result<()>,
) -> io::Result<()> {
    fs::create_dir_all(to)?;
    fs::set_permissions(to, fs::metadata(from)?.permissions())?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, copy) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_tree(&source, &copy, file)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&source)?, copy)?;
        } else {
            file(&source, &copy)?;
        }
    }
    Ok(())
}

/// Where a program is, if the machine has it.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/bin", "/sbin", "/bin"].map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// What a program said, stdout first; the test fails where the program did.
#[track_caller]
pub(crate) fn succeed(what: &str, output: &Output) -> String {
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{what}: {}\n{said}", output.status);
    said
}
