//! What each package of a run claims for itself.

use super::Error;
use crate::target::TargetName;
use crate::unit::UnitName;
use camino::Utf8PathBuf;

/// What one RPM of a run claims.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The cargo package that it is made of.
    pub package: String,
    /// What stands behind the main RPM's name; none for the main RPM itself.
    pub suffix: Option<String>,
    /// What it is made for.
    pub target: TargetName,
    /// The name of the RPM.
    pub rpm_name: String,
    /// Where it will lie, where an RPM is to be made.
    pub path: Option<Utf8PathBuf>,
    /// Its units.
    pub units: Vec<UnitName>,
    /// Its binaries.
    pub bins: Vec<String>,
}

impl Claim {
    /// Whose RPM it is, in words.
    fn owner(&self) -> String {
        match &self.suffix {
            Some(suffix) => format!("subpackage `{suffix}` of `{}`", self.package),
            None => format!("package `{}`", self.package),
        }
    }
}

/// Checks that the packages of a run can stand side by side: on one system no two of them have one
/// name or ship one unit or binary, and in one folder no two have one file name.
///
/// # Errors
/// The first two that cannot.
pub fn check_claims(claims: &[Claim]) -> Result<(), Error> {
    for (index, claim) in claims.iter().enumerate() {
        for other in &claims[..index] {
            if claim.target == other.target {
                same_system(other, claim)?;
            }
            if let Some(path) = claim.path.as_ref().filter(|_| claim.path == other.path) {
                return Err(Error::SamePath {
                    path: path.clone(),
                    first: format!("{} for {}", other.rpm_name, other.target),
                    second: format!("{} for {}", claim.rpm_name, claim.target),
                });
            }
        }
    }
    Ok(())
}

fn same_system(first: &Claim, second: &Claim) -> Result<(), Error> {
    let owners = || [first.owner(), second.owner()];
    if first.rpm_name == second.rpm_name {
        return Err(Error::SameRpm {
            name: first.rpm_name.clone(),
            owners: owners(),
        });
    }
    if let Some(unit) = first.units.iter().find(|unit| second.units.contains(unit)) {
        return Err(Error::SameUnit {
            unit: unit.to_string(),
            owners: owners(),
        });
    }
    match first.bins.iter().find(|bin| second.bins.contains(bin)) {
        Some(bin) => Err(Error::SameBinary {
            bin: bin.clone(),
            owners: owners(),
        }),
        None => Ok(()),
    }
}
