//! The packages: ours as the program makes them, and those of other tools that they replace.

use camino::Utf8Path;
use cargo_ambot::rpm::read::{FileEntry, ReadRpm, Visit};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// What a target brings: its systemd and its rpm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Generation {
    /// systemd 219 and rpm 4.11.3.
    El7,
    /// systemd 239 and rpm 4.14.3.
    El8,
}

impl Generation {
    fn target(self) -> &'static str {
        match self {
            Generation::El7 => "centos7",
            Generation::El8 => "centos8",
        }
    }
}

/// The kind of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Service,
    /// Started by the timer of the same name.
    Oneshot,
    Timer,
    Socket,
    /// A service started by the socket of the same name.
    Behind,
    /// A template with `DefaultInstance=one`.
    Template,
    /// A template without a default instance.
    Bare,
}

/// What becomes of the program of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behaviour {
    Runs,
    /// Its start fails.
    Fails,
    /// It ends soon after its start, again and again.
    Loops,
    /// Its start takes until systemd gives it up.
    Hangs,
    /// Its end takes until systemd kills it.
    StopsSlowly,
}

/// `on-upgrade`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Upgrade {
    Restart,
    Reload,
    Nothing,
}

/// A unit and what was asked for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unit {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) behaviour: Behaviour,
    pub(crate) enable: bool,
    pub(crate) start: bool,
    pub(crate) upgrade: Upgrade,
    /// `on-remove = "leave"`.
    pub(crate) leave: bool,
    /// The instances of a template that are declared.
    pub(crate) instances: &'static [&'static str],
    /// The unit whose stops and restarts take this one along.
    pub(crate) part_of: Option<&'static str>,
}

/// A unit as it is without settings.
pub(crate) const fn unit(name: &'static str, kind: Kind) -> Unit {
    Unit {
        name,
        kind,
        behaviour: Behaviour::Runs,
        enable: true,
        start: false,
        upgrade: Upgrade::Restart,
        leave: false,
        instances: &[],
        part_of: None,
    }
}

impl Unit {
    pub(crate) const fn starting(mut self) -> Self {
        self.start = true;
        self
    }

    pub(crate) const fn not_enabled(mut self) -> Self {
        self.enable = false;
        self
    }

    pub(crate) const fn on_upgrade(mut self, upgrade: Upgrade) -> Self {
        self.upgrade = upgrade;
        self
    }

    pub(crate) const fn leaving(mut self) -> Self {
        self.leave = true;
        self
    }

