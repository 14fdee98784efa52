//! Bots: a game has one kind for a room's computer opponents and for the players of a load test.

use std::fmt::Debug;

use glam::IVec2;

use crate::{
    game::{Game, MapOf},
    id::{EntityId, PlayerId},
    tick::{Tick, TickRate},
};

/// Chooses the inputs of a player. The same code plays in two places:
///
/// - as a *computer opponent*, in a seat of a room that no human has: it sees the newest tick;
/// - as a *bot of a load test*, through a client: it sees what a human's client knows, a little late and with gaps.
///
/// A bot sees no more than a player may see, and it acts only by inputs. It may keep any state. All its random numbers must come from the
/// seed, so that the same seed and the same sights give the same inputs.
///
/// ```
/// use shared::{
///     EntityId,
///     game::{Behavior, Bot, Entity, Game, IVec2, Input, Replicate, Sight},
///     rng::Rng,
/// };
///
/// # #[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
/// # struct Fish {
/// #     #[replicate(position)]
/// #     position: IVec2,
/// # }
/// # impl Entity for Fish {
/// #     type Map = ();
/// #     fn step(&mut self, (): &()) -> bool {
/// #         true
/// #     }
/// #     fn position(&self, (): &()) -> IVec2 {
/// #         self.position
/// #     }
/// # }
/// # #[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Input)]
/// # struct Fins {
/// #     right: bool,
/// # }
/// /// Swims after the nearest fish, or hides from it: to the right or not at all.
/// #[derive(Debug)]
/// struct Shark {
///     hides: bool,
///     rng: Rng,
/// }
///
/// impl<G: Game<Entity = Fish, Input = Fins>> Bot<G> for Shark {
///     const BEHAVIORS: &'static [Behavior] = &[
///         Behavior { name: "hunt", about: "swims after the nearest fish" },
///         Behavior { name: "hide", about: "swims away from it" },
///     ];
///     const NAMES: &'static [&'static str] = &["Bruce", "Jaws"];
///
///     fn new(behavior: usize, seed: u64) -> Self {
///         Self { hides: behavior == 1, rng: Rng::new(seed) }
///     }
///
///     fn input(&mut self, sight: &impl Sight<G>) -> Fins {
///         // In this game the id of a player's fish is its seat.
///         let own = EntityId(sight.player().0);
///         let Some(Fish { position, .. }) = sight.entity(own) else { return Fins::default() };
///         let others = sight.near(position, 16 * 400).filter(|&(id, _)| id != own);
///         // If two are equally near, the lower id counts, because the order of `near` may differ.
///         let nearest = others.min_by_key(|&(id, fish)| ((fish.position - position).x.abs(), id));
///         match nearest {
///             Some((_, fish)) => Fins { right: (fish.position.x > position.x) != self.hides },
///             None => Fins { right: self.rng.chance(1, 2) },
///         }
///     }
/// }
/// ```
pub trait Bot<G: Game>: Debug + Send + 'static {
    /// The behaviors that a bot can have. The bots of a load test have the first one unless the command line names another.
    const BEHAVIORS: &'static [Behavior];

    /// The behavior of computer opponents: an index into [`Bot::BEHAVIORS`].
    const OPPONENT: usize = 0;

    /// The names of computer opponents, by seat; at least one. If there are more seats than names, or a player has the name already, a
    /// number is added: see [`opponent_name`]. With its number a name has at most [`NAME_BYTES_MAX`](crate::limits::NAME_BYTES_MAX).
    const NAMES: &'static [&'static str] = &["Bot"];

    /// A bot with one of [`Bot::BEHAVIORS`], by its index.
    fn new(behavior: usize, seed: u64) -> Self;

    /// Returns the input for the tick after [`Sight::tick`]. Called once per tick, but a load test may skip ticks, so measure time by
    /// [`Sight::tick`]. Also called while the player steers nothing: before it appears, and after it died.
    fn input(&mut self, sight: &impl Sight<G>) -> G::Input;
}

