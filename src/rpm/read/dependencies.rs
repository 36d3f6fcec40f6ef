//! Dependencies, scriptlets and triggers, as the header has them.

use super::header::Header;
use super::package::Metadata;
use crate::package::Relation;
use crate::rpm::tag::{self, sense};

/// One dependency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadDependency {
    /// The name.
    pub name: String,
    /// `[EPOCH:]VERSION[-RELEASE]`, or nothing.
    pub version: String,
    /// `RPMSENSE_*` flags.
    pub flags: u32,
}

/// One scriptlet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadScriptlet {
    /// When it runs: `pre`, `post` …
    pub phase: &'static str,
    /// Its interpreter and the arguments of that.
    pub interpreter: Vec<String>,
    /// Its text.
    pub text: String,
}

/// One trigger: a script that runs when other packages, or files of theirs, come or go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadTrigger {
    /// What a spec file calls it: `triggerin`, `transfiletriggerun` …
    pub kind: &'static str,
    /// The packages, or the beginnings of paths, that it waits for.
    pub conditions: Vec<ReadDependency>,
    /// Its interpreter and the arguments of that.
    pub interpreter: Vec<String>,
    /// Its text.
    pub text: String,
    /// Triggers of files run in this order, the highest first; others have none.
    pub priority: Option<u64>,
}

/// One entry of the changelog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadChange {
    /// Seconds since 1970.
    pub time: u64,
    /// Who, and usually the version.
    pub author: String,
    /// What.
    pub text: String,
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn dependencies(header: &Header, [name, version, flags]: [u32; 3]) -> Vec<ReadDependency> {
    let mut versions = header.texts(version);
    let mut flags = header.numbers(flags);
    header
        .texts(name)
        .map(|name| ReadDependency {
            name: text(name),
            version: versions.next().map(text).unwrap_or_default(),
            flags: flags
                .next()
                .and_then(|f| u32::try_from(f).ok())
                .unwrap_or(0),
        })
        .collect()
}

