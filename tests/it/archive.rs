//! Archives for hosts without rpm, installed by their own script.

use crate::source::{find, made, said};
use crate::support::ground::is_root;
use crate::support::project::Project;
use crate::support::{find_program, not_run, succeed};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The files below a folder with their modes and contents.
fn files(root: &Path) -> BTreeMap<String, (u32, String)> {
    use std::os::unix::fs::PermissionsExt;
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let metadata = fs::symlink_metadata(&path).unwrap();
            let name = path.strip_prefix(root).unwrap().display().to_string();
            if metadata.is_dir() {
                folders.push(path);
                continue;
            }
            let content = fs::read(&path).unwrap_or_default();
            let content = String::from_utf8_lossy(&content[..content.len().min(40)]).into_owned();
            found.insert(name, (metadata.permissions().mode() & 0o7777, content));
        }
    }
    found
}

#[test]
fn an_archive_is_installed_over_an_older_one_and_taken_away() {
    if !is_root() {
        return not_run::note("not root, so nothing can be installed: not run");
    }
    let project = Project::hello();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let declared = "[package.metadata.ambot]\nfiles = [{ source = \"hello.toml\", dest = \"/etc/hello.toml\", mode = \"0600\" }, { source = \"other.toml\", dest = \"/etc/other.toml\" }]\n";
    let manifest = manifest.replace("[package.metadata.ambot]\n", declared);
    project.write("Cargo.toml", &manifest);
    project.write("hello.toml", "level = 1\n");
    project.write("other.toml", "level = 1\n");
    project.place_binary();
    let package = || made(&project, &["--no-build", "--format", "tar.gz", "-t", "el8"]).remove(0);
    let unpack = |archive: &Path| {
        let name = archive.file_name().unwrap().to_str().unwrap();
        let top = name.strip_suffix(".tar.gz").unwrap().to_owned();
        assert_eq!(top, format!("hello-1.0.0-el8-{}", std::env::consts::ARCH));
        let mut tar = Command::new("tar");
        said(tar.arg("-xzf").arg(archive).arg("-C").arg(project.path()));
        project.path().join(top)
    };
    let root = tempfile::tempdir().unwrap();
    let run = |script: PathBuf| said(Command::new(script).arg("--root").arg(root.path()));

    let first = package();
    let bytes = fs::read(&first).unwrap();
    assert!(bytes == fs::read(package()).unwrap(), "two runs differ");
    run(unpack(&first).join("install.sh"));
    let installed = files(root.path());
    assert_eq!(installed["etc/hello.toml"], (0o600, "level = 1\n".into()));
    assert_eq!(installed["usr/bin/hello"].0, 0o755);
    assert!(installed.contains_key("usr/lib/systemd/system/hello.service"));
    assert!(installed.contains_key("usr/lib/systemd/system-preset/98-ambot-hello.preset"));

    // One file was changed by an administrator, the other was not.
    fs::write(root.path().join("etc/hello.toml"), "level = 9\n").unwrap();
    project.write("hello.toml", "level = 2\n");
    project.write("other.toml", "level = 2\n");
    let said = run(unpack(&package()).join("install.sh"));
    assert!(
        said.contains("/etc/hello.toml was changed and is kept"),
        "{said}"
    );
    let upgraded = files(root.path());
    assert_eq!(upgraded["etc/hello.toml"].1, "level = 9\n");
    assert_eq!(upgraded["etc/hello.toml.new"].1, "level = 2\n");
    assert_eq!(upgraded["etc/other.toml"].1, "level = 2\n");

    run(root.path().join("var/lib/ambot/hello/uninstall.sh"));
    let left: Vec<String> = files(root.path()).into_keys().collect();
    let left: Vec<&str> = left
        .iter()
        .map(String::as_str)
        .filter(|path| !path.starts_with("etc/systemd/"))
        .collect();
    assert_eq!(left, ["etc/hello.toml.new", "etc/hello.toml.save"]);
}

