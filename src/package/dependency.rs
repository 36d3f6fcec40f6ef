//! What a package needs, provides and does not go along with.

use crate::project::{Phase, Relation};

/// The comparison of a versioned dependency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `=`
    Equal,
    /// `>=`
    GreaterOrEqual,
    /// `>`
    Greater,
}

impl Comparison {
    /// Reads a sign as rpm does (`rpmParseDSFlags`), which takes `=>` and `==` too.
    pub(super) fn parse(sign: &str) -> Option<Self> {
        Some(match sign {
            "<" => Comparison::Less,
            "<=" | "=<" => Comparison::LessOrEqual,
            "=" | "==" => Comparison::Equal,
            ">=" | "=>" => Comparison::GreaterOrEqual,
            ">" => Comparison::Greater,
            _ => return None,
        })
    }

    /// As rpm writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Equal => "=",
            Comparison::GreaterOrEqual => ">=",
            Comparison::Greater => ">",
        }
    }
}

/// A comparison and the version, `[EPOCH:]VERSION[-RELEASE]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Constraint {
    /// How to compare.
    pub comparison: Comparison,
    /// With what.
    pub version: String,
}

impl Constraint {
    /// Whether a version meets it: `[EPOCH:]VERSION-RELEASE`. A constraint without a release is about
    /// the version alone, as `rpmdsCompare` of rpm's lib/rpmds.c has it.
    pub fn is_met_by(&self, evr: &str) -> bool {
        let whole = self.version.contains('-');
        let own = evr.rsplit_once('-').map_or(evr, |(version, _)| version);
        let order = rpm_version::rpm_evr_compare(if whole { evr } else { own }, &self.version);
        match self.comparison {
            Comparison::Less => order.is_lt(),
            Comparison::LessOrEqual => order.is_le(),
            Comparison::Equal => order.is_eq(),
            Comparison::GreaterOrEqual => order.is_ge(),
            Comparison::Greater => order.is_gt(),
        }
    }

    /// Reads a comparison and a version: `>= 7.29`, `= 1:2.0-3.el8`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let length = text
            .find(|c: char| !"<=>".contains(c))
            .unwrap_or(text.len());
        let comparison = Comparison::parse(&text[..length])
            .ok_or("it does not begin with one of <, <=, =, >= and >")?;
        let version = text[length..].trim();
        check_version(version)?;
        Ok(Constraint {
            comparison,
            version: version.to_owned(),
        })
    }

    /// Reads `*` (any version), or comparisons and versions with commas between them, all of which
    /// must hold: `>= 7.29, < 8`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, &'static str> {
        match text.trim() {
            "*" => Ok(Vec::new()),
            text => text.split(',').map(Constraint::parse).collect(),
        }
    }
}

/// What rpmbuild takes as `[EPOCH:]VERSION[-RELEASE]` (rpm 4.14.3, `checkDep` in
/// `build/parseReqs.c`).
pub(super) fn check_version(version: &str) -> Result<(), &'static str> {
    let good = |c: char| c.is_ascii_alphanumeric() || ":._+~^-".contains(c);
    let epoch = version.split_once(':').map_or("0", |(epoch, _)| epoch);
    if version.is_empty() {
        Err("the version is missing")
    } else if !version.chars().all(good) {
        Err("a version has letters, digits and `._+~^` in it")
    } else if version.matches('-').count() > 1 {
        Err("a version has one hyphen at most, before the release")
    } else if version.matches(':').count() > 1 {
        Err("a version has one colon at most, after the epoch")
    } else if epoch.is_empty() || !epoch.chars().all(|c| c.is_ascii_digit()) {
        Err("the epoch before the colon is a number")
    } else {
        Ok(())
    }
}

/// What rpmbuild takes as a name (`checkDep`).
pub(super) fn check_name(name: &str) -> Result<(), &'static str> {
    let good = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || c == '_' || c == '/';
    if !name.starts_with(good) {
        Err("a name begins with a letter, a digit, `_` or `/`")
    } else if name.contains(|c: char| c.is_whitespace() || c == ',' || c.is_control()) {
        Err("a name has neither blanks nor commas in it")
    } else if name.starts_with("rpmlib(") {
        Err("what rpm itself must know is worked out from the package")
    } else {
        Ok(())
    }
}

/// One dependency.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Dependency {
    /// The name: of a package, a capability or a file.
    pub name: String,
    /// The version, if one is asked for.
    pub constraint: Option<Constraint>,
    /// The phases; none means an ordinary requirement.
    pub phases: Vec<Phase>,
    /// Whether it is the interpreter of the scriptlets of those phases (`RPMSENSE_INTERP`).
    pub interpreter: bool,
    /// Whether it was found in a file (`RPMSENSE_FIND_REQUIRES`, `RPMSENSE_FIND_PROVIDES`).
    pub found: bool,
    /// Why it is there, for people.
    pub origin: String,
}

