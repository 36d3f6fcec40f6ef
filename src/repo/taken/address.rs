//! Where a repository is.

use super::Error;
use crate::report::shown_address;
use camino::{Utf8Path, Utf8PathBuf};
use std::fmt;

/// The address of a repository: the folder that has `repodata` in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Address {
    /// A folder of this machine.
    Folder(Utf8PathBuf),
    /// An address on the network.
    Web(Web),
}

/// An `http:` or `https:` address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Web {
    /// Up to the query, without a slash at its end.
    place: String,
    /// With its `?`; a token of a mirror's.
    query: String,
}

impl Web {
    /// Reads an address.
    ///
    /// # Errors
    /// Says why it is none.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
        let place_end = rest.find(['?', '#']).unwrap_or(rest.len());
        let (place, query) = rest.split_at(place_end);
        let authority = place.split('/').next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        // Between brackets an address of IPv6 has colons.
        let (name, port) = match host.rfind(']') {
            Some(end) => host.split_at(end + 1),
            None => host.split_at(host.find(':').unwrap_or(host.len())),
        };
        let is_port = |port: &str| port.parse::<u16>().is_ok();
        let port = port.strip_prefix(':').unwrap_or(port);
        let is_odd = authority.matches('@').count() > 1 || query.contains('@');
        if is_odd || !(port.is_empty() || is_port(port)) {
            return Err(PASSWORD);
        }
        if name.is_empty() {
            return Err("it names no host");
        }
        if query.contains('#') {
            return Err("no file lies behind a `#`; in a password it is written %23");
        }
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err("a space is written %20");
        }
        Ok(Web {
            place: format!("{scheme}://{}", without_file(place).trim_end_matches('/')),
            query: query.to_owned(),
        })
    }

    /// The address of a file below it; what a mirror is asked with stays behind it.
    pub(super) fn join(&self, href: &str) -> Self {
        Web {
            place: format!("{}/{href}", self.place),
            query: self.query.clone(),
        }
    }

    /// The address in full, with what may be secret.
    pub(super) fn secret(&self) -> String {
        format!("{}{}", self.place, self.query)
    }
}

/// The folder that has `repodata` in it, of who named a file there.
fn without_file(text: &str) -> &str {
    text.strip_suffix("/repodata/repomd.xml").unwrap_or(text)
}

const PASSWORD: &str = "in a name or a password /, ?, # and @ are written %2F, %3F, %23 and %40";

impl fmt::Display for Web {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown_address(&self.secret()))
    }
}

impl Address {
    /// Reads an address; a path goes from `from` on.
    ///
    /// # Errors
    /// When it is of a kind that we do not reach.
    pub fn parse(text: &str, from: &Utf8Path) -> Result<Self, Error> {
        let not = |why: &'static str| Error::Address {
            text: shown_address(text),
            why,
        };
        let text = text.trim();
        if text.is_empty() {
            return Err(not("it is empty"));
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return Ok(Address::Folder(from.join(without_file(text))));
        };
        match scheme.to_ascii_lowercase().as_str() {
            "file" => {
                let path = rest.strip_prefix("localhost").unwrap_or(rest);
                match path.starts_with('/') {
                    true => Ok(Address::Folder(without_file(path).into())),
                    false => Err(not("a file: address has three slashes: file:///srv/yum")),
                }
            }
            "http" | "https" if text.contains('$') => Err(not(
                "variables such as $basearch are not filled in: write it out",
            )),
            "http" | "https" => Web::parse(text).map(Address::Web).map_err(not),
            _ => Err(not("it is no path, and no file:, http: or https: address")),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Folder(path) => path.fmt(f),
            Address::Web(web) => web.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, Web};
    use crate::report::Diagnose;

    #[test]
    fn a_token_stays_behind_the_file() {
        let web = Web::parse("https://me:a%2Fb@h:80/yum/repodata/repomd.xml?sig=a/b%40").unwrap();
        let file = web.join("repodata/x.xml");
        assert_eq!(
            file.secret(),
            "https://me:a%2Fb@h:80/yum/repodata/x.xml?sig=a/b%40"
        );
        assert_eq!(file.to_string(), "https://h:80/yum/repodata/x.xml?…");
    }

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
                "https://example.org/yum/?token=secret",
                "http://[::1]:8080/yum",
                "https://copr.example.org/results/@group/el8",
                "http://me:sec?ret@example.org/yum",
                "http://me:sec/ret@example.org/yum",
                "http://me:secret#@example.org/yum",
                "http://me:1?secret@example.org/yum",
                "http://me:sec@ret@example.org/yum",
                "http://example.org/yum#secret",
                "http://",
                "http://example.org/a b",
                " ",
            ]
            .map(read)
            .join("\n"),
            @r#"
        Folder("/project/../yum/el7") /project/../yum/el7
        Folder("/srv/yum/") /srv/yum/
        Folder("/srv/yum/el7") /srv/yum/el7
        Web(Web { place: "https://user:secret@example.org/yum/el7", query: "" }) https://example.org/yum/el7
        Web(Web { place: "http://example.org/el7", query: "" }) http://example.org/el7
        `https://example.org/$basearch` is no address of a repository: variables such as $basearch are not filled in: write it out
        `file://srv/yum` is no address of a repository: a file: address has three slashes: file:///srv/yum
        `ftp://example.org/` is no address of a repository: it is no path, and no file:, http: or https: address
        Web(Web { place: "https://example.org/yum", query: "?token=secret" }) https://example.org/yum?…
        Web(Web { place: "http://[::1]:8080/yum", query: "" }) http://[::1]:8080/yum
        Web(Web { place: "https://copr.example.org/results/@group/el8", query: "" }) https://copr.example.org/results/@group/el8
        `http://…@example.org/yum` is no address of a repository: in a name or a password /, ?, # and @ are written %2F, %3F, %23 and %40
        `http://…@example.org/yum` is no address of a repository: in a name or a password /, ?, # and @ are written %2F, %3F, %23 and %40
        `http://…@example.org/yum` is no address of a repository: in a name or a password /, ?, # and @ are written %2F, %3F, %23 and %40
        `http://…@example.org/yum` is no address of a repository: in a name or a password /, ?, # and @ are written %2F, %3F, %23 and %40
        `http://example.org/yum` is no address of a repository: in a name or a password /, ?, # and @ are written %2F, %3F, %23 and %40
        `http://example.org/yum#…` is no address of a repository: no file lies behind a `#`; in a password it is written %23
        `http://` is no address of a repository: it names no host
        `http://example.org/a b` is no address of a repository: a space is written %20
        ` ` is no address of a repository: it is empty
        "#
        );
    }
}
