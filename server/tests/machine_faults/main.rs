//! The program on a machine that misbehaves: each fault is a real one, made with the tools of the system, and each file holds one.
//!
//! What a machine does not allow (mounting, tracing, another clock) cannot be tried there: such a test says `ABSENT` and why on stderr, and the
//! step `machine faults` of `cargo xtask test` lists it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![cfg(target_os = "linux")]

#[path = "../program/mod.rs"]
mod program;

mod check_config;
mod clock;
mod disk_full;
mod disk_read_only;
mod disk_slow;
mod file_system_other;
mod file_unreadable;
mod host;
