//! How the command line tells a running step that a signal came.

use std::sync::atomic::{AtomicI32, Ordering};

/// Whether a signal came, and which.
///
/// The command line owns one, writes to it from its signal thread, and hands it to the steps
/// that wait for something; these look at it several times a second, end what they started, and
/// return an error of the kind [`Failure::Signal`](crate::report::Failure::Signal).
#[derive(Debug, Default)]
pub struct Interrupt(AtomicI32);

impl Interrupt {
    /// No signal yet.
    pub const fn new() -> Self {
        Interrupt(AtomicI32::new(0))
    }

    /// A signal of this number came. The first one counts.
    pub fn raise(&self, signal: i32) {
        // Nothing else is published through the number, so no order is needed beyond its own.
        let _ = self
            .0
            .compare_exchange(0, signal, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// The number of the signal that came, if one did.
    pub fn signal(&self) -> Option<i32> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            number => Some(number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Interrupt;

    #[test]
    fn the_first_signal_counts() {
        let interrupt = Interrupt::new();
        assert_eq!(interrupt.signal(), None);
        interrupt.raise(15);
        interrupt.raise(2);
        assert_eq!(interrupt.signal(), Some(15));
    }
}
