//! `properties::payload`, run by libFuzzer.
#![cfg_attr(any(fuzzing, feature = "libfuzzer"), no_main)]

#[cfg(any(fuzzing, feature = "libfuzzer"))]
libfuzzer_sys::fuzz_target!(init: properties::prepare("payload"), |data: &[u8]| properties::payload(data));

/// Without libFuzzer: holds it to each file that is named.
#[cfg(not(any(fuzzing, feature = "libfuzzer")))]
fn main() -> std::io::Result<()> {
    properties::hold(properties::payload)
}
