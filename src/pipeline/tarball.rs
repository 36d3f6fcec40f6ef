//! Archives with an install script, for hosts without rpm.

use super::output::{Output, folder_of};
use super::{Artifact, Error, Format};
use crate::archive::{self, hosts};
use crate::build::Interrupt;
use crate::package::PlanSet;
use crate::report::{Diagnostic, Sink};
use crate::rpm::Input;
use camino::Utf8Path;
use tracing::debug_span;

/// Writes one for each of the RPMs that the plans are for, and gives them their names when all are
/// there.
pub(super) fn make(
    plans: &PlanSet,
    output: &Output,
    interrupt: &Interrupt,
    sink: &dyn Sink,
) -> Result<Vec<Artifact>, Error> {
    let mut written = Vec::new();
    for plan in plans.iter() {
        if !plan.triggers.is_empty() {
            sink.diagnostic(
                &Diagnostic::warning(format!(
                    "the triggers of {} are not in its archive",
                    plan.nevra.name
                ))
                .with_note("rpm runs them when other packages come and go"),
            );
        }
        let (target, shape) = (&plan.target, plan.redacted());
        let _archive = debug_span!("archive", %target, plan = %shape).entered();
        let name = hosts::file_name(&plan.nevra, &plan.target);
        sink.status("Archiving", &name);
        let path = output.path(&plan.target, &name, plan.suffix.is_none());
        let items = hosts::items(plan)?;
        let archive = archive::write(&items, plan.time, &name, &folder_of(&path), interrupt)?;
        written.push((plan, path, archive));
    }
    let mut artifacts = Vec::new();
    for (plan, path, archive) in written {
        let size = archive.size();
        let path = archive.publish_as(super::package::file_name(&path))?;
        artifacts.push(Artifact {
            size,
            sha256: digest_of(&path)?,
            path,
            ..Artifact::of(Format::TarGz, plan)
        });
    }
    Ok(artifacts)
}

/// SHA-256 of an archive that was written.
fn digest_of(path: &Utf8Path) -> Result<String, Error> {
    let read = Input::read(path).map_err(|source| archive::Error::Input {
        path: path.to_owned(),
        archive: path.file_name().unwrap_or_default().to_owned(),
        source,
    })?;
    Ok(read.sha256.unwrap_or_default())
}
