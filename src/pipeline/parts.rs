//! What goes into which RPM of a package.

use super::bins::{Bin, Division};
use super::{CheckedUnit, Error};
use crate::adapt::Needs;
use crate::contents::{self, Accounts, Asked, Entry, TmpfilesLine, declared, tmpfiles};
use crate::package::{
    self, BIN_DIR, NOARCH, Nevra, PackageName, Texts, nevra, rpm_name, subpackage_name,
    subpackage_texts, texts,
};
use crate::project::{Package, Placeholders, Project, Relation, Scripts, Settings, Subpackage};
use crate::report::Diagnostic;
use crate::target::{Profile, TargetName};
use crate::unit::{self, ServiceUnit, UnitName};
use camino::Utf8Path;

/// One RPM of a package for one target, as far as it is known without a build.
#[derive(Debug)]
pub struct CheckedPart {
    /// What stands behind the main RPM's name; none for the main RPM itself.
    pub suffix: Option<String>,
    /// The settings for it.
    pub settings: Settings,
    /// The name of the RPM.
    pub rpm_name: PackageName,
    /// What it says of itself.
    pub texts: Texts,
    /// Whether it is for any architecture.
    pub noarch: bool,
    /// Its binaries.
    pub bins: Vec<Bin>,
    /// Their names.
    pub bin_names: Vec<String>,
    /// The names of the binaries of the other RPMs.
    pub other_bins: Vec<String>,
    /// Which of the project's texts it ships.
    pub shipped: contents::Texts,
    /// Declared files and texts, and the folders that its units need.
    pub contents: Vec<Entry>,
    /// Its units.
    pub units: Vec<CheckedUnit>,
    /// What its units need of it; their folders are among the contents.
    pub needs: Needs,
    /// The users and groups that it creates, those that its units need among them.
    pub accounts: Accounts,
    /// The lines for systemd-tmpfiles that are declared.
    pub tmpfiles: Vec<TmpfilesLine>,
    /// The user's scriptlets and triggers.
    pub scripts: Scripts,
}

impl CheckedPart {
    /// What the contents are made of.
    pub(super) fn asked<'a>(
        &'a self,
        package: &'a Package,
        root: &'a Utf8Path,
        profile: &'a Profile,
    ) -> Asked<'a> {
        Asked {
            package,
            workspace_root: root,
            rpm_name: self.rpm_name.as_str(),
            settings: &self.settings,
            bins: &self.bin_names,
            other_bins: &self.other_bins,
            texts: self.shipped,
            bin_dir: BIN_DIR,
            profile,
        }
    }
}

fn names(bins: &[Bin]) -> Vec<String> {
    bins.iter().map(|bin| bin.name.clone()).collect()
}

/// The RPMs of a package, the main one first, and whose each unit is.
pub(super) struct Parts {
    pub(super) parts: Vec<CheckedPart>,
    /// What is odd about what is declared for them.
    pub(super) warnings: Vec<Diagnostic>,
    /// The units that are not the main RPM's: whose they are, by its place among the parts; none
    /// where it is not made.
    moved: Vec<(UnitName, Option<usize>)>,
    /// The binaries of subpackages that are not made.
    left_out: Vec<String>,
}

impl Parts {
    /// The RPMs with what is declared for them, and no units yet.
    pub(super) fn of(
        project: &Project,
        root: &Utf8Path,
        settings: &Settings,
        division: Division,
        target: TargetName,
    ) -> Result<Self, Error> {
        let profile = target.profile();
        let package = &project.package;
        let name = rpm_name(package, settings)?;
        let words = Words::new(package, settings, name.clone(), target);
        let main = CheckedPart {
            suffix: None,
            settings: words.filled(settings)?,
            texts: texts(package, settings),
            noarch: false,
            bin_names: names(&division.main),
            other_bins: Vec::new(),
            shipped: contents::Texts::All,
            bins: division.main,
            contents: Vec::new(),
            units: Vec::new(),
            needs: Needs::default(),
            accounts: Accounts::default(),
            tmpfiles: tmpfiles(settings, profile)?,
            scripts: project.scripts(settings)?,
            rpm_name: name,
        };
        let mut parts = Parts {
            parts: vec![main],
            warnings: Vec::new(),
            moved: Vec::new(),
            left_out: division.left_out,
        };
        for (part, bins) in settings.subpackages.iter().zip(division.subpackages) {
            parts.add(project, part, bins, &words)?;
        }
        parts.declare(project, root, profile)?;
        Ok(parts)
    }

    /// What each of them ships, once it is known which binaries are whose.
    fn declare(
        &mut self,
        project: &Project,
        root: &Utf8Path,
        profile: &Profile,
    ) -> Result<(), Error> {
        let all: Vec<Vec<String>> = self.parts.iter().map(|p| p.bin_names.clone()).collect();
        for (place, part) in self.parts.iter_mut().enumerate() {
            let others = all.iter().enumerate().filter(|(other, _)| *other != place);
            part.other_bins = others.flat_map(|(_, bins)| bins.clone()).collect();
            let declared = declared(&part.asked(&project.package, root, profile))?;
            part.contents = declared.entries;
            self.warnings.extend(declared.warnings);
        }
        Ok(())
    }

