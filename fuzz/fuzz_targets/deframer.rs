//! See `tests/src/fuzz/deframer.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ricochet_fuzz::bodies::deframer::run(data));
