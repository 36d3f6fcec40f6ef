//! Files that get their names when they are whole.
//!
//! In come a path and bytes, or the folder of a file that somebody writes; out goes a file that is
//! there whole or not at all, whatever ends the run on the way. What a run leaves behind that nobody
//! could clean up after (SIGKILL, a power cut) has a name that only ours have, and the runs of
//! the next day take it away. This module knows nothing of what it writes.

use camino::Utf8Path;
use std::collections::HashSet;
use std::fs::{File, Metadata, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tempfile::{NamedTempFile, TempDir};

/// What the name of everything that is not whole yet begins with.
const PREFIX: &str = ".ambot-";
/// What it ends with.
const SUFFIX: &str = ".part";
/// From when on something unfinished is nobody's. What is being written is touched all the time; the
/// id of the writer would tell nothing on a folder that several machines share.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// Who may read a file that is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Whom the user's umask lets.
    Umask,
    /// Its owner alone.
    Owner,
}

/// A file without a name that anybody looks for, in the folder that it stays in. It is removed
/// unless it gets its name. `ending` is that of the name to come, with its dot.
///
/// # Errors
/// When it cannot be made.
pub fn unfinished(folder: &Utf8Path, ending: &str, readers: Readers) -> io::Result<NamedTempFile> {
    clear_once(folder);
    let mode = match readers {
        Readers::Umask => 0o666,
        Readers::Owner => 0o600,
    };
    tempfile::Builder::new()
        .prefix(PREFIX)
        .suffix(&format!("{ending}{SUFFIX}"))
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(folder)
}

/// A folder for what is needed while the run lasts, and is removed with it. `ending` tells what kind it
/// is, as with [`unfinished`].
///
/// # Errors
/// When it cannot be made.
pub fn workshop(folder: &Utf8Path, ending: &str) -> io::Result<TempDir> {
    clear_once(folder);
    tempfile::Builder::new()
        .prefix(PREFIX)
        .suffix(&format!("{ending}{SUFFIX}"))
        .tempdir_in(folder)
}

