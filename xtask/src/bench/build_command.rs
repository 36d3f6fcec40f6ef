//! The build command that our program runs, with its whole environment, seen from outside.
//!
//! Which command that is (`cargo zigbuild` of a private folder, with its flags and variables) is the
//! program's own matter. It is looked at once while it runs, so that the very same command can be
//! measured without our program around it.

use super::measure::Job;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

/// Runs a command to its end, and returns the build that it started.
///
/// # Errors
/// When the command fails, or started no build that could be seen.
pub(super) fn watch(program: &Path, arguments: &[OsString], folder: &Path) -> Result<Job, String> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let unusable = |error| format!("{}: {error}", program.display());
    let mut running = command.spawn().map_err(unusable)?;
    let mut seen = None;
    let status = loop {
        if let Some(status) = running.try_wait().map_err(unusable)? {
            break status;
        }
        if seen.is_none() {
            seen = children(running.id()).into_iter().find_map(build);
        }
        thread::sleep(Duration::from_millis(1));
    };
    match seen {
        _ if !status.success() => Err(format!("{} failed with {status}", program.display())),
        Some(job) => Ok(job),
        None => Err("the build command was not seen".to_owned()),
    }
}

/// The processes that a process started, from all of its threads.
fn children(process: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{process}/task"));
    let threads = threads.into_iter().flatten().flatten();
    let lists =
        threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    let lists: Vec<String> = lists.collect();
    let numbers = lists.iter().flat_map(|list| list.split_whitespace());
    numbers.filter_map(|number| number.parse().ok()).collect()
}

/// The command of a process, if it is a build.
fn build(process: u32) -> Option<Job> {
    let file = |name: &str| fs::read(format!("/proc/{process}/{name}")).ok();
    let words = words(&file("cmdline")?);
    let is_build = |word: &OsString| word == "build" || word == "zigbuild";
    if !words.iter().any(is_build) {
        return None;
    }
    let folder = fs::read_link(format!("/proc/{process}/cwd")).ok()?;
    let (program, arguments) = words.split_first()?;
    let job = Job::new(program, folder).args(arguments);
    Some(job.with_variables(variables(&file("environ")?)))
}

/// What stands between zero bytes.
fn words(bytes: &[u8]) -> Vec<OsString> {
    let bytes = bytes.strip_suffix(&[0]).unwrap_or(bytes);
    let words = bytes.split(|byte| *byte == 0);
    words
        .map(|word| OsString::from_vec(word.to_vec()))
        .collect()
}

fn variables(environment: &[u8]) -> Vec<(OsString, OsString)> {
    let pairs = environment.split(|byte| *byte == 0).filter_map(|pair| {
        let equals = pair.iter().position(|byte| *byte == b'=')?;
        let (name, value) = pair.split_at(equals);
        Some((OsStr::from_bytes(name), OsStr::from_bytes(&value[1..])))
    });
    pairs
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{variables, watch, words};
    use std::ffi::OsString;
    use std::path::Path;

    #[test]
    fn words_and_variables_are_taken_apart() {
        assert_eq!(words(b"cargo\0build\0\0"), ["cargo", "build", ""]);
        assert_eq!(
            variables(b"A=b=c\0nothing\0D=\0"),
            [("A".into(), "b=c".into()), ("D".into(), OsString::new())]
        );
    }

    #[test]
    fn a_build_that_a_program_starts_is_seen_with_its_folder_and_variables() {
        let script = "cd /usr; A=b sleep 0.3 & B=c sh -c 'sleep 0.3; true' build & wait";
        let arguments = ["-c", script].map(OsString::from);
        let job = watch(Path::new("/bin/sh"), &arguments, Path::new("/")).unwrap();
        let seen = format!("{job:?}");
        assert!(
            seen.contains("\"build\"") && seen.contains("(\"B\", \"c\")"),
            "{seen}"
        );
        assert!(
            seen.contains("folder: \"/usr\"") && !seen.contains("(\"A\", \"b\")"),
            "{seen}"
        );
        let error = watch(
            Path::new("/bin/sh"),
            &["-c", "exit 3"].map(OsString::from),
            Path::new("/"),
        );
        assert!(error.unwrap_err().contains("exit status: 3"));
    }
}
