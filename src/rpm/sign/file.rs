//! Putting a signature into a file: one of ours before it has its name, or one that is there.

use super::signer::{Job, Signs};
use super::{SignError, Signer, front};
use crate::build::Interrupt;
use crate::disk::{self, Readers};
use crate::rpm::openpgp::{Covers, Signature, check_file};
use crate::rpm::read::{LEAD, Metadata, ReadRpm};
use crate::rpm::{Error, hex, tag, visible};
use crate::target::SignatureAlgorithm;
use camino::{Utf8Path, Utf8PathBuf};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::fs::{File, Permissions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};

/// A file that was signed.
#[derive(Clone, Debug)]
pub struct SignedFile {
    /// Where it is.
    pub path: Utf8PathBuf,
    /// The id of the key that signed it, in hexadecimal.
    pub key_id: Option<String>,
    /// The hash and the algorithm: `RSA/SHA256`.
    pub algorithm: String,
    /// Whether the signature was held against the public key.
    pub is_verified: bool,
}

/// A package's front with a signature, and what lies behind it.
struct Signed {
    /// The signature header, padded.
    front: Vec<u8>,
    /// Where the main header begins in the old file.
    main: u64,
    header: Signature,
}

/// Signs a package where it lies. Its digests are not looked at: the gate does that after.
pub(in crate::rpm) fn sign_in_place(
    file: &mut File,
    name: &str,
    signer: &Signer,
    interrupt: &Interrupt,
) -> Result<(), Error> {
    let metadata = parse(file, name)?;
    let signed = sign(file, &metadata, signer, interrupt)?;
    if (LEAD + signed.front.len()) as u64 != signed.main {
        return Err(Error::Internal {
            what: "a signature does not fit into the space that was kept for it".into(),
        });
    }
    let mut write = || -> io::Result<()> {
        file.seek(SeekFrom::Start(LEAD as u64))?;
        file.write_all(&signed.front)
    };
    write().map_err(|source| read_error(name, source))
}

/// Whether what is there can be signed where it lies.
///
/// # Errors
/// When it cannot be read, or is a pipe or a device: nothing can take its place, and to open it
/// would be to wait.
pub fn is_signable(path: &Utf8Path) -> Result<(), Error> {
    let facts = std::fs::metadata(path).map_err(|source| read_error(path.as_str(), source))?;
    if facts.is_file() || facts.is_dir() {
        return Ok(());
    }
    let source = io::Error::other("it is no regular file, and is to be signed where it lies");
    Err(read_error(path.as_str(), source))
}

/// Signs a package that is there: whatever signatures it has are replaced. Its digests are verified
/// first; the signed file is written beside it, synced, verified and renamed over it, with the mode
/// that it had.
///
/// # Errors
/// When it is no sound RPM or damaged, the signer does not sign, or the folder cannot be written to;
/// the file is as it was then.
pub fn sign_file(
    path: &Utf8Path,
    signer: &Signer,
    interrupt: &Interrupt,
) -> Result<SignedFile, Error> {
    is_signable(path)?;
    // A link stays one.
    let real = path
        .canonicalize_utf8()
        .map_err(|source| read_error(path.as_str(), source))?;
    let name = path.as_str();
    let mut file = File::open(&real).map_err(|source| read_error(name, source))?;
    let metadata = parse(&mut file, name)?;
    verify_digests(&mut file, &metadata, interrupt)?;
    let signed = sign(&file, &metadata, signer, interrupt)?;
    let folder = real.parent().unwrap_or(Utf8Path::new("/"));
    let write_error = |source| SignError::Write {
        path: path.to_owned(),
        source,
    };
    let mut copy = disk::unfinished(folder, ".rpm", Readers::Owner).map_err(write_error)?;
    let out = copy.as_file_mut();
    write_signed(&mut file, &signed, out).map_err(write_error)?;
    let is_verified = verify_signature(out, name, signer)?;
    keep_owner(&file, out).map_err(write_error)?;
    out.sync_all().map_err(write_error)?;
    if let Some(signal) = interrupt.signal() {
        return Err(Error::Interrupted { signal });
    }
    copy.persist(&real)
        .map_err(|error| write_error(error.error))?;
    disk::sync_names(folder);
    let (algorithm, hash) = (signed.header.algorithm_name(), signed.header.hash());
    Ok(SignedFile {
        path: path.to_owned(),
        key_id: signed.header.key_id(),
        algorithm: format!("{algorithm}/{hash}"),
        is_verified,
    })
}