/// An archive of the service with a configuration file, unpacked, with the folder to install it into.
fn unpacked(config: &str) -> (Project, PathBuf, tempfile::TempDir) {
    let project = Project::hello();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let declared = format!(
        "[package.metadata.ambot]\nfiles = [{{ source = \"a.toml\", dest = \"/etc/a.toml\", config = {config} }}]\n"
    );
    let manifest = manifest.replace("[package.metadata.ambot]\n", &declared);
    project.write("Cargo.toml", &manifest);
    project.write("a.toml", "level = 1\n");
    project.place_binary();
    let archive = made(&project, &["--no-build", "--format", "tar.gz", "-t", "el8"]).remove(0);
    let mut tar = Command::new("tar");
    said(tar.arg("-xzf").arg(&archive).arg("-C").arg(project.path()));
    let name = archive.file_name().unwrap().to_str().unwrap();
    let top = project.path().join(name.strip_suffix(".tar.gz").unwrap());
    (project, top, tempfile::tempdir().unwrap())
}

fn script(path: &Path, root: &Path) -> Output {
    let mut command = Command::new(path);
    command.arg("--root").arg(root).output().unwrap()
}

#[test]
fn a_changed_configuration_is_left_alone_while_its_default_stays() {
    if !is_root() {
        return not_run::note("not root, so nothing can be installed: not run");
    }
    for (config, changed) in [("true", "save"), ("\"noreplace\"", "new")] {
        let (_project, top, root) = unpacked(config);
        let install = || succeed("install.sh", &script(&top.join("install.sh"), root.path()));
        install();
        fs::write(root.path().join("etc/a.toml"), "level = 9\n").unwrap();
        install();
        let all = files(root.path());
        assert_eq!(all["etc/a.toml"].1, "level = 9\n");
        let beside = format!("etc/a.toml.{changed}");
        assert!(!all.contains_key(&beside), "{all:?}");
        fs::write(top.join("files/etc/a.toml"), "level = 2\n").unwrap();
        install();
        assert!(files(root.path()).contains_key(&beside), "{config}");
    }
}

#[test]
fn nothing_is_installed_where_a_folder_stands_in_the_way_and_the_rest_is_taken_away() {
    if !is_root() {
        return not_run::note("not root, so nothing can be installed: not run");
    }
    let (_project, top, root) = unpacked("true");
    fs::create_dir_all(root.path().join("usr/bin/hello")).unwrap();
    fs::write(root.path().join("etc"), "").unwrap();
    let output = script(&top.join("install.sh"), root.path());
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    for part in [
        "hello: /usr/bin/hello is to be a file, and a folder is there\n",
        "hello: /etc/a.toml is to lie in /etc, which is no folder\n",
        "hello: nothing was installed\n",
    ] {
        assert!(said.contains(part), "{said}");
    }
    assert_eq!(files(root.path()).len(), 1, "{said}");

    fs::remove_dir(root.path().join("usr/bin/hello")).unwrap();
    fs::remove_file(root.path().join("etc")).unwrap();
    succeed("install.sh", &script(&top.join("install.sh"), root.path()));
    let in_the_way = root.path().join("usr/lib/systemd/system/hello.service");
    fs::remove_file(&in_the_way).unwrap();
    fs::create_dir(&in_the_way).unwrap();
    let uninstall = root.path().join("var/lib/ambot/hello/uninstall.sh");
    let output = script(&uninstall, root.path());
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("not all of it is taken away"), "{said}");
    assert!(!root.path().join("usr/bin/hello").exists());
    fs::remove_dir(&in_the_way).unwrap();
    succeed("uninstall.sh", &script(&uninstall, root.path()));
}

#[test]
fn an_installation_that_fails_in_the_middle_says_so_with_the_reason() {
    if !is_root() {
        return not_run::note("not root, so nothing can be installed: not run");
    }
    let (_project, top, root) = unpacked("true");
    // A chown that fails as on a file system that is read-only.
    let bin = root.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let chown = bin.join("chown");
    fs::write(&chown, "#!/bin/sh\necho 'chown: no way' >&2\nexit 1\n").unwrap();
    said(Command::new("chmod").arg("+x").arg(&chown));
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let target = root.path().join("root");
    fs::create_dir(&target).unwrap();
    let mut command = Command::new(top.join("install.sh"));
    let output = command
        .arg("--root")
        .arg(&target)
        .env("PATH", path)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.starts_with("chown: no way\nhello: not finished; run it again"),
        "{said}"
    );
    assert!(!said.contains("does not exist"), "{said}");
}

