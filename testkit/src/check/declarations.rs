//! The constants of a game.

use std::collections::BTreeSet;

use shared::{
    game::{Bot, Game, Settings, opponent_name},
    limits::{GAME_NAME_BYTES_MAX, NAME_BYTES_MAX, ROOM_PLAYERS_MAX},
};

use super::finding::Report;

pub(crate) fn check<G: Game>(report: &mut Report) {
    let name = G::NAME;
    let allowed = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-';
    if name.is_empty() || name.len() > GAME_NAME_BYTES_MAX || !name.chars().all(allowed) {
        report.find(
            "name",
            format!("`Game::NAME` is {name:?}: lower case letters, digits and `-`, 1 to {GAME_NAME_BYTES_MAX} bytes"),
        );
    }
    let modes = G::Settings::MODES;
    if modes.is_empty() || modes.iter().collect::<BTreeSet<_>>().len() != modes.len() {
        report.find("settings", format!("`Settings::MODES` is {modes:?}: at least one, each once"));
    }
    let behaviors = G::Bot::BEHAVIORS;
    if behaviors.is_empty() {
        report.note("the game has no bots: rooms have no opponents, and no load test can play it");
        return;
    }
    if G::Bot::OPPONENT >= behaviors.len() {
        report.find(
            "bots",
            format!("`Bot::OPPONENT` is {}, and there are {} behaviors", G::Bot::OPPONENT, behaviors.len()),
        );
    }
    let names = G::Bot::NAMES;
    if names.is_empty() {
        return report.find("bots", "`Bot::NAMES` is empty: opponents need a name");
    }
    let longest =
        (0..ROOM_PLAYERS_MAX).map(|seat| opponent_name(names, seat, ROOM_PLAYERS_MAX, &[])).max_by_key(String::len);
    if let Some(name) = longest.filter(|name| name.len() > NAME_BYTES_MAX) {
        report.find(
            "bots",
            format!("an opponent would be called {name:?}: at most {NAME_BYTES_MAX} bytes with its number"),
        );
    }
}
