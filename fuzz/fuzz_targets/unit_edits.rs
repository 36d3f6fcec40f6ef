//! `properties::unit_edits`, run by libFuzzer.
#![cfg_attr(any(fuzzing, feature = "libfuzzer"), no_main)]

#[cfg(any(fuzzing, feature = "libfuzzer"))]
libfuzzer_sys::fuzz_target!(init: properties::prepare("unit_edits"), |data: &[u8]| properties::unit_edits(data));

/// Without libFuzzer: holds it to each file that is named.
#[cfg(not(any(fuzzing, feature = "libfuzzer")))]
fn main() -> std::io::Result<()> {
    properties::hold(properties::unit_edits)
}
