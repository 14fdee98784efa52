//! See `tests/src/fuzz/server_message.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ricochet_fuzz::bodies::server_message::run(data));
