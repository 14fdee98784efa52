//! What the players of a simulation do: behaviours that turn what a client knows and a seeded stream into an intent.

use std::fmt::Debug;

use client::{Client, ClientSight};
use shared::{
    Tick,
    game::{Bot, Game},
    rng::Rng,
};

use crate::arbitrary;

/// How the players of a game may behave; [`Behavior`] will do for most games.
pub trait Behaves<G: Game>: Copy + PartialEq + Debug + Default + Send + 'static {
    /// The intent for the next tick. Called once per tick of the room.
    fn decide(script: &mut Script<G, Self>, client: &Client<G>) -> G::Input;
}

/// A behaviour and its state: the intent it keeps, its stream of chance, and its bot if it has one.
#[derive(Debug)]
pub struct Script<G: Game, B> {
    /// What it does.
    pub behavior: B,
    /// Its chance.
    pub rng: Rng,
    /// What it wanted last.
    pub intent: G::Input,
    bot: Option<G::Bot>,
}

impl<G: Game, B: Behaves<G>> Script<G, B> {
    /// `behavior`, deciding by `seed`.
    pub fn new(behavior: B, seed: u64) -> Self {
        Self { behavior, rng: Rng::new(seed), intent: G::Input::default(), bot: None }
    }

    /// Sets another behaviour.
    pub fn change(&mut self, behavior: B) {
        *self = Self { behavior, rng: self.rng, intent: G::Input::default(), bot: None };
    }

    /// The intent for the next tick.
    pub fn intent(&mut self, client: &Client<G>) -> G::Input {
        self.intent = B::decide(self, client);
        self.intent
    }

    /// What the game's bot does that follows its behaviour with this index. Nothing while it sees no match.
    pub fn bot_input(&mut self, behavior: usize, client: &Client<G>) -> G::Input {
        let Some(sight) = ClientSight::new(client, client.view().tick().next()) else { return G::Input::default() };
        let Self { rng, bot, .. } = self;
        bot.get_or_insert_with(|| G::Bot::new(behavior, rng.next_u64())).input(&sight)
    }
}

/// What the players of any game can do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Behavior {
    /// Presses nothing.
    Idle,
    /// Any input at all, a new one every tick: the worst case for prediction and for deltas.
    Random,
    /// Any input at all, kept for about half a second.
    Wander,
    /// What the game's bot does, by the index of one of [`Bot::BEHAVIORS`]; [`Behavior::Wander`] if there is no such behaviour.
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
