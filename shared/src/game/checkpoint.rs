//! A match as bytes, from which it continues exactly as the original.

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    game::{Game, Replicate, Start},
    limits::ROOM_ENTITIES_MAX,
    wire::{DecodeError, Reader, Writer},
};

/// A match as bytes. Recordings begin with one, and a room continues from one after a crash.
///
/// A game that derives serde's `Serialize` and `Deserialize` has this trait already. A checkpoint holds everything that the next steps
/// depend on, and nothing that [`Start`] has: map, settings, seats and tick rate. Skip derived values (`#[serde(skip)]`) only if you
/// write `restore` yourself, because otherwise nothing would compute them again. The bytes must not depend on the order of a hash map,
/// because the default [`Game::digest`] hashes them.
///
/// Implement the trait by hand to bound what is read, to save bytes, or to compute values that were left out:
///
/// ```
/// use shared::{game::{Checkpoint, Game, Start}, wire::{DecodeError, Reader, Writer}};
///
/// #[derive(Clone, Debug)]
/// struct Race {
///     laps: Vec<u16>,
///     /// The largest number in `laps`, computed from it.
///     leader: u16,
/// }
///
/// impl Checkpoint for Race {
///     fn checkpoint(&self, bytes: &mut Vec<u8>) {
///         let mut out = Writer::new(bytes);
///         self.laps.iter().for_each(|&laps| out.int(laps));
///     }
///
///     fn restore(start: &Start<'_, Self>, bytes: &[u8]) -> Result<Self, DecodeError>
///     where
///         Self: Game,
///     {
///         let mut input = Reader::new(bytes);
///         // The number of seats bounds what is read, not the bytes.
///         let laps = (0..start.seats).map(|_| Ok(input.ranged("laps", 0, 99)? as u16)).collect::<Result<Vec<_>, _>>()?;
///         input.finish()?;
///         let leader = laps.iter().copied().max().unwrap_or_default();
///         Ok(Self { laps, leader })
///     }
/// }
/// #
/// # use shared::{EntityId, PlayerId, Tick, TickRate, game::*};
/// # #[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
/// # struct Car {
/// #     #[replicate(position)]
/// #     position: IVec2,
/// # }
/// # impl Entity for Car {
/// #     type Map = ();
/// #     fn step(&mut self, (): &()) -> bool {
/// #         true
/// #     }
/// #     fn position(&self, (): &()) -> IVec2 {
/// #         self.position
/// #     }
/// # }
/// # #[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Input)]
/// # struct Pedals {
/// #     gas: bool,
/// # }
/// # impl Game for Race {
/// #     const NAME: &'static str = "race";
/// #     const VERSION: u16 = 1;
/// #     type Entity = Car;
/// #     type Input = Pedals;
/// #     type Own = ();
/// #     type Event = ();
/// #     type Board = ();
/// #     type Settings = ();
/// #     type Bot = NoBot;
/// #     fn new(start: &Start<'_, Self>) -> Self {
/// #         Self { laps: vec![0; start.seats.into()], leader: 0 }
/// #     }
/// #     fn join(&mut self, _: PlayerId, _: &Profile, _: &mut Events<()>) {}
/// #     fn leave(&mut self, _: PlayerId, _: &mut Events<()>) {}
/// #     fn step(&mut self, _: &mut Turn<'_, Self>) {}
/// #     fn slots(&self) -> Slots {
/// #         Slots::tracked(0)
/// #     }
/// #     fn entities(&self) -> impl Iterator<Item = (EntityId, Car)> {
/// #         std::iter::empty()
/// #     }
/// #     fn viewpoint(&self, _: PlayerId, (): &()) -> Option<Viewpoint> {
/// #         None
/// #     }
/// # }
/// # let tick_rate = TickRate::new(30).unwrap();
/// # let start = Start { settings: &(), map: &(), tick_rate, seats: 2, tick: Tick(9), seed: 0 };
/// # let mut bytes = Vec::new();
/// # Race { laps: vec![3, 0], leader: 3 }.checkpoint(&mut bytes);
/// # assert_eq!(Race::restore(&start, &bytes).unwrap().leader, 3);
/// # assert!(Race::restore(&start, &[3, 0, 0]).is_err(), "one seat too many");
/// ```
pub trait Checkpoint: Sized {
    /// Appends everything that the next steps depend on. Called between two steps.
    fn checkpoint(&self, bytes: &mut Vec<u8>);

