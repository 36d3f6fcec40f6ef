//! How much each rule matters to this user.

use super::{Error, Finding, find};
use crate::project::LintLevel;
use crate::report::{Severity, Spanned};
use std::collections::BTreeMap;

/// `[package.metadata.ambot.lints]`, checked.
#[derive(Clone, Debug, Default)]
pub struct Levels(BTreeMap<&'static str, LintLevel>);

impl Levels {
    /// Checks the codes.
    ///
    /// # Errors
    /// When there is no rule of a code, or one of it matters to everybody.
    pub fn new(lints: &[(Spanned<String>, LintLevel)]) -> Result<Self, Error> {
        let mut levels = BTreeMap::new();
        for (code, level) in lints {
            let rule = find(&code.value).ok_or_else(|| Error::UnknownRule {
                code: code.value.clone(),
                span: code.span.clone(),
            })?;
            if rule.is_final() && *level != LintLevel::Deny {
                return Err(Error::Final {
                    code: rule.code,
                    span: code.span.clone(),
                });
            }
            levels.insert(rule.code, *level);
        }
        Ok(Levels(levels))
    }

    /// Gives a finding the severity that the user wants; false where it is not to be said.
    pub(super) fn set(&self, finding: &mut Finding) -> bool {
        let severity = match self.0.get(finding.rule.code) {
            None => return true,
            Some(LintLevel::Allow) => return false,
            Some(LintLevel::Warn) => Severity::Warning,
            Some(LintLevel::Deny) => Severity::Error,
        };
        finding.set_by_user = true;
        finding.severity = severity;
        finding.diagnostic.severity = severity;
        true
    }
}
