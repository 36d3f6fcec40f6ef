//! An inspection for people: first what it is and whether it works, last the files.

use super::date::day;
use crate::inspect::{DescribedUnit, Description, Refusal, Verdict, requires, tree};
use crate::pipeline::Inspection;
use crate::report::size;
use crate::rpm::openpgp::{SignatureCheck, SignatureResult};
use crate::rpm::read::{Check, Covers, ReadSignature, algorithm_name};
use crate::rpm::visible;
use anstyle::{AnsiColor, Style};
use std::fmt::Write;

/// What a terminal shows at least.
const WIDTH: usize = 80;
/// The most names of a list, and the most lines of a text.
const MAX_NAMES: usize = 200;
const MAX_LINES: usize = 2000;
/// The most units and scripts.
const MAX_ENTRIES: usize = 200;

const BOLD: Style = Style::new().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// The whole; with `is_verbose` texts of scripts and units, all that is provided and the changelog
/// too.
pub(super) fn text(inspection: &Inspection, is_verbose: bool) -> String {
    let mut page = Page::default();
    page.head(&inspection.description);
    page.verdicts(inspection);
    page.scripts(&inspection.description, is_verbose);
    page.units(&inspection.units, is_verbose);
    page.accounts(inspection);
    page.dependencies(&inspection.description, is_verbose);
    page.trust(inspection);
    page.changelog(&inspection.description, is_verbose);
    page.heading("files");
    // The first line of the tree is the name, which stands at the head.
    let tree = tree(&inspection.description);
    let files = tree.split_once('\n').map_or("", |(_, files)| files);
    if files.is_empty() {
        page.line("  none");
    }
    page.0.push_str(files);
    page.0
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn heading(&mut self, name: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "\n{BOLD}{name}{BOLD:#}");
    }

    /// A text within the width, every line at least so far in.
    fn wrapped(&mut self, first: &str, text: &str) {
        let rest = " ".repeat(first.chars().count());
        let options = textwrap::Options::new(WIDTH)
            .initial_indent(first)
            .subsequent_indent(&rest)
            .break_words(true)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        let filled = textwrap::fill(text, options);
        self.line(&filled);
    }

    fn head(&mut self, description: &Description) {
        let _ = writeln!(self.0, "{BOLD}{}{BOLD:#}", visible(&description.nevra()));
        let one_line = |text: &str| visible(text.lines().next().unwrap_or_default());
        if !description.summary.is_empty() {
            self.wrapped("  ", &one_line(&description.summary));
        }
        let mut facts = vec![one_line(&description.license), one_line(&description.url)];
        facts.push(one_line(&description.vendor));
        if let Some(time) = description.build_time {
            facts.push(format!("built {}", day(time)));
        }
        facts.push(format!("{} installed", size(description.installed_size)));
        facts.push(format!("{} payload", visible(&description.compressor)));
        facts.retain(|fact| !fact.is_empty());
        self.wrapped("  ", &facts.join(", "));
        if description.identity.arch == "src" {
            self.wrapped(
                "  ",
                "a source package: what it asks for, it asks for being built",
            );
        }
    }

    fn verdicts(&mut self, inspection: &Inspection) {
        if inspection.verdicts.is_empty() && !inspection.damage.is_empty() {
            self.heading("will it work");
            let _ = writeln!(self.0, "  {BAD}nowhere{BAD:#}");
            for refusal in &inspection.damage {
                self.refusal(refusal);
            }
        }
        if inspection.verdicts.is_empty() {
            return;
        }
        self.heading("will it work");
        for (target, verdict) in &inspection.verdicts {
            let (style, word) = match verdict.refusals.len() {
                0 => (GOOD, "nothing found against it"),
                _ => (BAD, "refused"),
            };
            let _ = writeln!(self.0, "  {:<14}{style}{word}{style:#}", target.as_str());
            self.verdict(verdict);
        }
    }

    fn verdict(&mut self, verdict: &Verdict) {
        for refusal in &verdict.refusals {
            self.refusal(refusal);
        }
        for note in &verdict.notes {
            self.wrapped("    note: ", note);
        }
    }

    fn refusal(&mut self, refusal: &Refusal) {
        self.wrapped("    - ", &refusal.text);
        if let Some(help) = &refusal.help {
            self.wrapped("      help: ", help);
        }
    }

    fn scripts(&mut self, description: &Description, is_verbose: bool) {
        if description.scriptlets.is_empty() && description.triggers.is_empty() {
            return;
        }
        self.heading("runs as root");
        for scriptlet in description.scriptlets.iter().take(MAX_ENTRIES) {
            self.script(scriptlet.phase, &scriptlet.interpreter, "", &scriptlet.text);
            if is_verbose {
                self.quoted(&scriptlet.text);
            }
        }
        for trigger in description.triggers.iter().take(MAX_ENTRIES) {
            let conditions: Vec<String> = trigger
                .conditions
                .iter()
                .take(MAX_NAMES)
                .map(|condition| visible(&crate::inspect::line(condition)))
                .collect();
            let on = format!(", for {}", conditions.join(", "));
            self.script(trigger.kind, &trigger.interpreter, &on, &trigger.text);
            if is_verbose {
                self.quoted(&trigger.text);
            }
        }
    }

    fn script(&mut self, phase: &str, interpreter: &[String], on: &str, text: &str) {
        let interpreter: Vec<String> = interpreter.iter().map(|word| visible(word)).collect();
        let lines = match text.lines().count() {
            0 => "no text".to_owned(),
            1 => "1 line".to_owned(),
            count => format!("{count} lines"),
        };
        let first = format!("  {:<14}", format!("%{phase}"));
        self.wrapped(&first, &format!("{}, {lines}{on}", interpreter.join(" ")));
    }

    /// A stranger's text, line by line.
    fn quoted(&mut self, text: &str) {
        for line in text.lines().take(MAX_LINES) {
            let _ = writeln!(self.0, "    | {}", visible(&line.replace('\t', "        ")));
        }
    }

    fn units(&mut self, units: &[DescribedUnit], is_verbose: bool) {
        if units.is_empty() {
            return;
        }
        self.heading("services");
        for unit in units.iter().take(MAX_ENTRIES) {
            let preset = match unit.preset {
                Some(true) => "  enabled on first install",
                Some(false) => "  not enabled on install",
                None => "",
            };
            let _ = writeln!(self.0, "  {BOLD}{}{BOLD:#}{preset}", visible(&unit.name));
            if is_verbose {
                self.quoted(&unit.text);
                continue;
            }
            for (key, value) in &unit.settings {
                let root = key == "User" && value == "root";
                let mark = if root {
                    " (no other user is named)"
                } else {
                    ""
                };
                let is_said = unit.text.contains("User=");
                let mark = if is_said { "" } else { mark };
                self.wrapped("    ", &format!("{key}={}{mark}", visible(value)));
            }
        }
    }

    fn accounts(&mut self, inspection: &Inspection) {
        if inspection.accounts.is_empty() {
            return;
        }
        self.heading("accounts");
        for account in inspection.accounts.iter().take(MAX_ENTRIES) {
            let kind = if account.is_user { "user" } else { "group" };
            let first = format!("  {kind:<6}");
            let from = visible(&account.from);
            self.wrapped(&first, &format!("{} ({from})", visible(&account.name)));
        }
    }

    fn dependencies(&mut self, description: &Description, is_verbose: bool) {
        let mut lists = vec![
            ("requires", requires(description)),
            ("recommends", description.recommends.clone()),
            ("suggests", description.suggests.clone()),
            ("supplements", description.supplements.clone()),
            ("enhances", description.enhances.clone()),
            ("conflicts", description.conflicts.clone()),
            ("obsoletes", description.obsoletes.clone()),
        ];
        if is_verbose {
            lists.push(("provides", description.provides.clone()));
        }
        lists.retain(|(_, list)| !list.is_empty());
        if lists.is_empty() {
            return;
        }
        self.heading("dependencies");
        for (what, list) in lists {
            let most = if is_verbose { usize::MAX } else { MAX_NAMES };
            let mut shown: Vec<String> = list.iter().take(most).map(|line| visible(line)).collect();
            if list.len() > shown.len() {
                shown.push(format!("and {} more", list.len() - shown.len()));
            }
            self.wrapped(&format!("  {what:<13}"), &shown.join(", "));
        }
    }

    fn trust(&mut self, inspection: &Inspection) {
        self.heading("trust");
        let description = &inspection.description;
        for signature in &description.signatures {
            self.wrapped("  signed       ", &signed(signature));
        }
        match &inspection.checks {
            None if !description.signatures.is_empty() => {
                self.line("  verified     no: name the public key with --key FILE");
            }
            None => {}
            Some(checks) => self.checks(checks),
        }
        if description.unknown_signatures > 0 {
            let count = description.unknown_signatures;
            self.wrapped(
                "  signed       ",
                &format!("{count} time(s) in a form that is not known"),
            );
        }
        if description.signatures.is_empty() && description.unknown_signatures == 0 {
            self.line("  not signed");
        }
        let right = |(_, check): &&(&str, Check)| check.is_good();
        let good: Vec<&str> = inspection
            .digests
            .iter()
            .filter(right)
            .map(|(what, _)| *what)
            .collect();
        if !good.is_empty() {
            self.wrapped("  right        ", &good.join(", "));
        }
        let wrong: Vec<&str> = inspection
            .digests
            .iter()
            .filter(|(_, check)| check.is_bad())
            .map(|(what, _)| *what)
            .collect();
        if !wrong.is_empty() {
            self.wrapped("  WRONG        ", &wrong.join(", "));
        }
    }

    fn checks(&mut self, checks: &[SignatureCheck]) {
        for check in checks {
            let (style, text) = match &check.result {
                SignatureResult::Good { fingerprint, user } => {
                    let user = user.as_deref().map(visible).unwrap_or_default();
                    (GOOD, format!("good: {user} ({fingerprint})"))
                }
                SignatureResult::Bad => (BAD, "BAD: the key did not sign this".to_owned()),
                SignatureResult::UnknownKey => (BAD, "the key is not in the file".to_owned()),
                SignatureResult::NotChecked => {
                    (BAD, "not verified: a pipe is read once".to_owned())
                }
                SignatureResult::Unreadable(what) => (BAD, visible(what)),
            };
            let _ = writeln!(self.0, "  verified     {style}{text}{style:#}");
        }
        if checks.is_empty() {
            let _ = writeln!(self.0, "  verified     {BAD}nothing is signed{BAD:#}");
        }
    }

    fn changelog(&mut self, description: &Description, is_verbose: bool) {
        if description.changelog.is_empty() {
            return;
        }
        self.heading("changelog");
        let most = if is_verbose { MAX_ENTRIES } else { 1 };
        for change in description.changelog.iter().take(most) {
            self.wrapped(
                "  ",
                &format!("{} {}", day(change.time), visible(&change.author)),
            );
            for line in change.text.lines().take(20) {
                self.wrapped("    ", &visible(line));
            }
        }
        if description.changelog.len() > most {
            let more = description.changelog.len() - most;
            self.line(&format!("  and {more} older"));
        }
    }
}

/// Who signed, when and how, as it claims.
pub(in crate::cli) fn signed(signature: &ReadSignature) -> String {
    let key = signature.key.as_deref().unwrap_or("that it does not name");
    let time = signature
        .time
        .map(|time| format!(" on {}", day(time.into())));
    let covers = match signature.covers {
        Covers::Header => "the header",
        Covers::HeaderAndPayload => "header and payload",
    };
    format!(
        "{covers}{} with {} and {} by the key {key}",
        time.unwrap_or_default(),
        signature.algorithm_name(),
        algorithm_name(signature.hash.into()),
    )
}
