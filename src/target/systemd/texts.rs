//! What directives, values, sections, prefixes and specifiers are for, in plain words.
//!
//! The files under `texts/` are read when first asked for, one file for each section or family.
//! A sentence that holds for several directives stands once, in `families.toml`.

use super::directive::{Context, Directive};
use super::enumeration::Word;
use super::exec_prefix::ExecPrefix;
use super::specifier::Specifier;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What is said of a directive.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// What it does.
    pub text: String,
    /// What people fall into.
    pub trap: Option<String>,
    /// What it takes, where that is no list of words.
    pub values: Option<String>,
    /// What holds without it.
    pub default: Option<String>,
    /// The name of the sentence in `families.toml` that holds for it too.
    family: Option<String>,
    /// What its words mean.
    #[serde(default)]
    value: BTreeMap<String, String>,
}

type Texts = BTreeMap<String, Text>;
type Sentences = BTreeMap<String, String>;

/// What is said of everything that is no directive.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Other {
    section: Sentences,
    prefix: Sentences,
    specifier: Sentences,
}

macro_rules! file {
    ($name:literal) => {
        LazyLock::new(|| parse($name, include_str!(concat!("texts/", $name))))
    };
}

static UNIT: LazyLock<Texts> = file!("unit.toml");
static CONDITIONS: LazyLock<Texts> = file!("conditions.toml");
static SERVICE: LazyLock<Texts> = file!("service.toml");
static INSTALL: LazyLock<Texts> = file!("install.toml");
static TIMER: LazyLock<Texts> = file!("timer.toml");
static SOCKET: LazyLock<Texts> = file!("socket.toml");
static PATH: LazyLock<Texts> = file!("path.toml");
static EXEC: LazyLock<Texts> = file!("exec.toml");
static SANDBOX: LazyLock<Texts> = file!("sandbox.toml");
static KILL: LazyLock<Texts> = file!("kill.toml");
static RESOURCES: LazyLock<Texts> = file!("resources.toml");
static FAMILIES: LazyLock<Sentences> = file!("families.toml");
static OTHER: LazyLock<Other> = file!("other.toml");

fn parse<T: DeserializeOwned>(name: &str, text: &str) -> T {
    match toml::from_str(text) {
        Ok(texts) => texts,
        Err(error) => unreachable!("{name} is tested to parse: {error}"),
    }
}

impl Text {
    /// The sentence that holds for its whole family, if it has one.
    pub fn family(&self) -> Option<&'static str> {
        FAMILIES.get(self.family.as_ref()?).map(String::as_str)
    }
}

impl Directive {
    /// What is said of it; nothing where nobody has written about it yet.
    pub fn text(&self) -> Option<&'static Text> {
        if let Some((_, check)) = self.condition() {
            return CONDITIONS.get(check);
        }
        let files: &[&LazyLock<Texts>] = match (self.context, self.section) {
            (Context::Exec, _) => &[&EXEC, &SANDBOX],
            (Context::Cgroup, _) => &[&RESOURCES],
            (Context::Kill, _) => &[&KILL],
            (Context::Own, "Unit") => &[&UNIT],
            (Context::Own, "Service") => &[&SERVICE],
            (Context::Own, "Install") => &[&INSTALL],
            (Context::Own, "Timer") => &[&TIMER],
            (Context::Own, "Socket") => &[&SOCKET],
            (Context::Own, "Path") => &[&PATH],
            (Context::Own, _) => &[],
        };
        files.iter().find_map(|file| file.get(self.name))
    }

    /// What holds for all of its family, if it is of one.
    pub fn family_text(&self) -> Option<&'static str> {
        match self.condition() {
            Some((family, _)) => FAMILIES.get(family).map(String::as_str),
            None => self.text()?.family(),
        }
    }

    /// What is said of one of its words; nothing where the word says it itself.
    pub fn word_text(&self, word: &Word) -> Option<&'static str> {
        // Standard error takes the words of standard output and has no list of its own.
        let name = match self.name {
            "StandardError" => "StandardOutput",
            "OnSuccessJobMode" => "OnFailureJobMode",
            name => name,
        };
        let directive = super::directive::directive(self.section, name)?;
        let text = directive.text()?.value.get(word.text);
        text.map(String::as_str)
    }

    /// `Condition` or `Assert` and the question, for those two families.
    fn condition(&self) -> Option<(&'static str, &'static str)> {
        if self.section != "Unit" {
            return None;
        }
        ["Condition", "Assert"]
            .into_iter()
            .find_map(|family| Some((family, self.name.strip_prefix(family)?)))
    }
}

/// What a section is for.
pub fn section_text(section: &str) -> Option<&'static str> {
    OTHER.section.get(section).map(String::as_str)
}

impl ExecPrefix {
    /// What it does, at more length than [`ExecPrefix::meaning`].
    pub fn text(&self) -> &'static str {
        let text = OTHER.prefix.get(self.prefix);
        text.map_or(self.meaning, String::as_str)
    }
}

