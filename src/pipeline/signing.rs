//! Where keys and passphrases come from, and the signing of packages that are there.

use super::Error;
use crate::build::{Input, Interrupt};
use crate::project::input;
use crate::project::{self, CargoOptions, Selection, SignTable};
use crate::report::{Diagnostic, Sink, Spanned};
use crate::rpm::openpgp::{Certificate, Secret, SecretKey};
use crate::rpm::read::ReadRpm;
use crate::rpm::{self, SignError, SignedFile, Signer, choose_key, visible};
use crate::target::{self, TargetName};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::HashMap;
use std::io;
use tracing::debug_span;

/// What the command line and the environment say of signing.
#[derive(Clone, Debug)]
pub struct SignRequest {
    /// `--sign-key`, else `CARGO_AMBOT_SIGN_KEY`.
    pub key: Option<KeySource>,
    /// `--sign-command`
    pub command: Option<String>,
    /// `--sign-public-key`
    pub public_key: Option<Utf8PathBuf>,
    /// The passphrase of the environment.
    pub passphrase: Option<PassphraseSource>,
    /// Asks a person for a passphrase, the key's name given; nothing where there is none to ask.
    pub ask: fn(&str) -> io::Result<Option<Secret>>,
}

/// Where a secret key is.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// A file that was named on the command line or in the settings.
    File(Utf8PathBuf),
    /// A file that the variable names. It is not shown: a key without armour looks like a name.
    HiddenFile(Utf8PathBuf),
    /// The armoured key itself, in the variable.
    Text(Secret),
}

/// Where a passphrase is.
#[derive(Clone, Debug)]
pub enum PassphraseSource {
    /// In the variable.
    Text(Secret),
    /// On the first line of a file that a variable names. It is not shown: who mixes the variables
    /// up has written the passphrase there.
    HiddenFile(Utf8PathBuf),
}

impl KeySource {
    fn read(&self, interrupt: &Interrupt) -> Result<SecretKey, SignError> {
        let read;
        let bytes = match self {
            KeySource::Text(secret) => secret,
            KeySource::File(path) | KeySource::HiddenFile(path) => {
                read = secret(path, self.name(), interrupt)?;
                &read
            }
        };
        SecretKey::read(bytes.bytes()).map_err(|why| SignError::NotAKey {
            what: self.name(),
            why,
        })
    }

    fn name(&self) -> String {
        match self {
            // A key in place of a path is not shown either.
            KeySource::File(path) if path.as_str().contains("-----BEGIN") => {
                "the file that --sign-key names".to_owned()
            }
            KeySource::File(path) => path.to_string(),
            KeySource::HiddenFile(_) => "the file that CARGO_AMBOT_SIGN_KEY names".to_owned(),
            KeySource::Text(_) => "the key in CARGO_AMBOT_SIGN_KEY".to_owned(),
        }
    }
}

/// A key or a passphrase of a file, or of a pipe that somebody is about to write to.
fn secret(path: &Utf8Path, what: String, interrupt: &Interrupt) -> Result<Secret, SignError> {
    let input = Input::open(path, interrupt);
    let read = input.and_then(|input| Secret::read(input, input::MAX_KEY));
    read.map_err(|source| SignError::File { what, source })
}

/// The keys of a run: each is read once, and each passphrase asked for once.
pub(super) struct Keys<'a> {
    request: &'a SignRequest,
    interrupt: &'a Interrupt,
    read: HashMap<String, SecretKey>,
    passphrases: HashMap<String, (Secret, String)>,
    warned: bool,
}

/// What signs for one target, flags and variables over settings.
enum With {
    Key(KeySource),
    Program(String),
}

impl<'a> Keys<'a> {
    pub(super) fn new(request: &'a SignRequest, interrupt: &'a Interrupt) -> Self {
        Keys {
            request,
            interrupt,
            read: HashMap::new(),
            passphrases: HashMap::new(),
            warned: false,
        }
    }

