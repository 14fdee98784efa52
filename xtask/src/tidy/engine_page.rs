//! The engine's half of the page knows no game: it names no notion of the arena and imports nothing from a game.

use super::{File, Finding};

/// Files of the engine's half, as the beginning of their paths.
const ENGINE: &str = "web-client/page/";

/// Words of the arena, in any of their forms that ends in `s`.
const WORDS: &[&str] = &[
    "arena",
    "barrel",
    "craft",
    "dash",
    "deathmatch",
    "death",
    "gun",
    "health",
    "hull",
    "kill",
    "killed",
    "killer",
    "pickup",
    "rail",
    "respawn",
    "score",
    "shell",
    "shield",
    "shooter",
    "team",
    "trigger",
    "victim",
    "wreck",
];

pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.path.starts_with(ENGINE)) {
        for (line, text) in file.lines() {
            if let Some(word) = words(text).find(|word| is_of_the_arena(word)) {
                findings
                    .push(file.finding(line, format!("`{word}` is a notion of one game: the engine's page has any")));
            }
            if text.contains("games/") {
                findings.push(file.finding(line, "the engine's page imports nothing from a game"));
            }
        }
    }
    findings
}

fn is_of_the_arena(word: &str) -> bool {
    WORDS.contains(&word) || word.strip_suffix('s').is_some_and(|word| WORDS.contains(&word))
}

/// Words of a line in small letters; names are taken apart at `_`, `-` and where a capital begins.
fn words(line: &str) -> impl Iterator<Item = String> {
    let mut spaced = String::with_capacity(line.len());
    let mut before_is_small = false;
    for character in line.chars() {
        if character.is_uppercase() && before_is_small {
            spaced.push(' ');
        }
        before_is_small = character.is_lowercase();
        spaced.extend(character.to_lowercase());
    }
    let words: Vec<String> = spaced
        .split(|character: char| !character.is_alphabetic())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.into_iter()
}

#[cfg(test)]
mod tests {
    use super::super::testing::lines_found;
    use super::*;

    #[test]
    fn notions_of_the_arena_are_found_in_the_engines_page() {
        for text in [
            "const craft = 1;",
            "own.railShots",
            ".team_mode",
            "'#show-scores'",
            "// Whoever was killed.",
            "class OwnDeath {",
        ] {
            assert_eq!(lines_found(check, "web-client/page/a.js", text), [1], "{text}");
        }
    }

    #[test]
    fn other_words_and_the_arenas_own_page_are_fine() {
        for text in ["new Scoreboard()", "trail", "export class Shelled {}", "teammate", "aircraft"] {
            assert_eq!(lines_found(check, "web-client/page/a.js", text), [0; 0], "{text}");
        }
        assert_eq!(lines_found(check, "games/arena/page/a.js", "const craft = 1;\n"), [0; 0]);
    }

    #[test]
    fn imports_from_a_game_are_found() {
        let text = "// A.\nimport { a } from '../../games/petri/page/a.js';\n";
        assert_eq!(lines_found(check, "web-client/page/a.js", text), [2]);
    }
}
