//! A signal ends the run, but not before what it started is ended and temporary files are gone.

use crate::build::Interrupt;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::sync::Arc;

/// From now on the first signal is told to what is returned; a second one ends the program at
/// once, for whoever is in a hurry. Only for what asks often enough whether a signal came.
pub(super) fn watch() -> Arc<Interrupt> {
    let told = Arc::new(Interrupt::new());
    let interrupt = Arc::clone(&told);
    // Without the thread a signal ends the program as if nobody had asked for more.
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM, SIGHUP]) else {
        return told;
    };
    std::thread::spawn(move || {
        let mut seen = false;
        for signal in signals.forever() {
            if seen {
                // Ends the program; should it fail, the first signal still does its work.
                let _ = signal_hook::low_level::emulate_default_handler(signal);
            }
            seen = true;
            interrupt.raise(signal);
        }
    });
    told
}
