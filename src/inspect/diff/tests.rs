//! Packages of our own writer that differ by one thing, and what is said of it.

use super::*;
use crate::package::{Dependency, Draft, Evr, FileKind};
use crate::rpm::fixture;
use crate::rpm::read::ReadRpm;
use std::fmt::Write;

pub(super) fn small() -> Draft {
    let mut draft = fixture::draft();
    draft
        .files
        .retain(|file| !file.path.as_str().ends_with("/big"));
    draft
}

/// The next version, with one more change.
pub(super) fn next(change: impl FnOnce(&mut Draft)) -> Draft {
    let mut draft = small();
    draft.nevra.evr.version = "1.3.0".into();
    change(&mut draft);
    draft
}

pub(super) fn compared(old: Draft, new: Draft) -> Difference {
    let (old, new) = (fixture::bytes(old), fixture::bytes(new));
    let read = |bytes| ReadRpm::parse(bytes, "test.rpm").unwrap();
    let (old, new) = read_pair(read(old.as_slice()), read(new.as_slice())).unwrap();
    compare(old, new)
}

/// The effects, a line each.
pub(super) fn told(difference: &Difference) -> String {
    let mut text = String::new();
    for effect in &difference.effects {
        writeln!(
            text,
            "{:?} {:?}: {}",
            effect.weight, effect.about, effect.text
        )
        .unwrap();
    }
    text
}

fn file<'a>(draft: &'a mut Draft, path: &str) -> &'a mut crate::package::PlannedFile {
    let mut files = draft.files.iter_mut();
    files.find(|file| file.path.as_str() == path).unwrap()
}

pub(super) fn set(draft: &mut Draft, path: &str, text: &str) {
    let mut new = fixture::regular(path, text, 0o640);
    let old = file(draft, path);
    new.flags = old.flags;
    *old = new;
}

const CONFIG: &str = "/etc/hello/hello.toml";

pub(super) fn unit(draft: &mut Draft, path: &str, text: &str) {
    draft.files.push(fixture::regular(path, text, 0o644));
}

#[test]
fn a_package_does_not_differ_from_itself() {
    let difference = compared(small(), small());
    assert!(difference.is_empty(), "{difference:?}");
    assert_eq!(difference.relation, Relation::SameVersion);
    assert_eq!(told(&difference), "");
    assert_eq!(difference.files.same, 7);
}

#[test]
fn versions_are_compared_as_rpm_does() {
    let relation = |change: &dyn Fn(&mut Evr)| {
        let mut draft = small();
        change(&mut draft.nevra.evr);
        compared(small(), draft).relation
    };
    assert_eq!(
        relation(&|evr| evr.version = "1.2.0".into()),
        Relation::Upgrade
    );
    assert_eq!(
        relation(&|evr| evr.version = "1.2.0~beta".into()),
        Relation::Downgrade
    );
    assert_eq!(
        relation(&|evr| evr.release = "2.el7".into()),
        Relation::Upgrade
    );
    assert_eq!(relation(&|evr| evr.epoch = Some(1)), Relation::Upgrade);
}

