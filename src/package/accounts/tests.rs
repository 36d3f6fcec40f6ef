//! What a package says of its users.

use super::*;
use crate::contents::{FileFlags, FileKind, Group};
use crate::target;

fn accounts() -> Accounts {
    let mut accounts = Accounts::default();
    accounts.add_service_user("hello", "hello");
    accounts
}

fn full() -> Accounts {
    let user = User {
        uid: Some(812),
        group: "www".to_owned(),
        groups: vec!["adm".to_owned()],
        home: "/var/lib/hello".to_owned(),
        shell: "/bin/bash".to_owned(),
        description: "Bob's service".to_owned(),
        ..accounts().users.remove(0)
    };
    let other = User {
        name: "other".to_owned(),
        group: "other".to_owned(),
        groups: Vec::new(),
        uid: None,
        ..user.clone()
    };
    Accounts {
        users: vec![user, other],
        groups: vec![Group {
            name: "www".to_owned(),
            gid: Some(813),
        }],
    }
}

fn profile(name: &str) -> &'static Profile {
    target::find(name).unwrap().profile()
}

fn file(accounts: &Accounts, target: &str) -> String {
    let package = PackageName::new("hello").unwrap();
    let files = files(&package, accounts, profile(target)).unwrap();
    let FileKind::Regular(Source::Bytes(bytes)) = &files[0].kind else {
        panic!("no file");
    };
    assert_eq!(files[0].path.as_str(), "/usr/lib/sysusers.d/hello.conf");
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_file_says_what_the_targets_systemd_can_be_told() {
    insta::assert_snapshot!(file(&accounts(), "centos7"), @r#"
    # Shipped by hello. An account that is there is left as it is.
    u hello - "hello"
    "#);
    insta::assert_snapshot!(file(&full(), "centos7"), @r#"
    # Shipped by hello. An account that is there is left as it is.
    # hello is not among these: this systemd cannot give it the group www.
    g www 813
    u other - "Bob's service" /var/lib/hello
    "#);
    insta::assert_snapshot!(file(&full(), "centos8"), @r#"
    # Shipped by hello. An account that is there is left as it is.
    # hello is not among these: this systemd cannot give it the group www.
    g www 813
    u other - "Bob's service" /var/lib/hello /bin/bash
    "#);
    insta::assert_snapshot!(file(&full(), "el9"), @r#"
    # Shipped by hello. An account that is there is left as it is.
    g www 813
    u hello 812:www "Bob's service" /var/lib/hello /bin/bash
    u other - "Bob's service" /var/lib/hello /bin/bash
    m hello adm
    "#);
}

fn values(accounts: &Accounts, target: &str) -> String {
    let package = PackageName::new("hello").unwrap();
    let pre = pre(&package, accounts, profile(target)).unwrap().unwrap();
    let from = pre.find("accounts='").unwrap();
    let to = pre.find("\n# try ").unwrap();
    let lines = pre[from..to].lines();
    let lines = lines.filter(|line| !line.starts_with('#'));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_script_has_every_account_and_what_systemd_is_told() {
    insta::assert_snapshot!(values(&full(), "centos7"), @r"
    accounts='group:www:813
    user:hello:812:www:/var/lib/hello:/bin/bash:Bob'\''s service
    group:other:
    user:other::other:/var/lib/hello:/bin/bash:Bob'\''s service
    member:hello:adm'
    sysusers=''
    ");
    insta::assert_snapshot!(values(&accounts(), "el10"), @r#"
    accounts='group:hello:
    user:hello::hello:/:/sbin/nologin:hello'
    sysusers='u hello - "hello"'
    "#);
}

fn provided(accounts: &Accounts, target: &str) -> String {
    let all = provides(accounts, profile(target)).into_iter();
    all.map(|of| {
        let version = of.constraint.map(|of| format!(" = {}", of.version));
        format!("{}{}\n", of.name, version.unwrap_or_default())
    })
    .collect()
}

#[test]
fn rpm_4_19_reads_the_lines_out_of_provided_names() {
    // The example of docs/manual/users_and_groups.md at rpm-4.19.1.1-release.
    assert_eq!(
        encoded("u dnsmasq - \"Dnsmasq DHCP and DNS server\" /var/lib/dnsmasq"),
        "dSBkbnNtYXNxIC0gIkRuc21hc3EgREhDUCBhbmQgRE5TIHNlcnZlciIgL3Zhci9saWIvZG5zbWFzcQAA"
    );
    // And that of rpm-6.0.1-release.
    assert_eq!(encoded("m klangd klong"), "bSBrbGFuZ2Qga2xvbmcA");
    insta::assert_snapshot!(provided(&full(), "el10"), @"
    group(www) = ZyB3d3cgODEz
    user(hello) = dSBoZWxsbyA4MTI6d3d3ICJCb2IncyBzZXJ2aWNlIiAvdmFyL2xpYi9oZWxsbyAvYmluL2Jhc2gA
    group(hello)
    user(other) = dSBvdGhlciAtICJCb2IncyBzZXJ2aWNlIiAvdmFyL2xpYi9oZWxsbyAvYmluL2Jhc2gA
    group(other)
    ");
    assert!(provided(&full(), "fedora").contains("groupmember(hello/adm) = bSBoZWxsbyBhZG0A\n"));
    for older in ["centos7", "el8", "el9"] {
        assert_eq!(provided(&full(), older), "", "{older}");
    }
}

fn required(accounts: &Accounts, profile: &Profile) -> String {
    let file = PlannedFile {
        path: InstallPath::new("/etc/hello").unwrap(),
        kind: FileKind::Directory,
        mode: 0o755,
        user: "hello".to_owned(),
        group: "nobody".to_owned(),
        mtime: 0,
        flags: FileFlags::default(),
        caps: None,
        reason: String::new(),
    };
    let all = requires(accounts, profile, &[file.clone(), file]);
    let line = |of: Dependency| format!("{} {:?}\n", of.name, of.phases);
    all.into_iter().map(line).collect()
}

#[test]
fn owners_are_required_where_the_package_provides_them() {
    insta::assert_snapshot!(required(&accounts(), profile("centos8")), @"shadow-utils [Pre]");
    insta::assert_snapshot!(required(&accounts(), profile("el10")), @"
    shadow-utils [Pre]
    user(hello) [Pre, Postun]
    ");
    assert_eq!(required(&Accounts::default(), profile("el10")), "");
}

#[test]
fn an_rpm_that_was_seen_to_create_users_needs_no_script() {
    let package = PackageName::new("hello").unwrap();
    let mut native = profile("el10").clone();
    native.native_sysusers.verified = true;
    assert_eq!(pre(&package, &accounts(), &native).unwrap(), None);
    assert_eq!(
        required(&accounts(), &native),
        "user(hello) [Pre, Postun]\n"
    );
    // 4.19 puts nobody into a group.
    assert!(pre(&package, &full(), &native).unwrap().is_some());
    native.rpm.value = "4.20.1".to_owned();
    assert_eq!(pre(&package, &full(), &native).unwrap(), None);
}
