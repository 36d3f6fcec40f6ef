//! What the versions of systemd know: directives, their values, specifiers, prefixes of Exec lines.
//!
//! In come the tables under `data/`, whose README says where each column was seen; out go typed
//! rows, the same for every target, and through [`Profile`](super::Profile) the [`Standing`] of
//! each on one target. The tables are split into rows when they are first asked for. Nothing here
//! reads units or decides what to do about them.

mod directive;
mod enumeration;
mod exec_prefix;
mod history;
mod moves;
mod on_target;
mod relations;
mod sandboxing;
mod specifier;
mod table;
mod texts;
mod tree;
mod value_kind;

#[cfg(test)]
mod consistency;

pub use directive::{
    Context, Directive, Origin, directive, directives_in, nearest_directive, sections, sections_of,
};
pub use enumeration::{Argument, EnumValue, Enumeration, Form, Word};
pub use exec_prefix::{ExecPrefix, exec_prefix, exec_prefixes};
pub use history::{History, Removal, Standing};
pub use moves::{Move, MoveKind, Place, Rewrite, ValueChange, moves};
pub use relations::{MEASURED_ON, Measured, Outcome, RELATIONS, RelationCase, relations};
pub use sandboxing::{Sandboxing, sandboxing};
pub use specifier::{Specifier, SpecifierContext, specifier, specifiers};
pub use texts::{Text, section_text};
pub use tree::Tree;
pub use value_kind::ValueKind;
