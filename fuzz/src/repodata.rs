//! Repositories that anyone may have made.

use crate::check::can_be_told;
use crate::{ground, input};
use cargo_ambot::build::Interrupt;
use cargo_ambot::repo::folder::{Change, Folder, Maker, Outcome, Signing, What, list, publish};
use cargo_ambot::repo::taken::{Address, Looking, look};
use cargo_ambot::report::{Diagnose, Quiet};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs;

/// Metadata are read or it is told why not; what is read of them is written again with nothing lost,
/// and a change of a repository leaves what is not in its folder.
///
/// The parts of the input are primary, filelists, other and repomd.xml; where the last is empty, one is
/// made that fits the others.
pub fn repository(data: &[u8]) {
    let [primary, filelists, other, repomd] = input::parts(data);
    ground::with(|ground| {
        let folder = ground.path().join("yum");
        // What an input before this one left.
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(folder.join("repodata")).expect("a folder");
        let files = [
            ("primary", primary),
            ("filelists", filelists),
            ("other", other),
        ];
        for (kind, bytes) in files {
            ground.write(&format!("yum/repodata/{kind}.xml"), bytes);
        }
        let own;
        let repomd = match repomd.is_empty() {
            true => {
                own = fitting(&files);
                own.as_bytes()
            }
            false => repomd,
        };
        ground.write("yum/repodata/repomd.xml", repomd);
        written_again(&folder);
        let interrupt = Interrupt::new();
        let looking = Looking {
            network: None,
            cache: None,
            now: 0,
            interrupt: &interrupt,
        };
        let known = look(&Address::Folder(folder.clone()), &looking);
        if let Some(problem) = known.problem {
            can_be_told(&problem.diagnostic());
        }
        assert!(ground.path().join("Cargo.toml").exists());
    });
}

fn written_again(folder: &camino::Utf8Path) {
    let before = match list(folder) {
        Ok(before) => before,
        Err(error) => return can_be_told(&error.diagnostic()),
    };
    for entry in &before.entries {
        let order = entry.compare_version(entry);
        assert!(order.is_eq(), "{}", entry.nevra());
        entry.excludes(entry);
    }
    let Some(first) = before.entries.first() else {
        return;
    };
    let interrupt = Interrupt::new();
    let opened = Folder::open(folder, false, &interrupt, &Quiet).expect("what was read");
    assert_eq!(opened.data, before);
    let mut change = Change::default();
    change.entries.clone_from(&before.entries);
    change.outcomes.push(Outcome {
        what: What::Refreshed,
        entry: first.clone(),
    });
    let (signing, maker) = (Signing::Without, Maker::Own);
    let published = publish(&opened, &change, signing, maker, 7, &interrupt, &Quiet);
    match published {
        Ok(published) => assert!(published.is_changed),
        Err(error) => return can_be_told(&error.diagnostic()),
    }
    drop(opened);
    let after = list(folder).unwrap_or_else(|error| panic!("what was written: {error:?}"));
    assert_eq!(after.entries, before.entries);
}

/// A `repomd.xml` that names these files with their digests.
fn fitting(files: &[(&str, &[u8])]) -> String {
    let mut text =
        "<repomd xmlns=\"http://linux.duke.edu/metadata/repo\">\n<revision>1</revision>\n"
            .to_owned();
    for (kind, bytes) in files {
        let digest = Sha256::digest(bytes)
            .iter()
            .fold(String::new(), |mut text, byte| {
                // Writing to a String cannot fail.
                let _ = write!(text, "{byte:02x}");
                text
            });
        text += &format!(
            "<data type=\"{kind}\"><checksum type=\"sha256\">{digest}</checksum>\
             <location href=\"repodata/{kind}.xml\"/></data>\n"
        );
    }
    text + "</repomd>\n"
}
