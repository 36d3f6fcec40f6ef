//! `cargo ambot inspect` on packages of other builders: the rpmbuild of this system and of the
//! targets, rpm 6, and files that mean harm.

use crate::support::ground::rpms;
use crate::support::not_run;
use crate::support::project::{Run, Target, ambot};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const SPEC: &str = r#"
Name: odd
Version: 1.2
Release: 3
Summary: One file of every kind
License: MIT
Requires: curl >= 7.29
Provides: user(oddly)
%description
Odd.
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/etc/odd %{buildroot}/usr/lib/systemd/system %{buildroot}/var/log
mkdir -p %{buildroot}/opt/odd/empty
printf '#!/bin/sh\necho odd\n' > %{buildroot}/usr/bin/odd
chmod 755 %{buildroot}/usr/bin/odd
ln -s odd %{buildroot}/usr/bin/even
printf 'port = 1\n' > %{buildroot}/etc/odd/odd.toml
printf 'linked content' > %{buildroot}/opt/odd/one
ln %{buildroot}/opt/odd/one %{buildroot}/opt/odd/two
ln %{buildroot}/opt/odd/one %{buildroot}/opt/odd/zwei
: > %{buildroot}/opt/odd/nothing
head -c 300000 /dev/zero > %{buildroot}/opt/odd/zeroes
touch %{buildroot}/var/log/odd.log
printf '[Unit]\nDescription=Odd\n[Service]\nExecStart=/usr/bin/odd --fast\nUser=oddly\n[Install]\nWantedBy=multi-user.target\n' > %{buildroot}/usr/lib/systemd/system/odd.service
%files
%attr(0755,root,root) /usr/bin/odd
/usr/bin/even
%config(noreplace) %attr(0640,root,oddly) /etc/odd/odd.toml
/opt/odd
/usr/lib/systemd/system/odd.service
%ghost /var/log/odd.log
%post
echo post $1
%posttrans -p /bin/sh
echo posttrans
%triggerin -- nginx >= 1.2
echo trigger
%changelog
* Sat Jan 31 2026 A Packager <a@example.org> - 1.2-3
- Odder than before
"#;

fn json(package: &Path, more: &[&str]) -> Value {
    let mut arguments = vec!["inspect", "--message-format", "json"];
    arguments.extend(more);
    arguments.push(package.to_str().unwrap());
    let run = ambot(&arguments);
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.snapshot()))
}

/// Builds the spec, with lines before it, by the rpmbuild beside an rpm; the package, and the source
/// package.
fn build(rpm: &Path, folder: &Path, head: &str, payload: &str) -> [PathBuf; 2] {
    let top = folder.join(format!("top-{}", payload.replace('.', "-")));
    fs::create_dir_all(&top).unwrap();
    let spec = top.join("odd.spec");
    fs::write(&spec, format!("{head}{SPEC}")).unwrap();
    let output = Command::new(rpm.with_file_name("rpmbuild"))
        .args(["-ba", "--target", "noarch-linux"])
        .args(["--define", &format!("_topdir {}", top.display())])
        .args(["--define", &format!("_binary_payload {payload}")])
        .args(["--define", &format!("_source_payload {payload}")])
        .args(["--define", "__os_install_post %{nil}"])
        .arg("--nodeps")
        .arg(&spec)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    [
        top.join("RPMS/noarch/odd-1.2-3.noarch.rpm"),
        top.join("SRPMS/odd-1.2-3.src.rpm"),
    ]
}

/// What rpm says of the files: path, mode, owner, size, digest, flags.
fn listed(rpm: &Path, package: &Path) -> Vec<String> {
    let format = "[%{FILENAMES} %{FILEMODES:octal} %{FILEUSERNAME}:%{FILEGROUPNAME} %{FILESIZES} %{FILEDIGESTS}\n]";
    let output = Command::new(rpm)
        .args(["-qp", "--nosignature", "--qf", format])
        .arg(package)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    // Old versions write a zero before octal numbers.
    text.lines()
        .map(|line| {
            line.replacen(" 01", " 1", 1)
                .replacen(" 04", " 4", 1)
                .trim_end()
                .to_owned()
        })
        .collect()
}

fn ours(inspection: &Value) -> Vec<String> {
    let files = inspection["files"].as_array().unwrap();
    let line = |file: &Value| {
        let text = |key: &str| file[key].as_str().unwrap().to_owned();
        let kind = match text("kind").as_str() {
            "directory" => "4",
            "symlink" => "12",
            _ => "10",
        };
        let mode = format!("{kind}{}", text("mode"));
        let owner = format!("{}:{}", text("user"), text("group"));
        let line = format!(
            "{} {mode} {owner} {} {}",
            text("path"),
            file["size"],
            text("digest")
        );
        line.trim_end().to_owned()
    };
    files.iter().map(line).collect()
}

