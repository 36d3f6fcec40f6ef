//! An OpenPGP key for one run, good for nothing else.

use super::programs::bare;
use crate::step::Failure;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The exported halves of a key that every target takes.
pub(super) struct Key {
    pub(super) secret: PathBuf,
    pub(super) public: PathBuf,
}

impl Key {
    /// Makes one, of RSA because rpm of CentOS 7 and 8 verifies nothing else.
    pub(super) fn make(folder: &Path) -> Result<Self, Failure> {
        // In the system's temporary folder: the path of the agent's socket must be short.
        let home = std::env::temp_dir().join(format!("corpus-{}", std::process::id()));
        let prepared = fs::create_dir_all(folder)
            .and_then(|()| fs::create_dir(&home))
            // GnuPG warns where others may look.
            .and_then(|()| fs::set_permissions(&home, fs::Permissions::from_mode(0o700)));
        prepared.map_err(|error| Failure::new(format!("{}: {error}", home.display())))?;
        let made = Key::in_home(&home, folder);
        let killed = bare("gpgconf")
            .args(["--kill", "all"])
            .env("GNUPGHOME", &home);
        // What GnuPG leaves behind must not hide why the key could not be made.
        let _ = killed.quietly();
        let _ = fs::remove_dir_all(&home);
        made
    }

    fn in_home(home: &Path, folder: &Path) -> Result<Self, Failure> {
        let gpg = |arguments: &[&str]| {
            bare("gpg")
                .args([
                    "--batch",
                    "--quiet",
                    "--no-tty",
                    "--pinentry-mode",
                    "loopback",
                ])
                .args(["--passphrase", ""])
                .args(arguments)
                .env("GNUPGHOME", home)
                .quietly()
        };
        gpg(&["--quick-gen-key", "corpus", "rsa2048", "sign,cert", "never"])?;
        let key = Key {
            secret: folder.join("corpus.key"),
            public: folder.join("corpus.pub"),
        };
        let unwritable = |error: io::Error| Failure::new(format!("{}: {error}", folder.display()));
        let secret = gpg(&["--armor", "--export-secret-keys"])?;
        fs::write(&key.secret, secret).map_err(unwritable)?;
        fs::write(&key.public, gpg(&["--armor", "--export"])?).map_err(unwritable)?;
        Ok(key)
    }
}
