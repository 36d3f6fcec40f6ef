//! A unit file to begin with.

use super::Error;
use super::finds::Configuration;
use super::render::render;
use crate::unit::{ServiceDefaults, default_service};
use minijinja::context;

/// The text of `NAME.service`: every line is there for every target, and what is worth more thought is a
/// comment.
pub(super) fn unit(
    service: &str,
    binary_path: &str,
    account: &str,
    documentation: &[String],
    configuration: &[Configuration],
) -> Result<String, Error> {
    let defaults = default_service(&ServiceDefaults {
        name: service,
        documentation,
        exec_start: Some(binary_path),
    });
    let all = defaults.iter().flat_map(|table| &table.directives);
    let values = |key: &str| -> Vec<String> {
        let of_key = all.clone().filter(|(known, _)| known == key);
        of_key.flat_map(|(_, values)| values.clone()).collect()
    };
    render(
        include_str!("../../templates/init/unit.service"),
        &context! {
            service => service.to_owned(),
            account => account.to_owned(),
            description => values("Description"),
            documentation => values("Documentation"),
            exec_start => values("ExecStart"),
            environment => configuration.iter().any(|one| one.is_environment),
        },
    )
}
