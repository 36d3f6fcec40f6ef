//! `cargo ambot targets`

use super::args::TargetsArgs;
use super::{Stop, environment};
use crate::report::{JsonLine, Terminal};
use crate::target::{self, Fact, Profile, SignatureAlgorithm};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

pub(super) fn run(args: &TargetsArgs, terminal: &Terminal) -> Result<(), Stop> {
    let targets = environment::targets(terminal)?;
    let chosen: Vec<&Profile> = match &args.target {
        Some(word) => vec![targets.find(word)?.profile()],
        None => targets.iter().collect(),
    };
    let printed = if terminal.is_json() {
        chosen
            .iter()
            .try_for_each(|profile| terminal.print_json(&line(profile)))
    } else if args.target.is_some() {
        chosen
            .iter()
            .try_for_each(|profile| terminal.print(&sheet(profile)))
    } else {
        terminal.print(&table(&chosen))
    };
    printed.map_err(|error| Stop::stdout(&error))
}

/// A fact as it is shown: name, value, source, whether it was seen.
struct Row {
    name: &'static str,
    value: String,
    source: String,
    verified: bool,
}

fn rows(profile: &Profile) -> Vec<Row> {
    macro_rules! row {
        ($name:literal, $fact:expr, $show:expr) => {
            Row {
                name: $name,
                value: $show(&$fact.value),
                source: $fact.source.clone(),
                verified: $fact.verified,
            }
        };
    }
    let yes = |truth: &bool| if *truth { "yes" } else { "no" }.to_owned();
    vec![
        row!("systemd", profile.systemd, u16::to_string),
        row!("systemd tables", profile.tables, ToString::to_string),
        row!("rpm", profile.rpm, String::clone),
        row!("glibc", profile.glibc, ToString::to_string),
        row!("kernel", profile.kernel, String::clone),
        row!("dist tag", profile.dist_tag, |tag: &String| format!(
            ".{tag}"
        )),
        row!("payloads", profile.payloads, |list: &Vec<String>| list
            .join(", ")),
        row!("weak dependencies", profile.weak_dependencies, yes),
        row!("rich dependencies", profile.rich_dependencies, yes),
        row!("file triggers", profile.file_triggers, yes),
        row!("users made by rpm", profile.native_sysusers, yes),
        row!("oneshot restart", profile.oneshot_restart, yes),
        row!("unit folder", profile.unit_dir, String::clone),
        row!("signatures", profile.signature_algorithms, |list: &Vec<
            SignatureAlgorithm,
        >| {
            let names: Vec<String> = list.iter().map(ToString::to_string).collect();
            names.join(", ")
        }),
        row!("signed by subkeys", profile.signature_subkeys, yes),
        row!(
            "bits of RSA keys",
            profile.signature_rsa_bits,
            usize::to_string
        ),
        row!("SHA-1 in keys", profile.signature_sha1, yes),
        row!("payload digest", profile.payload_digest, yes),
        row!("end of life", profile.end_of_life, String::clone),
    ]
}

/// One line a target: what one chooses by, with a mark at what is not verified.
fn table(profiles: &[&Profile]) -> String {
    let bold = anstyle::Style::new().bold();
    let wide = |of: &dyn Fn(&Profile) -> usize| profiles.iter().map(|p| of(p)).max().unwrap_or(0);
    let name = wide(&|profile| profile.name.chars().count());
    let title = wide(&|profile| profile.title.chars().count());
    let mut text = format!(
        "{bold}{:<name$}  {:<title$}  systemd  {:<9} {:<6} also called{bold:#}\n",
        "TARGET", "", "rpm", "glibc"
    );
    for profile in profiles {
        let mut line = format!(
            "{:<name$}  {:<title$}  {:<7}  {:<9} {:<6} ",
            profile.name,
            profile.title,
            marked(&profile.systemd),
            marked(&profile.rpm),
            marked(&profile.glibc),
        );
        let room = 80usize.saturating_sub(line.chars().count());
        line.push_str(&aliases(profile, room));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", line.trim_end());
    }
    for refused in target::refused() {
        let _ = writeln!(
            text,
            "{:<name$}  not supported (`cargo ambot targets {}` says why)",
            refused.name, refused.name
        );
    }
    text.push_str(
        "\n? not verified: taken from what is generally known, or from a close relative.\n",
    );
    text.push_str("`cargo ambot targets NAME` shows every fact with its source.\n");
    text
}

fn marked<T: ToString>(fact: &Fact<T>) -> String {
    let mark = if fact.verified { "" } else { "?" };
    format!("{}{mark}", fact.value.to_string())
}

/// As many as fit into the rest of the line; the sheet of the target has them all.
fn aliases(profile: &Profile, room: usize) -> String {
    const MORE: &str = ", …";
    let mut shown = String::new();
    for (index, alias) in profile.aliases.iter().enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        let last = index + 1 == profile.aliases.len();
        let reserve = if last { 0 } else { MORE.chars().count() };
        if shown.len() + separator.len() + alias.len() + reserve > room {
            shown.push_str(if index == 0 { "…" } else { MORE });
            break;
        }
        shown.push_str(separator);
        shown.push_str(alias);
    }
    shown
}

fn sheet(profile: &Profile) -> String {
    let bold = anstyle::Style::new().bold();
    let dim = anstyle::Style::new().dimmed();
    let mut text = format!("{bold}{}{bold:#}: {}\n", profile.name, profile.title);
    if !profile.aliases.is_empty() {
        let _ = writeln!(text, "also called {}", profile.aliases.join(", "));
    }
    text.push('\n');
    for row in rows(profile) {
        let mark = if row.verified {
            "seen in"
        } else {
            "not verified:"
        };
        let _ = writeln!(text, "{:<18} {}", row.name, row.value);
        for line in textwrap::wrap(&format!("{mark} {}", row.source), 80 - 19) {
            let _ = writeln!(text, "{:<18} {dim}{line}{dim:#}", "");
        }
    }
    text
}

/// A target and its facts.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TargetFacts", deny_unknown_fields)]
pub(super) struct TargetLine<'a> {
    /// Its name.
    name: &'a str,
    /// What it is called in full.
    title: &'a str,
    /// Other names for it.
    aliases: &'a [String],
    /// What is known of it, by name.
    facts: BTreeMap<String, FactLine>,
}

impl JsonLine for TargetLine<'_> {
    const REASON: &'static str = "ambot-target";
}

/// What is known of a target.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Fact", deny_unknown_fields)]
struct FactLine {
    /// The value, in words.
    value: String,
    /// Where it was seen.
    source: String,
    /// Whether it was seen on the target itself.
    verified: bool,
}

fn line(profile: &Profile) -> TargetLine<'_> {
    let facts = rows(profile).into_iter().map(|row| {
        let fact = FactLine {
            value: row.value,
            source: row.source,
            verified: row.verified,
        };
        (row.name.replace(' ', "-"), fact)
    });
    TargetLine {
        name: &profile.name,
        title: &profile.title,
        aliases: &profile.aliases,
        facts: facts.collect(),
    }
}
