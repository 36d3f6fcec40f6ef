//! Dependencies as a header has them: name, version, flags, in rpmbuild's order.

use super::tag::sense;
use crate::package::{Comparison, Compression, Dependency, Phase, Plan, Relation};
use std::collections::{BTreeMap, BTreeSet};

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
pub struct EncodedDependencies(BTreeMap<Relation, BTreeSet<EncodedDependency>>);

impl EncodedDependencies {
    /// The dependencies of a plan, with those that rpmbuild adds by itself: the package's own
    /// name, plain and with its architecture; `config(NAME)` both ways where there is a
    /// configuration file; the interpreter of each script; the `rpmlib()` lines.
    pub fn of(plan: &Plan) -> Self {
        let mut all = EncodedDependencies::default();
        for relation in Relation::ALL {
            let found = match relation {
                Relation::Requires => sense::FIND_REQUIRES,
                Relation::Provides => sense::FIND_PROVIDES,
                _ => 0,
            };
            let list = plan.dependencies.list(relation).iter();
            all.add(
                relation,
                list.flat_map(|dependency| encode(dependency, found)),
            );
        }
        // A source package is nothing that others could need, and none of its files is configuration.
        if !plan.kind.is_source() {
            all.add_own(plan);
        }
        all.add(Relation::Requires, interpreters(plan));
        let features = features(plan, &all).map(|(name, version)| EncodedDependency {
            name: format!("rpmlib({name})"),
            version: version.to_owned(),
            flags: sense::RPMLIB | sense::LESS | sense::EQUAL,
        });
        let features: Vec<EncodedDependency> = features.collect();
        all.add(Relation::Requires, features);
        all
    }

    /// One of the lists, in the header's order.
    pub fn list(&self, relation: Relation) -> impl ExactSizeIterator<Item = &EncodedDependency> {
        const NONE: &BTreeSet<EncodedDependency> = &BTreeSet::new();
        self.0.get(&relation).unwrap_or(NONE).iter()
    }

    fn add(
        &mut self,
        relation: Relation,
        dependencies: impl IntoIterator<Item = EncodedDependency>,
    ) {
        self.0.entry(relation).or_default().extend(dependencies);
    }

    fn add_own(&mut self, plan: &Plan) {
        let name = plan.nevra.name.as_str();
        let own = |name: String, flags: u32| EncodedDependency {
            name,
            version: plan.nevra.evr.to_string(),
            flags: sense::EQUAL | flags,
        };
        self.add(Relation::Provides, [own(name.to_owned(), 0)]);
        let isa = isa(&plan.nevra.arch).map(|isa| own(format!("{name}({isa})"), 0));
        self.add(Relation::Provides, isa);
        if plan.files.iter().any(|file| file.flags.config) {
            let config = own(format!("config({name})"), sense::CONFIG);
            for (relation, is_wanted) in [
                (Relation::Provides, plan.dependencies.config_provided),
                (Relation::Requires, plan.dependencies.config_required),
            ] {
                self.add(relation, is_wanted.then(|| config.clone()));
            }
        }
    }

    /// Whether a version somewhere, of a trigger too, has a character in it (rpm 4.14.3,
    /// `haveCharInDep` in `build/pack.c`).
    fn has_in_versions(&self, character: char, plan: &Plan) -> bool {
        let mut all = self.0.values().flatten();
        let in_triggers = plan.triggers.iter().flat_map(|trigger| &trigger.conditions);
        all.any(|dependency| {
            // A name has no such character; in brackets there are versions.
            let is_rich = dependency.name.starts_with('(');
            dependency.version.contains(character) || is_rich && dependency.name.contains(character)
        }) || in_triggers
            .filter_map(|condition| condition.constraint.as_ref())
            .any(|constraint| constraint.version.contains(character))
    }
}

