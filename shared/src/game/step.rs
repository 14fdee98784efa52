//! The arguments of one step.

use crate::{
    game::{Events, Game, MapOf, Past, PlayerInput},
    id::PlayerId,
    tick::Tick,
};

/// The arguments of [`Game::step`].
#[derive(Debug)]
pub struct Turn<'a, G: Game> {
    /// The number of this tick: one more than in the last step.
    pub tick: Tick,
    /// The map, the same as [`Start::map`](crate::game::Start::map).
    pub map: &'a MapOf<G>,
    /// The inputs by seat; `None` only for a free seat. If a player's input did not arrive in time, this is the last one that did, after
    /// [`Input::repeated`](crate::game::Input::repeated).
    pub inputs: &'a [Option<PlayerInput<G::Input>>],
    /// The states of entities at the end of earlier ticks, for lag compensation: the ticks from `tick` − [`Game::past_ticks`] to
    /// `tick` − 1, and only ids below [`Slots::tracked`](crate::game::Slots::tracked). It returns `None` for all others.
    pub past: &'a dyn Past<G::Entity>,
    /// Output: the events of this step.
    pub events: &'a mut Events<G::Event>,
}

impl<G: Game> Turn<'_, G> {
    /// A player's input; the default one for a free seat.
    pub fn input(&self, player: PlayerId) -> G::Input {
        self.inputs.get(player.index()).copied().flatten().unwrap_or_default().input
    }
}
