//! Packages that rpmbuild makes of a few lines.

use super::{find_program, succeed};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds what a spec file says, in a folder of its own below `folder`; the RPMs, sorted.
pub(crate) fn build(folder: &Path, name: &str, spec: &str, more: &[&str]) -> Vec<PathBuf> {
    let top = folder.join(format!("rpmbuild-{name}"));
    fs::create_dir_all(&top).unwrap();
    let file = top.join(format!("{name}.spec"));
    fs::write(&file, spec).unwrap();
    let rpmbuild = find_program("rpmbuild").expect("rpmbuild; `cargo xtask test` installs it");
    let output = Command::new(rpmbuild)
        .args(more)
        .args(["--quiet", "--nodeps"])
        .args(["--define", &format!("_topdir {}", top.display())])
        .args([
            "--define",
            "_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm",
        ])
        .args(["--define", "_buildhost builder.example"])
        .args(["--define", "__os_install_post %{nil}"])
        .arg(&file)
        .env("HOME", &top)
        .output()
        .unwrap();
    succeed("rpmbuild", &output);
    let mut made = Vec::new();
    for folder in ["RPMS", "SRPMS"] {
        let entries = fs::read_dir(top.join(folder)).into_iter().flatten();
        made.extend(entries.map(|entry| entry.unwrap().path()));
    }
    made.retain(|path| path.extension().is_some_and(|extension| extension == "rpm"));
    made.sort();
    made
}

/// A package without an architecture, which ships these files; `head` stands before its description.
pub(crate) fn noarch(
    folder: &Path,
    name: &str,
    version: &str,
    head: &str,
    files: &[&str],
) -> PathBuf {
    let install = files.iter().map(|path| {
        format!("install -D /dev/null %{{buildroot}}{path}\necho {name}-{version} > %{{buildroot}}{path}\n")
    });
    let spec = format!(
        "Name: {name}\nVersion: {version}\nRelease: 1\nSummary: {name}\nLicense: MIT\n\
         BuildArch: noarch\n{head}%description\n{name}.\n%install\n{}%files\n{}\n",
        install.collect::<String>(),
        files.join("\n")
    );
    let more = ["-bb", "--define", "_binary_payload w9.gzdio"];
    let made = build(folder, &format!("{name}-{version}"), &spec, &more);
    made.into_iter().next().unwrap()
}
