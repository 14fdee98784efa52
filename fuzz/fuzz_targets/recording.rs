//! See `tests/src/fuzz/recording.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ricochet_fuzz::bodies::recording::run(data));
