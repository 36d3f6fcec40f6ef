//! The units of a project: those in its folder, those written as tables, and the one of a binary
//! that nobody described.

use super::binaries::Binaries;
use super::error::Error;
use super::generate::{Table, generate, overlay};
use super::name::{NameProblem, UnitKind, UnitName};
use super::pull::{PullKind, means, trigger};
use super::unit_file::{Placed, Tables, UnitFile};
use super::word::words;
use crate::contents::Entry;
use crate::project::{Directive, Policy, Project, ServiceTable, Services, Settings, UpgradePolicy};
use crate::report::{SourceFile, Span, Spanned, nearest};

/// A unit of the package and what is done with it.
#[derive(Clone, Debug)]
pub struct ServiceUnit {
    /// The unit.
    pub file: UnitFile,
    /// What is done with it.
    pub policy: Policy,
    /// The instances of a template that are treated as units of the package.
    pub instances: Vec<UnitName>,
    /// Where it comes from, for people.
    pub origin: String,
}

/// The units of a project for one target. `bin_dir` is where binaries are installed, `bins` those
/// that are packaged, `main` those among them that the package's main RPM has of its own (where
/// nobody described a unit, one of them has the service), `contents` what is declared beside them.
///
/// # Errors
/// When a unit is written twice, a name or a value cannot be one, a file is no unit, or it is not
/// clear what a service runs.
pub fn collect(
    project: &Project,
    settings: &Settings,
    bins: &[String],
    main: &[String],
    bin_dir: &str,
    contents: &[Entry],
) -> Result<Vec<ServiceUnit>, Error> {
    if matches!(settings.services, Services::None) {
        return Ok(Vec::new());
    }
    let binaries = Binaries {
        package: &project.package,
        bins,
        main,
        bin_dir,
    };
    let mut units = hand_written(project)?;
    for (name, table) in named_tables(settings)? {
        match units.iter_mut().find(|unit| unit.file.name == name) {
            Some(unit) if table.sections.is_empty() => {
                unit.policy = table.policy;
                unit.instances = instances(&name, table)?;
            }
            Some(unit) => return Err(Error::file_and_table(&unit.file, table)),
            None if binaries.may_generate(&name, table) => {
                units.push(generated(name, table, &binaries)?);
            }
            None => return Err(no_such_unit(table, &name, &units, &binaries)),
        }
    }
    if units.is_empty() {
        units.push(binaries.default_unit()?);
    }
    for service in missing_services(&units, settings, &binaries)? {
        units.push(service);
    }
    for unit in &units {
        check_programs(unit, contents, &binaries)?;
        check_reload(unit, settings)?;
    }
    units.sort_by(|a, b| a.file.name.as_str().cmp(b.file.name.as_str()));
    Ok(units)
}

/// The tables and the units that they name, each once.
fn named_tables(settings: &Settings) -> Result<Vec<(UnitName, &ServiceTable)>, Error> {
    let mut tables: Vec<(UnitName, &ServiceTable)> = Vec::new();
    for table in settings.services.tables() {
        let name = table_name(table)?;
        if let Some((_, first)) = tables.iter().find(|(known, _)| *known == name) {
            return Err(Error::tables_twice(&name, &first.name, &table.name));
        }
        tables.push((name, table));
    }
    Ok(tables)
}

/// A table that says what is done with a unit that is not there: most likely a slip.
fn no_such_unit(
    table: &ServiceTable,
    name: &UnitName,
    units: &[ServiceUnit],
    binaries: &Binaries<'_>,
) -> Error {
    let short = |unit: &ServiceUnit| match unit.file.name.kind() {
        UnitKind::Service => unit.file.name.stem().to_owned(),
        _ => unit.file.name.to_string(),
    };
    let known: Vec<String> = units
        .iter()
        .map(short)
        .chain(binaries.bins.iter().cloned())
        .collect();
    Error::NoSuchUnit {
        written: table.name.value.clone(),
        file: name.to_string(),
        near: nearest(&table.name.value, known.iter().map(String::as_str)).map(str::to_owned),
        left_out: binaries.is_left_out(name.prefix()),
        span: table.name.span.clone(),
    }
}

/// The services that a timer, socket or path of the package starts, that nobody described, and
/// that are named after a binary.
fn missing_services(
    units: &[ServiceUnit],
    settings: &Settings,
    binaries: &Binaries<'_>,
) -> Result<Vec<ServiceUnit>, Error> {
    let mut missing: Vec<ServiceUnit> = Vec::new();
    for unit in units {
        let Some((name, kind)) = trigger(&unit.file) else {
            continue;
        };
        let all = units.iter().chain(&missing);
        if all.into_iter().any(|other| means(&name, &other.file.name)) {
            continue;
        }
        let service = UnitName::parse(&name).ok();
        match service.filter(|service| binaries.is_service(service)) {
            Some(service) => missing.push(binaries.service_of(service.prefix())?),
            // One that it names itself may be another package's.
            None if kind == PullKind::SameName => {
                return Err(Error::StartsNothing {
                    unit: unit.file.name.to_string(),
                    starts: name,
                    span: place_of(unit, settings),
                });
            }
            None => {}
        }
    }
    Ok(missing)
}

/// The first line of a unit's file, or the name of its table.
fn place_of(unit: &ServiceUnit, settings: &Settings) -> Option<Span> {
    let table = || {
        let mut tables = settings.services.tables().iter();
        let table = tables.find(|table| table_name(table).is_ok_and(|name| name == unit.file.name));
        table.and_then(|table| table.name.span.clone())
    };
    unit.file.source().map(first_line).or_else(table)
}