/// Writes a file, whole or not at all; the folders above it are made. What is there keeps its mode
/// and, where that is allowed, its owner, and a link stays a link; what is new is for `readers`.
///
/// # Errors
/// When it cannot be written; what is there is as it was then.
pub fn write(path: &Utf8Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    let real = path.canonicalize_utf8();
    let path = real.as_deref().unwrap_or(path);
    let folder = folder_of(path);
    std::fs::create_dir_all(folder)?;
    let there = match std::fs::metadata(path) {
        Ok(facts) if facts.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(facts) => Some(facts),
        Err(_) => None,
    };
    // What is there may be for its owner alone.
    let meanwhile = there.as_ref().map_or(readers, |_| Readers::Owner);
    let mut file = unfinished(folder, "", meanwhile)?;
    // Not through the temporary file itself, which would have its name in the error.
    file.as_file_mut().write_all(bytes)?;
    if let Some(facts) = there {
        // Not allowed to all; who may write the file may keep it all the same.
        let _ = fchown(file.as_file(), Some(facts.uid()), Some(facts.gid()));
        // After the owner, whose change takes bits away.
        file.as_file().set_permissions(facts.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

fn folder_of(path: &Utf8Path) -> &Utf8Path {
    match path.parent() {
        Some(folder) if !folder.as_str().is_empty() => folder,
        _ => Utf8Path::new("."),
    }
}

/// Removes what nobody has written to for a day, once a run for each folder.
fn clear_once(folder: &Utf8Path) {
    static CLEARED: Mutex<Option<HashSet<PathBuf>>> = Mutex::new(None);
    let mut cleared = CLEARED.lock().unwrap_or_else(PoisonError::into_inner);
    let cleared = cleared.get_or_insert_default();
    if cleared.insert(folder.as_std_path().to_owned()) {
        clear_stale(folder, SystemTime::now());
    }
}

/// Whether a file has a name that only what is not whole yet has.
pub fn is_unfinished(path: &Utf8Path) -> bool {
    ending_of(path.file_name().unwrap_or_default()).is_some()
}

/// What an unfinished file is to end with once it is whole; nothing of other names. Before it stand
/// six letters and digits that [`tempfile`] makes up.
fn ending_of(name: &str) -> Option<&str> {
    let rest = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
    let (random, ending) = rest.split_at_checked(6)?;
    let is_ours = random.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && (ending.is_empty() || ending.starts_with('.'));
    is_ours.then_some(ending)
}

/// Removes all that is unfinished and would get this ending, for who has a lock that everybody takes
/// who makes such files there.
pub fn clear_locked(folder: &Utf8Path, ending: &str) {
    clear(folder, |its, _| its == ending);
}

fn clear_stale(folder: &Utf8Path, now: SystemTime) {
    clear(folder, |_, facts| {
        let then = facts.modified().ok();
        let age = then.and_then(|then| now.duration_since(then).ok());
        age.is_some_and(|age| age > STALE)
    });
}

fn clear(folder: &Utf8Path, is_over: impl Fn(&str, &Metadata) -> bool) {
    // It is tidying: what cannot be read or removed keeps nobody from writing.
    let entries = folder.as_std_path().read_dir();
    for entry in entries.into_iter().flatten().flatten() {
        let name = entry.file_name();
        let (Some(ending), Ok(facts)) = (name.to_str().and_then(ending_of), entry.metadata())
        else {
            continue;
        };
        if is_over(ending, &facts) {
            let _ = match facts.is_dir() {
                true => std::fs::remove_dir_all(entry.path()),
                false => std::fs::remove_file(entry.path()),
            };
        }
    }
}

/// What helps where something could not be written, if that is about the disk and not the place.
pub fn way_out(error: &io::Error) -> Option<String> {
    let way_out = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "free some space there",
        io::ErrorKind::FileTooLarge => {
            "no file may grow so large here: `ulimit -f` shows and sets the limit"
        }
        io::ErrorKind::ReadOnlyFilesystem => "it is mounted read-only",
        _ => return None,
    };
    Some(way_out.to_owned())
}

/// Has the disk keep the names in a folder. A folder that cannot be synced is no reason to call a
/// finished file a failure.
pub fn sync_names(folder: &Utf8Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (TempDir, camino::Utf8PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap().to_owned();
        (folder, path)
    }

    fn names(folder: &Utf8Path) -> Vec<String> {
        let entries = folder.read_dir_utf8().unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().to_owned());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    #[test]
    fn what_a_killed_run_left_is_removed_after_a_day() {
        let (_kept, folder) = folder();
        let now = SystemTime::now();
        for (name, hours) in [
            (".ambot-a1B2c3.rpm.part", 25),
            (".ambot-d4E5f6.rpm.part", 23),
            (".ambot-g7H8i9.part", 25),
            ("hello.rpm.part", 25),
            (".ambot-notes", 25),
            (".ambot-notes.part", 25),
            (".ambot-of-mine.part", 25),
        ] {
            let file = File::create(folder.join(name)).unwrap();
            file.set_modified(now - Duration::from_secs(hours * 60 * 60))
                .unwrap();
        }
        let workshop = folder.join(".ambot-j0K1l2.part");
        std::fs::create_dir_all(workshop.join("0")).unwrap();
        let then = now - Duration::from_secs(25 * 60 * 60);
        File::open(workshop).unwrap().set_modified(then).unwrap();
        clear_stale(&folder, now);
        let theirs = [".ambot-notes", ".ambot-notes.part", ".ambot-of-mine.part"];
        let left = [
            &[".ambot-d4E5f6.rpm.part"][..],
            &theirs,
            &["hello.rpm.part"],
        ]
        .concat();
        assert_eq!(names(&folder), left);
        clear_locked(&folder, ".repo");
        assert_eq!(names(&folder), left);
        clear_locked(&folder, ".rpm");
        assert_eq!(names(&folder), left[1..]);
    }

    #[test]
    fn a_file_is_replaced_with_its_mode_and_a_link_stays_one() {
        let (_kept, folder) = folder();
        let (file, link) = (folder.join("a"), folder.join("b"));
        write(&file, b"old", Readers::Umask).unwrap();
        std::fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        std::os::unix::fs::symlink("a", &link).unwrap();
        write(&link, b"new", Readers::Umask).unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"new");
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
        assert!(link.is_symlink());
        assert_eq!(names(&folder), ["a", "b"]);
    }

    #[test]
    fn a_folder_is_not_replaced_and_nothing_is_left_beside_it() {
        let (_kept, folder) = folder();
        std::fs::create_dir(folder.join("a")).unwrap();
        let error = write(&folder.join("a"), b"new", Readers::Umask).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::IsADirectory);
        assert_eq!(names(&folder), ["a"]);
    }
}
