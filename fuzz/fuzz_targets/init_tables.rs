//! `properties::init_tables`, run by libFuzzer.
#![cfg_attr(any(fuzzing, feature = "libfuzzer"), no_main)]

#[cfg(any(fuzzing, feature = "libfuzzer"))]
libfuzzer_sys::fuzz_target!(init: properties::prepare("init_tables"), |data: &[u8]| properties::init_tables(data));

/// Without libFuzzer: holds it to each file that is named.
#[cfg(not(any(fuzzing, feature = "libfuzzer")))]
fn main() -> std::io::Result<()> {
    properties::hold(properties::init_tables)
}
