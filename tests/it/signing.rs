//! Signatures: what real rpms say of them, and which keys are refused because of that.

use crate::support::gpg::{self, Gpg, Key, PASSPHRASE};
use crate::support::ground::{self, Program, for_each_rpm};
use crate::support::project::{Project, Run, Target};
use insta::assert_snapshot;
use md5::{Digest, Md5};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

const TIME: &str = "1700000000";

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// What an rpm with a database of its own, in which this key alone is, says of a package.
pub(crate) fn checked(rpm: &Program, key: &Key, package: &Path) -> String {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = Command::new(&rpm.path)
            .args(["--dbpath", text(folder.path())])
            .args(arguments)
            .env("LC_ALL", "C")
            .env("HOME", folder.path())
            .output()
            .unwrap();
        format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    };
    run(&["--initdb"]);
    run(&["--import", text(&key.public)])
        + &run(&["-Kv", text(package)])
        + &run(&["-K", text(package)])
}

/// The same with the ids and digests of this run taken out.
fn redacted(said: &str, package: &Path, keys: &[&Key]) -> String {
    let mut said = said.replace(text(package), "[RPM]");
    for key in keys {
        said = said
            .replace(text(&key.public), "[KEY FILE]")
            .replace(&key.id, "[KEY ID]");
    }
    said
}

/// A run's snapshot with the ids and files of keys taken out.
fn snapshot(run: &Run, key: &Key) -> String {
    let text = run.snapshot();
    let is_id = |word: &str| word.len() == 16 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let words = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric());
    let words = words.map(|word| {
        let bare = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        if is_id(bare) {
            word.replace(bare, "[KEY ID]")
        } else {
            word.to_owned()
        }
    });
    words
        .collect::<String>()
        .replace(self::text(&key.secret), "[KEY FILE]")
}

/// Signs a copy of a package for a target.
fn sign(project: &Project, package: &Path, arguments: &[&str]) -> (std::path::PathBuf, Run) {
    let copy = project.path().join("copy.rpm");
    fs::copy(package, &copy).unwrap();
    let run = project.ambot(&[&["sign", "copy.rpm", "-q"], arguments].concat());
    (copy, run)
}

#[test]
fn every_rpm_verifies_what_is_signed_for_its_target() {
    let key = gpg::key("plain");
    for target in Target::ALL {
        let project = Project::hello();
        let package = project.package(target, &["--sign-key", text(&key.secret)]);
        for rpm in ground::rpms(target) {
            let said = checked(rpm, &key, &package);
            let line = format!("Header V4 RSA/SHA256 Signature, key ID {}: OK", key.id);
            assert!(said.contains(&line), "rpm {}\n{said}", rpm.version);
            let last = said.lines().last().unwrap();
            assert!(
                last.ends_with(" OK") && !last.contains("NOT OK"),
                "rpm {}\n{said}",
                rpm.version
            );
            assert!(said.contains("MD5 digest: OK"), "{said}");
        }
    }
}

#[test]
fn a_signed_package_installs_without_a_word_where_its_key_is_known() {
    let key = gpg::key("both");
    for target in Target::ALL {
        let project = Project::hello();
        let package = project.package(target, &["--sign-key", text(&key.secret)]);
        for_each_rpm(target, |root| {
            fs::copy(&key.public, root.path("/tmp/key")).unwrap();
            let import = root.rpm(&["--import".as_ref(), root.path("/tmp/key").as_ref()]);
            assert!(import.status.success(), "{import:?}");
            // A warning fails it, such as the one of a key that is not known.
            root.install(&package);
            assert_eq!(root.verify("hello"), "");
            let format = "%|RSAHEADER?{%{RSAHEADER:pgpsig}}:{none}|";
            let query = root.rpm(&[
                "-q".as_ref(),
                "--qf".as_ref(),
                format.as_ref(),
                "hello".as_ref(),
            ]);
            let said = String::from_utf8_lossy(&query.stdout).into_owned();
            assert!(
                said.starts_with("RSA/SHA256, ") && said.ends_with(&key.id),
                "{said}"
            );
        });
    }
}