/// Name and version of each `rpmlib()` feature that the package needs, as rpmbuild would have it
/// (rpm 4.14.3: `build/files.c`, `build/parseScript.c`, `finalizeDeps` in `build/pack.c`).
fn features(
    plan: &Plan,
    dependencies: &EncodedDependencies,
) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
    let rich = [Relation::Requires, Relation::Conflicts]
        .into_iter()
        .any(|relation| dependencies.list(relation).any(|d| d.name.starts_with('(')));
    let compressor = match plan.compression {
        Compression::Gzip(_) => None,
        Compression::Xz(_) => Some(("PayloadIsXz", "5.2-1")),
        Compression::Zstd(_) => Some(("PayloadIsZstd", "5.4.18-1")),
    };
    let lua = scripts(plan).any(|(program, _)| program == LUA);
    let arguments = plan.scriptlets.iter().any(|s| s.interpreter.len() > 1);
    let has = |character| dependencies.has_in_versions(character, plan);
    [
        // Folders and names of files are kept apart.
        Some(("CompressedFileNames", "3.0.4-1")),
        plan.files
            .iter()
            .any(|file| file.caps.is_some())
            .then_some(("FileCaps", "4.6.1-1")),
        // 64-bit sizes, and entries of the payload without a size.
        plan.has_large_file().then_some(("LargeFiles", "4.12.0-1")),
        // They are SHA-256.
        Some(("FileDigests", "4.6.0-1")),
        // Names in the payload begin with `./`.
        (!plan.kind.is_source()).then_some(("PayloadFilesHavePrefix", "4.0-1")),
        compressor,
        lua.then_some(("BuiltinLuaScripts", "4.2.2-1")),
        arguments.then_some(("ScriptletInterpreterArgs", "4.0.3-1")),
        has('~').then_some(("TildeInVersions", "4.10.0-1")),
        has('^').then_some(("CaretInVersions", "4.15.0-1")),
        rich.then_some(("RichDependencies", "4.12.0-1")),
    ]
    .into_iter()
    .flatten()
}

/// The interpreter that is built into rpm.
const LUA: &str = "<lua>";

/// The program of each script and what it is needed for; a trigger is no phase.
fn scripts(plan: &Plan) -> impl Iterator<Item = (&str, u32)> {
    let scriptlets = plan.scriptlets.iter().map(|scriptlet| {
        let program = scriptlet.interpreter.first().map(String::as_str);
        (program.unwrap_or_default(), phase_flag(scriptlet.phase))
    });
    let triggers = plan.triggers.iter();
    scriptlets.chain(triggers.map(|trigger| (trigger.interpreter.as_str(), 0)))
}

fn interpreters(plan: &Plan) -> impl Iterator<Item = EncodedDependency> {
    scripts(plan)
        .filter(|(program, _)| *program != LUA)
        .map(|(program, flag)| EncodedDependency {
            name: program.to_owned(),
            version: String::new(),
            flags: sense::INTERP | flag,
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

pub(super) fn comparison_flags(comparison: Comparison) -> u32 {
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
        Phase::Pretrans => sense::PRETRANS,
        Phase::Pre => sense::SCRIPT_PRE,
        Phase::Post => sense::SCRIPT_POST,
        Phase::Preun => sense::SCRIPT_PREUN,
        Phase::Postun => sense::SCRIPT_POSTUN,
        Phase::Posttrans => sense::POSTTRANS,
        Phase::Preuntrans => sense::PREUNTRANS,
        Phase::Postuntrans => sense::POSTUNTRANS,
        Phase::Verify => sense::SCRIPT_VERIFY,
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

    fn lines(all: &EncodedDependencies, relation: Relation) -> Vec<String> {
        all.list(relation)
            .map(|d| format!("{} {} {:#x}", d.name, d.version, d.flags))
            .collect()
    }

    /// The same package made by rpmbuild 4.14.3 has these lines, names and flags.
    #[test]
    fn dependencies_are_those_of_rpmbuild_in_its_order() {
        let plan = fixture::plan();
        let all = EncodedDependencies::of(&plan);
        insta::assert_snapshot!(lines(&all, Relation::Requires).join("\n"), @r"
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
        insta::assert_snapshot!(lines(&all, Relation::Provides).join("\n"), @r"
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
        let all = EncodedDependencies::of(&plan);
        let names = all.list(Relation::Requires).map(|one| one.name.as_str());
        let features: Vec<&str> = names.filter(|name| name.starts_with("rpmlib(")).collect();
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
            lines(&EncodedDependencies::of(&plan), Relation::Provides)
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
