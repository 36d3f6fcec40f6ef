//! An archive for hosts without rpm: what a plan would install, and scripts that install it and take
//! it away again.
//!
//! The scripts read the list of files that lies beside them, and keep a copy on the host, so that the
//! next version knows what the last one had.

use super::{Content, Error, Item, Items};
use crate::contents::{Capabilities, FileKind, Source};
use crate::package::{self, ManagedUnit, NOARCH, Nevra, Phase, Plan, PlannedFile, SHELL};
use crate::project::UpgradePolicy;
use crate::target::{InstallStyle, TargetName};
use minijinja::context;

/// The name of the archive without its ending, and of the one folder in it.
fn top(nevra: &Nevra, target: &TargetName) -> String {
    let Nevra { name, evr, arch } = nevra;
    format!("{name}-{}-{target}-{arch}", evr.version)
}

/// The name of the archive of a package for a target.
pub fn file_name(nevra: &Nevra, target: &TargetName) -> String {
    format!("{}.tar.gz", top(nevra, target))
}

/// What lies in the archive. The plan is one without scriptlets of ours: the scripts do their work.
///
/// # Errors
/// When the scripts could not read a path, or a template cannot be rendered, which is a defect.
pub fn items(plan: &Plan) -> Result<Items, Error> {
    let top = top(&plan.nevra, &plan.target);
    let mut items = Items::new();
    let mut list = String::new();
    for file in &plan.files {
        list += &line(file)?;
        let inside = format!("{top}/files{}", file.path);
        if let FileKind::Regular(source) = &file.kind
            && !file.flags.ghost
        {
            let item = Item {
                content: Content::File(source.clone()),
                executable: file.mode & 0o111 != 0,
            };
            items.insert(inside, item);
        }
    }
    items.insert(format!("{top}/list"), Item::text(list));
    items.insert(format!("{top}/units"), Item::text(units(&plan.units)));
    for (name, template) in [
        (
            "install.sh",
            include_str!("../../templates/archive/install.sh"),
        ),
        (
            "uninstall.sh",
            include_str!("../../templates/archive/uninstall.sh"),
        ),
    ] {
        let script = Item {
            content: Content::File(Source::Bytes(render(template, plan)?.into_bytes())),
            executable: true,
        };
        items.insert(format!("{top}/{name}"), script);
    }
    for (phase, text) in scripts(plan)? {
        items.insert(format!("{top}/scripts/{phase}"), Item::text(text));
    }
    Ok(items)
}

/// A line for the scripts, with tabs between: the kind, mode, owner, group, how a changed one is
/// treated, path, where a link points, and capabilities.
fn line(file: &PlannedFile) -> Result<String, Error> {
    let flags = file.flags;
    let (kind, target) = match &file.kind {
        // Owned and not shipped: taken away with the rest.
        FileKind::Regular(_) if flags.ghost => ("ghost", "-"),
        FileKind::Regular(_) => ("file", "-"),
        FileKind::Directory => ("folder", "-"),
        FileKind::Symlink(target) => ("link", target.as_str()),
    };
    let treated = match (flags.config, flags.noreplace) {
        (true, true) => "noreplace",
        (true, false) => "config",
        (false, _) => "-",
    };
    let path = file.path.as_str();
    for text in [path, target] {
        if text.contains(['\t', '\\', '\n']) {
            return Err(Error::Path {
                path: text.to_owned(),
            });
        }
    }
    let (mode, user, group) = (file.mode, &file.user, &file.group);
    let caps = file.caps.as_ref().map_or("-", Capabilities::as_str);
    Ok(format!(
        "{kind}\t{mode:04o}\t{user}\t{group}\t{treated}\t{path}\t{target}\t{caps}\n"
    ))
}

