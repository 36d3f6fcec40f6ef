//! What tells whether a file changed between two looks.

use serde::{Deserialize, Serialize};
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A file as the disk tells of it, without its bytes: size in bytes, the times of the last change of
/// its bytes and of anything at all, each in seconds and nanoseconds since 1970, device and inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stamp {
    size: u64,
    mtime: (i64, i64),
    ctime: (i64, i64),
    inode: (u64, u64),
}

impl Stamp {
    /// What the disk tells.
    pub fn of(metadata: &Metadata) -> Self {
        Stamp {
            size: metadata.len(),
            mtime: (metadata.mtime(), metadata.mtime_nsec()),
            ctime: (metadata.ctime(), metadata.ctime_nsec()),
            inode: (metadata.dev(), metadata.ino()),
        }
    }

    /// What the disk tells of the file at a path, behind links.
    ///
    /// # Errors
    /// When it is not there or cannot be looked at.
    pub fn read(path: impl AsRef<Path>) -> io::Result<Self> {
        Ok(Stamp::of(&fs::metadata(path)?))
    }

    /// The size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Whether the file was left alone from this long before a moment on. One that was not may have
    /// been written to twice within one tick of the clock that stamps files, or by a machine whose
    /// clock differs, and its stamp tells nothing then.
    pub fn is_older(&self, moment: SystemTime, by: Duration) -> bool {
        let Some(limit) = moment.checked_sub(by) else {
            return false;
        };
        let Ok(limit) = limit.duration_since(UNIX_EPOCH) else {
            return false;
        };
        let limit = (
            i64::try_from(limit.as_secs()).unwrap_or(i64::MAX),
            i64::from(limit.subsec_nanos()),
        );
        self.mtime < limit && self.ctime < limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_as_old_as_the_younger_of_its_times() {
        let stamp = |mtime, ctime| Stamp {
            size: 1,
            mtime: (mtime, 500),
            ctime: (ctime, 500),
            inode: (1, 2),
        };
        let moment = UNIX_EPOCH + Duration::new(100, 0);
        let two = Duration::from_secs(2);
        assert!(stamp(97, 97).is_older(moment, two));
        assert!(!stamp(98, 97).is_older(moment, two));
        assert!(!stamp(97, 98).is_older(moment, two));
        // A file from the future is no old one.
        assert!(!stamp(200, 97).is_older(moment, two));
    }
}
