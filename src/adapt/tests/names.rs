//! Other names, other sections, other scales.

use super::{said, service};
use insta::assert_snapshot;

#[test]
fn start_limits_go_to_the_section_where_they_were() {
    let text = "[Unit]\nStartLimitIntervalSec=infinity\nStartLimitBurst=3\nFailureAction=reboot\n\n[Service]\nExecStart=/bin/a\n\n[Install]\nAlias=hi.service\n";
    assert_snapshot!(said("hello.service", text, "centos7"), @"
    -StartLimitIntervalSec=infinity
    -StartLimitBurst=3
    -FailureAction=reboot
    +StartLimitInterval=100y
    +StartLimitBurst=3
    +FailureAction=reboot
    same: StartLimitIntervalSec=infinity → [Service] StartLimitInterval=infinity: systemd 219 does not know StartLimitIntervalSec= in [Unit], which came with 230; it stands in [Service] there
    same: StartLimitBurst=3 → [Service] StartLimitBurst=3: systemd 219 does not know StartLimitBurst= in [Unit], which came with 229; it stands in [Service] there
    same: FailureAction=reboot → [Service] FailureAction=reboot: systemd 219 does not know FailureAction= in [Unit], which came with 236; it stands in [Service] there
    same: StartLimitInterval=infinity → StartLimitInterval=100y: to systemd 219 it is over at once
    ");
    assert_snapshot!(said("hello.service", text, "centos8"), @"");
}

#[test]
fn a_timer_has_no_section_for_start_limits() {
    let text =
        "[Unit]\nStartLimitBurst=3\n[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n";
    assert_snapshot!(said("hello.timer", text, "centos7"), @"
    -StartLimitBurst=3
    left out: left out StartLimitBurst=3: systemd 219 does not know StartLimitBurst=, which came with 229; the default limits hold
    ");
}

#[test]
fn the_old_name_of_who_wrote_both_wins() {
    assert_snapshot!(service("MemoryLimit=1G\nMemoryMax=2G\nReadOnlyDirectories=/a\nReadOnlyPaths=/b", "centos7"), @"
    -MemoryMax=2G
    -ReadOnlyPaths=/b
    +ReadOnlyDirectories=/b
    same: left out MemoryMax=2G: systemd 219 does not know MemoryMax=, which came with 231, and MemoryLimit= is there for it
    same: ReadOnlyPaths=/b → ReadOnlyDirectories=/b: systemd 219 does not know ReadOnlyPaths=, which came with 231; ReadOnlyDirectories= is the same by its other name
    ");
}

#[test]
fn memory_is_limited_under_its_old_name_but_not_by_percent() {
    assert_snapshot!(service("MemoryMax=1G\nMemoryHigh=512M", "centos7"), @"
    -MemoryMax=1G
    -MemoryHigh=512M
    +MemoryLimit=1G
    same: MemoryMax=1G → MemoryLimit=1G: systemd 219 does not know MemoryMax=, which came with 231; MemoryLimit= is the same by its other name
    left out: left out MemoryHigh=512M: systemd 219 does not know MemoryHigh=, which came with 231; it is not slowed down when it uses more
    ");
    assert_snapshot!(service("MemoryMax=50%", "centos7"), @"
    -MemoryMax=50%
    left out: left out MemoryMax=50%: systemd 219 does not know MemoryMax=, which came with 231, and its MemoryLimit= takes no percentages
    ");
}

#[test]
fn weights_get_the_scale_of_the_old_control_groups() {
    assert_snapshot!(service("CPUWeight=100\nStartupCPUWeight=50\nIOWeight=500\nIODeviceWeight=/dev/sda 20", "centos7"), @"
    -CPUWeight=100
    -StartupCPUWeight=50
    -IOWeight=500
    -IODeviceWeight=/dev/sda 20
    +CPUShares=1024
    +StartupCPUShares=512
    +BlockIOWeight=1000
    +BlockIODeviceWeight=/dev/sda 100
    same: CPUWeight=100 → CPUShares=1024: systemd 219 does not know CPUWeight=, which came with 232; CPUShares= is the same on another scale
    same: StartupCPUWeight=50 → StartupCPUShares=512: systemd 219 does not know StartupCPUWeight=, which came with 232; StartupCPUShares= is the same on another scale
    weaker: IOWeight=500 → BlockIOWeight=1000: systemd 219 does not know IOWeight=, which came with 230; BlockIOWeight= is the same on another scale, which does not go as far
    same: IODeviceWeight=/dev/sda 20 → BlockIODeviceWeight=/dev/sda 100: systemd 219 does not know IODeviceWeight=, which came with 230; BlockIODeviceWeight= is the same on another scale
    ");
    assert_snapshot!(service("CPUWeight=idle", "centos7"), @"
    -CPUWeight=idle
    +CPUShares=2
    weaker: CPUWeight=idle → CPUShares=2: systemd 219 does not know CPUWeight=, which came with 232; CPUShares= is the same on another scale, which does not go as far
    ");
}

#[test]
fn the_newest_systemd_gets_the_new_names() {
    assert_snapshot!(service("CPUShares=512\nMemoryLimit=1G", "fedora"), @"
    -CPUShares=512
    -MemoryLimit=1G
    +CPUWeight=50
    +MemoryMax=1G
    same: MemoryLimit=1G → MemoryMax=1G: systemd 258 ignores MemoryLimit=, as every one since 258; MemoryMax= is the same by its other name
    same: CPUShares=512 → CPUWeight=50: systemd 258 ignores CPUShares=, as every one since 258; CPUWeight= is the same on another scale
    ");
}

#[test]
fn an_old_name_does_not_stay_beside_the_new_one() {
    let lines = "BlockIODeviceWeight=/dev/sda 100\nBlockIODeviceWeight=/dev/sdb x";
    assert_snapshot!(service(lines, "fedora"), @"
    -BlockIODeviceWeight=/dev/sda 100
    -BlockIODeviceWeight=/dev/sdb x
    +IODeviceWeight=/dev/sda 20
    same: BlockIODeviceWeight=/dev/sda 100 → IODeviceWeight=/dev/sda 20: systemd 258 ignores BlockIODeviceWeight=, as every one since 258; IODeviceWeight= is the same on another scale
    left out: left out BlockIODeviceWeight=/dev/sdb x: systemd 258 ignores BlockIODeviceWeight=, as every one since 258, and IODeviceWeight= takes no such value
    ");
}

#[test]
fn lists_of_paths_lose_what_the_target_cannot_do() {
    assert_snapshot!(service("ReadWritePaths=+/a -/b %S/c\nInaccessiblePaths=/home /etc/shadow -/boot\nReadOnlyPaths=/x", "centos7"), @"
    -ReadWritePaths=+/a -/b %S/c
    -InaccessiblePaths=/home /etc/shadow -/boot
    -ReadOnlyPaths=/x
    +ReadWriteDirectories=/a -/b /var/lib/c
    +InaccessibleDirectories=/home -/boot
    +ReadOnlyDirectories=/x
    same: ReadWritePaths=+/a -/b %S/c → ReadWritePaths=+/a -/b /var/lib/c: systemd 219 does not know %S, which came with 236
    same: ReadWritePaths=+/a -/b /var/lib/c → ReadWriteDirectories=+/a -/b /var/lib/c: systemd 219 does not know ReadWritePaths=, which came with 231; ReadWriteDirectories= is the same by its other name
    same: InaccessiblePaths=/home … → InaccessibleDirectories=/home …: systemd 219 does not know InaccessiblePaths=, which came with 231; InaccessibleDirectories= is the same by its other name
    same: ReadOnlyPaths=/x → ReadOnlyDirectories=/x: systemd 219 does not know ReadOnlyPaths=, which came with 231; ReadOnlyDirectories= is the same by its other name
    same: ReadWriteDirectories=+/a -/b /var/lib/c → ReadWriteDirectories=/a -/b /var/lib/c: systemd 219 does not know the prefix `+`, which says nothing without a RootDirectory=
    hardening: InaccessibleDirectories=/home /etc/shadow … → InaccessibleDirectories=/home …: systemd 219 hides folders alone, and a file in the list keeps the service from starting; /etc/shadow may be one
    ");
    assert_snapshot!(service("InaccessiblePaths=/etc/shadow", "centos7"), @"
    -InaccessiblePaths=/etc/shadow
    same: InaccessiblePaths=/etc/shadow → InaccessibleDirectories=/etc/shadow: systemd 219 does not know InaccessiblePaths=, which came with 231; InaccessibleDirectories= is the same by its other name
    hardening: left out InaccessibleDirectories=/etc/shadow: systemd 219 hides folders alone, and a file in the list keeps the service from starting; /etc/shadow may be one
    ");
}
