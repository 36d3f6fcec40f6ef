//! A difference for people: first what happens, last the files.

use super::page::{BAD, CARE, GOOD, Mark, Page};
use super::words::{account, all_new, changed, directive, facts, file, lines};
use crate::cli::inspect::date::{day, moment};
use crate::inspect::diff::{Difference, Relation, ScriptChange, UnitChange, Weight};
use crate::report::size;
use crate::rpm::visible;
use anstyle::Style;

/// The most entries of a part; with `-v` the most that are shown at all.
const SOME: usize = 40;
const MOST: usize = 20_000;

/// The whole; with `is_verbose` every entry, and the lines in which texts differ.
pub(super) fn text(difference: &Difference, is_verbose: bool) -> String {
    let mut report = Report {
        page: Page::default(),
        most: if is_verbose { MOST } else { SOME },
        is_verbose,
    };
    report.head(difference);
    report.effects(difference);
    if difference.relation == Relation::Incomparable {
        return report.page.0;
    }
    report.fields(difference);
    report.scripts(&difference.scripts);
    report.units(&difference.units);
    report.accounts(difference);
    report.dependencies(difference);
    report.trust(difference);
    report.changelog(difference);
    report.files(difference);
    report.page.0
}

struct Report {
    page: Page,
    most: usize,
    is_verbose: bool,
}

impl Report {
    /// Says how many of a part are not shown.
    fn more(&mut self, count: usize) {
        if count > self.most {
            let more = count - self.most;
            self.page.line(&format!("  and {more} more; -v shows them"));
        }
    }

    fn head(&mut self, difference: &Difference) {
        let what = match difference.relation {
            Relation::Upgrade => "upgrade",
            Relation::Downgrade => "downgrade",
            Relation::SameVersion => "same version",
            Relation::Replacement => "replacement",
            Relation::Another => "another package",
            Relation::Source => "source package",
            Relation::Incomparable => "not comparable",
        };
        let effects = difference.effects.iter();
        let is_grave = |weight: &Weight| *weight == Weight::Attention;
        let grave = effects.map(|one| one.weight).filter(is_grave).count();
        let (style, judgement) = match difference.weight() {
            _ if difference.is_empty() => (GOOD, "no difference".to_owned()),
            Some(Weight::Refused) => (BAD, "rpm refuses it".to_owned()),
            Some(Weight::Attention) if grave == 1 => (CARE, "one thing to know before".to_owned()),
            Some(Weight::Attention) => (CARE, format!("{grave} things to know before")),
            _ => (GOOD, "nothing found that needs attention".to_owned()),
        };
        self.page.styled(style, &format!("{what}: {judgement}"));
        let nevra = &difference.nevra;
        let (old, new) = (visible(&nevra.old), visible(&nevra.new));
        let both = match old == new {
            true => old,
            false => format!("{old} → {new}"),
        };
        self.page.wrapped(Style::new(), "  ", &both);
    }

    fn effects(&mut self, difference: &Difference) {
        let effects = &difference.effects;
        if effects.is_empty() {
            return;
        }
        self.page.heading("what happens");
        for effect in effects.iter().take(self.most) {
            let (style, first) = match effect.weight {
                Weight::Refused => (BAD, "  refused: "),
                Weight::Attention => (CARE, "  ! "),
                Weight::Note => (Style::new(), "  - "),
            };
            self.page.wrapped(style, first, &effect.text);
        }
        self.more(effects.len());
    }

    fn fields(&mut self, difference: &Difference) {
        // What the head says is not said again; what every build sets is shown on demand.
        const HEAD: [&str; 5] = ["name", "epoch", "version", "release", "arch"];
        const BUILD: [&str; 3] = ["build-time", "build-host", "source-rpm"];
        let is_shown = |name| !HEAD.contains(&name) && (self.is_verbose || !BUILD.contains(&name));
        let fields = difference.fields.iter();
        let shown: Vec<_> = fields.filter(|field| is_shown(field.name)).collect();
        if shown.is_empty() {
            return;
        }
        self.page.heading("says of itself");
        for field in shown {
            let value = |value: &str| match (field.name, value.parse::<u64>()) {
                (_, _) if value.is_empty() => "nothing".to_owned(),
                ("installed-size", Ok(bytes)) => size(bytes),
                ("build-time", Ok(seconds)) => moment(seconds),
                _ => visible(value),
            };
            let name = match field.name {
                "license" => "licence",
                "installed-size" => "installed",
                "compressor" => "payload",
                name => name,
            };
            let (mut old, mut new) = (value(&field.old), value(&field.new));
            if old == new && field.name == "installed-size" {
                (old, new) = (field.old.clone(), format!("{} bytes", field.new));
            }
            self.page.wrapped(
                Style::new(),
                &format!("  {name:<13}"),
                &format!("{old} → {new}"),
            );
        }
    }