#[test]
fn packages_of_every_rpmbuild_and_compressor_are_read_as_rpm_reads_them() {
    let folder = tempfile::tempdir().unwrap();
    for (index, rpm) in rpms(Target::CentOs7).into_iter().enumerate() {
        if !rpm.path.with_file_name("rpmbuild").exists() {
            not_run::note(&format!("rpmbuild {}: not run", rpm.version));
            continue;
        }
        let folder = folder.path().join(index.to_string());
        let mut payloads = vec!["w9.gzdio", "w6.xzdio", "w9.bzdio", "w6.lzdio", "w.ufdio"];
        if !rpm.version.starts_with("4.11") {
            payloads.push("w3.zstdio");
        }
        for payload in payloads {
            println!("--- rpmbuild {} with {payload}", rpm.version);
            let [package, source] = build(&rpm.path, &folder, "", payload);
            let inspection = json(&package, &["-t", "centos7,el9"]);
            assert_eq!(ours(&inspection), listed(&rpm.path, &package));
            assert_eq!(inspection["damage"], Value::Array(Vec::new()));
            for digest in inspection["digests"].as_array().unwrap() {
                assert_eq!(digest["right"], true, "{digest}");
            }
            let refused = |at: usize| inspection["verdicts"][at]["refused"].clone();
            assert_eq!(refused(0), payload == "w3.zstdio", "{inspection:#}");
            assert_eq!(refused(1), false, "{inspection:#}");
            assert_eq!(inspection["triggers"][0]["conditions"][0], "nginx >= 1.2");
            assert_eq!(inspection["units"][0]["name"], "odd.service");
            assert_eq!(inspection["accounts"][0]["name"], "oddly");
            let source = json(&source, &[]);
            assert_eq!(source["arch"], "src");
            assert_eq!(source["files"][0]["path"], "odd.spec");
            assert_eq!(source["damage"], Value::Array(Vec::new()), "{source:#}");
        }
    }
}

#[test]
fn what_rpm_4_18_writes_and_4_11_passes_over_is_noted() {
    let Some(rpm) = rpms(Target::CentOs7).pop() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let head = "Recommends: nice\nRequires: (curl or wget)\n";
    let [package, _] = build(&rpm.path, folder.path(), head, "w9.gzdio");
    let run = ambot(&["inspect", "-t", "centos7", package.to_str().unwrap()]);
    assert_eq!(run.code, Some(1), "{}", run.snapshot());
    let text = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains("it needs rpmlib(RichDependencies) 4.12.0-1"),
        "{text}"
    );
    assert!(
        text.contains("Recommends (nice) counts for nothing"),
        "{text}"
    );
    assert!(
        run.stdout.lines().all(|line| line.chars().count() <= 80),
        "{}",
        run.stdout
    );
}

