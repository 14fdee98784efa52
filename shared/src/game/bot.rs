//! Minds: the same for a room's computer opponents and for the bots of a load test.

use std::fmt::Debug;

use glam::IVec2;

use crate::{
    game::{Game, MapOf},
    id::{EntityId, PlayerId},
    tick::{Tick, TickRate},
};

/// Decides what a player presses. All its chance comes from the seed it was made with.
pub trait Bot<G: Game>: Debug + Send + 'static {
    /// What it can be told to do, the default first.
    const BEHAVIORS: &'static [Behavior];

    /// A mind that does one of [`Bot::BEHAVIORS`], by its place in the list.
    fn new(behavior: usize, seed: u64) -> Self;

    /// Its input for the tick after [`Sight::tick`].
    fn input(&mut self, sight: &impl Sight<G>) -> G::Input;

    /// What a computer opponent in a seat is called.
    fn name(seat: usize) -> String {
        format!("Bot {}", seat + 1)
    }
}

/// Something a bot can be told to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Behavior {
    /// Its name on the command line.
    pub name: &'static str,
    /// A line of help.
    pub about: &'static str,
}

/// What a mind sees: in a room the newest tick, in a load test what its client was told.
pub trait Sight<G: Game> {
    /// Whose eyes these are.
    fn player(&self) -> PlayerId;

    /// The tick that is seen.
    fn tick(&self) -> Tick;

    /// Ticks per second.
    fn tick_rate(&self) -> TickRate;

    /// The map.
    fn map(&self) -> &MapOf<G>;

    /// What only this player knows.
    fn own(&self) -> G::Own;

    /// What everybody knows.
    fn board(&self) -> &G::Board;

    /// One entity, if it is seen.
    fn entity(&self, id: EntityId) -> Option<G::Entity>;

    /// All that is seen, in the order of ids.
    fn entities(&self) -> impl Iterator<Item = (EntityId, G::Entity)>;

    /// What is seen within `radius` of a position, position units, in no order one should build on; some may be a little farther.
    fn near(&self, position: IVec2, radius: i32) -> impl Iterator<Item = (EntityId, G::Entity)>;
}

/// Nobody: of a game without bots.
#[derive(Clone, Copy, Debug)]
pub enum NoBot {}

impl<G: Game> Bot<G> for NoBot {
    const BEHAVIORS: &'static [Behavior] = &[];

    fn new(_: usize, _: u64) -> Self {
        unreachable!("a game without behaviours is asked for no bot")
    }

    fn input(&mut self, _: &impl Sight<G>) -> G::Input {
        match *self {}
    }
}