    pub(crate) const fn with(mut self, instances: &'static [&'static str]) -> Self {
        self.instances = instances;
        self
    }

    pub(crate) const fn part_of(mut self, other: &'static str) -> Self {
        self.part_of = Some(other);
        self
    }

    pub(crate) const fn that(mut self, behaviour: Behaviour) -> Self {
        self.behaviour = behaviour;
        self
    }

    /// Whether it has an `[Install]` section, its own or one that was put in.
    pub(crate) fn is_installable(&self) -> bool {
        !matches!(self.kind, Kind::Oneshot | Kind::Behind)
    }

    /// What an upgrade does to it: timers and sockets are left alone.
    pub(crate) fn effective_upgrade(&self) -> Upgrade {
        match self.kind {
            Kind::Timer | Kind::Socket => Upgrade::Nothing,
            _ => self.upgrade,
        }
    }

    fn text(&self) -> String {
        let reload = match self.upgrade {
            Upgrade::Reload => "ExecReload=/bin/kill -HUP $MAINPID\n",
            _ => "",
        };
        let part = self.part_of.map_or(String::new(), |other| {
            format!("[Unit]\nPartOf={other}\nAfter={other}\n")
        });
        match self.kind {
            Kind::Service | Kind::Behind => {
                format!("{part}[Service]\nExecStart=/usr/bin/hello\n{reload}")
            }
            Kind::Oneshot => "[Service]\nType=oneshot\nExecStart=/usr/bin/hello\n".to_owned(),
            Kind::Timer => "[Timer]\nOnCalendar=daily\n".to_owned(),
            Kind::Socket => "[Socket]\nListenStream=/run/hello.sock\n".to_owned(),
            Kind::Template => format!(
                "[Service]\nExecStart=/usr/bin/hello\n{reload}[Install]\n\
                 WantedBy=multi-user.target\nDefaultInstance=one\n"
            ),
            Kind::Bare => format!(
                "[Service]\nExecStart=/usr/bin/hello\n{reload}[Install]\n\
                 WantedBy=multi-user.target\n"
            ),
        }
    }

    fn settings(&self) -> String {
        let upgrade = match self.upgrade {
            Upgrade::Restart => "restart",
            Upgrade::Reload => "reload",
            Upgrade::Nothing => "none",
        };
        // What cannot be enabled is not to be asked for.
        let enable = match self.is_installable() {
            true => format!("enable = {}\n", self.enable),
            false => String::new(),
        };
        // Timers and sockets are left alone without a setting.
        let upgrade = match self.kind {
            Kind::Timer | Kind::Socket => String::new(),
            _ => format!("on-upgrade = \"{upgrade}\"\n"),
        };
        let leave = match self.leave {
            true => "on-remove = \"leave\"\n",
            false => "",
        };
        let instances = self.instances.iter();
        let instances: Vec<&str> = instances
            .filter_map(|name| Some(name.split_once('@')?.1.split_once('.')?.0))
            .collect();
        let instances = match instances.as_slice() {
            [] => String::new(),
            names => format!("instances = {names:?}\n"),
        };
        format!(
            "[package.metadata.ambot.services.\"{}\"]\n{enable}start = {}\n{upgrade}{leave}{instances}",
            self.name, self.start
        )
    }
}

/// Who made a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Author {
    Ours,
    /// The macros of systemd 219 in a spec file.
    El7Macros,
    /// The macros of systemd 239.
    El8Macros,
    /// Scriptlets written by hand and given to fpm, which ask for no `$1`.
    Fpm,
}

/// A package as rpm sees it.
#[derive(Clone, Debug)]
pub(crate) struct Package {
    pub(crate) name: &'static str,
    pub(crate) label: String,
    pub(crate) author: Author,
    pub(crate) units: Vec<Unit>,
    /// The scriptlets by phase: `pre`, `post`, `preun`, `postun`, `posttrans`.
    pub(crate) scriptlets: BTreeMap<&'static str, String>,
    /// The text of small files by path.
    pub(crate) files: BTreeMap<String, String>,
}

impl Package {
    pub(crate) fn unit(&self, name: &str) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.name == file_of(name))
    }

    /// Whether its scriptlets look after a unit by name: one of its files, or a declared instance.
    pub(crate) fn declares(&self, name: &str) -> bool {
        let mut units = self.units.iter();
        units.any(|unit| unit.name == name || unit.instances.contains(&name))
    }

    /// The lines of its preset: enable or not, and the unit.
    pub(crate) fn preset(&self, unit: &str) -> Option<bool> {
        let presets = self.files.iter();
        let mut lines = presets
            .filter(|(path, _)| path.contains("/system-preset/"))
            .flat_map(|(_, text)| text.lines());
        lines.find_map(|line| match line.split_once(' ') {
            Some(("enable", name)) if name == unit => Some(true),
            Some(("disable", name)) if name == unit => Some(false),
            _ => None,
        })
    }
}

/// The file of a unit: that of the template for an instance.
pub(crate) fn file_of(unit: &str) -> String {
    match unit.split_once('@') {
        Some((stem, rest)) => {
            let suffix = rest.rsplit('.').next().unwrap_or_default();
            format!("{stem}@.{suffix}")
        }
        None => unit.to_owned(),
    }
}

/// A version of ours for a target, made once for all worlds that have it.
pub(crate) fn ours(generation: Generation, version: usize, label: &str, units: &[Unit]) -> Package {
    static MADE: Mutex<BTreeMap<String, Package>> = Mutex::new(BTreeMap::new());
    let key = format!("{generation:?} {version} {label} {units:?}");
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let package = made
        .entry(key)
        .or_insert_with(|| make(generation, version, label, units));
    package.clone()
}

