//! The game that this crate's tests play.

use std::sync::LazyLock;

use shared::TickRate;

use super::{Guarded, Played, RoomSetup, game};
use crate::config::{Config, Games, PreparedGames};

/// A list with this game only.
pub(crate) fn games() -> Games {
    static GAMES: LazyLock<Games> = LazyLock::new(|| Games::new(&[game::<arena::rules::World>()]));
    *GAMES
}

/// The default game and mode.
pub(crate) fn played() -> Played {
    Config::default().played(games())
}

/// A room of sixteen seats without opponents.
pub(crate) fn setup(tick_rate: TickRate) -> RoomSetup {
    RoomSetup {
        id: 1,
        server: "test".to_owned(),
        tick_rate,
        seats: 16,
        fill: 0,
        interest_px: None,
        spectator_delay_secs: 0,
    }
}

/// A room of the default settings.
pub(crate) fn room(setup: RoomSetup, seed: u64) -> Guarded {
    room_of(&Config::default(), setup, seed)
}

/// A room by these settings.
pub(crate) fn room_of(config: &Config, setup: RoomSetup, seed: u64) -> Guarded {
    let config = Config { tick_hz: setup.tick_rate.hz(), room_size: setup.seats, ..config.clone() };
    let Played { game, mode } = config.played(games());
    PreparedGames::new(games(), &config).expect("the shipped maps are fine").of(game).open(setup, mode, seed)
}
