//! The start of a match, and the profile of a player.

use crate::{
    game::{Game, MapOf},
    tick::{Tick, TickRate},
};

/// The arguments with which a match starts.
#[derive(Debug)]
pub struct Start<'a, G: Game> {
    /// The settings of the room. They stay the same in all matches of a room.
    pub settings: &'a G::Settings,
    /// The map of this match. Every step has the same map in [`Turn::map`](crate::game::Turn::map), so a game that needs it only there
    /// need not keep a copy.
    pub map: &'a MapOf<G>,
    /// The tick rate. It stays the same as long as the room lives. Convert durations to ticks once, with
    /// [`TickRate::ticks_in_ms`].
    pub tick_rate: TickRate,
    /// The number of seats, for players and computer opponents together. Ids of players are below it. It stays the same as long as the
    /// room lives.
    pub seats: u16,
    /// The tick before the first step: in that step [`Turn::tick`](crate::game::Turn::tick) is `tick + 1`.
    pub tick: Tick,
    /// The only source of random numbers: make an [`Rng`](crate::rng::Rng) with it and keep that in the game. In
    /// [`Checkpoint::restore`](crate::game::Checkpoint::restore) it is always 0; the checkpoint holds the `Rng`.
    pub seed: u64,
}

/// The description of the player in a seat.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Profile {
    /// The name that other players see.
    pub name: String,
    /// True for a computer opponent.
    pub opponent: bool,
}
