//! Bots: a room's computer opponents and the players of a load test, which are the same to a game.

use std::fmt::Debug;

use glam::IVec2;

use crate::{
    game::{Game, MapOf},
    id::{EntityId, PlayerId},
    tick::{Tick, TickRate},
};

/// Decides what a player presses. The same code plays in two places:
///
/// - as a *computer opponent*, in a seat of a room that no human has: it sees the newest tick;
/// - as a *bot of a load test*, through a client: it sees what a human's client knows, a little late and with gaps.
///
/// It sees no more than a player may, and has nothing to act with but inputs. It may remember what it likes. All its chance comes from the
/// seed, so the same seed and the same sights give the same inputs.
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
///         // By id where two are as near: the order of `near` must not matter.
///         let nearest = others.min_by_key(|&(id, fish)| ((fish.position - position).x.abs(), id));
///         match nearest {
///             Some((_, fish)) => Fins { right: (fish.position.x > position.x) != self.hides },
///             None => Fins { right: self.rng.chance(1, 2) },
///         }
///     }
/// }
/// ```
pub trait Bot<G: Game>: Debug + Send + 'static {
    /// What it can do. The bots of a load test do the first one unless the command line names another.
    const BEHAVIORS: &'static [Behavior];

    /// What computer opponents do: the index of one of [`Bot::BEHAVIORS`].
    const OPPONENT: usize = 0;

    /// The names of computer opponents, by seat. If there are more seats than names, or a player has the name already, a number is
    /// added: see [`opponent_name`]. At least one, each at most [`NAME_BYTES_MAX`](crate::limits::NAME_BYTES_MAX) with its number.
    const NAMES: &'static [&'static str] = &["Bot"];

    /// A bot that does one of [`Bot::BEHAVIORS`], by its index.
    fn new(behavior: usize, seed: u64) -> Self;

    /// Its input for the tick after [`Sight::tick`]. Called once per tick; in a load test ticks may be left out, so measure time by
    /// [`Sight::tick`]. Called also while its player steers nothing, before it appears or after it died.
    fn input(&mut self, sight: &impl Sight<G>) -> G::Input;
}

/// Something a bot can do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Behavior {
    /// Its name on the command line.
    pub name: &'static str,
    /// A line of help, without a capital letter and a full stop.
    pub about: &'static str,
}

/// What a bot sees: in a room the newest tick, in a load test what its client knows of it. It has what
/// [`Game::may_see`] allows; in a room the radius of [`Game::viewpoint`] does not bound it, so a bot looks around by [`Sight::near`], as
/// far as a player would see. [`Truth`](crate::game::Truth) is a sight for unit tests.
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

    /// What only this player knows, at [`Sight::tick`].
    fn own(&self) -> G::Own;

    /// What everybody knows, see [`Board`](crate::game::Board).
    fn board(&self) -> &G::Board;

    /// One entity at [`Sight::tick`], if it is visible. In a load test it is run forward from what was sent last.
    fn entity(&self, id: EntityId) -> Option<G::Entity>;

    /// Every visible entity, in the order of ids. In a load test they are as they were sent last, a few ticks ago: ask
    /// [`Sight::entity`] for the present state of one. It takes as long as there are entities, so prefer [`Sight::near`].
    fn entities(&self) -> impl Iterator<Item = (EntityId, G::Entity)>;

    /// The visible entities within `radius` of a position, both in position units, at [`Sight::tick`]. In any order, which differs between
    /// the two places, and some may be a little farther away: check the distance if it must be exact, and sort if the order matters.
    fn near(&self, position: IVec2, radius: i32) -> impl Iterator<Item = (EntityId, G::Entity)>;
}

/// A name for the computer opponent in a seat: one that nobody of `taken` has, nor an opponent in another seat below `seats`.
/// It is the seat's name of `names`, with a number where the names do not suffice or a player has it.
///
/// # Panics
/// When there are no names.
pub fn opponent_name(names: &[&str], seat: usize, seats: usize, taken: &[String]) -> String {
    let own = names[seat % names.len()];
    let round = seat / names.len();
    // Rounds that no seat begins with are free for all of this name.
    let later = seats.div_ceil(names.len())..;
    let mut numbered = std::iter::once(round).chain(later).map(|round| match round {
        0 => own.to_owned(),
        round => format!("{own} {}", round + 1),
    });
    let is_free = |name: &String| !taken.iter().any(|taken| taken.eq_ignore_ascii_case(name));
    numbered.find(is_free).expect("not all numbers are taken")
}

/// For a game without bots: its rooms are filled with no opponents, whatever the host has set, and no load test can play it.
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