fn first_line(source: &SourceFile) -> Span {
    source.span(0..source.text().lines().next().map_or(0, str::len))
}

/// Whether what a service runs is a binary that `bins` or `--bin` leave out.
fn check_programs(
    unit: &ServiceUnit,
    contents: &[Entry],
    binaries: &Binaries<'_>,
) -> Result<(), Error> {
    for directive in unit.file.document.directives() {
        if directive.section != "Service" || !directive.key.starts_with("Exec") {
            continue;
        }
        let command = directive
            .value
            .trim_start_matches(['-', '@', ':', '+', '!', '|']);
        let Some(program) = words(command).into_iter().next() else {
            continue;
        };
        let name = program.strip_prefix(binaries.bin_dir);
        let name = name
            .and_then(|name| name.strip_prefix('/'))
            .unwrap_or_default();
        let declared = contents.iter().any(|entry| entry.path.as_str() == program);
        if binaries.is_left_out(name) && !declared {
            return Err(Error::LeftOut {
                unit: unit.file.name.to_string(),
                bin: name.to_owned(),
                span: unit.file.span(directive),
            });
        }
    }
    Ok(())
}

/// Whether a unit that is to be reloaded says how (systemd.service(5); `notify-reload` since 253).
fn check_reload(unit: &ServiceUnit, settings: &Settings) -> Result<(), Error> {
    let document = &unit.file.document;
    let has = |key: &str| {
        document
            .last("Service", key)
            .is_some_and(|value| !value.is_empty())
    };
    let can = has("ExecReload") || document.last("Service", "Type") == Some("notify-reload");
    if unit.policy.on_upgrade != UpgradePolicy::Reload || can {
        return Ok(());
    }
    let mut tables = settings.services.tables().iter();
    let table = tables.find(|table| table_name(table).is_ok_and(|name| name == unit.file.name));
    Err(Error::NoReload {
        unit: unit.file.name.to_string(),
        span: table.and_then(|table| table.on_upgrade_span.clone()),
    })
}

fn hand_written(project: &Project) -> Result<Vec<ServiceUnit>, Error> {
    let read = |raw: &crate::project::UnitFile| {
        let name = UnitName::parse(&raw.name).map_err(|problem| Error::InFile {
            error: Box::new(Error::name(&raw.name, problem)),
            path: raw.shown.to_string(),
        })?;
        Ok(ServiceUnit {
            file: UnitFile::read(name, &raw.shown, &raw.bytes),
            policy: Policy::default(),
            instances: Vec::new(),
            origin: raw.shown.to_string(),
        })
    };
    project.unit_files.iter().map(read).collect()
}

fn table_name(table: &ServiceTable) -> Result<UnitName, Error> {
    let written = &table.name.value;
    UnitName::of_key(written)
        .map_err(|problem| Error::name(written, problem).written_at(table.name.span.clone()))
}

fn generated(
    name: UnitName,
    table: &ServiceTable,
    binaries: &Binaries<'_>,
) -> Result<ServiceUnit, Error> {
    let written: Vec<Table> = table.sections.iter().map(table_of).collect();
    let tables = overlay(binaries.defaults(&name, &written), written);
    if name.kind() == UnitKind::Service && !has(&tables, "ExecStart") {
        return Err(Error::NothingToRun {
            name: name.to_string(),
            bins: binaries.bins.to_vec(),
            span: table.name.span.clone(),
        });
    }
    let document = generate(&tables, "Cargo.toml").map_err(|error| error.written_in(table))?;
    Ok(ServiceUnit {
        instances: instances(&name, table)?,
        file: UnitFile::generated(name, document, places(table)),
        policy: table.policy,
        origin: "generated from Cargo.toml".to_owned(),
    })
}

/// The instances that a table names, as units.
fn instances(template: &UnitName, table: &ServiceTable) -> Result<Vec<UnitName>, Error> {
    let mut instances: Vec<UnitName> = Vec::new();
    for written in &table.instances {
        if !template.is_template() {
            return Err(Error::NoTemplate {
                unit: template.to_string(),
                template: format!("{}@.{}", template.prefix(), template.kind()),
                span: written.span.clone(),
            });
        }
        let name = format!(
            "{}@{}.{}",
            template.prefix(),
            written.value,
            template.kind()
        );
        let instance = UnitName::parse(&name)
            .map_err(|problem| Error::name(&name, problem).written_at(written.span.clone()))?;
        if instance.is_template() {
            let problem = NameProblem::EmptyStem;
            return Err(Error::name(&name, problem).written_at(written.span.clone()));
        }
        if !instances.contains(&instance) {
            instances.push(instance);
        }
    }
    Ok(instances)
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
fn places(table: &ServiceTable) -> Tables {
    let mut lines = Vec::new();
    for section in &table.sections {
        for directive in &section.directives {
            lines.push(Placed {
                section: section.name.clone(),
                key: directive.key.value.clone(),
                key_span: directive.key.span.clone(),
                values: directive
                    .values
                    .iter()
                    .map(|value| value.span.clone())
                    .collect(),
            });
        }
    }
    Tables {
        name: table.name.span.clone(),
        lines,
    }
}

fn has(tables: &[Table], key: &str) -> bool {
    let mut directives = tables.iter().flat_map(|table| &table.directives);
    directives.any(|(known, values)| known == key && !values.is_empty())
}

impl Error {
    pub(super) fn name(name: &str, problem: NameProblem) -> Self {
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
