//! Nothing of the machine it was written on: no absolute paths of a home or work folder, no hosts of package mirrors.

use super::{File, Finding};

/// Beginnings of paths that exist on one machine only. In pieces, so that this file does not find itself.
const PATHS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/tm", "p/target"),
    concat!("/tm", "p/bash"),
    concat!("C:", "\\Users"),
];

/// Where npm's lock files may point; cargo's have a rule of their own.
const NPM_REGISTRY: &str = "https://registry.npmjs.org/";

pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        for (line, text) in file.lines() {
            for path in PATHS.iter().filter(|path| begins_path(text, path)) {
                findings.push(file.finding(line, format!("`{path}` is a path of one machine")));
            }
            let resolved = file.path.ends_with("package-lock.json") && text.trim_start().starts_with("\"resolved\":");
            if resolved && !text.contains(NPM_REGISTRY) {
                findings.push(file.finding(line, "a package that does not come from the public registry"));
            }
        }
    }
    findings
}

/// Returns true if `path` stands in the line as the beginning of a path, rather than inside a longer one or an address.
fn begins_path(line: &str, path: &str) -> bool {
    let inside = |character: char| character.is_alphanumeric() || "._-/}".contains(character);
    line.match_indices(path).any(|(start, _)| !line[..start].chars().next_back().is_some_and(inside))
}

#[cfg(test)]
mod tests {
    use super::super::testing::lines_found;
    use super::*;

    #[test]
    fn paths_of_one_machine_are_found() {
        assert_eq!(lines_found(check, "a.md", &format!("fine\ncd {}x\n", PATHS[0])), [2]);
        assert_eq!(lines_found(check, "a.rs", &format!("open(\"{}me/x\")\n", PATHS[2])), [1]);
    }

    #[test]
    fn longer_paths_and_addresses_are_fine() {
        assert_eq!(lines_found(check, "a.md", &format!("https://example.org{}x\n", PATHS[2])), [0; 0]);
        assert_eq!(lines_found(check, "a.md", &format!("docs{}x\n", PATHS[0])), [0; 0]);
    }

    #[test]
    fn foreign_npm_registry_is_found() {
        let text = "\"resolved\": \"https://mirror.example/x.tgz\",\n";
        assert_eq!(lines_found(check, "web-client/package-lock.json", text), [1]);
    }
}