#[test]
fn signing_gives_the_same_bytes_whenever_and_however_it_is_done() {
    let key = gpg::key("plain");
    for target in Target::ALL {
        let make = |more: &[&str]| {
            let project = Project::hello();
            project.place_binary();
            let arguments = [&["package", "--no-build", "-q", "-t", target.name()], more].concat();
            let run = project.run(
                project
                    .ambot_command(&arguments)
                    .env("SOURCE_DATE_EPOCH", TIME),
            );
            assert_eq!(run.code, Some(0), "{}", run.snapshot());
            let package = project.path().join(run.stdout.trim());
            (project, package)
        };
        let flags = ["--sign-key", text(&key.secret)];
        let [(_first, one), (_second, two)] = [make(&flags), make(&flags)];
        let one = fs::read(one).unwrap();
        assert!(one == fs::read(two).unwrap(), "two signed builds");
        let (project, unsigned) = make(&[]);
        let before = fs::read(&unsigned).unwrap();
        assert_eq!(one.len(), before.len(), "nothing moves");
        let file = text(&unsigned);
        // Signed after, and signed again over a signature of another key.
        for name in ["plain", "both", "plain"] {
            let key = gpg::key(name);
            let run = project.ambot(&["sign", file, "--sign-key", text(&key.secret)]);
            assert_eq!(run.code, Some(0), "{}", run.snapshot());
            assert_eq!(fs::read(&unsigned).unwrap() == one, name == "plain");
        }
    }
}

#[test]
fn a_file_is_signed_in_place_and_stays_what_it_was() {
    let key = gpg::key("plain");
    let project = Project::hello();
    let package = project.package(Target::CentOs8, &[]);
    fs::set_permissions(&package, fs::Permissions::from_mode(0o640)).unwrap();
    let link = project.path().join("link.rpm");
    std::os::unix::fs::symlink(&package, &link).unwrap();
    let mut command = project.ambot_command(&["sign", "link.rpm"]);
    let armoured = fs::read_to_string(&key.secret).unwrap();
    let run = project.run(command.env("CARGO_AMBOT_SIGN_KEY", armoured));
    assert!(
        run.stderr
            .contains("Signed link.rpm for centos8 (RSA/SHA256, key "),
        "{}",
        run.stderr
    );
    assert_eq!(run.stdout, "link.rpm\n");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(
        fs::metadata(&package).unwrap().permissions().mode() & 0o7777,
        0o640
    );
    let folder = fs::read_dir(package.parent().unwrap()).unwrap();
    assert_eq!(folder.count(), 1, "nothing is left beside it");

    let mut damaged = fs::read(&package).unwrap();
    *damaged.last_mut().unwrap() ^= 1;
    fs::write(&package, &damaged).unwrap();
    let run = project.ambot(&["sign", "link.rpm", "--sign-key", text(&key.secret)]);
    assert_eq!(run.code, Some(3));
    assert!(
        run.stderr.contains("is damaged and was not signed"),
        "{}",
        run.stderr
    );
    assert_eq!(fs::read(&package).unwrap(), damaged);
}

#[test]
fn a_key_that_the_target_does_not_verify_is_refused_before_the_build() {
    for (name, target) in [
        ("ed25519", "centos7"),
        ("ed25519", "centos8"),
        ("certifies", "centos7"),
        ("short", "el9"),
        ("sha1", "el9"),
        ("expired", "centos8"),
        ("revoked", "centos8"),
        ("locked", "centos8"),
    ] {
        let key = gpg::key(name);
        // No binary is there: whoever comes to the build fails otherwise.
        let project = Project::hello();
        let arguments = [
            "package",
            "--no-build",
            "-t",
            target,
            "--sign-key",
            text(&key.secret),
        ];
        let run = project.ambot(&arguments);
        assert_snapshot!(format!("{name}_on_{target}"), snapshot(&run, &key));
    }
}

