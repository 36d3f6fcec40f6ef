//! The units of a project: those in its folder, those written as tables, and the one of a binary
//! that nobody described.

use super::defaults::{ServiceDefaults, default_service};
use super::error::Error;
use super::generate::{Table, generate, overlay};
use super::name::{NameProblem, UnitKind, UnitName};
use super::unit_file::{Placed, UnitFile};
use crate::project::{Directive, Package, Policy, Project, ServiceTable, Settings};
use crate::report::{SourceFile, Span, Spanned};

/// A unit of the package and what is done with it.
#[derive(Clone, Debug)]
pub struct ServiceUnit {
    /// The unit.
    pub file: UnitFile,
    /// What is done with it.
    pub policy: Policy,
    /// Where it comes from, for people.
    pub origin: String,
}

/// The units of a project for one target. `bin_dir` is where binaries are installed, `bins` those
/// that are packaged.
///
/// # Errors
/// When a unit is written twice, a name or a value cannot be one, a file is no unit, or it is not
/// clear what a service runs.
pub fn collect(
    project: &Project,
    settings: &Settings,
    bins: &[String],
    bin_dir: &str,
) -> Result<Vec<ServiceUnit>, Error> {
    let binaries = Binaries {
        package: &project.package,
        bins,
        bin_dir,
    };
    let mut units = hand_written(project)?;
    let mut tables: Vec<(UnitName, &ServiceTable)> = Vec::new();
    for table in &settings.services {
        let name = table_name(table)?;
        if let Some((_, first)) = tables.iter().find(|(known, _)| *known == name) {
            return Err(Error::tables_twice(&name, &first.name, &table.name));
        }
        tables.push((name, table));
    }
    for (name, table) in tables {
        match units.iter_mut().find(|unit| unit.file.name == name) {
            Some(unit) if table.sections.is_empty() => unit.policy = table.policy,
            Some(unit) => return Err(Error::file_and_table(&unit.file, table)),
            None => units.push(generated(name, table, &binaries)?),
        }
    }
    if units.is_empty() {
        units.push(binaries.default_unit()?);
    }
    units.sort_by(|a, b| a.file.name.as_str().cmp(b.file.name.as_str()));
    Ok(units)
}

fn hand_written(project: &Project) -> Result<Vec<ServiceUnit>, Error> {
    let read = |raw: &crate::project::UnitFile| {
        let name = UnitName::parse(&raw.name).map_err(|problem| Error::InFile {
            error: Box::new(Error::name(&raw.name, problem)),
            path: raw.shown.to_string(),
        })?;
        Ok(ServiceUnit {
            file: UnitFile::read(name, &raw.shown, &raw.bytes)?,
            policy: Policy::default(),
            origin: raw.shown.to_string(),
        })
    };
    project.unit_files.iter().map(read).collect()
}

/// `services.hello` is `hello.service`; any other kind of unit is written with its suffix.
fn table_name(table: &ServiceTable) -> Result<UnitName, Error> {
    let written = &table.name.value;
    let has_suffix = written
        .rsplit_once('.')
        .is_some_and(|(_, suffix)| UnitKind::from_suffix(suffix).is_some());
    let name = if has_suffix {
        written.clone()
    } else {
        format!("{written}.service")
    };
    UnitName::parse(&name)
        .map_err(|problem| Error::name(written, problem).written_at(table.name.span.clone()))
}

fn generated(
    name: UnitName,
    table: &ServiceTable,
    binaries: &Binaries<'_>,
) -> Result<ServiceUnit, Error> {
    let written: Vec<Table> = table.sections.iter().map(table_of).collect();
    let lower = binaries.defaults(&name, &written);
    let runs_something =
        name.kind() != UnitKind::Service || has(&written, "ExecStart") || has(&lower, "ExecStart");
    if !runs_something || (table.sections.is_empty() && name.kind() != UnitKind::Service) {
        return Err(Error::NothingToRun {
            name: name.to_string(),
            bins: binaries.bins.to_vec(),
            span: table.name.span.clone(),
        });
    }
    let document = generate(&overlay(lower, written), "Cargo.toml")
        .map_err(|error| error.written_in(table))?;
    Ok(ServiceUnit {
        file: UnitFile::generated(name, document, places(table)),
        policy: table.policy,
        origin: "generated from Cargo.toml".to_owned(),
    })
}

fn table_of(section: &crate::project::Section) -> Table {
    let directive = |directive: &Directive| {
        let values = directive
            .values
            .iter()
            .map(|value| value.value.clone())
            .collect();
        (directive.key.value.clone(), values)
    };
    Table {
        section: section.name.clone(),
        directives: section.directives.iter().map(directive).collect(),
    }
}

