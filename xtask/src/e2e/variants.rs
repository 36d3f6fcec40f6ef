//! The packages that rows name, in the order in which they are made: a version after the other.

use super::packages::Variant;

const fn first(name: &'static str, settings: &'static str) -> Variant {
    of("1.0.0", name, settings, &[])
}

const fn second(name: &'static str, settings: &'static str) -> Variant {
    of("1.1.0", name, settings, &[])
}

const fn of(
    version: &'static str,
    name: &'static str,
    settings: &'static str,
    files: &'static [(&'static str, &'static str)],
) -> Variant {
    Variant {
        name,
        version,
        settings,
        files,
    }
}

/// All of them.
pub(super) const ALL: &[Variant] = &[
    first("v1", HELLO_1),
    first("start1", "services.hello.start = true"),
    first("off1", "services.hello.enable = false"),
    first("reads1", READS_1),
    first("again1", AGAIN_1),
    first("reload1", RELOAD_1),
    first("none1", "services.hello.on-upgrade = \"none\""),
    first("deaf1", DEAF),
    first("sulky1", SULKY),
    of(
        "1.0.0",
        "config1",
        CONFIG,
        &[("etc/hello.conf", "listen = 127.0.0.1:8080\n")],
    ),
    first("user1", USER),
    of("1.0.0", "timer1", "", TIMER),
    of(
        "1.0.0",
        "timerstart1",
        "services.\"tick.timer\".start = true",
        TIMER,
    ),
    of("1.0.0", "socket1", "", SOCKET),
    of("1.0.0", "socketstart1", SOCKET_START, SOCKET),
    of("1.0.0", "template1", "", TEMPLATE),
    of("1.0.0", "instances1", INSTANCES, TEMPLATE),
    of("1.0.0", "instancesstart1", INSTANCES_START, TEMPLATE),
    of("1.0.0", "chain1", CHAIN_START, CHAIN),
    of("1.0.0", "pulled1", "", PULLED),
    first("leave1", LEAVE),
    first("leaveone1", LEAVE_ONE),
    first("hastytwo1", HASTY_TWO),
    first("hastydeaf1", HASTY_DEAF),
    first("deafslow1", DEAF_SLOW),
    first("two1", TWO),
    second("v2", HELLO_2),
    second("start2", "services.hello.start = true"),
    second("on2", "services.hello.enable = true"),
    second(
        "gone2",
        "services.other.Service.ExecStart = \"/usr/bin/hello\"",
    ),
    second("more2", MORE_2),
    second("reads2", READS_2),
    second("again2", AGAIN_2),
    second("exits2", EXITS_2),
    second("exitsagain2", EXITS_AGAIN_2),
    second("refuses2", REFUSES_2),
    second("slow2", SLOW_2),
    second("hangs2", HANGS_2),
    second("reload2", RELOAD_2),
    second("none2", "services.hello.on-upgrade = \"none\""),
    second("deaf2", DEAF),
    second("sulky2", SULKY),
    of(
        "1.1.0",
        "config2",
        CONFIG,
        &[("etc/hello.conf", "listen = 127.0.0.1:8081\n")],
    ),
    of("1.1.0", "timer2", "", TIMER),
    of("1.1.0", "socket2", "", SOCKET),
    of("1.1.0", "template2", "", TEMPLATE),
    of("1.1.0", "instancesstart2", INSTANCES_START, TEMPLATE),
    of("1.1.0", "otherinstances2", OTHER_INSTANCES, TEMPLATE),
    of("1.1.0", "chain2", CHAIN_START, CHAIN),
    of("1.1.0", "pulled2", "", PULLED),
    second("replaces2", REPLACES_2),
    second("two2", MORE_2),
    second("hastyhangs2", HASTY_HANGS),
    second("hastyslow2", HASTY_SLOW),
];

const HELLO_1: &str = r#"
services.hello.Unit.Description = "Hello 1"
services.hello.Service.Restart = "on-failure"
"#;
const HELLO_2: &str = r#"
services.hello.Unit.Description = "Hello 2"
services.hello.Service.Restart = "on-failure"
"#;
const MORE_2: &str = r#"
services.hello.Unit.Description = "Hello 2"
services.other.Service.ExecStart = "/bin/sleep infinity"
"#;
const REPLACES_2: &str = r#"
obsoletes = { oldhello = "< 1" }
services.hello.Unit.Description = "Hello 2"
"#;

