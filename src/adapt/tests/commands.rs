//! Command lines.

use super::service;
use insta::assert_snapshot;

#[test]
fn prefixes_that_say_nothing_go() {
    assert_snapshot!(service("ExecStart=/bin/a\nExecStartPre=-+/bin/b x\nExecStop=!/bin/c", "centos7"), @"
    -ExecStartPre=-+/bin/b x
    -ExecStop=!/bin/c
    +ExecStartPre=-/bin/b x
    +ExecStop=/bin/c
    same: ExecStartPre=-+/bin/b x → ExecStartPre=-/bin/b x: systemd 219 does not know the prefix, which says nothing in this service
    same: ExecStop=!/bin/c → ExecStop=/bin/c: systemd 219 does not know the prefix, which says nothing in this service
    ");
}

#[test]
fn permissions_start_only_says_it_for_all_commands_at_once() {
    assert_snapshot!(service("User=web\nExecStartPre=+/bin/b\nExecStart=/bin/a\nExecStopPost=!/bin/c", "centos7"), @"
    -ExecStartPre=+/bin/b
    +ExecStartPre=/bin/b
    +PermissionsStartOnly=yes
    -ExecStopPost=!/bin/c
    +ExecStopPost=/bin/c
    same: ExecStartPre=+/bin/b → ExecStartPre=/bin/b: systemd 219 does not know the prefix; PermissionsStartOnly= does the same for all of them
    same: added PermissionsStartOnly=yes: it is `+` and `!` for all but ExecStart= on systemd 219
    same: ExecStopPost=!/bin/c → ExecStopPost=/bin/c: systemd 219 does not know the prefix; PermissionsStartOnly= does the same for all of them
    ");
}

#[test]
fn rights_that_only_some_commands_have_are_in_the_way() {
    let more = "User=web\nExecStartPre=+/bin/b\nExecStart=/bin/a";
    assert_snapshot!(service(&format!("{more}\nExecReload=/bin/kill $MAINPID"), "centos7"), @"
    error: ExecStartPre=+/bin/b does not work on centos7: systemd 219 does not know the prefix, and PermissionsStartOnly= would run ExecReload= as root, too
      help: put the command into a service of its own that runs as root, with Before= this one and RequiredBy= it
    ");
    assert_snapshot!(service(&format!("{more}\nPrivateTmp=yes"), "centos7"), @"
    error: ExecStartPre=+/bin/b does not work on centos7: systemd 219 does not know the prefix, and PermissionsStartOnly= leaves PrivateTmp= in force
      help: put the command into a service of its own that runs as root, with Before= this one and RequiredBy= it
    ");
    assert_snapshot!(service("User=web\nExecStart=!/bin/a", "centos7"), @"
    error: ExecStart=!/bin/a does not work on centos7: systemd 219 does not know the prefix, and nothing else gives ExecStart= rights of its own
      help: put the command into a service of its own that runs as root, with Before= this one and RequiredBy= it
    ");
    assert_snapshot!(service("User=web\nNoNewPrivileges=yes\nExecStart=/bin/a\nExecStop=!/bin/b", "centos7"), @"
    error: ExecStop=!/bin/b does not work on centos7: systemd 219 does not know the prefix, and PermissionsStartOnly= lifts NoNewPrivileges=, too
      help: put the command into a service of its own that runs as root, with Before= this one and RequiredBy= it
    ");
}

#[test]
fn a_fallback_without_ambient_capabilities_goes() {
    assert_snapshot!(service("User=web\nExecStart=!!/bin/a", "centos7"), @"
    -ExecStart=!!/bin/a
    +ExecStart=/bin/a
    weaker: ExecStart=!!/bin/a → ExecStart=/bin/a: systemd 219 does not know the prefix `!!`; the command has no rights beyond AmbientCapabilities=
    ");
}

#[test]
fn dollars_without_a_meaning_are_doubled() {
    assert_snapshot!(service("ExecStart=:/bin/a x\nExecStop=:/bin/a 'x$y'", "centos8"), @"
    -ExecStart=:/bin/a x
    -ExecStop=:/bin/a 'x$y'
    +ExecStart=/bin/a x
    +ExecStop=/bin/a 'x$$y'
    same: ExecStart=:/bin/a x → ExecStart=/bin/a x: systemd 239 does not know the prefix `:`, which came with 242; there is no variable in the command
    same: ExecStop=:/bin/a 'x$y' → ExecStop=/bin/a 'x$$y': systemd 239 does not know the prefix `:`, which came with 242; `$$` is a plain `$`
    ");
    assert_snapshot!(service("ExecStart=:/bin/a ${x}", "centos8"), @"
    -ExecStart=:/bin/a ${x}
    +ExecStart=/bin/a $${x}
    same: ExecStart=:/bin/a ${x} → ExecStart=/bin/a $${x}: systemd 239 does not know the prefix `:`, which came with 242; `$$` is a plain `$`
    ");
    assert_snapshot!(service("ExecStart=:/bin/a ${x}", "centos7"), @"
    error: ExecStart=:/bin/a ${x} does not work on centos7: systemd 219 does not know the prefix `:`, which came with 242, and takes `$` at the start of a word for a variable
      help: put the word into a variable of Environment=, and write ${NAME}
    ");
}

#[test]
fn a_shell_is_nobodys_guess() {
    assert_snapshot!(service("ExecStart=|/bin/a", "el9"), @"
    error: ExecStart=|/bin/a does not work on el9: systemd 252 does not know the prefix `|`
      help: write the shell: /bin/sh -c '…'
    ");
}

#[test]
fn programs_get_the_path_that_the_package_has() {
    assert_snapshot!(service("ExecStart=hello --x ; hello y\nExecStartPre=/usr/bin/%p", "centos7"), @"
    -ExecStart=hello --x ; hello y
    -ExecStartPre=/usr/bin/%p
    +ExecStart=/usr/bin/hello --x ; /usr/bin/hello y
    +ExecStartPre=/usr/bin/hello
    same: ExecStart=hello --x ; hello y → ExecStart=/usr/bin/hello --x ; /usr/bin/hello y: systemd 219 takes no program without its folder
    same: ExecStartPre=/usr/bin/%p → ExecStartPre=/usr/bin/hello: systemd 219 resolves no specifiers in the path of a program
    ");
    assert_snapshot!(service("ExecStart=hello\nExecStartPre=-mkdir -p /x\nExecStop=ip link", "centos7"), @"
    -ExecStart=hello
    -ExecStartPre=-mkdir -p /x
    -ExecStop=ip link
    +ExecStart=/usr/bin/hello
    +ExecStartPre=-/usr/bin/mkdir -p /x
    +ExecStop=/usr/sbin/ip link
    same: ExecStart=hello → ExecStart=/usr/bin/hello: systemd 219 takes no program without its folder
    same: ExecStartPre=-mkdir -p /x → ExecStartPre=-/usr/bin/mkdir -p /x: systemd 219 takes no program without its folder; the base system has it there
    same: ExecStop=ip link → ExecStop=/usr/sbin/ip link: systemd 219 takes no program without its folder; the base system has it there
    ");
    assert_snapshot!(service("ExecStart=frob", "centos7"), @"
    error: ExecStart=frob does not work on centos7: systemd 219 takes no program without its folder, and neither the package nor the base system has a `frob`
      help: write its full path, such as /usr/bin/frob
    ");
    assert_snapshot!(service("ExecStart=ls\nExecStop=frob", "centos8"), @"");
}

#[test]
fn quotes_go_around_whole_words() {
    assert_snapshot!(service("ExecStart=/bin/a --x=\"y z\" 'w'\nEnvironment=A=\"b c\" D=e", "centos7"), @r#"
    -ExecStart=/bin/a --x="y z" 'w'
    -Environment=A="b c" D=e
    +ExecStart=/bin/a "--x=y z" 'w'
    +Environment="A=b c" D=e
    same: ExecStart=/bin/a --x="y z" 'w' → ExecStart=/bin/a "--x=y z" 'w': systemd 219 knows quotes around a whole word alone
    same: Environment=A="b c" D=e → Environment="A=b c" D=e: systemd 219 knows quotes around a whole word alone
    "#);
}

#[test]
fn a_condition_comes_before_all_preparation() {
    assert_snapshot!(service("ExecStartPre=/bin/a\nExecStart=/bin/b\nExecCondition=/bin/c", "centos7"), @"
    +ExecStartPre=/bin/c
    -ExecCondition=/bin/c
    weaker: ExecCondition=/bin/c → ExecStartPre=/bin/c: systemd 219 does not know ExecCondition=, which came with 243; where it does not hold, the service fails instead of being skipped
    ");
    assert_snapshot!(service("ExecCondition=/bin/c\nExecStart=/bin/b", "centos7"), @"
    -ExecCondition=/bin/c
    +ExecStartPre=/bin/c
    weaker: ExecCondition=/bin/c → ExecStartPre=/bin/c: systemd 219 does not know ExecCondition=, which came with 243; where it does not hold, the service fails instead of being skipped
    ");
}
