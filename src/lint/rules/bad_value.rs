//! AMB020

use super::super::value::{accepted, known, wrong};
use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::unit::Directive;
use std::ops::Range;

pub(super) static RULE: Rule = Rule {
    code: "AMB020",
    name: "bad-value",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "The target's systemd does not take this value.",
    explanation: "systemd warns in its log and goes on as if the line were not there, so the setting keeps its default. \
        A wrong User=, WorkingDirectory= or RootDirectory= makes systemd 239 and later refuse the unit, a wrong \
        CPUAffinity= 219 and 239. Since 239 it passes over names of capabilities that it does not know without a word. \
        What is taken differs between versions: a PIDFile= must be absolute on 239, a RuntimeDirectory= has one level on 219.",
    example: Example {
        bad: "[Service]\nExecStart=/usr/bin/hello\nRestartSec=5 sek",
        good: "[Service]\nExecStart=/usr/bin/hello\nRestartSec=5s",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for directive in context.directives() {
        for wrong in wrong(context, directive) {
            let key = &directive.key;
            // What is wrong in a long list is shown alone.
            let part = directive.value.get(wrong.range.clone());
            let shown = part
                .filter(|part| !part.is_empty() && directive.value.len() > 60)
                .unwrap_or(&directive.value);
            let label = match wrong.effect {
                Some(Effect::UnitRefused) => "systemd refuses the unit",
                None => "systemd takes no notice of this",
                _ => "this is ignored",
            };
            let instead = wrong
                .instead
                .as_deref()
                .map(|instead| whole(directive, &wrong.range, instead))
                .filter(|instead| !instead.is_empty())
                .map(|instead| format!("write `{instead}`"));
            let takes = || {
                known(context, directive)
                    .and_then(accepted)
                    .map(str::to_owned)
            };
            let mut finding = Finding::new(&RULE, format!("{key}={shown}: {}", wrong.what))
                .at_value(context.unit, directive, wrong.range, label)
                .help_if(instead.or_else(takes));
            if let Some(effect) = wrong.effect {
                finding = finding.effect(effect);
            }
            findings.push(finding);
        }
    }
}

/// The value as it is to be written: all of it where it is short.
fn whole(directive: &Directive, range: &Range<usize>, instead: &str) -> String {
    let mut value = directive.value.clone();
    if value.len() > 60 || value.get(range.clone()).is_none() {
        return instead.to_owned();
    }
    value.replace_range(range.clone(), instead);
    // A number and its unit are written in one.
    match value.split_once(' ') {
        Some((number, unit)) if unit == instead && number.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{number}{unit}")
        }
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{findings, said_by};

    const WRONG: &str = "[Unit]\nDocumentation=hello\nConditionPathExists=!etc/x\n[Service]\nExecStart=/bin/true\n\
        RemainAfterExit=maybe\nRestartSec=5x\nNice=30\nOOMScoreAdjust=2000\nUMask=999\nKillSignal=SIGX\n\
        SuccessExitStatus=300 FOO\nLimitNOFILE=abc\nMemoryLimit=lots\nCPUQuota=50\nEnvironment=FOO\n\
        EnvironmentFile=foo\nPIDFile=x.pid\nWorkingDirectory=foo\nRuntimeDirectory=../x\nReadWriteDirectories=tmp\n";

    #[test]
    fn what_el8_does_not_take_is_said_with_the_place() {
        insta::assert_snapshot!(said_by("AMB020", "el8", WRONG), @"
        x.service:2:15: error[AMB020]: Documentation=hello: it is no URI with http://, https://, file:, info: or man:
        x.service:3:22: error[AMB020]: ConditionPathExists=!etc/x: it is not an absolute path
        x.service:6:17: error[AMB020]: RemainAfterExit=maybe: it is neither yes nor no
        x.service:7:13: error[AMB020]: RestartSec=5x: `x` is no unit of time that it knows
        x.service:8:6: error[AMB020]: Nice=30: it is not within -20 to 19
        x.service:9:16: error[AMB020]: OOMScoreAdjust=2000: it is not within -1000 to 1000
        x.service:10:7: error[AMB020]: UMask=999: it is not an octal number
        x.service:11:12: error[AMB020]: KillSignal=SIGX: `SIGX` is no signal that it knows
        x.service:12:19: error[AMB020]: SuccessExitStatus=300 FOO: it is not within 0 to 255
        x.service:12:23: error[AMB020]: SuccessExitStatus=300 FOO: `FOO` is neither an exit status nor a signal that it knows
        x.service:13:13: error[AMB020]: LimitNOFILE=abc: it is not a whole number
        x.service:14:13: error[AMB020]: MemoryLimit=lots: a number is missing
        x.service:15:10: error[AMB020]: CPUQuota=50: it is not a percentage
        x.service:16:13: error[AMB020]: Environment=FOO: an assignment has a `=`
        x.service:17:17: error[AMB020]: EnvironmentFile=foo: it is not an absolute path
        x.service:18:9: error[AMB020]: PIDFile=x.pid: it is not an absolute path
        x.service:19:18: error[AMB020]: WorkingDirectory=foo: it is not an absolute path
        x.service:20:18: error[AMB020]: RuntimeDirectory=../x: the path contains `..`
        x.service:21:22: error[AMB020]: ReadWriteDirectories=tmp: it is not an absolute path
        ");
    }

    #[test]
    fn what_is_taken_is_said() {
        let found = findings("el8", &[("x.service", WRONG)], None);
        let helps: Vec<String> = found
            .iter()
            .filter(|finding| finding.rule.code == "AMB020")
            .map(|finding| finding.diagnostic.help.join("; "))
            .collect();
        insta::assert_snapshot!(helps.join("\n"), @"

        write a path from the root, without `..`
        write `yes` or `no`
        write a span of time such as `30s`, `5min 20s` or `infinity`
        write `19`
        write `1000`
        write an octal mode such as `0750`
        write the name of a signal such as `SIGTERM`
        write numbers from 0 to 255 and names of signals, with blanks between them
        write numbers from 0 to 255 and names of signals, with blanks between them
        write a number, `SOFT:HARD` or `infinity`; sizes and times take units
        write a size such as `512M`, or `infinity`
        write `50%`
        write NAME=VALUE, in quotes around all of it where the value has blanks
        write a path from the root, without `..`
        write a path from the root, without `..`
        write a path from the root, without `..`
        write names without a leading `/` and without `..`
        ");
    }

    #[test]
    fn the_whole_value_is_written_out() {
        let text = "[Service]\nExecStart=/bin/true\nRestartSec=5 sek\nMemoryLimit=2Gb\nTimeoutStopSec=1min 5secs\n\
            WorkingDirectory=~/app\n";
        let found = findings("el8", &[("x.service", text)], None);
        let found = found.iter().filter(|finding| finding.rule.code == "AMB020");
        let helps: Vec<String> = found
            .map(|finding| finding.diagnostic.help.join("; "))
            .collect();
        insta::assert_snapshot!(helps.join("\n"), @"
        write `5sec`
        write `2G`
        write `1min 5s`
        write a path from the root, without `..`
        ");
    }

    #[test]
    fn versions_differ() {
        let text = "[Service]\nExecStart=/bin/true\nWorkingDirectory=~\nWorkingDirectory=-/tmp\n\
            RuntimeDirectory=x/y\nPIDFile=x.pid\n";
        insta::assert_snapshot!(said_by("AMB020", "centos7", text), @"
        x.service:3:18: error[AMB020]: WorkingDirectory=~: systemd knows `~` since 227
        x.service:4:18: error[AMB020]: WorkingDirectory=-/tmp: systemd knows the `-` since 227
        x.service:5:18: error[AMB020]: RuntimeDirectory=x/y: directories within others came with systemd 235
        x.service:6:9: error[AMB020]: PIDFile=x.pid: it is not an absolute path
        ");
        insta::assert_snapshot!(said_by("AMB020", "el8", text), @"x.service:6:9: error[AMB020]: PIDFile=x.pid: it is not an absolute path");
        assert_eq!(said_by("AMB020", "el9", text), "");
    }

    #[test]
    fn right_values_resets_and_specifiers_give_nothing() {
        let text = "[Service]\nExecStart=/bin/true\nRemainAfterExit=on\nRestartSec=1min 30s\nNice=-20\nUMask=0027\n\
            KillSignal=SIGTERM\nKillSignal=\nLimitNOFILE=1024:infinity\nEnvironment=\"A=b c\" D=e\n\
            WorkingDirectory=%h/x\nUser=%i\n";
        for target in ["centos7", "el8", "el9"] {
            assert_eq!(said_by("AMB020", target, text), "", "{target}");
        }
    }

    #[test]
    fn an_empty_boolean_and_the_like_are_wrong() {
        let text = "[Service]\nExecStart=/bin/true\nRemainAfterExit=\nTasksMax=x\nTasksMax=10%\nPassEnvironment=A a-b\n";
        insta::assert_snapshot!(said_by("AMB020", "el9", text), @"
        x.service:3:17: error[AMB020]: RemainAfterExit=: it is empty
        x.service:4:10: error[AMB020]: TasksMax=x: it is no number of tasks above 0
        x.service:6:19: error[AMB020]: PassEnvironment=A a-b: it cannot be the name of a variable
        ");
    }

    const SANDBOX: &str = "[Service]\nExecStart=/bin/true\nRestrictAddressFamilies=INET\n\
        CapabilityBoundingSet=NET_ADMIN CAP_FOO\nSystemCallFilter=reed\nSystemCallErrorNumber=EFOO\n\
        DeviceAllow=null rw\nCPUAffinity=all\n";

    #[test]
    fn what_protects_is_read_word_by_word() {
        insta::assert_snapshot!(said_by("AMB020", "centos7", SANDBOX), @"
        x.service:3:25: error[AMB020]: RestrictAddressFamilies=INET: `INET` is no address family that it knows
        x.service:4:23: error[AMB020]: CapabilityBoundingSet=NET_ADMIN CAP_FOO: `NET_ADMIN` is no capability that it knows
        x.service:4:33: error[AMB020]: CapabilityBoundingSet=NET_ADMIN CAP_FOO: `CAP_FOO` is no capability that it knows
        x.service:5:18: error[AMB020]: SystemCallFilter=reed: `reed` is no system call
        x.service:6:23: error[AMB020]: SystemCallErrorNumber=EFOO: `EFOO` is no error that it knows
        x.service:7:13: error[AMB020]: DeviceAllow=null rw: it is no device below /dev
        x.service:8:13: error[AMB020]: CPUAffinity=all: it is no processor or range of processors
        ");
        let newer = format!(
            "{SANDBOX}IPAddressAllow=10.0.0.0/33\nBindPaths=/a:/b:ro\nTemporaryFileSystem=var\n\
            IOReadBandwidthMax=/dev/sda fast\n"
        );
        insta::assert_snapshot!(said_by("AMB020", "el8", &newer), @"
        x.service:3:25: error[AMB020]: RestrictAddressFamilies=INET: `INET` is no address family that it knows
        x.service:4:23: error[AMB020]: CapabilityBoundingSet=NET_ADMIN CAP_FOO: `NET_ADMIN` is no capability that it knows
        x.service:4:33: error[AMB020]: CapabilityBoundingSet=NET_ADMIN CAP_FOO: `CAP_FOO` is no capability that it knows
        x.service:5:18: error[AMB020]: SystemCallFilter=reed: `reed` is no system call
        x.service:6:23: error[AMB020]: SystemCallErrorNumber=EFOO: `EFOO` is no error that it knows
        x.service:7:13: error[AMB020]: DeviceAllow=null rw: it is no device below /dev
        x.service:8:13: error[AMB020]: CPUAffinity=all: it is no processor or range of processors
        x.service:9:16: error[AMB020]: IPAddressAllow=10.0.0.0/33: the length of its prefix is no number from 0 to 32
        x.service:10:17: error[AMB020]: BindPaths=/a:/b:ro: `ro` is neither `rbind` nor `norbind`
        x.service:11:21: error[AMB020]: TemporaryFileSystem=var: it is not an absolute path
        x.service:12:29: error[AMB020]: IOReadBandwidthMax=/dev/sda fast: a number is missing
        ");
    }

    #[test]
    fn what_is_passed_over_without_a_word_has_no_effect_to_compare() {
        let effects = |target: &str| {
            let found = findings(target, &[("x.service", SANDBOX)], None);
            let found = found.iter().filter(|f| f.rule.code == "AMB020");
            found
                .map(|f| (f.line, f.effect.is_some()))
                .collect::<Vec<_>>()
        };
        assert!(effects("el8").contains(&(Some(4), false)));
        assert!(effects("centos7").contains(&(Some(4), true)));
        assert!(effects("centos7").contains(&(Some(6), false)));
    }

    #[test]
    fn sockets_listen_on_addresses() {
        let text =
            "[Socket]\nListenStream=localhost:80\nListenStream=/run/../x\nListenDatagram=eth0:53\n";
        let said = |target: &str| {
            let found = findings(target, &[("x.socket", text)], None);
            let found = found.iter().filter(|f| f.rule.code == "AMB020");
            let said = found.map(|f| crate::report::short(&f.diagnostic));
            said.collect::<Vec<_>>().join("\n")
        };
        insta::assert_snapshot!(said("el8"), @"
        x.socket:2:14: error[AMB020]: ListenStream=localhost:80: `localhost` is no IP address
        x.socket:3:14: error[AMB020]: ListenStream=/run/../x: the path contains `..`
        ");
        insta::assert_snapshot!(said("el9"), @"
        x.socket:2:14: error[AMB020]: ListenStream=localhost:80: `localhost` is no IP address
        x.socket:3:14: error[AMB020]: ListenStream=/run/../x: the path contains `..`
        x.socket:4:16: error[AMB020]: ListenDatagram=eth0:53: `eth0` is no IP address
        ");
    }
}
