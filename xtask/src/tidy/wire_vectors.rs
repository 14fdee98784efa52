//! Every wire vector is one that a protocol's document names, the engine's or the game's: a vector nobody explains helps nobody.

use super::{File, Finding};

/// Where vectors are, in the folder of the engine's tests and of each game.
const VECTORS: &str = "tests/data/wire/";
/// The document that explains them, in the root and in the folder of each game.
const DOCUMENT: &str = "docs/protocol.md";

pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let unexplained = |file: &File| {
        let (owner, vector) = file.path.split_once(VECTORS)?;
        let document = format!("{owner}{DOCUMENT}");
        let text = files.iter().find(|file| file.path == document).map_or("", |file| file.text.as_str());
        (!text.contains(name(vector))).then(|| file.finding(1, format!("`{}` is not in {document}", name(vector))))
    };
    files.iter().filter_map(unexplained).collect()
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
            file("games/pond/docs/protocol.md", "The vector `fish` shows it.\n"),
            file("tests/data/wire/hello_plain.json", "{}"),
            file("tests/data/wire/welcome.json", "{}"),
            file("games/pond/tests/data/wire/fish.json", "{}"),
            file("games/pond/tests/data/wire/hello_plain.json", "{}"),
            file("games/lake/tests/data/wire/fish.json", "{}"),
        ];
        let found: Vec<_> = check(&files).into_iter().map(|finding| finding.path).collect();
        assert_eq!(
            found,
            [
                "tests/data/wire/welcome.json",
                "games/pond/tests/data/wire/hello_plain.json",
                "games/lake/tests/data/wire/fish.json"
            ]
        );
    }
}
