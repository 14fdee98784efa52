//! Behaviours of the players in a simulation: they compute an input from the client's view and a seeded random stream.

use std::fmt::Debug;

use client::{Client, ClientSight};
use shared::{
    Tick,
    game::{Bot, Game},
    rng::Rng,
};

use crate::arbitrary;

/// The behaviours of a game's players; [`Behavior`] is enough for most games.
pub trait Behaves<G: Game>: Copy + PartialEq + Debug + Default + Send + 'static {
    /// The input for the next tick. Called once per tick of the room.
    fn decide(script: &mut Script<G, Self>, client: &Client<G>) -> G::Input;
}

/// A behaviour and its state: the last input, random numbers, and the bot if it has one.
#[derive(Debug)]
pub struct Script<G: Game, B> {
    /// Behaviour of the player.
    pub behavior: B,
    /// Random numbers of the player.
    pub rng: Rng,
    /// The last input.
    pub intent: G::Input,
    bot: Option<G::Bot>,
}

impl<G: Game, B: Behaves<G>> Script<G, B> {
    /// Starts `behavior` with a seed.
    pub fn new(behavior: B, seed: u64) -> Self {
        Self { behavior, rng: Rng::new(seed), intent: G::Input::default(), bot: None }
    }

    /// Sets another behaviour.
    pub fn change(&mut self, behavior: B) {
        *self = Self { behavior, rng: self.rng, intent: G::Input::default(), bot: None };
    }

    /// The input for the next tick.
    pub fn intent(&mut self, client: &Client<G>) -> G::Input {
        self.intent = B::decide(self, client);
        self.intent
    }

    /// Input of the game's bot with this behaviour. The default input while the client has no match.
    pub fn bot_input(&mut self, behavior: usize, client: &Client<G>) -> G::Input {
        let Some(sight) = ClientSight::new(client, client.view().tick().next()) else { return G::Input::default() };
        let Self { rng, bot, .. } = self;
        bot.get_or_insert_with(|| G::Bot::new(behavior, rng.next_u64())).input(&sight)
    }
}

/// Behaviours that work in any game.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Behavior {
    /// Presses nothing.
    Idle,
    /// A random input in every tick: the worst case for prediction and for deltas.
    Random,
    /// A random input, kept for about half a second.
    Wander,
    /// Plays like the game's bot, by the index in [`Bot::BEHAVIORS`]; [`Behavior::Wander`] if there is no such
    /// behaviour.
    Bot(usize),
}

impl Default for Behavior {
    fn default() -> Self {
        Self::Bot(0)
    }
}

impl<G: Game> Behaves<G> for Behavior {
    fn decide(script: &mut Script<G, Self>, client: &Client<G>) -> G::Input {
        match script.behavior {
            Self::Idle => G::Input::default(),
            Self::Random => arbitrary::input::<G::Input>(&mut script.rng),
            Self::Bot(behavior) if behavior < G::Bot::BEHAVIORS.len() => script.bot_input(behavior, client),
            Self::Wander | Self::Bot(_) => match client.view().tick() == Tick(0) || script.rng.chance(1, 15) {
                true => arbitrary::input::<G::Input>(&mut script.rng),
                false => script.intent,
            },
        }
    }
}
