//! Programs that come from PyPI, in an environment of the workspace's own.

use crate::machine;
use crate::step::Step;
use std::ffi::OsString;
use std::path::PathBuf;

/// The programs that tests look for in `PATH`, with the packages that have them, pinned.
const TO_TEST: [(&str, &str); 2] = [
    ("check-jsonschema", "check-jsonschema==0.39.0"),
    ("taplo", "taplo==0.9.3"),
];

/// `PATH` with the programs in it. What cannot be installed is missing, and the tests that look for it
/// say that they were not run.
pub(crate) fn path() -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folder = folder();
    let bin = folder.join("bin");
    for (program, package) in TO_TEST {
        if machine::find(program).is_some() || bin.join(program).is_file() {
            continue;
        }
        let made = Step::new("Making", "an environment for Python", "python3")
            .args(["-m", "venv"])
            .args([folder.as_os_str()])
            .run();
        let installed = made.and_then(|()| {
            Step::new("Installing", package, bin.join("pip"))
                .args(["install", "--quiet", package])
                .run()
        });
        if let Err(failure) = installed {
            crate::say::status("Without", &format!("{program}: {}", failure.what));
        }
    }
    let folders = std::env::split_paths(&path).chain([bin]);
    std::env::join_paths(folders).unwrap_or(path)
}

fn folder() -> PathBuf {
    crate::target_dir().join("ambot-python")
}
