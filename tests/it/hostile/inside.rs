//! What is unpacked, installed, published or deleted stays inside the folder that was named.

use crate::support::ground::is_root;
use crate::support::project::{Project, Run};
use crate::support::spec::noarch;
use crate::support::{find_program, not_run, succeed};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{lchown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A folder beside a project's, with a file that nobody may change, delete or even touch.
struct Outside {
    folder: tempfile::TempDir,
    time: SystemTime,
}

impl Outside {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let outside = Outside {
            folder,
            time: SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000),
        };
        fs::write(outside.precious(), "precious").unwrap();
        let file = fs::File::options().write(true).open(outside.precious());
        file.unwrap().set_modified(outside.time).unwrap();
        outside
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn precious(&self) -> PathBuf {
        self.path().join("precious.rpm")
    }

    #[track_caller]
    fn is_untouched(&self, when: &str) {
        let names = fs::read_dir(self.path()).unwrap();
        let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["precious.rpm"], "{when}");
        assert_eq!(fs::read(self.precious()).unwrap(), b"precious", "{when}");
        let facts = fs::metadata(self.precious()).unwrap();
        assert_eq!(facts.modified().unwrap(), self.time, "{when}");
    }
}

/// An archive with a file and a folder below `/var/lib/hello`, which is the service's own, unpacked.
fn archive() -> (Project, PathBuf) {
    let project = Project::hello();
    project.set(
        "users = { hello = {} }\n\
         dirs = [{ dest = \"/var/lib/hello\", user = \"hello\" }, { dest = \"/var/lib/hello/sub\", user = \"hello\" }]\n\
         files = [{ source = \"LICENSE\", dest = \"/var/lib/hello/sub/precious.rpm\" }]",
    );
    project.place_binary();
    let arguments = [
        "package",
        "--no-build",
        "-q",
        "--format",
        "tar.gz",
        "-t",
        "el8",
    ];
    let run = project.ambot(&arguments);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    let archive = project.path().join(run.stdout.trim());
    let mut tar = Command::new("tar");
    let tar = tar.arg("-xzf").arg(&archive).arg("-C").arg(project.path());
    succeed("tar", &tar.output().unwrap());
    let name = archive.file_name().unwrap().to_str().unwrap();
    let top = project.path().join(name.strip_suffix(".tar.gz").unwrap());
    (project, top)
}

fn script(top: &Path, name: &str, root: &Path) -> (bool, String) {
    let mut command = Command::new("sh");
    let output = command.arg(top.join(name)).arg("--root").arg(root).output();
    let output = output.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.success(), said)
}

/// Another root's absolute links mean its own folders; followed from here they lead to this system's.
#[test]
fn an_archive_is_installed_into_its_root_whatever_links_are_there() {
    if !is_root() {
        return not_run::note("not root, so nothing can be installed: not run");
    }
    let (_project, top) = archive();
    for link in ["var", "var/lib", "var/lib/hello", "var/lib/hello/sub"] {
        let (root, outside) = (tempfile::tempdir().unwrap(), Outside::new());
        let link = root.path().join(link);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(outside.path(), &link).unwrap();
        let (done, said) = script(&top, "install.sh", root.path());
        assert!(!done, "{}: {said}", link.display());
        assert!(said.contains("leads out of"), "{said}");
        outside.is_untouched(&format!("{} with {said}", link.display()));
        // A link that came after the installation.
        fs::remove_file(&link).unwrap();
        let (done, said) = script(&top, "install.sh", root.path());
        assert!(done, "{said}");
        if link.ends_with("sub") {
            fs::remove_dir_all(&link).unwrap();
            symlink(outside.path(), &link).unwrap();
            let (_, said) = script(&top, "uninstall.sh", root.path());
            assert!(said.contains("is left there"), "{said}");
            outside.is_untouched(&said);
        }
    }
}

/// Who runs as the service may put a link where its folder was, and wait for the next version.
#[test]
fn a_link_of_the_service_gives_away_nothing_of_root() {
    if !is_root() {
        return not_run::note("not root, so nothing can be installed: not run");
    }
    let (_project, top) = archive();
    let root = tempfile::tempdir().unwrap();
    let (done, said) = script(&top, "install.sh", root.path());
    assert!(done, "{said}");
    // Within the root, so that it leads nowhere else.
    let precious = root.path().join("etc/precious");
    fs::create_dir_all(&precious).unwrap();
    let sub = root.path().join("var/lib/hello/sub");
    fs::remove_dir_all(&sub).unwrap();
    symlink("../../../etc/precious", &sub).unwrap();
    lchown(&sub, Some(12345), Some(12345)).unwrap();
    let (done, said) = script(&top, "install.sh", root.path());
    assert!(!done && said.contains("link that is not root's"), "{said}");
    assert_eq!(fs::read_dir(&precious).unwrap().count(), 0);
    fs::write(precious.join("precious.rpm"), "precious").unwrap();
    let (_, said) = script(&top, "uninstall.sh", root.path());
    assert!(precious.join("precious.rpm").is_file(), "{said}");
    // Root's own link is the way to another disk.
    lchown(&sub, Some(0), Some(0)).unwrap();
    let (done, said) = script(&top, "install.sh", root.path());
    assert!(done, "{said}");
    assert!(precious.join("precious.rpm").is_file());
}

