//! What a package asks for, in a few words.

use super::describe::Description;
use crate::rpm::visible;

/// What a package asks for, shortened: each name once (every scriptlet asks for the same shell), of the symbol versions of a library
/// only the highest, which is the one that decides. What rpm itself must know (`rpmlib()`) is no
/// package to install.
pub fn requires(description: &Description) -> Vec<String> {
    let mut shown: Vec<(String, String)> = Vec::new();
    let lines = description.requires.iter();
    for line in lines.filter(|line| !line.starts_with("rpmlib(")) {
        let line = visible(line);
        // `libc.so.6(GLIBC_2.17)(64bit)`: the library is what stands before the first bracket.
        let name = match line.split_once('(') {
            Some((library, _)) if library.contains(".so") => library.to_owned(),
            _ => line.clone(),
        };
        match shown.iter_mut().find(|(known, _)| *known == name) {
            Some((_, kept)) => {
                if rpm_version::rpm_evr_compare(version(&line), version(kept)).is_gt() {
                    *kept = line;
                }
            }
            None => shown.push((name, line)),
        }
    }
    shown.into_iter().map(|(_, line)| line).collect()
}

/// `GLIBC_2.17` of `libc.so.6(GLIBC_2.17)(64bit)`; nothing of `libc.so.6()(64bit)`.
fn version(line: &str) -> &str {
    let inside = line
        .split_once('(')
        .and_then(|(_, rest)| rest.split_once(')'));
    inside.map_or("", |(version, _)| version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::{Dependency, Plan};
    use crate::rpm::fixture;

    #[test]
    fn of_a_library_the_highest_version_is_shown_and_a_strangers_text_is_harmless() {
        let mut draft = fixture::draft();
        for name in [
            "libc.so.6()(64bit)",
            "libc.so.6(GLIBC_2.9)(64bit)",
            "evil\u{1b}[31m",
        ] {
            let dependency = Dependency::any(name, "a test");
            draft.dependencies.requires.push(dependency);
        }
        let folder = tempfile::tempdir().unwrap();
        let folder = camino::Utf8Path::from_path(folder.path()).unwrap();
        let plan = Plan::complete(draft).unwrap();
        let interrupt = crate::build::Interrupt::new();
        let options = crate::rpm::Options::new(&interrupt);
        let written = crate::rpm::write(&plan, folder, &options, &crate::report::Quiet).unwrap();
        let file = written.reopen().unwrap();
        let rpm = crate::rpm::read::ReadRpm::parse(file, "hello.rpm").unwrap();
        let description = super::super::describe(rpm.metadata()).unwrap();
        insta::assert_snapshot!(requires(&description).join("\n"), @r"
        /bin/sh
        config(hello) = 1.2.0~rc.1-1.el7
        curl >= 7.29
        evil\u{1b}[31m
        libc.so.6(GLIBC_2.17)(64bit)
        systemd
        ");
    }
}