/// The reasons for the refusals, as the real programs give them.
#[test]
fn what_is_refused_would_not_have_been_verified() {
    let project = Project::hello();
    let package = project.package(Target::CentOs7, &[]);
    let mut seen = String::new();
    for (name, target) in [("certifies", "centos8"), ("ed25519", "el10")] {
        let key = gpg::key(name);
        let arguments = ["-t", target, "--sign-key", text(&key.secret)];
        let (copy, run) = sign(&project, &package, &arguments);
        assert_eq!(run.code, Some(0), "{}", run.snapshot());
        for rpm in ground::rpms(Target::CentOs7) {
            let said = redacted(&checked(rpm, &key, &copy), &copy, &[&key]);
            match (name, rpm.version.as_str()) {
                ("certifies", "4.11.3") => {
                    assert!(
                        said.contains("RSA/SHA256 Signature") && said.contains(": NOKEY"),
                        "{said}"
                    );
                    assert!(said.trim_end().ends_with("NOT OK"), "{said}");
                }
                ("ed25519", "4.11.3" | "4.14.3") => {
                    assert!(said.contains("[KEY FILE]: key 1 import failed"), "{said}");
                }
                _ => assert!(
                    !said.contains("NOT OK"),
                    "rpm {} {name}\n{said}",
                    rpm.version
                ),
            }
            seen += &format!("{name} {}\n", rpm.version);
        }
    }
    assert!(!seen.is_empty());
}

/// Why header and payload are signed together for CentOS 7: its rpm knows the payload by nothing
/// but an MD5 that is not signed.
#[test]
fn a_changed_payload_is_found_by_the_rpm_of_each_target() {
    let key = gpg::key("plain");
    for target in Target::ALL {
        let project = Project::hello();
        let package = project.package(target, &["--sign-key", text(&key.secret)]);
        let mut bytes = fs::read(&package).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        let (count, length) = (number(104), number(108));
        let store = 112 + 16 * count;
        let main = (store + length).next_multiple_of(8);
        let md5 = (0..count)
            .map(|n| 112 + 16 * n)
            .find(|at| number(*at) == 1004)
            .unwrap();
        let at = store + number(md5 + 8);
        let digest = Md5::digest(&bytes[main..]);
        bytes[at..at + 16].copy_from_slice(&digest);
        fs::write(&package, &bytes).unwrap();
        for rpm in ground::rpms(target) {
            let said = checked(rpm, &key, &package);
            assert!(
                said.contains("MD5 digest: OK"),
                "rpm {}\n{said}",
                rpm.version
            );
            assert!(
                said.trim_end().ends_with("NOT OK"),
                "rpm {}\n{said}",
                rpm.version
            );
        }
    }
}

#[test]
fn a_passphrase_comes_from_a_variable_or_a_file() {
    let key = gpg::key("locked");
    let project = Project::hello();
    let package = project.package(Target::CentOs8, &[]);
    project.write("phrase", &format!("{PASSPHRASE}\n"));
    for (variable, value, code) in [
        ("CARGO_AMBOT_SIGN_PASSPHRASE", PASSPHRASE, 0),
        ("CARGO_AMBOT_SIGN_PASSPHRASE_FILE", "phrase", 0),
        ("CARGO_AMBOT_SIGN_PASSPHRASE", "wrong horse", 3),
        // In the wrong variable, and shown no more than in the right one.
        ("CARGO_AMBOT_SIGN_PASSPHRASE_FILE", PASSPHRASE, 3),
    ] {
        let mut command = project.ambot_command(&["sign", "-v", text(&package)]);
        let command = command
            .env("CARGO_AMBOT_SIGN_KEY", &key.secret)
            .env(variable, value);
        let run = project.run(command);
        assert_eq!(run.code, Some(code), "{}", run.snapshot());
        assert!(!run.stderr.contains("horse"), "{}", run.stderr);
    }
}