    fn add(
        &mut self,
        project: &Project,
        part: &Subpackage,
        bins: Option<Vec<Bin>>,
        words: &Words,
    ) -> Result<(), Error> {
        let place = bins.as_ref().map(|_| self.parts.len());
        for written in &part.services {
            let name = UnitName::of_key(&written.value).map_err(|problem| unit::Error::Name {
                name: written.value.clone(),
                problem,
            })?;
            if let Some((_, first)) = self.moved.iter().find(|(known, _)| *known == name) {
                let first = first.and_then(|at| self.parts[at].suffix.clone());
                return Err(Error::InTwoSubpackages {
                    what: name.to_string(),
                    subpackages: [first.unwrap_or_default(), part.suffix.value.clone()],
                    span: written.span.clone(),
                });
            }
            self.moved.push((name, place));
        }
        let Some(bins) = bins else {
            return Ok(());
        };
        let main = &self.parts[0];
        if part.is_bare {
            return Err(Error::EmptySubpackage {
                suffix: part.suffix.value.clone(),
                span: part.suffix.span.clone(),
            });
        }
        let rpm_name = subpackage_name(&main.rpm_name, part)?;
        if self.parts.iter().any(|known| known.rpm_name == rpm_name) {
            let span = part.settings.name.as_ref().map(|name| &name.span);
            return Err(package::Error::SameName {
                name: rpm_name,
                span: span.unwrap_or(&part.suffix.span).clone(),
            }
            .into());
        }
        let settings = words.filled(&part.settings)?;
        let shipped = if needs(&settings, &main.rpm_name) {
            contents::Texts::None
        } else {
            contents::Texts::Licences
        };
        let part = CheckedPart {
            suffix: Some(part.suffix.value.clone()),
            texts: subpackage_texts(&main.texts, part),
            noarch: part.noarch,
            bin_names: names(&bins),
            other_bins: Vec::new(),
            shipped,
            bins,
            contents: Vec::new(),
            units: Vec::new(),
            needs: Needs::default(),
            accounts: Accounts::default(),
            tmpfiles: tmpfiles(&settings, words.target.profile())?,
            scripts: project.scripts(&settings)?,
            settings,
            rpm_name,
        };
        self.parts.push(part);
        Ok(())
    }

    /// Leaves out the units of subpackages that are not made.
    ///
    /// # Errors
    /// When a subpackage names a unit that is not there.
    pub(super) fn keep_made(
        &self,
        units: &mut Vec<ServiceUnit>,
        settings: &Settings,
    ) -> Result<(), Error> {
        for part in &settings.subpackages {
            for written in &part.services {
                let is = |unit: &ServiceUnit| {
                    UnitName::of_key(&written.value).is_ok_and(|name| name == unit.file.name)
                };
                if !units.iter().any(is) {
                    return Err(Error::NoSuchService {
                        suffix: part.suffix.value.clone(),
                        written: written.value.clone(),
                        known: units
                            .iter()
                            .map(|unit| unit.file.name.to_string())
                            .collect(),
                        span: written.span.clone(),
                    });
                }
            }
        }
        units.retain(|unit| self.place_of(&unit.file.name).is_some());
        Ok(())
    }

    /// Which of the parts has a unit; none where its subpackage is not made.
    pub(super) fn place_of(&self, unit: &UnitName) -> Option<usize> {
        let mut moved = self.moved.iter();
        moved
            .find(|(name, _)| name == unit)
            .map_or(Some(0), |(_, place)| *place)
    }

    /// The names of all binaries, and of those that the units of subpackages which are not made
    /// run: such a unit is looked at before it is left out.
    pub(super) fn known_bins(&self) -> Vec<String> {
        let mut bins = self.bins();
        bins.extend(self.left_out.iter().cloned());
        bins
    }

    /// The names of all binaries.
    pub(super) fn bins(&self) -> Vec<String> {
        let bins = self.parts.iter().flat_map(|part| &part.bins);
        bins.map(|bin| bin.name.clone()).collect()
    }

    /// What all of them ship.
    pub(super) fn contents(&self) -> Vec<Entry> {
        let contents = self.parts.iter().flat_map(|part| &part.contents);
        contents.cloned().collect()
    }
}

/// What the placeholders in dependencies stand for. The name is that of the main RPM for all of
/// them, as `%{name}` in a spec file.
struct Words {
    nevra: Nevra,
    evr: String,
    target: TargetName,
}

impl Words {
    fn new(package: &Package, settings: &Settings, name: PackageName, target: TargetName) -> Self {
        // No placeholder names the architecture, which is known later.
        let nevra = nevra(name, package, settings, target.profile(), NOARCH);
        Words {
            evr: nevra.evr.to_string(),
            nevra,
            target,
        }
    }

    /// Settings whose dependencies have no placeholders any more.
    fn filled(&self, settings: &Settings) -> Result<Settings, Error> {
        let placeholders = Placeholders {
            bin_dir: BIN_DIR,
            name: self.nevra.name.as_str(),
            version: &self.nevra.evr.version,
            target: self.target.as_str(),
            evr: Some(&self.evr),
        };
        let mut settings = settings.clone();
        let build = settings.build_requires.iter_mut();
        for dependency in settings.dependencies.iter_mut().chain(build) {
            for text in [&mut dependency.name, &mut dependency.version] {
                text.value = placeholders.fill(text)?;
            }
        }
        Ok(settings)
    }
}

/// Whether a subpackage cannot be installed without the main RPM, which then has the licence for
/// both.
fn needs(part: &Settings, main: &PackageName) -> bool {
    let required = part.dependencies.iter();
    let mut required = required.filter(|one| one.relation == Relation::Requires);
    required.any(|required| {
        let name = required.name.value.as_str();
        // `hello(x86-64)` is the package of that architecture.
        name.split('(').next() == Some(main.as_str())
    })
}
