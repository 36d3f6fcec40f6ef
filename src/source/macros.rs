//! Text that rpmbuild reads: nothing of the user's is expanded as a macro, and paths are written
//! with the macros that stand for their folders.

use super::Error;
use crate::contents::InstallPath;
use crate::package::Evr;
use std::borrow::Cow;

/// Text on one line, as rpmbuild gives it back: `%` doubled.
///
/// Before rpmbuild expands a line it looks whether the line ends within a macro, and there, unlike
/// where it expands, a backslash hides the character behind it: of `\%%{` it would see an open `%{`,
/// and take in the lines that follow (rpm 4.11.3, 4.14.3 and 4.18.0, `copyNextLineFromOFI` in
/// `build/parseSpec.c`). `%{nil}` is nothing, and parts the two.
pub(super) fn escaped(text: &str) -> String {
    text.replace('%', "%%").replace("\\%", "\\%{nil}%")
}

/// A version in a dependency. The package's own is written as what it is where the spec is built:
/// there its dist tag may be another.
pub(super) fn version(text: &str, own: Option<&Evr>) -> String {
    match own {
        Some(own) if own.to_string() == text => {
            "%{?epoch:%{epoch}:}%{version}-%{release}".to_owned()
        }
        _ => escaped(text),
    }
}

/// A dependency in brackets, its versions written as [`version`] does.
pub(super) fn rich(text: &str, own: Option<&Evr>) -> String {
    let between = |c: char| c.is_whitespace() || "()".contains(c);
    let words = text.split_inclusive(between).map(|piece| {
        let word = piece.trim_end_matches(between);
        version(word, own) + &piece[word.len()..]
    });
    words.collect()
}

/// The words that rpmbuild acts on wherever a line begins with one, in any section and behind any
/// blanks. It looks for them after it has expanded macros, so that no doubled `%` hides them (rpm
/// 4.14.3, `readLine` in `build/parseSpec.c`); `%include` would bring in a file of who builds.
const EVERYWHERE: [&str; 5] = ["%if", "%elif", "%else", "%endif", "%include"];

fn is_acted_on(line: &str) -> bool {
    let line = line.trim_start();
    EVERYWHERE.iter().any(|word| line.starts_with(word))
}

/// A line in a section of a spec file. One that begins like the head of a section would end this one,
/// doubled `%` or not: rpmbuild looks for heads after it has expanded macros (rpm 4.14.3, `isPart` in
/// `build/parseSpec.c`). A blank before it prevents that.
fn line(text: &str) -> String {
    match text.starts_with('%') {
        true => format!(" {}", escaped(text)),
        false => escaped(text),
    }
}

/// Text of several lines that people read. A line that rpmbuild would act on goes on with the line
/// before it, or becomes an item of a list.
pub(super) fn prose(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for next in text.trim_end().lines() {
        match lines.last_mut() {
            Some(last) if is_acted_on(next) && !last.trim().is_empty() => {
                last.push(' ');
                last.push_str(&escaped(next.trim_start()));
            }
            _ if is_acted_on(next) => lines.push(format!("- {}", escaped(next.trim_start()))),
            _ => lines.push(line(next)),
        }
    }
    lines.join("\n")
}

/// The text of a script.
///
/// # Errors
/// A line that rpmbuild would act on, which cannot be written otherwise.
pub(super) fn script(text: &str) -> Result<String, Error> {
    let lines = text.trim_end().lines().map(|one| match is_acted_on(one) {
        true => Err(Error::Line {
            line: one.trim().to_owned(),
        }),
        false => Ok(line(one)),
    });
    Ok(lines.collect::<Result<Vec<String>, _>>()?.join("\n"))
}

/// The folders whose macro means the same in every rpm that builds for a target. Not among them are
/// `%{_sysconfdir}` and its kin (an rpm as upstream builds it has `/usr/etc`), and `%{_sbindir}`
/// (`/usr/bin` in newer Fedoras).
const FOLDERS: [(&str, &str); 7] = [
    ("/usr/bin", "_bindir"),
    ("/usr/lib/systemd/system", "_unitdir"),
    ("/usr/lib/systemd/system-preset", "_presetdir"),
    ("/usr/lib/sysusers.d", "_sysusersdir"),
    ("/usr/lib/tmpfiles.d", "_tmpfilesdir"),
    ("/usr/lib", "_prefix"),
    ("/usr/share", "_datadir"),
];

