//! Assets: what becomes of a file that another tool is told to package.

use super::carried::Carried;
use super::inline::Inline;
use super::matches::{self, Match, Matches};
use super::units::{self, is_unit_folder};
use crate::report::{Span, Spanned};
use crate::target::base_system::merged_path;
use camino::Utf8Path;
use std::os::unix::fs::PermissionsExt;

/// A file, or those of a pattern, in the form that both tools' assets can be brought into.
#[derive(Clone, Debug)]
pub(super) struct Asset {
    /// The whole entry.
    pub(super) span: Span,
    pub(super) source: Spanned<String>,
    pub(super) dest: Spanned<String>,
    /// Permissions in octal digits.
    pub(super) mode: Option<Spanned<String>>,
    pub(super) user: Option<String>,
    pub(super) group: Option<String>,
    /// `true`, `false` or `"noreplace"`, as TOML; what holds by the path where it is `None`.
    pub(super) config: Option<&'static str>,
    pub(super) missingok: bool,
    pub(super) caps: Option<String>,
    pub(super) doc: bool,
}

/// A path below cargo's own folder.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Built<'a> {
    /// A file of a profile; with the triple that it was built for.
    Binary(Option<&'a str>, &'a str),
    /// Something else there.
    Other,
}

/// `target/release/hello`, `target/x86_64-unknown-linux-musl/release/hello`
fn built(source: &str) -> Option<Built<'_>> {
    let source = source.trim_start_matches("./").trim_start_matches("../");
    let below = source.strip_prefix("target/")?;
    let parts: Vec<&str> = below.split('/').collect();
    Some(match parts[..] {
        [_, name] => Built::Binary(None, name),
        [triple, _, name] if triple.matches('-').count() >= 2 => Built::Binary(Some(triple), name),
        _ => Built::Other,
    })
}

pub(super) fn place(carried: &mut Carried<'_>, asset: Asset) {
    let dest = absolute(&asset.dest.value);
    let asset = Asset {
        dest: asset.dest.clone().map(|_| dest),
        ..asset
    };
    wanted(carried, &asset);
    if is_unit(carried, &asset) {
        return;
    }
    match built(&asset.source.value) {
        Some(Built::Binary(triple, name)) if is_binary(carried, name) => {
            binary(carried, &asset, triple, name);
        }
        Some(_) => {
            let name = Utf8Path::new(&asset.source.value)
                .file_name()
                .unwrap_or_default();
            carried.left(
                format!("`{name}` is made by the build, and is none of its binaries"),
                &asset.span,
                "manual pages and completions that a build script writes into OUT_DIR are found; \
                 name others in `files` when something makes them before the package",
            );
            let line = line(&asset, &asset.source.value, &asset.dest.value, None);
            carried
                .files
                .push((line, Some("Made by the build".to_owned())));
        }
        None => file(carried, &asset),
    }
}

/// The path as it is on the target: whole, and below `/usr` what lies there since the merge.
pub(super) fn absolute(dest: &str) -> String {
    let below = dest.trim_start_matches("./").trim_start_matches('/');
    let whole = format!("/{below}");
    match whole.ends_with('/') && whole.len() > 1 {
        true => merged_path(&whole) + "/",
        false => merged_path(&whole),
    }
}

/// Takes a unit over, one that only lies there while something is built too; a comment in `files` would
/// be no place for it. Those of a pattern are found with its other files.
fn is_unit(carried: &mut Carried<'_>, asset: &Asset) -> bool {
    let source = &asset.source.value;
    let file_name = Utf8Path::new(source).file_name().unwrap_or_default();
    let dest = installed_as(&asset.dest.value, file_name);
    let (folder, name) = dest.rsplit_once('/').unwrap_or_default();
    let is_unit = is_unit_folder(folder) && units::is_ours(name);
    if !is_unit || matches::is_pattern(carried.tool, source) {
        return false;
    }
    match matches::find(carried, source).files.first() {
        Some(found) => units::copy(carried, name, &found.path, &asset.span),
        None => units::missing(carried, name, source, &asset.span),
    }
    true
}

/// Who must be there for the file to be whose it should be.
fn wanted(carried: &mut Carried<'_>, asset: &Asset) {
    let names = asset.user.iter().chain(&asset.group);
    let missing = names.filter(|name| !crate::target::base_system::has_user(name));
    carried.wanted_users.extend(missing.cloned());
}

