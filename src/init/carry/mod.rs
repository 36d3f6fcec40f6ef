//! What the tables of another tool say, said in ours.
//!
//! Each tool has a file in which each of its keys has one place. What both have in common, files,
//! scripts and units, is brought into one form first. What cannot be said is told with its place, and
//! stands as a comment where one would look for it.

mod assets;
mod carried;
mod commands;
mod deb;
mod deb_scripts;
mod deb_units;
mod dependencies;
mod foreign;
mod generate_rpm;
mod inline;
mod matches;
mod scripts;
mod units;

use super::draft::{Draft, DraftFile};
use super::manifest::Manifest;
use super::{Asked, Error};
use camino::Utf8Path;
use carried::Carried;

/// A tool whose tables are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// cargo-generate-rpm, as of 0.21.
    GenerateRpm,
    /// cargo-deb, as of 3.7.
    Deb,
}

impl Tool {
    /// All of them.
    pub const ALL: [Tool; 2] = [Tool::GenerateRpm, Tool::Deb];

    /// What its table below `[package.metadata]` is called.
    pub fn table(self) -> &'static str {
        match self {
            Tool::GenerateRpm => "generate-rpm",
            Tool::Deb => "deb",
        }
    }
}

/// The tables of a package that say what the other tool's do.
pub(super) fn carried(asked: &Asked<'_>, manifest: &Manifest, tool: Tool) -> Result<Draft, Error> {
    let has = |tool: &Tool| manifest.metadata(tool.table()).is_some();
    let Some(entry) = manifest.metadata(tool.table()) else {
        let others = Tool::ALL.iter().filter(|other| has(other));
        return Err(Error::NothingToCarry {
            path: manifest.shown().to_owned(),
            table: tool.table(),
            others: others.map(|other| other.table()).collect(),
        });
    };
    let table = foreign::table(entry)?;
    let mut carried = Carried::new(asked, tool);
    match tool {
        Tool::GenerateRpm => generate_rpm::read(&mut carried, table)?,
        Tool::Deb => deb::read(&mut carried, table)?,
    }
    carried.finish();
    let mut files = Vec::new();
    for (name, unit) in &carried.units {
        let place = format!(".ambot/services/{name}");
        files.push(DraftFile::whole(
            asked,
            Utf8Path::new(&place),
            unit.bytes.clone(),
        )?);
    }
    files.push(manifest.with_ours(&carried.text()?, asked.force)?);
    Ok(Draft {
        package: asked.package.name.clone(),
        files,
        found: Vec::new(),
        remarks: carried.remarks,
    })
}