// Fails while the file that it is told to read is not there.
const READS_1: &str = r#"
services.hello.Unit.Description = "Hello 1"
services.hello.Service = { ExecStart = "/usr/bin/hello /run/hello.conf", Restart = "no" }
"#;
const READS_2: &str = r#"
services.hello.Unit.Description = "Hello 2"
services.hello.Service = { ExecStart = "/usr/bin/hello /run/hello.conf", Restart = "no" }
"#;
// The same, and waits a minute for its next try.
const AGAIN_1: &str = r#"
services.hello.Unit.Description = "Hello 1"
services.hello.Service = { ExecStart = "/usr/bin/hello /run/hello.conf", Restart = "always", RestartSec = 60 }
"#;
const AGAIN_2: &str = r#"
services.hello.Unit.Description = "Hello 2"
services.hello.Service = { ExecStart = "/usr/bin/hello /run/hello.conf", Restart = "always", RestartSec = 60 }
"#;

const EXITS_2: &str = r#"
services.hello.Service = { ExecStart = "/usr/bin/hello /nonexistent", Restart = "no" }
"#;
const EXITS_AGAIN_2: &str = r#"
services.hello.Service = { ExecStart = "/usr/bin/hello /nonexistent", Restart = "on-failure", RestartSec = 60 }
"#;
const REFUSES_2: &str = r#"
services.hello.Service = { ExecStart = "/usr/bin/hello", ExecStartPre = "/bin/false", Restart = "no" }
"#;
const SLOW_2: &str = r#"
services.hello.Unit.Description = "Hello 2"
services.hello.Service = { ExecStart = "/usr/bin/hello", ExecStartPre = "/bin/sleep 5" }
"#;
// Never says that it is ready.
const HANGS_2: &str = r#"
services.hello.Service = { ExecStart = "/usr/bin/hello", Type = "notify", TimeoutStartSec = 300 }
"#;

const RELOAD_1: &str = r#"
services.hello.on-upgrade = "reload"
services.hello.Unit.Description = "Hello 1"
services.hello.Service.ExecStart = """/bin/sh -c 'trap "echo reloaded >>/run/reloads" HUP; while :; do sleep 0.1; done'"""
services.hello.Service.ExecReload = "/bin/sh -c 'kill -HUP $MAINPID'"
"#;
const RELOAD_2: &str = r#"
services.hello.on-upgrade = "reload"
services.hello.Unit.Description = "Hello 2"
services.hello.Service.ExecStart = """/bin/sh -c 'trap "echo reloaded >>/run/reloads" HUP; while :; do sleep 0.1; done'"""
services.hello.Service.ExecReload = "/bin/sh -c 'kill -HUP $MAINPID'"
"#;

// Does not end when it is told to.
const DEAF: &str = r#"
services.hello.Service.ExecStart = """/bin/sh -c 'trap "" TERM; while :; do sleep 1; done'"""
services.hello.Service.TimeoutStopSec = 120
"#;
// Ends as a failure when it is told to.
const SULKY: &str = r#"
services.hello.Service.ExecStart = """/bin/sh -c 'trap "exit 1" TERM; while :; do sleep 0.1; done'"""
"#;

const LEAVE: &str = r#"
services.hello.on-remove = "leave"
services.hello.Unit.Description = "Hello 1"
"#;
const LEAVE_ONE: &str = r#"
services.hello.on-remove = "leave"
services.other.Service.ExecStart = "/bin/sleep infinity"
"#;

// Packages that have rpm wait four seconds.
const HASTY_HANGS: &str = r#"
start-timeout = 4
services.hello.Service = { ExecStart = "/usr/bin/hello", Type = "notify", TimeoutStartSec = 300 }
"#;
const HASTY_TWO: &str = r#"
start-timeout = 4
services.hello.start = true
services.hello.Service = { ExecStart = "/usr/bin/hello", Type = "notify", TimeoutStartSec = 300 }
services.other.start = true
services.other.Service = { ExecStart = "/bin/sleep infinity", Type = "notify", TimeoutStartSec = 300 }
"#;
const HASTY_DEAF: &str = r#"
start-timeout = 4
services.hello.Service.ExecStart = """/bin/sh -c 'trap "" TERM; while :; do sleep 1; done'"""
services.hello.Service.TimeoutStopSec = 120
"#;
// Of which the macros' package has the like.
const DEAF_SLOW: &str = r#"
start-timeout = 3
services.hello.Service.ExecStart = """/bin/sh -c 'trap "" TERM; while :; do sleep 1; done'"""
services.hello.Service.TimeoutStopSec = 10
"#;
const TWO: &str = r#"
services.hello.Unit.Description = "Hello 1"
services.other.Service.ExecStart = "/bin/sleep infinity"
"#;
const HASTY_SLOW: &str = r#"
start-timeout = 4
services.hello.Service = { ExecStart = "/usr/bin/hello", ExecStartPre = "/bin/sleep 2" }
"#;

