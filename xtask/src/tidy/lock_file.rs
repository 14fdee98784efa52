//! The lock files are there and name the public registry only, so that a clean clone builds what we built.

use super::{File, Finding};

const LOCK_FILES: [&str; 3] = ["Cargo.lock", "fuzz/Cargo.lock", "web-client/packer/Cargo.lock"];
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for path in LOCK_FILES {
        let Some(file) = files.iter().find(|file| file.path == path) else {
            findings.push(Finding { path: path.into(), line: 1, message: "is not committed".into() });
            continue;
        };
        for (line, text) in file.lines() {
            if text.starts_with("source = ") && !text.contains(REGISTRY) {
                findings.push(file.finding(line, "a source that is not the public registry"));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::testing::file;
    use super::*;

    #[test]
    fn every_lock_file_is_wanted() {
        let lock = format!("source = \"{REGISTRY}\"\n");
        let with_others = |text| [file(LOCK_FILES[0], text), file(LOCK_FILES[1], ""), file(LOCK_FILES[2], "")];
        assert_eq!(check(&with_others(&lock)), []);
        assert_eq!(check(&[file("Cargo.lock", &lock)]).len(), 2);
    }

    #[test]
    fn other_source_is_found() {
        let git = "source = \"git+https://example.org/x\"\n";
        assert_eq!(check(&LOCK_FILES.map(|path| file(path, git))).len(), 3);
    }
}
