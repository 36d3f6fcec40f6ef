//! What is measured: the rows of the table, as data, and the command that each is.

use super::build_command;
use super::measure::{Job, Run};
use super::payload::Payload::{self, Elf5, Elf200, Elf2000, Noise200, Text200};
use super::payload::{files_below, remove};
use super::program::{Compress, Program};
use super::project::{Project, rpms, take_payload};
use super::tools::{Tool, Tools};
use crate::step::Step;
use std::cell::OnceCell;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// One thing that is measured.
pub(super) struct Row {
    /// Its name, which begins with the program's.
    pub(super) name: &'static str,
    /// The payloads that it is measured with.
    pub(super) on: &'static [Payload],
    /// The row that its time is told as a multiple of.
    pub(super) against: Option<&'static str>,
    work: Work,
}

enum Work {
    /// Our program, for targets with commas between them.
    Ambot(&'static str, Compress),
    /// rpmbuild with a value of `%_binary_payload`.
    Rpmbuild(&'static str),
    GenerateRpm(&'static str),
    Nfpm(&'static str),
    /// A compressor alone, given the payload as one stream.
    Compressor(Tool, &'static [&'static str]),
    /// A decompressor alone, given the payload of the RPM that another row made.
    Decompressor(Tool, &'static str),
    /// Our program, shown the RPM that another row made.
    Inspect(&'static str),
    /// The digest of the payload, which every reader needs that verifies it.
    Digest,
    /// A copy of the files, as rpmbuild makes one.
    Copy,
    /// The build command of our program, alone and with nothing to build.
    Build,
    /// Our program on a project in which nothing changed since it last ran.
    Unchanged,
    /// A subcommand of ours that packages nothing.
    Ours(&'static str),
    /// What `cargo metadata` takes without dependencies.
    Metadata,
}

const ALL: &[Payload] = &Payload::ALL;
const TO_200MB: &[Payload] = &[Elf5, Elf200, Text200, Noise200];
const ELF: &[Payload] = &[Elf5, Elf200];
const LARGE_ELF: &[Payload] = &[Elf200];
const READ: &[Payload] = &[Elf200, Elf2000];

const fn row(
    name: &'static str,
    on: &'static [Payload],
    against: Option<&'static str>,
    work: Work,
) -> Row {
    Row {
        name,
        on,
        against,
        work,
    }
}

/// All rows, in the order of the first round.
#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("ambot-gzip-4", ELF, Some("nfpm-gzip"), Work::Ambot("centos7", Compress::At("gzip:4"))),
    row("ambot-gzip-5", ELF, Some("nfpm-gzip"), Work::Ambot("centos7", Compress::At("gzip:5"))),
    row("ambot-gzip-6", TO_200MB, Some("nfpm-gzip"), Work::Ambot("centos7", Compress::At("gzip:6"))),
    row("nfpm-gzip", TO_200MB, None, Work::Nfpm("gzip")),
    row("ambot-gzip-9", ALL, Some("generate-rpm-gzip"), Work::Ambot("centos7", Compress::At("gzip:9"))),
    row("generate-rpm-gzip", TO_200MB, None, Work::GenerateRpm("gzip")),
    row("rpmbuild-gzip-9", TO_200MB, None, Work::Rpmbuild("w9.gzdio")),
    row("pigz-9", TO_200MB, None, Work::Compressor(Tool::Pigz, &["-9", "-c"])),
    row("ambot-xz-2", ELF, Some("rpmbuild-xz-2"), Work::Ambot("centos7", Compress::At("xz:2"))),
    row("rpmbuild-xz-2", ELF, None, Work::Rpmbuild("w2.xzdio")),
    row("nfpm-xz", ELF, None, Work::Nfpm("xz")),
    row("xz-2", ELF, None, Work::Compressor(Tool::Xz, &["-T0", "-2", "-c"])),
    row("ambot-zstd-19", ELF, Some("rpmbuild-zstd-19"), Work::Ambot("el9", Compress::At("zstd:19"))),
    row("rpmbuild-zstd-19", ELF, None, Work::Rpmbuild("w19.zstdio")),
    row("zstd-19", ELF, None, Work::Compressor(Tool::Zstd, &["-T0", "-19", "-q", "-c"])),
    row("ambot-fast", TO_200MB, Some("nfpm-zstd"), Work::Ambot("el9", Compress::Fast)),
    row("nfpm-zstd", TO_200MB, None, Work::Nfpm("zstd")),
    row("zstd-3", TO_200MB, None, Work::Compressor(Tool::Zstd, &["-T0", "-3", "-q", "-c"])),
    row("ambot-centos7", LARGE_ELF, None, Work::Ambot("centos7", Compress::AsTheTarget)),
    row("ambot-el9", LARGE_ELF, None, Work::Ambot("el9", Compress::AsTheTarget)),
    row("ambot-four-targets", LARGE_ELF, None, Work::Ambot("centos7,centos8,el9,el10", Compress::AsTheTarget)),
    row("inspect-gzip", READ, Some("gzip-dc"), Work::Inspect("ambot-gzip-9")),
    row("gzip-dc", READ, None, Work::Decompressor(Tool::Gzip, "ambot-gzip-9")),
    row("inspect-xz", LARGE_ELF, Some("xz-dc"), Work::Inspect("ambot-xz-2")),
    row("xz-dc", LARGE_ELF, None, Work::Decompressor(Tool::Xz, "ambot-xz-2")),
    row("inspect-zstd", LARGE_ELF, Some("zstd-dc"), Work::Inspect("ambot-zstd-19")),
    row("zstd-dc", LARGE_ELF, None, Work::Decompressor(Tool::Zstd, "ambot-zstd-19")),
    row("sha256sum", LARGE_ELF, None, Work::Digest),
    row("cp", LARGE_ELF, None, Work::Copy),
    row("unchanged", ELF, Some("build"), Work::Unchanged),
    row("build", ELF, None, Work::Build),
    row("check", ELF, Some("metadata"), Work::Ours("check")),
    row("generate", ELF, Some("metadata"), Work::Ours("generate")),
    row("metadata", ELF, None, Work::Metadata),
];

/// Whether a word of `--only` means a row: its name, or what its name begins with.
pub(super) fn is_meant_by(name: &str, word: &str) -> bool {
    let rest = name.strip_prefix(word);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// Why a row has no figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// This machine or this program lacks what it takes.
    NotRun(String),
    /// It was run, and something went wrong.
    Failed(String),
}

fn not_run(why: String) -> Gap {
    Gap::NotRun(why)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is what `map_err` is given"
)]
fn failed(error: io::Error) -> Gap {
    Gap::Failed(error.to_string())
}

/// What the rows of a project are run with.
pub(super) struct Course<'a> {
    pub(super) project: &'a Project,
    pub(super) program: &'a Program,
    pub(super) tools: &'a Tools,
    build: OnceCell<Result<Job, String>>,
}

impl<'a> Course<'a> {
    pub(super) fn new(project: &'a Project, program: &'a Program, tools: &'a Tools) -> Self {
        Course {
            project,
            program,
            tools,
            build: OnceCell::new(),
        }
    }

    /// Runs a row once.
    ///
    /// # Errors
    /// When it cannot be run here, or goes wrong.
    pub(super) fn run(&self, row: &Row) -> Result<Run, Gap> {
        let out = self.project.out(row.name);
        let job = self.job(&row.work, &out)?;
        remove(&out)
            .and_then(|()| fs::create_dir_all(&out))
            .map_err(failed)?;
        if let Work::Unchanged = row.work {
            self.let_settle(&job)?;
        }
        // What an earlier row wrote is not to reach the disk in the time of this one.
        let _ = Step::new("Waiting", "for the disk", "sync").attempt();
        let notes = self.project.path("notes");
        fs::create_dir_all(&notes).map_err(failed)?;
        let mut run = job.measure(&notes).map_err(Gap::Failed)?;
        run.size = self.written(&row.work, &out).map_err(failed)?;
        Ok(run)
    }

    /// The command of a row that writes to a folder.
    fn job(&self, work: &Work, out: &Path) -> Result<Job, Gap> {
        let project = self.project;
        let tool = |tool| {
            let program = self.tools.get(tool).map_err(not_run)?;
            Ok(Job::new(program, project.path("")))
        };
        let ours = || Job::new(self.program.path(), project.path("")).args(["ambot"]);
        Ok(match work {
            Work::Ambot(targets, how) => ours()
                .args(["package", "--quiet", "--no-build"])
                .args(["--target", targets, "--target-dir", "target"])
                .args(self.program.compress(*how).map_err(not_run)?)
                .args(self.program.force())
                .args(["--output".into(), out.to_owned()]),
            Work::Rpmbuild(payload) => tool(Tool::Rpmbuild)?
                .args(["-bb", "--quiet"])
                .args([
                    &format!("--define=_topdir {}", out.display()),
                    &format!("--define=_tmppath {}", out.display()),
                    &format!("--define=_dbpath {}", out.join("db").display()),
                    &format!("--define=_binary_payload {payload}"),
                    // The files are to stay as they are.
                    "--define=__os_install_post %{nil}",
                    "--define=debug_package %{nil}",
                    "--define=_build_id_links none",
                    // The links of build ids, which not every packager is told of.
                    "--define=_unpackaged_files_terminate_build 0",
                ])
                .args([project.path("bench.spec")]),
            Work::GenerateRpm(kind) => {
                let program = self.tools.get(Tool::GenerateRpm).map_err(not_run)?;
                Job::new(program, project.path("generate-rpm"))
                    .args(["generate-rpm", "--auto-req", "disabled"])
                    .args(["--payload-compress", kind])
                    .args(["--output".into(), out.join("bench.rpm")])
            }
            Work::Nfpm(kind) => tool(Tool::Nfpm)?
                .args(["package", "--packager", "rpm"])
                .args([
                    "--config".into(),
                    project.path(&format!("nfpm-{kind}.yaml")),
                ])
                .args(["--target".into(), out.join("bench.rpm")]),
            Work::Compressor(name, arguments) => tool(*name)?
                .args(*arguments)
                .from(project.path("payload.cpio"))
                .to(out.join("payload")),
            Work::Decompressor(name, of) => tool(*name)?.args(["-dc"]).from(self.payload_of(of)?),
            Work::Inspect(of) => ours().args(["inspect", "--quiet"]).args([self.rpm_of(of)?]),
            Work::Digest => tool(Tool::Sha256sum)?.args([project.path("payload.cpio")]),
            Work::Copy => tool(Tool::Cp)?
                .args(["-a"])
                .args([project.path("tree"), out.join("tree")]),
            Work::Build => self.build().map_err(Gap::Failed)?,
            Work::Unchanged => ours().args(self.package()),
            Work::Ours(subcommand) => ours().args([subcommand, "--quiet", "--target", "centos7"]),
            Work::Metadata => {
                tool(Tool::Cargo)?.args(["metadata", "--no-deps", "--format-version", "1"])
            }
        })
    }

    /// Packaging as a user does, build and all, but for the time that a compressor takes.
    fn package(&self) -> Vec<OsString> {
        let words = ["package", "--quiet", "--target", "centos7"];
        let words = words
            .into_iter()
            .chain(["--install-zig", "--target-dir", "target"]);
        let words = words.map(str::to_owned).chain(self.program.quickest());
        words.map(OsString::from).collect()
    }

    /// The build command of our program, seen while it runs.
    fn build(&self) -> Result<Job, String> {
        let watch = || {
            let mut arguments = vec!["ambot".into()];
            arguments.extend(self.package());
            build_command::watch(self.program.path(), &arguments, &self.project.path(""))
        };
        self.build.get_or_init(watch).clone()
    }

    /// Runs a command for its record, and lets the files of it grow older than the two seconds in
    /// which a file may have changed without a newer time.
    fn let_settle(&self, job: &Job) -> Result<(), Gap> {
        let notes = self.project.path("notes");
        fs::create_dir_all(&notes).map_err(failed)?;
        job.measure(&notes).map_err(Gap::Failed)?;
        thread::sleep(Duration::from_millis(2100));
        Ok(())
    }

    /// The RPM that a row made.
    fn rpm_of(&self, row: &str) -> Result<PathBuf, Gap> {
        let made = rpms(&self.project.out(row)).unwrap_or_default().pop();
        made.ok_or_else(|| not_run(format!("it reads what {row} makes, which was not run")))
    }

    /// The compressed payload of that RPM, in a file.
    fn payload_of(&self, row: &str) -> Result<PathBuf, Gap> {
        let payload = self.project.out(row).with_extension("payload");
        take_payload(&self.rpm_of(row)?, &payload).map_err(failed)?;
        Ok(payload)
    }

    /// How many bytes a row wrote: of RPMs, where it makes any.
    fn written(&self, work: &Work, out: &Path) -> io::Result<u64> {
        let files = match work {
            Work::Copy => Vec::new(),
            Work::Compressor(..) => files_below(out)?,
            _ => rpms(out)?,
        };
        let sizes = files.iter().map(|file| Ok(fs::metadata(file)?.len()));
        sizes.sum()
    }
}

#[cfg(test)]
mod tests {
    use super::{ROWS, is_meant_by};
    use std::collections::BTreeSet;

    #[test]
    fn names_are_told_apart_and_rows_lean_on_rows_of_the_same_payload() {
        let names: BTreeSet<_> = ROWS.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), ROWS.len());
        for row in ROWS {
            let Some(against) = row.against else { continue };
            let other = ROWS.iter().find(|other| other.name == against).unwrap();
            let common = row.on.iter().filter(|payload| other.on.contains(payload));
            assert!(common.count() > 0, "{}", row.name);
        }
    }

    #[test]
    fn a_word_means_a_row_or_all_of_a_program() {
        assert!(is_meant_by("ambot-gzip-9", "ambot") && is_meant_by("ambot-gzip-9", "ambot-gzip"));
        assert!(is_meant_by("build", "build") && !is_meant_by("nfpm-gzip", "gzip"));
        assert!(!is_meant_by("ambot-gzip-9", "ambot-gz"));
    }
}