/// The tags of one family of triggers.
struct Family {
    scripts: u32,
    programs: u32,
    index: u32,
    priorities: Option<u32>,
    conditions: [u32; 3],
    /// What a condition with this flag makes it.
    kinds: [(u32, &'static str); 4],
}

const FAMILIES: [Family; 3] = [
    Family {
        scripts: tag::TRIGGER_SCRIPTS,
        programs: tag::TRIGGER_SCRIPT_PROG,
        index: tag::TRIGGER_INDEX,
        priorities: None,
        conditions: [tag::TRIGGER_NAME, tag::TRIGGER_VERSION, tag::TRIGGER_FLAGS],
        kinds: [
            (sense::TRIGGER_PREIN, "triggerprein"),
            (sense::TRIGGER_IN, "triggerin"),
            (sense::TRIGGER_UN, "triggerun"),
            (sense::TRIGGER_POSTUN, "triggerpostun"),
        ],
    },
    Family {
        scripts: tag::FILE_TRIGGER_SCRIPTS,
        programs: tag::FILE_TRIGGER_SCRIPT_PROG,
        index: tag::FILE_TRIGGER_INDEX,
        priorities: Some(tag::FILE_TRIGGER_PRIORITIES),
        conditions: [
            tag::FILE_TRIGGER_NAME,
            tag::FILE_TRIGGER_VERSION,
            tag::FILE_TRIGGER_FLAGS,
        ],
        kinds: [
            (sense::TRIGGER_PREIN, "filetriggerprein"),
            (sense::TRIGGER_IN, "filetriggerin"),
            (sense::TRIGGER_UN, "filetriggerun"),
            (sense::TRIGGER_POSTUN, "filetriggerpostun"),
        ],
    },
    Family {
        scripts: tag::TRANS_FILE_TRIGGER_SCRIPTS,
        programs: tag::TRANS_FILE_TRIGGER_SCRIPT_PROG,
        index: tag::TRANS_FILE_TRIGGER_INDEX,
        priorities: Some(tag::TRANS_FILE_TRIGGER_PRIORITIES),
        conditions: [
            tag::TRANS_FILE_TRIGGER_NAME,
            tag::TRANS_FILE_TRIGGER_VERSION,
            tag::TRANS_FILE_TRIGGER_FLAGS,
        ],
        kinds: [
            (sense::TRIGGER_PREIN, "transfiletriggerprein"),
            (sense::TRIGGER_IN, "transfiletriggerin"),
            (sense::TRIGGER_UN, "transfiletriggerun"),
            (sense::TRIGGER_POSTUN, "transfiletriggerpostun"),
        ],
    },
];

fn triggers(header: &Header, family: &Family) -> Vec<ReadTrigger> {
    let mut programs = header.texts(family.programs);
    let priorities = family.priorities.into_iter();
    let mut priorities = priorities.flat_map(|tag| header.numbers(tag));
    let mut triggers: Vec<ReadTrigger> = header
        .texts(family.scripts)
        .map(|script| ReadTrigger {
            kind: family.kinds[1].1,
            conditions: Vec::new(),
            interpreter: programs.next().map(text).into_iter().collect(),
            text: text(script),
            priority: priorities.next(),
        })
        .collect();
    let indexes = header.numbers(family.index);
    for (condition, index) in dependencies(header, family.conditions)
        .into_iter()
        .zip(indexes)
    {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        let Some(trigger) = triggers.get_mut(index) else {
            continue;
        };
        let kind = family
            .kinds
            .iter()
            .find(|(flag, _)| condition.flags & flag != 0);
        trigger.kind = kind.map_or(trigger.kind, |(_, kind)| kind);
        trigger.conditions.push(condition);
    }
    triggers
}

impl Metadata {
    /// One of the lists of dependencies.
    pub fn dependencies(&self, relation: Relation) -> Vec<ReadDependency> {
        let tags = tag::of_relation(relation);
        dependencies(self.header(), [tags.name, tags.version, tags.flags])
    }

    /// `Requires`; of a source package what building it needs.
    pub fn requires(&self) -> Vec<ReadDependency> {
        self.dependencies(Relation::Requires)
    }

    /// `Provides`.
    pub fn provides(&self) -> Vec<ReadDependency> {
        self.dependencies(Relation::Provides)
    }

    /// `Conflicts`.
    pub fn conflicts(&self) -> Vec<ReadDependency> {
        self.dependencies(Relation::Conflicts)
    }

    /// `Obsoletes`.
    pub fn obsoletes(&self) -> Vec<ReadDependency> {
        self.dependencies(Relation::Obsoletes)
    }

    /// `Recommends`.
    pub fn recommends(&self) -> Vec<ReadDependency> {
        self.dependencies(Relation::Recommends)
    }

    /// `Suggests`.
    pub fn suggests(&self) -> Vec<ReadDependency> {
        self.dependencies(Relation::Suggests)
    }

    /// `Supplements`.
    pub fn supplements(&self) -> Vec<ReadDependency> {
        self.dependencies(Relation::Supplements)
    }

    /// `Enhances`.
    pub fn enhances(&self) -> Vec<ReadDependency> {
        self.dependencies(Relation::Enhances)
    }

    /// The scriptlets, in the order in which they run.
    pub fn scriptlets(&self) -> Vec<ReadScriptlet> {
        let header = self.header();
        [
            ("pretrans", tag::PRETRANS, tag::PRETRANS_PROG),
            ("pre", tag::PREIN, tag::PREIN_PROG),
            ("post", tag::POSTIN, tag::POSTIN_PROG),
            ("preuntrans", tag::PREUNTRANS, tag::PREUNTRANS_PROG),
            ("preun", tag::PREUN, tag::PREUN_PROG),
            ("postun", tag::POSTUN, tag::POSTUN_PROG),
            ("posttrans", tag::POSTTRANS, tag::POSTTRANS_PROG),
            ("postuntrans", tag::POSTUNTRANS, tag::POSTUNTRANS_PROG),
            ("verifyscript", tag::VERIFY_SCRIPT, tag::VERIFY_SCRIPT_PROG),
        ]
        .into_iter()
        .filter(|(_, text, program)| header.has(*text) || header.has(*program))
        .map(|(phase, script, program)| ReadScriptlet {
            phase,
            interpreter: header.texts(program).map(text).collect(),
            text: header.text(script).unwrap_or_default().into_owned(),
        })
        .collect()
    }

    /// The triggers: of packages, of files, of the files of a transaction.
    pub fn triggers(&self) -> Vec<ReadTrigger> {
        let of = |family| triggers(self.header(), family);
        FAMILIES.iter().flat_map(of).collect()
    }

    /// The changelog, in its order, which is newest first by custom.
    pub fn changelog(&self) -> Vec<ReadChange> {
        let header = self.header();
        let authors = header.texts(tag::CHANGELOG_NAME);
        let texts = header.texts(tag::CHANGELOG_TEXT);
        header
            .numbers(tag::CHANGELOG_TIME)
            .zip(authors.zip(texts))
            .map(|(time, (author, change))| ReadChange {
                time,
                author: text(author),
                text: text(change),
            })
            .collect()
    }
}
