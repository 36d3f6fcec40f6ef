//! Where a repository is.

use super::Error;
use camino::{Utf8Path, Utf8PathBuf};
use std::fmt;

/// The address of a repository: the folder that has `repodata` in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Address {
    /// A folder of this machine.
    Folder(Utf8PathBuf),
    /// An address on the network, without a slash at its end.
    Web(String),
}

impl Address {
    /// Reads an address; a path goes from `from` on.
    ///
    /// # Errors
    /// When it is of a kind that we do not reach.
    pub fn parse(text: &str, from: &Utf8Path) -> Result<Self, Error> {
        let not = |why: &'static str| Error::Address {
            text: without_password(text),
            why,
        };
        let text = text.trim();
        if text.is_empty() {
            return Err(not("it is empty"));
        }
        let text = text.strip_suffix("/repodata/repomd.xml").unwrap_or(text);
        let Some((scheme, rest)) = text.split_once("://") else {
            return Ok(Address::Folder(from.join(text)));
        };
        match scheme.to_ascii_lowercase().as_str() {
            "file" => {
                let path = rest.strip_prefix("localhost").unwrap_or(rest);
                match path.starts_with('/') {
                    true => Ok(Address::Folder(path.into())),
                    false => Err(not("a file: address has three slashes: file:///srv/yum")),
                }
            }
            "http" | "https" if text.contains('$') => Err(not(
                "variables such as $basearch are not filled in: write it out",
            )),
            "http" | "https" => Ok(Address::Web(text.trim_end_matches('/').to_owned())),
            _ => Err(not("it is no path, and no file:, http: or https: address")),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Folder(path) => path.fmt(f),
            Address::Web(url) => f.write_str(&without_password(url)),
        }
    }
}

/// An address as it may be shown: without what stands before the host.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let end = rest.find('/').unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => format!("{scheme}://{}", &rest[at + 1..]),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::Address;
    use crate::report::Diagnose;

    #[test]
    fn addresses_are_paths_and_urls() {
        let read = |text: &str| match Address::parse(text, "/project".into()) {
            Ok(address) => format!("{address:?} {address}"),
            Err(error) => error.diagnostic().title,
        };
        insta::assert_snapshot!(
            [
                "../yum/el7",
                "/srv/yum/",
                "file:///srv/yum/el7",
                "https://user:secret@example.org/yum/el7/",
                "http://example.org/el7/repodata/repomd.xml",
                "https://example.org/$basearch",
                "file://srv/yum",
                "ftp://user:secret@example.org/",
                " ",
            ]
            .map(read)
            .join("\n"),
            @r#"
        Folder("/project/../yum/el7") /project/../yum/el7
        Folder("/srv/yum/") /srv/yum/
        Folder("/srv/yum/el7") /srv/yum/el7
        Web("https://user:secret@example.org/yum/el7") https://example.org/yum/el7
        Web("http://example.org/el7") http://example.org/el7
        `https://example.org/$basearch` is no address of a repository: variables such as $basearch are not filled in: write it out
        `file://srv/yum` is no address of a repository: a file: address has three slashes: file:///srv/yum
        `ftp://example.org/` is no address of a repository: it is no path, and no file:, http: or https: address
        ` ` is no address of a repository: it is empty
        "#
        );
    }
}