impl Specifier {
    /// What it stands for, at more length than [`Specifier::meaning`].
    pub fn text(&self) -> &'static str {
        let text = OTHER.specifier.get(self.letter.encode_utf8(&mut [0; 4]));
        text.map_or(self.meaning, String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::super::directive::all;
    use super::super::{directive, exec_prefixes, sections, specifiers};
    use super::*;

    /// The directives that the command promises to explain.
    const PROMISED: &str = "Description Documentation Requires RequiresOverridable Requisite \
        RequisiteOverridable Wants BindsTo PartOf Conflicts Before After OnFailure PropagatesReloadTo \
        ReloadPropagatedFrom RequiresMountsFor OnFailureIsolate OnFailureJobMode IgnoreOnIsolate Type \
        RemainAfterExit GuessMainPID PIDFile BusName Environment EnvironmentFile ExecStart ExecStop \
        ExecReload ExecStartPre ExecStartPost ExecStopPost KillMode KillSignal RestartSec TimeoutStartSec \
        TimeoutStopSec TimeoutSec WatchdogSec Restart SuccessExitStatus RestartPreventExitStatus \
        PermissionsStartOnly User Group RootDirectoryStartOnly RootDirectory WorkingDirectory NonBlocking \
        NotifyAccess Sockets StartLimitInterval StartLimitIntervalSec StartLimitBurst StartLimitAction Nice \
        OOMScoreAdjust UMask SyslogFacility SyslogLevel TCPWrapName PAMName Alias WantedBy RequiredBy Also";

    /// How a directive starts of which all are promised, and for which section.
    const FAMILIES_PROMISED: [&str; 22] = [
        "Condition",
        "Assert",
        "Protect",
        "Private",
        "Restrict",
        "SystemCall",
        "Capability",
        "NoNewPrivileges",
        "ReadWrite",
        "ReadOnly",
        "Inaccessible",
        "State",
        "Cache",
        "Logs",
        "Configuration",
        "Runtime",
        "DynamicUser",
        "CPU",
        "IO",
        "BlockIO",
        "Tasks",
        "Limit",
    ];

    fn named(name: &str) -> Vec<&'static Directive> {
        sections()
            .filter_map(|section| directive(section, name))
            .collect()
    }

    #[test]
    fn everything_promised_has_a_text_in_every_section_of_services() {
        for name in PROMISED.split_whitespace() {
            let rows = named(name);
            assert!(!rows.is_empty(), "{name} is in no table");
            for row in rows
                .iter()
                .filter(|row| ["Unit", "Service", "Install"].contains(&row.section))
            {
                assert!(row.text().is_some(), "[{}] {name}", row.section);
            }
        }
    }

    #[test]
    fn every_directive_of_the_families_that_a_target_knows_has_a_text() {
        let known = |row: &&Directive| {
            crate::target::known()
                .iter()
                .any(|p| p.directive(row.section, row.name).works())
        };
        let missing: Vec<String> = all()
            .iter()
            .filter(|row| ["Unit", "Service", "Install"].contains(&row.section))
            .filter(|row| {
                FAMILIES_PROMISED
                    .iter()
                    .any(|start| row.name.starts_with(start))
            })
            // openEuler's own are not.
            .filter(|row| row.history.since.is_some())
            .filter(known)
            .filter(|row| row.text().is_none())
            .map(|row| format!("[{}] {}", row.section, row.name))
            .collect();
        assert_eq!(missing, [""; 0]);
    }

    #[test]
    fn most_that_systemd_252_knows_has_a_text() {
        let of_252 = |row: &&Directive| {
            row.history.standing(super::super::Tree::Upstream(252)) == super::super::Standing::Known
        };
        for section in ["Unit", "Service", "Install", "Timer", "Path", "Socket"] {
            let rows: Vec<_> = all()
                .iter()
                .filter(|row| row.section == section)
                .filter(of_252)
                .collect();
            let missing: Vec<_> = rows
                .iter()
                .filter(|row| row.text().is_none())
                .map(|row| row.name)
                .collect();
            let smack = missing.iter().all(|name| {
                name.starts_with("SmackLabel")
                    || *name == "ListenUSBFunction"
                    || *name == "SocketProtocol"
            });
            assert!(smack, "[{section}] {missing:?}");
        }
    }

    /// Every text with the name of its file and a directive of it.
    fn texts() -> Vec<(&'static str, &'static String, &'static Text)> {
        let files: [(&str, &'static LazyLock<Texts>); 11] = [
            ("Unit", &UNIT),
            ("Condition", &CONDITIONS),
            ("Service", &SERVICE),
            ("Install", &INSTALL),
            ("Timer", &TIMER),
            ("Socket", &SOCKET),
            ("Path", &PATH),
            ("exec", &EXEC),
            ("exec", &SANDBOX),
            ("kill", &KILL),
            ("cgroup", &RESOURCES),
        ];
        let all = files
            .into_iter()
            .flat_map(|(file, texts)| texts.iter().map(move |(name, text)| (file, name, text)));
        all.collect()
    }

    fn rows_of(file: &str, name: &str) -> Vec<&'static Directive> {
        let of = |context: Context| {
            named(name)
                .into_iter()
                .filter(move |row| row.context == context)
                .collect()
        };
        match file {
            "exec" => of(Context::Exec),
            "kill" => of(Context::Kill),
            "cgroup" => of(Context::Cgroup),
            "Condition" => ["Condition", "Assert"]
                .iter()
                .filter_map(|family| directive("Unit", &format!("{family}{name}")))
                .collect(),
            section => directive(section, name).into_iter().collect(),
        }
    }

