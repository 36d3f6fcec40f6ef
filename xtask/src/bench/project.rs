//! The project that ships a payload, and what other packagers need to ship the same files.
//!
//! Below a folder of the payload lie `payload/` itself, a Cargo package with a tiny service, and
//! what is taken from the RPM that our program makes of it: its files (`tree/`), which all other
//! packagers ship, and its uncompressed payload (`payload.cpio`), which compressors alone are given.

use super::payload::{Payload, files_below, remove};
use super::program::Program;
use crate::say;
use crate::step::{Failure, Step};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The name of the package, of its program and of its service.
pub(super) const NAME: &str = "bench-service";

const MANIFEST: &str = r#"[workspace]

[package]
name = "bench-service"
version = "1.0.0"
edition = "2021"
description = "A small service with large files"
license = "MIT"

[package.metadata.ambot]
files = [{ source = "payload", dest = "/opt/bench-service" }]

[package.metadata.ambot.services.bench-service.Service]
User = "nobody"
"#;

const MAIN: &str = "fn main() {\n    println!(\"serving\");\n}\n";

/// A payload with all that packages it.
pub(super) struct Project {
    payload: Payload,
    folder: PathBuf,
}

impl Project {
    /// Makes the payload and the project, and builds it; with `shared`, other packagers can ship
    /// the same files.
    ///
    /// # Errors
    /// When something cannot be written, built or packaged.
    pub(super) fn make(
        payload: Payload,
        folder: &Path,
        program: &Program,
        shared: bool,
    ) -> Result<Self, Failure> {
        let project = Project {
            payload,
            folder: folder.join(payload.name()),
        };
        let failed = |error| Failure::new(format!("{}: {error}", project.folder.display()));
        fs::create_dir_all(project.folder.join("src")).map_err(failed)?;
        payload.make(&project.folder.join("payload"))?;
        // A file that did not change keeps its time, or cargo would build again.
        for (name, text) in [("Cargo.toml", MANIFEST), ("src/main.rs", MAIN)] {
            let file = project.folder.join(name);
            if fs::read_to_string(&file).ok().as_deref() != Some(text) {
                fs::write(&file, text).map_err(failed)?;
            }
        }
        remove(&project.folder.join("out")).map_err(failed)?;
        project.package_once(program)?;
        if shared {
            project.unpack().map_err(failed)?;
            project.write_manifests().map_err(failed)?;
        }
        project.warm().map_err(failed)?;
        Ok(project)
    }

    /// The payload that it ships.
    pub(super) fn payload(&self) -> Payload {
        self.payload
    }

    /// A file or folder of the project.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The folder that a row writes to.
    pub(super) fn out(&self, row: &str) -> PathBuf {
        self.folder.join("out").join(row)
    }

    /// How many files the payload has, and how many bytes they have together.
    pub(super) fn extent(&self) -> io::Result<(usize, u64)> {
        let files = files_below(&self.path("payload"))?;
        let sizes: io::Result<Vec<u64>> = files
            .iter()
            .map(|file| Ok(fs::metadata(file)?.len()))
            .collect();
        Ok((files.len(), sizes?.iter().sum()))
    }

    /// Reads all files that rows read, so that none of them is the one that waits for the disk.
    fn warm(&self) -> io::Result<()> {
        for name in ["payload", "tree"] {
            let folder = self.path(name);
            if !folder.is_dir() {
                continue;
            }
            for file in files_below(&folder)? {
                read_through(&file)?;
            }
        }
        match self.path("payload.cpio") {
            file if file.is_file() => read_through(&file),
            _ => Ok(()),
        }
    }

    /// Builds the service, so that rows have nothing to build, and packages it the quickest way.
    fn package_once(&self, program: &Program) -> Result<(), Failure> {
        let built = self.path("first");
        let failed = |error| Failure::new(format!("{}: {error}", built.display()));
        remove(&built).map_err(failed)?;
        Step::new("Packaging", self.payload.name(), program.path())
            .args(["ambot", "package", "--quiet", "--install-zig"])
            .args(["--target", "centos7", "--target-dir", "target"])
            .args(program.quickest())
            .args(["--output".into(), built])
            .in_folder(&self.folder)
            .stdout()
            .map(drop)
    }

    /// Takes the RPM apart that was made first.
    fn unpack(&self) -> io::Result<()> {
        let package = rpms(&self.path("first"))?.pop();
        let package = package.ok_or_else(|| io::Error::other("no RPM was made"))?;
        let (cpio, tree) = (self.path("payload.cpio"), self.path("tree"));
        remove(&tree)?;
        fs::create_dir_all(&tree)?;
        let unpacked = Command::new("rpm2cpio")
            .arg(&package)
            .stdin(Stdio::null())
            .stdout(File::create(&cpio)?)
            .status()?;
        let taken_out = Command::new("cpio")
            .args(["-idm", "--quiet"])
            .current_dir(&tree)
            .stdin(File::open(&cpio)?)
            .status()?;
        if unpacked.success() && taken_out.success() {
            return Ok(());
        }
        Err(io::Error::other(format!(
            "{} could not be unpacked",
            package.display()
        )))
    }

    /// Writes what each of the other packagers reads, listing the files of the tree.
    fn write_manifests(&self) -> io::Result<()> {
        let tree = self.path("tree");
        let files = files_below(&tree)?;
        let mut listed = Vec::new();
        for file in &files {
            let inside = file.strip_prefix(&tree).map_err(io::Error::other)?;
            listed.push(inside.display().to_string());
        }
        fs::write(self.path("bench.spec"), spec(&tree, &listed))?;
        for compression in ["gzip", "xz", "zstd"] {
            let text = nfpm(compression, &tree, &listed);
            fs::write(self.path(&format!("nfpm-{compression}.yaml")), text)?;
        }
        let folder = self.path("generate-rpm");
        fs::create_dir_all(folder.join("src"))?;
        fs::write(folder.join("src/main.rs"), MAIN)?;
        fs::write(folder.join("Cargo.toml"), generate_rpm(&tree, &listed))
    }
}

