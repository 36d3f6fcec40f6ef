//! Taking what was built before.

use super::Error;
use super::host::Host;
use super::request::Request;
use super::schedule::{Build, own_folder};
use crate::report::{Diagnostic, Sink};
use crate::target::TargetName;
use camino::{Utf8Path, Utf8PathBuf};
use std::time::{Duration, SystemTime};

/// The wanted binaries where a build for this purpose would have put them.
///
/// The newest one built for the triple is taken. One built without a triple, in the folder of the
/// host's own programs, is taken only where there is no other; where it is newer it is said.
pub(super) fn locate(
    request: &Request,
    build: &Build,
    triple: &str,
    host: &Host,
    sink: &dyn Sink,
) -> Result<Vec<(String, Utf8PathBuf)>, Error> {
    let places = Places::of(request, build, triple, host);
    let targets: Vec<&str> = build.serves.iter().map(TargetName::as_str).collect();
    let mut found = Vec::new();
    for bin in &request.bins {
        let Some(Choice { path, newer }) = places.choose(bin) else {
            return Err(Error::NotBuilt {
                bin: bin.clone(),
                looked: places
                    .all()
                    .map(|folder| shown(&folder.join(bin), request))
                    .collect(),
            });
        };
        let age = age(&path).map_or_else(String::new, |age| format!(", built {} ago", words(age)));
        let targets = targets.join(", ");
        let taken = shown(&path, request);
        sink.status("Taking", &format!("{taken} for {targets}{age}"));
        if let Some(newer) = newer {
            let newer = shown(&newer, request);
            sink.diagnostic(
                &Diagnostic::note(format!("{newer} is newer than the `{bin}` that is taken"))
                    .with_help("leave out `--no-build` to build what is packaged"),
            );
        }
        found.push((bin.clone(), path));
    }
    Ok(found)
}

/// A path as short as it can be from the current folder.
fn shown(path: &Utf8Path, request: &Request) -> Utf8PathBuf {
    let below = path.strip_prefix(&request.current_dir);
    below.unwrap_or(path).to_owned()
}

/// The folders where a binary may lie.
struct Places {
    /// Of builds for the triple.
    triple: Vec<Utf8PathBuf>,
    /// Of builds without one, where the host would have made the same.
    native: Option<Utf8PathBuf>,
}

/// A binary that is taken, and a newer one that is not.
#[derive(Debug, PartialEq, Eq)]
struct Choice {
    path: Utf8PathBuf,
    newer: Option<Utf8PathBuf>,
}

impl Places {
    fn of(request: &Request, build: &Build, triple: &str, host: &Host) -> Self {
        let profile = request.cargo.profile_folder();
        let shared = request.target_directory.clone();
        let own = build.glibc.map(|glibc| own_folder(&shared, glibc));
        Places {
            native: (triple == host.triple).then(|| shared.join(profile)),
            triple: own
                .into_iter()
                .chain([shared])
                .map(|folder| folder.join(triple).join(profile))
                .collect(),
        }
    }

    fn all(&self) -> impl Iterator<Item = &Utf8PathBuf> {
        self.triple.iter().chain(&self.native)
    }

    fn choose(&self, bin: &str) -> Option<Choice> {
        let native = self.native.as_ref().map(|folder| folder.join(bin));
        let native = native.filter(|path| path.is_file());
        let built = self.triple.iter().map(|folder| folder.join(bin));
        let built = built
            .filter(|path| path.is_file())
            .max_by_key(|path| modified(path));
        match (built, native) {
            (Some(path), native) => Some(Choice {
                newer: native.filter(|native| modified(native) > modified(&path)),
                path,
            }),
            (None, Some(path)) => Some(Choice { path, newer: None }),
            (None, None) => None,
        }
    }
}

fn modified(path: &Utf8Path) -> Option<SystemTime> {
    path.metadata().and_then(|data| data.modified()).ok()
}

fn age(path: &Utf8Path) -> Option<Duration> {
    // A file from the future has no age.
    modified(path)?.elapsed().ok()
}

/// A length of time in its largest unit, rounded down.
fn words(age: Duration) -> String {
    let seconds = age.as_secs();
    let (number, unit) = match seconds {
        0..60 => (seconds, "second"),
        60..3600 => (seconds / 60, "minute"),
        3600..86400 => (seconds / 3600, "hour"),
        _ => (seconds / 86400, "day"),
    };
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files with these ages in seconds.
    fn places(folder: &Utf8Path, ages: [Option<u64>; 3]) -> Places {
        let folders = ["own", "shared", "native"].map(|name| folder.join(name));
        for (folder, age) in folders.iter().zip(ages) {
            let Some(age) = age else { continue };
            std::fs::create_dir_all(folder).unwrap();
            let file = std::fs::File::create(folder.join("hello")).unwrap();
            let time = SystemTime::now() - Duration::from_secs(age);
            file.set_modified(time).unwrap();
        }
        let [own, shared, native] = folders;
        Places {
            triple: vec![own, shared],
            native: Some(native),
        }
    }

    #[test]
    fn the_newest_build_for_the_triple_is_taken_and_the_hosts_own_only_for_want_of_one() {
        for (ages, taken, newer) in [
            ([Some(9), Some(5), None], "shared", None),
            ([Some(5), Some(9), Some(1)], "own", Some("native")),
            ([None, None, Some(1)], "native", None),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let folder = Utf8Path::from_path(folder.path()).unwrap();
            let choice = places(folder, ages).choose("hello").unwrap();
            assert_eq!(choice.path, folder.join(taken).join("hello"));
            let newer = newer.map(|name| folder.join(name).join("hello"));
            assert_eq!(choice.newer, newer);
        }
    }

    #[test]
    fn ages_are_told_in_one_unit() {
        for (seconds, text) in [
            (1, "1 second"),
            (59, "59 seconds"),
            (61, "1 minute"),
            (7200, "2 hours"),
            (90_000, "1 day"),
        ] {
            assert_eq!(words(Duration::from_secs(seconds)), text);
        }
    }
}
