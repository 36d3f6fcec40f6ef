//! The flags that rustc will get, and the request for a build id among them.
//!
//! cargo takes rustflags from one source only: `CARGO_ENCODED_RUSTFLAGS`, `RUSTFLAGS`,
//! `target.*.rustflags`, `build.rustflags`, the first that is there (The Cargo Book,
//! "Configuration", `build.rustflags`). To add one, all of them are resolved and handed on in the
//! first. Where they cannot all be seen, nothing is added, so that none is displaced.

use cargo_config2::{Config, Flags, Walk};
use std::path::Path;

/// Asks the linker, through the C compiler that drives it, for a build id made from the content.
const BUILD_ID: &str = "-Clink-arg=-Wl,--build-id=sha1";

/// The variable that cargo takes rustflags from before all others.
pub(super) const VARIABLE: &str = "CARGO_ENCODED_RUSTFLAGS";

/// The user's flags for a triple, as far as they can be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rustflags {
    flags: Vec<String>,
    hidden: Option<String>,
}

/// Whether a build id is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum BuildId {
    /// By us: the value of [`VARIABLE`].
    Ask(String),
    /// The user's flags speak of one already.
    Theirs,
    /// Not, for this reason.
    Not(String),
}

impl Rustflags {
    /// The flags that cargo, started in `folder` with these `--config` values, gives to rustc.
    pub(super) fn resolve(
        config: &Config,
        triple: &str,
        folder: &Path,
        config_values: &[String],
    ) -> Result<Self, cargo_config2::Error> {
        let flags = config.rustflags(triple)?.unwrap_or_default().flags;
        let hidden = config_values
            .iter()
            .find(|value| config_text(value).contains("rustflags"))
            .map(|value| format!("`--config {value}` sets rustflags"))
            .or_else(|| included(folder));
        Ok(Rustflags { flags, hidden })
    }

    /// The linker that they choose: `-C linker=…`.
    pub(super) fn linker(&self) -> Option<&str> {
        self.codegen("linker").last()
    }

    /// The processor that they choose: `-C target-cpu=…`.
    pub(super) fn target_cpu(&self) -> Option<&str> {
        self.codegen("target-cpu").last()
    }

    /// Whether they ask for a static C library: `-C target-feature=+crt-static`.
    pub(super) fn crt_static(&self) -> bool {
        self.codegen("target-feature")
            .flat_map(|features| features.split(','))
            .fold(false, |wanted, feature| match feature {
                "+crt-static" => true,
                "-crt-static" => false,
                _ => wanted,
            })
    }

    /// The request for a build id.
    pub(super) fn build_id(&self) -> BuildId {
        if let Some(reason) = &self.hidden {
            return BuildId::Not(reason.clone());
        }
        if self.flags.iter().any(|flag| flag.contains("--build-id")) {
            return BuildId::Theirs;
        }
        let bare = |linker: &str| {
            let name = linker.rsplit('/').next().unwrap_or(linker);
            ["ld", "lld", "rust-lld", "mold", "wild"].contains(&name) || name.starts_with("ld.")
        };
        if self.linker().is_some_and(bare) || self.codegen("linker-flavor").next().is_some() {
            return BuildId::Not("the rustflags choose a linker of their own".to_owned());
        }
        let mut flags = Flags::default();
        for flag in self.flags.iter().map(String::as_str).chain([BUILD_ID]) {
            flags.push(flag);
        }
        match flags.encode() {
            Ok(value) => BuildId::Ask(value),
            Err(error) => BuildId::Not(format!("the rustflags cannot be handed on: {error}")),
        }
    }

    /// The values of a codegen option in order, however it is written: `-Ckey=value`,
    /// `-C key=value`, `--codegen key=value`, `--codegen=key=value`; rustc takes `_` for `-`.
    fn codegen<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a str> {
        let mut option_follows = false;
        self.flags.iter().filter_map(move |flag| {
            let follows = std::mem::replace(&mut option_follows, false);
            let option = if follows {
                flag.as_str()
            } else if flag == "-C" || flag == "--codegen" {
                option_follows = true;
                return None;
            } else {
                flag.strip_prefix("--codegen=")
                    .or_else(|| flag.strip_prefix("-C"))?
            };
            let (name, value) = option.split_once('=')?;
            (name.replace('_', "-") == key).then_some(value)
        })
    }
}

/// What a `--config` value says: itself, `KEY=VALUE`, or the file that it is the path of.
fn config_text(value: &str) -> String {
    // What is no file, or none that can be read, is cargo's to judge.
    std::fs::read_to_string(value).unwrap_or_else(|_| value.to_owned())
}

/// The first `--config` value that asks for the processor of the building machine.
pub(super) fn native_config(values: &[String]) -> Option<String> {
    let value = values
        .iter()
        .find(|value| config_text(value).contains("target-cpu=native"))?;
    Some(format!("--config {value}"))
}

/// A configuration file that takes in others (`include`), whose rustflags are not seen here.
fn included(folder: &Path) -> Option<String> {
    Walk::new(folder).find_map(|path| {
        let text = std::fs::read_to_string(&path).ok()?;
        let table: toml::Table = text.parse().ok()?;
        table
            .contains_key("include")
            .then(|| format!("{} includes other files", path.display()))
    })
}

