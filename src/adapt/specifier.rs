//! What specifiers stand for, where that is known when the package is made.

use crate::target::Profile;
use crate::unit::UnitName;
use crate::unit::value::specifiers_in;

/// The specifiers of one unit of the system's manager.
pub(super) struct Specifiers<'a> {
    name: &'a UnitName,
    profile: &'a Profile,
}

impl<'a> Specifiers<'a> {
    pub(super) fn new(name: &'a UnitName, profile: &'a Profile) -> Self {
        Specifiers { name, profile }
    }

    /// What a specifier stands for wherever the unit is installed: the folders of the system's
    /// manager, the user that it runs as, the unit's own file (systemd.unit(5) of 257, SPECIFIERS).
    pub(super) fn constant(&self, letter: char) -> Option<String> {
        let folder = &self.profile.unit_dir.value;
        let text = match letter {
            't' => "/run",
            'S' => "/var/lib",
            'C' => "/var/cache",
            'L' => "/var/log",
            'E' => "/etc",
            'T' => "/tmp",
            'V' => "/var/tmp",
            'D' => "/usr/share",
            'u' | 'g' => "root",
            'U' | 'G' => "0",
            'h' => "/root",
            's' => "/bin/bash",
            'Y' => folder,
            'y' => return Some(format!("{folder}/{}", self.name)),
            'j' => self.name.prefix().rsplit('-').next()?,
            'J' if !self.name.prefix().contains('\\') => self.name.prefix().rsplit('-').next()?,
            _ => return None,
        };
        Some(text.to_owned())
    }

    /// What the name of the unit says; nothing for what only an instance knows, and for names with
    /// escapes that would have to be taken out.
    fn of_name(&self, letter: char) -> Option<&str> {
        let whole = !self.name.is_template();
        match letter {
            'n' if whole => Some(self.name.as_str()),
            'N' if whole => Some(self.name.stem()),
            'p' => Some(self.name.prefix()),
            'P' if !self.name.prefix().contains(['\\', '-']) => Some(self.name.prefix()),
            'i' | 'I' if whole => Some(self.name.instance().unwrap_or_default()),
            _ => None,
        }
    }

    /// The value with the specifiers replaced that `wanted` names; nothing where one of them is
    /// not known.
    pub(super) fn replace(
        &self,
        value: &str,
        wanted: impl Fn(char) -> bool,
    ) -> Result<String, char> {
        let mut text = String::new();
        let mut at = 0;
        for (start, letter) in specifiers_in(value) {
            if !wanted(letter) {
                continue;
            }
            let known = match letter {
                '%' => "%".to_owned(),
                _ => self
                    .constant(letter)
                    .or_else(|| self.of_name(letter).map(str::to_owned))
                    .ok_or(letter)?,
            };
            text.push_str(&value[at..start]);
            text.push_str(&known);
            at = start + 1 + letter.len_utf8();
        }
        text.push_str(&value[at..]);
        Ok(text)
    }

    /// The value without any specifier.
    pub(super) fn resolve(&self, value: &str) -> Result<String, char> {
        self.replace(value, |_| true)
    }
}
