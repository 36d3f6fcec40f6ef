//! Manual pages and shell completions: what is one, and where it is installed.

use camino::Utf8Path;
use flate2::{Compression, GzBuilder};
use std::io::Write;

/// A file as one that a shell or man(1) looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// Where it is installed.
    pub(super) dest: String,
    /// Whose it is: the name without what tells the kind.
    pub(super) of: String,
    /// Whether it is compressed on the way.
    pub(super) compress: bool,
}

/// A manual page by its name: `hello.1`, `hello.conf.5`, `hello.1.gz`.
pub(super) fn manual(path: &Utf8Path) -> Option<Page> {
    let name = path.file_name()?;
    let plain = name.strip_suffix(".gz");
    let (of, section) = plain.unwrap_or(name).rsplit_once('.')?;
    let number = section.chars().next().filter(|c| ('1'..='9').contains(c))?;
    // `3p`, `1ssl`: a section with a word after it.
    let is_section = section.len() <= 4 && section[1..].chars().all(|c| c.is_ascii_lowercase());
    (is_section && !of.is_empty()).then(|| Page {
        dest: format!("/usr/share/man/man{number}/{of}.{section}.gz"),
        of: of.to_owned(),
        compress: plain.is_none(),
    })
}

/// Completions by their name, as clap_complete and people write them: `hello.bash`, `_hello`,
/// `hello.zsh`, `hello.fish`; and `hello` in a folder `bash`.
pub(super) fn completions(path: &Utf8Path) -> Option<Page> {
    let name = path.file_name()?;
    let folder = path.parent().and_then(Utf8Path::file_name);
    let cut = |suffixes: &[&str]| {
        let stem = suffixes.iter().find_map(|suffix| name.strip_suffix(suffix));
        stem.filter(|stem| !stem.is_empty())
    };
    let page = |dest: String, of: &str| Page {
        dest,
        of: of.to_owned(),
        compress: false,
    };
    if let Some(of) = cut(&[".bash", ".bash-completion"]) {
        let dest = format!("/usr/share/bash-completion/completions/{of}");
        return Some(page(dest, of));
    }
    if let Some(of) = cut(&[".fish"]) {
        let dest = format!("/usr/share/fish/vendor_completions.d/{of}.fish");
        return Some(page(dest, of));
    }
    let zsh = |of: &str| page(format!("/usr/share/zsh/site-functions/_{of}"), of);
    if let Some(of) = cut(&[".zsh"]) {
        return Some(zsh(of.strip_prefix('_').unwrap_or(of)));
    }
    let of = name.strip_prefix('_').filter(|of| !of.is_empty());
    if let Some(of) = of.filter(|of| !of.contains('.')) {
        return Some(zsh(of));
    }
    (folder == Some("bash") && !name.contains('.')).then(|| {
        let dest = format!("/usr/share/bash-completion/completions/{name}");
        page(dest, name)
    })
}

/// What `gzip -9n` makes: no name and no time, so that the same page gives the same bytes.
pub(super) fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    const UNIX: u8 = 3;
    let mut gzip = GzBuilder::new()
        .operating_system(UNIX)
        .write(Vec::new(), Compression::best());
    gzip.write_all(bytes)?;
    gzip.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use std::io::Read;

    #[test]
    fn a_manual_page_goes_to_the_folder_of_its_section() {
        let dest = |name: &str| manual(Utf8Path::new(name)).map(|page| page.dest);
        for (name, to) in [
            ("man/hello.1", "man1/hello.1.gz"),
            ("hello.conf.5", "man5/hello.conf.5.gz"),
            ("hello.8.gz", "man8/hello.8.gz"),
            ("hello.3p", "man3/hello.3p.gz"),
        ] {
            assert_eq!(dest(name), Some(format!("/usr/share/man/{to}")), "{name}");
        }
        for name in [
            "hello",
            "hello.1.in",
            "hello.md",
            "hello.0",
            ".1",
            "hello.1.bz2",
            "hello.1.2.33",
        ] {
            assert_eq!(dest(name), None, "{name}");
        }
    }

    #[test]
    fn completions_go_where_each_shell_looks() {
        let dest = |name: &str| completions(Utf8Path::new(name)).map(|page| page.dest);
        for (name, to) in [
            (
                "completions/hello.bash",
                "bash-completion/completions/hello",
            ),
            ("hello.bash-completion", "bash-completion/completions/hello"),
            (
                "completions/bash/hello",
                "bash-completion/completions/hello",
            ),
            ("_hello", "zsh/site-functions/_hello"),
            ("hello.zsh", "zsh/site-functions/_hello"),
            ("_hello.zsh", "zsh/site-functions/_hello"),
            ("hello.fish", "fish/vendor_completions.d/hello.fish"),
        ] {
            assert_eq!(dest(name), Some(format!("/usr/share/{to}")), "{name}");
        }
        for name in [
            "_hello.ps1",
            "hello.elv",
            "hello",
            "_",
            ".bash",
            "hello.bash.in",
            "hello.ts",
        ] {
            assert_eq!(dest(name), None, "{name}");
        }
    }

    #[test]
    fn a_compressed_page_has_no_time_and_no_name_in_it() {
        let gzipped = gzip(b"page").unwrap();
        assert_eq!(gzipped[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3]);
        let mut text = String::new();
        GzDecoder::new(gzipped.as_slice())
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "page");
    }
}
