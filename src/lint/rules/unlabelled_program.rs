//! AMB085

use super::super::program::{COMMANDS, programs};
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::target::base_system::merged_path;

pub(super) static RULE: Rule = Rule {
    code: "AMB085",
    name: "unlabelled-program",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "A program lies where SELinux does not let systemd start it.",
    explanation: "SELinux goes by the label of a file, and the label by the folder: programs are what lies in \
        /usr/bin, /usr/sbin, /usr/libexec, /usr/local/bin, /opt/NAME/bin and their like. Enforcing, as it is by \
        default since RHEL 8, it keeps systemd from starting a file from elsewhere: the service fails with 203/EXEC \
        and `Permission denied`, whatever the mode of the file. Another label takes `semanage fcontext` on every \
        machine.",
    example: Example {
        bad: "[Service]\nExecStart=/srv/hello/hello",
        good: "[Service]\nExecStart=/opt/hello/bin/hello",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    if !context.profile.labelled_programs.value {
        return;
    }
    for program in programs(context, &COMMANDS) {
        if program.may_fail || !program.path.starts_with('/') || is_labelled(&program.path) {
            continue;
        }
        findings.push(
            Finding::new(
                &RULE,
                format!("SELinux does not let systemd start {}", program.path),
            )
            .at_value(
                context.unit,
                program.directive,
                program.range.clone(),
                "fails with 203/EXEC",
            )
            .help("install the program into /usr/bin, /usr/libexec or /opt/NAME/bin"),
        );
    }
}

/// The folders, wherever below /usr and /opt they are, whose files are programs.
const PROGRAMS: [&str; 2] = ["bin", "sbin"];

/// Whether a program has the label of one (refpolicy, policy/modules/kernel/corecommands.fc).
fn is_labelled(path: &str) -> bool {
    let merged = merged_path(path);
    let folders: Vec<&str> = merged.split('/').skip(1).collect();
    let Some((_, folders)) = folders.split_last() else {
        return false;
    };
    match folders {
        ["usr", "libexec", ..] | ["usr", "lib", "systemd", ..] => true,
        ["usr", "local", "libexec", ..] => true,
        ["usr", rest @ ..] => rest.iter().any(|name| PROGRAMS.contains(name)),
        ["opt", rest @ ..] => rest
            .iter()
            .any(|name| PROGRAMS.contains(name) || *name == "libexec"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;
    use super::*;

    #[test]
    fn the_folder_decides() {
        for fine in [
            "/usr/bin/x",
            "/bin/x",
            "/sbin/x",
            "/usr/local/bin/x",
            "/usr/local/libexec/x",
            "/usr/libexec/a/b",
            "/usr/lib/a/bin/x",
            "/opt/a/bin/x",
            "/opt/libexec/x",
            "/lib/systemd/systemd-logind",
        ] {
            assert!(is_labelled(fine), "{fine}");
        }
        for bad in [
            "/srv/x",
            "/opt/a/x",
            "/home/a/bin/x",
            "/var/lib/x",
            "/usr/share/x",
            "/usr/lib/a/x",
            "/x",
            "/usr/bin",
        ] {
            assert!(!is_labelled(bad), "{bad}");
        }
    }

    #[test]
    fn it_is_said_where_selinux_enforces() {
        let text = "[Service]\nExecStart=/srv/hello/hello --x\n";
        insta::assert_snapshot!(said_by("AMB085", "el8", text), @"x.service:2:11: warning[AMB085]: SELinux does not let systemd start /srv/hello/hello");
        assert_eq!(said_by("AMB085", "centos7", text), "");
    }
}
