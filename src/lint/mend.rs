//! What mends a finding without changing what is meant.
//!
//! What systemd reads in the one way already may be written in the way that it warns of no more.
//! What it passes over may be written right where only one thing can be meant: nothing else in the
//! unit says what holds there instead, and but for letter case, the place of a comment or a suffix
//! it stands there already. Everything else is for the user to decide.

use super::{Context, Effect, Finding};
use crate::report::{Edit, Fix, SourceFile};
use crate::target::systemd::{MoveKind, Standing, ValueChange, moves};
use crate::unit::value::{Version, signal};
use crate::unit::{Dialect, Directive};

/// The rules of which at least some findings can be mended.
pub(super) const MENDED: [&str; 9] = [
    "AMB010", "AMB011", "AMB014", "AMB017", "AMB018", "AMB020", "AMB022", "AMB024", "AMB065",
];

/// The directives that take one signal.
const SIGNALS: [&str; 5] = [
    "FinalKillSignal",
    "KillSignal",
    "ReloadSignal",
    "RestartKillSignal",
    "WatchdogSignal",
];

/// Targets of systemd that no service is called after (systemd.special(7)).
const TARGETS: [&str; 12] = [
    "basic",
    "default",
    "graphical",
    "local-fs",
    "multi-user",
    "network-online",
    "network-pre",
    "nss-lookup",
    "remote-fs",
    "sysinit",
    "time-sync",
    "timers",
];

/// Adds the fixes that the rules themselves did not give.
pub(super) fn mend(context: &Context<'_>, findings: &mut [Finding]) {
    let Some(source) = context.unit.source() else {
        return;
    };
    // The text shows a `?` for each byte that is not UTF-8: who writes it loses them.
    if source.text().as_bytes() != context.unit.document.as_bytes() {
        for finding in findings {
            finding.diagnostic.fix = None;
        }
        return;
    }
    for at in 0..findings.len() {
        let finding = &findings[at];
        if finding.diagnostic.fix.is_some() {
            continue;
        }
        let Some(directive) = finding.directive.and_then(|line| on_line(context, line)) else {
            continue;
        };
        let fix = match finding.rule.code {
            "AMB014" => new_name(context, source, directive),
            "AMB017" => comments_above(context, source, directive),
            "AMB018" if is_ignored(findings, directive) => {
                comment_above(source, finding, directive)
            }
            "AMB020" => signal_name(context, finding, directive),
            "AMB022" => letter_case(context, finding, directive),
            "AMB024" => new_value(finding, directive),
            "AMB065" => suffix(context, finding),
            _ => None,
        };
        findings[at].diagnostic.fix = fix;
    }
}

fn on_line<'a>(context: &Context<'a>, line: usize) -> Option<&'a Directive> {
    let mut directives = context.directives().iter();
    directives.find(|directive| directive.line == line)
}

/// Writes something else in the place that a finding shows.
fn instead(finding: &Finding, replacement: &str) -> Option<Fix> {
    let label = finding.diagnostic.labels.first()?;
    Some(Fix {
        what: format!("write `{replacement}`"),
        edits: vec![Edit {
            span: label.span.clone(),
            replacement: replacement.to_owned(),
        }],
        of_target: false,
    })
}

/// The text that a finding shows.
fn shown(finding: &Finding) -> Option<&str> {
    Some(finding.diagnostic.labels.first()?.span.text())
}

/// Whether nothing else in the unit assigns to the key.
fn is_alone(context: &Context<'_>, directive: &Directive) -> bool {
    let mut all = context.directives().iter();
    !all.any(|other| other.is(&directive.section, &directive.key) && other.line != directive.line)
}

/// A name that systemd itself reads as another one.
fn new_name(context: &Context<'_>, source: &SourceFile, directive: &Directive) -> Option<Fix> {
    let (section, key) = (directive.section.as_str(), directive.key.as_str());
    let Standing::Obsolete { .. } = context.profile.directive(section, key) else {
        return None;
    };
    let row = moves()
        .iter()
        .find(|row| row.old.section == section && row.old.name == key)?;
    let new = row.new.filter(|new| {
        new.section == section && context.profile.directive(section, new.name).works()
    })?;
    // These two systemd maps to the other name with the value as it is, too.
    let is_same = row.value == ValueChange::Same || key.ends_with("Overridable");
    (is_same && row.kind != MoveKind::Drop).then(|| Fix {
        what: format!("write {}=", new.name),
        edits: vec![Edit {
            span: source.span(directive.key_range.clone()),
            replacement: new.name.to_owned(),
        }],
        of_target: true,
    })
}

