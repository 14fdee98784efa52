//! See `tests/src/fuzz/snapshot.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ricochet_fuzz::bodies::snapshot::run(data));
