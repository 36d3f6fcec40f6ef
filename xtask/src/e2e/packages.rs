//! The packages of the matrix: the fixture service with other settings, units and versions.

use super::rows::By;
use super::{foreign, variants};
use crate::demo::copy;
use crate::say;
use crate::step::{Failure, Step};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A style of scriptlets and the target whose packages have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Style {
    /// Its name in the table, which is the dist tag of the target too.
    pub(super) name: &'static str,
    /// What `--target` is given.
    pub(super) target: &'static str,
    /// The version of systemd that the target has.
    pub(super) systemd: u32,
}

/// All styles.
pub(super) const STYLES: [Style; 3] = [
    Style {
        name: "el7",
        target: "centos7",
        systemd: 219,
    },
    Style {
        name: "el8",
        target: "centos8",
        systemd: 239,
    },
    Style {
        name: "el9",
        target: "el9",
        systemd: 252,
    },
];

/// A package, as it is before it is made.
pub(super) struct Variant {
    /// What rows call it.
    pub(super) name: &'static str,
    /// Its version.
    pub(super) version: &'static str,
    /// What stands in the manifest below `[package.metadata.ambot]`.
    pub(super) settings: &'static str,
    /// The other files of the project, by path.
    pub(super) files: &'static [(&'static str, &'static str)],
}

/// Where packages lie outside of machines, and inside.
pub(super) struct Shelf {
    folder: PathBuf,
    /// File names by style and variant.
    names: BTreeMap<(&'static str, String), String>,
}

/// The project that all packages are made from.
const FIXTURE: &str = "tests/fixtures/hello";

/// Where machines have the shelf.
pub(super) const INSIDE: &str = "/e2e";

impl Shelf {
    /// Makes all packages, or takes those that an earlier run made with the same program.
    pub(super) fn fill(folder: &Path, program: &Path) -> Result<Self, Failure> {
        let recipe = recipe(program).map_err(|error| unwritable(folder, &error))?;
        let stamp = folder.join("recipe");
        if fs::read_to_string(&stamp).is_ok_and(|made| made == recipe) {
            return Shelf::read(folder);
        }
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
        say::status("Packaging", &format!("{} packages", variants::ALL.len()));
        let mut built = "";
        for variant in variants::ALL {
            package(variant, folder, program, built == variant.version)?;
            built = variant.version;
        }
        let shelf = Shelf::read(folder)?;
        for style in STYLES {
            foreign::make(style, folder, &shelf.requirements(style)?)?;
        }
        fs::write(stamp, recipe).map_err(|error| unwritable(folder, &error))?;
        Shelf::read(folder)
    }

    fn read(folder: &Path) -> Result<Self, Failure> {
        let mut names = BTreeMap::new();
        let unreadable = |error: io::Error| unwritable(folder, &error);
        for style in STYLES {
            for variant in fs::read_dir(folder.join(style.name)).map_err(unreadable)? {
                let variant = variant.map_err(unreadable)?;
                for file in fs::read_dir(variant.path()).map_err(unreadable)? {
                    let file = file.map_err(unreadable)?.file_name();
                    let variant = variant.file_name().to_string_lossy().into_owned();
                    names.insert((style.name, variant), file.to_string_lossy().into_owned());
                }
            }
        }
        Ok(Shelf {
            folder: folder.to_owned(),
            names,
        })
    }

    /// The path in a machine of the package that a word of a row names.
    pub(super) fn path(&self, style: &'static str, word: &str, by: By) -> Option<String> {
        let path = |word: String| {
            let file = self.names.get(&(style, word.clone()))?;
            Some(format!("{INSIDE}/{style}/{word}/{file}"))
        };
        let of_macros = path(foreign::of_macros(word)).filter(|_| by == By::Macros);
        of_macros.or_else(|| path(word.to_owned()))
    }

    /// What machines have to be shown.
    pub(super) fn bind(&self) -> String {
        format!("{}:{INSIDE}", self.folder.display())
    }

    /// What the packages of a style require of a system.
    fn requirements(&self, style: Style) -> Result<Vec<String>, Failure> {
        let files = self.names.iter().filter(|((of, _), _)| *of == style.name);
        let paths =
            files.map(|((style, variant), file)| self.folder.join(style).join(variant).join(file));
        let said = Step::new("Reading", "what packages require", "rpm")
            .args(["-qp", "--nosignature", "--requires"])
            .args(paths)
            .quietly()?;
        let mut all: Vec<String> = said
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with("rpmlib(") && !line.starts_with("config("))
            .filter(|line| *line != "systemd")
            // A version is provided as it is required.
            .map(|line| line.replace(">=", "="))
            .collect();
        all.sort();
        all.dedup();
        Ok(all)
    }
}