/// What compiles C for the machine that builds: a variable that says `-march=native`.
///
/// The variables are those that the `cc` crate reads (its documentation, "External
/// configuration via environment variables").
pub(super) fn native_c_flags(
    triple: &str,
    variable: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let underscored = triple.replace('-', "_");
    ["CFLAGS", "CXXFLAGS"]
        .iter()
        .flat_map(|name| {
            [
                format!("{name}_{triple}"),
                format!("{name}_{underscored}"),
                format!("TARGET_{name}"),
                (*name).to_owned(),
            ]
        })
        .find_map(|name| {
            let value = variable(&name)?;
            let flag = value
                .split_whitespace()
                .find(|flag| matches!(*flag, "-march=native" | "-mcpu=native"))?;
            Some(format!("{name}={flag}"))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(flags: &[&str]) -> Rustflags {
        Rustflags {
            flags: flags.iter().map(|&flag| flag.to_owned()).collect(),
            hidden: None,
        }
    }

    #[test]
    fn codegen_options_are_seen_however_they_are_written() {
        for flags in [
            &["-Ctarget-cpu=native"][..],
            &["-C", "target-cpu=native"],
            &["--codegen", "target_cpu=native"],
            &["--codegen=target-cpu=native"],
            &["-Ctarget-cpu=x86-64", "-g", "-C", "target-cpu=native"],
        ] {
            assert_eq!(of(flags).target_cpu(), Some("native"), "{flags:?}");
        }
        assert_eq!(of(&["-C", "linker=gcc"]).linker(), Some("gcc"));
        assert_eq!(of(&["--cfg", "linker=gcc"]).linker(), None);
        assert_eq!(of(&["-Clink-arg=-Wl,linker=x"]).linker(), None);
    }

    #[test]
    fn the_last_word_on_crt_static_counts() {
        assert!(of(&["-Ctarget-feature=+sse4.2,+crt-static"]).crt_static());
        let both = of(&[
            "-Ctarget-feature=+crt-static",
            "-Ctarget-feature=-crt-static",
        ]);
        assert!(!both.crt_static());
    }

    /// The flags that cargo takes in a folder with this configuration and these variables.
    fn resolved(config: &str, variables: &[(&str, &str)], values: &[&str]) -> Rustflags {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(".cargo")).unwrap();
        std::fs::write(folder.path().join(".cargo/config.toml"), config).unwrap();
        let options = cargo_config2::ResolveOptions::default()
            .cargo_home(None)
            .host_triple(TRIPLE)
            .env(variables.iter().copied());
        let config = Config::load_with_options(folder.path(), options).unwrap();
        let values: Vec<String> = values.iter().map(|&value| value.to_owned()).collect();
        Rustflags::resolve(&config, TRIPLE, folder.path(), &values).unwrap()
    }

    const TRIPLE: &str = "x86_64-unknown-linux-gnu";

    #[test]
    fn flags_come_from_the_source_that_cargo_takes_them_from() {
        let config = "[build]\nrustflags = ['-Ca']\n\
             [target.x86_64-unknown-linux-gnu]\nrustflags = ['-Cb']\n\
             [target.'cfg(target_os = \"linux\")']\nrustflags = ['-Cc']\n";
        let of_target = resolved(config, &[], &[]);
        assert_eq!(of_target.flags, ["-Cb", "-Cc"]);
        let space = resolved(config, &[("RUSTFLAGS", "-Cd -Ce")], &[]);
        assert_eq!(space.flags, ["-Cd", "-Ce"]);
        let encoded = [("RUSTFLAGS", "-Cd"), (VARIABLE, "--cfg\u{1f}f g")];
        assert_eq!(resolved(config, &encoded, &[]).flags, ["--cfg", "f g"]);
        let build = resolved("build.rustflags = '-Ca -Cz'", &[], &["net.offline=true"]);
        assert_eq!(build.flags, ["-Ca", "-Cz"]);
        assert!(matches!(build.build_id(), BuildId::Ask(_)));
    }

    #[test]
    fn flags_that_cannot_all_be_seen_are_left_alone() {
        let on_the_line = resolved("", &[], &["target.'cfg(unix)'.rustflags=['-g']"]);
        assert!(matches!(on_the_line.build_id(), BuildId::Not(_)));
        let included = resolved("include = ['other.toml']", &[], &[]);
        assert!(matches!(included.build_id(), BuildId::Not(_)));
        let values = ["build.rustflags=['-Ctarget-cpu=native']".to_owned()];
        assert!(native_config(&values).is_some());
    }

    #[test]
    fn the_build_id_comes_after_the_users_flags() {
        let BuildId::Ask(value) = of(&["-C", "opt-level=3", "--cfg", "a b"]).build_id() else {
            panic!("nothing stands against it");
        };
        assert_eq!(
            value.split('\u{1f}').collect::<Vec<_>>(),
            ["-C", "opt-level=3", "--cfg", "a b", BUILD_ID]
        );
    }

    #[test]
    fn no_build_id_is_asked_for_where_it_would_displace_or_break_something() {
        let theirs = of(&["-Clink-arg=-Wl,--build-id=none"]);
        assert_eq!(theirs.build_id(), BuildId::Theirs);
        let bare = of(&["-Clinker=/usr/bin/ld.lld"]);
        assert!(matches!(bare.build_id(), BuildId::Not(_)));
        let mut hidden = of(&[]);
        hidden.hidden = Some("x".to_owned());
        assert!(matches!(hidden.build_id(), BuildId::Not(_)));
    }

    #[test]
    fn c_flags_of_the_building_machine_are_found() {
        let one = |wanted: &'static str, value: &'static str| {
            move |name: &str| (name == wanted).then(|| value.to_owned())
        };
        assert_eq!(
            native_c_flags(
                TRIPLE,
                one("CFLAGS_x86_64_unknown_linux_gnu", "-O2 -march=native")
            ),
            Some("CFLAGS_x86_64_unknown_linux_gnu=-march=native".to_owned())
        );
        assert_eq!(
            native_c_flags(TRIPLE, one("CFLAGS", "-march=x86-64-v2")),
            None
        );
    }
}