/// A value that systemd itself reads as another one.
fn new_value(finding: &Finding, directive: &Directive) -> Option<Fix> {
    let is_output = matches!(directive.key.as_str(), "StandardOutput" | "StandardError");
    let new = match shown(finding)? {
        "syslog" if is_output => "journal",
        "syslog+console" if is_output => "journal+console",
        _ => return None,
    };
    let fix = instead(finding, new)?;
    Some(Fix {
        of_target: true,
        ..fix
    })
}

/// A word that is another one but for letter case.
fn letter_case(context: &Context<'_>, finding: &Finding, directive: &Directive) -> Option<Fix> {
    let text = shown(finding)?;
    let row = crate::target::systemd::directive(&directive.section, &directive.key)?;
    let values = context.profile.enum_values(row)?;
    let mut same = values
        .iter()
        .filter(|value| value.standing.works() && value.word.text.eq_ignore_ascii_case(text));
    let word = same.next().filter(|_| same.next().is_none())?;
    let is_ignored = finding.effect == Some(Effect::LineIgnored);
    match is_ignored && text == directive.value && is_alone(context, directive) {
        true => instead(finding, word.word.text),
        false => None,
    }
}

/// The name of a signal in capitals.
fn signal_name(context: &Context<'_>, finding: &Finding, directive: &Directive) -> Option<Fix> {
    let text = shown(finding).filter(|text| *text == directive.value)?;
    let upper = text.to_ascii_uppercase();
    let capitals = match upper.starts_with("SIG") {
        true => upper,
        false => format!("SIG{upper}"),
    };
    let is_signal = SIGNALS.contains(&directive.key.as_str())
        && signal(&capitals, Version::of(context.profile)).is_ok();
    match is_signal && is_alone(context, directive) {
        true => instead(finding, &capitals),
        false => None,
    }
}

/// The name of a unit with its suffix, where one is there that is called so and nothing else is.
fn suffix(context: &Context<'_>, finding: &Finding) -> Option<Fix> {
    let word = shown(finding)?;
    if TARGETS.contains(&word) {
        return instead(finding, &format!("{word}.target"));
    }
    let mut named = context.units.iter().filter(|unit| unit.name.stem() == word);
    let unit = named.next().filter(|_| named.next().is_none())?;
    instead(finding, unit.name.as_str())
}

/// Whether systemd passes over the line because of its value.
fn is_ignored(findings: &[Finding], directive: &Directive) -> bool {
    findings.iter().any(|finding| {
        finding.directive == Some(directive.line)
            && matches!(finding.rule.code, "AMB020" | "AMB022")
            && finding.effect == Some(Effect::LineIgnored)
    })
}

/// The comment after a value on a line of its own.
fn comment_above(source: &SourceFile, finding: &Finding, directive: &Directive) -> Option<Fix> {
    let comment = finding.diagnostic.labels.first()?.span.clone();
    let range = comment.range();
    let before = source.text().get(..range.start)?;
    let blanks = before.len() - before.trim_end_matches([' ', '\t']).len();
    Some(moved_above(
        source,
        directive,
        comment.text(),
        std::iter::once(range.start - blanks..range.end),
    ))
}

/// The comments within a value above the directive.
fn comments_above(
    context: &Context<'_>,
    source: &SourceFile,
    directive: &Directive,
) -> Option<Fix> {
    let today = context.unit.as_read_by(Dialect::V240);
    let mut directives = today.document.directives().iter();
    let range = directives
        .find(|other| other.line == directive.line)?
        .range
        .clone();
    let mut at = range.start;
    let mut comments = String::new();
    let mut cuts = Vec::new();
    for line in source.text().get(range)?.split_inclusive('\n') {
        if line.trim_start().starts_with(['#', ';']) {
            comments.push_str(line.trim());
            comments.push('\n');
            cuts.push(at..at + line.len());
        }
        at += line.len();
    }
    // What ends in `\` above the directive would swallow it on an older systemd.
    let is_plain = !comments.lines().any(|line| line.ends_with('\\'));
    (is_plain && !cuts.is_empty())
        .then(|| moved_above(source, directive, comments.trim_end(), cuts))
}

