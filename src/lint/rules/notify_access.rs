//! AMB053

use super::super::program::{Program, programs};
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;

pub(super) static RULE: Rule = Rule {
    code: "AMB053",
    name: "notify-access",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "Messages to systemd come from a process that is not listened to.",
    explanation: "systemd takes READY=1 and WATCHDOG=1 from the main process alone unless NotifyAccess= says \
        otherwise. Where a shell, sudo or a helper stands between systemd and the program, or ExecStartPost= \
        calls systemd-notify, the message comes from another process: it is dropped, and the start fails when its time is \
        up.",
    example: Example {
        bad: "[Service]\nType=notify\nExecStart=/bin/sh -c '/usr/bin/hello 2>&1'",
        good: "[Service]\nType=notify\nNotifyAccess=all\nExecStart=/bin/sh -c '/usr/bin/hello 2>&1'",
    },
    check,
};

/// The command lines that are run beside the main process before the service is ready.
const BESIDE: [&str; 2] = ["ExecStartPre", "ExecStartPost"];

/// Programs that start another one and stay.
const HELPERS: [&str; 10] = [
    "sh", "bash", "dash", "ksh", "zsh", "sudo", "su", "runuser", "timeout", "script",
];

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let listens = context
        .last_word("NotifyAccess")
        .is_some_and(|line| ["all", "exec"].contains(&line.value.as_str()));
    if listens || !context.notifies() {
        return;
    }
    let main = programs(context, &["ExecStart"]);
    if let Some(helper) = main
        .iter()
        .find(|program| context.notifies() && stays(program))
    {
        let what = format!("{} stands between systemd and the program", helper.name());
        findings.push(finding(context, helper, &what));
        return;
    }
    let beside = programs(context, &BESIDE);
    let mut callers = beside.iter();
    if let Some(caller) = callers.find(|program| program.name() == "systemd-notify") {
        findings.push(finding(
            context,
            caller,
            "systemd-notify is not the main process",
        ));
    }
}

/// Whether the main process is not the program that speaks to systemd. A shell that ends in `exec`
/// becomes the program.
fn stays(program: &Program<'_>) -> bool {
    let name = program.name();
    let script = name.ends_with(".sh");
    (HELPERS.contains(&name) && !program.arguments.iter().any(|word| word.contains("exec ")))
        || script
}

fn finding(context: &Context<'_>, program: &Program<'_>, what: &str) -> Finding {
    Finding::new(&RULE, format!("{what}, so what it says goes unheard"))
        .at_value(
            context.unit,
            program.directive,
            program.range.clone(),
            "only the main process is listened to",
        )
        .help("start the program directly, or say NotifyAccess=all")
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn a_helper_before_the_program_is_found() {
        let unit =
            |kind: &str, command: &str| format!("[Service]\nType={kind}\nExecStart={command}\n");
        insta::assert_snapshot!(said_by("AMB053", "el8", &unit("notify", "/bin/sh -c '/bin/x; true'")), @"x.service:3:11: warning[AMB053]: sh stands between systemd and the program, so what it says goes unheard");
        for fine in [
            unit("notify", "/bin/x"),
            unit("notify", "/bin/sh -c 'exec /bin/x'"),
            unit("exec", "/bin/sh -c /bin/x"),
            unit("notify", "/bin/sh -c /bin/x\nNotifyAccess=all"),
        ] {
            assert_eq!(said_by("AMB053", "el8", &fine), "", "{fine}");
        }
    }

    #[test]
    fn systemd_notify_is_never_the_main_process() {
        let text =
            "[Service]\nType=notify\nExecStart=/bin/x\nExecStartPost=/bin/systemd-notify --ready\n";
        insta::assert_snapshot!(said_by("AMB053", "el8", text), @"x.service:4:15: warning[AMB053]: systemd-notify is not the main process, so what it says goes unheard");
    }
}