#[test]
fn the_settings_say_what_to_sign_with() {
    let key = gpg::key("locked");
    let project = Project::hello();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let table =
        "\n[package.metadata.ambot.sign]\nkey = \"secret.key\"\npassphrase-file = \"phrase\"\n";
    project.write("Cargo.toml", &(manifest + table));
    project.write("phrase", PASSPHRASE);
    fs::copy(&key.secret, project.path().join("secret.key")).unwrap();
    let package = project.package(Target::CentOs8, &["--sign"]);
    let signed = fs::read(&package).unwrap();
    let unsigned = project.package(Target::CentOs8, &[]);
    assert!(
        fs::read(&unsigned).unwrap() != signed,
        "only when it is asked for"
    );
    let run = project.ambot(&["sign", "-q", text(&unsigned)]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    assert!(fs::read(&unsigned).unwrap() == signed);
}

#[test]
fn no_child_sees_the_secrets() {
    let key = gpg::key("locked");
    let project = Project::hello();
    project.place_binary();
    project.write("build.sh", "env > seen; exit 1\n");
    let arguments = [
        "package",
        "-t",
        "centos8",
        "--sign",
        "--cargo-build",
        "sh build.sh",
    ];
    let mut command = project.ambot_command(&arguments);
    command
        .env(
            "CARGO_AMBOT_SIGN_KEY",
            fs::read_to_string(&key.secret).unwrap(),
        )
        .env("CARGO_AMBOT_SIGN_PASSPHRASE", PASSPHRASE)
        .env("CARGO_AMBOT_SIGN_PASSPHRASE_FILE", "nowhere");
    let run = project.run(&mut command);
    let seen = fs::read_to_string(project.path().join("seen"));
    let seen = seen.unwrap_or_else(|_| panic!("{}", run.snapshot()));
    assert!(
        !seen.contains("CARGO_AMBOT_SIGN") && !seen.contains("PRIVATE KEY"),
        "{seen}"
    );
}

#[test]
fn a_program_signs_and_what_it_gives_is_judged() {
    let (key, other) = (gpg::key("plain"), gpg::key("both"));
    let gpg = Gpg::new();
    for key in [&key, &other] {
        gpg.run(&["", "--import", text(&key.secret)]);
    }
    let project = Project::hello();
    let package = project.package(Target::CentOs7, &[]);
    let base = "gpg --batch -q --no-tty --detach-sign";
    let sign = |command: &str, more: &[&str]| {
        let arguments = [
            &["sign", "-q", text(&package), "--sign-command", command],
            more,
        ]
        .concat();
        let run = project.run(
            project
                .ambot_command(&arguments)
                .env("GNUPGHOME", gpg.home()),
        );
        snapshot(&run, &key).replace(text(&package), "[RPM]")
    };
    let public = ["--sign-public-key", text(&key.public)];
    for form in ["-u plain", "-u plain --armor"] {
        let said = sign(&format!("{base} {form}"), &public);
        assert!(said.starts_with("exit code: 0"), "{said}");
        for rpm in ground::rpms(Target::CentOs7) {
            let said = checked(rpm, &key, &package);
            assert!(
                !said.contains("NOT OK") && said.contains(": OK"),
                "rpm {}\n{said}",
                rpm.version
            );
        }
    }
    let good = fs::read(&package).unwrap();
    assert_snapshot!(
        "program_without_a_public_key",
        sign(&format!("{base} -u plain"), &[])
    );
    let resigned = fs::read(&package).unwrap();
    assert_eq!(resigned.len(), good.len());
    for (name, command) in [
        ("program_says_nothing", "true".to_owned()),
        ("program_gives_no_signature", "cat".to_owned()),
        ("program_fails", "sh -c 'exit 3'".to_owned()),
        ("program_is_not_there", "no-such-signer".to_owned()),
        (
            "program_signs_with_sha1",
            format!("{base} -u plain --digest-algo SHA1"),
        ),
        (
            "program_signs_with_another_key",
            format!("{base} -u {}", other.id),
        ),
        (
            "program_signs_other_bytes",
            format!("sh -c 'echo x | {base} -u plain'"),
        ),
    ] {
        assert_snapshot!(
            name,
            sign(&command, &public).replace(&other.id, "[OTHER KEY]")
        );
        assert!(
            fs::read(&package).unwrap() == resigned,
            "{name}: the file is as it was"
        );
    }
}

#[test]
fn what_a_program_that_signs_is_given_is_not_repeated() {
    let project = Project::hello();
    project.place_binary();
    let package = project.package(Target::CentOs7, &[]);
    let package = text(&package);
    for (command, code) in [
        ("false --pin zq7canary9secret", 3),
        ("no-such-signer --pin zq7canary9secret", 3),
        ("PIN=zq7canary9secret false", 3),
        ("false --pin 'zq7canary9secret", 2),
    ] {
        for arguments in [
            &["sign", "-vvv", package][..],
            &["package", "-vvv", "--no-build", "-t", "el7"][..],
        ] {
            let run = project.ambot(&[arguments, &["--sign-command", command]].concat());
            let said = format!("{}{}", run.stdout, run.stderr);
            assert_eq!(run.code, Some(code), "{command}\n{said}");
            assert!(!said.contains("zq7canary9secret"), "{command}\n{said}");
        }
    }
}
