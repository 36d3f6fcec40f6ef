//! A decided change, made: everything is written beside what is there, and `repomd.xml` is put in its
//! place last.

use super::candidate::digest_of;
use super::change::{Change, Copy};
use super::stock::Folder;
use super::{Error, createrepo, superseded};
use crate::build::Interrupt;
use crate::project::input;
use crate::repo::repodata::{Entry, Repomd, unfinished, write_all};
use crate::report::{Diagnostic, Sink};
use crate::rpm::Signer;
use crate::rpm::openpgp::Signature;
use camino::{Utf8Path, Utf8PathBuf};
use std::fs::File;
use std::io::{self, Write};
use std::time::SystemTime;
use tempfile::NamedTempFile;

/// Who makes the metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maker {
    /// We do.
    Own,
    /// The program createrepo_c.
    Createrepo,
}

/// What is to become of the signature of `repomd.xml`.
#[derive(Clone, Copy, Debug)]
pub enum Signing<'a> {
    /// It is signed.
    With(&'a Signer),
    /// There is to be none.
    Without,
    /// Nobody said; then one that is signed cannot be changed.
    Unasked,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Whether anything was written.
    pub is_changed: bool,
    /// Whether `repomd.xml` is signed now.
    pub is_signed: bool,
    /// The revision that counts now.
    pub revision: Option<String>,
}

/// What signing needs besides.
struct Ways<'a> {
    folder: &'a Folder,
    repodata: Utf8PathBuf,
    time: u64,
    interrupt: &'a Interrupt,
}

/// Makes a change. `time` is what the metadata are dated with, in seconds since 1970.
///
/// # Errors
/// When something cannot be written or signed. Then clients find what they found before.
pub fn publish(
    folder: &Folder,
    change: &Change,
    signing: Signing<'_>,
    maker: Maker,
    time: u64,
    interrupt: &Interrupt,
    sink: &dyn Sink,
) -> Result<Published, Error> {
    let ways = Ways {
        folder,
        repodata: folder.path.join("repodata"),
        time,
        interrupt,
    };
    let is_signed = ways.repodata.join(SIGNATURE).exists();
    let is_needed = match signing {
        Signing::With(signer) => !ways.is_signed_by(signer),
        Signing::Without => is_signed,
        Signing::Unasked => false,
    };
    if folder.is_repository && !change.is_needed() && !is_needed {
        return Ok(Published {
            is_changed: false,
            is_signed,
            revision: folder.data.repomd.revision.clone(),
        });
    }
    if is_signed && matches!(signing, Signing::Unasked) {
        return Err(Error::Unsigned {
            folder: folder.path.clone(),
        });
    }
    sink.status("Writing", &format!("{}/repodata", folder.path));
    let mut placed = Placed::default();
    if !ways.repodata.exists() {
        std::fs::create_dir_all(&ways.repodata).map_err(|error| written(&ways.repodata, error))?;
        placed.folder = Some(ways.repodata.clone());
    }
    let repomd = ways.write(change, signing, maker, &mut placed)?;
    placed.is_final = true;
    // By the clock, whatever time the metadata are dated with: clients wait by theirs.
    superseded::clear(
        &ways.repodata,
        &folder.data.repomd,
        &repomd,
        SystemTime::now(),
    );
    delete(&folder.path, &change.deletions, sink);
    Ok(Published {
        is_changed: true,
        is_signed: matches!(signing, Signing::With(_)),
        revision: repomd.revision,
    })
}

const REPOMD: &str = "repomd.xml";
const SIGNATURE: &str = "repomd.xml.asc";
const PUBLIC_KEY: &str = "repomd.xml.key";

fn written(path: &Utf8Path, source: io::Error) -> Error {
    Error::Write {
        path: path.to_owned(),
        source,
    }
}

/// Packages that got their names, and the folder that was made; they are taken away again where the
/// change is not made.
#[derive(Default)]
struct Placed {
    paths: Vec<Utf8PathBuf>,
    folder: Option<Utf8PathBuf>,
    is_final: bool,
}

impl Drop for Placed {
    fn drop(&mut self) {
        if !self.is_final {
            for path in &self.paths {
                // One that stays is in no metadata and does no harm.
                let _ = std::fs::remove_file(path);
            }
            if let Some(folder) = &self.folder {
                // Not when somebody put something into it.
                let _ = std::fs::remove_dir(folder);
            }
        }
    }
}

