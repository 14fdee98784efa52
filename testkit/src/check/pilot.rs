//! Decides joins, leaves and inputs of a check: bots, and players with random inputs.

use shared::{
    PlayerId,
    game::{Bot, Game, PlayerInput, Profile, Truth},
    rng::Rng,
};

use super::twin::{Call, Calls, Twin};
use crate::arbitrary;

/// Source of the calls of a match.
#[derive(Debug)]
pub(crate) struct Pilot<G: Game> {
    rng: Rng,
    minds: Vec<Mind<G>>,
    /// Number of players that should be in the match.
    players: u16,
    /// The tick after which an admin ends the match, and the number of ticks in which players join and leave.
    ticks: u32,
    joined: u64,
}

/// Behaviour of a player.
#[derive(Debug)]
enum Mind<G: Game> {
    Bot(G::Bot),
    /// A new input in every tick.
    Nervous,
    /// An input kept for some ticks.
    Patient(G::Input),
    Extreme(Vec<G::Input>),
}

/// A player leaves in one of this many ticks on average.
const TICKS_OF_A_STAY: u32 = 50;

impl<G: Game> Pilot<G> {
    pub(crate) fn new(seed: u64, players: u16, ticks: u32) -> Self {
        let mut rng = Rng::new(seed);
        let minds = (0..usize::from(players)).map(|seat| Mind::new(seat, &mut rng)).collect();
        Self { rng, minds, players, ticks, joined: 0 }
    }

    /// The calls of the next tick of a match.
    pub(crate) fn calls(&mut self, twin: &Twin<'_, G>) -> Calls<G> {
        let mut before = Vec::new();
        let mut seated: Vec<PlayerId> = twin.seated.keys().copied().collect();
        if seated.len() > 1 && self.players > 1 && self.rng.chance(1, TICKS_OF_A_STAY) {
            let leaves = seated.remove(self.rng.below(seated.len() as u32) as usize);
            before.push(Call::Leave(leaves));
        } else if let Some(free) =
            (0..self.players).map(PlayerId).find(|player| !seated.contains(player) && self.rng.chance(1, 3))
        {
            self.joined += 1;
            let name = format!("player {}", self.joined);
            before.push(Call::Join(free, Profile { name, opponent: self.rng.chance(1, 3) }));
            seated.push(free);
        }
        let ticks = twin.tick.0;
        if ticks == self.ticks / 2 {
            before.push(Call::EndMatch);
        }
        if ticks == self.ticks * 3 / 4 || ticks < self.ticks && twin.game.is_over() {
            let map = (twin.map + 1) % twin.ground.maps.len();
            before.push(Call::Restart(self.rng.next_u64(), map));
        }
        let inputs = (0..twin.ground.seats).map(PlayerId).map(|player| {
            let taken = seated.contains(&player);
            taken.then(|| PlayerInput { input: self.input(player, twin), view_age: self.rng.below(20) as u8 })
        });
        Calls { before, inputs: inputs.collect() }
    }

    fn input(&mut self, player: PlayerId, twin: &Twin<'_, G>) -> G::Input {
        let Self { rng, minds, .. } = self;
        let Some(mind) = minds.get_mut(player.index()) else { return G::Input::default() };
        match mind {
            Mind::Bot(bot) => bot.input(&Truth {
                game: &twin.game,
                map: twin.map(),
                board: &twin.board,
                tick: twin.tick,
                tick_rate: twin.ground.tick_rate,
                seats: twin.ground.seats,
                player,
            }),
            Mind::Nervous => arbitrary::input(rng),
            Mind::Patient(input) => {
                if rng.chance(1, 12) {
                    *input = arbitrary::input(rng);
                }
                *input
            }
            Mind::Extreme(inputs) => {
                inputs.get(rng.below(inputs.len().max(1) as u32) as usize).copied().unwrap_or_default()
            }
        }
    }
}

impl<G: Game> Mind<G> {
    fn new(seat: usize, rng: &mut Rng) -> Self {
        let behaviors = G::Bot::BEHAVIORS.len();
        match seat % 4 {
            0 => Self::Patient(G::Input::default()),
            1 | 2 if behaviors > 0 => Self::Bot(G::Bot::new((seat / 2) % behaviors, rng.next_u64())),
            3 => Self::Extreme(arbitrary::extremes()),
            _ => Self::Nervous,
        }
    }
}
