//! What lies in a project and may belong into its package.

use crate::contents::is_license;
use crate::project::Package;
use camino::{Utf8Path, Utf8PathBuf};

/// What configuration is written in.
const EXTENSIONS: [&str; 7] = ["toml", "yaml", "yml", "json", "conf", "ini", "cfg"];

/// The folders that configuration lies in.
const FOLDERS: [&str; 4] = ["etc", "config", "conf", "configs"];

/// Examples of an environment, which becomes the service's.
const ENVIRONMENTS: [&str; 4] = [".env.example", ".env.sample", ".env.dist", "env.example"];

/// The most files that are offered: a folder with more is something else.
const MOST: usize = 12;

/// A configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Configuration {
    /// Where it lies in the project.
    pub(super) source: String,
    /// The name that it gets below `/etc/NAME/`.
    pub(super) name: String,
    /// Whether it is named for the service, and lies where configuration does.
    pub(super) is_sure: bool,
    /// Whether it holds variables of the environment.
    pub(super) is_environment: bool,
}

/// The configuration files of a service, in the order of their names.
pub(super) fn configuration(package: &Package, service: &str) -> Vec<Configuration> {
    let mut found: Vec<Configuration> = Vec::new();
    for folder in FOLDERS {
        for below in [folder.to_owned(), format!("{folder}/{service}")] {
            for name in files(&package.directory.join(&below)) {
                let is_own = stem(&name) == service || below.ends_with(&format!("/{service}"));
                found.extend(of_extension(&below, &name, is_own));
            }
        }
    }
    for name in files(&package.directory) {
        let is_named = [service, "config", "settings"].contains(&stem(&name));
        found.extend(of_extension("", &name, false).filter(|_| is_named));
        if ENVIRONMENTS.contains(&name.as_str()) {
            found.push(Configuration {
                source: name,
                name: format!("{service}.env"),
                is_sure: false,
                is_environment: true,
            });
        }
    }
    let mut names = Vec::new();
    // Of two that would be one file, the surer is meant.
    found.sort_by_key(|one| !one.is_sure);
    found.retain(|one| {
        !names.contains(&one.name) && {
            names.push(one.name.clone());
            true
        }
    });
    found.truncate(MOST);
    found
}

/// A file of one of the kinds; what is an example becomes what it is an example of.
fn of_extension(folder: &str, name: &str, is_sure: bool) -> Option<Configuration> {
    let plain = plain(name);
    let extension = Utf8Path::new(plain).extension()?;
    EXTENSIONS.contains(&extension).then(|| Configuration {
        source: Utf8Path::new(folder).join(name).into_string(),
        name: plain.to_owned(),
        is_sure,
        is_environment: false,
    })
}

/// `config.toml` of `config.toml.example`.
fn plain(name: &str) -> &str {
    let ends = [".example", ".sample", ".dist"];
    ends.iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or(name)
}

/// What stands before the first dot that is not the first letter.
fn stem(name: &str) -> &str {
    match name.get(1..).and_then(|rest| rest.find('.')) {
        Some(at) => &name[..=at],
        None => name,
    }
}

/// Licences and the README, which are packaged without being named.
pub(super) fn texts(package: &Package) -> Vec<String> {
    let mut found: Vec<String> = files(&package.directory);
    found.retain(|name| is_license(name));
    let named = package.license_file.iter().chain(&package.readme);
    for path in named.filter(|path| path.is_file()) {
        let name = path.strip_prefix(&package.directory).unwrap_or(path);
        if !found.iter().any(|known| known == name) {
            found.push(name.to_string());
        }
    }
    found
}

/// The units that the developer wrote.
pub(super) fn units(package: &Package) -> Vec<String> {
    const KINDS: [&str; 5] = ["service", "timer", "socket", "path", "target"];
    let mut found = files(&package.directory.join(".ambot/services"));
    found.retain(|name| {
        let kind = Utf8Path::new(name).extension();
        kind.is_some_and(|kind| KINDS.contains(&kind))
    });
    found
}

/// The names of the files in a folder. Nobody named it, so one that cannot be read has none.
pub(super) fn files(folder: &Utf8Path) -> Vec<String> {
    let entries = folder.read_dir_utf8().into_iter().flatten().flatten();
    let paths: Vec<Utf8PathBuf> = entries.map(camino::Utf8DirEntry::into_path).collect();
    let files = paths.iter().filter(|path| path.is_file());
    let mut names: Vec<String> = files
        .filter_map(|path| path.file_name().map(str::to_owned))
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_what_says_that_it_is_an_example() {
        for (name, expected, stemmed) in [
            ("hello.toml", "hello.toml", "hello"),
            ("hello.toml.example", "hello.toml", "hello"),
            ("config.example.toml", "config.example.toml", "config"),
            (".hidden.toml", ".hidden.toml", ".hidden"),
        ] {
            assert_eq!((plain(name), stem(name)), (expected, stemmed));
        }
    }
}
