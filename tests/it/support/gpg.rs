//! OpenPGP keys that GnuPG makes for one run of the tests: short ones, good for nothing else.

use super::succeed;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use tempfile::TempDir;

/// The passphrase of the key that is locked.
pub(crate) const PASSPHRASE: &str = "correct horse";

/// A folder of GnuPG's own, with its agent; both are gone when dropped.
pub(crate) struct Gpg(TempDir);

impl Gpg {
    pub(crate) fn new() -> Self {
        // In the system's temporary folder: the path of the agent's socket must be short.
        let folder = tempfile::Builder::new().prefix("gpg-").tempdir().unwrap();
        // GnuPG warns where others may look.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        Gpg(folder)
    }

    pub(crate) fn home(&self) -> &Path {
        self.0.path()
    }

    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let output = Command::new("gpg")
            .args(["--batch", "--quiet", "--pinentry-mode", "loopback"])
            .args(["--no-tty", "--passphrase"])
            .args(arguments)
            .env("GNUPGHOME", self.home())
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        succeed(&format!("gpg {arguments:?}"), &output)
    }

    /// The fingerprint of the primary key of a user.
    fn fingerprint(&self, user: &str) -> String {
        let listed = self.run(&["", "--list-keys", "--with-colons", user]);
        let line = listed.lines().find(|line| line.starts_with("fpr:"));
        line.unwrap().split(':').nth(9).unwrap().to_owned()
    }
}

impl Drop for Gpg {
    fn drop(&mut self) {
        let _ = Command::new("gpgconf")
            .args(["--kill", "all"])
            .env("GNUPGHOME", self.home())
            .output();
    }
}

/// The exported halves of a key.
pub(crate) struct Key {
    pub(crate) secret: PathBuf,
    pub(crate) public: PathBuf,
    /// The primary key's id as rpm writes it: the last eight digits.
    pub(crate) id: String,
}

/// A key by its name; all are made when the first is asked for.
pub(crate) fn key(name: &str) -> Key {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    let folder = MADE.get_or_init(make);
    let file = |kind: &str| folder.join(format!("{name}.{kind}"));
    Key {
        secret: file("key"),
        public: file("pub"),
        id: fs::read_to_string(file("id")).unwrap(),
    }
}

fn make() -> PathBuf {
    let folder = super::shared().join("keys");
    fs::create_dir(&folder).unwrap();
    let gpg = Gpg::new();
    let rsa = |name: &str, usage: &str, more: &[&str]| {
        let mut arguments = vec![""];
        arguments.extend_from_slice(more);
        arguments.extend(["--quick-gen-key", name, "rsa2048", usage, "never"]);
        gpg.run(&arguments);
    };
    rsa("plain", "sign,cert", &[]);
    rsa("both", "sign,cert", &[]);
    rsa("certifies", "cert", &[]);
    rsa("sha1", "sign,cert", &["--cert-digest-algo", "SHA1"]);
    rsa("revoked", "sign,cert", &[]);
    for name in ["both", "certifies"] {
        let fingerprint = gpg.fingerprint(name);
        gpg.run(&[
            "",
            "--quick-add-key",
            &fingerprint,
            "rsa2048",
            "sign",
            "never",
        ]);
    }
    gpg.run(&[
        "",
        "--quick-gen-key",
        "ed25519",
        "ed25519",
        "sign,cert",
        "never",
    ]);
    gpg.run(&[
        "",
        "--quick-gen-key",
        "short",
        "rsa1024",
        "sign,cert",
        "never",
    ]);
    gpg.run(&[
        PASSPHRASE,
        "--quick-gen-key",
        "locked",
        "rsa2048",
        "sign,cert",
        "never",
    ]);
    let long_ago = [
        "",
        "--faked-system-time",
        "20200101T000000!",
        "--quick-gen-key",
    ];
    gpg.run(&[&long_ago[..], &["expired", "rsa2048", "sign,cert", "1y"]].concat());
    revoke(&gpg);
    for name in [
        "plain",
        "both",
        "certifies",
        "sha1",
        "revoked",
        "ed25519",
        "short",
        "locked",
        "expired",
    ] {
        let phrase = if name == "locked" { PASSPHRASE } else { "" };
        let file = |kind: &str| folder.join(format!("{name}.{kind}")).display().to_string();
        gpg.run(&["", "--armor", "--output", &file("pub"), "--export", name]);
        gpg.run(&[
            phrase,
            "--armor",
            "--output",
            &file("key"),
            "--export-secret-keys",
            name,
        ]);
        let fingerprint = gpg.fingerprint(name).to_lowercase();
        fs::write(file("id"), &fingerprint[fingerprint.len() - 8..]).unwrap();
    }
    folder
}

/// Imports the revocation that gpg makes with every key, which a colon keeps from being imported
/// by mistake.
fn revoke(gpg: &Gpg) {
    let name = format!("openpgp-revocs.d/{}.rev", gpg.fingerprint("revoked"));
    let text = fs::read_to_string(gpg.home().join(name)).unwrap();
    let file = gpg.home().join("revocation");
    fs::write(&file, text.replace(":-----BEGIN", "-----BEGIN")).unwrap();
    gpg.run(&["", "--import", file.to_str().unwrap()]);
}
