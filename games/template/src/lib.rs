//! Squares push coins into the ring in the middle, a point for each. These are the rules. The server runs all of them; a page predicts
//! with the functions that do not need the match: `Entity::step` and `Game::steer`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::{EntityId, PlayerId, game::*, rng::Rng};

/// Entities that players see: one kind for each variant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Entity, Replicate, Serialize, Deserialize)]
pub enum Thing {
    /// A player steers it. Its id is the number of the player's seat.
    Square(Body),
    /// Squares push it. The ids of coins follow those of the seats.
    Coin(Body),
}

/// Position and velocity of a square or a coin.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate, Serialize, Deserialize)]
pub struct Body {
    /// In position units (1/16 px), from the upper left corner of the field.
    #[replicate(position)]
    pub position: IVec2,
    /// Position units per tick. A square gets it from its player's stick; that of a coin is zero.
    #[replicate(intent, max = SPEED)]
    pub velocity: IVec2,
}

/// Position units per tick.
const SPEED: i32 = 160;
/// Size of the field, in position units. Coins stay in it; squares may go a little beyond it, to get behind them.
const FIELD: IVec2 = IVec2::new(1_200 * 16, 800 * 16);
/// Distance, in position units, within which a square pushes a coin. The radius of the ring is the same.
const REACH: i32 = 40 * 16;
const COINS: u16 = 12;

impl Entity for Body {
    type Map = ();

    /// Server and clients run it, so the server sends only changes that it does not predict.
    fn step(&mut self, (): &()) -> bool {
        self.position = (self.position + self.velocity).clamp(IVec2::splat(-REACH), FIELD + REACH);
        true
    }

    fn position(&self, (): &()) -> IVec2 {
        self.position
    }
}

/// The match. Serde writes it to a checkpoint, from which a room goes on after a crash.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Template {
    seats: u16,
    /// Each player's square and points.
    squares: BTreeMap<PlayerId, (Thing, i32)>,
    coins: Vec<Body>,
    rng: Rng,
}

impl Game for Template {
    const NAME: &'static str = "template";
    const VERSION: u16 = 1;
    const STEERS_SEAT: bool = true;

    type Entity = Thing;
    type Input = Stick;
    type Own = ();
    type Event = Score;
    type Board = Scores;
    type Settings = ();
    type Bot = Pusher;

    fn new(start: &Start<'_, Self>) -> Self {
        let mut rng = Rng::new(start.seed);
        let coins = (0..COINS).map(|_| somewhere(&mut rng)).collect();
        Self { seats: start.seats, squares: BTreeMap::new(), coins, rng }
    }

    fn join(&mut self, player: PlayerId, _: &Profile, events: &mut Events<Score>) {
        self.squares.insert(player, (Thing::Square(somewhere(&mut self.rng)), 0));
        events.all(Score { player, points: 0 });
    }

    fn leave(&mut self, player: PlayerId, _: &mut Events<Score>) {
        self.squares.remove(&player);
    }

    /// One tick of the match.
    fn step(&mut self, turn: &mut Turn<'_, Self>) {
        for (player, (square, points)) in &mut self.squares {
            Self::steer(square, &mut (), turn.input(*player), &());
            for coin in &mut self.coins {
                let away = coin.position - square.position(&());
                if away.abs().max_element() < REACH {
                    coin.position = (coin.position + away / 2).clamp(IVec2::ZERO, FIELD);
                    if coin.position.distance_squared(FIELD / 2) < REACH.pow(2) {
                        *coin = somewhere(&mut self.rng);
                        *points = points.saturating_add(1);
                        turn.events.all(Score { player: *player, points: *points });
                    }
                }
            }
        }
    }

    fn slots(&self) -> Slots {
        Slots::tracked(usize::from(self.seats) + self.coins.len())
    }

    fn entities(&self) -> impl Iterator<Item = (EntityId, Thing)> {
        let squares = self.squares.iter().map(|(player, (square, _))| (EntityId(player.0), *square));
        squares.chain((self.seats..).map(EntityId).zip(self.coins.iter().copied().map(Thing::Coin)))
    }

    fn board(&self) -> Vec<Score> {
        self.squares.iter().map(|(player, (_, points))| Score { player: *player, points: *points }).collect()
    }

    /// One tick of a player's square. The server runs it, and so does the player's page, to predict.
    fn steer(thing: &mut Thing, (): &mut (), stick: Stick, (): &()) {
        if let Thing::Square(square) = thing {
            square.velocity = stick.scaled(SPEED);
        }
        thing.step(&());
    }
}

fn somewhere(rng: &mut Rng) -> Body {
    Body { position: IVec2::new(rng.between(0, FIELD.x), rng.between(0, FIELD.y)), velocity: IVec2::ZERO }
}

/// Bot for seats without a human and for load tests. It pushes a coin to the ring.
#[derive(Debug)]
pub struct Pusher;

impl Bot<Template> for Pusher {
    const BEHAVIORS: &'static [Behavior] = &[Behavior { name: "push", about: "pushes coins into the ring" }];

    fn new(_: usize, _: u64) -> Self {
        Self
    }

    fn input(&mut self, sight: &impl Sight<Template>) -> Stick {
        let own = sight.entity(EntityId(sight.player().0)).map_or(FIELD / 2, |square| square.position(&()));
        // Each bot takes another coin, so that they do not all go the same way.
        let coin = EntityId(sight.seats() + sight.player().0 % COINS);
        let coin = sight.entity(coin).map_or(FIELD / 2, |coin| coin.position(&()));
        // Goes behind the coin, so that the coin moves to the middle.
        Stick::towards(coin + (coin - FIELD / 2).signum() * REACH / 2 - own)
    }
}

#[cfg(target_arch = "wasm32")]
web_client::page!(Template);
