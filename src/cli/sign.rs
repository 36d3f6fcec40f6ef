//! `cargo ambot sign`, and what the command line and the environment say of signing.

use super::args::{SignFilesArgs, SigningArgs};
use super::{Stop, environment, signals};
use crate::pipeline::{self, KeySource, PassphraseSource, SignRequest};
use crate::report::{JsonLine, Sink, Terminal};
use crate::rpm::SignedFile;
use crate::rpm::openpgp::Secret;
use crate::target::{self, TargetName};
use camino::Utf8PathBuf;
use schemars::JsonSchema;
use serde::Serialize;
use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStringExt;

pub(super) fn run(args: &SignFilesArgs, terminal: &Terminal) -> Result<(), Stop> {
    let target = match &args.target {
        None => None,
        Some(word) => Some(match target::find(word) {
            Ok(target) => target,
            // It may be one of the workspace's own.
            Err(_) => environment::targets(terminal)?.find(word)?,
        }),
    };
    let cargo = environment::here()?;
    let request = request(&args.signing);
    let interrupt = signals::watch();
    let signed = |file: SignedFile, target| say(&file, target, terminal);
    let said = pipeline::sign(
        &args.files,
        &request,
        target,
        &cargo,
        &interrupt,
        terminal,
        signed,
    );
    let said = said.map_err(|error| match interrupt.signal() {
        Some(signal) => Stop::interrupted(signal),
        None => error.into(),
    })?;
    said.map_err(|error| Stop::stdout(&error))
}

/// A file that was signed.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "SignedFile", deny_unknown_fields)]
pub(super) struct SignedLine<'a> {
    /// The file.
    path: &'a str,
    /// The target that the signature is good for.
    target: &'a str,
    /// The key, in hexadecimal digits; none where a program signed and does not say.
    key_id: Option<&'a str>,
    /// What it was signed with.
    algorithm: &'a str,
    /// Whether the signature was held against the public key.
    verified: bool,
}

impl JsonLine for SignedLine<'_> {
    const REASON: &'static str = "ambot-signature";
}

fn say(file: &SignedFile, target: TargetName, terminal: &Terminal) -> io::Result<()> {
    let key = file.key_id.as_deref().unwrap_or("unknown");
    if terminal.is_json() {
        return terminal.print_json(&SignedLine {
            path: file.path.as_str(),
            target: target.as_str(),
            key_id: file.key_id.as_deref(),
            algorithm: &file.algorithm,
            verified: file.is_verified,
        });
    }
    terminal.status(
        "Signed",
        &format!("{} for {target} ({}, key {key})", file.path, file.algorithm),
    );
    terminal.print(&format!("{}\n", file.path))
}

/// Whether the flags alone ask for signing.
pub(super) fn is_asked(args: &SigningArgs) -> bool {
    args.sign_key.is_some() || args.sign_command.is_some() || args.sign_public_key.is_some()
}

/// Flags over variables; what they do not say the settings may.
pub(super) fn request(args: &SigningArgs) -> SignRequest {
    keep_memory_from_others();
    let flag = args.sign_key.clone().map(KeySource::File);
    let key = flag.or_else(|| {
        args.sign_command
            .is_none()
            .then(key_of_environment)
            .flatten()
    });
    SignRequest {
        key,
        command: args.sign_command.clone(),
        public_key: args.sign_public_key.clone(),
        passphrase: passphrase(),
        ask,
    }
}

/// From here on the kernel writes no core file of the process, and lets no other process of the user
/// look into it (`PR_SET_DUMPABLE`, prctl(2)): the crates that read keys overwrite the keys, and not
/// every buffer that a key went through.
fn keep_memory_from_others() {
    // Where it cannot be done, the keys are as safe as the account that they are in.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// The armoured key itself, or the path of a file.
fn key_of_environment() -> Option<KeySource> {
    let value = Secret::new(bytes("CARGO_AMBOT_SIGN_KEY")?);
    if value.is_armoured() {
        return Some(KeySource::Text(value));
    }
    let path = value.text().map(Utf8PathBuf::from);
    Some(path.map_or(KeySource::Text(value), KeySource::HiddenFile))
}

fn passphrase() -> Option<PassphraseSource> {
    // An empty one is a passphrase, too.
    if let Some(value) = std::env::var_os("CARGO_AMBOT_SIGN_PASSPHRASE") {
        return Some(PassphraseSource::Text(Secret::new(OsString::into_vec(
            value,
        ))));
    }
    let path = environment::text("CARGO_AMBOT_SIGN_PASSPHRASE_FILE")?;
    Some(PassphraseSource::HiddenFile(Utf8PathBuf::from(path)))
}

fn bytes(name: &str) -> Option<Vec<u8>> {
    let value = std::env::var_os(name).map(OsString::into_vec);
    value.filter(|value| !value.is_empty())
}

/// Asks on the terminal without echo; where there is none, nobody is asked.
fn ask(what: &str) -> io::Result<Option<Secret>> {
    // Standard input may be a file or the output of another program: a person is at the terminal.
    if std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/tty")
        .is_err()
    {
        return Ok(None);
    }
    let answer = rpassword::prompt_password(format!("{what}: "))?;
    Ok(Some(Secret::new(answer)))
}
