//! What a match begins with, and who plays in it.

use crate::{
    game::{Game, MapOf},
    tick::{Tick, TickRate},
};

/// What a match begins with.
#[derive(Debug)]
pub struct Start<'a, G: Game> {
    /// The settings of the room. They stay the same in all matches of a room.
    pub settings: &'a G::Settings,
    /// The map of this match. [`Turn::map`](crate::game::Turn::map) is the same one in every step, so a game that reads it nowhere else
    /// need not keep a copy.
    pub map: &'a MapOf<G>,
    /// Ticks per second. It stays the same as long as the room lives. Turn durations into ticks once, by
    /// [`TickRate::ticks_in_ms`].
    pub tick_rate: TickRate,
    /// The number of seats, for players and computer opponents together: ids of players are below it. It stays the same as long as the
    /// room lives.
    pub seats: u16,
    /// The tick before the first step: that step has [`Turn::tick`](crate::game::Turn::tick) `tick + 1`.
    pub tick: Tick,
    /// The only source of chance: begin an [`Rng`](crate::rng::Rng) with it and keep that in the game. In
    /// [`Checkpoint::restore`](crate::game::Checkpoint::restore) it is 0 and means nothing, since the checkpoint holds the `Rng`.
    pub seed: u64,
}

/// Who takes a seat.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Profile {
    /// The name that others see.
    pub name: String,
    /// Whether a computer plays.
    pub opponent: bool,
}
