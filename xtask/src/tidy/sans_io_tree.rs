//! The cores depend on nothing that could do I/O: their whole dependency tree is a short list.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};

use super::Finding;
use crate::process::cargo;

/// Everything `shared`, the games, `room`, `cluster` and `client` (without features) may be built from. All of it computes and nothing more.
const ALLOWED: &[(&str, &str)] = &[
    ("shared", "ours"),
    ("arena", "ours"),
    ("petri", "ours"),
    ("derive", "ours, while compiling"),
    ("room", "ours"),
    ("client", "ours"),
    ("cluster", "ours"),
    ("miniz_oxide", "recordings are packed and unpacked"),
    ("adler2", "of miniz_oxide"),
    ("crc32fast", "recordings are summed"),
    ("cfg-if", "of crc32fast"),
    ("bytes", "buffers that are shared instead of copied"),
    ("glam", "vectors"),
    ("libm", "powers and angles of what is drawn, the same bits everywhere"),
    ("rmp", "MessagePack, byte by byte"),
    ("rmp-serde", "records of a game that are written through serde"),
    ("num-traits", "of rmp"),
    ("autocfg", "of num-traits, while compiling"),
    ("serde", "maps are read from their files through it"),
    ("serde_core", "of serde"),
    ("serde_derive", "of serde, while compiling"),
    ("thiserror", "errors"),
    ("thiserror-impl", "of thiserror, while compiling"),
    ("proc-macro2", "while compiling"),
    ("quote", "while compiling"),
    ("syn", "while compiling"),
    ("unicode-ident", "while compiling"),
    ("toml", "the format of map files"),
    ("serde_spanned", "of toml"),
    ("toml_datetime", "of toml"),
    ("toml_parser", "of toml"),
    ("toml_writer", "of toml"),
    ("winnow", "of toml"),
];

/// Asks cargo what the cores are built from.
///
/// # Errors
/// Cargo cannot say.
pub(super) fn check() -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for core in ["shared", "arena", "petri", "room", "cluster", "client"] {
        // Without dev-dependencies: tests may use anything.
        let output =
            cargo(&["tree", "--package", core, "--edges", "normal,build", "--prefix", "none", "--format", "{p}"])
                .output()
                .context("cannot start cargo tree")?;
        ensure!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr).trim());
        findings.extend(strangers(core, &String::from_utf8_lossy(&output.stdout)));
    }
    Ok(findings)
}

/// Packages of a listing by `cargo tree` that are not on the list.
fn strangers(core: &str, tree: &str) -> Vec<Finding> {
    let names: BTreeSet<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let unknown = names.into_iter().filter(|name| !ALLOWED.iter().any(|(allowed, _)| allowed == name));
    let message =
        |name| format!("depends on `{name}`: a core takes only what tidy/sans_io_tree.rs lists, with a reason");
    unknown.map(|name| Finding { path: format!("{core}/Cargo.toml"), line: 1, message: message(name) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_packages_are_fine() {
        assert_eq!(strangers("room", "room v0.1.0 (/somewhere/room)\nglam v0.34.2\nglam v0.34.2 (*)\n"), []);
    }

    #[test]
    fn runtime_in_a_core_is_found() {
        let found = strangers("room", "room v0.1.0\ntokio v1.0.0\nmio v1.0.0\n");
        assert_eq!(found.len(), 2);
        assert!(found[1].message.contains("`tokio`"));
    }
}
