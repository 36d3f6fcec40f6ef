//! The tables as one target sees them.

use super::super::profile::Profile;
use super::directive::{Directive, directive, directives_in};
use super::enumeration::EnumValue;
use super::exec_prefix::exec_prefix;
use super::history::Standing;
use super::moves::{Rewrite, rewrite};
use super::specifier::{SpecifierContext, specifier};

impl Profile {
    /// What the target's systemd makes of a directive in a section.
    ///
    /// A directive that only another section has is [`Standing::Unknown`], as it is to systemd;
    /// [`sections_of`](super::sections_of) tells the two apart. Names that start with `X-` are
    /// [`Standing::Private`] (seen on 219 and 239).
    pub fn directive(&self, section: &str, name: &str) -> Standing {
        if section.starts_with("X-") || name.starts_with("X-") {
            return Standing::Private;
        }
        match directive(section, name) {
            Some(row) => row.history.standing(self.tables.value),
            None => Standing::Unknown,
        }
    }

    /// What the target's systemd makes of a section: known where it has a directive in it.
    pub fn section(&self, section: &str) -> Standing {
        if section.starts_with("X-") {
            return Standing::Private;
        }
        let rows = directives_in(section).iter();
        let mut standings = rows.map(|row| row.history.standing(self.tables.value));
        let first = standings.next().unwrap_or(Standing::Unknown);
        if first.works() || standings.any(Standing::works) {
            return Standing::Known;
        }
        first
    }

    /// The words of a directive with what the target makes of each; none for a directive that
    /// takes no words. What else it takes is in [`Directive::enumeration`].
    pub fn enum_values(&self, directive: &Directive) -> Option<Vec<EnumValue>> {
        let words = directive.enumeration()?.words.iter();
        let of_target = words.map(|word| EnumValue {
            word,
            standing: word.history.standing(self.tables.value),
        });
        Some(of_target.collect())
    }

    /// What the target's systemd makes of `%LETTER` in a place; what it means is in
    /// [`specifier`].
    pub fn specifier(&self, letter: char, context: SpecifierContext) -> Standing {
        match specifier(letter) {
            Some(row) => row.standing(self.tables.value, context),
            None => Standing::Unknown,
        }
    }

    /// Whether an unknown specifier makes the line void; before 236 it stays as it is written
    /// (systemd NEWS 236; `specifier.c` of 235 and 236).
    pub fn refuses_unknown_specifiers(&self) -> bool {
        self.tables.value.version() >= 236
    }

    /// What the target's systemd makes of a prefix of a command line; what it means is in
    /// [`exec_prefix`].
    pub fn exec_prefix(&self, prefix: &str) -> Standing {
        match exec_prefix(prefix) {
            Some(row) => row.history.standing(self.tables.value),
            None => Standing::Unknown,
        }
    }

    /// Whether a program may be given without its folder, to be looked up in those that systemd
    /// was built with (systemd NEWS 239; seen on the real 219 and 239).
    pub fn finds_programs(&self) -> bool {
        self.tables.value.version() >= 239
    }

    /// Whether a service of `Type=oneshot` is refused because of `RestartForceExitStatus=`: up to
    /// 254.26, and no longer in 257.13 (`service_verify()`); seen on the real 219, 239 and 252.
    pub fn refuses_forced_restart_of_oneshot(&self) -> bool {
        self.tables.value.version() < 257
    }

    /// Whether specifiers in the path of a program are resolved, not in its arguments alone
    /// (`load-fragment.c`, v233).
    pub fn resolves_programs(&self) -> bool {
        self.tables.value.version() >= 233
    }

    /// Whether specifiers in `ReadOnlyPaths=` and its kin are resolved, and whether these can
    /// name files (`load-fragment.c` and `namespace.c` of 219, which does neither, and of 239,
    /// which does both).
    pub fn has_full_paths(&self) -> bool {
        self.tables.value.version() >= 239
    }

    /// Whether `%u`, `%U`, `%h` and `%s` are about the user that the manager runs as; before, they
    /// are about that of `User=` (systemd NEWS 228).
    pub fn resolves_to_manager(&self) -> bool {
        self.tables.value.version() >= 228
    }

    /// What `%u`, `%U`, `%h` and `%s` come to where they go by `User=`: PID 1 of 219 asks nobody for the
    /// accounts of the system (`specifier_user_home()` and its kin of unit-printf.c).
    pub fn specifier_of_user(&self, letter: char) -> Option<&'static str> {
        if self.resolves_to_manager() {
            return None;
        }
        match letter {
            'u' => Some("the user of `User=`"),
            'U' => Some("the number of `User=`, and fails where that is a name other than root"),
            'h' | 's' => Some("goes by `User=`, and fails for all but root"),
            _ => None,
        }
    }

    /// Whether a timeout can be `infinity`; before, `0` says it, and `infinity` overflows and
    /// ends at once (`service_arm_timer()` of service.c in 219; v229).
    pub fn has_infinite_timeouts(&self) -> bool {
        self.tables.value.version() >= 229
    }

    /// Whether `WorkingDirectory=` takes `~`, and `-` before a path (`load-fragment.c`, v227).
    pub fn has_home_as_working_directory(&self) -> bool {
        self.tables.value.version() >= 227
    }

    /// Whether a relative `PIDFile=` lies below `/run` (`load-fragment.c`, v240).
    pub fn has_relative_pid_files(&self) -> bool {
        self.tables.value.version() >= 240
    }

    /// Whether a system call in `SystemCallFilter=` can have an error of its own, `name:EPERM`
    /// (`load-fragment.c`, v233).
    pub fn has_errors_of_calls(&self) -> bool {
        self.tables.value.version() >= 233
    }

    /// How a directive that does not work on the target is written so that it does, where another
    /// name of the same directive works.
    pub fn rewrite(&self, section: &str, name: &str) -> Option<Rewrite> {
        if self.directive(section, name) == Standing::Known {
            return None;
        }
        rewrite(section, name, self.tables.value)
    }
}
