//! The maintainer scripts of a Debian package.

use super::carried::Carried;
use super::{commands, scripts};
use crate::project::input;
use crate::report::Spanned;

/// Debian's scripts, and the scriptlets that run at the same time.
const SCRIPTS: [(&str, &str); 4] = [
    ("preinst", "pre"),
    ("postinst", "post"),
    ("prerm", "preun"),
    ("postrm", "postun"),
];

/// Leaves out the scripts that do what the package does by itself, and names the others: what Debian
/// calls them with (`configure`, `upgrade` …) rpm does not. Gives back the units that they enable.
pub(super) fn read(
    carried: &mut Carried<'_>,
    package: &str,
    folder: Option<&Spanned<String>>,
) -> Vec<String> {
    let Some(Spanned {
        value: folder,
        span: Some(span),
    }) = folder
    else {
        return Vec::new();
    };
    let directory = carried.asked.package.directory.join(folder);
    let mut enabled = Vec::new();
    for (script, phase) in SCRIPTS {
        let names = [format!("{package}.{script}"), script.to_owned()];
        let found = names.iter().find_map(|name| {
            let text = input::read_text(&directory.join(name), input::MAX_TEXT).ok()?;
            Some((name, text))
        });
        let Some((name, text)) = found else {
            continue;
        };
        let units: Vec<&str> = carried.units.keys().map(String::as_str).collect();
        let commands = commands::read(&text, &units, &carried.asked.package.binaries);
        enabled.extend(commands.enables.iter().cloned());
        if commands.all_known {
            scripts::leave_out(carried, name, span, commands);
            continue;
        }
        carried.comments.push(format!(
            "{folder}/{name} is not carried over; its place is scriptlets.{phase}."
        ));
        carried.left(
            format!("`{folder}/{name}`"),
            span,
            format!(
                "write what it does beside its units as scriptlets.{phase}: there $1 is how many versions of \
                 the package are left, 1 on a first install, 2 on an upgrade, 0 on a removal"
            ),
        );
    }
    enabled
}
