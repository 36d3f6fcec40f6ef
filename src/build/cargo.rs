//! cargo's command line, and what it says of what it made.

use super::request::Request;
use super::{Error, schedule::Build};
use camino::Utf8PathBuf;
use cargo_metadata::{Message, PackageId};
use std::collections::{BTreeMap, BTreeSet};

/// The arguments that are ours to give, and the flag that asks us for each.
const RESERVED: [(&str, &str); 3] = [
    ("--target", "--triple"),
    ("--target-dir", "--target-dir"),
    ("--message-format", "--message-format"),
];

/// Refuses arguments after `--` that would take the build out of our hands.
pub(super) fn check_extra(extra: &[String]) -> Result<(), Error> {
    for argument in extra {
        let name = argument.split('=').next().unwrap_or(argument);
        if let Some((reserved, ours)) = RESERVED.iter().find(|(reserved, _)| *reserved == name) {
            return Err(Error::ReservedArgument {
                argument: (*reserved).to_owned(),
                ours,
            });
        }
    }
    Ok(())
}

/// The arguments of a build after the subcommand; `target` is what stands after `--target`.
pub(super) fn arguments(request: &Request, build: &Build, target: &str) -> Vec<String> {
    let options = &request.cargo;
    let mut all = vec![
        "--message-format=json-render-diagnostics".to_owned(),
        format!("--manifest-path={}", request.manifest_path),
    ];
    let members = request.members.iter();
    all.extend(members.map(|member| format!("--package={member}")));
    all.push(format!("--profile={}", options.profile()));
    all.push(format!("--target={target}"));
    all.extend(request.bins.iter().map(|bin| format!("--bin={bin}")));
    let folder = build.folder.as_ref().unwrap_or(&request.target_directory);
    all.push(format!("--target-dir={folder}"));
    all.extend(options.features.iter().map(|f| format!("--features={f}")));
    let switches = [
        (options.all_features, "--all-features"),
        (options.no_default_features, "--no-default-features"),
        (options.locked, "--locked"),
        (options.offline, "--offline"),
        (options.frozen, "--frozen"),
        (options.quiet, "--quiet"),
    ];
    let on = switches.iter().filter(|(on, _)| *on);
    all.extend(on.map(|(_, switch)| (*switch).to_owned()));
    all.extend((0..options.verbose).map(|_| "-v".to_owned()));
    all.extend(options.jobs.iter().map(|jobs| format!("--jobs={jobs}")));
    all.extend(options.color.iter().map(|when| format!("--color={when}")));
    all.extend(
        options
            .config
            .iter()
            .map(|value| format!("--config={value}")),
    );
    all.extend(options.unstable.iter().map(|flag| format!("-Z{flag}")));
    all.extend(options.extra.iter().cloned());
    all
}

/// What cargo's messages speak of, as they come.
#[derive(Debug, Default)]
pub(super) struct Messages {
    /// The binaries, by name.
    executables: BTreeMap<String, Utf8PathBuf>,
    /// The packages that they are of.
    packages: BTreeSet<PackageId>,
    /// The folders that build scripts wrote into, by package.
    out_dirs: BTreeMap<PackageId, Utf8PathBuf>,
}

impl Messages {
    /// Takes in one line of cargo's stdout; what is no message is left alone.
    pub(super) fn line(&mut self, line: &str) {
        if !line.starts_with('{') {
            return;
        }
        match serde_json::from_str(line) {
            Ok(Message::CompilerArtifact(artifact)) if artifact.target.is_bin() => {
                if let Some(path) = artifact.executable {
                    self.executables.insert(artifact.target.name, path);
                    self.packages.insert(artifact.package_id);
                }
            }
            Ok(Message::BuildScriptExecuted(script)) => {
                self.out_dirs.insert(script.package_id, script.out_dir);
            }
            _ => {}
        }
    }

    /// The folders that the build scripts of the binaries' packages wrote into.
    pub(super) fn out_dirs(&self) -> Vec<Utf8PathBuf> {
        let folders = self.packages.iter().filter_map(|id| self.out_dirs.get(id));
        folders.cloned().collect()
    }

