//! Which builds a run needs, and which targets each of them serves.

use super::host::Host;
use crate::target::{GlibcVersion, TargetName};
use camino::{Utf8Path, Utf8PathBuf};

/// One build of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Build {
    /// The glibc to build against; none for a triple that is not of glibc.
    pub(super) glibc: Option<GlibcVersion>,
    /// Whether the host's own libraries do, so that no zig is needed.
    pub(super) native: bool,
    /// The targets that its result is for.
    pub(super) serves: Vec<TargetName>,
    /// A target folder of its own, where the run has several builds: they would overwrite each
    /// other's result, because cargo knows nothing of the glibc version, and each would build
    /// everything afresh.
    pub(super) folder: Option<Utf8PathBuf>,
}

/// Whether a triple is one of glibc.
pub(super) fn is_glibc(triple: &str) -> bool {
    triple.contains("-linux-gnu")
}

/// The builds that these targets need: one for the lowest glibc among them, because a program
/// built against it runs with every later one, or with `each` one for every version.
pub(super) fn schedule(
    targets: &[TargetName],
    triple: &str,
    host: &Host,
    each: bool,
    target_directory: &Utf8Path,
) -> Vec<Build> {
    if !is_glibc(triple) {
        return vec![Build {
            glibc: None,
            native: false,
            serves: targets.to_vec(),
            folder: None,
        }];
    }
    let mut versions: Vec<GlibcVersion> = targets.iter().map(glibc_of).collect();
    versions.sort_unstable();
    versions.dedup();
    if !each {
        versions.truncate(1);
    }
    let several = versions.len() > 1;
    versions
        .iter()
        .map(|&glibc| Build {
            glibc: Some(glibc),
            native: triple == host.triple && host.glibc.is_some_and(|host| host <= glibc),
            serves: targets
                .iter()
                .filter(|target| !several || glibc_of(target) == glibc)
                .cloned()
                .collect(),
            folder: several.then(|| own_folder(target_directory, glibc)),
        })
        .collect()
}

/// The target folder of a build that is one of several.
pub(super) fn own_folder(target_directory: &Utf8Path, glibc: GlibcVersion) -> Utf8PathBuf {
    target_directory.join("ambot/build").join(glibc.to_string())
}

fn glibc_of(target: &TargetName) -> GlibcVersion {
    target.profile().glibc.value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::find;

    const TRIPLE: &str = "x86_64-unknown-linux-gnu";

    fn builds(names: &[&str], host: (u16, u16), each: bool) -> Vec<(String, bool, usize)> {
        let targets: Vec<TargetName> = names.iter().map(|name| find(name).unwrap()).collect();
        let host = Host {
            triple: TRIPLE.to_owned(),
            glibc: Some(GlibcVersion::new(host.0, host.1)),
        };
        schedule(&targets, TRIPLE, &host, each, Utf8Path::new("/p/target"))
            .into_iter()
            .map(|build| {
                assert_eq!(build.folder.is_some(), each && names.len() > 1);
                (
                    build.glibc.unwrap().to_string(),
                    build.native,
                    build.serves.len(),
                )
            })
            .collect()
    }

    #[test]
    fn one_build_for_the_lowest_glibc_serves_all() {
        let both = ["centos8", "centos7"];
        assert_eq!(
            builds(&both, (2, 36), false),
            [("2.17".to_owned(), false, 2)]
        );
        assert_eq!(
            builds(&both, (2, 36), true),
            [("2.17".to_owned(), false, 1), ("2.28".to_owned(), false, 1)]
        );
    }

    #[test]
    fn the_host_builds_for_what_is_not_older_than_itself() {
        assert_eq!(
            builds(&["centos8"], (2, 28), false),
            [("2.28".to_owned(), true, 1)]
        );
        assert_eq!(
            builds(&["centos8"], (2, 34), false),
            [("2.28".to_owned(), false, 1)]
        );
        let both = ["centos7", "centos8"];
        assert_eq!(
            builds(&both, (2, 28), false),
            [("2.17".to_owned(), false, 2)]
        );
    }

    #[test]
    fn another_architecture_is_never_native_and_musl_has_no_glibc() {
        let host = Host {
            triple: TRIPLE.to_owned(),
            glibc: Some(GlibcVersion::new(2, 17)),
        };
        let targets = [find("centos8").unwrap()];
        let folder = Utf8Path::new("/p/target");
        let other = schedule(&targets, "aarch64-unknown-linux-gnu", &host, false, folder);
        assert!(!other[0].native);
        let musl = schedule(&targets, "x86_64-unknown-linux-musl", &host, true, folder);
        assert_eq!((musl.len(), musl[0].glibc), (1, None));
    }
}
