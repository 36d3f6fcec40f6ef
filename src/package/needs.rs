//! What units need of their package: users, and folders below `/run`.

use super::plan::Scriptlets;
use super::scriptlets::render;
use super::{Dependency, Error, InstallPath, PackageName, Phase};
use crate::adapt::Needs;
use crate::contents::{Entry, Source};
use minijinja::context;

/// The file for systemd-tmpfiles, if there is something for it to do.
///
/// # Errors
/// When the template cannot be rendered, which is a defect.
pub(super) fn files(package: &PackageName, needs: &Needs) -> Result<Vec<Entry>, Error> {
    if needs.runtime_directories.is_empty() {
        return Ok(Vec::new());
    }
    let folder = |folder: &crate::adapt::Directory| {
        context! {
            path => folder.path.replace('%', "%%"),
            mode => format!("{:04o}", folder.mode),
            user => folder.user.as_str(),
            group => folder.group.as_str(),
        }
    };
    let folders: Vec<_> = needs.runtime_directories.iter().map(folder).collect();
    let text = render(
        include_str!("../../templates/systemd/tmpfiles.conf"),
        &context! { package => package.as_str(), folders },
    )?;
    let path = InstallPath::new(format!("/usr/lib/tmpfiles.d/{package}.conf"))?;
    Ok(vec![Entry::file(
        path,
        Source::Bytes(text.into_bytes()),
        0o644,
        "the folders below /run that units need",
    )])
}

/// The scriptlets with what comes before theirs: users before files are unpacked, folders below
/// `/run` before units are started.
///
/// # Errors
/// When a template cannot be rendered, which is a defect.
pub(super) fn scriptlets(
    package: &PackageName,
    needs: &Needs,
    scriptlets: Scriptlets,
) -> Result<Scriptlets, Error> {
    let before = |template: &str, context, script: Option<String>| {
        let text = render(template, &context)?;
        Ok::<_, Error>(Some(text + script.as_deref().unwrap_or_default()))
    };
    let mut scriptlets = scriptlets;
    if !needs.users.is_empty() {
        let users: Vec<&str> = needs.users.iter().map(|user| user.name.as_str()).collect();
        let context = context! { package => package.as_str(), users => users.join(" ") };
        let template = include_str!("../../templates/scriptlets/users.sh");
        scriptlets.pre = before(template, context, scriptlets.pre)?;
    }
    if !needs.runtime_directories.is_empty() {
        let context = context! { package => package.as_str() };
        let template = include_str!("../../templates/scriptlets/runtime-directories.sh");
        scriptlets.post = before(template, context, scriptlets.post)?;
    }
    Ok(scriptlets)
}

/// The package with useradd and groupadd on all that rpm is native to.
pub(super) fn requires(needs: &Needs) -> Option<Dependency> {
    (!needs.users.is_empty()).then(|| Dependency {
        phases: vec![Phase::Pre],
        ..Dependency::any("shadow-utils", "its %pre makes a user")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapt::{Directory, SystemUser};

    fn needs() -> Needs {
        Needs {
            runtime_directories: vec![Directory {
                path: "/run/hello/a".to_owned(),
                mode: 0o750,
                user: "hello".to_owned(),
                group: "hello".to_owned(),
                reason: String::new(),
            }],
            users: vec![SystemUser {
                name: "hello".to_owned(),
                reason: String::new(),
            }],
            ..Needs::default()
        }
    }

    #[test]
    fn users_come_before_files_and_folders_before_units() {
        let package = PackageName::new("hello").unwrap();
        let own = Scriptlets {
            pre: Some("pre\n".to_owned()),
            post: Some("post\n".to_owned()),
            ..Scriptlets::default()
        };
        let made = scriptlets(&package, &needs(), own.clone()).unwrap();
        insta::assert_snapshot!(made.pre.unwrap(), @r#"
        # Before the files of hello are unpacked: the users that its services run as, as some of the
        # files belong to them. One that is there is left as it is.
        for user in $(printf '%s' 'hello'); do
            getent group "$user" >/dev/null || groupadd -r "$user"
            getent passwd "$user" >/dev/null ||
                useradd -r -g "$user" -d / -M -s /sbin/nologin -c 'hello' "$user"
        done
        pre
        "#);
        insta::assert_snapshot!(made.post.unwrap(), @"
        # Folders of hello below /run, which are made at every boot: now, for the first time.
        if command -v systemd-tmpfiles >/dev/null 2>&1; then
            systemd-tmpfiles --create '/usr/lib/tmpfiles.d/hello.conf' >/dev/null 2>&1 </dev/null
        fi
        post
        ");
        let same = scriptlets(&package, &Needs::default(), own.clone()).unwrap();
        assert_eq!((same.pre, same.post), (own.pre, own.post));
    }

    #[test]
    fn folders_below_run_are_a_line_each_for_systemd_tmpfiles() {
        let package = PackageName::new("hello").unwrap();
        let files = files(&package, &needs()).unwrap();
        let crate::contents::FileKind::Regular(Source::Bytes(bytes)) = &files[0].kind else {
            panic!("no file");
        };
        insta::assert_snapshot!(String::from_utf8_lossy(bytes), @"
        # Shipped by hello: folders that its units need and this systemd does not make for them.
        d /run/hello/a 0750 hello hello -
        ");
    }
}
