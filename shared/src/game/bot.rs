//! Bots: a room's computer opponents and the players of a load test, which are the same to a game.

use std::fmt::Debug;

use glam::IVec2;

use crate::{
    game::{Game, MapOf},
    id::{EntityId, PlayerId},
    tick::{Tick, TickRate},
};

/// Decides what a player presses, in a seat that nobody has or in a load test: it sees and steers the same way in both.
///
/// All its chance comes from the seed, so the same seed and the same sights give the same inputs.
pub trait Bot<G: Game>: Debug + Send + 'static {
    /// What it can do. The bots of a load test do the first one unless they are asked for another.
    const BEHAVIORS: &'static [Behavior];

    /// What computer opponents do: the index of one of [`Bot::BEHAVIORS`].
    const OPPONENT: usize = 0;

    /// The names of computer opponents, by seat. Where there are more seats than names, and where a player has the name
    /// already, a number is added: see [`opponent_name`]. At least one, none of them longer than a player's name may be.
    const NAMES: &'static [&'static str] = &["Bot"];

    /// A bot that does one of [`Bot::BEHAVIORS`], by its index.
    fn new(behavior: usize, seed: u64) -> Self;

    /// Its input for the tick after [`Sight::tick`]. Called once per tick, in load tests now and then not at all for some ticks.
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

/// What a bot sees: in a room the newest tick, in a load test what its client knows.
pub trait Sight<G: Game> {
    /// The player that the bot plays.
    fn player(&self) -> PlayerId;

    /// The number of seats in the room: the ids of players are below it.
    fn seats(&self) -> u16;

    /// The last tick before the one whose input is asked for.
    fn tick(&self) -> Tick;

    /// Ticks per second.
    fn tick_rate(&self) -> TickRate;

    /// The map. A client does not have what only the server knows of it.
    fn map(&self) -> &MapOf<G>;

    /// What only this player knows, at [`Sight::tick`].
    fn own(&self) -> G::Own;

    /// What everybody knows.
    fn board(&self) -> &G::Board;

    /// One entity at [`Sight::tick`], if it is visible. A client runs forward what it was sent last.
    fn entity(&self, id: EntityId) -> Option<G::Entity>;

    /// Every visible entity, in the order of ids. In a load test they are as they were sent last, a few ticks ago:
    /// [`Sight::entity`] runs one of them forward.
    fn entities(&self) -> impl Iterator<Item = (EntityId, G::Entity)>;

    /// The visible entities within `radius` of a position at [`Sight::tick`], position units, in no order one should build on;
    /// some may be a little farther. A bot that needs an exact distance checks it, and where the order matters, it sorts.
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

/// The bot of a game that has none.
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
