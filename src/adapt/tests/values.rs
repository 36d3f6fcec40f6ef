//! Values that the target reads in another way or not at all.

use super::{said, service};
use insta::assert_snapshot;

#[test]
fn types_become_older_ones() {
    assert_snapshot!(service("Type=exec\nExecStart=/bin/a", "centos7"), @"
    -Type=exec
    +Type=simple
    weaker: Type=exec → Type=simple: systemd 219 does not know Type=exec, which came with 240; a start counts as done before the program runs, so one that cannot be run is noticed later
    ");
    assert_snapshot!(service("Type=exec", "el8"), @"");
    assert_snapshot!(service("Type=notify-reload\nReloadSignal=SIGUSR1\nExecStart=/bin/a", "el8"), @"
    -Type=notify-reload
    -ReloadSignal=SIGUSR1
    +Type=notify
    +ExecReload=/bin/kill -s USR1 $MAINPID
    weaker: Type=notify-reload → Type=notify: systemd 239 does not know Type=notify-reload, which came with 253; a reload counts as done when the signal is sent
    same: added ExecReload=/bin/kill -s USR1 $MAINPID: Type=notify-reload reloads by this signal
    same: left out ReloadSignal=SIGUSR1: it is in ExecReload=
    ");
    assert_snapshot!(service("Type=notify-reload\nExecReload=/bin/b", "el8"), @"
    -Type=notify-reload
    +Type=notify
    weaker: Type=notify-reload → Type=notify: systemd 239 does not know Type=notify-reload, which came with 253; a reload counts as done when the signal is sent
    ");
}

#[test]
fn output_to_a_file_is_in_the_way() {
    assert_snapshot!(service("StandardOutput=append:/var/log/x", "centos7"), @"
    error: StandardOutput=append:/var/log/x does not work on centos7: systemd 219 does not know StandardOutput=append, which came with 240; the output would go to the journal
      help: log to the journal, which keeps it by unit, or let the program write the file itself
    ");
    assert_snapshot!(service("StandardOutput=truncate:/var/log/x\nStandardError=append:/x", "el8"), @"
    -StandardOutput=truncate:/var/log/x
    +StandardOutput=append:/var/log/x
    weaker: StandardOutput=truncate:/var/log/x → StandardOutput=append:/var/log/x: systemd 239 does not know StandardOutput=truncate, which came with 248; the file grows with every start
    ");
    assert_snapshot!(service("StandardOutput=syslog", "el9"), @"
    -StandardOutput=syslog
    +StandardOutput=journal
    same: StandardOutput=syslog → StandardOutput=journal: systemd 252 warns of StandardOutput=syslog, as every one since 246
    ");
}

#[test]
fn times_and_statuses_are_spelled_as_the_target_reads_them() {
    assert_snapshot!(service("TimeoutStartSec=infinity\nRestartSec=2M\nSuccessExitStatus=TEMPFAIL 143 SIGUSR1\nPIDFile=a.pid", "centos7"), @"
    -TimeoutStartSec=infinity
    -RestartSec=2M
    -SuccessExitStatus=TEMPFAIL 143 SIGUSR1
    -PIDFile=a.pid
    +TimeoutStartSec=0
    +RestartSec=5259600s
    +SuccessExitStatus=75 143 SIGUSR1
    +PIDFile=/run/a.pid
    same: TimeoutStartSec=infinity → TimeoutStartSec=0: to systemd 219 it is over at once
    same: RestartSec=2M → RestartSec=5259600s: systemd 219 does not read the time as it is written
    same: SuccessExitStatus=TEMPFAIL 143 SIGUSR1 → SuccessExitStatus=75 143 SIGUSR1: systemd 219 does not read it as it is written
    same: PIDFile=a.pid → PIDFile=/run/a.pid: systemd 219 takes no path that is not absolute
    ");
    let timer = "[Timer]\nOnCalendar=Mon..Fri 10:00\nOnCalendar=*-*-* 8..10:00\n[Install]\nWantedBy=timers.target\n";
    assert_snapshot!(said("hello.timer", timer, "centos7"), @"
    -OnCalendar=Mon..Fri 10:00
    -OnCalendar=*-*-* 8..10:00
    +OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 10:0:0
    +OnCalendar=*-*-* 8,9,10:0:0
    same: OnCalendar=Mon..Fri 10:00 → OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 10:0:0: systemd 219 does not read it: `..` between weekdays came with systemd 231
    same: OnCalendar=*-*-* 8..10:00 → OnCalendar=*-*-* 8,9,10:0:0: systemd 219 does not read it: ranges came with systemd 233
    ");
    assert_snapshot!(said("hello.timer", timer, "centos8"), @"");
}

#[test]
fn working_directories_that_need_not_be_there() {
    assert_snapshot!(service("WorkingDirectory=-/var/lib", "centos7"), @"
    -WorkingDirectory=-/var/lib
    +WorkingDirectory=/var/lib
    same: WorkingDirectory=-/var/lib → WorkingDirectory=/var/lib: systemd 219 does not know the prefix `-`, and the folder is there
    ");
    assert_snapshot!(service("WorkingDirectory=-/data", "centos7"), @"
    -WorkingDirectory=-/data
    left out: left out WorkingDirectory=-/data: systemd 219 does not know the prefix `-`; the service runs in /
    ");
    assert_snapshot!(service("WorkingDirectory=~", "centos7"), @"
    -WorkingDirectory=~
    +WorkingDirectory=/root
    same: WorkingDirectory=~ → WorkingDirectory=/root: systemd 219 does not know `~`, which is root's home here
    ");
    assert_snapshot!(service("WorkingDirectory=~\nUser=web", "centos7"), @"
    error: WorkingDirectory=~ does not work on centos7: systemd 219 does not know `~`; the service would run in /
      help: write the path of web's home
    ");
}

#[test]
fn specifiers_become_what_they_stand_for() {
    assert_snapshot!(service("ExecStart=/bin/a %S/%n %h %%h %i\nEnvironment=A=%E", "centos7"), @"
    -ExecStart=/bin/a %S/%n %h %%h %i
    -Environment=A=%E
    +ExecStart=/bin/a /var/lib/%n /root %%h %i
    +Environment=A=/etc
    same: ExecStart=/bin/a %S/%n %h %%h %i → ExecStart=/bin/a /var/lib/%n /root %%h %i: systemd 219 does not know %S, which came with 236
    same: Environment=A=%E → Environment=A=/etc: systemd 219 does not know %E, which came with 239
    ");
    assert_snapshot!(service("ExecStart=/bin/a %S %l", "centos8"), @"
    error: ExecStart=/bin/a %S %l does not work on centos8: systemd 239 does not know %l, which came with 246
      help: write out what `%l` stands for
    ");
}

#[test]
fn a_oneshot_is_repeated_where_that_is_allowed() {
    assert_snapshot!(service("Type=oneshot\nRestart=on-failure", "centos8"), @"
    -Restart=on-failure
    left out: left out Restart=on-failure: systemd 239 refuses a service of Type=oneshot with it; a run that fails is not repeated
    ");
    assert_snapshot!(service("Type=oneshot\nRestart=on-failure", "el8"), @"");
}

#[test]
fn relations_get_weaker() {
    let text = "[Unit]\nUpholds=a.service\nStopPropagatedFrom=b.service\nWantsMountsFor=/x\nConditionOSRelease=ID=x\nOnSuccess=c.service\n[Service]\nExecStart=/bin/a\n[Install]\nUpheldBy=d.service\n";
    assert_snapshot!(said("hello.service", text, "centos7"), @"
    -Upholds=a.service
    -StopPropagatedFrom=b.service
    -WantsMountsFor=/x
    -ConditionOSRelease=ID=x
    -OnSuccess=c.service
    +Wants=a.service
    +PartOf=b.service
    +RequiresMountsFor=/x
    -UpheldBy=d.service
    +WantedBy=d.service
    weaker: Upholds=a.service → Wants=a.service: systemd 219 does not know Upholds=, which came with 249; the units are started once, not again when they stop
    weaker: StopPropagatedFrom=b.service → PartOf=b.service: systemd 219 does not know StopPropagatedFrom=, which came with 249; a restart is passed on, too
    weaker: WantsMountsFor=/x → RequiresMountsFor=/x: systemd 219 does not know WantsMountsFor=, which came with 256; a mount that fails keeps the unit from starting
    weaker: UpheldBy=d.service → WantedBy=d.service: systemd 219 does not know UpheldBy=, which came with 254; the unit is started once, not again when it stops
    left out: left out ConditionOSRelease=ID=x: systemd 219 does not know ConditionOSRelease=, which came with 249; the unit starts whether it holds or not
    left out: left out OnSuccess=c.service: systemd 219 does not know OnSuccess=, which came with 249; nothing is started after success
    ");
    assert_snapshot!(said("hello.service", "[Unit]\nRequiresOverridable=a.service\n[Install]\nWantedBy=x.target\n", "el8"), @"
    -RequiresOverridable=a.service
    +Requires=a.service
    same: RequiresOverridable=a.service → Requires=a.service: systemd 239 warns of RequiresOverridable=, as every one since 228
    ");
}

#[test]
fn what_a_service_can_do_without_is_left_out_and_slips_stay() {
    assert_snapshot!(service("RestartMode=direct\nOOMPolicy=continue\nExitType=main\nDelegate=cpu memory\nAllowedCPUs=0-3\nBogus=1\nX-Foo=2", "centos7"), @"
    -RestartMode=direct
    -OOMPolicy=continue
    -ExitType=main
    -Delegate=cpu memory
    -AllowedCPUs=0-3
    +Delegate=yes
    +CPUAffinity=0-3
    weaker: Delegate=cpu memory → Delegate=yes: systemd 219 does not know cpu memory in Delegate=; all controllers are left to the service
    weaker: AllowedCPUs=0-3 → CPUAffinity=0-3: systemd 219 does not know AllowedCPUs=, which came with 244; the program may choose other processors for itself
    left out: left out RestartMode=direct: systemd 219 does not know RestartMode=, which came with 254; units that depend on it see every restart
    same: left out OOMPolicy=continue: systemd 219 does not know OOMPolicy=, which came with 243, and does the same without it
    same: left out ExitType=main: systemd 219 does not know ExitType=, which came with 250, and does the same without it
    ");
}

#[test]
fn what_a_service_cannot_do_without_is_in_the_way() {
    assert_snapshot!(service("ExitType=cgroup\nLoadCredential=a:/b\nNetworkNamespacePath=/run/netns/a\nBindPaths=/a:/b", "centos7"), @"
    error: ExitType=cgroup does not work on centos7: systemd 219 does not know ExitType=, which came with 250; the service would end with its main process
      help: write the unit as tables, and this line in another way under [package.metadata.ambot.target.centos7.services.hello]
    error: LoadCredential=a:/b does not work on centos7: systemd 219 does not know LoadCredential=, which came with 247; the program would not find its credentials
      help: write the unit as tables, and this line in another way under [package.metadata.ambot.target.centos7.services.hello]
    error: NetworkNamespacePath=/run/netns/a does not work on centos7: systemd 219 does not know NetworkNamespacePath=, which came with 242; the service would run in the namespace of the host
      help: write the unit as tables, and this line in another way under [package.metadata.ambot.target.centos7.services.hello]
    error: BindPaths=/a:/b does not work on centos7: systemd 219 does not know BindPaths=, which came with 233; the program would not find what is mounted there
      help: write the unit as tables, and this line in another way under [package.metadata.ambot.target.centos7.services.hello]
    ");
}

#[test]
fn comments_and_open_ends_do_not_reach_values() {
    assert_snapshot!(service("ExecStart=/bin/a \\\n# why\n  --x\n; C:\\\nNice=1", "centos8"), @r"
    +# why
    -# why
    -; C:\
    +; C:\ 
    same: line 3: the comment goes before the value: to systemd 239 the comment is part of the value
    same: line 5: a blank after the `\` of the comment: to systemd 239 the comment swallows the next line
    ");
    assert_snapshot!(said("hello.service", "[Install]\nAlias=a.service\n[Service]\nExecStart=/bin/a \\", "centos7"), @r"
    -ExecStart=/bin/a \
    +ExecStart=/bin/a \
    +
    same: line 4: a blank line after the `\`: systemd 219 loses a line that ends the file so
    ");
}
