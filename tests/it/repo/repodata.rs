//! Repodata beside createrepo_c's, compared as data.

use crate::support::project::{Project, Target, ambot};
use crate::support::{find_program, not_run, spec, succeed};
use flate2::read::GzDecoder;
use quick_xml::Reader;
use quick_xml::events::Event;
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A package with everything that repodata tell in a way of their own.
const RICH: &str = r#"Name: rich
Epoch: 3
Version: 1.2~rc1
Release: 4.el8
Summary: Rich & <poor> "dependencies"
License: MIT or <GPL>
Group: Applications/System
Vendor: Ünïcode & Co
Packager: Me <me@example.org>
URL: https://example.org/?a=1&b=2
Requires: (foo if bar)
Requires(pre): shadow-utils
Requires(post): systemd >= 219
Requires(pretrans): before
Requires(posttrans): after
Requires: /bin/sh, /etc/rich.conf, /opt/other, twice, twice
Requires: rich-self = 2, rich-self >= 1
Provides: rich-self = 2, bundled(x) = 1:2.3-4
Recommends: weak >= 1
Suggests: weaker
Supplements: (bash and zsh)
Enhances: enhanced < 3
Conflicts: evil <= 2:1.0, worse > 1-1
Obsoletes: oldrich < 1
Requires: libc.so.6(GLIBC_2.4)(64bit), libc.so.6(GLIBC_2.17)(64bit), libc.so.6()(64bit)
BuildArch: noarch
%description
A long description
 with  spaces & lines ]]> ünï.

Second paragraph.
%package sub
Summary: Sub
%description sub
Sub.
%install
mkdir -p %{buildroot}/etc/rich %{buildroot}/usr/bin %{buildroot}/usr/sbin %{buildroot}/usr/lib
mkdir -p %{buildroot}/usr/lib/systemd/system %{buildroot}/var/lib/rich/a
mkdir -p "%{buildroot}/usr/share/rich/sp ace&<>"
echo x > %{buildroot}/etc/rich.conf
echo y > %{buildroot}/usr/bin/rich
ln -s ../bin/rich %{buildroot}/usr/sbin/richd
ln -s x %{buildroot}/usr/lib/sendmail
echo u > %{buildroot}/usr/lib/systemd/system/rich.service
echo s > "%{buildroot}/usr/share/rich/sp ace&<>/f"
%files
%config(noreplace) /etc/rich.conf
%dir /etc/rich
/usr/bin/rich
/usr/sbin/richd
/usr/lib/sendmail
/usr/lib/systemd/system/rich.service
%dir /var/lib/rich
%dir /var/lib/rich/a
/usr/share/rich
%ghost /var/lib/rich/state
%ghost %dir /var/lib/rich/gdir
%ghost /etc/rich.ghost
%files sub
%pre
exit 0
"#;

/// Twelve changes, most of them of the same days as others.
fn changelog() -> String {
    let days = ["Wed May 01", "Tue Apr 30", "Mon Apr 29", "Mon Apr 01"];
    let line = |number: usize| {
        let day = days[number / 3];
        format!(
            "* {day} 2024 Someone & Co <a@b.c>   - 1.{number}-1\n- change {number} <b>&amp; é\n\n"
        )
    };
    (0..12).map(line).collect::<String>()
}

/// An element with all that is in it, a line each.
fn lines(xml: &str) -> Vec<String> {
    let mut reader = Reader::from_str(xml);
    let mut path: Vec<String> = Vec::new();
    let mut lines = Vec::new();
    let mut text = String::new();
    let open = |start: &quick_xml::events::BytesStart<'_>| {
        let mut attributes: Vec<String> = start
            .attributes()
            .map(|attribute| {
                let attribute = attribute.unwrap();
                let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0);
                format!(" {}={:?}", attribute.key.as_ref(), value.unwrap())
            })
            .collect();
        attributes.sort();
        format!("{}{}", start.name().as_ref(), attributes.concat())
    };
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                path.push(open(&start));
                text.clear();
                lines.push(format!("{}>", path.join("/")));
            }
            Event::Empty(start) => {
                lines.push(format!("{}/{}>", path.join("/"), open(&start)));
            }
            Event::Text(read) => text.push_str(&read.xml10_content()),
            Event::GeneralRef(read) => {
                let known = read.resolve_char_ref().unwrap().map(String::from);
                let name = read.xml10_content();
                let entity = || quick_xml::escape::resolve_predefined_entity(&name).unwrap();
                text.push_str(&known.unwrap_or_else(|| entity().to_owned()));
            }
            Event::End(_) => {
                if !text.trim().is_empty() {
                    lines.push(format!("{}>{text:?}", path.join("/")));
                }
                text.clear();
                path.pop();
            }
            Event::Eof => return lines,
            _ => {}
        }
    }
}

