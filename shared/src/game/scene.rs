//! The scene: everything that a screen draws in one frame, ready for a game's own drawing.
//!
//! A scene shows entities at different times. Entities that the player steers are drawn at the *input tick*, ahead of the server. All
//! others are drawn at the *render tick*, a little in the past, between two known states. Entities that a player made ([`Birth`]) move
//! from one time to the other, because their whole path is known. The player's own projectile appears at the input tick and slides back
//! to the render tick until it reaches other entities, so that the player sees it hit what it hits. Another player's projectile appears
//! at the render tick and catches up with the input tick, so that a player who sees it miss is not hit.

use crate::{
    game::{Birth, Game, Pose},
    id::EntityId,
};

/// See the module.
#[derive(Clone, Debug)]
pub struct Scene<G: Game> {
    /// Time at which entities of other players are shown, ticks.
    pub render_tick: f64,
    /// Time at which the steered entities are shown, ticks.
    pub input_tick: f64,
    /// The entities that the player steers, ahead of the server, in the order of ids. Empty while nothing is predicted; then they are
    /// among the others.
    pub steered: Vec<Shown<G::Entity>>,
    /// All other entities, in the order of ids; then those that have ended and are still shown; then predicted ones.
    pub others: Vec<Shown<G::Entity>>,
    /// The player's own record at the newest predicted tick, or at the newest known one if nothing is predicted.
    pub own: G::Own,
    /// The player's current input; `None` in a replay.
    pub intent: Option<G::Input>,
}

/// An entity in a scene.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Shown<E> {
    /// The identity of the entity.
    pub key: Key,
    /// Its pose.
    pub pose: Pose<E>,
    /// Degree of extrapolation: 0 for a known pose, 1 at the bound of extrapolation.
    pub guessed: f32,
    /// True if the entity is predicted and the server has not sent it yet.
    pub predicted: bool,
}

/// The identity of an entity in a scene. It stays the same for the entity's whole time on the screen, and is unique in a scene.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Key {
    /// The entity's id.
    Entity(EntityId),
    /// The entity's birth: the id of a predicted entity is not known yet.
    Birth(Birth),
}

impl<G: Game> Default for Scene<G> {
    fn default() -> Self {
        Self {
            render_tick: 0.0,
            input_tick: 0.0,
            steered: Vec::new(),
            others: Vec::new(),
            own: G::Own::default(),
            intent: None,
        }
    }
}

impl<G: Game> Scene<G> {
    /// Empties the scene for the next frame; the allocations stay.
    pub fn clear(&mut self) {
        let Self { render_tick, input_tick, steered, others, own, intent } = self;
        (*render_tick, *input_tick) = (0.0, 0.0);
        (*own, *intent) = (G::Own::default(), None);
        steered.clear();
        others.clear();
    }
}