/// A behavior of a bot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Behavior {
    /// The name on the command line.
    pub name: &'static str,
    /// A line of help, without a capital letter and a full stop.
    pub about: &'static str,
}

/// The view of the match that a bot has: in a room the newest tick, in a load test what its client knows. It holds only what
/// [`Game::may_see`] allows. In a room the radius of [`Game::viewpoint`] does not bound it, so a bot should use [`Sight::near`] with the
/// distance that a player would see. [`Truth`](crate::game::Truth) is a sight for unit tests.
pub trait Sight<G: Game> {
    /// The player that the bot plays.
    fn player(&self) -> PlayerId;

    /// The number of seats in the room: the ids of players are below it.
    fn seats(&self) -> u16;

    /// The tick before the one that the input is for.
    fn tick(&self) -> Tick;

    /// Ticks per second.
    fn tick_rate(&self) -> TickRate;

    /// The map. In a load test it is what [`Map::decode`](crate::game::Map::decode) made, without what only the server knows.
    fn map(&self) -> &MapOf<G>;

    /// The player's own record, at [`Sight::tick`].
    fn own(&self) -> G::Own;

    /// The state that every player knows, see [`Board`](crate::game::Board).
    fn board(&self) -> &G::Board;

    /// One entity at [`Sight::tick`], if it is visible. In a load test it is run forward from the last state that the server sent.
    fn entity(&self, id: EntityId) -> Option<G::Entity>;

    /// Every visible entity, in the order of ids. In a load test the states are those of the last snapshot, a few ticks ago; use
    /// [`Sight::entity`] for the state at [`Sight::tick`]. This visits every entity, so prefer [`Sight::near`].
    fn entities(&self) -> impl Iterator<Item = (EntityId, G::Entity)>;

    /// The visible entities within `radius` of a position, both in position units, at [`Sight::tick`]. The order differs between a room
    /// and a load test, and some entities may be a little farther away: check the distance if it must be exact, and sort if the order
    /// matters.
    fn near(&self, position: IVec2, radius: i32) -> impl Iterator<Item = (EntityId, G::Entity)>;
}

/// The name of the computer opponent in a seat. It differs from all names in `taken` and from those of opponents in other seats below
/// `seats`. It is the seat's name in `names`, with a number if there are fewer names than seats or a player has the name.
///
/// # Panics
/// When there are no names.
pub fn opponent_name(names: &[&str], seat: usize, seats: usize, taken: &[String]) -> String {
    let own = names[seat % names.len()];
    let round = seat / names.len();
    // Numbers beyond those of the last seat belong to no other seat.
    let later = seats.div_ceil(names.len())..;
    let mut numbered = std::iter::once(round).chain(later).map(|round| match round {
        0 => own.to_owned(),
        round => format!("{own} {}", round + 1),
    });
    let is_free = |name: &String| !taken.iter().any(|taken| taken.eq_ignore_ascii_case(name));
    numbered.find(is_free).expect("not all numbers are taken")
}

/// The bot of a game without bots: its rooms have no computer opponents with any setting, and no load test can play it.
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const NAMES: [&str; 3] = ["Ada", "Bram", "Cleo"];

    #[test]
    fn opponents_have_names_that_nobody_else_has() {
        let taken = ["ada".to_owned(), "Ada 5".to_owned(), "Bram".to_owned()];
        let names: BTreeSet<_> = (0..12).map(|seat| opponent_name(&NAMES, seat, 12, &taken)).collect();
        assert_eq!(names.len(), 12);
        assert!(
            names.contains("Ada 6") && names.contains("Bram 5") && names.contains("Cleo") && names.contains("Cleo 2")
        );
        assert_eq!(opponent_name(&NAMES, 0, 3, &["Ada".to_owned()]), "Ada 2");
    }

    #[test]
    fn one_name_is_enough_for_all() {
        let names = [0, 1, 2].map(|seat| opponent_name(&["Bot"], seat, 3, &["Bot".to_owned()]));
        assert_eq!(names, ["Bot 4", "Bot 2", "Bot 3"]);
    }
}
