//! The program on a faulty machine: each fault is real, made with the tools of the system, and each file is about one.
//!
//! A machine may not allow a fault (mounting, tracing, another clock). Then the test prints `ABSENT` and the reason on stderr, and
//! the step `machine faults` of `cargo xtask test` lists it.

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
