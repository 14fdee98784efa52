//! What a screen draws at one moment: entities as they look, ready for a game's own drawing.
//!
//! Three times meet here. What the player steers is drawn at the *input tick*, ahead of the server. Everything else is drawn at the
//! *render tick*, a little in the past, where two states of it are known. What a player brought into being ([`Birth`]) goes from
//! one to the other, since its whole path is known: one's own projectile appears at the input tick and has slid back to the render
//! tick when it gets to the others, so that it is seen to hit what it hits; another's appears at the render tick and catches up with
//! the input tick, so that whoever sees it miss is not hit.

use crate::{
    game::{Birth, Game, Pose},
    id::EntityId,
};

/// What a screen draws at one moment; see the module.
#[derive(Clone, Debug)]
pub struct Scene<G: Game> {
    /// The moment of the others' past that is shown, ticks.
    pub render_tick: f64,
    /// The moment of what the player steers, ticks.
    pub input_tick: f64,
    /// What the player steers, ahead of the server, in the order of ids. Empty while nothing is predicted: then it is among the others.
    pub steered: Vec<Shown<G::Entity>>,
    /// Everything else, in the order of ids, then what has ended but is still shown, then what is predicted.
    pub others: Vec<Shown<G::Entity>>,
    /// What only the player knows, of the newest tick that is predicted, or known.
    pub own: G::Own,
    /// What the player wants now; `None` in a replay, which shows what became of it.
    pub intent: Option<G::Input>,
}

/// An entity at the moment of the scene.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Shown<E> {
    /// Which it is.
    pub key: Key,
    /// What it looks like.
    pub pose: Pose<E>,
    /// 0 for what is known, up to 1 for what is guessed as far as guessing goes.
    pub guessed: f32,
    /// It is predicted, and the server has not sent it yet.
    pub predicted: bool,
}

/// Which entity it is: the same for its whole life on the screen, and no other's at the same time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Key {
    /// By its id.
    Entity(EntityId),
    /// By how it was born: ids of what is predicted are not known yet.
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
    /// Empties it for the next moment; what was allocated stays.
    pub fn clear(&mut self) {
        let Self { render_tick, input_tick, steered, others, own, intent } = self;
        (*render_tick, *input_tick) = (0.0, 0.0);
        (*own, *intent) = (G::Own::default(), None);
        steered.clear();
        others.clear();
    }
}