fn read_error(name: &str, source: io::Error) -> Error {
    Error::Read {
        file: name.to_owned(),
        source,
    }
}

fn parse(file: &mut File, name: &str) -> Result<Metadata, Error> {
    file.seek(SeekFrom::Start(0))
        .map_err(|source| read_error(name, source))?;
    Ok(ReadRpm::parse(file, name)?.into_metadata())
}

fn sign(
    file: &File,
    metadata: &Metadata,
    signer: &Signer,
    interrupt: &Interrupt,
) -> Result<Signed, Error> {
    let name = metadata.file();
    let main = metadata.header_start();
    let time = metadata.header().number(tag::BUILD_TIME);
    let time = time.and_then(|time| u32::try_from(time).ok()).unwrap_or(0);
    let bytes = metadata.header().bytes();
    let open_header =
        || -> io::Result<Box<dyn Read + Send>> { Ok(Box::new(io::Cursor::new(bytes.to_vec()))) };
    let open_whole = || -> io::Result<Box<dyn Read + Send>> {
        let mut file = file.try_clone()?;
        file.seek(SeekFrom::Start(main))?;
        Ok(Box::new(BufReader::with_capacity(256 << 10, file)))
    };
    let job = |covers, data| Job {
        file: name,
        signs: Signs::Package(covers),
        time,
        data,
    };
    let header = signer.sign(&job(Covers::Header, &open_header), interrupt)?;
    let mut signatures = vec![(header_tag(&header), encoded(&header)?)];
    // Where nothing that is signed vouches for the payload, it is signed itself.
    let has_digest = metadata.header().has(tag::PAYLOAD_DIGEST);
    if !has_digest || !signer.target().profile().payload_digest.value {
        let whole = signer.sign(&job(Covers::HeaderAndPayload, &open_whole), interrupt)?;
        signatures.push((whole_tag(&whole), encoded(&whole)?));
    }
    if let Some(signal) = interrupt.signal() {
        return Err(Error::Interrupted { signal });
    }
    Ok(Signed {
        front: front::signed(metadata.signature(), &signatures),
        main,
        header,
    })
}

fn encoded(signature: &Signature) -> Result<Vec<u8>, Error> {
    signature.bytes().map_err(|what| Error::Internal { what })
}

/// `RSAHEADER` is for RSA; `DSAHEADER` for everything else since there is more than DSA (rpm 4.16,
/// `makeSigTag`).
fn header_tag(signature: &Signature) -> u32 {
    match signature.algorithm() {
        Some(SignatureAlgorithm::Rsa) => tag::SIG_RSA,
        _ => tag::SIG_DSA,
    }
}

fn whole_tag(signature: &Signature) -> u32 {
    match signature.algorithm() {
        Some(SignatureAlgorithm::Rsa) => tag::SIG_PGP,
        _ => tag::SIG_GPG,
    }
}

fn write_signed(file: &mut File, signed: &Signed, out: &mut File) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    let mut lead = [0; LEAD];
    file.read_exact(&mut lead)?;
    out.write_all(&lead)?;
    out.write_all(&signed.front)?;
    file.seek(SeekFrom::Start(signed.main))?;
    io::copy(file, out).map(drop)
}

