//! Builds crates for the browser.
//!
//! The target comes from rustup. Where rustup can download nothing, Debian's `rustc-web` has it: that compiler is used
//! for these builds only, with rustup's cargo and linker, and in a target directory of its own.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

use crate::{
    machine::ensure_packages,
    process::{cargo, quiet_output, run},
    workspace,
};

const TARGET: &str = "wasm32-unknown-unknown";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_STD: &str = "/usr/lib/rustlib/src/rust/library/std";

/// Builds packages under a profile and gives the folder that holds what came out. Without `features` they have their
/// defaults.
///
/// # Errors
/// There is no compiler for the target and none can be installed, or the build fails.
pub(crate) fn build(packages: &[&str], features: Option<&str>, profile: &str) -> Result<PathBuf> {
    let sysroot = quiet_output(&["rustc", "--print", "sysroot"]).unwrap_or_default();
    let target_dir = workspace::target_dir().join("wasm");
    let mut command = cargo(&["build", "--locked", "--lib"]);
    command.args(packages.iter().map(|package| format!("--package={package}")));
    if let Some(features) = features {
        command.args(["--no-default-features".to_owned(), format!("--features={features}")]);
    }
    command.args([format!("--target={TARGET}"), format!("--profile={profile}")]);
    command.arg(format!("--target-dir={}", target_dir.display()));
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", without_paths());
    if !(Path::new(&sysroot).join("lib/rustlib").join(TARGET).exists() || rustup_adds_the_target()) {
        ensure_packages(
            "the wasm target (`rustup target add wasm32-unknown-unknown`, or else Debian's compiler)",
            &["rustc-web", "rust-web-src"],
            || Path::new(DEBIAN_RUSTC).exists() && Path::new(DEBIAN_STD).exists(),
        )?;
        let host = quiet_output(&["rustc", "--print", "host-tuple"]).unwrap_or_default();
        let linker = format!("{sysroot}/lib/rustlib/{host}/bin/rust-lld");
        ensure!(Path::new(&linker).exists(), "rust-lld is not where it should be: {linker}");
        command.arg("-Zbuild-std=std,panic_abort");
        // Debian ships sources of the standard library instead of a build; building them is a nightly feature of cargo.
        command.env("RUSTC", DEBIAN_RUSTC).env("RUSTC_BOOTSTRAP", "1");
        command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    }
    run(&mut command)?;
    let folder = if profile == "dev" { "debug" } else { profile };
    Ok(target_dir.join(TARGET).join(folder))
}

/// Where rustup's downloads are out of reach it fails within seconds.
fn rustup_adds_the_target() -> bool {
    quiet_output(&["timeout", "120", "rustup", "target", "add", TARGET]).is_some()
}

/// Panic messages name source files: without the folders of the machine that built them.
fn without_paths() -> String {
    let home = std::env::var("HOME").unwrap_or_default();
    let cargo_home = std::env::var("CARGO_HOME").unwrap_or_else(|_| format!("{home}/.cargo"));
    let root = workspace::root().display();
    format!("--remap-path-prefix={cargo_home}/registry/src=crates --remap-path-prefix={root}=ricochet")
}
