//! AMB086

use super::super::program::{COMMANDS, programs};
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::target::base_system::merged_path;
use crate::unit::boolean;

pub(super) static RULE: Rule = Rule {
    code: "AMB086",
    name: "void-capabilities",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "A program has capabilities as a file, and its service forbids it to take them.",
    explanation: "With NoNewPrivileges= the kernel ignores the capabilities of a file that is run, and setuid bits \
        too (prctl(2), PR_SET_NO_NEW_PRIVS). For a service that does not run as root, filters of system calls and \
        much of the other sandboxing turn it on by themselves (systemd.exec(5), NoNewPrivileges=). The service \
        starts, and fails at what it needed them for, such as a port below 1024. AmbientCapabilities= gives \
        capabilities to a service in the place of its file; systemd 219 does not know it.",
    example: Example {
        bad: "bin-caps = { hello = \"cap_net_bind_service=ep\" }\n\n[Service]\nExecStart=/usr/bin/hello\nUser=hello\nNoNewPrivileges=yes",
        good: "[Service]\nExecStart=/usr/bin/hello\nUser=hello\nNoNewPrivileges=yes\nAmbientCapabilities=CAP_NET_BIND_SERVICE",
    },
    check,
};

/// What turns NoNewPrivileges= on where the service is not root: since which systemd, and the key
/// (systemd.exec(5) of 219, 239 and 252).
const IMPLYING: [(u16, &str); 16] = [
    (0, "SystemCallFilter"),
    (0, "SystemCallArchitectures"),
    (0, "RestrictAddressFamilies"),
    (239, "PrivateDevices"),
    (239, "ProtectKernelTunables"),
    (239, "ProtectKernelModules"),
    (239, "RestrictNamespaces"),
    (239, "MemoryDenyWriteExecute"),
    (239, "RestrictRealtime"),
    (239, "LockPersonality"),
    (239, "DynamicUser"),
    (252, "RestrictSUIDSGID"),
    (252, "ProtectKernelLogs"),
    (252, "ProtectClock"),
    (252, "ProtectHostname"),
    (252, "SystemCallLog"),
];

/// The first systemd that knows AmbientCapabilities=.
const AMBIENT_SINCE: u16 = 229;

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let (Some(package), Some(key)) = (context.package, forbidding(context)) else {
        return;
    };
    for program in programs(context, &COMMANDS) {
        let merged = merged_path(&program.path);
        let mut capable = package.capable.iter();
        let Some(file) = capable.find(|file| merged_path(file) == merged) else {
            continue;
        };
        let finding = Finding::new(
            &RULE,
            format!("{key}= takes the capabilities of {file} from it"),
        )
        .at_value(context.unit, program.directive, program.range.clone(), "");
        findings.push(match context.profile.systemd.value {
            AMBIENT_SINCE.. => finding.help(
                "give them to the service, with AmbientCapabilities=, and leave those of the file out",
            ),
            _ => finding.help(format!("leave {key}= out for this target")),
        });
        return;
    }
}

/// The key by which the service gives up new privileges, if it does.
fn forbidding(context: &Context<'_>) -> Option<&'static str> {
    const OWN: &str = "NoNewPrivileges";
    let says = |key: &str, answer: bool| context.service(key).and_then(boolean) == Some(answer);
    if says(OWN, true) {
        return Some(OWN);
    }
    let is_root = context
        .service("User")
        .is_none_or(|user| ["root", "0"].contains(&user));
    if is_root && !says("DynamicUser", true) {
        return None;
    }
    let systemd = context.profile.systemd.value;
    let known = IMPLYING.iter().filter(|(since, _)| *since <= systemd);
    let mut keys = known.map(|(_, key)| *key);
    keys.find(|key| context.service(key).is_some() && !says(key, false))
}

#[cfg(test)]
mod tests {
    use super::super::super::PackageFacts;
    use super::super::super::testing::said_of;

    fn said(target: &str, more: &str) -> String {
        let text = format!("[Service]\nExecStart=/usr/bin/hello\n{more}\n");
        let facts = PackageFacts {
            capable: ["/usr/bin/hello".to_owned()].into(),
            ..PackageFacts::default()
        };
        said_of("AMB086", target, &[("a.service", &text)], Some(&facts))
    }

    #[test]
    fn capabilities_of_a_file_are_void_without_new_privileges() {
        insta::assert_snapshot!(said("el8", "User=hello\nNoNewPrivileges=yes"), @"a.service:2:11: warning[AMB086]: NoNewPrivileges= takes the capabilities of /usr/bin/hello from it");
        insta::assert_snapshot!(said("centos7", "User=hello\nSystemCallFilter=~mount"), @"a.service:2:11: warning[AMB086]: SystemCallFilter= takes the capabilities of /usr/bin/hello from it");
        insta::assert_snapshot!(said("el9", "DynamicUser=yes"), @"a.service:2:11: warning[AMB086]: DynamicUser= takes the capabilities of /usr/bin/hello from it");
        for none in [
            "User=hello",
            "User=hello\nNoNewPrivileges=no",
            "User=hello\nPrivateDevices=no",
            "SystemCallFilter=~mount",
            "User=root\nPrivateDevices=yes",
        ] {
            assert_eq!(said("el8", none), "", "{none}");
        }
        // Private devices are only a name space of their own on 219.
        assert_eq!(said("centos7", "User=hello\nPrivateDevices=yes"), "");
    }
}
