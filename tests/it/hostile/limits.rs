//! What is far too large, or never ends, is refused within bounds of memory and time, and the message
//! says which limit it is.

use crate::support::not_run;
use crate::support::project::Project;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const MIB: u64 = 1 << 20;

/// The longest that anything here may take, on a machine that does other things too.
const TIME: Duration = Duration::from_secs(60);

/// How a run ended.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    said: String,
    /// The most memory that it had at a time, in bytes, without the pages of its own file.
    peak: u64,
}

/// Runs the program and watches it; one that does not end in time is ended.
fn watch(project: &Project, arguments: &[&str]) -> Ended {
    let mut command = project.ambot_command(arguments);
    let log = project.path().join("said");
    let out = File::create(&log).unwrap();
    let err = out.try_clone().unwrap();
    let mut child = command.stdout(out).stderr(err).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let number = |key: &str| -> Option<u64> {
        let text = fs::read_to_string(&status).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix(key))?;
        line.split_whitespace().next()?.parse().ok()
    };
    let (mut peak, mut mapped, since) = (0, 0, Instant::now());
    let code = loop {
        peak = number("VmHWM:").unwrap_or(peak);
        mapped = number("RssFile:").unwrap_or(mapped);
        if let Some(ended) = child.try_wait().unwrap() {
            break ended.code();
        }
        if since.elapsed() > TIME {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("{arguments:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let mut said = String::new();
    let _ = File::open(log).unwrap().take(MIB).read_to_string(&mut said);
    Ended {
        code,
        said,
        peak: peak.saturating_sub(mapped) << 10,
    }
}

/// It is refused with these words and exit code, within this memory.
#[track_caller]
fn refused(project: &Project, arguments: &[&str], words: &str, code: i32, most: u64) {
    let ended = watch(project, arguments);
    assert_eq!(ended.code, Some(code), "{arguments:?}: {}", ended.said);
    let flat: Vec<&str> = ended.said.split_whitespace().collect();
    assert!(
        flat.join(" ").contains(words),
        "{arguments:?}: {}",
        ended.said
    );
    assert!(ended.peak < most, "{arguments:?}: {} MiB", ended.peak / MIB);
}

/// A file that has this size and takes no room.
fn sparse(path: &Path, size: u64) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    File::create(path).unwrap().set_len(size).unwrap();
}

fn make_pipe(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
}

const LARGE: u64 = 1 << 30;

#[test]
fn a_text_of_the_project_that_is_too_large_is_refused() {
    for (file, setting, size) in [
        (".ambot/services/hello.service", "", "1.0 MiB"),
        (
            "post.sh",
            "scriptlets = { post = { file = \"post.sh\" } }",
            "16.0 MiB",
        ),
        ("CHANGES.md", "changelog = \"CHANGES.md\"", "16.0 MiB"),
        ("hello.1", "man = [\"hello.1\"]", "16.0 MiB"),
    ] {
        let project = match setting {
            "" => Project::with_unit(""),
            setting => {
                let project = Project::hello();
                project.set(setting);
                project
            }
        };
        sparse(&project.path().join(file), LARGE);
        project.place_binary();
        let words = format!("larger than {size}, the most that is read");
        let package = ["package", "--no-build", "-t", "el8", "--format", "rpm"];
        refused(&project, &package, &words, 3, 96 * MIB);
    }
}

#[test]
fn what_never_ends_is_read_to_a_limit_or_not_at_all() {
    let project = Project::hello();
    let package = project.package(crate::support::project::Target::CentOs8, &[]);
    let package = package.to_str().unwrap();
    let limit = "larger than 4.0 MiB, the most that is read";
    for (arguments, words, code) in [
        (&["sign", package, "--sign-key", "/dev/zero"][..], limit, 3),
        (
            &[
                "sign",
                package,
                "--sign-command",
                "cat",
                "--sign-public-key",
                "/dev/zero",
            ],
            limit,
            3,
        ),
        (&["inspect", package, "--key", "/dev/zero"], limit, 3),
        (&["inspect", "/dev/zero"], "not a sound RPM", 3),
        (&["check", "/dev/zero"], "no regular file", 3),
        (&["sign", "/dev/zero"], "no regular file", 3),
        (&["repo", "add", "repo", "/dev/zero"], "no regular file", 3),
    ] {
        refused(&project, arguments, words, code, 64 * MIB);
    }
    make_pipe(&project.path().join("a.service"));
    for arguments in [
        &["check", "a.service"][..],
        &["sign", "a.service", "--sign-key", "a.service"],
        &["sign", "a.service", "-t", "el8", "--sign-command", "cat"],
    ] {
        refused(&project, arguments, "no regular file", 3, 64 * MIB);
    }
    let pipes = [
        ("post.sh", "scriptlets = { post = { file = \"post.sh\" } }"),
        ("CHANGES.md", "changelog = \"CHANGES.md\""),
    ];
    for (file, setting) in pipes {
        let project = Project::hello();
        project.set(setting);
        let path = project.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        make_pipe(&path);
        project.place_binary();
        let package = ["package", "--no-build", "-t", "el8"];
        refused(&project, &package, "no regular file", 3, 96 * MIB);
    }
    // A unit on standard input that goes on and on.
    let mut command = project.ambot_command(&["check", "-t", "el8", "-"]);
    command.stdin(File::open("/dev/zero").unwrap());
    let run = project.run(&mut command);
    assert_eq!(run.code, Some(3), "{}", run.snapshot());
    assert!(
        run.stderr.contains("the most that is read"),
        "{}",
        run.stderr
    );
}

#[test]
fn settings_that_go_deep_or_on_and_on_end_soon() {
    let deep =
        |open: &str, close: &str| format!("x = {}{}", open.repeat(20_000), close.repeat(20_000));
    let dotted = format!("{}a = 1", "a.".repeat(20_000));
    let inline = deep("{ a = ", "}");
    for line in [deep("[", "]"), dotted, inline] {
        let project = Project::hello();
        project.set(&line);
        let ended = watch(&project, &["generate", "-t", "el8"]);
        assert_eq!(
            ended.code,
            Some(3),
            "{}",
            ended.said.get(..400).unwrap_or_default()
        );
        assert!(ended.peak < 256 * MIB, "{} MiB", ended.peak / MIB);
    }
    // Settings without end, each of them good.
    let project = Project::hello();
    let entries: String = (0..20_000)
        .map(|n| format!("  {{ dest = \"/usr/share/hello/{n}\", target = \"a\" }},\n"))
        .collect();
    project.set(&format!("symlinks = [\n{entries}]"));
    let ended = watch(&project, &["generate", "-t", "el8"]);
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert!(ended.peak < 512 * MIB, "{} MiB", ended.peak / MIB);
    // A unit of one line, and one of many.
    let line = format!(
        "[Service]\nExecStart=/usr/bin/hello {}\n",
        "x ".repeat(40_000)
    );
    let lines = format!(
        "[Service]\nExecStart=/usr/bin/hello\n{}",
        "Environment=A=1\n".repeat(40_000)
    );
    for unit in [line, lines] {
        let project = Project::with_unit(&unit);
        let ended = watch(&project, &["check", "-t", "el7,el8"]);
        assert!(matches!(ended.code, Some(0 | 1 | 3)), "{:?}", ended.code);
        assert!(ended.peak < 512 * MIB, "{} MiB", ended.peak / MIB);
    }
}

/// So many zeros, packed; some kinds write them as fast as that.
fn zeros(packer: &[&str], size: u64) -> Option<Vec<u8>> {
    let program = crate::support::find_program(packer[0])?;
    let mut command = Command::new(program);
    let command = command
        .args(&packer[1..])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        let block = vec![b' '; MIB as usize];
        for _ in 0..size / MIB {
            if input.write_all(&block).is_err() {
                return;
            }
        }
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Some(output.stdout)
}

/// A repository whose metadata unpack to far more than they are.
#[test]
fn metadata_that_unpack_without_end_are_refused() {
    for (packer, name) in [
        (&["gzip", "-1"][..], "gz"),
        (&["xz", "-0"], "xz"),
        (&["zstd", "-1", "-q"], "zst"),
        (&["bzip2", "-1"], "bz2"),
    ] {
        let Some(bomb) = zeros(packer, 512 * MIB) else {
            not_run::note(&format!("{}: not run", packer[0]));
            continue;
        };
        let project = Project::hello();
        let file = |kind: &str| format!("repodata/{kind}.xml.{name}");
        fs::create_dir_all(project.path().join("repo/repodata")).unwrap();
        let kinds = ["primary", "filelists", "other"];
        let records = kinds.map(|kind| {
            fs::write(project.path().join("repo").join(file(kind)), &bomb).unwrap();
            format!(
                "<data type=\"{kind}\"><location href=\"{}\"/></data>",
                file(kind)
            )
        });
        let repomd = format!(
            "<repomd xmlns=\"http://linux.duke.edu/metadata/repo\">{}</repomd>",
            records.concat()
        );
        project.write("repo/repodata/repomd.xml", &repomd);
        refused(
            &project,
            &["repo", "list", "repo"],
            "metadata",
            3,
            192 * MIB,
        );
        project.set("repos = [\"repo\"]");
        let ended = watch(&project, &["check", "-t", "el8", "--names=require"]);
        assert!(
            ended.peak < 192 * MIB,
            "{}: {} MiB",
            packer[0],
            ended.peak / MIB
        );
    }
}

#[test]
fn patterns_that_are_too_deep_or_too_long_are_refused() {
    let braces = |depth: usize| format!("{}*{}", "{".repeat(depth), "}".repeat(depth));
    for (pattern, words) in [
        (braces(300), "16 deep"),
        (braces(50_000), "longer than 4096 bytes"),
        ("?".repeat(1_000_000), "longer than 4096 bytes"),
    ] {
        for setting in [
            format!("files = [{{ source = \"{pattern}\", dest = \"/usr/share/x/\" }}]"),
            format!("auto-requires = {{ exclude = [\"{pattern}\"] }}"),
        ] {
            let project = Project::hello();
            project.set(&setting);
            let ended = watch(&project, &["check", "-t", "el8"]);
            assert_eq!(ended.code, Some(3), "{}", ended.said);
            assert!(ended.said.contains(words), "{}", ended.said);
        }
    }
    let project = Project::hello();
    fs::create_dir(project.path().join("repo")).unwrap();
    let names = ["repo", "names", &braces(300), "--repo", "repo"];
    refused(&project, &names, "16 deep", 2, 64 * MIB);
}

#[test]
fn a_message_of_many_braces_is_told_soon() {
    let line = format!("{}=1\n", "{".repeat(400_000));
    let project = Project::with_unit(&format!("[Service]\nExecStart=/usr/bin/hello\n{line}"));
    let ended = watch(&project, &["check", "-t", "el8"]);
    assert!(matches!(ended.code, Some(0 | 1)), "{:?}", ended.code);
    let href = format!("../{}", "{".repeat(400_000));
    let record = format!("<data type=\"primary\"><location href=\"{href}\"/></data>");
    let repomd = format!("<repomd xmlns=\"http://linux.duke.edu/metadata/repo\">{record}</repomd>");
    project.write("repo/repodata/repomd.xml", &repomd);
    let ended = watch(&project, &["repo", "list", "repo"]);
    assert_eq!(ended.code, Some(3));
}

#[test]
fn a_path_that_no_file_system_takes_is_refused_before_anything_is_made() {
    for (dest, words) in [
        ("/a".repeat(20_000), "longer than 4095 bytes"),
        (format!("/{}", "a".repeat(256)), "longer than 255 bytes"),
    ] {
        let project = Project::hello();
        project.write("etc/a", "a");
        project.set(&format!(
            "files = [{{ source = \"etc/a\", dest = \"{dest}\" }}]"
        ));
        refused(&project, &["check", "-t", "el8"], words, 3, 128 * MIB);
    }
}

/// Elements without end hold what was read of them.
#[test]
fn metadata_of_packages_without_end_are_refused() {
    let element = "<package pkgid=\"a\" name=\"a\" arch=\"noarch\"><version epoch=\"0\" ver=\"1\" rel=\"1\"/></package>";
    let project = Project::hello();
    fs::create_dir_all(project.path().join("repo/repodata")).unwrap();
    let path = project.path().join("repo/repodata/all.xml.gz");
    let mut gzip =
        flate2::write::GzEncoder::new(File::create(&path).unwrap(), flate2::Compression::new(1));
    gzip.write_all(b"<filelists xmlns=\"http://linux.duke.edu/metadata/filelists\">")
        .unwrap();
    for number in 0..50_000 {
        let own = format!("pkgid=\"{number}\"");
        gzip.write_all(element.replace("pkgid=\"a\"", &own).as_bytes())
            .unwrap();
    }
    gzip.write_all(b"</filelists>").unwrap();
    gzip.finish().unwrap();
    let records = ["primary", "filelists", "other"].map(|kind| {
        format!("<data type=\"{kind}\"><location href=\"repodata/all.xml.gz\"/></data>")
    });
    let repomd = format!(
        "<repomd xmlns=\"http://linux.duke.edu/metadata/repo\">{}</repomd>",
        records.concat()
    );
    project.write("repo/repodata/repomd.xml", &repomd);
    let ended = watch(&project, &["repo", "list", "repo"]);
    assert_eq!(ended.code, Some(3), "{}", ended.said);
    assert!(ended.peak < 512 * MIB, "{} MiB", ended.peak / MIB);
}