fn is_binary(carried: &Carried<'_>, name: &str) -> bool {
    let members = &carried.asked.workspace.packages;
    let all = members.iter().flat_map(|member| &member.binaries);
    all.into_iter().any(|known| known == name)
}

/// One that cargo builds is packaged without being named, as `/usr/bin/NAME`, `0755`, root's.
fn binary(carried: &mut Carried<'_>, asset: &Asset, triple: Option<&str>, name: &str) {
    carried.bins.insert(name.to_owned());
    let usual = format!("/usr/bin/{name}");
    let dest = installed_as(&asset.dest.value, name);
    if dest != usual {
        let link = Inline::default().text("dest", &dest).text("target", &usual);
        carried.symlinks.push(link.written());
        carried.differs(
            format!("the binary lies at {usual}, and {dest} is a link to it"),
            &asset.dest_span(),
            "cargo ambot installs binaries into /usr/bin",
        );
    }
    let mode = asset.mode.as_ref().map(|mode| (bits(&mode.value), mode));
    if let Some((bits, mode)) = mode.filter(|(bits, _)| *bits != Some(0o755)) {
        let said = bits.map_or(mode.value.clone(), |bits| format!("{bits:04o}"));
        let span = mode.span.clone().unwrap_or_else(|| asset.span.clone());
        match bits.is_some_and(|bits| bits & 0o111 == 0) {
            true => carried.differs(
                format!("a binary is 0755, not {said}"),
                &span,
                format!("with {said} nobody could start it"),
            ),
            false => carried.left(
                format!("the mode {said} of a binary"),
                &span,
                "binaries are 0755; change it in a scriptlet if it must be another",
            ),
        }
    }
    let owner = asset
        .user
        .iter()
        .chain(&asset.group)
        .find(|name| *name != "root");
    if let Some(owner) = owner {
        carried.left(
            format!("a binary that belongs to {owner}"),
            &asset.span,
            "binaries belong to root, so that no service can change its own program",
        );
    }
    if let Some(caps) = &asset.caps {
        carried.bin_caps = std::mem::take(&mut carried.bin_caps).text(name, caps);
    }
    if let Some(triple) = triple {
        carried.differs(
            format!("`{name}` is built for the glibc of each target, not for {triple}"),
            &asset.span,
            format!("`cargo ambot package --triple {triple}` builds it as before"),
        );
    }
}

/// `dest`, or below it where it ends in a slash.
pub(super) fn installed_as(dest: &str, name: &str) -> String {
    match dest.ends_with('/') {
        true => format!("{dest}{name}"),
        false => dest.to_owned(),
    }
}

/// Permissions without the kind of file, which some write along.
fn bits(mode: &str) -> Option<u32> {
    Some(u32::from_str_radix(mode, 8).ok()? & 0o7777)
}

fn file(carried: &mut Carried<'_>, asset: &Asset) {
    let source = &asset.source.value;
    let is_pattern = matches::is_pattern(carried.tool, source);
    let found = matches::find(carried, source);
    if found.files.is_empty() {
        carried.missing.push(asset.source.clone());
        let reason = if is_pattern {
            "Matches nothing now"
        } else {
            "Not there now"
        };
        let dest = as_folder(&asset.dest.value, is_pattern);
        let line = line(asset, source, &dest, None);
        carried.files.push((line, Some(reason.to_owned())));
        return;
    }
    let all_plain = found
        .files
        .iter()
        .all(|file| !goes_elsewhere(carried, asset, file, is_pattern));
    if is_pattern && found.same_pattern && all_plain {
        let dest = as_folder(&asset.dest.value, true);
        let line = line(asset, &found.source, &dest, None);
        carried.files.push((line, None));
        return;
    }
    if is_pattern && !found.same_pattern {
        carried.differs(
            format!(
                "`{source}` is written as the {} files that it matches now",
                found.files.len()
            ),
            &asset.span,
            "a pattern of cargo ambot takes whole folders, and nothing that begins with a dot",
        );
    }
    for one in &found.files {
        single(carried, asset, &found, one, is_pattern);
    }
}

fn as_folder(dest: &str, is_pattern: bool) -> String {
    match is_pattern && !dest.ends_with('/') {
        true => format!("{dest}/"),
        false => dest.to_owned(),
    }
}

