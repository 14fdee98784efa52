//! The bodies of the targets, which `tests/corpus.rs` replays without a fuzzer.
//!
//! They are compiled from their own files instead of through the package `tests`, which would bring async runtimes
//! and TLS under the sanitizers.

#[path = "../../tests/src/fuzz/mod.rs"]
pub mod bodies;
