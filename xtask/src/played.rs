//! The game and the bots of a measurement: options of every command that starts a server and bots.

use clap::Args;

/// The game, what its bots do, and the size of its rooms.
#[derive(Args, Clone, Debug)]
pub(crate) struct Played {
    /// The game, one of those that the server and the bots have
    #[arg(long, value_name = "NAME", default_value = ARENA)]
    pub(crate) game: String,
    /// The bots' behaviour, one of the game's behaviours [default: the game's first]
    #[arg(long, value_name = "NAME")]
    pub(crate) behavior: Option<String>,
    /// Seats of a room
    #[arg(long, default_value_t = ROOM_SIZE, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) room_size: u16,
}

/// The game that this repository ships and that the committed figures are of.
pub(crate) const ARENA: &str = "arena";
/// Seats of a room in the committed figures.
const ROOM_SIZE: u16 = 16;

impl Played {
    /// Arguments that choose the game on the server.
    pub(crate) fn server_flags(&self) -> [&str; 2] {
        ["--game", &self.game]
    }

    /// Arguments that choose the game and the behaviour of the bots.
    pub(crate) fn bot_flags(&self) -> Vec<&str> {
        let behavior = self.behavior.iter().flat_map(|behavior| ["--behavior", behavior]);
        ["--game", &self.game].into_iter().chain(behavior).collect()
    }

    /// Arguments that choose the game of bots that break the rules in this way.
    pub(crate) fn hostile_flags<'a>(&'a self, attack: &'a str) -> [&'a str; 4] {
        ["--game", &self.game, "--behavior", attack]
    }

    /// The game and the behaviour, for the heading of a table.
    pub(crate) fn words(&self) -> String {
        let Self { game, behavior, room_size } = self;
        let behavior = behavior.as_ref().map_or_else(String::new, |behavior| format!(" ({behavior})"));
        format!("{game}{behavior} in rooms of {room_size}")
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        played: Played,
    }

    fn played(line: &str) -> Played {
        Line::parse_from(line.split(' ')).played
    }

    #[test]
    fn both_programs_are_asked_for_the_same_game() {
        let pond = played("x --game pond --behavior swim --room-size 100");
        assert_eq!(pond.server_flags(), ["--game", "pond"]);
        assert_eq!(pond.bot_flags(), ["--game", "pond", "--behavior", "swim"]);
        assert_eq!(pond.hostile_flags("hostile:flood"), ["--game", "pond", "--behavior", "hostile:flood"]);
        assert_eq!(pond.words(), "pond (swim) in rooms of 100");
    }

    #[test]
    fn bots_do_the_first_thing_of_the_game_unless_asked() {
        let usual = played("x");
        assert_eq!((usual.bot_flags(), usual.room_size), (vec!["--game", ARENA], ROOM_SIZE));
    }

    #[test]
    fn room_without_seats_is_refused() {
        assert!(Line::try_parse_from(["x", "--room-size", "0"]).is_err());
    }
}