/// Where one of the files is installed.
fn dest_of(asset: &Asset, one: &Match, is_pattern: bool) -> String {
    let dest = &asset.dest.value;
    match is_pattern || dest.ends_with('/') {
        true => format!("{}/{}", dest.trim_end_matches('/'), one.below),
        false => dest.clone(),
    }
}

/// Whether a file is something that cargo ambot has another place for.
fn goes_elsewhere(carried: &Carried<'_>, asset: &Asset, one: &Match, is_pattern: bool) -> bool {
    let dest = dest_of(asset, one, is_pattern);
    let (folder, name) = dest.rsplit_once('/').unwrap_or_default();
    (is_unit_folder(folder) && units::is_ours(name))
        || (folder == "/usr/bin" && is_binary(carried, name))
}

fn single(
    carried: &mut Carried<'_>,
    asset: &Asset,
    found: &Matches,
    one: &Match,
    is_pattern: bool,
) {
    let dest = dest_of(asset, one, is_pattern);
    let (folder, name) = dest.rsplit_once('/').unwrap_or_default();
    if is_unit_folder(folder) && units::is_ours(name) {
        units::copy(carried, name, &one.path, &asset.span);
        return;
    }
    if folder == "/usr/bin"
        && carried
            .asked
            .package
            .binaries
            .iter()
            .any(|known| known == name)
    {
        carried.bins.insert(name.to_owned());
        carried.left(
            format!("{dest} is a binary of this package"),
            &asset.span,
            "cargo ambot builds it and installs it there",
        );
        return;
    }
    let package = &carried.asked.package.directory;
    let source = match is_pattern {
        true => {
            let from = if found.source.starts_with("../") {
                &carried.asked.workspace.root
            } else {
                package
            };
            let below = one.path.strip_prefix(from).unwrap_or(&one.path);
            matches::seen_from(package, from, below.as_str())
        }
        false => found.source.clone(),
    };
    let written_dest = match is_pattern {
        true => dest.clone(),
        false => asset.dest.value.clone(),
    };
    let line = line(asset, &source, &written_dest, Some(&one.path));
    carried.files.push((line, None));
}

/// A line of `files`; the mode is left out where the file has it by itself.
fn line(asset: &Asset, source: &str, dest: &str, path: Option<&Utf8Path>) -> String {
    let mode = asset.mode.as_ref();
    let mode =
        mode.map(|mode| bits(&mode.value).map_or(mode.value.clone(), |bits| format!("{bits:04o}")));
    let own = path.and_then(|path| path.metadata().ok()).map(|facts| {
        let is_program = facts.permissions().mode() & 0o100 != 0;
        if is_program { "0755" } else { "0644" }
    });
    let mode = mode.filter(|mode| own != Some(mode.as_str()));
    let is_license = dest.starts_with("/usr/share/licenses/");
    let mut line = Inline::default()
        .text("source", source)
        .text("dest", dest)
        .text_if("mode", mode.as_deref())
        .text_if("user", asset.user.as_deref().filter(|user| *user != "root"))
        .text_if(
            "group",
            asset.group.as_deref().filter(|group| *group != "root"),
        );
    if let Some(config) = asset.config {
        line = line.raw("config", config);
    }
    line.flag("missingok", asset.missingok)
        .text_if("caps", asset.caps.as_deref())
        .flag("doc", asset.doc)
        .flag("license", is_license)
        .flag("outside-project", source.starts_with("../"))
        .written()
}

impl Asset {
    fn dest_span(&self) -> Span {
        self.dest.span.clone().unwrap_or_else(|| self.span.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_builds_is_told_from_what_lies_beside_it() {
        assert_eq!(built("target/release/a"), Some(Built::Binary(None, "a")));
        assert_eq!(
            built("../../target/release/a"),
            None.or(built("target/release/a"))
        );
        let triple = "x86_64-unknown-linux-musl";
        let path = format!("./target/{triple}/release/a");
        assert_eq!(built(&path), Some(Built::Binary(Some(triple), "a")));
        assert_eq!(built("target/release/build/a/out/a.1"), Some(Built::Other));
        assert_eq!(built("assets/target/a"), None);
    }

    #[test]
    fn paths_are_whole_and_merged() {
        let paths = ["usr/bin/", "./etc/a", "/lib/systemd/system/", "bin/a"].map(absolute);
        assert_eq!(
            paths,
            [
                "/usr/bin/",
                "/etc/a",
                "/usr/lib/systemd/system/",
                "/usr/bin/a"
            ]
        );
    }
}
