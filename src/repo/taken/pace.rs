//! A file that comes too slowly is given up, so that no server keeps us for as long as it likes.

use std::io::{self, Read};
use std::time::{Duration, Instant};

/// How fast a file has to come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// Bytes a second.
    least: u64,
    /// For how long it may come slower.
    over: Duration,
}

impl Pace {
    /// dnf's own: its `minrate` and `timeout` (dnf.conf(5)).
    pub(super) const OF_DNF: Pace = Pace {
        least: 1000,
        over: Duration::from_secs(30),
    };
}

/// A reader that fails where its input is slower than it has to be.
pub(super) struct Paced<R> {
    input: R,
    pace: Pace,
    /// How long the input was waited for, and what came meanwhile; both begin anew after each time
    /// over which the rate is taken. What is done with it between two reads does not count.
    waited: Duration,
    came: u64,
}

impl<R: Read> Paced<R> {
    pub(super) fn new(input: R, pace: Pace) -> Self {
        Paced {
            input,
            pace,
            waited: Duration::ZERO,
            came: 0,
        }
    }
}

impl<R: Read> Read for Paced<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let began = Instant::now();
        let length = self.input.read(buffer)?;
        self.waited += began.elapsed();
        self.came += length as u64;
        if self.waited < self.pace.over || length == 0 {
            return Ok(length);
        }
        if (self.came as f64) < self.pace.least as f64 * self.waited.as_secs_f64() {
            let Pace { least, over } = self.pace;
            let slow = format!(
                "fewer than {least} bytes a second came for {} s",
                over.as_secs()
            );
            return Err(io::Error::new(io::ErrorKind::TimedOut, slow));
        }
        (self.waited, self.came) = (Duration::ZERO, 0);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread::sleep;

    /// Hands out so many bytes at once, after such a time, for so many times.
    struct Slow(usize, Duration, u32);

    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some(left) = self.2.checked_sub(1) else {
                return Ok(0);
            };
            self.2 = left;
            sleep(self.1);
            Ok(self.0.min(buffer.len()))
        }
    }

    const PACE: Pace = Pace {
        least: 1000,
        over: Duration::from_millis(40),
    };

    #[test]
    fn who_sends_a_byte_now_and_then_is_given_up() {
        let mut slow = Paced::new(Slow(1, Duration::from_millis(5), 1000), PACE);
        let began = Instant::now();
        let error = io::copy(&mut slow, &mut io::sink()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(error.to_string().starts_with("fewer than 1000 bytes"));
        assert!(began.elapsed() < Duration::from_secs(2));
    }

    #[test]
    fn who_is_fast_enough_or_waits_for_us_is_read_to_the_end() {
        let steady = Slow(4000, Duration::from_millis(5), 40);
        let mut steady = Paced::new(steady, PACE);
        assert_eq!(io::copy(&mut steady, &mut io::sink()).unwrap(), 160_000);
        // A small file may take as long as each of its pieces may.
        let small = Slow(1, Duration::from_millis(5), 3);
        assert_eq!(
            io::copy(&mut Paced::new(small, PACE), &mut io::sink()).unwrap(),
            3
        );
        let mut waiting = Paced::new(Slow(1, Duration::ZERO, 6), PACE);
        let mut read = 0;
        while waiting.read(&mut [0; 8]).unwrap() > 0 {
            read += 1;
            sleep(Duration::from_millis(20));
        }
        assert_eq!(read, 6);
    }
}
