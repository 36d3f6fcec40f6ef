//! AMB084

use super::super::commands::version;
use super::super::unit_set::CREATED;
use super::super::{Context, Example, Finding, Origin, PackageFacts, Rule};
use crate::report::Severity;
use crate::target::base_system::has_path;
use crate::unit::Directive;
use crate::unit::value::{PathPrefix, PathValue, path_list};

pub(super) static RULE: Rule = Rule {
    code: "AMB084",
    name: "missing-directory",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "The service needs a folder that neither the package nor systemd creates.",
    explanation: "Without its WorkingDirectory= a service fails with 200/CHDIR, without a folder of ReadWritePaths= \
        and its kin with 226/NAMESPACE. systemd creates the folders of StateDirectory=, CacheDirectory=, \
        LogsDirectory=, ConfigurationDirectory= and RuntimeDirectory=; a `-` before a path lets it be missing.",
    example: Example {
        bad: "[Service]\nWorkingDirectory=/var/lib/hello",
        good: "[Service]\nStateDirectory=hello\nWorkingDirectory=/var/lib/hello",
    },
    check,
};

/// The directives whose paths have to be there.
const PATHS: [&str; 8] = [
    "WorkingDirectory",
    "RootDirectory",
    "ReadWritePaths",
    "ReadOnlyPaths",
    "InaccessiblePaths",
    "ReadWriteDirectories",
    "ReadOnlyDirectories",
    "InaccessibleDirectories",
];

/// Where other things than files of packages are.
const OTHERS: [&str; 4] = ["/dev/", "/proc/", "/sys/", "/run/user/"];

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(package) = context.package else {
        return;
    };
    for key in PATHS {
        let lines = match key {
            "WorkingDirectory" | "RootDirectory" => {
                context.last("Service", key).into_iter().collect()
            }
            _ => context.list("Service", key),
        };
        for line in lines {
            // `-` lets it be missing, `+` is below RootDirectory=, `~` is the user's home.
            let prefixes = [PathPrefix::MayBeMissing, PathPrefix::BelowRoot];
            let paths = path_list(&line.value, &prefixes, version(context)).items;
            let needed = paths
                .into_iter()
                .filter(|path| path.prefixes.is_empty() && !path.path.contains('%'))
                .filter(|path| !is_there(context, package, &path.path));
            findings.extend(needed.map(|path| finding(context, line, path)));
        }
    }
}

fn finding(context: &Context<'_>, line: &Directive, needed: PathValue) -> Finding {
    let (key, path) = (&line.key, needed.path);
    let help = created_by(&path).unwrap_or_else(|| {
        format!("let the package own {path}, or say {key}=-{path} where it may be missing")
    });
    Finding::new(&RULE, format!("{key}={path} is created by nobody"))
        .at_value(
            context.unit,
            line,
            needed.range,
            "the service fails without it",
        )
        .help(help)
}

fn is_there(context: &Context<'_>, package: &PackageFacts, path: &str) -> bool {
    let path = path.trim_end_matches('/');
    let is_or_holds = |other: &str| {
        other
            .strip_prefix(path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    // What systemd-tmpfiles creates is not looked into.
    let tmpfiles = || {
        let mut files = package.files.iter();
        let variable = path.starts_with("/run/") || path.starts_with("/var/");
        variable && files.any(|file| file.starts_with("/usr/lib/tmpfiles.d/"))
    };
    let shipped = || package.files.iter().chain(&package.folders);
    has_path(path)
        || OTHERS.iter().any(|other| path.starts_with(other))
        || shipped().any(|other| is_or_holds(other))
        || tmpfiles()
        || context
            .units
            .created_folders()
            .iter()
            .any(|other| is_or_holds(other))
}

/// The directive that would have the folder created.
fn created_by(path: &str) -> Option<String> {
    CREATED.iter().find_map(|(key, root)| {
        let name = path.strip_prefix(root)?.strip_prefix('/')?;
        Some(format!("say {key}={name}, and systemd creates it"))
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::PackageFacts;
    use super::super::super::testing::said_of;

    #[test]
    fn folders_are_of_the_package_of_systemd_or_of_the_base_system() {
        let facts = PackageFacts {
            files: ["/usr/share/hello/www/index.html".to_owned()].into(),
            folders: ["/srv/hello".to_owned()].into(),
            ..PackageFacts::default()
        };
        let said = |lines: &str| {
            let text = format!("[Service]\nExecStart=/bin/true\n{lines}\n");
            said_of("AMB084", "el8", &[("a.service", &text)], Some(&facts))
        };
        insta::assert_snapshot!(said("WorkingDirectory=/var/lib/hello\nReadWritePaths=/var/tmp /data -/x"), @"
        a.service:3:18: warning[AMB084]: WorkingDirectory=/var/lib/hello is created by nobody
        a.service:4:25: warning[AMB084]: ReadWritePaths=/data is created by nobody
        ");
        for fine in [
            "WorkingDirectory=/srv/hello",
            "WorkingDirectory=/usr/share/hello",
            "WorkingDirectory=-/data",
            "WorkingDirectory=~",
            "WorkingDirectory=/",
            "StateDirectory=hello/a\nWorkingDirectory=/var/lib/hello",
            "InaccessiblePaths=/dev/shm /proc/x",
        ] {
            assert_eq!(said(fine), "", "{fine}");
        }
    }
}
