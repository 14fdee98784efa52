//! The description of a server by itself, requested once before bots join: it says if their game is hosted, and goes into the report.

use client::native::HttpClient;
use serde::Deserialize;
use shared::game::Game;

use crate::report::origin::ServerOrigin;

/// Answer to `GET /api/server`; only the fields that bots need.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub(crate) struct AboutServer {
    name: String,
    version: String,
    room_size: u32,
    shards: usize,
    games: Vec<HostedGame>,
}

/// A game that the server hosts.
#[derive(Clone, PartialEq, Debug, Deserialize)]
struct HostedGame {
    name: String,
    version: u16,
    /// Default mode, for a join without a mode.
    mode: String,
    modes: Vec<String>,
}

impl AboutServer {
    /// Requests the description. `None` if there is no valid answer; the joins then report what is wrong.
    pub(crate) async fn ask(http: &HttpClient, server: &str) -> Option<Self> {
        let url = format!("{}/api/server", server.trim_end_matches('/'));
        let answer = http.get(&url).await.ok().filter(|answer| answer.status == 200)?;
        serde_json::from_slice(&answer.body).ok()
    }

    /// Checks that the server hosts the game, in this mode if one is given.
    ///
    /// # Errors
    /// The server does not; the text says what it hosts instead.
    pub(crate) fn check<G: Game>(&self, mode: Option<&str>) -> Result<(), String> {
        let Some(game) = self.game(G::NAME) else {
            let hosted: Vec<_> = self.games.iter().map(|game| game.name.as_str()).collect();
            return Err(format!(
                "the server does not host the game \"{}\"; it hosts {}: choose one with --game, or start a server that hosts yours",
                G::NAME,
                hosted.join(", ")
            ));
        };
        if game.version != G::VERSION {
            return Err(format!(
                "the server hosts version {} of the game \"{}\", and these bots play version {}: build both from the same sources",
                game.version,
                G::NAME,
                G::VERSION
            ));
        }
        // The server also accepts the begin of a mode's name.
        let is_known = |wanted: &str| game.modes.iter().any(|mode| mode.starts_with(wanted));
        match mode {
            Some(wanted) if !is_known(wanted) => Err(format!(
                "--mode {wanted}: the game \"{}\" has no such mode; allowed are {}",
                G::NAME,
                game.modes.join(", ")
            )),
            _ => Ok(()),
        }
    }

    /// The part of a report that describes the server of a run.
    pub(crate) fn origin(&self, game: &str, mode: Option<&str>) -> ServerOrigin {
        let usual = || self.game(game).map(|game| game.mode.clone());
        ServerOrigin {
            name: self.name.clone(),
            version: self.version.clone(),
            mode: mode.map(ToOwned::to_owned).or_else(usual).unwrap_or_default(),
            room_size: self.room_size,
            shards: self.shards,
        }
    }

    fn game(&self, name: &str) -> Option<&HostedGame> {
        self.games.iter().find(|game| game.name == name)
    }
}

#[cfg(test)]
mod tests {
    use arena::rules::World;
    use serde_json::json;

    use super::*;

    fn about(game: &str, version: u16) -> AboutServer {
        let chess = json!({ "name": "chess", "version": 7, "mode": "blitz", "modes": ["blitz"] });
        let other = json!({ "name": game, "version": version, "mode": "free", "modes": ["free", "team-race"] });
        let about = json!({ "name": "s", "version": "1", "room_size": 16, "shards": 2, "games": [chess, other] });
        serde_json::from_value(about).unwrap()
    }

    #[test]
    fn server_with_the_game_is_fine_in_each_of_its_modes() {
        let about = about(World::NAME, World::VERSION);
        for mode in [None, Some("free"), Some("team-race"), Some("team")] {
            assert_eq!(about.check::<World>(mode), Ok(()));
        }
        let problem = about.check::<World>(Some("duel")).unwrap_err();
        assert!(problem.contains("--mode duel") && problem.contains("allowed are free, team-race"), "{problem}");
    }

    #[test]
    fn server_without_the_game_or_with_another_version_of_it_is_refused() {
        let problem = about("go", 1).check::<World>(None).unwrap_err();
        assert!(problem.contains("\"arena\"; it hosts chess, go"), "{problem}");
        let problem = about(World::NAME, World::VERSION + 1).check::<World>(None).unwrap_err();
        let versions = format!(
            "version {} of the game \"arena\", and these bots play version {}",
            World::VERSION + 1,
            World::VERSION
        );
        assert!(problem.contains(&versions), "{problem}");
    }

    #[test]
    fn report_names_the_mode_that_is_played() {
        let about = about("go", 1);
        assert_eq!(about.origin("go", None).mode, "free");
        assert_eq!(about.origin("go", Some("team-race")).mode, "team-race");
    }
}
