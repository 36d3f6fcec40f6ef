//! What becomes of debug information and symbols.

use crate::project::error::Error;
use crate::project::tree::{Entry, Value};

/// What is taken out of the binaries, in cargo's own words (`profile.strip`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strip {
    /// Nothing.
    None,
    /// Debug information; the names of functions stay, for the backtraces of panics.
    #[default]
    DebugInfo,
    /// All that is not loaded.
    Symbols,
}

/// `strip`: a boolean or a word, as in a profile of cargo's.
pub(super) fn strip(entry: Option<Entry>) -> Result<Strip, Error> {
    let Some(entry) = entry else {
        return Ok(Strip::default());
    };
    match &entry.node.value {
        Value::Boolean(false) => Ok(Strip::None),
        Value::Boolean(true) => Ok(Strip::Symbols),
        Value::String(word) if word == "none" => Ok(Strip::None),
        Value::String(word) if word == "debuginfo" => Ok(Strip::DebugInfo),
        Value::String(word) if word == "symbols" => Ok(Strip::Symbols),
        _ => Err(Error::Value {
            what: "`strip` is none of the values that it can have".to_owned(),
            span: entry.node.span,
            help: "write \"debuginfo\" (the default), \"symbols\" or true, \"none\" or false, as in a profile of cargo's".to_owned(),
        }),
    }
}