impl Ways<'_> {
    /// Everything up to the one step that makes it count.
    fn write(
        &self,
        change: &Change,
        signing: Signing<'_>,
        maker: Maker,
        placed: &mut Placed,
    ) -> Result<Repomd, Error> {
        let folder = &self.folder.path;
        let copies = change.copies.iter();
        let copies: Vec<(NamedTempFile, &Copy)> = copies
            .map(|copy| Ok((self.copy(copy)?, copy)))
            .collect::<Result<_, Error>>()?;
        for (file, copy) in copies {
            let path = folder.join(&copy.name);
            let kept = file.persist_noclobber(&path);
            kept.map_err(|error| written(&path, error.error))?;
            placed.paths.push(path);
        }
        sync(folder)?;
        let records = self.metadata(change, maker)?;
        let text = self.folder.data.repomd.next(&records, self.time);
        let repomd = self.file(text.as_bytes())?;
        let signature = match signing {
            Signing::With(signer) => Some(self.sign(signer, &text)?),
            _ => None,
        };
        sync(&self.repodata)?;
        self.look_for_signal()?;
        let before = self.signed_before()?;
        let put = self.count(signature, repomd);
        if put.is_err() {
            // What is there is the old repomd.xml.
            before.put_back(&self.repodata);
        }
        put?;
        sync(&self.repodata)?;
        let path = self.repodata.join(REPOMD);
        Repomd::read(text.as_bytes()).map_err(|what| Error::Damaged {
            path,
            folder: folder.clone(),
            what,
        })
    }

    /// The step that makes a change count.
    fn count(
        &self,
        signature: Option<(NamedTempFile, Option<NamedTempFile>)>,
        repomd: NamedTempFile,
    ) -> Result<(), Error> {
        // A client fetches the signature after what is signed: who gets the new repomd.xml gets the
        // new signature.
        match signature {
            Some((signature, public)) => {
                if let Some(public) = public {
                    self.put(public, PUBLIC_KEY)?;
                }
                self.put(signature, SIGNATURE)?;
            }
            None => {
                for name in [SIGNATURE, PUBLIC_KEY] {
                    let path = self.repodata.join(name);
                    match std::fs::remove_file(&path) {
                        Err(error) if error.kind() != io::ErrorKind::NotFound => {
                            return Err(written(&path, error));
                        }
                        _ => {}
                    }
                }
            }
        }
        self.put(repomd, REPOMD)
    }

    /// Writes the files of metadata, under names that nothing else has.
    fn metadata(&self, change: &Change, maker: Maker) -> Result<Vec<String>, Error> {
        if maker == Maker::Createrepo {
            let made = createrepo::run(&self.folder.path, change, self.time, self.interrupt)?;
            for (from, name) in &made.files {
                let path = self.repodata.join(name);
                std::fs::rename(from, &path).map_err(|error| written(&path, error))?;
            }
            return Ok(made.records);
        }
        let mut entries: Vec<&Entry> = change.entries.iter().collect();
        entries.sort_by(|a, b| a.href.cmp(&b.href));
        let files = write_all(&self.repodata, &entries, self.folder.data.namespaces());
        let files = files.map_err(|error| written(&self.repodata, error))?;
        files
            .into_iter()
            .map(|file| {
                let record = file.record(self.time);
                self.put(file.file, &file.name)?;
                Ok(record)
            })
            .collect()
    }

    fn put(&self, file: NamedTempFile, name: &str) -> Result<(), Error> {
        let path = self.repodata.join(name);
        let put = file.persist(&path);
        put.map(drop).map_err(|error| written(&path, error.error))
    }

    /// A file of these bytes that is not seen yet.
    fn file(&self, bytes: &[u8]) -> Result<NamedTempFile, Error> {
        let make = || {
            let mut file = unfinished(&self.repodata)?;
            file.as_file_mut().write_all(bytes)?;
            file.as_file().sync_all()?;
            Ok(file)
        };
        make().map_err(|error| written(&self.repodata, error))
    }

    /// A package, copied into the folder and not seen there yet.
    fn copy(&self, copy: &Copy) -> Result<NamedTempFile, Error> {
        let source = File::open(&copy.from).map_err(|source| Error::Read {
            path: copy.from.clone(),
            source,
        })?;
        let target = self.folder.path.join(&copy.name);
        let copied = || {
            let mut file = unfinished(&self.folder.path)?;
            let digest = digest_of(source, file.as_file_mut(), Some(self.interrupt))?;
            file.as_file().set_modified(copy.modified)?;
            file.as_file().sync_all()?;
            Ok((file, digest))
        };
        let copied = copied();
        self.look_for_signal()?;
        let (file, digest) = copied.map_err(|error| written(&target, error))?;
        if digest != copy.digest {
            return Err(Error::Changed {
                path: copy.from.clone(),
            });
        }
        Ok(file)
    }

    fn look_for_signal(&self) -> Result<(), Error> {
        match self.interrupt.signal() {
            Some(signal) => Err(Error::Interrupted { signal }),
            None => Ok(()),
        }
    }

    /// The signature, and the public key where it is known.
    fn sign(
        &self,
        signer: &Signer,
        text: &str,
    ) -> Result<(NamedTempFile, Option<NamedTempFile>), Error> {
        let path = self.repodata.join(REPOMD);
        let time = u32::try_from(self.time).unwrap_or(u32::MAX);
        let signature =
            signer.sign_detached(path.as_str(), text.as_bytes(), time, self.interrupt)?;
        let public = match signer.certificate() {
            Some(certificate) => {
                let armoured = certificate.armoured();
                let armoured = armoured.map_err(|what| written(&path, io::Error::other(what)))?;
                Some(self.file(armoured.as_bytes())?)
            }
            None => None,
        };
        Ok((self.file(signature.as_bytes())?, public))
    }

    /// The signature and key that are there, so that they can be put back.
    fn signed_before(&self) -> Result<Signed, Error> {
        let copy = |name| {
            let path = self.repodata.join(name);
            match input::read(&path, input::MAX_KEY) {
                Ok(bytes) => Ok((name, Some(self.file(&bytes)?))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((name, None)),
                Err(source) => Err(Error::Read { path, source }),
            }
        };
        let copies = [PUBLIC_KEY, SIGNATURE].map(copy).into_iter();
        Ok(Signed(copies.collect::<Result<_, _>>()?))
    }

    /// Whether what is there has a signature that this signer made; of a program whose public key is
    /// not known, any.
    fn is_signed_by(&self, signer: &Signer) -> bool {
        let read = |name: &str, most| input::read(&self.repodata.join(name), most).ok();
        let text = read(REPOMD, input::MAX_TEXT);
        let (Some(text), Some(signature)) = (text, read(SIGNATURE, input::MAX_KEY)) else {
            return false;
        };
        let Ok(signature) = Signature::read(&signature) else {
            return false;
        };
        let good =
            |certificate| signature.is_good(certificate, || Some(io::Cursor::new(text.clone())));
        signer.certificate().is_none_or(good)
    }
}

