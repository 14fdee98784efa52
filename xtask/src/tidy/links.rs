//! Links in documents that point into the repository lead to a file that is there.

use std::{collections::BTreeSet, path::Path};

use super::{File, Finding};

pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let known = known_places(files);
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".md")) {
        let mut in_sample = false;
        for (line, text) in file.lines() {
            in_sample ^= text.trim_start().starts_with("```");
            if in_sample {
                continue;
            }
            for target in targets(text) {
                if !leads_somewhere(&file.path, target, &known) {
                    findings.push(file.finding(line, format!("the link to `{target}` leads nowhere")));
                }
            }
        }
    }
    findings
}

/// Every file and every folder that holds one.
fn known_places(files: &[File]) -> BTreeSet<&str> {
    let mut known = BTreeSet::new();
    for file in files {
        known.extend(Path::new(&file.path).ancestors().filter_map(Path::to_str));
    }
    known
}

/// The targets of the links of a line: `[text](target)` and `[name]: target`.
fn targets(line: &str) -> Vec<&str> {
    let mut found: Vec<&str> = line.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0)).collect();
    if line.starts_with('[')
        && let Some((_, target)) = line.split_once("]: ")
    {
        found.push(target);
    }
    found.into_iter().filter_map(|target| target.split_whitespace().next()).collect()
}

fn leads_somewhere(from: &str, target: &str, known: &BTreeSet<&str>) -> bool {
    let outside = target.contains("://") || target.starts_with("mailto:") || target.starts_with('#');
    let path = target.split(['#', '?']).next().unwrap_or_default();
    outside || resolve(from, path).is_some_and(|path| known.contains(path.as_str()))
}

/// A link's path from the root; `None` when it leaves the repository.
fn resolve(from: &str, path: &str) -> Option<String> {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = if path.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop().filter(|part| !part.is_empty())?),
            name => parts.push(name),
        }
    }
    parts.retain(|part| !part.is_empty());
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::file;
    use super::*;

    #[track_caller]
    fn check_link(from: &str, text: &str, found: usize) {
        let files = [file(from, text), file("docs/protocol.md", ""), file("games/arena/maps/plain.toml", "")];
        assert_eq!(check(&files).len(), found, "{text}");
    }

    #[test]
    fn links_to_files_and_folders_lead_somewhere() {
        check_link("README.md", "see [it](docs/protocol.md#layout) and [maps](games/arena/maps/)", 0);
        check_link("docs/a.md", "see [it](protocol.md), [map](../games/arena/maps/plain.toml), [top](#top)", 0);
        check_link("docs/a.md", "see [a page](https://example.org/x.md)", 0);
        check_link("docs/a.md", "```\nlet x = a[1](2);\n```", 0);
    }

    #[test]
    fn broken_links_are_found() {
        check_link("README.md", "see [it](protocol.md)", 1);
        check_link("docs/a.md", "[name]: ../../outside.md", 1);
    }
}