    fn scripts(&mut self, scripts: &[ScriptChange]) {
        if scripts.is_empty() {
            return;
        }
        self.page.heading("runs as root");
        for script in scripts.iter().take(self.most) {
            let name = visible(&script.name);
            let (mark, what) = match (&script.old, &script.new) {
                (None, Some(new)) => (Mark::Added, lines(new.text.lines().count())),
                (Some(_), None) => (Mark::Removed, "gone".to_owned()),
                _ => (Mark::Changed, changed(script.text.as_ref())),
            };
            self.page.marked(mark, &format!("%{name}, {what}"));
            if !self.is_verbose {
                continue;
            }
            match (&script.text, &script.new) {
                (Some(text), _) => self.page.hunks(&text.diff),
                (None, Some(new)) if script.old.is_none() => self.page.hunks(&all_new(&new.text)),
                _ => {}
            }
        }
        self.more(scripts.len());
    }

    fn units(&mut self, units: &[UnitChange]) {
        if units.is_empty() {
            return;
        }
        self.page.heading("services");
        for unit in units.iter().take(self.most) {
            let mark = match (&unit.old, &unit.new) {
                (None, _) => Mark::Added,
                (_, None) => Mark::Removed,
                _ => Mark::Changed,
            };
            self.page.marked(mark, &visible(&unit.name));
            if mark == Mark::Changed {
                self.places(unit);
                for change in unit.directives.iter().take(self.most) {
                    self.page
                        .wrapped(Style::new(), "      ", &directive(change));
                }
            }
            for (path, text) in unit.texts.iter().filter(|_| self.is_verbose) {
                self.page.line(&format!("    | {}", visible(path)));
                self.page.hunks(&text.diff);
            }
        }
        self.more(units.len());
    }

    /// Preset and places, where they differ.
    fn places(&mut self, unit: &UnitChange) {
        let (Some(old), Some(new)) = (&unit.old, &unit.new) else {
            return;
        };
        if old.preset != new.preset {
            let said = |preset| match preset {
                Some(true) => "enabled on first install",
                Some(false) => "not enabled on install",
                None => "no word of it",
            };
            let text = format!("preset: {} → {}", said(old.preset), said(new.preset));
            self.page.wrapped(Style::new(), "      ", &text);
        }
        for (paths, others, what) in [
            (&old.paths, &new.paths, "gone"),
            (&new.paths, &old.paths, "new"),
        ] {
            for path in paths.iter().filter(|path| !others.contains(path)) {
                let text = format!("{what}: {}", visible(path));
                self.page.wrapped(Style::new(), "      ", &text);
            }
        }
    }

    fn accounts(&mut self, difference: &Difference) {
        let accounts = &difference.accounts;
        if accounts.is_empty() {
            return;
        }
        self.page.heading("accounts");
        for (mark, list) in [
            (Mark::Removed, &accounts.removed),
            (Mark::Added, &accounts.added),
        ] {
            for account in list.iter().take(self.most) {
                let kind = if account.is_user { "user" } else { "group" };
                let (name, from) = (visible(&account.name), visible(&account.from));
                self.page.marked(mark, &format!("{kind} {name} ({from})"));
            }
            self.more(list.len());
        }
        for change in accounts.changed.iter().take(self.most) {
            self.page.marked(Mark::Changed, &account(change));
        }
        self.more(accounts.changed.len());
    }