/// A repository of ours whose metadata somebody has rewritten.
struct Rewritten {
    project: Project,
    outside: Outside,
}

impl Rewritten {
    /// `change` makes of `primary.xml`, and `records` of `repomd.xml`, what they are then.
    fn new(change: &dyn Fn(String) -> String, records: &dyn Fn(String) -> String) -> Self {
        let rewritten = Rewritten {
            project: Project::hello(),
            outside: Outside::new(),
        };
        let one = noarch(rewritten.project.path(), "one", "1", "", &["/opt/one"]);
        rewritten.succeed(&["add", "repo", text(&one)]);
        let repodata = rewritten.project.path().join("repo/repodata");
        let repomd = fs::read_to_string(repodata.join("repomd.xml")).unwrap();
        let names = fs::read_dir(&repodata).unwrap();
        let mut names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let primary = names.find(|name| name.contains("primary")).unwrap();
        let packed = fs::read(repodata.join(&primary)).unwrap();
        let mut xml = String::new();
        let mut unpacked = flate2::read::GzDecoder::new(packed.as_slice());
        unpacked.read_to_string(&mut xml).unwrap();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(1));
        gzip.write_all(change(xml).as_bytes()).unwrap();
        let changed = gzip.finish().unwrap();
        let digest = |bytes: &[u8]| -> String {
            let digest = Sha256::digest(bytes);
            digest.iter().map(|byte| format!("{byte:02x}")).collect()
        };
        fs::write(repodata.join(&primary), &changed).unwrap();
        let repomd = records(repomd).replace(
            &format!("<checksum type=\"sha256\">{}", digest(&packed)),
            &format!("<checksum type=\"sha256\">{}", digest(&changed)),
        );
        fs::write(repodata.join("repomd.xml"), repomd).unwrap();
        rewritten
    }

    fn run(&self, arguments: &[&str]) -> Run {
        self.project.ambot(&[&["repo"], arguments].concat())
    }

    #[track_caller]
    fn succeed(&self, arguments: &[&str]) {
        let run = self.run(arguments);
        assert_eq!(run.code, Some(0), "{}", run.snapshot());
    }
}

#[test]
fn metadata_of_others_neither_delete_nor_touch_what_lies_elsewhere() {
    let own = "href=\"one-1-1.noarch.rpm\"";
    let outside = |of: &Outside| text(&of.precious()).to_owned();
    let hrefs: [&dyn Fn(&Outside) -> String; 6] = [
        &|of| format!("href=\"{}\"", outside(of)),
        &|of| format!("href=\"../../..{}\"", outside(of)),
        &|of| format!("href=\"sub/../../../../../../..{}\"", outside(of)),
        &|of| format!("href=\"precious.rpm\" xml:base=\"{}\"", text(of.path())),
        &|of| {
            format!(
                "href=\"precious.rpm\" xml:base=\"file://{}\"",
                text(of.path())
            )
        },
        &|of| format!("href=\"file://{}\"", outside(of)),
    ];
    for href in hrefs {
        for command in ["remove", "prune", "add", "list"] {
            // The folder outside is known only once there is one.
            let rewritten = Rewritten::new(&|xml| xml, &|repomd| repomd);
            let wanted = href(&rewritten.outside);
            let changed = Rewritten::new(
                &|xml| {
                    assert!(xml.contains(own));
                    xml.replace(own, &wanted)
                },
                &|repomd| repomd,
            );
            let newer = noarch(changed.project.path(), "one", "2", "", &["/opt/one"]);
            if command == "prune" {
                changed.run(&["add", "repo", text(&newer)]);
            }
            let run = match command {
                "remove" => changed.run(&["remove", "repo", "one-1-1.noarch"]),
                "prune" => changed.run(&["prune", "repo", "--keep", "1"]),
                "add" => changed.run(&["add", "repo", text(&newer)]),
                _ => changed.run(&["list", "repo"]),
            };
            assert!(matches!(run.code, Some(0 | 3)), "{}", run.snapshot());
            rewritten
                .outside
                .is_untouched(&format!("{command} {wanted}"));
        }
    }
}