/// The metadata of a kind: each package by its digest.
fn packages(repository: &Path, kind: &str) -> BTreeMap<String, Vec<String>> {
    let repomd = fs::read_to_string(repository.join("repodata/repomd.xml")).unwrap();
    let of_kind = repomd.split(&format!("type=\"{kind}\"")).nth(1).unwrap();
    let href = of_kind
        .split("href=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let mut xml = String::new();
    let packed = fs::File::open(repository.join(href)).unwrap();
    GzDecoder::new(packed).read_to_string(&mut xml).unwrap();
    let mut all = BTreeMap::new();
    for package in xml.split("<package ").skip(1) {
        let package = format!("<package {}", package.split("</package>").next().unwrap());
        let lines = lines(&format!("{package}</package>"));
        let of = |mark: &str| {
            package
                .split(mark)
                .nth(1)
                .map(|rest| rest.split(['"', '<']).next().unwrap())
        };
        let digest = of("pkgid=\"YES\">").or_else(|| of("pkgid=\"")).unwrap();
        all.insert(digest.to_owned(), lines);
    }
    let count = format!("packages=\"{}\"", all.len());
    assert!(xml.contains(&count), "{count} is not said");
    all
}

/// What differs between two repositories of the same packages.
fn differences(ours: &Path, theirs: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for kind in ["primary", "filelists", "other"] {
        let (ours, theirs) = (packages(ours, kind), packages(theirs, kind));
        assert!(ours.keys().eq(theirs.keys()), "{kind}: other packages");
        for (digest, own) in &ours {
            let other = &theirs[digest];
            let location = other.iter().find(|line| line.contains("/location "));
            let name = location.unwrap_or(&other[0]);
            let only = |these: &[String], others: &[String], mark: &str| {
                let lines = these.iter().filter(|line| !others.contains(line));
                let told = lines.map(|line| format!("{kind} {mark} {line} ({name})"));
                told.collect::<Vec<_>>()
            };
            found.extend(only(own, other, "+"));
            found.extend(only(other, own, "-"));
            let pairs = own.iter().zip(other);
            if let Some((own, other)) = pairs.clone().find(|(own, other)| own != other) {
                found.push(format!("{kind}: in another order\n  {own}\n  {other}"));
            }
        }
    }
    found
}

/// The RPMs that are put side by side: ours, and others with all that rpmbuild knows.
fn rpms(project: &Project) -> Vec<PathBuf> {
    let folder = project.path();
    project.set(
        "recommends = { curl = \">= 7.29\" }\nusers = { hello = { home = \"/var/lib/hello\" } }",
    );
    let mut rpms = vec![
        project.package(Target::CentOs7, &[]),
        project.package(Target::CentOs8, &["--rpm-release", "2"]),
    ];
    let rich = format!("{RICH}%changelog\n{}", changelog());
    rpms.extend(spec::build(folder, "rich", &rich, &["-ba"]));
    rpms.push(spec::noarch(folder, "empty", "1", "", &[]));
    rpms.push(spec::noarch(
        folder,
        "old",
        "1.0^git1",
        "Epoch: 0\n",
        &["/opt/old"],
    ));
    rpms
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn repodata_are_those_of_createrepo_c() {
    let Some(createrepo) = find_program("createrepo_c") else {
        return not_run::note("createrepo_c: not there, so repodata: not compared");
    };
    let project = Project::hello();
    let rpms = rpms(&project);
    assert!(rpms.len() >= 7, "{rpms:?}");
    let (ours, theirs) = (project.path().join("ours"), project.path().join("theirs"));
    let files: Vec<&str> = rpms.iter().map(|path| text(path)).collect();
    let run = ambot(&[&["repo", "add", text(&ours)][..], &files].concat());
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    fs::create_dir(&theirs).unwrap();
    for entry in fs::read_dir(&ours).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rpm") {
            // With its time, which is among the metadata.
            fs::hard_link(&path, theirs.join(path.file_name().unwrap())).unwrap();
        }
    }
    let output = Command::new(createrepo)
        .arg("-q")
        .arg(&theirs)
        .output()
        .unwrap();
    succeed("createrepo_c", &output);
    let found = differences(&ours, &theirs);
    assert!(found.is_empty(), "{}", found.join("\n"));
    // That the comparison sees anything at all.
    let all = packages(&ours, "primary")
        .into_values()
        .flatten()
        .collect::<Vec<_>>();
    for what in [
        "pre=\"1\"",
        "rpm:recommends",
        "(foo if bar)",
        "rel=\"4.el8\"",
        "/etc/rich.ghost",
        "header-range",
    ] {
        assert!(all.iter().any(|line| line.contains(what)), "{what}");
    }
    let changes = packages(&ours, "other").into_values().flatten();
    assert_eq!(changes.filter(|line| line.contains("change 9")).count(), 3);

    // With createrepo_c asked for, its own files are put in place.
    let handed = project.path().join("handed");
    let run = ambot(&[&["repo", "add", "--createrepo", text(&handed)][..], &files].concat());
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    let found = differences(&handed, &theirs);
    assert!(found.is_empty(), "{}", found.join("\n"));
    let left: Vec<_> = fs::read_dir(&handed)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(
        left.len(),
        rpms.len() + 2,
        "packages, repodata and lock: {left:?}"
    );
}

