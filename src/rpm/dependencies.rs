//! Dependencies as a header has them: name, version, flags, in rpmbuild's order.

use super::tag::sense;
use crate::package::{Comparison, Compression, Dependency, Phase, Plan};

/// One dependency as a header has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EncodedDependency {
    /// The name.
    pub name: String,
    /// `[EPOCH:]VERSION[-RELEASE]`, or nothing.
    pub version: String,
    /// `RPMSENSE_*` flags.
    pub flags: u32,
}

/// All dependencies of a package as its header has them: each list sorted by name, version and
/// flags and free of doubles, as rpmbuild's is (`rpmdsMerge` in rpm 4.14.3, `lib/rpmds.c`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EncodedDependencies {
    /// `Requires`, the `rpmlib()` lines among them.
    pub requires: Vec<EncodedDependency>,
    /// `Provides`, the package itself among them.
    pub provides: Vec<EncodedDependency>,
    /// `Conflicts`.
    pub conflicts: Vec<EncodedDependency>,
    /// `Obsoletes`.
    pub obsoletes: Vec<EncodedDependency>,
}

impl EncodedDependencies {
    /// The dependencies of a plan, with those that rpmbuild adds by itself: the package's own
    /// name, plain and with its architecture; `config(NAME)` both ways where there is a
    /// configuration file; the interpreter of each scriptlet; the `rpmlib()` lines.
    pub fn of(plan: &Plan) -> Self {
        let mut all = without_rpmlib(plan);
        all.requires.extend(
            features(plan, &all).map(|(name, version)| EncodedDependency {
                name: format!("rpmlib({name})"),
                version: version.to_owned(),
                flags: sense::RPMLIB | sense::LESS | sense::EQUAL,
            }),
        );
        for list in [
            &mut all.requires,
            &mut all.provides,
            &mut all.conflicts,
            &mut all.obsoletes,
        ] {
            list.sort();
            list.dedup();
        }
        all
    }
}

/// Name and version of each `rpmlib()` feature that the package needs, as rpmbuild would have it (rpm 4.14.3: `build/files.c`, `finalizeDeps` in
/// `build/pack.c`).
fn features(
    plan: &Plan,
    dependencies: &EncodedDependencies,
) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
    let anywhere = |character: char| {
        [
            &dependencies.requires,
            &dependencies.provides,
            &dependencies.conflicts,
            &dependencies.obsoletes,
        ]
        .into_iter()
        .flatten()
        .any(|dependency| dependency.version.contains(character))
    };
    let rich = dependencies
        .requires
        .iter()
        .any(|d| d.name.starts_with('('));
    let compressor = match plan.compression {
        Compression::Gzip(_) => None,
    };
    [
        // Folders and names of files are kept apart.
        Some(("CompressedFileNames", "3.0.4-1")),
        plan.files
            .iter()
            .any(|file| file.caps.is_some())
            .then_some(("FileCaps", "4.6.1-1")),
        // They are SHA-256.
        Some(("FileDigests", "4.6.0-1")),
        // Names in the payload begin with `./`.
        Some(("PayloadFilesHavePrefix", "4.0-1")),
        compressor,
        anywhere('~').then_some(("TildeInVersions", "4.10.0-1")),
        anywhere('^').then_some(("CaretInVersions", "4.15.0-1")),
        rich.then_some(("RichDependencies", "4.12.0-1")),
    ]
    .into_iter()
    .flatten()
}

fn without_rpmlib(plan: &Plan) -> EncodedDependencies {
    let list = |dependencies: &[Dependency], found: u32| {
        dependencies
            .iter()
            .flat_map(move |d| encode(d, found))
            .collect::<Vec<_>>()
    };
    let mut all = EncodedDependencies {
        requires: list(&plan.dependencies.requires, sense::FIND_REQUIRES),
        provides: list(&plan.dependencies.provides, sense::FIND_PROVIDES),
        conflicts: list(&plan.dependencies.conflicts, 0),
        obsoletes: list(&plan.dependencies.obsoletes, 0),
    };
    let name = plan.nevra.name.as_str();
    let own = |name: String, flags: u32| EncodedDependency {
        name,
        version: plan.nevra.evr.to_string(),
        flags: sense::EQUAL | flags,
    };
    all.provides.push(own(name.to_owned(), 0));
    if let Some(isa) = isa(&plan.nevra.arch) {
        all.provides.push(own(format!("{name}({isa})"), 0));
    }
    if plan.files.iter().any(|file| file.flags.config) {
        let config = own(format!("config({name})"), sense::CONFIG);
        all.provides.push(config.clone());
        all.requires.push(config);
    }
    all.requires.extend(interpreters(plan));
    all
}

fn interpreters(plan: &Plan) -> impl Iterator<Item = EncodedDependency> {
    let scriptlets = &plan.scriptlets;
    [
        (&scriptlets.pre, Phase::Pre),
        (&scriptlets.post, Phase::Post),
        (&scriptlets.preun, Phase::Preun),
        (&scriptlets.postun, Phase::Postun),
        (&scriptlets.posttrans, Phase::Posttrans),
    ]
    .into_iter()
    .filter(|(text, _)| text.is_some())
    .map(|(_, phase)| EncodedDependency {
        name: super::SHELL.to_owned(),
        version: String::new(),
        flags: sense::INTERP | phase_flag(phase),
    })
}

