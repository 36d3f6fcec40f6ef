//! Enabling: the links below `*.wants`, and what systemctl 219 and 239 say and do about them.
//!
//! Observed on both. Some things differ from what one expects: `disable` of a masked unit exits 0 and
//! leaves its link, and `preset` of one exits 1, on both; 219 leaves the link of a unit whose file is
//! gone; `disable` of a template takes the links of all of its instances.

use super::model::{Loaded, Manager};
use super::package::{Generation, Kind, file_of};
use super::systemctl::{Answer, complained, said};

impl Manager<'_> {
    /// The link that enabling makes; none for units without [Install].
    fn link_of(&self, unit: &str) -> Option<String> {
        let id = self.machine.files.get(file_of(unit).as_str())?;
        let declared = self.world.packages[*id].unit(unit)?;
        if !declared.is_installable() {
            return None;
        }
        match declared.kind {
            Kind::Template if unit.contains("@.") => Some(unit.replace("@.", "@one.")),
            // 219 exits 1; 239 makes a link that means nothing.
            Kind::Bare if unit.contains("@.") && self.world.generation == Generation::El7 => None,
            _ => Some(unit.to_owned()),
        }
    }

    pub(crate) fn is_linked(&self, unit: &str) -> bool {
        match unit.split_once("@.") {
            Some((stem, suffix)) => self
                .machine
                .links
                .iter()
                .any(|link| link.starts_with(&format!("{stem}@")) && link.ends_with(suffix)),
            None => self.machine.links.contains(unit),
        }
    }

    fn does_not_exist(&self, verb: &str, unit: &str) -> Answer {
        complained(
            1,
            match self.world.generation {
                Generation::El7 => "Failed to execute operation: No such file or directory".into(),
                Generation::El8 => {
                    format!("Failed to {verb} unit: Unit file {unit} does not exist.")
                }
            },
        )
    }

    pub(crate) fn enable(&mut self, unit: &str) -> Answer {
        match self.on_disk(unit) {
            Loaded::NotFound => self.does_not_exist("enable", unit),
            Loaded::Masked => complained(1, "Failed to enable unit: it is masked."),
            Loaded::From(_) => {
                let link = self.link_of(unit);
                if link.is_none() && unit.contains("@.") {
                    return complained(1, "Failed to execute operation: Invalid argument");
                }
                self.machine.links.extend(link);
                Answer::default()
            }
        }
    }

    pub(crate) fn disable(&mut self, unit: &str) -> Answer {
        match (self.on_disk(unit), self.world.generation) {
            (Loaded::Masked, _) => Answer::default(),
            (Loaded::NotFound, Generation::El7) => self.does_not_exist("disable", unit),
            (Loaded::NotFound, Generation::El8) if !self.is_linked(unit) => {
                self.does_not_exist("disable", unit)
            }
            _ => {
                self.unlink(unit);
                Answer::default()
            }
        }
    }

    fn unlink(&mut self, unit: &str) {
        match unit.split_once("@.") {
            Some((stem, suffix)) => self
                .machine
                .links
                .retain(|link| !(link.starts_with(&format!("{stem}@")) && link.ends_with(suffix))),
            None => drop(self.machine.links.remove(unit)),
        }
    }

    /// What the presets of the machine say: the administrator's, the package's, and CentOS's last.
    pub(crate) fn preset_says(&self, unit: &str) -> bool {
        let of_package = || {
            let package = self.machine.files.get(file_of(unit).as_str());
            package.and_then(|id| self.world.packages[*id].preset(unit))
        };
        self.world.fleet.or_else(of_package).unwrap_or(false)
    }

    pub(crate) fn preset(&mut self, unit: &str) -> Answer {
        match self.on_disk(unit) {
            Loaded::NotFound => self.does_not_exist("preset", unit),
            Loaded::Masked => complained(1, "Failed to preset unit: it is masked."),
            Loaded::From(_) if self.preset_says(unit) => self.enable(unit),
            Loaded::From(_) => self.disable(unit),
        }
    }

    pub(crate) fn is_enabled(&self, unit: &str) -> Answer {
        match self.on_disk(unit) {
            Loaded::NotFound => complained(
                1,
                format!("Failed to get unit file state for {unit}: No such file or directory"),
            ),
            Loaded::Masked => said(1, "masked"),
            Loaded::From(_) if unit.contains("@.") && self.is_linked(unit) => {
                let link = self.link_of(unit);
                let default = link.is_some_and(|link| self.machine.links.contains(&link));
                // 239 looks at the default instance alone.
                match self.world.generation {
                    Generation::El8 if !default => said(0, "indirect"),
                    _ => said(0, "enabled"),
                }
            }
            Loaded::From(_) if unit.contains("@.") => said(1, "disabled"),
            Loaded::From(_) if self.link_of(unit).is_none() => said(0, "static"),
            Loaded::From(_) if self.is_linked(unit) => said(0, "enabled"),
            Loaded::From(_) => said(1, "disabled"),
        }
    }
}
