//! `properties::adapted_unit`, run by libFuzzer.
#![cfg_attr(any(fuzzing, feature = "libfuzzer"), no_main)]

#[cfg(any(fuzzing, feature = "libfuzzer"))]
libfuzzer_sys::fuzz_target!(init: properties::prepare("adapted_unit"), |data: &[u8]| properties::adapted_unit(data));

/// Without libFuzzer: holds it to each file that is named.
#[cfg(not(any(fuzzing, feature = "libfuzzer")))]
fn main() -> std::io::Result<()> {
    properties::hold(properties::adapted_unit)
}