/// Where the values of a table were written, for messages about the unit.
fn places(table: &ServiceTable) -> Vec<Placed> {
    let mut places = Vec::new();
    for section in &table.sections {
        for directive in &section.directives {
            places.push(Placed {
                section: section.name.clone(),
                key: directive.key.value.clone(),
                values: directive
                    .values
                    .iter()
                    .map(|value| value.span.clone())
                    .collect(),
            });
        }
    }
    places
}

fn has(tables: &[Table], key: &str) -> bool {
    tables
        .iter()
        .any(|table| table.directives.iter().any(|(known, _)| known == key))
}

/// The binaries that are packaged, and what is known of them.
struct Binaries<'a> {
    package: &'a Package,
    bins: &'a [String],
    bin_dir: &'a str,
}

impl Binaries<'_> {
    /// What a service has where its tables say nothing: a name, and a command line if it is clear
    /// which binary is meant. Where `[Service]` is written at all, no policy of ours
    /// (`Restart=`) is added to it: 219 refuses a oneshot with `Restart=on-failure`.
    fn defaults(&self, name: &UnitName, written: &[Table]) -> Vec<Table> {
        if name.kind() != UnitKind::Service {
            return vec![Table::new("Unit", [("Description", vec![name.prefix()])])];
        }
        let binary = self.binary_of(name);
        let mut tables = match binary {
            Some(binary) => self.service(binary, name.prefix()),
            None => vec![Table::new("Unit", [("Description", vec![name.prefix()])])],
        };
        let service_written = written.iter().any(|table| table.section == "Service");
        for table in tables
            .iter_mut()
            .filter(|table| service_written && table.section == "Service")
        {
            table.directives.retain(|(key, _)| key == "ExecStart");
        }
        tables
    }

    /// The binary of the same name, or the only one.
    fn binary_of(&self, name: &UnitName) -> Option<&str> {
        let same = self.bins.iter().find(|bin| *bin == name.prefix());
        let only = || {
            if self.bins.len() == 1 {
                self.bins.first()
            } else {
                None
            }
        };
        same.or_else(only).map(String::as_str)
    }

    fn service(&self, binary: &str, name: &str) -> Vec<Table> {
        let package = self.package;
        let urls: Vec<String> = [
            &package.documentation,
            &package.homepage,
            &package.repository,
        ]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
        default_service(&ServiceDefaults {
            name,
            documentation: &urls,
            exec_start: &format!("{}/{binary}", self.bin_dir),
        })
    }

    /// The service of the only binary, or of `default-run`.
    fn default_unit(&self) -> Result<ServiceUnit, Error> {
        let default_run = self
            .package
            .default_run
            .as_ref()
            .filter(|name| self.bins.contains(name));
        let binary = match (default_run, self.bins) {
            (Some(name), _) => name,
            (None, [only]) => only,
            (None, several) => {
                return Err(Error::WhichBinary {
                    package: self.package.name.clone(),
                    bins: several.to_vec(),
                });
            }
        };
        let name = UnitName::parse(&format!("{binary}.service"))
            .map_err(|problem| Error::name(binary, problem))?;
        let document = generate(&self.service(binary, binary), "Cargo.toml")?;
        Ok(ServiceUnit {
            file: UnitFile::generated(name, document, Vec::new()),
            policy: Policy::default(),
            origin: format!("generated for the binary `{binary}`"),
        })
    }
}

impl Error {
    fn name(name: &str, problem: NameProblem) -> Self {
        Error::Name {
            name: name.to_owned(),
            problem,
        }
    }

    fn written_at(self, span: Option<Span>) -> Self {
        match span {
            Some(span) => Error::Written {
                error: Box::new(self),
                span,
            },
            None => self,
        }
    }

    /// Adds the place of the key that the error speaks of.
    fn written_in(self, table: &ServiceTable) -> Self {
        let Some((section, key)) = self.directive() else {
            return self;
        };
        let section = table.sections.iter().find(|known| known.name == section);
        let directive =
            section.and_then(|section| section.directives.iter().find(|d| d.key.value == key));
        let span = directive.and_then(|directive| directive.key.span.clone());
        self.written_at(span)
    }

    fn tables_twice(name: &UnitName, first: &Spanned<String>, second: &Spanned<String>) -> Self {
        Error::Twice {
            name: name.to_string(),
            spans: [second, first]
                .into_iter()
                .filter_map(|table| table.span.clone())
                .collect(),
        }
    }

    fn file_and_table(file: &UnitFile, table: &ServiceTable) -> Self {
        let first_line =
            |source: &SourceFile| source.span(0..source.text().lines().next().map_or(0, str::len));
        let section = table.sections.first().map(|section| section.span.clone());
        Error::Twice {
            name: file.name.to_string(),
            spans: section
                .into_iter()
                .chain(file.source().map(first_line))
                .collect(),
        }
    }
}