fn sync(folder: &Utf8Path) -> Result<(), Error> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|error| written(folder, error))
}

/// Copies of the signature and key that lie beside `repomd.xml`. They are made before anything is
/// changed: when that fails, the disk may be full.
struct Signed(Vec<(&'static str, Option<NamedTempFile>)>);

impl Signed {
    /// As well as it can be done: the error of what failed is told.
    fn put_back(self, repodata: &Utf8Path) {
        for (name, copy) in self.0 {
            let path = repodata.join(name);
            match copy {
                Some(copy) => drop(copy.persist(path)),
                None => drop(std::fs::remove_file(path)),
            }
        }
    }
}

/// Deletes packages that no metadata name any more. What is left does no harm, and is told.
fn delete(folder: &Utf8Path, deletions: &[String], sink: &dyn Sink) {
    for href in deletions {
        let path = folder.join(href);
        let deleted = match is_ours_to_delete(folder, href) {
            true => std::fs::remove_file(&path),
            false => Err(io::Error::other(
                "it is no RPM that lies in the folder itself",
            )),
        };
        match deleted {
            Err(error) if error.kind() != io::ErrorKind::NotFound => sink.diagnostic(
                &Diagnostic::warning(format!(
                    "{path} is no longer in the repository, and was not deleted"
                ))
                .with_note(error.to_string()),
            ),
            _ => {}
        }
    }
}

/// Whether what metadata name may be deleted: an RPM by its name, in no hidden folder, and in no folder
/// that a link leads to. Metadata may be another's work.
fn is_ours_to_delete(folder: &Utf8Path, href: &str) -> bool {
    let inside = Utf8Path::new(href).parent().unwrap_or(Utf8Path::new(""));
    let is_behind_no_link = || {
        let there = folder.join(inside).canonicalize_utf8().ok()?;
        Some(there == folder.canonicalize_utf8().ok()?.join(inside))
    };
    let is_hidden = href.split('/').any(|part| part.starts_with('.'));
    let is_package = href.ends_with(".rpm") && !href.starts_with("repodata/");
    is_package && !is_hidden && is_behind_no_link() == Some(true)
}
