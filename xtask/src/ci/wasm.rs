//! The sans-IO crates must build for the browser.
//!
//! The target comes from rustup. Where rustup can download nothing, Debian's `rustc-web` has it: that compiler is used
//! for this build only, with rustup's cargo and linker, and in a target directory of its own.

use std::path::Path;

use anyhow::{Result, ensure};

use super::Outcome;
use crate::{
    machine::ensure_packages,
    process::{cargo, quiet_output, run},
    workspace,
};

const TARGET: &str = "wasm32-unknown-unknown";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_STD: &str = "/usr/lib/rustlib/src/rust/library/std";

pub(super) fn build() -> Result<Outcome> {
    let sysroot = quiet_output(&["rustc", "--print", "sysroot"]).unwrap_or_default();
    let target_dir = workspace::target_dir().join("wasm");
    let arguments = [
        "build",
        "--locked",
        "--package=shared",
        "--package=room",
        "--package=client",
        &format!("--target={TARGET}"),
        &format!("--target-dir={}", target_dir.display()),
    ];
    if Path::new(&sysroot).join("lib/rustlib").join(TARGET).exists() || rustup_adds_the_target() {
        run(&mut cargo(&arguments))?;
        return Ok(Outcome::Passed);
    }
    ensure_packages(
        "the wasm target (`rustup target add wasm32-unknown-unknown`, or else Debian's compiler)",
        &["rustc-web", "rust-web-src"],
        || Path::new(DEBIAN_RUSTC).exists() && Path::new(DEBIAN_STD).exists(),
    )?;
    let host = quiet_output(&["rustc", "--print", "host-tuple"]).unwrap_or_default();
    let linker = format!("{sysroot}/lib/rustlib/{host}/bin/rust-lld");
    ensure!(Path::new(&linker).exists(), "rust-lld is not where it should be: {linker}");
    let mut command = cargo(&arguments);
    command.arg("-Zbuild-std=std,panic_abort");
    // Debian ships sources of the standard library instead of a build; building them is a nightly feature of cargo.
    command.env("RUSTC", DEBIAN_RUSTC).env("RUSTC_BOOTSTRAP", "1");
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    run(&mut command)?;
    Ok(Outcome::Passed)
}

/// Where rustup's downloads are out of reach it fails within seconds.
fn rustup_adds_the_target() -> bool {
    quiet_output(&["timeout", "120", "rustup", "target", "add", TARGET]).is_some()
}
