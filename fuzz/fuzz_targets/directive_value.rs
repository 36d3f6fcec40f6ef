//! `properties::directive_value`, run by libFuzzer.
#![cfg_attr(any(fuzzing, feature = "libfuzzer"), no_main)]

#[cfg(any(fuzzing, feature = "libfuzzer"))]
libfuzzer_sys::fuzz_target!(init: properties::prepare("directive_value"), |data: &[u8]| properties::directive_value(data));

/// Without libFuzzer: holds it to each file that is named.
#[cfg(not(any(fuzzing, feature = "libfuzzer")))]
fn main() -> std::io::Result<()> {
    properties::hold(properties::directive_value)
}