fn unwritable(folder: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("{}: {error}", folder.display()))
}

/// All that a package depends on, to tell whether one that is there is the same.
fn recipe(program: &Path) -> io::Result<String> {
    let built = fs::metadata(program)?;
    let mut recipe = format!("{} {:?}\n", built.len(), built.modified()?);
    let fixture = crate::workspace().join(FIXTURE);
    for file in ["Cargo.toml", "src/main.rs"] {
        recipe += &fs::read_to_string(fixture.join(file))?;
    }
    for variant in variants::ALL {
        recipe += &format!(
            "{}\n{}\n{:?}\n",
            variant.name,
            manifest("", variant),
            variant.files
        );
    }
    for style in STYLES {
        recipe += &foreign::recipe(style);
    }
    Ok(recipe)
}

/// The fixture's manifest as this package has it; its own tables come last there.
fn manifest(fixture: &str, variant: &Variant) -> String {
    let head = fixture.split("[package.metadata.ambot.services").next();
    let head = head.unwrap_or_default();
    let version = format!("version = \"{}\"", variant.version);
    format!(
        "{}\n{}",
        head.replacen("version = \"1.0.0\"", &version, 1).trim_end(),
        variant.settings
    )
}

/// Makes a package for all styles, in the same project folder for all, so that cargo builds a version
/// only once.
fn package(
    variant: &Variant,
    folder: &Path,
    program: &Path,
    is_built: bool,
) -> Result<(), Failure> {
    let ground = crate::target_dir().join("e2e");
    let project = ground.join("project");
    lay_project(variant, &project).map_err(|error| unwritable(&project, &error))?;
    let targets = STYLES.map(|style| style.target).join(",");
    let made = Step::new("Packaging", variant.name, program)
        .args(["ambot", "package", "--quiet"])
        .args(["--target", &targets])
        .args([if is_built {
            "--no-build"
        } else {
            "--install-zig"
        }])
        .args(["--target-dir".into(), ground.join("build")])
        .args(["--output".into(), ground.join("made")])
        .in_folder(&project)
        .quietly()?;
    for file in made.lines().map(Path::new) {
        let name = file.file_name().unwrap_or_default();
        let of = |style: &Style| {
            name.to_string_lossy()
                .contains(&format!(".{}.", style.name))
        };
        let Some(style) = STYLES.into_iter().find(of) else {
            return Err(Failure::new(format!("{} is of no style", file.display())));
        };
        let to = folder.join(style.name).join(variant.name);
        let moved = fs::create_dir_all(&to).and_then(|()| fs::rename(file, to.join(name)));
        moved.map_err(|error| unwritable(&to, &error))?;
    }
    Ok(())
}

fn lay_project(variant: &Variant, project: &Path) -> io::Result<()> {
    let fixture = crate::workspace().join(FIXTURE);
    copy(&fixture, project)?;
    let text = fs::read_to_string(fixture.join("Cargo.toml"))?;
    fs::write(project.join("Cargo.toml"), manifest(&text, variant))?;
    for folder in [".ambot", "etc"] {
        let _ = fs::remove_dir_all(project.join(folder));
    }
    for (path, text) in variant.files {
        let path = project.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::rows::{Action, By, all};
    use super::super::{foreign, variants};
    use super::manifest;
    use std::collections::BTreeSet;

    #[test]
    fn a_manifest_has_the_settings_in_the_place_of_the_fixtures() {
        let fixture = "[package]\nversion = \"1.0.0\"\n[package.metadata.ambot]\nx = 1\n\n\
                       [package.metadata.ambot.services.hello]\ny = 2\n";
        let variant = variants::ALL.iter().find(|one| one.name == "start2");
        assert_eq!(
            manifest(fixture, variant.unwrap()),
            "[package]\nversion = \"1.1.0\"\n[package.metadata.ambot]\nx = 1\n\
             services.hello.start = true"
        );
    }

    #[test]
    fn rows_of_the_macros_name_no_package_of_ours() {
        for row in all().unwrap().iter().filter(|row| row.by == By::Macros) {
            for step in &row.steps {
                let (Action::Shell(line) | Action::Rpm(line)) = &step.action;
                for word in line.split(' ') {
                    let is_ours = variants::ALL.iter().any(|one| one.name == word);
                    assert!(
                        !is_ours || foreign::is_word(&foreign::of_macros(word)),
                        "{line}"
                    );
                }
            }
        }
    }

    #[test]
    fn packages_of_a_version_follow_each_other_and_no_name_stands_twice() {
        let names: BTreeSet<_> = variants::ALL.iter().map(|one| one.name).collect();
        assert_eq!(names.len(), variants::ALL.len());
        assert!(variants::ALL.is_sorted_by_key(|one| one.version));
    }
}
