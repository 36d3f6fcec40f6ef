//! The trace of a run: each stage with its time, for who asks where the time went or what went
//! wrong.
//!
//! Rooms open stages (spans) and tell what they do (events) through [`tracing`]. The fields of a
//! stage say the shape of the work, a target or a count, and never a value or a name of the
//! user's: the stages that are open are told with a defect, too. Events may name programs and
//! files, and hold no value either.

use super::failure::nearest;
use super::shown::visible_line;
use std::cell::RefCell;
use std::fmt::{self, Debug, Write as _};
use std::io::Write as _;
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use thiserror::Error;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::filter::{ParseError, Targets};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Scope};

/// The crate whose stages and events are told: what others say of theirs may hold anything.
const OWN: &str = "cargo_ambot";

thread_local! {
    /// The stages that this thread is in, the innermost last, each with those around it.
    static TRAIL: RefCell<Vec<(Id, String)>> = const { RefCell::new(Vec::new()) };
}

/// The stages that this thread is in, outermost first: `package target=el8 > rpm files=12`.
pub fn trail() -> Option<String> {
    TRAIL.with(|trail| Some(trail.try_borrow().ok()?.last()?.1.clone()))
}

/// Tells the trace on stderr from now on, as far as it is wanted: each stage when it ends, and what
/// is done meanwhile; with `trace` each stage when it begins, too. Even where nothing is wanted,
/// [`trail`] knows the stages. Only the first call in a process does anything.
///
/// # Errors
/// When the directives (`RUST_LOG`, as env_logger has them, without its patterns) are none, or none
/// that another program would understand is for us; then nothing is told, but for what `level` wants.
pub fn tell_trace(directives: Option<&str>, level: Option<Level>) -> Result<(), NotTold> {
    let parsed = directives.map_or(Ok(Targets::default()), wanted);
    let (mut wanted, error) = match parsed {
        Ok(wanted) => (wanted, None),
        Err(error) => (Targets::default(), Some(error)),
    };
    if let Some(level) = level {
        wanted = wanted.with_target(OWN, level);
    }
    let trace = Trace {
        wanted,
        began: *BEGAN.get_or_init(Instant::now),
    };
    // A second one, in a program that calls us twice, finds the first at work.
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(trace));
    error.map_or(Ok(()), Err)
}

/// Tells in the trace how long all of it took.
pub fn tell_end() {
    let took = BEGAN.get().map(Instant::elapsed).unwrap_or_default();
    tracing::debug!("took {} in all", duration(took));
}

/// When the trace began.
static BEGAN: OnceLock<Instant> = OnceLock::new();

/// Why directives are not heard.
#[derive(Debug, Error)]
pub enum NotTold {
    /// They cannot be read.
    #[error(transparent)]
    Unread(#[from] ParseError),
    /// They can be read as names of others, and are likely to be meant for us.
    #[error("`{0}` asks for nothing that cargo ambot has")]
    ForNobody(String),
}

fn wanted(directives: &str) -> Result<Targets, NotTold> {
    let wanted: Targets = directives.parse()?;
    let for_nobody = || Err(NotTold::ForNobody(directives.to_owned()));
    // As a level the empty word would be `error`.
    if directives.split(',').all(|one| one.trim().is_empty()) {
        return for_nobody();
    }
    let is_ours =
        |target: &str| !target.is_empty() && (OWN.starts_with(target) || target.starts_with(OWN));
    let mut targets = wanted.iter();
    if wanted.default_level().is_some() || targets.any(|(target, _)| is_ours(target)) {
        return Ok(wanted);
    }
    // Who works on a service has its own name there.
    match directives.split(',').any(is_for_others) {
        true => Ok(wanted),
        false => for_nobody(),
    }
}

/// Whether a directive is about a crate that is none of ours, and no slip for it.
fn is_for_others(directive: &str) -> bool {
    let Some((name, _)) = directive.trim().split_once('=') else {
        return false;
    };
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':');
    !name.is_empty() && name.chars().all(is_name) && nearest(name, [OWN]).is_none()
}

struct Trace {
    wanted: Targets,
    began: Instant,
}

/// A stage under way.
struct Stage {
    shown: Shown,
    began: Instant,
}

impl Trace {
    fn wants(&self, metadata: &Metadata<'_>, level: Level) -> bool {
        self.wanted.would_enable(metadata.target(), &level)
    }

    fn line(&self, trail: &str, text: &str) {
        let dim = anstyle::Style::new().dimmed();
        let since = self.began.elapsed().as_secs_f64();
        let between = if trail.is_empty() || text.is_empty() {
            ""
        } else {
            ": "
        };
        let mut err = anstream::stderr().lock();
        // Nobody is left to tell when stderr is gone.
        let _ = writeln!(err, "{dim}{since:>9.3}s {trail}{between}{text}{dim:#}");
    }
}

