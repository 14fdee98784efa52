//! See `tests/src/fuzz/room_operations.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ricochet_fuzz::bodies::room_operations::run(data));