/// A line for each unit: its name, and what is done with it.
fn units(units: &[ManagedUnit]) -> String {
    let line = |unit: &ManagedUnit| {
        let mut words = vec![unit.name.as_str()];
        let is_template = unit.name.is_template();
        let on_upgrade = match unit.upgrade() {
            UpgradePolicy::Restart => Some("restart"),
            UpgradePolicy::Reload => Some("reload"),
            UpgradePolicy::None => None,
        };
        words.extend(unit.is_preset().then_some("preset"));
        words.extend((unit.policy.start && !is_template).then_some("start"));
        words.extend(on_upgrade.filter(|_| !is_template));
        words.join(" ") + "\n"
    };
    units.iter().map(line).collect()
}

/// The scriptlets that the plan has all the same, by the names under which the install script looks
/// for them: those that make users and folders, and the user's; `late` are those that stand after
/// what looks after units.
fn scripts(plan: &Plan) -> Result<Vec<(String, String)>, Error> {
    let early = plan.scriptlets.iter().map(|one| (one, ""));
    let late = plan.late_scriptlets.iter().map(|one| (one, "-late"));
    // Nothing verifies what an archive installed.
    let all = early
        .chain(late)
        .filter(|(one, _)| one.phase != Phase::Verify);
    all.map(|(one, late)| match one.interpreter.as_slice() {
        [shell] if shell == SHELL => Ok((format!("{}{late}", one.phase), one.text.clone())),
        other => Err(Error::Interpreter {
            phase: one.phase,
            interpreter: other.join(" "),
        }),
    })
    .collect()
}

/// What `uname -m` says of machines that programs of an architecture run on, as a pattern of the
/// shell; nothing for [`NOARCH`].
fn machines(arch: &str) -> Option<String> {
    match arch {
        NOARCH => None,
        "i686" => Some("i?86 | x86_64".to_owned()),
        "armv7hl" => Some("armv[78]* | aarch64".to_owned()),
        // The others have one name for both.
        other => Some(other.to_owned()),
    }
}

fn render(template: &str, plan: &Plan) -> Result<String, Error> {
    let profile = plan.target.profile();
    let context = context! {
        package => plan.nevra.name.as_str(),
        version => plan.nevra.evr.version.as_str(),
        arch => plan.nevra.arch.as_str(),
        machines => machines(&plan.nevra.arch),
        systemd => profile.systemd.value,
        drop_ins => profile.install_style() == InstallStyle::DropIn,
        unit_dir => plan.target.profile().unit_dir.value.as_str(),
        title => plan.target.profile().title.replace(['\'', '\n'], " "),
    };
    Ok(package::render(template, &context)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contents::{FileFlags, InstallPath};

    fn file(path: &str, kind: FileKind, flags: FileFlags) -> PlannedFile {
        PlannedFile {
            path: InstallPath::new(path).unwrap(),
            kind,
            mode: 0o640,
            user: "root".into(),
            group: "hello".into(),
            mtime: 0,
            flags,
            caps: None,
            reason: String::new(),
        }
    }

    #[test]
    fn the_list_says_of_each_file_what_the_plan_says() {
        let config = FileFlags {
            config: true,
            noreplace: true,
            ..FileFlags::default()
        };
        let text = || FileKind::Regular(Source::Bytes(Vec::new()));
        let lines = [
            file("/etc/a b", text(), config),
            file(
                "/usr/bin/hi",
                FileKind::Symlink("hello".into()),
                FileFlags::default(),
            ),
            file("/var/lib/a", FileKind::Directory, FileFlags::default()),
        ];
        let lines: String = lines.iter().map(|file| line(file).unwrap()).collect();
        insta::assert_snapshot!(lines.replace('\t', "|"), @r"
        file|0640|root|hello|noreplace|/etc/a b|-|-
        link|0640|root|hello|-|/usr/bin/hi|hello|-
        folder|0640|root|hello|-|/var/lib/a|-|-
        ");
        let bad = file("/etc/a\\b", text(), FileFlags::default());
        assert!(matches!(line(&bad), Err(Error::Path { .. })));
        let bad = FileKind::Symlink("a\tb".into());
        let bad = file("/etc/a", bad, FileFlags::default());
        assert!(matches!(line(&bad), Err(Error::Path { .. })));
    }
}
