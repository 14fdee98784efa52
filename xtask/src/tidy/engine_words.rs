//! The engine knows no game: it names no notion of the arena and imports nothing from a game. Its tests may play the arena, and its
//! programs name the games they bring along in their `main.rs`.

use super::{File, Finding};

/// Files of the engine, as the beginning of their paths.
const ENGINE: &[&str] = &[
    PAGE,
    "shared/src/",
    "shared/derive/src/",
    "net/src/",
    "http3/src/",
    "room/src/",
    "cluster/src/",
    "cluster/sim/src/",
    "client/src/",
    "server/src/",
    "bot-client/src/",
    "testkit/src/",
    "web-client/src/",
    "web-client/packer/src/",
    "web-client/page-build/src/",
];
/// The engine's crates that are no programs.
const LIBRARIES: &[&str] = &[
    "shared/Cargo.toml",
    "shared/derive/Cargo.toml",
    "net/Cargo.toml",
    "http3/Cargo.toml",
    "room/Cargo.toml",
    "cluster/Cargo.toml",
    "cluster/sim/Cargo.toml",
    "client/Cargo.toml",
    "testkit/Cargo.toml",
    "web-client/Cargo.toml",
    "web-client/packer/Cargo.toml",
    "web-client/page-build/Cargo.toml",
];
/// Files of the programs, which bring their games along.
const PROGRAMS: &[&str] = &["server/src/main.rs", "bot-client/src/main.rs"];
/// The engine's half of the page.
const PAGE: &str = "web-client/page/";

/// The crates of the games in this repository.
const GAMES: &[&str] = &["arena", "petri"];

/// Words of the arena, in any of their forms that ends in `s`.
const WORDS: &[&str] = &[
    "arena",
    "barrel",
    "craft",
    "deathmatch",
    "gun",
    "hull",
    "killer",
    "pickup",
    "rail",
    "respawn",
    "shield",
    "shooter",
    "team",
    "victim",
    "wreck",
];
/// Words that mean something else to a server: the shell around a core, the health of a process, one that is killed.
const WORDS_OF_A_PAGE: &[&str] = &["dash", "death", "health", "kill", "killed", "shell", "trigger"];

pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| is_of_the_engine(&file.path)) {
        let is_page = file.path.starts_with(PAGE);
        for (line, text) in file.lines().take_while(|(_, text)| *text != "#[cfg(test)]") {
            if let Some(word) = words(text).find(|word| is_of_the_arena(word, is_page)) {
                findings.push(file.finding(line, format!("`{word}` is a notion of one game: the engine plays any")));
            }
            if text.contains("games/") {
                findings.push(file.finding(line, "the engine imports nothing from a game"));
            }
        }
    }
    for file in files.iter().filter(|file| LIBRARIES.contains(&&*file.path)) {
        // Tests may play a game.
        for (line, text) in file.lines().take_while(|(_, text)| *text != "[dev-dependencies]") {
            if words(text).any(|word| GAMES.contains(&&*word)) || text.contains("games/") {
                findings.push(file.finding(line, "the engine depends on no game"));
            }
        }
    }
    findings
}

fn is_of_the_engine(path: &str) -> bool {
    let is_test =
        ["tests.rs", "fixtures.rs", "testing.rs"].iter().any(|name| path.ends_with(name)) || path.contains("/tests/");
    ENGINE.iter().any(|engine| path.starts_with(engine)) && !PROGRAMS.contains(&path) && !is_test
}

fn is_of_the_arena(word: &str, is_page: bool) -> bool {
    let knows = |word: &str| WORDS.contains(&word) || is_page && WORDS_OF_A_PAGE.contains(&word);
    knows(word) || word.strip_suffix('s').is_some_and(knows)
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
    fn notions_of_the_arena_are_found_in_the_engine() {
        for text in [
            "const craft = 1;",
            "own.railShots",
            ".team_mode",
            "'#show-teams'",
            "// Whoever was killed.",
            "class OwnDeath {",
        ] {
            assert_eq!(lines_found(check, "web-client/page/a.js", text), [1], "{text}");
        }
        assert_eq!(lines_found(check, "shared/src/a.rs", "let crafts = 1;\n"), [1]);
        assert_eq!(lines_found(check, "server/src/lobby/a.rs", "use arena::rules::World;\n"), [1]);
    }

    #[test]
    fn tests_of_the_engine_and_its_programs_may_name_a_game() {
        assert_eq!(lines_found(check, "server/src/main.rs", "use arena::rules::World;\n"), [0; 0]);
        assert_eq!(
            lines_found(check, "room/src/a.rs", "fn a() {}\n\n#[cfg(test)]\nmod tests {\n    use arena::Craft;\n"),
            [0; 0]
        );
        assert_eq!(lines_found(check, "room/src/record/tests.rs", "use arena::rules::World;\n"), [0; 0]);
    }

    #[test]
    fn other_words_and_the_arenas_own_page_are_fine() {
        for text in ["new Scoreboard()", "trail", "export class Shelled {}", "teammate", "aircraft"] {
            assert_eq!(lines_found(check, "web-client/page/a.js", text), [0; 0], "{text}");
        }
        assert_eq!(lines_found(check, "games/arena/page/a.js", "const craft = 1;\n"), [0; 0]);
        assert_eq!(lines_found(check, "shared/src/a.rs", "// The shell polls it.\n"), [0; 0]);
    }

    #[test]
    fn dependency_on_a_game_is_found() {
        let text = "[dependencies]\narena.workspace = true\n\n[dev-dependencies]\narena.workspace = true\n";
        assert_eq!(lines_found(check, "room/Cargo.toml", text), [2]);
        assert_eq!(lines_found(check, "server/Cargo.toml", text), [0; 0]);
    }

    #[test]
    fn imports_from_a_game_are_found() {
        let text = "// A.\nimport { a } from '../../games/petri/page/a.js';\n";
        assert_eq!(lines_found(check, "web-client/page/a.js", text), [2]);
    }
}