#[test]
fn an_operator_sees_what_it_is_and_whether_it_works() {
    let Some(rpm) = rpms(Target::CentOs7).pop() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let [package, _] = build(&rpm.path, folder.path(), "", "w9.gzdio");
    let run = ambot(&["inspect", "-t", "centos7", package.to_str().unwrap()]);
    let today = run
        .stdout
        .lines()
        .find(|line| line.contains("installed, gzip"));
    let text = run.stdout.replace(
        today.unwrap(),
        "  MIT, built DAY, SIZE installed, gzip payload",
    );
    insta::assert_snapshot!(text);
    let coloured = ambot(&["--color", "always", "inspect", package.to_str().unwrap()]);
    assert!(
        coloured.stdout.contains("\u{1b}[1mservices"),
        "{}",
        coloured.stdout
    );
    let verbose = ambot(&["-v", "inspect", package.to_str().unwrap()]);
    assert!(
        verbose
            .stdout
            .contains("    | ExecStart=/usr/bin/odd --fast"),
        "{}",
        verbose.stdout
    );
    // Two files, of which one is none: the other is shown, and the exit code says it.
    let none = folder.path().join("none.rpm");
    fs::write(&none, "no package").unwrap();
    let run = ambot(&["inspect", none.to_str().unwrap(), package.to_str().unwrap()]);
    assert_eq!(run.code, Some(3), "{}", run.snapshot());
    assert!(
        run.stdout.starts_with("odd-1.2-3.noarch\n"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_package_is_unpacked_as_cpio_would() {
    let Some(rpm) = rpms(Target::CentOs7).pop() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let [package, _] = build(&rpm.path, folder.path(), "", "w6.xzdio");
    let into = folder.path().join("into");
    let run = ambot(&[
        "inspect",
        "--extract",
        into.to_str().unwrap(),
        package.to_str().unwrap(),
    ]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    for name in ["one", "two", "zwei"] {
        let text = fs::read_to_string(into.join("opt/odd").join(name)).unwrap();
        assert_eq!(text, "linked content", "{name}");
    }
    assert_eq!(
        fs::read_link(into.join("usr/bin/even")).unwrap(),
        Path::new("odd")
    );
    assert_eq!(
        fs::read(into.join("opt/odd/zeroes")).unwrap().len(),
        300_000
    );
    assert!(into.join("opt/odd/empty").is_dir() || !into.join("opt/odd/empty").exists());
    assert!(!into.join("var/log/odd.log").exists());
}

/// The packages among the tests of the `rpm` crate, which rpm 6 made; none where its sources are not
/// on this machine.
fn of_rpm_6() -> Vec<PathBuf> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline"])
        // Sources for other systems need not be there.
        .args([
            "--filter-platform",
            &format!("{}-unknown-linux-gnu", std::env::consts::ARCH),
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let packages = metadata["packages"].as_array().cloned().unwrap_or_default();
    let of_rpm = packages.iter().find(|package| package["name"] == "rpm");
    let Some(manifest) = of_rpm.and_then(|package| package["manifest_path"].as_str()) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut folders = vec![Path::new(manifest).with_file_name("tests/assets")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rpm") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn packages_of_rpm_6_are_read_and_their_digests_are_right() {
    let packages = of_rpm_6();
    if packages.is_empty() {
        return not_run::note("packages of rpm 6: not run");
    }
    for package in packages {
        let inspection = json(&package, &["-t", "centos7"]);
        assert_eq!(
            inspection["damage"],
            Value::Array(Vec::new()),
            "{}",
            package.display()
        );
        for digest in inspection["digests"].as_array().unwrap() {
            assert_eq!(digest["right"], true, "{}: {digest}", package.display());
        }
        let name = package.to_str().unwrap();
        let signatures = inspection["signatures"].as_array().unwrap();
        for (part, algorithm) in [("-ed25519", "Ed"), ("rsa4", "RSA"), ("-ecdsa", "ECDSA")] {
            if name.contains(part) && !name.contains("mldsa") {
                let known = signatures[0]["algorithm"].as_str().unwrap();
                assert!(known.starts_with(algorithm), "{name}: {known}");
            }
        }
        if name.contains("/v6/") {
            assert_eq!(inspection["verdicts"][0]["refused"], true, "{name}");
        }
    }
}

#[test]
fn signatures_are_held_against_the_keys_that_are_named() {
    let packages = of_rpm_6();
    let find = |name: &str| packages.iter().find(|path| path.ends_with(name));
    let signed = find("v4/signed/rpm-basic-with-rsa4096-2.3.4-5.el9.noarch.rpm");
    let Some(signed) = signed else {
        return not_run::note("signed packages of the rpm crate: not run");
    };
    let assets = signed.ancestors().nth(4).unwrap();
    let key = |name: &str| assets.join("signing_keys/v4").join(name);
    let verified = |name: &str| {
        let key = key(name);
        let run = ambot(&[
            "inspect",
            "--key",
            key.to_str().unwrap(),
            signed.to_str().unwrap(),
        ]);
        (run.code, run.stdout)
    };
    let (code, text) = verified("rpm-testkey-v4-rsa4096.asc");
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("  verified     good: "), "{text}");
    let (code, text) = verified("rpm-testkey-v4-ed25519.asc");
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("the key is not in the file"), "{text}");
}

/// Runs `inspect` on files with no more memory than the limit allows, and within a minute.
fn within_limits(files: &[PathBuf]) -> Run {
    let output = Command::new("timeout")
        .args(["60", "sh", "-c", "ulimit -v 262144 && exec \"$0\" \"$@\""])
        .args([
            env!("CARGO_BIN_EXE_cargo-ambot"),
            "ambot",
            "inspect",
            "-t",
            "centos7,el9",
        ])
        .args(files)
        .output()
        .unwrap();
    Run::of(&output)
}

/// A generator that needs no crate: every run damages the same bytes.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most.max(1)
    }
}

#[test]
fn thousands_of_damaged_packages_neither_crash_nor_take_more_memory_than_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let mut originals = of_rpm_6();
    originals.retain(|path| fs::metadata(path).unwrap().len() < 40_000);
    if let Some(rpm) = rpms(Target::CentOs7).pop() {
        for payload in ["w9.gzdio", "w6.xzdio", "w3.zstdio", "w9.bzdio"] {
            originals.push(build(&rpm.path, folder.path(), "", payload)[0].clone());
        }
    }
    if originals.is_empty() {
        return not_run::note("damaged packages: not run");
    }
    let originals: Vec<Vec<u8>> = originals
        .iter()
        .map(|path| fs::read(path).unwrap())
        .collect();
    let mut dice = Dice(4);
    for batch in 0..20 {
        let files: Vec<PathBuf> = (0..125)
            .map(|number| {
                let mut bytes = originals[dice.below(originals.len())].clone();
                // Numbers in headers are where the harm lies.
                let until = [bytes.len(), 2000.min(bytes.len())][dice.below(2)];
                for _ in 0..=dice.below(6) {
                    let at = 96 + dice.below(until - 96);
                    bytes[at] = [0, 1, 0x7f, 0x80, 0xff, dice.below(256) as u8][dice.below(6)];
                }
                let path = folder.path().join(format!("{batch}-{number}.rpm"));
                fs::write(&path, bytes).unwrap();
                path
            })
            .collect();
        let run = within_limits(&files);
        assert!(
            matches!(run.code, Some(0 | 1 | 3)) && !run.stderr.contains("panicked"),
            "{:?} {}",
            run.code,
            run.stderr
        );
    }
}