#[test]
fn what_createrepo_c_made_is_kept_as_it_is() {
    let Some(createrepo) = find_program("createrepo_c") else {
        return not_run::note("createrepo_c: not there, so its repositories: not kept");
    };
    let project = Project::hello();
    let folder = project.path().join("repo");
    let below = folder.join("Packages/o");
    fs::create_dir_all(&below).unwrap();
    let old = spec::noarch(project.path(), "old", "1", "", &["/etc/old.conf"]);
    fs::copy(&old, below.join("old-1-1.noarch.rpm")).unwrap();
    let groups =
        "<?xml version=\"1.0\"?>\n<comps><group><id>g</id><name>G</name></group></comps>\n";
    project.write("comps.xml", groups);
    let run = |arguments: &[&str]| {
        let output = Command::new(&createrepo)
            .arg("-q")
            .args(arguments)
            .arg(&folder)
            .output();
        succeed("createrepo_c", &output.unwrap())
    };
    let comps = project.path().join("comps.xml");
    for compression in ["gz", "xz", "bz2"] {
        run(&[
            "--database",
            "--general-compress-type",
            compression,
            "-g",
            text(&comps),
        ]);
        let modules = project.path().join("modules.yaml");
        fs::write(&modules, "---\ndocument: modulemd\n").unwrap();
        let output = Command::new("modifyrepo_c")
            .args(["--mdtype", "modules"])
            .arg(&modules)
            .arg(folder.join("repodata"))
            .output();
        succeed("modifyrepo_c", &output.unwrap());
        let before = fs::read_to_string(folder.join("repodata/repomd.xml")).unwrap();
        let version = format!(
            "{}",
            compression.len() + usize::from(compression.as_bytes()[0])
        );
        let new = spec::noarch(project.path(), "new", &version, "", &["/etc/new.conf"]);
        let added = ambot(&["repo", "add", text(&folder), text(&new)]);
        assert_eq!(added.code, Some(0), "{compression}\n{}", added.snapshot());
        let after = fs::read_to_string(folder.join("repodata/repomd.xml")).unwrap();
        for kind in ["group", "modules"] {
            let record = |text: &str| {
                let rest = text
                    .split(&format!("<data type=\"{kind}\">"))
                    .nth(1)
                    .unwrap();
                rest.split("</data>").next().unwrap().to_owned()
            };
            assert_eq!(record(&before), record(&after));
            let href = record(&after);
            let href = href
                .split("href=\"")
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap();
            assert!(folder.join(href).is_file(), "{href}");
        }
        assert!(
            !after.contains("primary_db"),
            "a database of the packages before"
        );
        let packages = packages(&folder, "primary")
            .into_values()
            .flatten()
            .collect::<Vec<_>>();
        assert!(
            packages
                .iter()
                .any(|line| line.contains("Packages/o/old-1-1.noarch.rpm"))
        );
        assert!(
            packages
                .iter()
                .any(|line| line.contains(&format!("new-{version}-1.noarch.rpm")))
        );
    }
    // createrepo_c goes on where we stopped, and reads no package again.
    let read = project.path().join("read");
    run(&["--update", "--read-pkgs-list", text(&read)]);
    assert_eq!(fs::read_to_string(read).unwrap(), "");
    assert_eq!(packages(&folder, "primary").len(), 4);
}