    #[test]
    fn no_text_is_of_a_directive_that_the_tables_do_not_know() {
        for (file, name, text) in texts() {
            let rows = rows_of(file, name);
            assert!(!rows.is_empty(), "{file}: {name}");
            assert!(
                rows.iter().all(|row| row.text() == Some(text)),
                "{file}: {name}"
            );
        }
    }

    #[test]
    fn no_word_is_explained_that_the_tables_do_not_know() {
        for (file, name, text) in texts() {
            for word in text.value.keys() {
                let known = rows_of(file, name).iter().any(|row| {
                    row.enumeration().is_some_and(|e| {
                        e.word(word).is_some() || ["yes", "no"].contains(&word.as_str())
                    })
                });
                assert!(known, "{name}={word}");
            }
        }
    }

    #[test]
    fn every_text_says_what_it_takes_or_its_words_are_known() {
        for (file, name, text) in texts() {
            let rows = rows_of(file, name);
            let words = rows.iter().all(|row| row.enumeration().is_some());
            let gone = ["BindTo", "PropagateReloadTo", "PropagateReloadFrom"]
                .contains(&name.as_str())
                || rows.iter().all(|row| row.history.removed.is_some());
            assert!(
                text.values.is_some() || words || gone,
                "{file}: {name} has no values"
            );
            assert!(
                text.default.is_some() || file == "Condition",
                "{file}: {name} has no default"
            );
        }
    }

    #[test]
    fn texts_are_short_whole_sentences() {
        let mut said: Vec<(String, String)> = Vec::new();
        for (file, name, text) in texts() {
            let family = rows_of(file, name)[0].family_text().unwrap_or_default();
            let whole = format!(
                "{} {family} {}",
                text.text,
                text.trap.as_deref().unwrap_or_default()
            );
            assert!(
                whole.chars().count() <= 700,
                "{file}: {name}: {}",
                whole.chars().count()
            );
            said.push((name.clone(), text.text.clone()));
            said.extend(text.trap.iter().map(|trap| (name.clone(), trap.clone())));
            said.extend(
                text.value
                    .values()
                    .map(|value| (name.clone(), value.clone())),
            );
        }
        let other = [&OTHER.section, &OTHER.prefix, &OTHER.specifier, &FAMILIES];
        said.extend(
            other
                .into_iter()
                .flatten()
                .map(|(name, text)| (name.clone(), text.clone())),
        );
        for (name, text) in said {
            assert!(text.ends_with('.') && text.trim() == text, "{name}: {text}");
            assert_eq!(text.matches('`').count() % 2, 0, "{name}: {text}");
            assert!(text.chars().count() <= 700, "{name}");
        }
    }

    #[test]
    fn every_family_that_is_named_exists_and_is_used() {
        let mut used: Vec<&str> = texts()
            .iter()
            .filter_map(|(_, _, text)| text.family.as_deref())
            .collect();
        used.extend(["Condition", "Assert"]);
        for family in &used {
            assert!(FAMILIES.contains_key(*family), "{family}");
        }
        for family in FAMILIES.keys() {
            assert!(used.contains(&family.as_str()), "{family} is not used");
        }
    }

    #[test]
    fn sections_prefixes_and_specifiers_have_a_text_each_and_no_more() {
        for section in sections().filter(|section| *section != "BusName") {
            assert!(section_text(section).is_some(), "[{section}]");
        }
        let prefixes: Vec<&str> = OTHER.prefix.keys().map(String::as_str).collect();
        for prefix in exec_prefixes()
            .iter()
            .filter(|row| !row.prefix.starts_with('('))
        {
            assert!(prefixes.contains(&prefix.prefix), "{}", prefix.prefix);
        }
        for letter in OTHER.specifier.keys() {
            let known = specifiers()
                .iter()
                .any(|row| letter.starts_with(row.letter));
            assert!(known, "%{letter}");
        }
        assert_eq!(OTHER.specifier.len(), specifiers().len());
        assert!(
            OTHER
                .section
                .keys()
                .all(|section| sections().any(|known| known == section))
        );
    }

    #[test]
    fn a_check_serves_condition_and_assert_with_what_follows_from_each() {
        let row = |name| directive("Unit", name).unwrap();
        assert_eq!(
            row("ConditionPathExists").text(),
            row("AssertPathExists").text()
        );
        assert_ne!(
            row("ConditionPathExists").family_text(),
            row("AssertPathExists").family_text()
        );
    }
}
