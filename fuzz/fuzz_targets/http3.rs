//! See `tests/src/fuzz/http3.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ricochet_fuzz::bodies::http3::run(data));
