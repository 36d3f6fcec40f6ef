//! What systemd-tmpfiles makes: the folders below `/run` that units need, and what the user wrote.

use super::template::render;
use super::{Error, InstallPath, PackageName};
use crate::adapt::{Directory, Needs};
use crate::contents::{Entry, Source, TmpfilesLine};
use minijinja::context;

/// The file for systemd-tmpfiles, if there is something for it to do.
///
/// # Errors
/// When the template cannot be rendered, which is a defect.
pub(super) fn files(
    package: &PackageName,
    needs: &Needs,
    declared: &[TmpfilesLine],
) -> Result<Vec<Entry>, Error> {
    let lines = lines(needs, declared);
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let text = render(
        include_str!("../../templates/systemd/tmpfiles.conf"),
        &context! { package => package.as_str(), lines },
    )?;
    let path = InstallPath::new(format!("/usr/lib/tmpfiles.d/{package}.conf"))?;
    Ok(vec![Entry::file(
        path,
        Source::Bytes(text.into_bytes()),
        0o644,
        "what systemd-tmpfiles makes at every boot",
    )])
}

/// A line each. What the user wrote of a folder counts, not what a unit needs: of two lines for one
/// path systemd-tmpfiles takes the first and complains of the second.
fn lines(needs: &Needs, declared: &[TmpfilesLine]) -> Vec<String> {
    let is_declared = |folder: &&Directory| {
        let mut lines = declared.iter();
        lines.any(|line| line.makes_folder() && line.path.trim_end_matches('/') == folder.path)
    };
    let folders = needs.runtime_directories.iter();
    let needed = folders.filter(|folder| !is_declared(folder)).map(|folder| {
        format!(
            "d {} {:04o} {} {} -",
            folder.path.replace('%', "%%"),
            folder.mode,
            folder.user,
            folder.group
        )
    });
    needed
        .chain(declared.iter().map(|line| line.text.clone()))
        .collect()
}

/// What %post does first, so that units find there what they need when they are started: the file
/// triggers of systemd 239 come after the whole transaction, 219 has none.
///
/// # Errors
/// When the template cannot be rendered, which is a defect.
pub(super) fn post(
    package: &PackageName,
    needs: &Needs,
    declared: &[TmpfilesLine],
) -> Result<Option<String>, Error> {
    if lines(needs, declared).is_empty() {
        return Ok(None);
    }
    let template = include_str!("../../templates/scriptlets/tmpfiles.sh");
    let context = context! { package => package.as_str() };
    Ok(Some(render(template, &context)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs() -> Needs {
        Needs {
            runtime_directories: vec![Directory {
                path: "/run/hello/a".to_owned(),
                mode: 0o750,
                user: "hello".to_owned(),
                group: "hello".to_owned(),
                reason: String::new(),
            }],
            ..Needs::default()
        }
    }

    fn declared(path: &str) -> TmpfilesLine {
        TmpfilesLine {
            text: format!("D {path} 0700 root root 1d"),
            kind: 'D',
            path: path.to_owned(),
            user: None,
            group: None,
            span: None,
        }
    }

    #[test]
    fn what_units_need_and_what_is_declared_is_one_file() {
        let package = PackageName::new("hello").unwrap();
        let text = |declared: &[TmpfilesLine]| {
            let files = files(&package, &needs(), declared).unwrap();
            let crate::contents::FileKind::Regular(Source::Bytes(bytes)) = &files[0].kind else {
                panic!("no file");
            };
            String::from_utf8_lossy(bytes).into_owned()
        };
        insta::assert_snapshot!(text(&[declared("/run/b")]), @"
        # Shipped by hello.
        d /run/hello/a 0750 hello hello -
        D /run/b 0700 root root 1d
        ");
        insta::assert_snapshot!(text(&[declared("/run/hello/a/")]), @"
        # Shipped by hello.
        D /run/hello/a/ 0700 root root 1d
        ");
        assert_eq!(files(&package, &Needs::default(), &[]).unwrap(), []);
    }

    #[test]
    fn what_is_made_at_boot_is_made_at_once_too() {
        let package = PackageName::new("hello").unwrap();
        insta::assert_snapshot!(post(&package, &needs(), &[]).unwrap().unwrap(), @"
        # What systemd-tmpfiles makes for hello at every boot: now, for the first time.
        if command -v systemd-tmpfiles >/dev/null 2>&1; then
            systemd-tmpfiles --create '/usr/lib/tmpfiles.d/hello.conf' >/dev/null 2>&1 </dev/null || :
        fi
        ");
        assert_eq!(post(&package, &Needs::default(), &[]).unwrap(), None);
    }
}