    /// What signs for a target; the folders are those in which the settings' paths are looked for.
    pub(super) fn signer(
        &mut self,
        table: &SignTable,
        folders: &[&Utf8PathBuf],
        target: TargetName,
        sink: &dyn Sink,
    ) -> Result<Signer, Error> {
        match self.with(table, folders)? {
            With::Key(source) => Ok(self.key(&source, table, folders, target)?),
            With::Program(command) => {
                let public = self.request.public_key.clone();
                let public = public.or_else(|| path(table.public_key.as_ref(), folders));
                let certificate = public
                    .as_deref()
                    .map(|path| certificate(path, self.interrupt));
                let certificate = certificate.transpose()?;
                let is_verified = certificate.is_some();
                let signer = Signer::with_program(&command, certificate, target);
                let signer = signer.map_err(rpm::Error::from)?;
                if !is_verified && !std::mem::replace(&mut self.warned, true) {
                    sink.diagnostic(&unverified(&signer));
                }
                Ok(signer)
            }
        }
    }

    fn with(&self, table: &SignTable, folders: &[&Utf8PathBuf]) -> Result<With, rpm::Error> {
        let request = self.request;
        if let Some(command) = &request.command {
            return Ok(With::Program(command.clone()));
        }
        if let Some(key) = &request.key {
            return Ok(With::Key(key.clone()));
        }
        if let Some(command) = &table.command {
            return Ok(With::Program(command.value.clone()));
        }
        let key = path(table.key.as_ref(), folders).ok_or(SignError::NoSigner)?;
        Ok(With::Key(KeySource::File(key)))
    }

    fn key(
        &mut self,
        source: &KeySource,
        table: &SignTable,
        folders: &[&Utf8PathBuf],
        target: TargetName,
    ) -> Result<Signer, rpm::Error> {
        let name = source.name();
        if !self.read.contains_key(&name) {
            self.read.insert(name.clone(), source.read(self.interrupt)?);
        }
        let Some(key) = self.read.get(&name).cloned() else {
            return Err(SignError::NoSigner.into());
        };
        let facts = choose_key(&key, target)?;
        let (passphrase, from) = if key.is_locked(&facts.fingerprint) {
            self.passphrase(&facts.id, &key, table, folders)?
        } else {
            (Secret::new(""), String::new())
        };
        let opened = key.open(&facts, &passphrase);
        let opened = opened.map_err(|_| SignError::WrongPassphrase {
            id: facts.id.clone(),
            from,
        })?;
        Ok(Signer::with_key(opened, target))
    }

    /// The variable, else the file that a variable names, else the settings' file, else a person.
    fn passphrase(
        &mut self,
        id: &str,
        key: &SecretKey,
        table: &SignTable,
        folders: &[&Utf8PathBuf],
    ) -> Result<(Secret, String), SignError> {
        let file = match &self.request.passphrase {
            Some(PassphraseSource::Text(secret)) => {
                return Ok((secret.clone(), "CARGO_AMBOT_SIGN_PASSPHRASE".to_owned()));
            }
            Some(PassphraseSource::HiddenFile(path)) => {
                let name = "the file that CARGO_AMBOT_SIGN_PASSPHRASE_FILE names";
                Some((path.clone(), name.to_owned()))
            }
            None => path(table.passphrase_file.as_ref(), folders)
                .map(|path| (path.clone(), path.into_string())),
        };
        if let Some((path, name)) = file {
            let read = secret(&path, name.clone(), self.interrupt)?;
            return Ok((read.first_line(), name));
        }
        if let Some(known) = self.passphrases.get(id) {
            return Ok(known.clone());
        }
        let user = key.certificate().user().unwrap_or_default();
        let asked = (self.request.ask)(&format!("Passphrase of key {id} ({})", visible(&user)));
        let asked = asked.map_err(|source| SignError::File {
            what: "the passphrase from the terminal".to_owned(),
            source,
        })?;
        let Some(secret) = asked else {
            return Err(SignError::Locked { id: id.to_owned() });
        };
        let known = (secret, "the terminal".to_owned());
        self.passphrases.insert(id.to_owned(), known.clone());
        Ok(known)
    }
}

