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
    same: added Environment=STATE_DIRECTORY=/var/lib/hello:/var/lib/h…: systemd 219 sets no $STATE_DIRECTORY, which came with 240
    same: added Environment=CONFIGURATION_DIRECTORY=/etc/hello: systemd 219 sets no $CONFIGURATION_DIRECTORY, which came with 240
    same: StateDirectory=hello hello… → /var/lib/hello, /var/lib/hell…: systemd 219 does not know StateDirectory=, which came with 235; the package owns the folder
    same: StateDirectoryMode=0750 → the mode of the folder: StateDirectory= is a folder of the package, which has this mode
    same: ConfigurationDirectory=hel… → /etc/hello in the package: systemd 219 does not know ConfigurationDirectory=, which came with 235; the package owns the folder
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
}

#[test]
fn a_folder_of_an_instance_cannot_be_in_a_package() {
    let text = "[Service]\nExecStart=/bin/a\nStateDirectory=a/%i\n";
    assert_snapshot!(said("a@.service", text, "centos7"), @"
    error: StateDirectory=a/%i does not work on centos7: systemd 219 does not know StateDirectory=, which came with 235, and the package cannot have the folder: what %i stands for is known to no package
      help: write StateDirectory= with a plain name
    ");
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
