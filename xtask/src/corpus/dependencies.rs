//! What rpmbuild finds in the files of a package: it packs the same files, and finds by itself what
//! they need and give.

use super::programs::Rpm;
use super::table::Outcome;
use crate::step::Failure;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What the scriptlets of a package need, which no file of it does.
const OF_SCRIPTLETS: [&str; 3] = ["/bin/sh", "shadow-utils", "systemd"];

/// Compares what a package requires and provides with what rpmbuild finds. `files` are the
/// package's own.
pub(super) fn compare(
    rpm: &Rpm,
    package: &Path,
    files: &Path,
    work: &Path,
) -> Result<Outcome, Failure> {
    let theirs = rebuild(rpm, package, files, work)?;
    let mut figures = Vec::new();
    for option in ["--requires", "--provides"] {
        let list = |package: &Path| -> Result<BTreeSet<String>, Failure> {
            let said = rpm.query(package, &[option])?;
            let lines = said
                .lines()
                .map(str::trim)
                .filter(|line| !OF_SCRIPTLETS.contains(line) && !line.starts_with("rpmlib("));
            Ok(lines.map(str::to_owned).collect())
        };
        let (ours, theirs) = (list(package)?, list(&theirs)?);
        if ours != theirs {
            return Ok(Outcome::Failed(format!(
                "{option} with rpmbuild {}\nours alone: {:?}\nrpmbuild's alone: {:?}",
                rpm.version(),
                ours.difference(&theirs).collect::<Vec<_>>(),
                theirs.difference(&ours).collect::<Vec<_>>(),
            )));
        }
        figures.push(ours.len().to_string());
    }
    Ok(Outcome::Passed(figures.join(" + ")))
}

/// The RPM that rpmbuild makes of the same files.
fn rebuild(rpm: &Rpm, package: &Path, files: &Path, work: &Path) -> Result<PathBuf, Failure> {
    let tags = ["NAME", "VERSION", "RELEASE"];
    let format = tags.map(|tag| format!("%{{{tag}}}\n")).concat();
    let identity = rpm.query(package, &["--qf", &format])?;
    let mut identity = identity.lines();
    let [name, version, release] = tags.map(|_| identity.next().unwrap_or_default());
    let listed = rpm.query(
        package,
        &["--qf", "[%{FILEFLAGS:fflags}|%{FILEMODES:octal}|%{FILEUSERNAME}|%{FILEGROUPNAME}|%{FILENAMES}\n]"],
    )?;
    let listed: Option<String> = listed.lines().map(file_line).collect();
    let listed = listed.ok_or_else(|| {
        Failure::new(format!(
            "the list of files of {} was not understood",
            package.display()
        ))
    })?;
    let spec = format!(
        "Name: {name}\nVersion: {version}\nRelease: {release}\nSummary: Same files\nLicense: None\n\
         %description\nSame files\n%install\nmkdir -p %{{buildroot}}\ncp -a {}/. %{{buildroot}}/\n\
         %files\n{listed}",
        files.display()
    );
    let top = work.join("rpmbuild");
    let written = fs::create_dir_all(&top).and_then(|()| fs::write(top.join("same.spec"), spec));
    written.map_err(|error| Failure::new(format!("{}: {error}", top.display())))?;
    rpm.build()
        .args(["-bb", "--quiet"])
        .args([
            &format!("--define=_topdir {}", top.display()),
            &format!("--define=_dbpath {}", top.join("db").display()),
            &format!("--define=_tmppath {}", top.display()),
            // The files are to stay as they are.
            "--define=__os_install_post %{nil}",
            "--define=debug_package %{nil}",
            "--define=_build_id_links none",
            "--define=_binary_payload w0.xzdio",
        ])
        .args([top.join("same.spec")])
        .quietly()?;
    let arch = std::env::consts::ARCH;
    Ok(top.join(format!("RPMS/{arch}/{name}-{version}-{release}.{arch}.rpm")))
}

/// The line of `%files` for a file that rpm lists.
fn file_line(listed: &str) -> Option<String> {
    let mut fields = listed.splitn(5, '|');
    let mut next = || fields.next();
    let (flags, mode, user, group, path) = (next()?, next()?, next()?, next()?, next()?);
    let mode = u32::from_str_radix(mode, 8).ok()?;
    let mut line = String::new();
    // Links have no mode of their own.
    let is_link = mode & 0o170_000 == 0o120_000;
    let permissions = if is_link {
        "-".to_owned()
    } else {
        format!("{:o}", mode & 0o7777)
    };
    line += &format!("%attr({permissions}, {user}, {group}) ");
    if mode & 0o170_000 == 0o040_000 {
        line += "%dir ";
    }
    let words = [('d', "%doc "), ('l', "%license "), ('g', "%ghost ")];
    for (_, word) in words.iter().filter(|(flag, _)| flags.contains(*flag)) {
        line += word;
    }
    if flags.contains('c') {
        line += if flags.contains('n') {
            "%config(noreplace) "
        } else {
            "%config "
        };
    }
    Some(format!("{line}\"{path}\"\n"))
}

#[cfg(test)]
mod tests {
    use super::file_line;

    #[test]
    fn a_file_is_listed_as_what_it_is() {
        for (listed, line) in [
            (
                "|100755|root|root|/usr/bin/a",
                "%attr(755, root, root) \"/usr/bin/a\"\n",
            ),
            (
                "|040755|root|adm|/usr/a|b",
                "%attr(755, root, adm) %dir \"/usr/a|b\"\n",
            ),
            ("|120777|root|root|/l", "%attr(-, root, root) \"/l\"\n"),
            (
                "cn|0100640|a|b|/etc/c",
                "%attr(640, a, b) %config(noreplace) \"/etc/c\"\n",
            ),
            (
                "l|100644|root|root|/d",
                "%attr(644, root, root) %license \"/d\"\n",
            ),
        ] {
            assert_eq!(file_line(listed).as_deref(), Some(line));
        }
        assert_eq!(file_line("|x|root|root|/a"), None);
        assert_eq!(file_line("|100644|root"), None);
    }
}
