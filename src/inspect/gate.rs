//! The gate between a written package and its final name.

use super::describe::{Description, describe};
use super::error::Error;
use super::verdict::judge;
use crate::package::Plan;
use crate::report::Sink;
use crate::rpm::Written;
use crate::rpm::read::ReadRpm;
use camino::Utf8PathBuf;

/// A package that was read back and passed its verdict. There is no other way to make one, and
/// nothing else can give a package its final name.
#[derive(Debug)]
pub struct VerifiedRpm {
    written: Written,
    description: Description,
}

/// Reads a written package back and judges it against its plan and its plan's target.
///
/// # Errors
/// When it cannot be read back or is refused; the file is removed then.
pub fn verify(written: Written, plan: &Plan, sink: &dyn Sink) -> Result<VerifiedRpm, Error> {
    let file = plan.nevra.file_name();
    sink.status("Verifying", &file);
    let rpm = ReadRpm::parse(written.reopen()?, &file)?;
    let verdict = judge(rpm, plan.target.profile(), Some(plan))?;
    if !verdict.refusals.is_empty() {
        return Err(Error::Refused {
            file,
            target: plan.target.to_string(),
            refusals: verdict.refusals,
        });
    }
    let description = describe(&verdict.metadata)?;
    Ok(VerifiedRpm {
        written,
        description,
    })
}

impl VerifiedRpm {
    /// What is in it, as it was read back.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// The file's size in bytes.
    pub fn size(&self) -> u64 {
        self.written.size()
    }

    /// Gives the package its usual file name in the folder that it was written in, and gives back
    /// the path. A file of that name is replaced whole or not at all.
    ///
    /// # Errors
    /// When it cannot be renamed; the file is removed then.
    pub fn publish(self) -> Result<Utf8PathBuf, Error> {
        let name = self.written.nevra().file_name();
        self.publish_as(&name)
    }

    /// The same under another file name.
    ///
    /// # Errors
    /// When it cannot be renamed; the file is removed then.
    pub fn publish_as(self, file_name: &str) -> Result<Utf8PathBuf, Error> {
        Ok(self.written.persist(file_name)?)
    }
}