/// One dependency for all its phases, or one for each where it is an interpreter: so rpmbuild
/// writes them.
fn encode(dependency: &Dependency, found: u32) -> Vec<EncodedDependency> {
    let (comparison, version) = match &dependency.constraint {
        Some(constraint) => (
            comparison_flags(constraint.comparison),
            constraint.version.clone(),
        ),
        None => (0, String::new()),
    };
    let found = if dependency.found { found } else { 0 };
    let with = |flags: u32| EncodedDependency {
        name: dependency.name.clone(),
        version: version.clone(),
        flags: flags | comparison | found,
    };
    if dependency.interpreter && !dependency.phases.is_empty() {
        let phases = dependency.phases.iter();
        return phases
            .map(|p| with(phase_flag(*p) | sense::INTERP))
            .collect();
    }
    let phases = dependency
        .phases
        .iter()
        .fold(0, |all, p| all | phase_flag(*p));
    vec![with(phases)]
}

fn comparison_flags(comparison: Comparison) -> u32 {
    match comparison {
        Comparison::Less => sense::LESS,
        Comparison::LessOrEqual => sense::LESS | sense::EQUAL,
        Comparison::Equal => sense::EQUAL,
        Comparison::GreaterOrEqual => sense::GREATER | sense::EQUAL,
        Comparison::Greater => sense::GREATER,
    }
}

fn phase_flag(phase: Phase) -> u32 {
    match phase {
        Phase::Pre => sense::SCRIPT_PRE,
        Phase::Post => sense::SCRIPT_POST,
        Phase::Preun => sense::SCRIPT_PREUN,
        Phase::Postun => sense::SCRIPT_POSTUN,
        Phase::Posttrans => sense::POSTTRANS,
    }
}

/// `%{_isa}` without its brackets (rpm 4.14.3, `installplatform`); none for `noarch`.
fn isa(arch: &str) -> Option<&'static str> {
    Some(match arch {
        "x86_64" => "x86-64",
        "i386" | "i486" | "i586" | "i686" => "x86-32",
        "aarch64" => "aarch-64",
        "armv7hl" => "armv7hl-32",
        "ppc64" | "ppc64le" => "ppc-64",
        "s390x" => "s390-64",
        "riscv64" => "riscv-64",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpm::fixture;

    fn lines(list: &[EncodedDependency]) -> Vec<String> {
        list.iter()
            .map(|d| format!("{} {} {:#x}", d.name, d.version, d.flags))
            .collect()
    }

    /// The same package made by rpmbuild 4.14.3 has these lines, names and flags.
    #[test]
    fn dependencies_are_those_of_rpmbuild_in_its_order() {
        let plan = fixture::plan();
        let all = EncodedDependencies::of(&plan);
        insta::assert_snapshot!(lines(&all.requires).join("\n"), @r"
        /bin/sh  0x120
        /bin/sh  0x300
        /bin/sh  0x500
        config(hello) 1.2.0~rc.1-1.el7 0x10000008
        curl 7.29 0xc
        libc.so.6(GLIBC_2.17)(64bit)  0x4000
        rpmlib(CompressedFileNames) 3.0.4-1 0x100000a
        rpmlib(FileDigests) 4.6.0-1 0x100000a
        rpmlib(PayloadFilesHavePrefix) 4.0-1 0x100000a
        rpmlib(TildeInVersions) 4.10.0-1 0x100000a
        systemd  0xc00
        ");
        insta::assert_snapshot!(lines(&all.provides).join("\n"), @r"
        config(hello) 1.2.0~rc.1-1.el7 0x10000008
        hello 1.2.0~rc.1-1.el7 0x8
        hello(x86-64) 1.2.0~rc.1-1.el7 0x8
        ");
    }

    #[test]
    fn a_feature_is_required_only_where_it_is_used() {
        let mut draft = fixture::draft();
        draft.nevra.evr.version = "1.2.0".into();
        let plan = Plan::complete(draft).unwrap();
        let requires = EncodedDependencies::of(&plan).requires;
        let names = requires.into_iter().map(|dependency| dependency.name);
        let features: Vec<String> = names.filter(|name| name.starts_with("rpmlib(")).collect();
        assert_eq!(
            features,
            [
                "rpmlib(CompressedFileNames)",
                "rpmlib(FileDigests)",
                "rpmlib(PayloadFilesHavePrefix)"
            ]
        );
    }

    #[test]
    fn a_package_provides_itself_with_its_epoch_and_architecture() {
        let provided = |arch: &str| {
            let mut draft = fixture::draft();
            draft.nevra.evr.epoch = Some(2);
            draft.nevra.arch = arch.into();
            let plan = Plan::complete(draft).unwrap();
            lines(&EncodedDependencies::of(&plan).provides)
        };
        assert_eq!(
            provided("armv7hl")[1..],
            [
                "hello 2:1.2.0~rc.1-1.el7 0x8",
                "hello(armv7hl-32) 2:1.2.0~rc.1-1.el7 0x8"
            ]
        );
        assert_eq!(provided("noarch").len(), 2);
    }

    #[test]
    fn a_dependency_that_is_there_twice_is_written_once() {
        let mut draft = fixture::draft();
        let mut shell = Dependency::any("/bin/sh", "a scriptlet");
        shell.interpreter = true;
        shell.phases = vec![Phase::Pre, Phase::Post];
        let plan = Plan::complete(draft.clone()).unwrap();
        draft.dependencies.requires.push(shell);
        let more = Plan::complete(draft).unwrap();
        assert_eq!(
            EncodedDependencies::of(&plan),
            EncodedDependencies::of(&more)
        );
    }
}
