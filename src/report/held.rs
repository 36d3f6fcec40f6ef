//! Sinks in front of a sink.

use super::diagnostic::Diagnostic;
use super::sink::{Advance, Quiet, Sink};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A sink that keeps what is said to itself for a while, so that it does not come between the lines
/// of a program that speaks by itself. What it holds is said when it is let go or dropped.
pub struct Held<'a> {
    sink: &'a dyn Sink,
    /// What waits; nothing where all is handed on at once.
    waiting: Mutex<Option<Vec<Said>>>,
}

enum Said {
    Status(String, String),
    Diagnostic(Diagnostic),
}

impl<'a> Held<'a> {
    /// One that hands on.
    pub fn new(sink: &'a dyn Sink) -> Self {
        Held {
            sink,
            waiting: Mutex::new(None),
        }
    }

    /// Holds back what is said from now on.
    pub fn hold(&self) {
        self.waiting().get_or_insert_default();
    }

    /// Says what was held back, and all else at once from now on.
    pub fn release(&self) {
        let mut waiting = self.waiting();
        for said in waiting.take().into_iter().flatten() {
            match said {
                Said::Status(verb, text) => self.sink.status(&verb, &text),
                Said::Diagnostic(diagnostic) => self.sink.diagnostic(&diagnostic),
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Option<Vec<Said>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for Held<'_> {
    fn status(&self, verb: &str, text: &str) {
        match &mut *self.waiting() {
            Some(waiting) => waiting.push(Said::Status(verb.to_owned(), text.to_owned())),
            None => self.sink.status(verb, text),
        }
    }

    fn diagnostic(&self, diagnostic: &Diagnostic) {
        match &mut *self.waiting() {
            Some(waiting) => waiting.push(Said::Diagnostic(diagnostic.clone())),
            None => self.sink.diagnostic(diagnostic),
        }
    }

    fn begin(&self, verb: &str, text: &str, total: Option<u64>) -> Box<dyn Advance> {
        if self.waiting().is_some() {
            self.status(verb, text);
            return Box::new(Quiet);
        }
        self.sink.begin(verb, text, total)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.release();
    }
}

/// A sink that draws no bars, for steps beside which another program speaks.
pub struct Plain<'a>(pub &'a dyn Sink);

impl Sink for Plain<'_> {
    fn status(&self, verb: &str, text: &str) {
        self.0.status(verb, text);
    }

    fn diagnostic(&self, diagnostic: &Diagnostic) {
        self.0.diagnostic(diagnostic);
    }

    fn begin(&self, verb: &str, text: &str, _: Option<u64>) -> Box<dyn Advance> {
        self.0.status(verb, text);
        Box::new(Quiet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Log(Mutex<Vec<String>>);

    impl Sink for Log {
        fn status(&self, verb: &str, text: &str) {
            self.0.lock().unwrap().push(format!("{verb} {text}"));
        }
        fn diagnostic(&self, diagnostic: &Diagnostic) {
            self.0.lock().unwrap().push(diagnostic.title.clone());
        }
        fn begin(&self, verb: &str, _: &str, _: Option<u64>) -> Box<dyn Advance> {
            self.0.lock().unwrap().push(format!("{verb} with a bar"));
            Box::new(Quiet)
        }
    }

    fn said(log: &Log) -> Vec<String> {
        std::mem::take(&mut log.0.lock().unwrap())
    }

    #[test]
    fn what_is_held_is_said_later_in_its_order() {
        let log = Log::default();
        let held = Held::new(&log);
        held.status("a", "1");
        assert_eq!(said(&log), ["a 1"]);
        held.hold();
        held.diagnostic(&Diagnostic::warning("b"));
        drop(held.begin("c", "2", None));
        assert_eq!(said(&log), [""; 0]);
        held.release();
        assert_eq!(said(&log), ["b", "c 2"]);
        drop(held.begin("d", "3", None));
        held.hold();
        held.status("e", "4");
        drop(held);
        assert_eq!(said(&log), ["d with a bar", "e 4"]);
    }

    #[test]
    fn a_plain_sink_draws_no_bars() {
        let log = Log::default();
        drop(Plain(&log).begin("a", "1", Some(3)));
        assert_eq!(said(&log), ["a 1"]);
    }
}