    /// Reads what [`Checkpoint::checkpoint`] wrote. [`Start::tick`] is the tick at which it was written; [`Start::seed`] is 0, ignore it.
    ///
    /// The engine keeps players and their names: they have their seats already, and [`Game::join`] is not called again.
    ///
    /// The bytes are not trusted, because recordings are files. No bytes may cause a panic, neither here nor in later calls. Serde
    /// checks types, and the engine checks [`Game::entities`]: ascending ids below [`Game::slots`], and fields within the bounds of
    /// their attributes. Apart from that a list may have any length, a number any value. The engine's list of seats may also contradict the
    /// match: a player that the match does not know may have inputs and leave, and one that it knows may never have inputs. So look up
    /// with `get`, or refuse a match that does not fit: here, or in [`Game::fits`] if serde reads it.
    ///
    /// # Errors
    /// When the bytes are not a match with these settings on this map.
    fn restore(start: &Start<'_, Self>, bytes: &[u8]) -> Result<Self, DecodeError>
    where
        Self: Game;

    /// The same with the names of fields, which [`Checkpoint::restore`] reads as well: [`Game::edit`] finds its way in there by them. `None`
    /// where serde does not write the match.
    #[doc(hidden)]
    fn named(&self) -> Option<Vec<u8>> {
        None
    }
}

impl<T: Serialize + DeserializeOwned> Checkpoint for T {
    fn checkpoint(&self, bytes: &mut Vec<u8>) {
        // Writing to memory cannot fail; only the game's own `Serialize` could, and it would fail every time.
        rmp_serde::encode::write(bytes, self).expect("the game's own Serialize does not fail");
    }

    fn restore(start: &Start<'_, Self>, bytes: &[u8]) -> Result<Self, DecodeError>
    where
        Self: Game,
    {
        let game: Option<Self> = rmp_serde::from_slice(bytes).ok();
        game.filter(|game| game.fits(start) && has_valid_entities(game))
            .ok_or(DecodeError::WrongType { field: "checkpoint", expected: "a match as it was written" })
    }

    fn named(&self) -> Option<Vec<u8>> {
        rmp_serde::to_vec_named(self).ok()
    }
}

/// Returns true if the engine can send every entity and a client would accept it.
fn has_valid_entities<G: Game>(game: &G) -> bool {
    let slots = game.slots().all;
    if slots > ROOM_ENTITIES_MAX {
        return false;
    }
    let (mut bytes, mut next) = (Vec::new(), 0);
    game.entities().all(|(id, entity)| {
        let is_in_order = (next..slots).contains(&id.index());
        next = id.index() + 1;
        bytes.clear();
        entity.encode_fields(&mut Writer::new(&mut bytes));
        is_in_order && G::Entity::decode_fields(entity.kind(), &mut Reader::new(&bytes)).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::{
        EntityId, PlayerId, Tick, TickRate,
        game::{Entity, Events, IVec2, Input, NoBot, Profile, Replicate, Slots, Turn},
    };

    #[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate, Serialize, Deserialize)]
    struct Ball {
        #[replicate(position)]
        position: IVec2,
        #[replicate(max = 9)]
        speed: i32,
    }

    impl Entity for Ball {
        type Map = ();

        fn step(&mut self, (): &()) -> bool {
            self.position.x += self.speed;
            true
        }

        fn position(&self, (): &()) -> IVec2 {
            self.position
        }
    }

    #[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Input)]
    struct Nothing {
        nothing: bool,
    }

    #[derive(Clone, Debug, Serialize, Deserialize)]
    struct Balls(Vec<(u16, Ball)>);

    impl Game for Balls {
        const NAME: &'static str = "balls";
        const VERSION: u16 = 1;
        type Entity = Ball;
        type Input = Nothing;
        type Own = ();
        type Event = ();
        type Board = ();
        type Settings = ();
        type Bot = NoBot;

        fn new(_: &Start<'_, Self>) -> Self {
            Self(Vec::new())
        }

        fn join(&mut self, _: PlayerId, _: &Profile, _: &mut Events<()>) {}

        fn leave(&mut self, _: PlayerId, _: &mut Events<()>) {}

        fn step(&mut self, _: &mut Turn<'_, Self>) {}

        fn slots(&self) -> Slots {
            Slots::tracked(4)
        }

        fn entities(&self) -> impl Iterator<Item = (EntityId, Ball)> {
            self.0.iter().map(|&(id, ball)| (EntityId(id), ball))
        }
    }

    #[track_caller]
    fn check(balls: &[(u16, i32, i32)], is_match: bool) {
        let ball = |&(id, x, speed): &(u16, i32, i32)| (id, Ball { position: IVec2::new(x, 0), speed });
        let mut bytes = Vec::new();
        Balls(balls.iter().map(ball).collect()).checkpoint(&mut bytes);
        let tick_rate = TickRate::new(30).unwrap();
        let start = Start { settings: &(), map: &(), tick_rate, seats: 2, tick: Tick(0), seed: 0 };
        assert_eq!(Balls::restore(&start, &bytes).is_ok(), is_match, "{balls:?}");
    }

    #[test]
    fn match_whose_entities_nobody_could_be_sent_is_refused() {
        check(&[], true);
        check(&[(0, 5, 9), (3, 5, -9)], true);
        check(&[(4, 5, 0)], false);
        check(&[(1, 5, 0), (1, 5, 0)], false);
        check(&[(2, 5, 0), (1, 5, 0)], false);
        check(&[(0, 5, 10)], false);
        check(&[(0, i32::MAX, 0)], false);
    }
}
