//! A signal ends the run, but not before what it started is ended and temporary files are gone.
//!
//! A hangup that we were started to ignore (`nohup`) stays ignored, by us and by what we start.
//! An interrupt does not: scripts and CI runners start background jobs with it ignored and still
//! send it when they mean it, and the programs that we start get it as usual, because a signal
//! that is watched for is back at its default after exec.

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
    let watched = [SIGINT, SIGTERM].into_iter();
    let watched = watched.chain((!ignores(SIGHUP)).then_some(SIGHUP));
    let Ok(mut signals) = Signals::new(watched) else {
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

/// Whether this process was started to ignore a signal (proc_pid_status(5), `SigIgn`: a mask in
/// hexadecimal, whose lowest bit is signal 1).
fn ignores(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}