#[test]
fn another_name_is_a_replacement_only_where_the_old_one_is_obsoleted() {
    let renamed = |obsoletes: Option<&str>| {
        let mut draft = small();
        draft.nevra.name = crate::package::PackageName::new("ciao").unwrap();
        let version = obsoletes.map(|version| {
            let less = crate::package::Comparison::Less;
            Dependency::versioned("hello", less, version, "a test")
        });
        draft.dependencies.obsoletes.extend(version);
        set(&mut draft, CONFIG, "port = 2\n");
        compared(small(), draft)
    };
    assert_eq!(renamed(Some("1.3")).relation, Relation::Replacement);
    assert_eq!(renamed(Some("1.0")).relation, Relation::Another);
    insta::assert_snapshot!(told(&renamed(None)), @r"
    Refused Install: both have, and differ in, /etc/hello/hello.toml: rpm refuses to install them together
    Note Install: a package of another name: rpm installs it beside the old one, which stays
    ");
}

#[test]
fn what_rpm_does_with_edited_files_is_told() {
    let changed = |flags: (bool, bool), text: &str| {
        let difference = compared(
            small(),
            next(|draft| {
                set(draft, CONFIG, text);
                let file = file(draft, CONFIG);
                (file.flags.config, file.flags.noreplace) = flags;
            }),
        );
        told(&difference)
    };
    insta::assert_snapshot!(changed((true, true), "port = 2\n"), @"Attention Configuration: /etc/hello/hello.toml has a new default: where it was edited it stays, and the new one is put beside it as /etc/hello/hello.toml.rpmnew");
    insta::assert_snapshot!(changed((true, false), "port = 2\n"), @"Attention Configuration: /etc/hello/hello.toml has a new default: where it was edited it is kept as /etc/hello/hello.toml.rpmsave and replaced");
    insta::assert_snapshot!(changed((true, false), "port = 1\n"), @"Attention Configuration: /etc/hello/hello.toml is no longer noreplace: a later change of it replaces what was edited");
    insta::assert_snapshot!(changed((false, false), "port = 1\n"), @"Attention Configuration: /etc/hello/hello.toml is no longer config: where it was edited it is kept as /etc/hello/hello.toml.rpmsave and replaced (rpm 4.11 leaves it until it changes)");
    let gone = compared(
        small(),
        next(|draft| draft.files.retain(|file| file.path.as_str() != CONFIG)),
    );
    insta::assert_snapshot!(told(&gone), @"Attention Configuration: /etc/hello/hello.toml is gone: where it was edited it is kept as /etc/hello/hello.toml.rpmsave");
}

#[test]
fn the_lines_of_a_text_file_that_changes_are_shown() {
    let difference = compared(small(), next(|draft| set(draft, CONFIG, "port = 2\n")));
    let [change] = difference.files.changed.as_slice() else {
        panic!("{difference:?}");
    };
    assert_eq!(change.aspects(), [Aspect::Content]);
    insta::assert_snapshot!(change.text.as_ref().unwrap().diff, @r"
    @@ -1 +1 @@
    -port = 1
    +port = 2
    ");
    let evil = compared(small(), next(|draft| set(draft, CONFIG, "\u{1b}[2J\n")));
    assert_eq!(
        evil.files.changed[0].text, None,
        "no text that people write"
    );
}

#[test]
fn a_folder_that_becomes_a_link_is_refused_unless_a_script_moves_it() {
    let to_link = |draft: &mut Draft| {
        draft
            .files
            .retain(|file| !file.path.as_str().starts_with("/var/lib/hello"));
        let link = FileKind::Symlink("/srv/hello".into());
        draft
            .files
            .push(fixture::file("/var/lib/hello", link, 0o777));
    };
    let without_state = |mut draft: Draft| {
        draft
            .files
            .retain(|file| file.path.as_str() != "/var/lib/hello/state");
        draft
    };
    let difference = compared(without_state(small()), next(to_link));
    assert_eq!(difference.weight(), Some(Weight::Refused));
    insta::assert_snapshot!(told(&difference), @"Refused Install: /var/lib/hello is a folder and becomes a link: rpm refuses that as a conflict, unless it is moved away before");
    // The folder is not owned: there is no conflict to be seen, and rpm fails half-way.
    let mut unowned = without_state(small());
    unowned
        .files
        .retain(|file| file.path.as_str() != "/var/lib/hello");
    unowned
        .files
        .push(fixture::regular("/var/lib/hello/deep/f", "x", 0o644));
    let difference = compared(unowned, next(to_link));
    insta::assert_snapshot!(told(&difference), @"Refused Install: /var/lib/hello takes the place of a folder: rpm fails while it unpacks, and the old package stays");
}

#[test]
fn a_file_that_moves_is_seen_by_its_content() {
    let difference = compared(
        small(),
        next(|draft| {
            let at = draft
                .files
                .iter()
                .position(|file| file.path.as_str() == "/usr/bin/hello");
            let mut program = draft.files.remove(at.unwrap());
            program.path = crate::package::InstallPath::new("/usr/sbin/hello").unwrap();
            program.mode = 0o4755;
            draft.files.push(program);
        }),
    );
    let files = &difference.files;
    assert_eq!((files.added.len(), files.removed.len()), (0, 0));
    assert_eq!(files.moved[0].new.path, "/usr/sbin/hello");
    insta::assert_snapshot!(told(&difference), @"Attention Files: /usr/sbin/hello is setuid root from now on");
}

#[test]
fn the_effective_unit_is_compared_not_its_files() {
    const SERVICE: &str = "/usr/lib/systemd/system/hello.service";
    const PRESET: &str = "/usr/lib/systemd/system-preset/98-hello.preset";
    let base = "[Unit]\nDescription=Hello\n[Service]\nExecStart=/usr/bin/hello\nUser=hello\n[Install]\nWantedBy=multi-user.target\n";
    let mut old = small();
    unit(&mut old, SERVICE, base);
    unit(&mut old, PRESET, "enable hello.service\n");
    let new = next(|draft| {
        unit(draft, SERVICE, &base.replace("User=hello\n", ""));
        let drop_in = "[Service]\nExecStart=\nExecStart=/usr/bin/hello --fast\nUser=hello\n";
        unit(
            draft,
            "/usr/lib/systemd/system/hello.service.d/10-fast.conf",
            drop_in,
        );
        unit(draft, PRESET, "disable hello.service\n");
    });
    let difference = compared(old.clone(), new);
    let [change] = difference.units.as_slice() else {
        panic!("{:?}", difference.units);
    };
    assert_eq!(
        change.directives,
        [DirectiveChange {
            section: "Service".into(),
            key: "ExecStart".into(),
            old: vec!["/usr/bin/hello".into()],
            new: vec!["/usr/bin/hello --fast".into()],
        }]
    );
    insta::assert_snapshot!(told(&difference), @r"
    Attention Services: hello.service is no longer enabled on a first install; where it is enabled it stays so
    Attention Services: hello.service: ExecStart= is /usr/bin/hello --fast instead of /usr/bin/hello
    Attention Services: not restarted by a scriptlet that is known, and its program or unit is another: what runs goes on with the old one until it is restarted: hello.service
    ");
    let gone = compared(old, next(|_| {}));
    insta::assert_snapshot!(told(&gone), @"Attention Services: hello.service is gone: what runs of it runs on without a unit, and where it was enabled it starts no more");
}

#[test]
fn a_unit_is_restarted_by_the_old_packages_macro_or_by_our_own_scriptlet() {
    const SERVICE: &str = "/usr/lib/systemd/system/hello.service";
    let text = "[Service]\nExecStart=/usr/bin/hello\n";
    let mut old = small();
    unit(&mut old, SERVICE, text);
    let mut with_macro = old.clone();
    let scripts = crate::package::Scriptlets {
        postun: Some("if [ $1 -ge 1 ] ; then\nsystemctl try-restart hello.service >/dev/null 2>&1 || :\nfi\n".into()),
        ..crate::package::Scriptlets::default()
    };
    with_macro.scriptlets = scripts.alone();
    let difference = compared(with_macro, next(|draft| unit(draft, SERVICE, text)));
    let told_of = |difference: &Difference| {
        let told = told(difference);
        told.lines()
            .filter(|line| line.contains("Services"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    insta::assert_snapshot!(told_of(&difference), @"Note Services: restarted where running: hello.service");
    let ours = next(|draft| {
        unit(draft, SERVICE, text);
        let scripts = crate::package::Scriptlets {
            posttrans: Some("restart_units=''\nreload_units='hello.service'\n".into()),
            ..crate::package::Scriptlets::default()
        };
        draft.scriptlets = scripts.alone();
    });
    insta::assert_snapshot!(told_of(&compared(old, ours)), @"Note Services: told to reload where running: hello.service");
}

#[test]
fn a_later_glibc_names_the_distributions_that_it_closes() {
    let difference = compared(
        small(),
        next(|draft| {
            let name = "libc.so.6(GLIBC_2.28)(64bit)";
            let mut libc = Dependency::any(name, "a test");
            libc.found = true;
            draft.dependencies.requires.push(libc);
            draft
                .dependencies
                .requires
                .push(Dependency::any("jq", "a test"));
            draft.scriptlets = crate::package::Scriptlets {
                pre: Some("echo pre $1\n".into()),
                post: Some("echo other\n".into()),
                preun: Some("echo preun\n".into()),
                posttrans: Some("echo posttrans\n".into()),
                ..crate::package::Scriptlets::default()
            }
            .alone();
        }),
    );
    insta::assert_snapshot!(told(&difference), @r"
    Attention Dependencies: it needs glibc 2.28 instead of 2.17, which is later than that of centos7, amzn2
    Attention Scripts: a new script runs as root: %preun (/bin/sh)
    Note Dependencies: it needs besides: jq
    Note Scripts: %post is another script
    ");
    let requires = &difference.dependencies[0];
    assert_eq!(requires.changed.len(), 1, "{requires:?}");
    assert_eq!(requires.added, ["jq"]);
}

#[test]
fn damage_is_told_and_no_byte_makes_it_panic() {
    let good = fixture::bytes(small());
    let read = |bytes: &[u8]| ReadRpm::parse(std::io::Cursor::new(bytes.to_vec()), "test.rpm");
    let mut compared_at_all = 0;
    for at in (0..good.len()).step_by(41) {
        let mut bytes = good.clone();
        bytes[at] ^= 0x5a;
        let Ok(bad) = read(&bytes) else { continue };
        let Ok((old, new)) = read_pair(read(&good).unwrap(), bad) else {
            continue;
        };
        let _ = compare(old, new);
        compared_at_all += 1;
    }
    assert!(compared_at_all > 10, "{compared_at_all}");
    let mut cut = good.clone();
    let last = cut.len() - 30;
    cut[last] ^= 0xff;
    let (old, new) = read_pair(read(&good).unwrap(), read(&cut).unwrap()).unwrap();
    let difference = compare(old, new);
    assert_eq!(difference.weight(), Some(Weight::Refused));
    assert!(told(&difference).contains("Refused Trust: the new package is damaged"));
}

#[test]
fn a_name_that_is_no_longer_provided_is_missed_in_any_version() {
    let provides = |draft: &mut Draft, name: &str, release: &str| {
        let equal = crate::package::Comparison::Equal;
        let one = Dependency::versioned(name, equal, release, "a test");
        draft.dependencies.provides.push(one);
    };
    let own = |draft: &Draft| {
        let evr = &draft.nevra.evr;
        format!("{}-{}", evr.version, evr.release)
    };
    let with = |mut draft: Draft, names: &[&str]| {
        let own = own(&draft);
        for name in names {
            provides(&mut draft, name, &own);
        }
        draft
    };
    let old = with(small(), &["webserver", "www"]);
    let difference = compared(old, with(next(|_| {}), &["www"]));
    let mut kinds = difference.dependencies.iter();
    let provides = kinds.find(|one| one.kind == "provides").unwrap();
    assert_eq!(provides.removed.len(), 1, "{provides:?}");
    assert!(provides.removed[0].starts_with("webserver = 1.2.0~rc.1-1"));
    assert!(told(&difference).contains("no longer provides webserver"));
}

#[test]
fn a_source_package_and_another_are_not_compared() {
    let (old, new) = (fixture::bytes(small()), fixture::bytes(next(|_| {})));
    let read = |bytes| ReadRpm::parse(bytes, "test.rpm").unwrap();
    let pair = || read_pair(read(old.as_slice()), read(new.as_slice())).unwrap();
    let (before, mut after) = pair();
    after.description.identity.arch = "src".into();
    let difference = compare(before, after);
    assert_eq!(difference.relation, Relation::Incomparable);
    insta::assert_snapshot!(told(&difference), @"Attention Install: one is a source package and the other is not: neither takes the place of the other, and they are not compared");
    let (mut before, mut after) = pair();
    before.description.identity.arch = "src".into();
    after.description.identity.arch = "src".into();
    assert_eq!(compare(before, after).relation, Relation::Source);
}

fn capabilities(text: &str) -> crate::contents::Capabilities {
    let text = crate::report::Spanned::unwritten(text.to_owned());
    let target = crate::target::find("centos8").unwrap();
    crate::contents::Capabilities::parse(&text, target.profile()).unwrap()
}

#[test]
fn a_capability_that_is_lost_is_named() {
    let with = |mut draft: Draft, caps: &str| {
        file(&mut draft, "/usr/bin/hello").caps = Some(capabilities(caps));
        draft
    };
    let old = with(small(), "cap_net_bind_service=ep");
    let difference = compared(old, with(next(|_| {}), "cap_net_raw=ep"));
    insta::assert_snapshot!(told(&difference), @"Attention Files: /usr/bin/hello has the capabilities cap_net_raw=ep instead of cap_net_bind_service=ep: it loses cap_net_bind_service");
}