/// For rpmbuild. It copies the files into its own folder, as it always does; it looks for no
/// dependencies and leaves the files as they are.
fn spec(tree: &Path, files: &[String]) -> String {
    let lines: String = files.iter().map(|file| format!("\"/{file}\"\n")).collect();
    format!(
        "Name: {NAME}\nVersion: 1.0.0\nRelease: 1\nSummary: Same files\nLicense: MIT\n\
         AutoReqProv: no\n%description\nSame files\n%install\nmkdir -p %{{buildroot}}\n\
         cp -a {}/. %{{buildroot}}/\n%files\n{lines}",
        tree.display()
    )
}

fn nfpm(compression: &str, tree: &Path, files: &[String]) -> String {
    let mut text = format!(
        "name: {NAME}\narch: amd64\nplatform: linux\nversion: 1.0.0\nmaintainer: nobody\n\
         description: Same files\nlicense: MIT\nrpm:\n  compression: {compression}\ncontents:\n"
    );
    for file in files {
        let source = tree.join(file);
        text += &format!("  - src: {:?}\n    dst: {:?}\n", source, format!("/{file}"));
    }
    text
}

fn generate_rpm(tree: &Path, files: &[String]) -> String {
    let mut text = format!(
        "[workspace]\n[package]\nname = \"{NAME}\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\
         description = \"Same files\"\nlicense = \"MIT\"\n[package.metadata.generate-rpm]\n\
         assets = [\n"
    );
    for file in files {
        let source = tree.join(file);
        text += &format!("  {{ source = {source:?}, dest = \"/{file}\", mode = \"755\" }},\n");
    }
    text + "]\n"
}

/// The RPMs anywhere below a folder.
pub(super) fn rpms(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = files_below(folder)?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rpm"));
    Ok(files)
}

/// Copies the compressed payload of an RPM into a file: what follows its two headers.
pub(super) fn take_payload(package: &Path, to: &Path) -> io::Result<()> {
    let mut from = File::open(package)?;
    skip(&mut from, 96)?;
    let signature = header_length(&mut from)?;
    skip(&mut from, signature.next_multiple_of(8))?;
    let header = header_length(&mut from)?;
    skip(&mut from, header)?;
    io::copy(&mut from, &mut File::create(to)?).map(drop)
}

/// The length of what follows the sixteen bytes that a header begins with.
fn header_length(from: &mut File) -> io::Result<u64> {
    let mut start = [0; 16];
    from.read_exact(&mut start)?;
    let [0x8e, 0xad, 0xe8, 1, _, _, _, _, a, b, c, d, e, f, g, h] = start else {
        return Err(io::Error::other("this is no header of an RPM"));
    };
    let entries = u32::from_be_bytes([a, b, c, d]);
    let store = u32::from_be_bytes([e, f, g, h]);
    Ok(u64::from(entries) * 16 + u64::from(store))
}

fn skip(from: &mut File, bytes: u64) -> io::Result<()> {
    io::copy(&mut from.take(bytes), &mut io::sink()).map(drop)
}

fn read_through(file: &Path) -> io::Result<()> {
    let mut file = File::open(file)?;
    let mut buffer = vec![0; 1 << 20];
    while file.read(&mut buffer)? > 0 {}
    Ok(())
}

/// Says what a project came to, for whoever waits.
pub(super) fn say_ready(project: &Project) {
    if let Ok((files, bytes)) = project.extent() {
        let name = project.payload.name();
        say::status("Ready", &format!("{name}: {files} files, {bytes} bytes"));
    }
}

#[cfg(test)]
mod tests {
    use super::{generate_rpm, nfpm, spec, take_payload};
    use std::fs;
    use std::path::Path;

    #[test]
    fn each_packager_is_told_of_the_same_files() {
        let files = ["opt/a b".to_owned(), "usr/bin/c".to_owned()];
        let tree = Path::new("/t");
        assert!(spec(tree, &files).ends_with("%files\n\"/opt/a b\"\n\"/usr/bin/c\"\n"));
        let yaml = nfpm("xz", tree, &files);
        assert!(yaml.contains("compression: xz\n"));
        assert!(yaml.ends_with("src: \"/t/usr/bin/c\"\n    dst: \"/usr/bin/c\"\n"));
        let toml = generate_rpm(tree, &files);
        assert!(
            toml.contains("{ source = \"/t/opt/a b\", dest = \"/opt/a b\", mode = \"755\" },\n")
        );
    }

    #[test]
    fn a_payload_is_what_follows_the_headers() {
        let folder = std::env::temp_dir().join(format!("xtask-payload-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let header = |entries: u8, store: u8| {
            let mut bytes = vec![
                0x8e, 0xad, 0xe8, 1, 0, 0, 0, 0, 0, 0, 0, entries, 0, 0, 0, store,
            ];
            bytes.resize(16 + 16 * usize::from(entries) + usize::from(store), 1);
            bytes
        };
        let mut package = vec![0; 96];
        package.extend(header(2, 5));
        package.extend([0; 3]);
        package.extend(header(1, 9));
        package.extend(b"payload");
        let (from, to) = (folder.join("a.rpm"), folder.join("payload"));
        fs::write(&from, &package).unwrap();
        take_payload(&from, &to).unwrap();
        assert_eq!(fs::read(&to).unwrap(), b"payload");
        fs::write(&from, &package[8..]).unwrap();
        assert!(take_payload(&from, &to).is_err());
        fs::remove_dir_all(folder).unwrap();
    }
}