fn make(generation: Generation, version: usize, label: &str, units: &[Unit]) -> Package {
    let folder = tempfile::Builder::new().prefix("ambot-").tempdir().unwrap();
    lay(folder.path(), version, units);
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-ambot"))
        .args(["ambot", "package", "--no-build", "--target-dir", "target"])
        .arg("--target")
        .arg(generation.target())
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{label}: {said}");
    let rpm = String::from_utf8(output.stdout).unwrap();
    let rpm = folder.path().join(rpm.trim());
    let read = ReadRpm::open(Utf8Path::from_path(&rpm).unwrap()).unwrap();
    let mut small = SmallFiles::default();
    let (metadata, verified) = read.verify_with(&mut small);
    verified.unwrap();
    let scriptlets = metadata.scriptlets().into_iter();
    Package {
        name: "hello",
        label: label.to_owned(),
        author: Author::Ours,
        units: units.to_vec(),
        scriptlets: scriptlets
            .map(|scriptlet| {
                assert_eq!(scriptlet.interpreter, ["/bin/sh"]);
                (scriptlet.phase, scriptlet.text)
            })
            .collect(),
        files: small.texts,
    }
}

/// A project with these units and a binary that was built before.
fn lay(folder: &Path, version: usize, units: &[Unit]) {
    let write = |path: String, bytes: &[u8]| {
        let file = folder.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    };
    let settings: String = units.iter().map(Unit::settings).collect();
    let manifest = format!(
        "[workspace]\n[package]\nname = \"hello\"\nversion = \"1.{version}.0\"\nedition = \"2021\"\n\
         description = \"Says hello\"\nlicense = \"MIT\"\n{settings}"
    );
    write("Cargo.toml".to_owned(), manifest.as_bytes());
    write("src/main.rs".to_owned(), b"fn main() {}\n");
    for unit in units {
        let path = format!(".ambot/services/{}", unit.name);
        write(path, unit.text().as_bytes());
    }
    let triple = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    write(format!("target/{triple}/release/hello"), &program());
}

/// The smallest program that there is: an ELF header and a segment. Nothing runs it.
fn program() -> Vec<u8> {
    let machine: u16 = match std::env::consts::ARCH {
        "aarch64" => 183,
        _ => 62,
    };
    let mut bytes = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    let mut put = |parts: &[(u64, usize)]| {
        for (number, length) in parts {
            bytes.extend(&number.to_le_bytes()[..*length]);
        }
    };
    put(&[(2, 2), (u64::from(machine), 2), (1, 4), (0x40_0078, 8)]);
    put(&[
        (64, 8),
        (0, 8),
        (0, 4),
        (64, 2),
        (56, 2),
        (1, 2),
        (64, 2),
        (0, 2),
        (0, 2),
    ]);
    put(&[(1, 4), (5, 4), (0, 8), (0x40_0000, 8), (0x40_0000, 8)]);
    put(&[(0x80, 8), (0x80, 8), (0x1000, 8), (0, 8)]);
    bytes
}

/// Keeps the text of what is not a program.
#[derive(Default)]
struct SmallFiles {
    current: Option<(String, Vec<u8>)>,
    texts: BTreeMap<String, String>,
}

impl Visit for SmallFiles {
    fn begin(&mut self, _: usize, file: &FileEntry<'_>, _: u64) -> bool {
        let wanted = !file.path().starts_with("/usr/bin/");
        self.current = wanted.then(|| (file.path(), Vec::new()));
        wanted
    }

    fn content(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some((_, content)) = &mut self.current {
            content.extend(bytes);
        }
        Ok(())
    }

    fn end(&mut self, _: Option<&str>) -> io::Result<()> {
        if let Some((path, content)) = self.current.take() {
            self.texts.insert(path, String::from_utf8(content).unwrap());
        }
        Ok(())
    }
}