    fn dependencies(&mut self, difference: &Difference) {
        if difference.dependencies.is_empty() && difference.glibc.is_same() {
            return;
        }
        self.page.heading("dependencies");
        if !difference.glibc.is_same() {
            let said = |version: Option<_>| {
                version.map_or("none".to_owned(), |v: crate::target::GlibcVersion| {
                    v.to_string()
                })
            };
            let (old, new) = (said(difference.glibc.old), said(difference.glibc.new));
            let text = format!("{old} → {new}");
            self.page.labelled("glibc", Mark::Changed, &text);
        }
        for changes in &difference.dependencies {
            let mut label = changes.kind;
            let removed = changes
                .removed
                .iter()
                .map(|line| (Mark::Removed, visible(line)));
            let added = changes
                .added
                .iter()
                .map(|line| (Mark::Added, visible(line)));
            let changed = changes.changed.iter().map(|(old, new)| {
                let text = format!("{} → {}", visible(old), visible(new));
                (Mark::Changed, text)
            });
            let all: Vec<_> = removed.chain(added).chain(changed).collect();
            for (mark, text) in all.iter().take(self.most) {
                self.page.labelled(label, *mark, text);
                label = "";
            }
            self.more(all.len());
        }
    }

    fn trust(&mut self, difference: &Difference) {
        let (signatures, digests) = (&difference.signatures, &difference.digests);
        if signatures.is_same() && digests.is_same() && difference.damage.is_same() {
            return;
        }
        self.page.heading("trust");
        for (mark, signed, damage) in [
            (Mark::Removed, &signatures.old, &difference.damage.old),
            (Mark::Added, &signatures.new, &difference.damage.new),
        ] {
            let mut said: Vec<String> = signed.iter().map(crate::cli::inspect::signed).collect();
            said.dedup();
            match said.as_slice() {
                [] => self.page.labelled("signed", mark, "no"),
                said => said
                    .iter()
                    .for_each(|one| self.page.labelled("signed", mark, one)),
            }
            for one in damage.iter().take(self.most) {
                self.page.labelled("DAMAGED", mark, one);
            }
        }
        for (mark, here, there) in [
            (Mark::Removed, &digests.old, &digests.new),
            (Mark::Added, &digests.new, &digests.old),
        ] {
            let only: Vec<&str> = here
                .iter()
                .filter(|one| !there.contains(one))
                .copied()
                .collect();
            if !only.is_empty() {
                self.page.labelled("records", mark, &only.join(", "));
            }
        }
    }

    fn changelog(&mut self, difference: &Difference) {
        let entries = &difference.changelog;
        if entries.is_empty() {
            return;
        }
        self.page.heading("changelog");
        let most = if self.is_verbose { MOST } else { 3 };
        for change in entries.iter().take(most) {
            let head = format!("{} {}", day(change.time), visible(&change.author));
            self.page.marked(Mark::Added, &head);
            for line in change.text.lines().take(20) {
                self.page.wrapped(Style::new(), "      ", &visible(line));
            }
        }
        let more = entries.len().saturating_sub(most);
        if more > 0 {
            self.page.line(&format!("  and {more} more; -v shows them"));
        }
    }

    fn files(&mut self, difference: &Difference) {
        let files = &difference.files;
        let total = files.removed.len() + files.added.len() + files.moved.len();
        let total = total + files.changed.len();
        if total == 0 {
            return;
        }
        self.page.heading("files");
        for change in files.changed.iter().take(self.most) {
            self.page.marked(Mark::Changed, &file(change));
            if let Some(text) = change.text.as_ref().filter(|_| self.is_verbose) {
                self.page.hunks(&text.diff);
            }
        }
        self.more(files.changed.len());
        for change in files.moved.iter().take(self.most) {
            let (from, to) = (visible(&change.old.path), visible(&change.new.path));
            self.page.marked(Mark::Changed, &format!("{from} → {to}"));
        }
        self.more(files.moved.len());
        for (mark, list) in [(Mark::Removed, &files.removed), (Mark::Added, &files.added)] {
            for one in list.iter().take(self.most) {
                self.page.marked(mark, &facts(one));
            }
            self.more(list.len());
        }
        let same = files.same;
        self.page.line(&format!("  {same} as they were"));
    }
}
