//! What happens when the world does not hold still: full disks, killed runs, two runs at once, files
//! that change, clocks that are wrong, names that nobody expects.
//!
//! Each part runs the real program and asks for one of two things: the right result, or an error that
//! says what, where and the way out. Never a package that is wrong, an old one that is lost, a
//! repository that nobody can read, a file of ours that is left behind, or a run that does not end.
//!
//! The rounds are few here; `AMBOT_TEST_ROUNDS` sets how many each part is to do.

mod clock;
mod full_disk;
mod killed;
mod large;
mod moving;
mod names;
mod odd_files;
mod read_only;
mod scene;
mod together;

/// How many rounds to do: few, unless somebody asks for more.
fn rounds(few: usize) -> usize {
    let asked = std::env::var("AMBOT_TEST_ROUNDS").ok();
    asked.map_or(few, |rounds| {
        let rounds = rounds.parse();
        rounds.expect("AMBOT_TEST_ROUNDS is a number")
    })
}

/// Numbers that look random and are the same every time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below this one.
    fn below(&mut self, most: u64) -> u64 {
        self.next() % most.max(1)
    }
}