impl Dependency {
    /// Any version of this name.
    pub fn any(name: impl Into<String>, origin: impl Into<String>) -> Self {
        Dependency {
            name: name.into(),
            constraint: None,
            phases: Vec::new(),
            interpreter: false,
            found: false,
            origin: origin.into(),
        }
    }

    /// This name at versions that compare so.
    pub fn versioned(
        name: impl Into<String>,
        comparison: Comparison,
        version: impl Into<String>,
        origin: impl Into<String>,
    ) -> Self {
        Dependency {
            constraint: Some(Constraint {
                comparison,
                version: version.into(),
            }),
            ..Dependency::any(name, origin)
        }
    }
}

/// All dependencies of a package but the `rpmlib()` lines, which follow from how it is encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependencies {
    /// What must be there.
    pub requires: Vec<Dependency>,
    /// What it is, beside its own name.
    pub provides: Vec<Dependency>,
    /// What must not be there.
    pub conflicts: Vec<Dependency>,
    /// What it replaces.
    pub obsoletes: Vec<Dependency>,
    /// What is installed with it where it can be.
    pub recommends: Vec<Dependency>,
    /// What may be offered with it.
    pub suggests: Vec<Dependency>,
    /// What it is installed with where it can be.
    pub supplements: Vec<Dependency>,
    /// What it may be offered with.
    pub enhances: Vec<Dependency>,
    /// Whether `config(NAME)` is required where there is a configuration file; not where nothing is
    /// worked out from files (`AutoReq: no`).
    pub config_required: bool,
    /// Whether `config(NAME)` is provided there (`AutoProv: no`).
    pub config_provided: bool,
    /// What is left out of the requirements that are found in files: regular expressions as rpmbuild
    /// takes them, POSIX's extended ones over the whole name.
    pub requires_excluded: Vec<String>,
    /// What is left out of what is provided.
    pub provides_excluded: Vec<String>,
}

impl Default for Dependencies {
    fn default() -> Self {
        Dependencies {
            requires: Vec::new(),
            provides: Vec::new(),
            conflicts: Vec::new(),
            obsoletes: Vec::new(),
            recommends: Vec::new(),
            suggests: Vec::new(),
            supplements: Vec::new(),
            enhances: Vec::new(),
            config_required: true,
            config_provided: true,
            requires_excluded: Vec::new(),
            provides_excluded: Vec::new(),
        }
    }
}

impl Dependencies {
    /// One of the lists.
    pub fn list(&self, relation: Relation) -> &[Dependency] {
        match relation {
            Relation::Requires => &self.requires,
            Relation::Provides => &self.provides,
            Relation::Conflicts => &self.conflicts,
            Relation::Obsoletes => &self.obsoletes,
            Relation::Recommends => &self.recommends,
            Relation::Suggests => &self.suggests,
            Relation::Supplements => &self.supplements,
            Relation::Enhances => &self.enhances,
        }
    }

    /// One of the lists, to add to it.
    pub fn list_mut(&mut self, relation: Relation) -> &mut Vec<Dependency> {
        match relation {
            Relation::Requires => &mut self.requires,
            Relation::Provides => &mut self.provides,
            Relation::Conflicts => &mut self.conflicts,
            Relation::Obsoletes => &mut self.obsoletes,
            Relation::Recommends => &mut self.recommends,
            Relation::Suggests => &mut self.suggests,
            Relation::Supplements => &mut self.supplements,
            Relation::Enhances => &mut self.enhances,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constraint_without_a_release_is_about_the_version() {
        let is_met = |comparison, version: &str, evr| {
            let version = version.to_owned();
            Constraint {
                comparison,
                version,
            }
            .is_met_by(evr)
        };
        assert!(is_met(Comparison::LessOrEqual, "1.0", "1.0-3.el8"));
        assert!(!is_met(Comparison::Less, "1.0", "1.0-3.el8"));
        assert!(is_met(Comparison::Greater, "1.0-2", "1.0-3"));
        assert!(is_met(Comparison::Equal, "2:1.00", "2:1.0-3"));
        assert!(!is_met(Comparison::GreaterOrEqual, "2:1.0", "9.9-1"));
    }

    #[test]
    fn constraints_are_a_star_or_comparisons_and_versions() {
        assert_eq!(Constraint::parse_all("*"), Ok(Vec::new()));
        let all = Constraint::parse_all(">=1:7.29-3.el7, < 8").unwrap();
        let read: Vec<(&str, &str)> = all
            .iter()
            .map(|one| (one.comparison.as_str(), one.version.as_str()))
            .collect();
        assert_eq!(read, [(">=", "1:7.29-3.el7"), ("<", "8")]);
        for bad in [
            "7.29", ">= ", ">= 7 8", "~> 1", "", ">= 1-2-3", ">= a:1", ">= 1:2:3", ">= :1",
            "*, < 2",
        ] {
            assert!(Constraint::parse_all(bad).is_err(), "{bad:?}");
        }
    }
}