/// Those of them that systemd's macro file defines.
pub(super) const SYSTEMD_FOLDERS: [&str; 4] =
    ["_unitdir", "_presetdir", "_sysusersdir", "_tmpfilesdir"];

/// A path with the macro of its folder, and the name of the macro.
pub(super) fn path(path: &InstallPath) -> (String, Option<&'static str>) {
    let (head, rest, name) = folder(path);
    (head + &escaped(rest), name)
}

/// The folder of a path as a macro, where there is one, and what follows; the name of the macro.
fn folder(path: &InstallPath) -> (String, &str, Option<&'static str>) {
    let text = path.as_str();
    let below = |(folder, _): &&(&str, &str)| {
        let rest = text.strip_prefix(folder);
        rest.is_some_and(|rest| rest.starts_with('/'))
    };
    let longest = FOLDERS
        .iter()
        .filter(below)
        .max_by_key(|(folder, _)| folder.len());
    match longest {
        Some((folder, name)) => {
            let inside = if *name == "_prefix" { "/lib" } else { "" };
            let head = format!("%{{{name}}}{inside}");
            (head, &text[folder.len()..], Some(name))
        }
        None => (String::new(), text, None),
    }
}

/// The path for a line of `%files`: blanks need quotes. What rpm would take for a pattern becomes
/// `?`, which stands for any one character and so for this one, and so does `%`, because rpm expands
/// macros in a line twice. With a `?` in it a path is a pattern, which knows no quotes within and
/// none around it (rpm 4.11.3, 4.14.3 and 4.18.0).
pub(super) fn in_file_list(install_path: &InstallPath) -> String {
    let (head, rest, _) = folder(install_path);
    let is_pattern = |c: char| "*?[]{}\\\"%".contains(c);
    let is_blank = |c: char| c.is_ascii_whitespace();
    if rest.contains(is_pattern) {
        let any = |c: char| is_pattern(c) || is_blank(c) || c == '\'';
        return format!("{head}{}", rest.replace(any, "?"));
    }
    match rest.contains(is_blank) {
        true => format!("\"{head}{rest}\""),
        false => head + rest,
    }
}

/// A word of a shell script in a spec file.
pub(super) fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._+-@:=,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    // It fails for a NUL alone, which no path and no name has.
    let quoted = shlex::try_quote(text).unwrap_or(Cow::Borrowed(text));
    escaped(&quoted)
}

