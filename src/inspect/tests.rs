//! The gate on good packages, and on packages that differ from their plan by one thing.

use super::*;
use crate::build::Interrupt;
use crate::lint::Levels;
use crate::package::{
    Capabilities, Dependency, Draft, FileKind, Phase, Plan, Trigger, TriggerCondition, TriggerEvent,
};
use crate::report::{Diagnose, Failure, Quiet, Spanned};
use crate::rpm::read::ReadRpm;
use crate::rpm::{Options, fixture, write};
use crate::target;
use camino::{Utf8Path, Utf8PathBuf};

pub(super) struct Folder(tempfile::TempDir);

impl Folder {
    pub(super) fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    pub(super) fn path(&self) -> &Utf8Path {
        Utf8Path::from_path(self.0.path()).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        entries
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    fn publish(&self, plan: &Plan) -> Result<Utf8PathBuf, Error> {
        let interrupted = Interrupt::new();
        let written = write(plan, self.path(), &Options::new(&interrupted), &Quiet)?;
        verify(
            written,
            plan,
            &Levels::default(),
            None,
            &super::Options::new(&interrupted),
        )?
        .publish_as(&plan.nevra.file_name())
    }
}

fn small() -> Draft {
    let mut draft = fixture::draft();
    draft
        .files
        .retain(|file| !file.path.as_str().ends_with("/big"));
    draft
}

fn capabilities(text: &str) -> Capabilities {
    let profile = target::find("centos7").unwrap();
    Capabilities::parse(&Spanned::unwritten(text.to_owned()), profile.profile()).unwrap()
}

/// What is refused of `draft`'s package where `change` makes another plan of it.
fn refused(change: impl FnOnce(&mut Draft)) -> Vec<String> {
    let folder = Folder::new();
    let interrupted = Interrupt::new();
    let written_plan = Plan::complete(small()).unwrap();
    let options = Options::new(&interrupted);
    let written = write(&written_plan, folder.path(), &options, &Quiet).unwrap();
    let mut other = small();
    change(&mut other);
    let plan = Plan::complete(other).unwrap();
    let error = verify(
        written,
        &plan,
        &Levels::default(),
        None,
        &super::Options::new(&interrupted),
    )
    .unwrap_err();
    assert_eq!(
        folder.names(),
        Vec::<String>::new(),
        "a refused package is removed"
    );
    assert_eq!(error.failure(), Failure::Bug);
    match error {
        Error::Refused { refusals, .. } => refusals.into_iter().map(|r| r.text).collect(),
        other => panic!("{other}"),
    }
}

#[test]
fn a_sound_package_gets_its_name_and_replaces_the_old_file_whole() {
    let folder = Folder::new();
    let plan = Plan::complete(small()).unwrap();
    let name = plan.nevra.file_name();
    std::fs::write(folder.path().join(&name), "old").unwrap();
    let path = folder.publish(&plan).unwrap();
    assert_eq!(path.file_name(), Some(name.as_str()));
    assert_eq!(folder.names(), [name]);
    let examined = examine(ReadRpm::open(&path).unwrap()).unwrap();
    let profile = plan.target.profile();
    let verdict = judge(&examined, profile, Some(&plan), &Levels::default()).unwrap();
    assert_eq!(verdict.refusals, []);
}

#[test]
fn a_package_that_differs_from_its_plan_is_refused_and_the_difference_named() {
    let texts = refused(|draft| {
        draft.scriptlets.retain(|one| one.phase != Phase::Post);
        draft.dependencies.requires.pop();
        draft.texts.summary = "Another".into();
        draft.dependencies.suggests = vec![Dependency::any("jq", "a test")];
        draft.triggers.push(Trigger {
            event: TriggerEvent::In,
            conditions: vec![TriggerCondition {
                name: "nginx".into(),
                constraint: None,
            }],
            interpreter: "/bin/sh".into(),
            text: "echo".into(),
            priority: Trigger::PRIORITY,
        });
        for file in &mut draft.files {
            match file.path.base_name() {
                "hello.toml" => file.group = "hello".into(),
                "hi" => file.kind = FileKind::Symlink("/bin/hello".into()),
                "LICENSE" => *file = fixture::regular(file.path.as_str(), "BSD\n", 0o600),
                "state" => file.flags.ghost = false,
                "hello" if file.mode == 0o755 => file.caps = Some(capabilities("cap_chown=ep")),
                _ => {}
            }
        }
    });
    insta::assert_snapshot!(texts.join("\n"), @r"
        its summary is `A hello`, and `Another` was planned
        what it requires is not what was planned
        what it suggests is not what was planned
        its %post is not the one that was planned
        its triggers are not those that were planned
        /etc/hello/hello.toml is not as planned: group
        /usr/bin/hello is not as planned: capabilities
        /usr/bin/hi is not as planned: target
        /usr/share/licenses/hello/LICENSE is not as planned: mode, flags, content
        /var/lib/hello/state is not as planned: flags, presence in the payload, content
        ");
}

#[test]
fn a_package_with_another_number_of_files_is_refused() {
    let texts = refused(|draft| {
        draft.files.retain(|file| file.path.base_name() != "state");
    });
    insta::assert_snapshot!(texts.join("\n"), @"it lists 7 files, and 6 were planned");
}

#[test]
fn a_damaged_package_of_ours_is_refused_for_what_is_damaged() {
    let folder = Folder::new();
    let plan = Plan::complete(small()).unwrap();
    let path = folder.publish(&plan).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(7).position(|w| w == b"A hello").unwrap();
    bytes[at] = b'B';
    let rpm = ReadRpm::parse(bytes.as_slice(), "hello.rpm").unwrap();
    let examined = examine(rpm).unwrap();
    let verdict = judge(&examined, plan.target.profile(), None, &Levels::default()).unwrap();
    let texts: Vec<&str> = verdict
        .refusals
        .iter()
        .map(|r| r.text.split(" is ").next().unwrap())
        .collect();
    assert_eq!(
        texts,
        [
            "its SHA-1 of the header",
            "its SHA-256 of the header",
            "its MD5 of header and payload"
        ]
    );
}

#[test]
fn a_feature_that_the_target_lacks_is_named() {
    let folder = Folder::new();
    let mut draft = small();
    draft.nevra.evr.version = "1.2^git1".into();
    let plan = Plan::complete(draft.clone()).unwrap();
    let error = folder.publish(&plan).unwrap_err();
    assert_eq!(error.failure(), Failure::Project);
    let Error::Refused { refusals, .. } = error else {
        panic!("{error}");
    };
    insta::assert_snapshot!(refusals[0].text, @"it needs rpmlib(CaretInVersions) 4.15.0-1, which rpm 4.11.3 of CentOS 7 does not have; rpm has it since 4.14.3");
    assert_eq!(refusals.len(), 1);
    draft.target = target::find("centos8").unwrap();
    folder.publish(&Plan::complete(draft).unwrap()).unwrap();
}

#[test]
fn what_is_read_back_is_described() {
    let folder = Folder::new();
    let plan = Plan::complete(fixture::draft()).unwrap();
    let path = folder.publish(&plan).unwrap();
    let rpm = ReadRpm::open(&path).unwrap();
    let described = describe(rpm.metadata()).unwrap();
    insta::assert_snapshot!(tree(&described), @r"
        hello-1.2.0~rc.1-1.el7.x86_64
        ├── etc/hello/
        │   └── hello.toml       0640       9 B config noreplace
        ├── usr/
        │   ├── bin/
        │   │   ├── hello        0755   2.9 KiB
        │   │   └── hi -> hello
        │   └── share/
        │       ├── hello/
        │       │   ├── big      0644 683.6 KiB
        │       │   └── empty    0644       0 B
        │       └── licenses/hello/
        │           └── LICENSE  0644       4 B license
        └── var/lib/hello/       0750
            └── state            0600       0 B ghost
        ");
    assert_eq!(described.requires[3], "config(hello) = 1.2.0~rc.1-1.el7");
}

#[test]
fn a_signal_while_it_is_read_back_keeps_the_package_from_its_name() {
    let folder = Folder::new();
    let plan = Plan::complete(fixture::draft()).unwrap();
    let interrupted = Interrupt::new();
    let written = write(&plan, folder.path(), &Options::new(&interrupted), &Quiet).unwrap();
    interrupted.raise(15);
    let error = verify(
        written,
        &plan,
        &Levels::default(),
        None,
        &super::Options::new(&interrupted),
    )
    .unwrap_err();
    assert_eq!(error.failure(), Failure::Signal(15));
    assert_eq!(folder.names(), Vec::<String>::new());
}

#[test]
fn a_newer_glibc_than_the_targets_is_refused() {
    let folder = Folder::new();
    let mut draft = small();
    for version in ["GLIBC_2.2.5", "GLIBC_2.18", "GLIBC_2.34", "GLIBC_PRIVATE"] {
        let name = format!("libc.so.6({version})(64bit)");
        draft
            .dependencies
            .requires
            .push(Dependency::any(name, "the ELF file"));
    }
    let error = folder.publish(&Plan::complete(draft).unwrap()).unwrap_err();
    assert_eq!(error.failure(), Failure::Project);
    let Error::Refused { refusals, .. } = error else {
        panic!("{error}");
    };
    let texts: Vec<&str> = refusals.iter().map(|r| r.text.as_str()).collect();
    insta::assert_snapshot!(texts.join("\n"), @"it needs libc.so.6(GLIBC_2.34)(64bit), and CentOS 7 has glibc 2.17");
}

#[test]
fn a_file_of_another_length_than_it_says_is_not_whole() {
    let folder = Folder::new();
    let path = folder.publish(&Plan::complete(small()).unwrap()).unwrap();
    let length = std::fs::metadata(&path).unwrap().len();
    let rpm = ReadRpm::open(&path).unwrap();
    whole(rpm.metadata(), length).unwrap();
    for (length, text) in [
        (length - 1, "it ends too early, at byte"),
        (length + 1, "it goes on after its end, at byte"),
    ] {
        let error = whole(rpm.metadata(), length).unwrap_err();
        assert!(error.to_string().contains(text), "{error}");
        assert_eq!(error.failure(), Failure::Project);
    }
}

#[test]
fn capabilities_are_read_back_and_need_a_feature_of_rpm() {
    let folder = Folder::new();
    let mut draft = small();
    for file in &mut draft.files {
        if file.path.as_str() == "/usr/bin/hello" {
            file.caps = Some(capabilities("cap_net_raw,cap_net_bind_service+ep"));
        }
    }
    let path = folder.publish(&Plan::complete(draft).unwrap()).unwrap();
    let rpm = ReadRpm::open(&path).unwrap();
    let described = describe(rpm.metadata()).unwrap();
    let caps: Vec<&str> = described
        .files
        .iter()
        .map(|file| file.caps.as_str())
        .collect();
    let hello = described
        .files
        .iter()
        .position(|file| file.path == "/usr/bin/hello");
    assert_eq!(caps[hello.unwrap()], "cap_net_bind_service,cap_net_raw=ep");
    assert_eq!(caps.concat(), caps[hello.unwrap()], "of no other file");
    assert!(
        described
            .requires
            .contains(&"rpmlib(FileCaps) <= 4.6.1-1".to_owned())
    );
    assert!(tree(&described).contains("cap_net_bind_service,cap_net_raw=ep"));
}
