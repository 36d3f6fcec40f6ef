//! What a package can be made as, and where that stops on the way.

/// A form of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// An RPM.
    Rpm,
    /// A spec file with the sources that are made beside it.
    Spec,
    /// A source package, from which others build the RPM.
    Srpm,
    /// An archive with an install script, for hosts without rpm.
    TarGz,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 4] = [Format::Rpm, Format::Spec, Format::Srpm, Format::TarGz];

    /// What it is called on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Rpm => "rpm",
            Format::Spec => "spec",
            Format::Srpm => "srpm",
            Format::TarGz => "tar.gz",
        }
    }

    /// What so many of them are called, for people.
    pub(super) fn noun(self, count: usize) -> &'static str {
        let (one, more) = match self {
            Format::Rpm => ("RPM", "RPMs"),
            Format::Spec => ("spec", "specs"),
            Format::Srpm => ("source package", "source packages"),
            Format::TarGz => ("archive", "archives"),
        };
        if count == 1 { one } else { more }
    }

    /// How the name of a file of this form ends.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Format::Rpm | Format::Srpm => ".rpm",
            Format::Spec => ".spec",
            Format::TarGz => ".tar.gz",
        }
    }

    /// Whether it holds what is built here. The others stop before the build.
    pub fn is_built(self) -> bool {
        matches!(self, Format::Rpm | Format::TarGz)
    }

    /// Whether each RPM of a package has one of its own. The others are one for all of them.
    pub(super) fn is_each(self) -> bool {
        self.is_built()
    }
}
