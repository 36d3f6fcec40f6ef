//! What a package needs, provides and does not go along with.

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
    /// Reads `*` (any version), or a comparison and a version: `>= 7.29`, `= 1:2.0-3.el8`.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(text: &str) -> Result<Option<Self>, NotAConstraint> {
        let text = text.trim();
        if text == "*" {
            return Ok(None);
        }
        let (comparison, rest) = [
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("==", Comparison::Equal),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
            ("=", Comparison::Equal),
        ]
        .into_iter()
        .find_map(|(sign, comparison)| {
            text.strip_prefix(sign)
                .map(|rest| (comparison, rest.trim()))
        })
        .ok_or(NotAConstraint)?;
        let good = |c: char| c.is_ascii_alphanumeric() || ":._+~^-".contains(c);
        if rest.is_empty() || !rest.chars().all(good) {
            return Err(NotAConstraint);
        }
        Ok(Some(Constraint {
            comparison,
            version: rest.to_owned(),
        }))
    }
}

/// The text is neither `*` nor a comparison and a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAConstraint;

/// When a requirement must be there, beyond the time the package is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// `Requires(pre)`
    Pre,
    /// `Requires(post)`
    Post,
    /// `Requires(preun)`
    Preun,
    /// `Requires(postun)`
    Postun,
    /// `Requires(posttrans)`
    Posttrans,
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependencies {
    /// What must be there.
    pub requires: Vec<Dependency>,
    /// What it is, beside its own name.
    pub provides: Vec<Dependency>,
    /// What must not be there.
    pub conflicts: Vec<Dependency>,
    /// What it replaces.
    pub obsoletes: Vec<Dependency>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constraint_is_a_star_or_a_comparison_and_a_version() {
        assert_eq!(Constraint::parse("*"), Ok(None));
        let constraint = Constraint::parse(">=1:7.29-3.el7").unwrap().unwrap();
        assert_eq!(
            (constraint.comparison.as_str(), constraint.version.as_str()),
            (">=", "1:7.29-3.el7")
        );
        for bad in ["7.29", ">= ", ">= 7 8", "~> 1", ""] {
            assert!(Constraint::parse(bad).is_err(), "{bad:?}");
        }
    }
}
