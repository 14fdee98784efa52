//! See `tests/src/fuzz/map_file.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ricochet_fuzz::bodies::map_file::run(data));