const CONFIG: &str = r#"
files = [{ source = "etc/hello.conf", dest = "/etc/hello.conf" }]
dirs = [{ dest = "/var/lib/hello" }]
services.hello.Service.ExecStart = "/usr/bin/hello /etc/hello.conf"
"#;

const USER: &str = r#"
users = { hello = {} }
dirs = [{ dest = "/srv/hello", mode = "0750", user = "hello", group = "hello" }]
services.hello.start = true
services.hello.Service = { ExecStart = "/usr/bin/hello", User = "hello" }
"#;

const TIMER: &[(&str, &str)] = &[
    (
        ".ambot/services/tick.timer",
        "[Unit]\nDescription=Tick\n[Timer]\nOnActiveSec=1h\nOnUnitActiveSec=1h\n",
    ),
    (
        ".ambot/services/tick.service",
        "[Unit]\nDescription=Tick\n[Service]\nType=oneshot\n\
         ExecStart=/bin/sh -c 'echo tick >>/run/ticks'\n",
    ),
];

const SOCKET: &[(&str, &str)] = &[
    (
        ".ambot/services/web.socket",
        "[Unit]\nDescription=Web\n[Socket]\nListenStream=127.0.0.1:9090\n",
    ),
    (
        ".ambot/services/web.service",
        "[Unit]\nDescription=Web\n[Service]\nExecStart=/bin/sleep infinity\n",
    ),
];
const SOCKET_START: &str = r#"
services."web.socket".start = true
services."web.service".start = true
"#;

const TEMPLATE: &[(&str, &str)] = &[(
    ".ambot/services/hello@.service",
    "[Unit]\nDescription=Instance %i\n[Service]\nExecStart=/bin/sleep infinity\n\
     [Install]\nWantedBy=multi-user.target\n",
)];
const INSTANCES: &str = r#"services."hello@".instances = ["a", "b"]"#;
const INSTANCES_START: &str = r#"
services."hello@".instances = ["a", "b"]
services."hello@".start = true
"#;
const OTHER_INSTANCES: &str = r#"
services."hello@".instances = ["a", "c"]
services."hello@".start = true
"#;

// c starts before b before a; each notes that it does.
const CHAIN: &[(&str, &str)] = &[
    (
        ".ambot/services/a.service",
        "[Unit]\nDescription=A\nAfter=b.service\n[Service]\nType=forking\n\
             ExecStart=/bin/sh -c 'echo a >>/run/order; sleep infinity &'\n",
    ),
    (
        ".ambot/services/b.service",
        "[Unit]\nDescription=B\nAfter=c.service\n[Service]\nType=forking\n\
             ExecStart=/bin/sh -c 'sleep 0.3; echo b >>/run/order; sleep infinity &'\n",
    ),
    (
        ".ambot/services/c.service",
        "[Unit]\nDescription=C\nBefore=a.service\n[Service]\nType=forking\n\
             ExecStart=/bin/sh -c 'sleep 0.3; echo c >>/run/order; sleep infinity &'\n",
    ),
];
const CHAIN_START: &str = r#"
services.a.start = true
services.b.start = true
services.c.start = true
"#;

// Units that pull each other along: a needs b, q is a part of p.
const PULLED: &[(&str, &str)] = &[
    (
        ".ambot/services/a.service",
        "[Unit]\nDescription=A\nRequires=b.service\nAfter=b.service\n[Service]\n\
         ExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n",
    ),
    (
        ".ambot/services/b.service",
        "[Unit]\nDescription=B\n[Service]\nExecStart=/bin/sleep infinity\n\
         [Install]\nWantedBy=multi-user.target\n",
    ),
    (
        ".ambot/services/p.service",
        "[Unit]\nDescription=P\n[Service]\nExecStart=/bin/sleep infinity\n\
         [Install]\nWantedBy=multi-user.target\n",
    ),
    (
        ".ambot/services/q.service",
        "[Unit]\nDescription=Q\nPartOf=p.service\nAfter=p.service\n[Service]\n\
         ExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n",
    ),
];
