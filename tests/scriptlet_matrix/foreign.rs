//! Packages of other tools, which ours replace.

use super::package::{Author, Package, Unit};
use std::collections::BTreeMap;

/// A package of another tool with these units. The macros are those of the trees of systemd 219 and
/// 239 (`src/core/macros.systemd.in`), written out.
pub(crate) fn foreign(name: &'static str, author: Author, units: &[Unit]) -> Package {
    let names: Vec<&str> = units.iter().map(|unit| unit.name).collect();
    let names = names.join(" ");
    let quiet = ">/dev/null 2>&1 || :";
    let post_and_more = match author {
        Author::El7Macros => [
            (
                "post",
                format!("if [ $1 -eq 1 ]; then\nsystemctl preset {names} {quiet}\nfi\n"),
            ),
            (
                "preun",
                format!(
                    "if [ $1 -eq 0 ]; then\nsystemctl --no-reload disable {names} {quiet}\n\
                     systemctl stop {names} {quiet}\nfi\n"
                ),
            ),
            (
                "postun",
                format!(
                    "systemctl daemon-reload {quiet}\n\
                     if [ $1 -ge 1 ]; then\nsystemctl try-restart {names} {quiet}\nfi\n"
                ),
            ),
        ],
        Author::El8Macros => [
            (
                "post",
                format!(
                    "if [ $1 -eq 1 ]; then\nsystemctl --no-reload preset {names} {quiet}\nfi\n"
                ),
            ),
            (
                "preun",
                format!(
                    "if [ $1 -eq 0 ]; then\nsystemctl --no-reload disable --now {names} {quiet}\nfi\n"
                ),
            ),
            (
                "postun",
                format!("if [ $1 -ge 1 ]; then\nsystemctl try-restart {names} {quiet}\nfi\n"),
            ),
        ],
        Author::Fpm => [
            (
                "post",
                format!(
                    "systemctl daemon-reload {quiet}\nsystemctl enable {names} {quiet}\n\
                     systemctl start {names} {quiet}\n"
                ),
            ),
            (
                "preun",
                format!("systemctl stop {names} {quiet}\nsystemctl disable {names} {quiet}\n"),
            ),
            ("postun", format!("systemctl daemon-reload {quiet}\n")),
        ],
        Author::Ours => unreachable!("ours are made by the program"),
    };
    Package {
        name,
        label: format!("{name} by {author:?}"),
        author,
        units: units.to_vec(),
        scriptlets: post_and_more.into_iter().collect(),
        files: BTreeMap::new(),
    }
}