impl<S> Layer<S> for Trace
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        let is_own = metadata.target().split("::").next() == Some(OWN);
        match is_own && (metadata.is_span() || self.wants(metadata, *metadata.level())) {
            true => Interest::always(),
            false => Interest::never(),
        }
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut shown = Shown::named(attributes.metadata().name());
        attributes.record(&mut shown);
        span.extensions_mut().insert(Stage {
            shown,
            began: Instant::now(),
        });
        if self.wants(attributes.metadata(), Level::TRACE) {
            self.line(&trail_of(id, &context, Shown::short), "begins");
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(stage) = span.extensions_mut().get_mut::<Stage>() {
            values.record(&mut stage.shown);
        }
        let now = trail_of(id, &context, Shown::whole);
        TRAIL.with(|trail| {
            let last = trail.try_borrow_mut();
            if let Ok(mut trail) = last
                && let Some((_, text)) = trail.iter_mut().rfind(|(of, _)| of == id)
            {
                *text = now;
            }
        });
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut shown = Shown::default();
        event.record(&mut shown);
        let stage = context.event_span(event);
        let trail = stage.map(|span| trail_of(&span.id(), &context, Shown::short));
        self.line(&trail.unwrap_or_default(), &shown.text);
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        let entered = (id.clone(), trail_of(id, &context, Shown::whole));
        TRAIL.with(|trail| {
            if let Ok(mut trail) = trail.try_borrow_mut() {
                trail.push(entered);
            }
        });
    }

    fn on_exit(&self, id: &Id, _: Context<'_, S>) {
        // While a panic is on its way out, the hook has told the trail already.
        TRAIL.with(|trail| {
            if let Ok(mut trail) = trail.try_borrow_mut()
                && let Some(at) = trail.iter().rposition(|(of, _)| of == id)
            {
                trail.truncate(at);
            }
        });
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else {
            return;
        };
        if !self.wants(span.metadata(), Level::DEBUG) {
            return;
        }
        let extensions = span.extensions();
        let took = extensions.get::<Stage>().map(|stage| stage.began.elapsed());
        drop(extensions);
        if let Some(took) = took {
            let trail = trail_of(&id, &context, Shown::short);
            self.line(&trail, &format!("took {}", duration(took)));
        }
    }
}

/// A stage with those around it.
fn trail_of<S>(id: &Id, context: &Context<'_, S>, shown: fn(&Shown) -> String) -> String
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let scope = context.span_scope(id).into_iter();
    let stages = scope.flat_map(Scope::from_root).filter_map(|span| {
        let extensions = span.extensions();
        Some(shown(&extensions.get::<Stage>()?.shown))
    });
    stages.collect::<Vec<_>>().join(" > ")
}

/// As precise as anybody reads it.
fn duration(took: Duration) -> String {
    match took.as_secs_f64() {
        seconds if seconds < 1.0 => format!("{:.1} ms", seconds * 1e3),
        seconds => format!("{seconds:.2} s"),
    }
}

/// The field of a stage that is too long for each of its lines.
const PLAN: &str = "plan";

/// Fields as `name=value`; the message of an event first and bare.
#[derive(Default)]
struct Shown {
    text: String,
    plan: String,
}

impl Shown {
    fn named(name: &str) -> Self {
        Shown {
            text: name.to_owned(),
            plan: String::new(),
        }
    }

    fn short(&self) -> String {
        self.text.clone()
    }

    fn whole(&self) -> String {
        format!("{}{}", self.text, self.plan)
    }

    fn add(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        let value = visible_line(&value.to_string());
        let (text, name) = match field.name() {
            PLAN => (&mut self.plan, PLAN),
            name => (&mut self.text, name),
        };
        if !text.is_empty() || name == PLAN {
            text.push(' ');
        }
        // A string takes all.
        let _ = match name {
            "message" => write!(text, "{value}"),
            PLAN => write!(text, "({value})"),
            name => write!(text, "{name}={value}"),
        };
    }
}

impl Visit for Shown {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.add(field, format_args!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing::{debug_span, subscriber::with_default};

    fn within(wanted: &str, body: impl FnOnce()) {
        let trace = Trace {
            wanted: wanted.parse().unwrap(),
            began: Instant::now(),
        };
        with_default(tracing_subscriber::registry().with(trace), body);
    }

    #[test]
    fn the_stages_that_are_open_are_known_though_nothing_is_told() {
        within("off", || {
            assert_eq!(trail(), None);
            let outer = debug_span!("package", target = "el8", files = tracing::field::Empty);
            let _outer = outer.clone().entered();
            outer.record("files", 12);
            let inner = debug_span!("rpm", plan = "3 links", what = "a\u{1b}[2Jb\n");
            let shown = r"package target=el8 files=12 > rpm what=a\u{1b}[2Jb\n (3 links)";
            inner.in_scope(|| assert_eq!(trail().as_deref(), Some(shown)));
            assert_eq!(trail().as_deref(), Some("package target=el8 files=12"));
            // On a thread of its own a stage brings those around it along.
            let elsewhere = std::thread::scope(|scope| {
                let there = || {
                    let dispatch = tracing::dispatcher::get_default(Clone::clone);
                    scope.spawn(move || {
                        tracing::dispatcher::with_default(&dispatch, || inner.in_scope(trail))
                    })
                };
                there().join().unwrap()
            });
            assert_eq!(elsewhere.as_deref(), Some(shown));
        });
        assert_eq!(trail(), None);
    }

    #[test]
    fn directives_are_those_of_other_programs() {
        for directives in [
            "debug",
            "cargo_ambot=trace,ureq=off",
            "cargo_ambot::rpm=info",
            "off",
        ] {
            directives.parse::<Targets>().unwrap();
        }
        assert!("cargo_ambot=loud".parse::<Targets>().is_err());
    }

    #[test]
    fn directives_for_nobody_are_told_and_those_for_others_are_not() {
        for directives in [
            "debg",
            "verbose",
            "cargo-ambot=debug",
            "cargo_ambt=debug",
            "debug/regex",
            "=",
            ",,,",
            " ",
        ] {
            assert!(wanted(directives).is_err(), "{directives}");
        }
        for directives in [
            "web_service=debug",
            "warn",
            "off",
            "debug,hyper=off",
            "cargo_ambot",
        ] {
            assert!(wanted(directives).is_ok(), "{directives}");
        }
    }

    #[test]
    fn times_are_as_precise_as_anybody_reads_them() {
        assert_eq!(duration(Duration::from_micros(1234)), "1.2 ms");
        assert_eq!(duration(Duration::from_millis(61_239)), "61.24 s");
    }
}
