//! Drop-ins: files that add to a unit without touching it.

use crate::unit::{BootTarget, UnitName};
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, context};

const INSTALL: &str = include_str!("../../templates/units/install.conf");

/// The file name of the drop-in with `[Install]`.
///
/// Drop-ins of one unit are read in the order of their names, whichever folder they lie in, and a
/// file of the same name in `/etc` replaces ours. So `10-`: systemd's manual (`standard-conf.xml`
/// of v257) gives 10 to 40 to what lies in `/usr` and 60 to 90 to administrators, whose reset
/// `WantedBy=` must come after ours. `ambot`, so that nobody else's file has the name by chance.
const INSTALL_NAME: &str = "10-ambot-install.conf";

/// A file in the folder `NAME.d` of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DropIn {
    /// The unit that it adds to.
    pub unit: UnitName,
    /// The name of the file, without the folder.
    pub file_name: &'static str,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl DropIn {
    /// The drop-in that makes a unit one that can be enabled.
    pub(super) fn install(unit: &UnitName, wanted_by: BootTarget) -> Self {
        let mut environment = Environment::empty();
        let syntax = SyntaxConfig::builder().keep_trailing_newline(true).build();
        let context = context! { unit => unit.as_str(), wanted_by => wanted_by.as_str() };
        let text = syntax.and_then(|syntax| {
            environment.set_syntax(syntax);
            environment.render_str(INSTALL, context)
        });
        match text {
            Ok(text) => DropIn {
                unit: unit.clone(),
                file_name: INSTALL_NAME,
                bytes: text.into_bytes(),
            },
            Err(error) => unreachable!("install.conf is tested to render: {error}"),
        }
    }

    /// The path beside the unit files: `NAME.d/FILE`.
    pub fn path(&self) -> String {
        format!("{}.d/{}", self.unit, self.file_name)
    }
}
