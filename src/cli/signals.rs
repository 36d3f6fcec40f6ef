//! A signal ends the run, but not before what it started is ended and temporary files are gone.
//!
//! A hangup that we were started to ignore (`nohup`) stays ignored, by us and by what we start.
//! An interrupt does not: scripts and CI runners start background jobs with it ignored and still
//! send it when they mean it, and the programs that we start get it as usual, because a signal
//! that is watched for is back at its default after exec.

use super::Stop;
use crate::build::Interrupt;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::iterator::Signals;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// From now on a file that would grow beyond what the user may write (`ulimit -f`) is an error of
/// the write, as a full disk is, and not the end of the program with its temporary files left.
/// What we start is told as usual.
pub(super) fn outlive_file_limits() {
    // Nobody looks at the flag: that the signal is caught is enough. Where it cannot be, it ends
    // the program as if nobody had asked for more.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
}

/// Stops where a signal came.
pub(super) fn look_for(interrupt: &Interrupt) -> Result<(), Stop> {
    match interrupt.signal() {
        Some(signal) => Err(Stop::interrupted(signal)),
        None => Ok(()),
    }
}

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
