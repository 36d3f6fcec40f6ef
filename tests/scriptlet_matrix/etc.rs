//! The links and masks of a machine as files in `/etc/systemd/system`, where a scriptlet sees them
//! and may take them away.
//!
//! All links lie in one folder: which `*.wants` a unit has asked for makes no difference here.

use super::model::Machine;
use super::package::file_of;
use super::shell::Sandbox;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

const FOLDER: &str = "etc/systemd/system";
const WANTS: &str = "etc/systemd/system/multi-user.target.wants";

impl Sandbox {
    /// Lays the links and masks of a machine, and nothing else.
    pub(crate) fn lay_etc(&self, machine: &Machine) {
        let folder = self.path(FOLDER);
        fs::remove_dir_all(&folder).unwrap();
        fs::create_dir(&folder).unwrap();
        for unit in &machine.masked {
            symlink("/dev/null", folder.join(unit)).unwrap();
        }
        self.write_links(&BTreeSet::new(), &machine.links);
    }

    /// Reads into the machine what a scriptlet left of them.
    pub(crate) fn read_etc(&self, machine: &mut Machine) {
        let is_link = |name: &String| fs::symlink_metadata(self.path(WANTS).join(name)).is_ok();
        machine.links.retain(is_link);
        let is_mask = |name: &String| fs::symlink_metadata(self.path(FOLDER).join(name)).is_ok();
        machine.masked.retain(is_mask);
    }

    /// Does to the files what systemctl did to the links; an empty folder goes with its last link.
    pub(crate) fn write_links(&self, before: &BTreeSet<String>, after: &BTreeSet<String>) {
        let wants = self.path(WANTS);
        for name in before.difference(after) {
            fs::remove_file(wants.join(name)).unwrap();
        }
        for name in after.difference(before) {
            fs::create_dir_all(&wants).unwrap();
            let unit = format!("/usr/lib/systemd/system/{}", file_of(name));
            symlink(unit, wants.join(name)).unwrap();
        }
        if after.is_empty() && !before.is_empty() {
            fs::remove_dir(&wants).unwrap();
        }
    }

    /// What lies there that is neither a mask nor a link of the machine.
    pub(crate) fn strays(&self, machine: &Machine) -> Vec<String> {
        let mut strays = names(&self.path(WANTS)).unwrap_or_default();
        strays.retain(|name| !machine.links.contains(name));
        let mut others = names(&self.path(FOLDER)).unwrap();
        let is_wants = |name: &str| WANTS.ends_with(&format!("/{name}"));
        others.retain(|name| match is_wants(name) {
            // An empty folder.
            true => machine.links.is_empty(),
            false => !machine.masked.contains(name),
        });
        strays.extend(others);
        strays
    }
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    fs::read_dir(folder)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect()
}