    /// The wanted binaries, all of which must be there.
    pub(super) fn wanted(mut self, bins: &[String]) -> Result<Vec<(String, Utf8PathBuf)>, Error> {
        bins.iter()
            .map(|bin| match self.executables.remove(bin) {
                Some(path) if path.is_file() => Ok((bin.clone(), path)),
                path => Err(Error::NoBinary {
                    bin: bin.clone(),
                    path,
                }),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::request::{CargoOptions, Source};

    fn request() -> Request {
        Request {
            manifest_path: "/p/Cargo.toml".into(),
            package: "hello".to_owned(),
            members: vec!["hello".to_owned(), "tools".to_owned()],
            bins: vec!["hello".to_owned(), "helloctl".to_owned()],
            current_dir: "/elsewhere".into(),
            target_directory: "/p/target".into(),
            targets: Vec::new(),
            triple: None,
            source: Source::Existing,
            line_tables: false,
            beside: false,
            cargo: CargoOptions {
                features: vec!["a b".to_owned()],
                frozen: true,
                jobs: Some("2".to_owned()),
                config: vec!["net.retry=3".to_owned()],
                unstable: vec!["unstable-options".to_owned()],
                verbose: 2,
                extra: vec!["--timings".to_owned()],
                ..CargoOptions::default()
            },
        }
    }

    #[test]
    fn everything_asked_for_goes_to_cargo() {
        let build = Build {
            glibc: None,
            native: true,
            serves: Vec::new(),
            folder: None,
        };
        insta::assert_snapshot!(arguments(&request(), &build, "T.2.17").join("\n"), @"
        --message-format=json-render-diagnostics
        --manifest-path=/p/Cargo.toml
        --package=hello
        --package=tools
        --profile=release
        --target=T.2.17
        --bin=hello
        --bin=helloctl
        --target-dir=/p/target
        --features=a b
        --frozen
        -v
        -v
        --jobs=2
        --config=net.retry=3
        -Zunstable-options
        --timings
        ");
    }

    #[test]
    fn our_own_flags_are_not_taken_after_the_dashes() {
        for argument in [
            "--target",
            "--target=x",
            "--target-dir=y",
            "--message-format",
        ] {
            let result = check_extra(&["-v".to_owned(), argument.to_owned()]);
            assert!(
                matches!(result, Err(Error::ReservedArgument { .. })),
                "{argument}"
            );
        }
        assert!(check_extra(&["--timings".to_owned()]).is_ok());
    }

    #[test]
    fn binaries_come_from_the_messages_and_missing_ones_are_named() {
        let mut seen = Messages::default();
        seen.line("   Compiling hello v0.1.0");
        seen.line("{\"reason\":\"something-new\"}");
        seen.line(
            r#"{"reason":"compiler-artifact","package_id":"path+file:///p#hello@0.1.0","manifest_path":"/p/Cargo.toml","target":{"kind":["bin"],"crate_types":["bin"],"name":"hello","src_path":"/p/src/main.rs","edition":"2024","doc":true,"doctest":false,"test":true},"profile":{"opt_level":"3","debuginfo":0,"debug_assertions":false,"overflow_checks":false,"test":false},"features":[],"filenames":["/dev/null"],"executable":"/no/such/hello","fresh":true}"#,
        );
        assert_eq!(seen.executables["hello"], "/no/such/hello");
        for (id, folder) in [
            ("path+file:///p#hello@0.1.0", "/o"),
            ("registry+x#y@1.0.0", "/p"),
        ] {
            seen.line(&format!(r#"{{"reason":"build-script-executed","package_id":"{id}","linked_libs":[],"linked_paths":[],"cfgs":[],"env":[],"out_dir":"{folder}"}}"#));
        }
        assert_eq!(seen.out_dirs(), ["/o"]);
        let error = seen.wanted(&["hello".to_owned()]).unwrap_err();
        assert!(matches!(error, Error::NoBinary { path: Some(_), .. }));
    }
}