#[test]
fn metadata_that_are_superseded_are_marked_in_their_folder_alone() {
    let known = Rewritten::new(&|xml| xml, &|repomd| repomd);
    let precious = text(&known.outside.precious()).to_owned();
    // Of a kind that nobody reads, so that it is only carried along, until the next change leaves it.
    let record = |repomd: String| {
        let end = "</repomd>";
        let more = format!(
            "<data type=\"primary_zck\"><location href=\"repodata/../../../../../../..{precious}\"/></data>"
        );
        repomd.replace(end, &format!("{more}{end}"))
    };
    let rewritten = Rewritten::new(&|xml| xml, &record);
    let two = noarch(rewritten.project.path(), "two", "1", "", &["/opt/two"]);
    let run = rewritten.run(&["add", "repo", text(&two)]);
    assert!(matches!(run.code, Some(0 | 3)), "{}", run.snapshot());
    known.outside.is_untouched(&run.snapshot());
}

/// Anyone may have made a package, and called it what they like.
#[test]
fn a_package_that_is_called_by_a_path_is_refused() {
    for (name, version, release) in [
        ("../../evil", "1", "1"),
        ("/tmp/evil", "1", "1"),
        ("evil", "1/../../../evil", "1"),
        ("evil", "1", "../../1"),
        (".evil", "1", "1"),
        ("evil\nevil", "1", "1"),
    ] {
        let project = Project::hello();
        let built = rpm::PackageBuilder::new(name, version, "MIT", "noarch", "a package")
            .release(release)
            .using_config(rpm::BuildConfig::default().compression(rpm::CompressionType::Gzip))
            .build();
        let Ok(package) = built else { continue };
        let path = project.path().join("given.rpm");
        package.write_file(&path).unwrap();
        let run = project.ambot(&["repo", "add", "a/b/c/repo", "given.rpm"]);
        assert_eq!(run.code, Some(3), "{name} {version}: {}", run.snapshot());
        let found = super::named(project.path(), "evil");
        assert_eq!(found, Vec::<PathBuf>::new(), "{}", run.snapshot());
    }
}

/// Somebody else who may write into the folder puts links there while a package is unpacked.
#[test]
fn a_link_that_comes_while_a_package_is_unpacked_is_not_followed() {
    let project = Project::hello();
    let files: Vec<String> = (0..60)
        .map(|n| format!("/opt/a/b{n}/c/precious.rpm"))
        .collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let package = noarch(project.path(), "many", "1", "", &files);
    for round in 0..super::rounds(3) {
        let outside = Outside::new();
        let into = project.path().join(format!("into-{round}"));
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut turn = 0;
                while !done.load(Ordering::Relaxed) {
                    let folder = into.join(format!("opt/a/b{}", turn % 60));
                    // Where nothing is yet, and where an empty folder is.
                    let link = match turn % 2 {
                        0 => folder,
                        _ => folder.join("c"),
                    };
                    let _ = fs::remove_dir(&link);
                    let _ = symlink(outside.path(), &link);
                    turn += 1;
                }
            });
            let run = project.ambot(&["inspect", text(&package), "--extract", text(&into)]);
            done.store(true, Ordering::Relaxed);
            assert!(matches!(run.code, Some(0 | 3)), "{}", run.snapshot());
        });
        outside.is_untouched("while it was unpacked");
    }
}

/// The names of a package's files are its maker's: those that lead elsewhere are not unpacked.
#[test]
fn what_real_tools_pack_under_odd_names_is_unpacked_inside() {
    if find_program("rpmbuild").is_none() {
        return not_run::note("rpmbuild: not run");
    }
    let project = Project::hello();
    let outside = Outside::new();
    let spec = format!(
        "Name: odd\nVersion: 1\nRelease: 1\nSummary: odd\nLicense: MIT\nBuildArch: noarch\n\
         %description\nodd\n%install\nmkdir -p %{{buildroot}}/opt/way %{{buildroot}}/dev\n\
         ln -s {0} %{{buildroot}}/opt/out\nln -s .. %{{buildroot}}/opt/up\n\
         echo a > '%{{buildroot}}/opt/way/-rf'\necho a > %{{buildroot}}/opt/way/A\n\
         echo b > %{{buildroot}}/opt/way/a\nln %{{buildroot}}/opt/way/a %{{buildroot}}/opt/way/hard\n\
         cp %{{buildroot}}/opt/way/a %{{buildroot}}/opt/way/suid\nchmod 6755 %{{buildroot}}/opt/way/suid\n\
         %files\n/opt/way\n/opt/out\n/opt/up\n%dev(c,1,8) /dev/memory\n",
        outside.path().display()
    );
    let more = ["-bb", "--define", "_binary_payload w9.gzdio"];
    let package = crate::support::spec::build(project.path(), "odd", &spec, &more).remove(0);
    let run = project.ambot(&["inspect", text(&package), "--extract", "into"]);
    let into = project.path().join("into");
    assert!(into.join("opt/way/-rf").is_file(), "{}", run.snapshot());
    assert!(into.join("opt/way/A").is_file() && into.join("opt/way/a").is_file());
    assert!(!into.join("dev/memory").exists(), "a device is made");
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(into.join("opt/way/suid"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o7000, 0, "no file runs as somebody else");
    outside.is_untouched(&run.snapshot());
}