fn moved_above(
    source: &SourceFile,
    directive: &Directive,
    comment: &str,
    cuts: impl IntoIterator<Item = std::ops::Range<usize>>,
) -> Fix {
    let start = directive.range.start;
    let above = Edit {
        span: source.span(start..start),
        replacement: format!("{comment}\n"),
    };
    let cut = |range| Edit {
        span: source.span(range),
        replacement: String::new(),
    };
    Fix {
        what: format!("put the comment above {}=", directive.key),
        edits: std::iter::once(above)
            .chain(cuts.into_iter().map(cut))
            .collect(),
        of_target: false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::all;
    use super::super::testing::findings;
    use super::MENDED;
    use crate::report::{Fix, apply};

    /// The text after all fixes for a target.
    fn mended(target: &str, text: &str) -> String {
        let other = ("bar.service", "[Service]\nExecStart=/bin/true\n");
        let found = findings(target, &[("x.service", text), other], None);
        let fixed = |finding: &&super::Finding| finding.diagnostic.fix.is_some();
        let codes = found.iter().filter(fixed).map(|finding| finding.rule.code);
        for code in codes {
            assert!(MENDED.contains(&code), "{code}");
        }
        let mut fixes: Vec<&Fix> = Vec::new();
        for fix in found.iter().filter_map(|f| f.diagnostic.fix.as_ref()) {
            if !fixes.contains(&fix) {
                fixes.push(fix);
            }
        }
        match fixes.first() {
            Some(first) => apply(first.edits[0].span.file(), &fixes).0,
            None => text.to_owned(),
        }
    }

    #[test]
    fn what_systemd_reads_so_already_is_written_so() {
        let text = "[Unit]\nRequiresOverridable=a.service\n[Service]\nExecStart=/bin/x\nStandardOutput=syslog\n";
        insta::assert_snapshot!(mended("el9", text), @"
        [Unit]
        Requires=a.service
        [Service]
        ExecStart=/bin/x
        StandardOutput=journal
        ");
        // To 219 both are what they say.
        assert_eq!(mended("centos7", text), text);
    }

    #[test]
    fn what_is_passed_over_and_can_mean_one_thing_is_written_right() {
        let text = "[Unit]\nAfter=bar multi-user network\n[Service]\nExecStart=/bin/x\nRestart=On-Failure\n\
            KillSignal=term\nRestartSec=5 # five\n";
        insta::assert_snapshot!(mended("el8", text), @"
        [Unit]
        After=bar.service multi-user.target network
        [Service]
        ExecStart=/bin/x
        Restart=on-failure
        KillSignal=SIGTERM
        # five
        RestartSec=5
        ");
    }

    #[test]
    fn what_holds_instead_or_reaches_the_program_is_left_alone() {
        for text in [
            "[Service]\nExecStart=/bin/x\nRestart=no\nRestart=On-Failure\n",
            "[Service]\nExecStart=/bin/x # five\n",
            "[Service]\nExecStart=/bin/x\nNice=50\nKillSignal=banana\n",
        ] {
            assert_eq!(mended("el8", text), text);
        }
    }

    #[test]
    fn comments_within_a_value_go_above_it() {
        let text = "[Service]\nUser=a\nExecStart=/bin/x \\\n  # one\n  --a \\\n; two\n  --b\n";
        insta::assert_snapshot!(mended("el8", text), @r"
        [Service]
        User=a
        # one
        ; two
        ExecStart=/bin/x \
          --a \
          --b
        ");
    }

    #[test]
    fn the_rules_of_the_list_are_there() {
        for code in MENDED {
            assert!(all().iter().any(|rule| rule.code == code), "{code}");
        }
    }
}
