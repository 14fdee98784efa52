//! See `tests/src/fuzz/client_message.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ricochet_fuzz::bodies::client_message::run(data));
