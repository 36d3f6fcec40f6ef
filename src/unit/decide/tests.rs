//! Packages of several units, and what becomes of each.

use super::*;
use crate::target;
use crate::unit::Tables;

fn unit(name: &str, text: &str) -> UnitFile {
    let name = UnitName::parse(name).unwrap();
    UnitFile::generated(name, Document::parse(text.as_bytes()), Tables::default())
}

fn decide_with(options: &InstallOptions, target: &str, units: &[(&str, &str)]) -> String {
    let units: Vec<UnitFile> = units.iter().map(|(name, text)| unit(name, text)).collect();
    let profile = target::find(target).unwrap().profile();
    let decisions = decide_install(&units, profile, options);
    let lines = units
        .iter()
        .zip(decisions)
        .map(|(unit, decision)| match decision {
            Decision::HasOwn => format!("{}: has its own", unit.name),
            Decision::Inject { wanted_by } => format!("{}: {wanted_by}", unit.name),
            Decision::Exempt { reason } => format!("exempt {reason}"),
            Decision::TurnedOff => format!("{}: turned off", unit.name),
        });
    lines.collect::<Vec<_>>().join("\n")
}

fn decide(units: &[(&str, &str)]) -> String {
    let result = decide_with(&InstallOptions::default(), "centos7", units);
    let centos8 = decide_with(&InstallOptions::default(), "centos8", units);
    assert_eq!(result, centos8);
    result
}

const PLAIN: &str = "[Service]\nExecStart=/bin/a\n";

