//! `requires` and its kin, as RPM has them.

use super::super::Error;
use super::carried::Carried;
use super::foreign::{self, wrong};
use crate::project::tree::Entry;

/// Tables of names and versions: `{ curl = ">= 7.29, < 8" }`. An empty version is any.
pub(super) fn relation(
    carried: &mut Carried<'_>,
    kind: &'static str,
    entry: &Entry,
) -> Result<(), Error> {
    for one in &foreign::table(entry)?.entries {
        let version = foreign::string(&one.key, &one.node)?;
        let version = version.value.trim();
        let version = if version.is_empty() { "*" } else { version };
        if !version.split(',').all(is_comparison) {
            return Err(wrong(
                format!(
                    "`{}` has no version that rpm could compare: \"{version}\"",
                    one.key
                ),
                &one.node.span,
            ));
        }
        let said = (kind, one.key.clone(), version.to_owned());
        match one.key.starts_with('(') {
            true => carried.rich.push(said),
            false => carried.relations.push(said),
        }
    }
    Ok(())
}

fn is_comparison(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words[..] {
        ["*"] => true,
        [comparison, _] => ["<", "<=", "=", ">", ">="].contains(&comparison),
        _ => false,
    }
}
