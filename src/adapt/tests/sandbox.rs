//! Sandboxing that is weaker or lost.

use super::{service, unit};
use crate::adapt::{Options, adapt};
use crate::report::Diagnose;
use crate::target;
use crate::unit::Decision;
use insta::assert_snapshot;

#[test]
fn protection_is_as_strong_as_the_target_knows() {
    assert_snapshot!(service("ProtectSystem=strict\nProtectHome=tmpfs\nPrivateTmp=disconnected\nNotifyAccess=exec", "centos7"), @"
    -ProtectSystem=strict
    -ProtectHome=tmpfs
    -PrivateTmp=disconnected
    -NotifyAccess=exec
    +ProtectSystem=full
    +ProtectHome=yes
    +PrivateTmp=yes
    +NotifyAccess=all
    hardening: ProtectSystem=strict → ProtectSystem=full: systemd 219 does not know ProtectSystem=strict, which came with 232; only /usr, /boot and /etc are read-only
    weaker: ProtectHome=tmpfs → ProtectHome=yes: systemd 219 does not know ProtectHome=tmpfs, which came with 238; the home folders cannot be entered; they would look empty
    hardening: PrivateTmp=disconnected → PrivateTmp=yes: systemd 219 does not know PrivateTmp=disconnected, which came with 257; the folders lie in the host's /tmp and /var/tmp
    hardening: NotifyAccess=exec → NotifyAccess=all: systemd 219 does not know NotifyAccess=exec, which came with 233; every process of the service may send notifications
    ");
    assert_snapshot!(service("ProtectSystem=strict\nPrivateUsers=self\nProtectControlGroups=strict", "el8"), @"
    -PrivateUsers=self
    -ProtectControlGroups=strict
    +PrivateUsers=yes
    +ProtectControlGroups=yes
    same: PrivateUsers=self → PrivateUsers=yes: systemd 239 does not know PrivateUsers=self, which came with 257
    hardening: ProtectControlGroups=strict → ProtectControlGroups=yes: systemd 239 does not know ProtectControlGroups=strict, which came with 257; the control groups of the host stay visible
    ");
}

#[test]
fn what_has_no_kin_is_left_out_and_counted() {
    assert_snapshot!(service("PrivateUsers=yes\nLockPersonality=no\nBindReadOnlyPaths=/a /b:/b\nRestrictNamespaces=~time", "centos7"), @"
    -PrivateUsers=yes
    -LockPersonality=no
    -BindReadOnlyPaths=/a /b:/b
    -RestrictNamespaces=~time
    hardening: left out PrivateUsers=yes: systemd 219 does not know PrivateUsers=, which came with 232; the service sees the users of the host
    same: left out LockPersonality=no: systemd 219 does not know LockPersonality=, which came with 235, and does the same without it
    hardening: left out BindReadOnlyPaths=/a /b:/b: systemd 219 does not know BindReadOnlyPaths=, which came with 233; the paths are there without it, and as writable as they are
    hardening: left out RestrictNamespaces=~time: systemd 219 does not know RestrictNamespaces=, which came with 233; the service may make namespaces
    ");
    assert_snapshot!(service("RestrictNamespaces=~time user", "el8"), @"
    -RestrictNamespaces=~time user
    +RestrictNamespaces=~user
    hardening: RestrictNamespaces=~time user → RestrictNamespaces=~user: systemd 239 does not know time in RestrictNamespaces=
    ");
}

#[test]
fn filters_of_system_calls_lose_groups_and_never_calls_that_are_needed() {
    assert_snapshot!(service("SystemCallFilter=@system-service\nSystemCallFilter=~@privileged mount", "centos7"), @"
    -SystemCallFilter=@system-service
    -SystemCallFilter=~@privileged mount
    +SystemCallFilter=~mount
    hardening: left out SystemCallFilter=@system-service: systemd 219 does not know @system-service
    hardening: SystemCallFilter=~@privileged mount → SystemCallFilter=~mount: systemd 219 does not know @privileged
    ");
    assert_snapshot!(service("SystemCallFilter=~@mount\nSystemCallFilter=mount", "centos7"), @"
    -SystemCallFilter=~@mount
    -SystemCallFilter=mount
    hardening: left out SystemCallFilter=~@mount: systemd 219 does not know @mount
    hardening: left out SystemCallFilter=mount: without the line before it, it would be a filter of its own
    ");
    assert_snapshot!(service("SystemCallFilter=@system-service\nSystemCallFilter=~@sandbox", "el8"), @"
    -SystemCallFilter=~@sandbox
    hardening: left out SystemCallFilter=~@sandbox: systemd 239 does not know @sandbox
    ");
    assert_snapshot!(service("SystemCallFilter=~mount:EPERM reboot", "centos7"), @"
    -SystemCallFilter=~mount:EPERM reboot
    +SystemCallFilter=~reboot
    hardening: SystemCallFilter=~mount:EPERM reboot → SystemCallFilter=~reboot: systemd 219 does not know mount:EPERM
    ");
}

#[test]
fn hardening_can_be_required() {
    let profile = target::find("centos7").unwrap().profile().clone();
    let options = Options {
        profile: &profile,
        programs: &|_| None,
        rewrite: true,
        require_hardening: true,
    };
    let unit = unit(
        "hello.service",
        "[Service]\nExecStart=/bin/a\nPrivateUsers=yes\n",
    );
    let refused = adapt(&unit, &Decision::TurnedOff, &options).unwrap_err();
    let diagnostic = refused.errors[0].diagnostic();
    assert_eq!(diagnostic.labels[0].span.text(), "PrivateUsers=yes");
    assert_snapshot!(super::errors(&refused), @r#"
    error: PrivateUsers=yes is lost on centos7: systemd 219 does not know PrivateUsers=, which came with 232; the service sees the users of the host
      help: take the line out for this target, or write `hardening = "best-effort"` in [package.metadata.ambot]
    "#);
}