/// The mode and, where that is allowed, the owner.
fn keep_owner(old: &File, new: &File) -> io::Result<()> {
    let facts = old.metadata()?;
    // Only root may give a file away.
    let _ = fchown(new, Some(facts.uid()), Some(facts.gid()));
    new.set_permissions(Permissions::from_mode(facts.mode() & 0o7777))
}

/// Holds what was written against the public key, where it is known.
fn verify_signature(file: &mut File, name: &str, signer: &Signer) -> Result<bool, Error> {
    let Some(certificate) = signer.certificate() else {
        return Ok(false);
    };
    let metadata = parse(file, name)?;
    let checks = check_file(&metadata, file, std::slice::from_ref(certificate));
    if checks.is_empty() || checks.iter().any(|check| !check.result.is_good()) {
        let file = name.to_owned();
        return Err(SignError::NotVerified { file }.into());
    }
    Ok(true)
}

/// Every digest of the file that is recorded must be right: of the header, and of the payload as it
/// lies there, compressed.
fn verify_digests(
    file: &mut File,
    metadata: &Metadata,
    interrupt: &Interrupt,
) -> Result<(), Error> {
    let of_payload = read_payload(file, metadata, interrupt)?;
    let (signature, main) = (metadata.signature(), metadata.header());
    let header = main.bytes();
    let size = signature.number(tag::SIG_SIZE);
    let size = size.or_else(|| signature.number(tag::SIG_LONG_SIZE));
    let algorithm = main.number(tag::PAYLOAD_DIGEST_ALGO);
    let is_sha256 = algorithm == Some(u64::from(tag::SHA256_ALGORITHM));
    let payload = main.text(tag::PAYLOAD_DIGEST).filter(|_| is_sha256);
    let text = |tag| signature.text(tag).map(Cow::into_owned);
    for (what, recorded, computed) in [
        (
            "size",
            size.map(|size| size.to_string()),
            of_payload.size.to_string(),
        ),
        (
            "SHA-1 of the header",
            text(tag::SIG_SHA1),
            hex(&Sha1::digest(header)),
        ),
        (
            "SHA-256 of the header",
            text(tag::SIG_SHA256),
            hex(&Sha256::digest(header)),
        ),
        (
            "MD5 of header and payload",
            signature.binary(tag::SIG_MD5).map(hex),
            of_payload.md5,
        ),
        (
            "SHA-256 of the payload",
            payload.map(Cow::into_owned),
            of_payload.sha256,
        ),
    ] {
        let wrong = recorded.filter(|recorded| !recorded.eq_ignore_ascii_case(&computed));
        if let Some(recorded) = wrong {
            return Err(SignError::Damaged {
                file: metadata.file().to_owned(),
                what: format!(
                    "its {what} is {computed}, and it says {}",
                    visible(&recorded)
                ),
            }
            .into());
        }
    }
    Ok(())
}

/// What reading a payload tells.
struct OfPayload {
    /// Bytes of header and payload.
    size: u64,
    /// Of header and payload.
    md5: String,
    /// Of the payload.
    sha256: String,
}

fn read_payload(
    file: &mut File,
    metadata: &Metadata,
    interrupt: &Interrupt,
) -> Result<OfPayload, Error> {
    let failed = |source| read_error(metadata.file(), source);
    file.seek(SeekFrom::Start(metadata.payload_start()))
        .map_err(failed)?;
    let header = metadata.header().bytes();
    let (mut md5, mut sha256) = (Md5::new_with_prefix(header), Sha256::new());
    let mut size = header.len() as u64;
    let mut chunk = vec![0; 256 << 10];
    loop {
        if let Some(signal) = interrupt.signal() {
            return Err(Error::Interrupted { signal });
        }
        let length = file.read(&mut chunk).map_err(failed)?;
        if length == 0 {
            return Ok(OfPayload {
                size,
                md5: hex(&md5.finalize()),
                sha256: hex(&sha256.finalize()),
            });
        }
        md5.update(&chunk[..length]);
        sha256.update(&chunk[..length]);
        size += length as u64;
    }
}
