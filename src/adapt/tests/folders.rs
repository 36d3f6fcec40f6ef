//! Folders and users that the package has instead of systemd.

use super::{said, service};
use insta::assert_snapshot;

#[test]
fn folders_are_owned_by_the_package_and_the_program_is_told() {
    assert_snapshot!(service("User=web\nStateDirectory=hello hello/cache\nStateDirectoryMode=0750\nConfigurationDirectory=hello", "centos7"), @"
    -StateDirectory=hello hello/cache
    -StateDirectoryMode=0750
    -ConfigurationDirectory=hello
    +Environment=STATE_DIRECTORY=/var/lib/hello:/var/lib/hello/cache
    +Environment=CONFIGURATION_DIRECTORY=/etc/hello
    same: added Environment=STATE_DIRECTORY=/var/lib/hello:/var/lib/hello/cache: systemd 219 sets no $STATE_DIRECTORY, which came with 240
    same: added Environment=CONFIGURATION_DIRECTORY=/etc/hello: systemd 219 sets no $CONFIGURATION_DIRECTORY, which came with 240
    same: StateDirectory=hello hello/cache → /var/lib/hello, /var/lib/hello/cache in the package: systemd 219 does not know StateDirectory=, which came with 235; the package owns the folder
    same: StateDirectoryMode=0750 → the mode of the folder: whoever makes the folder of StateDirectory= gives it this mode
    same: ConfigurationDirectory=hello → /etc/hello in the package: systemd 219 does not know ConfigurationDirectory=, which came with 235; the package owns the folder
    /var/lib/hello 0750 web:web
    /var/lib/hello/cache 0750 web:web
    /etc/hello 0755 root:root
    ");
}

#[test]
fn centos8_makes_folders_and_tells_nobody() {
    let lines = "StateDirectory=hello/%i\nEnvironment=CACHE_DIRECTORY=/x\nCacheDirectory=hello";
    assert_snapshot!(service(lines, "centos8"), @"
    +Environment=STATE_DIRECTORY=/var/lib/hello/%i
    same: added Environment=STATE_DIRECTORY=/var/lib/hello/%i: systemd 239 sets no $STATE_DIRECTORY, which came with 240
    ");
    assert_snapshot!(service(lines, "el8"), @"");
    assert_snapshot!(service("RuntimeDirectory=a\u{1d}b", "centos8"), @"");
}

/// A template with these lines for CentOS 7.
fn template(lines: &str) -> String {
    let text = format!("[Service]\nExecStart=/bin/a\n{lines}\n");
    said("a@.service", &text, "centos7")
}

#[test]
fn root_makes_the_folder_of_an_instance_when_it_starts() {
    assert_snapshot!(template("StateDirectory=a/%i b\nStateDirectoryMode=0700\nExecStartPre=\nExecStartPre=/bin/b"), @"
    -StateDirectory=a/%i b
    -StateDirectoryMode=0700
    +Environment=STATE_DIRECTORY=/var/lib/a/%i:/var/lib/b
    +ExecStartPre=/usr/bin/install -d -m 0700 /var/lib/a/%i
    same: added Environment=STATE_DIRECTORY=/var/lib/a/%i:/var/lib/b: systemd 219 sets no $STATE_DIRECTORY, which came with 240
    same: added ExecStartPre=/usr/bin/install -d -m 0700 /var/lib/a/%i: what the instance is called is known when it starts
    same: StateDirectory=a/%i b → /var/lib/a/%i made at start: systemd 219 does not know StateDirectory=, which came with 235; ExecStartPre= makes the folder
    same: StateDirectoryMode=0700 → the mode of the folder: whoever makes the folder of StateDirectory= gives it this mode
    /var/lib/b 0700 root:root
    ");
    assert_snapshot!(template("User=web\nCacheDirectory=%i\nStateDirectory=a-%i"), @"
    -CacheDirectory=%i
    -StateDirectory=a-%i
    +Environment=CACHE_DIRECTORY=/var/cache/%i
    +PermissionsStartOnly=yes
    +ExecStartPre=/usr/bin/install -d -m 0755 -o web -g web /var/cache/%i
    +ExecStartPre=/usr/bin/install -d -m 0755 -o web -g web /var/lib/a-%i
    +Environment=STATE_DIRECTORY=/var/lib/a-%i
    same: added Environment=STATE_DIRECTORY=/var/lib/a-%i: systemd 219 sets no $STATE_DIRECTORY, which came with 240
    same: added Environment=CACHE_DIRECTORY=/var/cache/%i: systemd 219 sets no $CACHE_DIRECTORY, which came with 240
    same: added ExecStartPre=/usr/bin/install -d -m 0755 -o web -g web /var/lib/a-%i: what the instance is called is known when it starts
    same: added PermissionsStartOnly=yes: it is for the command that makes the folder alone
    same: StateDirectory=a-%i → /var/lib/a-%i made at start: systemd 219 does not know StateDirectory=, which came with 235; ExecStartPre= makes the folder
    same: added ExecStartPre=/usr/bin/install -d -m 0755 -o web -g web /var/cache/%i: what the instance is called is known when it starts
    same: CacheDirectory=%i → /var/cache/%i made at start: systemd 219 does not know CacheDirectory=, which came with 235; ExecStartPre= makes the folder
    ");
    assert_snapshot!(template("User=%i\nPermissionsStartOnly=yes\nExecStop=/bin/b\nLogsDirectory=a/%i"), @"
    -LogsDirectory=a/%i
    +ExecStartPre=/usr/bin/install -d -m 0755 -o %i -g %i /var/log/a/%i
    +Environment=LOGS_DIRECTORY=/var/log/a/%i
    same: added Environment=LOGS_DIRECTORY=/var/log/a/%i: systemd 219 sets no $LOGS_DIRECTORY, which came with 240
    same: added ExecStartPre=/usr/bin/install -d -m 0755 -o %i -g %i /var/log/a/%i: what the instance is called is known when it starts
    same: LogsDirectory=a/%i → /var/log/a/%i made at start: systemd 219 does not know LogsDirectory=, which came with 235; ExecStartPre= makes the folder
    ");
}

#[test]
fn a_user_makes_the_folder_of_an_instance_in_its_own() {
    assert_snapshot!(template("User=web\nExecStop=/bin/b\nStateDirectory=a/%i"), @"
    -StateDirectory=a/%i
    +ExecStartPre=/usr/bin/install -d -m 0755 /var/lib/a/%i
    +Environment=STATE_DIRECTORY=/var/lib/a/%i
    same: added Environment=STATE_DIRECTORY=/var/lib/a/%i: systemd 219 sets no $STATE_DIRECTORY, which came with 240
    same: added ExecStartPre=/usr/bin/install -d -m 0755 /var/lib/a/%i: what the instance is called is known when it starts
    weaker: StateDirectory=a/%i → /var/lib/a/%i made at start: systemd 219 does not know StateDirectory=, which came with 235; ExecStartPre= makes the folder, so /var/lib/a belongs to the user of the service
    /var/lib/a 0755 web:web
    ");
    assert_snapshot!(template("User=web\nExecStop=/bin/b\nRuntimeDirectory=a/%i"), @"
    -RuntimeDirectory=a/%i
    +ExecStartPre=/usr/bin/install -d -m 0755 /run/a/%i
    +Environment=RUNTIME_DIRECTORY=/run/a/%i
    same: added Environment=RUNTIME_DIRECTORY=/run/a/%i: systemd 219 sets no $RUNTIME_DIRECTORY, which came with 240
    same: added ExecStartPre=/usr/bin/install -d -m 0755 /run/a/%i: what the instance is called is known when it starts
    weaker: RuntimeDirectory=a/%i → /run/a/%i made at start: systemd 219 makes no folder within another; it stays when the service stops
    /run/a 0755 web:web
    ");
}

#[test]
fn a_folder_of_an_instance_that_nobody_can_make_is_in_the_way() {
    assert_snapshot!(template("User=web\nExecStop=/bin/b\nStateDirectory=%i"), @"
    error: StateDirectory=%i does not work on centos7: systemd 219 does not know StateDirectory=, which came with 235, no package can have a folder of an instance, and the user of the service cannot make it in /var/lib, and with PermissionsStartOnly=yes other commands would run as root
      help: write StateDirectory=a/%i: /var/lib/a can be a folder of the package, in which the service makes its own
    ");
    assert_snapshot!(template("User=%i\nExecStop=/bin/b\nStateDirectory=a/%i"), @"
    error: StateDirectory=a/%i does not work on centos7: systemd 219 does not know StateDirectory=, which came with 235, no package can have a folder of an instance, and what %i stands for is known to no package
      help: name the user with User=, without specifiers
    ");
    let socket = "[Socket]\nListenStream=/run/a-%i\nStateDirectory=a/%i\n";
    assert_snapshot!(said("a@.socket", socket, "centos7"), @"
    error: StateDirectory=a/%i does not work on centos7: systemd 219 does not know StateDirectory=, which came with 235, no package can have a folder of an instance, and nothing of this unit could make it in time
      help: write StateDirectory= without specifiers for this target, and let the program make what is below
    ");
}

#[test]
fn links_to_folders_are_links_of_the_package() {
    let lines = "StateDirectory=hello:old/hello b\nRuntimeDirectory=x:y";
    assert_snapshot!(service(lines, "el8"), @"
    -StateDirectory=hello:old/hello b
    -RuntimeDirectory=x:y
    +StateDirectory=hello b
    +RuntimeDirectory=x
    same: StateDirectory=hello:old/hello b → StateDirectory=hello b: systemd 239 knows no link after a `:`, which came with 250; the package has /var/lib/old/hello
    weaker: RuntimeDirectory=x:y → RuntimeDirectory=x: systemd 239 knows no link after a `:`, which came with 250; the link is not there
    /var/lib/old/hello -> ../hello
    ");
    assert_snapshot!(service(lines, "centos7"), @"
    -StateDirectory=hello:old/hello b
    -RuntimeDirectory=x:y
    +Environment=STATE_DIRECTORY=/var/lib/hello:/var/lib/b
    +RuntimeDirectory=x
    +Environment=RUNTIME_DIRECTORY=/run/x
    same: added Environment=STATE_DIRECTORY=/var/lib/hello:/var/lib/b: systemd 219 sets no $STATE_DIRECTORY, which came with 240
    same: added Environment=RUNTIME_DIRECTORY=/run/x: systemd 219 sets no $RUNTIME_DIRECTORY, which came with 240
    same: StateDirectory=hello:old/hello b → StateDirectory=hello b: systemd 219 knows no link after a `:`, which came with 250; the package has /var/lib/old/hello
    weaker: RuntimeDirectory=x:y → RuntimeDirectory=x: systemd 219 knows no link after a `:`, which came with 250; the link is not there
    same: StateDirectory=hello b → /var/lib/hello, /var/lib/b in the package: systemd 219 does not know StateDirectory=, which came with 235; the package owns the folder
    /var/lib/hello 0755 root:root
    /var/lib/b 0755 root:root
    /var/lib/old/hello -> ../hello
    ");
    assert_snapshot!(service(lines, "el9"), @"");
}

#[test]
fn folders_within_others_are_made_at_boot() {
    assert_snapshot!(service("RuntimeDirectory=a b/c\nRuntimeDirectoryMode=0700\nGroup=web", "centos7"), @"
    -RuntimeDirectory=a b/c
    +RuntimeDirectory=a
    +Environment=RUNTIME_DIRECTORY=/run/a:/run/b/c
    same: added Environment=RUNTIME_DIRECTORY=/run/a:/run/b/c: systemd 219 sets no $RUNTIME_DIRECTORY, which came with 240
    weaker: RuntimeDirectory=a b/c → RuntimeDirectory=a: systemd 219 makes no folder within another; it stays when the service stops (/run/b/c made at boot)
    /run/b/c 0700 root:web
    ");
    assert_snapshot!(service("RuntimeDirectory=a\nRuntimeDirectoryPreserve=yes", "centos7"), @"
    -RuntimeDirectory=a
    -RuntimeDirectoryPreserve=yes
    +Environment=RUNTIME_DIRECTORY=/run/a
    same: added Environment=RUNTIME_DIRECTORY=/run/a: systemd 219 sets no $RUNTIME_DIRECTORY, which came with 240
    same: RuntimeDirectory=a → /run/a made at boot: systemd 219 does not know RuntimeDirectoryPreserve=
    same: left out RuntimeDirectoryPreserve=yes: a folder that is made at boot stays when the service stops
    /run/a 0755 root:root
    ");
}

#[test]
fn a_dynamic_user_is_a_user_with_all_that_comes_with_it() {
    assert_snapshot!(service("DynamicUser=yes\nStateDirectory=hello\nPrivateTmp=no", "centos7"), @"
    -DynamicUser=yes
    -StateDirectory=hello
    -PrivateTmp=no
    +User=hello
    +NoNewPrivileges=yes
    +ProtectSystem=full
    +ProtectHome=read-only
    +Environment=STATE_DIRECTORY=/var/lib/hello
    +PrivateTmp=yes
    hardening: DynamicUser=yes → the system user hello: systemd 219 does not know DynamicUser=, which came with 232; the user stays when the service stops, and so do its IPC objects and SUID files
    same: added ProtectHome=read-only: a dynamic user comes with it
    same: added ProtectSystem=strict: a dynamic user comes with it
    same: PrivateTmp=no → PrivateTmp=yes: a dynamic user comes with it
    same: added NoNewPrivileges=yes: a dynamic user comes with it
    same: added User=hello: a dynamic user comes with it
    same: added Environment=STATE_DIRECTORY=/var/lib/hello: systemd 219 sets no $STATE_DIRECTORY, which came with 240
    same: StateDirectory=hello → /var/lib/hello in the package: systemd 219 does not know StateDirectory=, which came with 235; the package owns the folder
    hardening: ProtectSystem=strict → ProtectSystem=full: systemd 219 does not know ProtectSystem=strict, which came with 232; only /usr, /boot and /etc are read-only
    /var/lib/hello 0755 hello:hello
    user hello
    ");
    assert_snapshot!(service("DynamicUser=no", "centos7"), @"
    -DynamicUser=no
    same: left out DynamicUser=no: systemd 219 does not know DynamicUser=, which came with 232, and this line asks for nothing
    ");
    assert_snapshot!(service("DynamicUser=1\nUser=a.b", "centos7"), @"
    error: DynamicUser=1 does not work on centos7: systemd 219 does not know DynamicUser=, which came with 232, and `a.b` cannot be the name of a user; the service would run as root
      help: write `User=` with the name of a user
    ");
    assert_snapshot!(service("DynamicUser=yes", "el8"), @"");
}
