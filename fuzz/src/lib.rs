//! What has to hold for every input: properties of cargo-ambot, each a function that panics where it
//! does not hold.
//!
//! libFuzzer runs them (`cargo xtask fuzz`, or `cargo fuzz run NAME`) on inputs that it finds by the
//! coverage of what it ran before; `cargo test` runs them on the seeds below `seeds/`, those that once
//! found something among them, and on some thousand inputs made of these. Each has a target of its
//! name below `fuzz_targets/` and a folder of its name below `seeds/`.

// A property that does not hold is told by a panic.
#![allow(clippy::expect_used)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod adapt;
mod check;
mod configuration;
mod elf;
mod ground;
mod input;
mod packages;
mod repodata;
mod rpm;
mod seeds;
mod spec;
mod unit;
mod values;

pub use adapt::adapted_unit;
pub use check::{findings, fixes};
pub use configuration::{changelog, init_tables, manifest, placeholders, setting, versions};
pub use elf::program;
pub use repodata::repository;
pub use rpm::{keys, package, payload};
pub use seeds::{made, prepare};
pub use spec::spec_file;
pub use unit::{unit_document, unit_edits, unit_name};
pub use values::{directive_value, exec_line};

/// A property.
#[derive(Clone, Copy, Debug)]
pub struct Property {
    /// Its name, that of its function, of its target and of the folder of its seeds.
    pub name: &'static str,
    /// Panics where it does not hold for an input.
    pub holds: fn(&[u8]),
}

/// Holds a property to each file that the command line names, without libFuzzer.
///
/// # Errors
/// When a file cannot be read.
pub fn hold(property: fn(&[u8])) -> std::io::Result<()> {
    for file in std::env::args_os().skip(1) {
        property(&std::fs::read(file)?);
    }
    Ok(())
}

/// Hands the names of all of them to a macro.
macro_rules! each_property {
    ($with:ident) => {
        $with![
            adapted_unit,
            changelog,
            directive_value,
            exec_line,
            findings,
            fixes,
            init_tables,
            keys,
            manifest,
            package,
            payload,
            placeholders,
            program,
            repository,
            setting,
            spec_file,
            unit_document,
            unit_edits,
            unit_name,
            versions,
        ];
    };
}

macro_rules! list {
    ($($name:ident),* $(,)?) => {
        /// All of them, by name.
        pub const PROPERTIES: &[Property] =
            &[$(Property { name: stringify!($name), holds: $name }),*];
    };
}

each_property!(list);

// Here, because macros are known from where they stand on.
#[cfg(test)]
mod tests;