/// A path of the settings: where it is, in the first folder that has it.
fn path(text: Option<&Spanned<String>>, folders: &[&Utf8PathBuf]) -> Option<Utf8PathBuf> {
    let text = &text?.value;
    let mut places = folders.iter().map(|folder| folder.join(text));
    let first = places.next()?;
    if first.exists() {
        return Some(first);
    }
    Some(places.find(|place| place.exists()).unwrap_or(first))
}

/// The one public key of a file.
fn certificate(path: &Utf8Path, interrupt: &Interrupt) -> Result<Certificate, rpm::Error> {
    let read = secret(path, path.to_string(), interrupt)?;
    let not = |why: String| SignError::NotAKey {
        what: path.to_string(),
        why,
    };
    let mut all = Certificate::read_all(read.bytes()).map_err(not)?;
    match (all.pop(), all.len()) {
        (Some(one), 0) => Ok(one),
        (_, more) => Err(not(format!("it holds {} keys, and one is needed", more + 1)).into()),
    }
}

fn unverified(signer: &Signer) -> Diagnostic {
    Diagnostic::warning(format!("what {} signs is not verified", signer.name()))
        .with_note("only what the signature says of itself is looked at")
        .with_help("give its public key: --sign-public-key FILE, or `public-key` in the settings")
}

/// Signs packages that are there, each for the target that it names in its release, or for the
/// target that is given; `signed` hears of each as soon as it is done.
///
/// # Errors
/// The first that is not signed; those before it are.
pub fn sign(
    files: &[Utf8PathBuf],
    request: &SignRequest,
    target: Option<TargetName>,
    cargo: &CargoOptions,
    interrupt: &Interrupt,
    sink: &dyn Sink,
    mut signed: impl FnMut(SignedFile, TargetName) -> io::Result<()>,
) -> Result<io::Result<()>, Error> {
    let mut keys = Keys::new(request, interrupt);
    let mut jobs = Vec::new();
    for file in files {
        rpm::is_signable(file)?;
        let target = match target {
            Some(target) => target,
            None => guessed(file)?,
        };
        let (table, folders) = settings(request, cargo, target)?;
        let folders: Vec<&Utf8PathBuf> = folders.iter().collect();
        // All of them first, so that none is signed where a key does not do for the next.
        jobs.push((file, target, keys.signer(&table, &folders, target, sink)?));
    }
    for (file, target, signer) in jobs {
        sink.status("Signing", &format!("{file} with {}", signer.name()));
        let done =
            debug_span!("sign", %target).in_scope(|| rpm::sign_file(file, &signer, interrupt))?;
        if let Err(error) = signed(done, target) {
            return Ok(Err(error));
        }
    }
    Ok(Ok(()))
}

/// The settings of the project that one stands in, where nothing else says what to sign with.
pub(super) fn settings(
    request: &SignRequest,
    cargo: &CargoOptions,
    target: TargetName,
) -> Result<(SignTable, Vec<Utf8PathBuf>), Error> {
    if request.key.is_some() || request.command.is_some() || !project::is_in_project(cargo) {
        return Ok((SignTable::default(), Vec::new()));
    }
    let projects = project::load(cargo, &Selection::default(), &[])?;
    for project in &projects.projects {
        let sign = project.settings(Some(target.as_str()))?.sign;
        if sign.key.is_some() || sign.command.is_some() {
            let folders = vec![project.package.directory.clone(), projects.workspace.root];
            return Ok((sign, folders));
        }
    }
    Ok((SignTable::default(), Vec::new()))
}

/// The target whose dist tag the release of a file has.
fn guessed(file: &Utf8Path) -> Result<TargetName, Error> {
    let rpm = ReadRpm::open(file)?;
    let release = rpm.metadata().identity().release;
    Ok(guess(&release).ok_or_else(|| {
        rpm::Error::from(SignError::NoTarget {
            file: file.to_string(),
            release: visible(&release),
        })
    })?)
}

/// The target whose dist tag a release has.
pub(super) fn guess(release: &str) -> Option<TargetName> {
    let has = |tag: &str| {
        release.split('.').skip(1).any(|part| {
            // `el7_9` is of el7.
            part.strip_prefix(tag)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        })
    };
    let mut names = target::names();
    names.find(|target| has(&target.profile().dist_tag.value))
}
