//! Every wire vector is one that the protocol's document speaks of: a vector nobody explains helps nobody.

use super::{File, Finding};

const VECTORS: &str = "tests/data/wire/";
const DOCUMENT: &str = "docs/protocol.md";

pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let document = files.iter().find(|file| file.path == DOCUMENT).map_or("", |file| file.text.as_str());
    let vectors = files.iter().filter(|file| file.path.starts_with(VECTORS));
    let unexplained = vectors.filter(|file| !document.contains(name(&file.path)));
    unexplained.map(|file| file.finding(1, format!("`{}` is not in {DOCUMENT}", name(&file.path)))).collect()
}

/// The file's name without its ending.
fn name(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.split('.').next().unwrap_or(file)
}

#[cfg(test)]
mod tests {
    use super::super::testing::file;
    use super::*;

    #[test]
    fn vector_without_explanation_is_found() {
        let files = [
            file(DOCUMENT, "The vector `hello_plain` shows it.\n"),
            file("tests/data/wire/hello_plain.json", "{}"),
            file("tests/data/wire/welcome.json", "{}"),
        ];
        let found = check(&files);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, "tests/data/wire/welcome.json");
    }
}
