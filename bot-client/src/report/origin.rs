//! Origin of a report: time, command, versions, game, machine and server.

use serde::{Deserialize, Serialize};
use shared::{game::Game, limits::PROTOCOL_VERSION};
use time::OffsetDateTime;

use crate::report::{command_line, machine::Machine};

/// Origin of a report.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Origin {
    /// Begin of the run in UTC, RFC 3339.
    pub(crate) began: String,
    /// Command line, quoted for a shell.
    pub(crate) command: String,
    /// Version of the bots.
    pub(crate) version: String,
    /// Version of the wire protocol.
    pub(crate) protocol: u16,
    pub(crate) game: GameOrigin,
    pub(crate) machine: Machine,
    pub(crate) server: Option<ServerOrigin>,
}

/// The game of a run.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct GameOrigin {
    pub(crate) name: String,
    pub(crate) version: u16,
}

/// The server of a run, by its own description.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ServerOrigin {
    pub(crate) name: String,
    pub(crate) version: String,
    /// The mode of the rooms that the bots asked for.
    pub(crate) mode: String,
    pub(crate) room_size: u32,
    pub(crate) shards: usize,
}

impl Origin {
    /// The origin of a run that begins now in this process.
    pub(crate) fn of_run<G: Game>(server: Option<ServerOrigin>) -> Self {
        Self {
            began: moment(OffsetDateTime::now_utc()),
            command: command_line::of_this_process(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            protocol: PROTOCOL_VERSION,
            game: GameOrigin { name: G::NAME.to_owned(), version: G::VERSION },
            machine: Machine::here(),
            server,
        }
    }
}

impl Origin {
    /// True if both results name a game and the games or their versions differ.
    pub(crate) fn differs_in_game(&self, other: &Self) -> bool {
        let both_named = !self.game.name.is_empty() && !other.game.name.is_empty();
        both_named && self.game != other.game
    }
}

fn moment(at: OffsetDateTime) -> String {
    let (date, (hour, minute, second)) = (at.date(), at.time().as_hms());
    let month = u8::from(date.month());
    format!("{:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", date.year(), date.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_rfc_3339() {
        assert_eq!(moment(OffsetDateTime::from_unix_timestamp(951_782_405).unwrap()), "2000-02-29T00:00:05Z");
    }
}
