//! Which binaries are packaged, and in which RPM of the package.

use super::Error;
use crate::project::{BinName, Package, Project, Settings};

/// A binary and the member of the workspace that makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bin {
    /// The member.
    pub package: String,
    /// The binary.
    pub name: String,
}

/// The binaries of a package's RPMs for one target.
#[derive(Debug)]
pub(super) struct Division {
    /// Those of the main RPM.
    pub(super) main: Vec<Bin>,
    /// Those of each subpackage, in the order of the settings; none where it is not made.
    pub(super) subpackages: Vec<Option<Vec<Bin>>>,
    /// The names of those that subpackages which are not made would have.
    pub(super) left_out: Vec<String>,
}

/// What there is to choose from, and what was chosen.
#[derive(Debug)]
pub(super) struct Choice<'a> {
    package: &'a Package,
    members: &'a [Package],
    /// Those of the settings, else all of the package's own.
    written: Vec<Bin>,
    /// Those of the command line; none where it names none.
    flags: &'a [String],
}

impl<'a> Choice<'a> {
    /// `settings` are those of the run's targets.
    pub(super) fn of<'s>(
        project: &'a Project,
        members: &'a [Package],
        flags: &'a [String],
        settings: impl Iterator<Item = &'s Settings>,
    ) -> Result<Self, Error> {
        let mut choice = Choice {
            package: &project.package,
            members,
            written: own(&project.package),
            flags,
        };
        if let Some(names) = project.settings(None)?.bins {
            choice.written = choice.resolve_all(&names)?;
        }
        let mut known = own(&project.package);
        known.extend(choice.written.iter().cloned());
        for settings in settings {
            for part in &settings.subpackages {
                known.extend(choice.resolve_all(&part.bins)?);
            }
        }
        for flag in flags {
            if !known.iter().any(|bin| bin.name == *flag) {
                return Err(choice.unknown(&project.package, flag, None));
            }
        }
        Ok(choice)
    }

    /// A subpackage has the binaries that it names; the main RPM the others. On the command line
    /// fewer can be named; a subpackage of which none is left is not made.
    pub(super) fn divide(&self, settings: &Settings) -> Result<Division, Error> {
        let mut taken: Vec<(String, &str)> = Vec::new();
        let (mut subpackages, mut left_out) = (Vec::new(), Vec::new());
        for part in &settings.subpackages {
            let bins = self.resolve_all(&part.bins)?;
            for (bin, written) in bins.iter().zip(&part.bins) {
                if let Some((_, first)) = taken.iter().find(|(name, _)| *name == bin.name) {
                    return Err(Error::InTwoSubpackages {
                        what: format!("the binary `{}`", bin.name),
                        subpackages: [(*first).to_owned(), part.suffix.value.clone()],
                        span: written.name.span.clone(),
                    });
                }
                taken.push((bin.name.clone(), &part.suffix.value));
            }
            let left: Vec<Bin> = bins
                .iter()
                .filter(|bin| self.is_chosen(bin))
                .cloned()
                .collect();
            let is_made = !part.settings.skip && (bins.is_empty() || !left.is_empty());
            if !is_made {
                left_out.extend(bins.into_iter().map(|bin| bin.name));
            }
            subpackages.push(is_made.then_some(left));
        }
        let is_main = |bin: &Bin| !taken.iter().any(|(name, _)| *name == bin.name);
        let mut main: Vec<Bin> = Vec::new();
        // A flag may name a binary that the settings do not.
        let more = own(self.package);
        let more = more.into_iter().filter(|_| !self.flags.is_empty());
        for bin in self.written.iter().cloned().chain(more) {
            let again = main.iter().any(|known| known.name == bin.name);
            if !again && is_main(&bin) && self.is_chosen(&bin) {
                main.push(bin);
            }
        }
        Ok(Division {
            main,
            subpackages,
            left_out,
        })
    }

    fn is_chosen(&self, bin: &Bin) -> bool {
        self.flags.is_empty() || self.flags.contains(&bin.name)
    }

    fn resolve_all(&self, names: &[BinName]) -> Result<Vec<Bin>, Error> {
        names.iter().map(|name| self.resolve(name)).collect()
    }

    /// The package's own binary of that name, else that of the one member that has it.
    fn resolve(&self, written: &BinName) -> Result<Bin, Error> {
        let name = &written.name;
        let has = |package: &Package| package.binaries.contains(&name.value);
        let bin = |package: &Package| Bin {
            package: package.name.clone(),
            name: name.value.clone(),
        };
        if let Some(member) = &written.package {
            let mut members = self.members.iter();
            let Some(package) = members.find(|known| known.name == member.value) else {
                return Err(Error::NoSuchMember {
                    name: member.value.clone(),
                    known: self
                        .members
                        .iter()
                        .map(|known| known.name.clone())
                        .collect(),
                    span: member.span.clone(),
                });
            };
            return match has(package) {
                true => Ok(bin(package)),
                false => Err(self.unknown(package, &name.value, Some(written))),
            };
        }
        if has(self.package) {
            return Ok(bin(self.package));
        }
        let found: Vec<&Package> = self.members.iter().filter(|member| has(member)).collect();
        match found.as_slice() {
            [only] => Ok(bin(only)),
            [] => Err(self.unknown(self.package, &name.value, Some(written))),
            several => Err(Error::WhichMember {
                name: name.value.clone(),
                members: several.iter().map(|member| member.name.clone()).collect(),
                span: name.span.clone(),
            }),
        }
    }

    fn unknown(&self, package: &Package, name: &str, written: Option<&BinName>) -> Error {
        let others = self
            .members
            .iter()
            .filter(|other| other.name != package.name);
        let elsewhere = others.flat_map(own).map(|bin| (bin.name, bin.package));
        Error::NoSuchBinary {
            package: package.name.clone(),
            name: name.to_owned(),
            known: package.binaries.clone(),
            elsewhere: elsewhere.collect(),
            span: written.and_then(|written| written.name.span.clone()),
        }
    }
}

fn own(package: &Package) -> Vec<Bin> {
    let bin = |name: &String| Bin {
        package: package.name.clone(),
        name: name.clone(),
    };
    package.binaries.iter().map(bin).collect()
}

/// Adds the binaries of a target to those that are built.
///
/// # Errors
/// When two of them would be built as one file: cargo puts the binaries of all members into one
/// folder, and builds a binary in each of the members that it is asked for.
pub(super) fn add_to_build(
    built: &mut Vec<Bin>,
    more: &[Bin],
    members: &[Package],
) -> Result<(), Error> {
    for bin in more
        .iter()
        .filter(|bin| !built.contains(bin))
        .cloned()
        .collect::<Vec<_>>()
    {
        built.push(bin);
    }
    let is_used = |member: &&Package| built.iter().any(|bin| bin.package == member.name);
    let used: Vec<&Package> = members.iter().filter(is_used).collect();
    for bin in built.iter() {
        let other = used
            .iter()
            .find(|member| member.name != bin.package && member.binaries.contains(&bin.name));
        if let Some(other) = other {
            return Err(Error::BuiltAsOne {
                name: bin.name.clone(),
                members: [bin.package.clone(), other.name.clone()],
            });
        }
    }
    Ok(())
}