#[test]
fn an_installation_names_what_takes_it_out_of_its_root() {
    if !is_root() {
        return not_run::note("not root, so nothing can be installed: not run");
    }
    let (_project, top, folder) = unpacked("\"noreplace\"");
    let list = fs::read_to_string(top.join("list")).unwrap();
    let (of_root, others) = ("\troot\troot\tnoreplace\t", "\thello\tworld\tnoreplace\t");
    assert!(list.contains(of_root), "{list}");
    fs::write(top.join("list"), list.replace(of_root, others)).unwrap();
    let root = folder.path().join("it's $HOME");
    fs::create_dir(&root).unwrap();
    let output = script(&top.join("install.sh"), &root);
    succeed("install.sh", &output);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    for line in [
        "hello: user hello does not exist: /etc/a.toml belongs to root\n",
        "hello: group world does not exist: /etc/a.toml belongs to group root\n",
    ] {
        assert!(said.contains(line), "{said}");
    }
    let (_, removal) = said.split_once("to take it away: ").unwrap();
    assert!(root.join("usr/bin/hello").exists());
    succeed(
        removal,
        &Command::new("sh").args(["-c", removal]).output().unwrap(),
    );
    assert!(!root.join("usr/bin/hello").exists(), "{said}");
}

#[test]
fn the_scripts_of_an_archive_are_plain_posix() {
    let project = Project::hello();
    project.place_binary();
    let archive = made(&project, &["--no-build", "--format", "tar.gz", "-t", "el8"]).remove(0);
    if find_program("shellcheck").is_none() {
        return not_run::note("shellcheck: not run");
    }
    said(
        Command::new("tar")
            .arg("-xzf")
            .arg(&archive)
            .arg("-C")
            .arg(project.path()),
    );
    for script in ["install.sh", "uninstall.sh"] {
        let path = find(project.path(), &format!("/{script}"));
        said(Command::new("shellcheck").arg(path));
    }
}

#[test]
fn an_archive_gives_capabilities_and_runs_the_users_scripts_around_the_units() {
    if !is_root() || find_program("setcap").is_none() {
        return not_run::note("not root, or no setcap: not run");
    }
    let project = Project::hello();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let keys = "[package.metadata.ambot]\nbin-caps = { hello = \"cap_net_bind_service=ep\" }\n";
    let manifest = manifest.replace("[package.metadata.ambot]\n", keys)
        + "\n[package.metadata.ambot.scriptlets]\npre = \"exit 9\"\n";
    project.write("Cargo.toml", &manifest);
    project.place_binary();
    let package = || made(&project, &["--no-build", "--format", "tar.gz", "-t", "el8"]).remove(0);
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("bin")).unwrap();
    let Some(shell) = find_program("busybox") else {
        return not_run::note("busybox: not run");
    };
    fs::copy(shell, root.path().join("bin/sh")).unwrap();
    let install = |archive: &Path| {
        let mut tar = Command::new("tar");
        said(tar.arg("-xzf").arg(archive).arg("-C").arg(project.path()));
        let top = archive.file_name().unwrap().to_str().unwrap();
        let top = project.path().join(top.strip_suffix(".tar.gz").unwrap());
        let mut script = Command::new(top.join("install.sh"));
        script.arg("--root").arg(root.path()).output().unwrap()
    };
    let refused = install(&package());
    assert!(!refused.status.success());
    assert!(!root.path().join("usr").exists(), "{refused:?}");
    project.write("Cargo.toml", &manifest.replace("exit 9", "exit 0"));
    let output = install(&package());
    succeed("install.sh", &output);
    let caps = Command::new("getcap")
        .arg(root.path().join("usr/bin/hello"))
        .output()
        .unwrap();
    let caps = String::from_utf8(caps.stdout).unwrap();
    assert!(caps.contains("cap_net_bind_service=ep"), "{caps}");
}
