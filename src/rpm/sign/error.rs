//! Why a package is not signed.

use crate::disk;
use crate::report::{Diagnose, Diagnostic, Failure};
use crate::rpm::openpgp::Misfit;
use crate::target::TargetName;
use camino::Utf8PathBuf;
use std::io;
use thiserror::Error;

/// A key that is no good, a program that does not sign, or a file that cannot be signed. No message
/// holds a secret.
#[derive(Debug, Error)]
pub enum SignError {
    /// Nothing says what to sign with.
    #[error("nothing says what to sign with")]
    NoSigner,
    /// A file with a key or a passphrase cannot be read.
    #[error("cannot read {what}")]
    File {
        /// Which, with its path where that is known not to be a secret.
        what: String,
        /// Why.
        source: io::Error,
    },
    /// What should be a key is none that can be used.
    #[error("{what} cannot be used to sign: {why}")]
    NotAKey {
        /// Where it comes from.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// The target's rpm would not verify any of its keys.
    #[error("what this key signs, {target} does not verify", target = .target.profile().title)]
    Unfit {
        /// The target.
        target: TargetName,
        /// For each key, its id and why.
        reasons: Vec<(String, Misfit)>,
    },
    /// The keys that would do have no secret half here.
    #[error("the secret half of key {} is not in the file", .keys.join(" or "))]
    NoSecret {
        /// Their ids.
        keys: Vec<String>,
        /// The target that they would do for.
        target: TargetName,
    },
    /// A passphrase is needed, and there is none.
    #[error("key {id} is locked, and no passphrase is given")]
    Locked {
        /// The key.
        id: String,
    },
    /// The passphrase is another.
    #[error("the passphrase does not open key {id}")]
    WrongPassphrase {
        /// The key.
        id: String,
        /// Where it comes from.
        from: String,
    },
    /// The key did not sign.
    #[error("key {id} does not sign: {what}")]
    Key {
        /// The key.
        id: String,
        /// Why.
        what: String,
    },
    /// A command line that is none.
    #[error("what is to sign is no command line")]
    CommandSyntax,
    /// The program did not sign, or not so that it is any good.
    #[error("`{program}` {what}")]
    Program {
        /// The program, without its arguments.
        program: String,
        /// What it did.
        what: String,
    },
    /// A file is damaged; a signature would say that it is as it should be.
    #[error("{file} is damaged and was not signed: {what}")]
    Damaged {
        /// The file.
        file: String,
        /// What does not match.
        what: String,
    },
    /// The signed file was read back, and its signature is not good.
    #[error("the signature that was put into {file} is not good")]
    NotVerified {
        /// The file.
        file: String,
    },
    /// Nothing tells which target a file is for.
    #[error("cannot tell from `{release}` which target {file} is for")]
    NoTarget {
        /// The file.
        file: String,
        /// Its release.
        release: String,
    },
    /// Nothing tells what the clients of a repository run.
    #[error("cannot tell from the packages of {folder} what its clients run")]
    NoTargetOfRepository {
        /// The folder.
        folder: String,
    },
    /// The signed file cannot take the place of the old one.
    #[error("cannot write {path}")]
    Write {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Diagnose for SignError {
    fn diagnostic(&self) -> Diagnostic {
        let diagnostic = Diagnostic::error(self.to_string());
        match self {
            SignError::NoSigner => diagnostic
                .with_help("give a key: --sign-key FILE, or CARGO_AMBOT_SIGN_KEY in the environment")
                .with_help("or a program: --sign-command 'gpg --detach-sign -u NAME'")
                .with_help("or write one of them into [package.metadata.ambot.sign]"),
            SignError::File { source, .. } => diagnostic.with_note(source.to_string()),
            SignError::Write { source, .. } => diagnostic
                .with_note(source.to_string())
                .with_help_if(disk::way_out(source)),
            SignError::NotAKey { .. } => diagnostic
                .with_help("export one: gpg --armor --export-secret-keys NAME > release.key"),
            SignError::Unfit { target, reasons } => unfit(diagnostic, *target, reasons),
            SignError::NoSecret { .. } => diagnostic
                .with_help("export it where it is: gpg --export-secret-keys NAME")
                .with_help("a key on a card signs through --sign-command"),
            SignError::Locked { .. } => diagnostic.with_help(
                "set CARGO_AMBOT_SIGN_PASSPHRASE or CARGO_AMBOT_SIGN_PASSPHRASE_FILE, or start it from a terminal to be asked",
            ),
            SignError::WrongPassphrase { from, .. } => {
                diagnostic.with_note(format!("it came from {from}"))
            }
            SignError::CommandSyntax => diagnostic
                .with_note("it came from --sign-command, or from `sign.command` of the settings")
                .with_help("close the quotes, and name a program first"),
            SignError::Program { .. } => diagnostic.with_help(
                "it gets the header's bytes on stdin and gives a detached OpenPGP signature on stdout, armoured or not",
            ),
            SignError::Damaged { .. } => diagnostic.with_help("build or download it again"),
            SignError::NoTarget { .. } | SignError::NoTargetOfRepository { .. } => {
                diagnostic.with_help("say it: --target centos7")
            }
            SignError::Key { .. } | SignError::NotVerified { .. } => diagnostic,
        }
    }

    fn failure(&self) -> Failure {
        match self {
            SignError::NoSigner
            | SignError::NoTarget { .. }
            | SignError::NoTargetOfRepository { .. }
            | SignError::CommandSyntax => Failure::Usage,
            SignError::NotVerified { .. } => Failure::Bug,
            _ => Failure::Project,
        }
    }
}

/// Each key with its reason, and each way out once.
fn unfit(
    mut diagnostic: Diagnostic,
    target: TargetName,
    reasons: &[(String, Misfit)],
) -> Diagnostic {
    let mut ways: Vec<&str> = Vec::new();
    for (id, why) in reasons {
        diagnostic = diagnostic.with_note(format!("key {id} {}", why.text(target.profile())));
        ways.extend(why.help());
    }
    ways.dedup();
    ways.into_iter().fold(diagnostic, Diagnostic::with_help)
}