#[test]
fn units_that_nothing_starts_get_the_target_of_their_kind() {
    insta::assert_snapshot!(decide(&[
        ("a.service", PLAIN),
        ("b.service", "[Service]\nExecStart=/bin/b\n[Install]\nWantedBy=c.target\n"),
        ("c.target", "[Unit]\n"),
        ("d.timer", "[Timer]\nOnCalendar=daily\nUnit=far.service\n"),
        ("e.socket", "[Socket]\nListenStream=80\nService=far.service\n"),
        ("f.path", "[Path]\nPathExists=/a\nUnit=far.service\n"),
        ("g@.service", PLAIN),
        ("h@.service", "[Install]\nDefaultInstance=x\n"),
        ("i@x.service", PLAIN),
    ]), @r"
    a.service: multi-user.target
    b.service: has its own
    exempt c.target: it is a target, which the units that want it start
    d.timer: timers.target
    e.socket: sockets.target
    f.path: paths.target
    exempt g@.service: it is a template without DefaultInstance=
    h@.service: multi-user.target
    i@x.service: multi-user.target
    ");
}

#[test]
fn each_way_of_being_started_by_another_unit_exempts() {
    insta::assert_snapshot!(decide(&[
        ("hello.service", "[Unit]\nOnFailure=hello-alert.service\nOnSuccess=report@%n.service\nWants=cache.service\nRequires=db.service\nRequisite=disk.service\nBindsTo=net.service\nUpholds=log.service\nWants=\n[Install]\nWantedBy=multi-user.target\nAlso=extra.service\n"),
        ("hello-alert.service", PLAIN),
        ("report@.service", PLAIN),
        ("cache.service", PLAIN),
        ("db.service", PLAIN),
        ("disk.service", PLAIN),
        ("net.service", PLAIN),
        ("log.service", PLAIN),
        ("extra.service", PLAIN),
        ("daily.timer", "[Timer]\nOnCalendar=daily\n"),
        ("daily.service", PLAIN),
        ("scan.path", "[Path]\nUnit=scanner.service\n"),
        ("scanner.service", PLAIN),
        ("api.socket", "[Socket]\nAccept=yes\n"),
        ("api@.service", PLAIN),
        ("all.target", "[Unit]\nWants=worker@1.service worker@2.service\n"),
        ("worker@.service", "[Service]\n[Install]\nDefaultInstance=1\n"),
    ]), @r"
    hello.service: has its own
    exempt hello-alert.service: OnFailure= of hello.service starts it
    exempt report@.service: OnSuccess= of hello.service starts it
    exempt cache.service: Wants= of hello.service starts it
    exempt db.service: Requires= of hello.service starts it
    exempt disk.service: Requisite= of hello.service names it
    exempt net.service: BindsTo= of hello.service starts it
    exempt log.service: Upholds= of hello.service starts it
    exempt extra.service: Also= of hello.service names it
    daily.timer: timers.target
    exempt daily.service: daily.timer starts it
    scan.path: paths.target
    exempt scanner.service: Unit= of scan.path starts it
    api.socket: sockets.target
    exempt api@.service: api.socket starts it
    exempt all.target: it is a target, which the units that want it start
    exempt worker@.service: Wants= of all.target starts it
    ");
}

#[test]
fn a_service_that_wants_its_own_trigger_leaves_the_trigger_to_be_enabled() {
    insta::assert_snapshot!(decide(&[
        ("a.service", "[Unit]\nWants=a.timer\nRequires=b.socket\n"),
        ("a.timer", "[Timer]\nOnCalendar=daily\n"),
        ("b.socket", "[Socket]\nService=a.service\n"),
    ]), @r"
    exempt a.service: a.timer starts it
    a.timer: timers.target
    b.socket: sockets.target
    ");
}

#[test]
fn a_ring_is_entered_where_nothing_starts_by_itself() {
    insta::assert_snapshot!(decide(&[
        ("alert.service", "[Unit]\nWants=web.service\n"),
        ("web.service", "[Unit]\nWants=db.service\nOnFailure=alert.service\n"),
        ("db.service", "[Unit]\nWants=web.service\n"),
        ("self.service", "[Unit]\nWants=self.service\n"),
        ("ping.service", "[Unit]\nOnFailure=pong.service\n"),
        ("pong.service", "[Unit]\nOnFailure=ping.service\n"),
    ]), @r"
    exempt alert.service: OnFailure= of web.service starts it
    web.service: multi-user.target
    exempt db.service: Wants= of web.service starts it
    self.service: multi-user.target
    exempt ping.service: OnFailure= of pong.service starts it
    exempt pong.service: OnFailure= of ping.service starts it
    ");
}

#[test]
fn turned_off_and_activated_by_the_bus() {
    let options = InstallOptions {
        with_instances: BTreeSet::new(),
        turned_off: [UnitName::parse("off.service").unwrap(), UnitName::parse("own.service").unwrap()].into(),
        dbus_services: vec![DbusService {
            path: "/usr/share/dbus-1/system-services/org.example.Bus.service".into(),
            bytes: b"[D-BUS Service]\nName=org.example.Bus\nExec=/bin/false\nSystemdService=bus.service\n".to_vec(),
        }],
    };
    insta::assert_snapshot!(decide_with(&options, "centos7", &[
        ("off.service", PLAIN),
        ("own.service", "[Install]\nWantedBy=a.target\n"),
        ("bus.service", "[Service]\nType=dbus\nBusName=org.example.Bus\n"),
        ("nobus.service", "[Service]\nType=dbus\nBusName=org.example.Other\n"),
        ("alias.service", "[Service]\nType=dbus\n[Install]\nAlias=dbus-org.example.Bus.service\n"),
    ]), @r"
    off.service: turned off
    own.service: has its own
    exempt bus.service: D-Bus starts it through /usr/share/dbus-1/system-services/org.example.Bus.service
    nobus.service: multi-user.target
    alias.service: has its own
    ");
}

#[test]
fn a_unit_is_read_as_the_target_reads_it() {
    let units = [(
        "a.service",
        "[Service]\n# C:\\\n[Install]\nWantedBy=b.target\n",
    )];
    let swallowed = decide_with(&InstallOptions::default(), "centos7", &units);
    assert_eq!(swallowed, "a.service: multi-user.target");
}

#[test]
fn an_empty_default_instance_is_none_and_each_target_reads_for_itself() {
    let has = |text: &str, target: &str| {
        let profile = target::find(target).unwrap().profile();
        has_default_instance(&unit("a@.service", text), profile)
    };
    assert!(has("[Install]\nDefaultInstance=x\n", "centos7"));
    assert!(!has(
        "[Install]\nDefaultInstance=x\nDefaultInstance=\n",
        "centos7"
    ));
    // 219 joins the line after a comment that ends in a backslash to it.
    let commented = "[Install]\n# a \\\nDefaultInstance=x\n";
    assert!(!has(commented, "centos7") && has(commented, "el9"));
}