/// A path below the build root, for a shell script in a spec file.
pub(super) fn in_build_root(install_path: &InstallPath) -> String {
    let quoted = word(install_path.as_str());
    match quoted == install_path.as_str() {
        true => format!("%{{buildroot}}{}", path(install_path).0),
        false => format!("%{{buildroot}}{quoted}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn install_path(text: &str) -> InstallPath {
        InstallPath::new(text).unwrap()
    }

    #[test]
    fn folders_become_macros_and_names_stay() {
        let shown = |text: &str| path(&install_path(text)).0;
        assert_eq!(shown("/usr/bin/hello"), "%{_bindir}/hello");
        assert_eq!(
            shown("/usr/lib/systemd/system-preset/98.preset"),
            "%{_presetdir}/98.preset"
        );
        assert_eq!(shown("/usr/lib/ambot"), "%{_prefix}/lib/ambot");
        assert_eq!(shown("/usr/library/x"), "/usr/library/x");
        assert_eq!(shown("/etc/50%.conf"), "/etc/50%%.conf");
    }

    #[test]
    fn what_rpm_takes_for_a_pattern_is_none() {
        let shown = |text: &str| in_file_list(&install_path(text));
        assert_eq!(shown("/usr/share/a b/[x]*"), "%{_datadir}/a?b/?x??");
        assert_eq!(shown("/usr/share/a b"), "\"%{_datadir}/a b\"");
        assert_eq!(shown("/etc/50% it's $HOME"), "/etc/50??it?s?$HOME");
        assert_eq!(shown("/etc/it's"), "/etc/it's");
        assert_eq!(shown("/etc/plain"), "/etc/plain");
    }

    #[test]
    fn the_own_version_is_that_of_where_it_is_built() {
        let own = Evr {
            epoch: Some(2),
            version: "1.0.0".to_owned(),
            release: "1.el8".to_owned(),
        };
        let shown = |text: &str| rich(text, Some(&own));
        let macros = "%{?epoch:%{epoch}:}%{version}-%{release}";
        assert_eq!(version("2:1.0.0-1.el8", Some(&own)), macros);
        assert_eq!(version("1.0.0-1.el8", Some(&own)), "1.0.0-1.el8");
        assert_eq!(version("2:1.0.0-1.el8", None), "2:1.0.0-1.el8");
        assert_eq!(
            shown("(a = 2:1.0.0-1.el8 if (b(x) >= 1%))"),
            format!("(a = {macros} if (b(x) >= 1%%))")
        );
    }

    #[test]
    fn the_shell_gets_one_word() {
        let shown = |text: &str| in_build_root(&install_path(text));
        assert_eq!(shown("/usr/bin/hello"), "%{buildroot}%{_bindir}/hello");
        assert_eq!(shown("/opt/a $(b)"), "%{buildroot}'/opt/a $(b)'");
    }

    /// As rpm 4.18 looks for it.
    fn ends_within_a_macro(line: &str) -> bool {
        let mut open = [0_u32; 3];
        let mut letters = line.chars().peekable();
        while let Some(letter) = letters.next() {
            let next = letters.peek().copied().unwrap_or('\n');
            if letter == '\\' || letter == '%' && "%{([".contains(next) {
                letters.next();
            }
            for (count, [opens, closes]) in
                open.iter_mut().zip([['{', '}'], ['(', ')'], ['[', ']']])
            {
                match letter {
                    '%' if next == opens => *count += 1,
                    _ if letter == opens && *count > 0 => *count += 1,
                    _ if letter == closes && *count > 0 => *count -= 1,
                    _ => {}
                }
            }
        }
        open != [0; 3]
    }

    #[test]
    fn a_backslash_does_not_hide_that_a_percent_sign_is_doubled() {
        assert_eq!(
            escaped(r"a \%{ b \\%( 50%"),
            r"a \%{nil}%%{ b \\%{nil}%%( 50%%"
        );
        assert!(ends_within_a_macro(r"a \%%{ b"));
        assert!(!ends_within_a_macro(&escaped(r"a \%{ b")));
    }

    proptest! {
        #[test]
        fn no_percent_sign_stays_alone_and_no_line_is_the_head_of_a_section(
            text in "([%a{}()\\\\\n\t ]|\\[|%if|%else|%endif|%include|\r\n){0,40}",
        ) {
            let texts = [Some(prose(&text)), script(&text).ok()];
            for section in texts.into_iter().flatten() {
                prop_assert!(section.lines().all(|line| !line.starts_with('%')));
                // What rpmbuild reads once it has expanded them.
                let expanded = section.replace("%{nil}", "").replace("%%", "%");
                prop_assert_eq!(section.replace("%{nil}%%", "").replace("%%", "").matches('%').count(), 0);
                prop_assert!(section.lines().all(|line| !ends_within_a_macro(line)), "{section}");
                prop_assert!(!expanded.lines().any(is_acted_on), "{expanded}");
            }
        }
    }

    #[test]
    fn a_line_that_rpmbuild_would_act_on_goes_on_with_the_one_before_it_or_is_refused() {
        assert_eq!(
            prose("%if 0\na\n  %include /etc/passwd\n\n%endif\n%post"),
            "- %%if 0\na %%include /etc/passwd\n\n- %%endif\n %%post"
        );
        let refused = script("true\n %include /etc/passwd\n").unwrap_err();
        assert!(matches!(refused, Error::Line { line } if line == "%include /etc/passwd"));
        assert_eq!(script("date +%F\n%s\n").unwrap(), "date +%%F\n %%s");
    }
}
