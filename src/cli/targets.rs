//! `cargo ambot targets`

use super::Stop;
use super::args::TargetsArgs;
use crate::report::Terminal;
use crate::target::{self, Profile};
use serde_json::{Map, Value, json};
use std::fmt::Write;

pub(super) fn run(args: &TargetsArgs, terminal: &Terminal) -> Result<(), Stop> {
    let chosen: Vec<&Profile> = match &args.target {
        Some(word) => vec![target::find(word)?.profile()],
        None => target::known().iter().collect(),
    };
    let printed = if terminal.is_json() {
        chosen
            .iter()
            .try_for_each(|profile| terminal.print_json("ambot-target", object(profile)))
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
        row!("unit folder", profile.unit_dir, String::clone),
        row!("end of life", profile.end_of_life, String::clone),
    ]
}

/// One line a target: what one chooses by.
fn table(profiles: &[&Profile]) -> String {
    let bold = anstyle::Style::new().bold();
    let mut text = format!(
        "{bold}{:<9} {:<20} {:>7}  {:<7} {:<6} also called{bold:#}\n",
        "TARGET", "", "systemd", "rpm", "glibc"
    );
    for profile in profiles {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{:<9} {:<20} {:>7}  {:<7} {:<6} {}",
            profile.name,
            profile.title,
            profile.systemd.value,
            profile.rpm.value,
            profile.glibc.value.to_string(),
            aliases(profile),
        );
    }
    for refused in target::refused() {
        let _ = writeln!(
            text,
            "{:<9} not supported (`cargo ambot targets {}` says why)",
            refused.name, refused.name
        );
    }
    text.push_str("\n`cargo ambot targets NAME` shows every fact with its source.\n");
    text
}

/// As many as fit into the line; the sheet of the target has them all.
fn aliases(profile: &Profile) -> String {
    let mut shown = String::new();
    for (index, alias) in profile.aliases.iter().enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        if shown.len() + separator.len() + alias.len() > 22 {
            shown.push_str(", …");
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
    let _ = writeln!(text, "also called {}\n", profile.aliases.join(", "));
    for row in rows(profile) {
        let mark = if row.verified {
            "seen in"
        } else {
            "not verified:"
        };
        let _ = writeln!(
            text,
            "{:<18} {}\n{:<18} {dim}{mark} {}{dim:#}",
            row.name, row.value, "", row.source
        );
    }
    text
}

fn object(profile: &Profile) -> Map<String, Value> {
    let facts: Map<String, Value> = rows(profile)
        .into_iter()
        .map(|row| {
            let fact =
                json!({ "value": row.value, "source": row.source, "verified": row.verified });
            (row.name.replace(' ', "-"), fact)
        })
        .collect();
    Map::from_iter([
        ("name".to_owned(), json!(profile.name)),
        ("title".to_owned(), json!(profile.title)),
        ("aliases".to_owned(), json!(profile.aliases)),
        ("facts".to_owned(), Value::Object(facts)),
    ])
}
