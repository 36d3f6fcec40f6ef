//! What the binaries of a package say of its services: the defaults of tables, and the service
//! that nobody described.

use super::collect::ServiceUnit;
use super::defaults::{ServiceDefaults, default_service};
use super::error::Error;
use super::generate::{Table, generate};
use super::name::{UnitKind, UnitName};
use super::unit_file::{Tables, UnitFile};
use crate::project::{Package, Policy, ServiceTable};

/// The binaries that are packaged, and what is known of them.
pub(super) struct Binaries<'a> {
    pub(super) package: &'a Package,
    pub(super) bins: &'a [String],
    /// Those that the package itself makes for its main RPM.
    pub(super) main: &'a [String],
    pub(super) bin_dir: &'a str,
}

impl Binaries<'_> {
    /// What is under the tables of a unit: for a service `Description=`, `Documentation=`,
    /// `ExecStart=` where it is clear which binary is meant, and `Restart=on-failure`, but for a
    /// oneshot, which systemd before 244 refuses with it (its `NEWS`); for another unit a
    /// `Description=`.
    pub(super) fn defaults(&self, name: &UnitName, written: &[Table]) -> Vec<Table> {
        if name.kind() != UnitKind::Service {
            return vec![Table::new("Unit", [("Description", vec![name.prefix()])])];
        }
        let mut tables = self.service(self.binary_of(name), name.prefix());
        if type_of(written) == Some("oneshot") {
            for table in &mut tables {
                table.directives.retain(|(key, _)| key != "Restart");
            }
        }
        tables
    }

    /// Whether a unit can be made of this table: it is the service of a binary, or the table says
    /// what kind of unit it is.
    pub(super) fn may_generate(&self, name: &UnitName, table: &ServiceTable) -> bool {
        let kind = name.kind();
        let own = |section: &str| table.sections.iter().any(|known| known.name == section);
        match kind.section() {
            Some(section) => {
                own(section) || (kind == UnitKind::Service && self.is_packaged(name.prefix()))
            }
            None => !table.sections.is_empty(),
        }
    }

    /// Whether this is the service of a packaged binary.
    pub(super) fn is_service(&self, name: &UnitName) -> bool {
        name.kind() == UnitKind::Service && self.is_packaged(name.stem())
    }

    fn is_packaged(&self, binary: &str) -> bool {
        self.bins.iter().any(|bin| bin == binary)
    }

    /// Whether the package has this binary and it is not packaged.
    pub(super) fn is_left_out(&self, binary: &str) -> bool {
        !self.is_packaged(binary) && self.package.binaries.iter().any(|bin| bin == binary)
    }

    /// The binary of the same name, or the only one; none that is left out.
    fn binary_of(&self, name: &UnitName) -> Option<&str> {
        let same = self.bins.iter().find(|bin| *bin == name.prefix());
        let only = match self.bins {
            [only] if !self.is_left_out(name.prefix()) => Some(only),
            _ => None,
        };
        same.or(only).map(String::as_str)
    }

    fn service(&self, binary: Option<&str>, name: &str) -> Vec<Table> {
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
        let path = binary.map(|binary| format!("{}/{binary}", self.bin_dir));
        default_service(&ServiceDefaults {
            name,
            documentation: &urls,
            exec_start: path.as_deref(),
        })
    }

    /// The service of the only binary, or of `default-run`. Binaries of other members and of
    /// subpackages come along with the service; it is one of theirs where there is no other.
    pub(super) fn default_unit(&self) -> Result<ServiceUnit, Error> {
        let default_run = self.package.default_run.as_ref();
        let bins = if self.main.is_empty() {
            self.bins
        } else {
            self.main
        };
        match (default_run.filter(|name| self.is_packaged(name)), bins) {
            (Some(binary), _) | (None, [binary]) => self.service_of(binary),
            (None, several) => Err(Error::WhichBinary {
                package: self.package.name.clone(),
                bins: several.to_vec(),
            }),
        }
    }

    /// The service of a binary that nobody described.
    pub(super) fn service_of(&self, binary: &str) -> Result<ServiceUnit, Error> {
        let name = UnitName::parse(&format!("{binary}.service"))
            .map_err(|problem| Error::name(binary, problem))?;
        let document = generate(&self.service(Some(binary), binary), "Cargo.toml")?;
        Ok(ServiceUnit {
            file: UnitFile::generated(name, document, Tables::default()),
            policy: Policy::default(),
            instances: Vec::new(),
            origin: format!("generated for the binary `{binary}`"),
        })
    }
}

/// `Type=` of a service, as far as the tables say.
fn type_of(written: &[Table]) -> Option<&str> {
    let service = written.iter().find(|table| table.section == "Service")?;
    let (_, values) = service.directives.iter().find(|(key, _)| key == "Type")?;
    values.last().map(|value| value.trim())
}
