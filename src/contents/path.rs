//! A path on the system that the package is installed on.

use super::Error;
use std::borrow::Borrow;
use std::fmt;

/// The longest path in bytes (`PATH_MAX` of Linux, less the zero at its end).
const LONGEST: usize = 4095;
/// The longest part of one (`NAME_MAX`).
const LONGEST_PART: usize = 255;

/// An absolute path without `.`, `..`, doubled slashes or a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstallPath(String);

impl InstallPath {
    /// Checks a path.
    ///
    /// # Errors
    /// When it is relative, is the root itself, has parts that rpm would not keep, or is longer than any
    /// file system takes.
    pub fn new(path: impl Into<String>) -> Result<Self, Error> {
        let path = path.into();
        let problem = if !path.starts_with('/') {
            "it is not absolute"
        } else if path.contains(char::is_control) {
            "it has a control character in it"
        } else if path[1..].split('/').any(|part| part == "." || part == "..") {
            "it has `.` or `..` in it"
        } else if path[1..].split('/').any(str::is_empty) {
            "it has an empty part (a doubled slash, or a slash at the end)"
        } else if path.len() > LONGEST {
            "it is longer than 4095 bytes, which is all that Linux takes"
        } else if path[1..].split('/').any(|part| part.len() > LONGEST_PART) {
            "it has a part longer than 255 bytes, which is all that Linux takes"
        } else {
            return Ok(InstallPath(path));
        };
        Err(Error::Path {
            path,
            problem,
            span: None,
        })
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder with a slash at its end, as rpm's `DIRNAMES` has it.
    pub fn dir_name(&self) -> &str {
        &self.0[..=self.last_slash()]
    }

    /// The last part.
    pub fn base_name(&self) -> &str {
        &self.0[self.last_slash() + 1..]
    }

    fn last_slash(&self) -> usize {
        self.0.rfind('/').unwrap_or(0)
    }
}

/// It compares as its text does.
impl Borrow<str> for InstallPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InstallPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::InstallPath;

    #[test]
    fn only_plain_absolute_paths_pass() {
        for bad in [
            "",
            "/",
            "usr/bin/x",
            "/usr/../etc/x",
            "/usr//bin",
            "/usr/bin/",
            "/a/./b",
            "/a\nb",
            "/a\tb",
            "/a\u{1b}[31mb",
            "/a\u{9b}31mb",
        ] {
            assert!(InstallPath::new(bad).is_err(), "{bad:?}");
        }
        let part = |length: usize| format!("/{}", "a".repeat(length));
        assert!(InstallPath::new(part(255)).is_ok());
        assert!(InstallPath::new(part(256)).is_err());
        assert!(InstallPath::new("/a".repeat(2047)).is_ok());
        assert!(InstallPath::new("/a".repeat(2048)).is_err());
        let path = InstallPath::new("/usr/bin/hello").unwrap();
        assert_eq!((path.dir_name(), path.base_name()), ("/usr/bin/", "hello"));
    }
}
