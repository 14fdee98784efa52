//! A game that fails at run time in the way that a player asks for: what a server must survive.

use serde::{Deserialize, Serialize};
use shared::{
    EntityId, PlayerId,
    game::{
        Behavior, Bot, Entity, Events, Game, IVec2, Input, Profile, Replicate, Sight, Slots, Start, Summary, Turn,
        Viewpoint,
    },
};

/// Stands where its seat is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate, Serialize, Deserialize)]
pub struct Stone {
    #[replicate(position)]
    position: IVec2,
}

/// The fault that a player wants.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Input)]
pub struct Wish {
    /// 1: a panic in `step`. 2: entities in a wrong order. 3: an id that is too high. 4: a position that nobody accepts. 5: other slots. 6: a
    /// panic in `leave`. 7: a panic in `summary`. A player called [`UNWELCOME`] makes it panic in `join`.
    #[input(max = 7, missing = "repeat")]
    pub fault: u8,
}

/// The match.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Touchy {
    stones: Vec<Option<Stone>>,
    fault: u8,
}

/// The message of its panics.
pub const PANIC: &str = "a stone was touched";
/// The name of a player at whose `join` it panics.
pub const UNWELCOME: &str = "Unwelcome";

impl Entity for Stone {
    type Map = ();

    fn step(&mut self, (): &()) -> bool {
        true
    }

    fn position(&self, (): &()) -> IVec2 {
        self.position
    }
}

impl Game for Touchy {
    const NAME: &'static str = "touchy";
    const VERSION: u16 = 1;

    type Entity = Stone;
    type Input = Wish;
    type Own = ();
    type Event = ();
    type Board = ();
    type Settings = ();
    type Bot = Still;

    fn new(start: &Start<'_, Self>) -> Self {
        Self { stones: vec![None; start.seats.into()], fault: 0 }
    }

    fn join(&mut self, player: PlayerId, profile: &Profile, _: &mut Events<()>) {
        assert_ne!(profile.name, UNWELCOME, "{PANIC}");
        if let Some(stone) = self.stones.get_mut(player.index()) {
            *stone = Some(Stone { position: IVec2::new(i32::from(player.0) * 100, 0) });
        }
    }

    fn leave(&mut self, player: PlayerId, _: &mut Events<()>) {
        assert_ne!(self.fault, 6, "{PANIC}");
        if let Some(stone) = self.stones.get_mut(player.index()) {
            *stone = None;
        }
    }

    fn step(&mut self, turn: &mut Turn<'_, Self>) {
        for player in (0..).map(PlayerId).take(self.stones.len()) {
            self.fault = self.fault.max(turn.input(player).fault);
        }
        assert_ne!(self.fault, 1, "{PANIC}");
    }

    fn slots(&self) -> Slots {
        Slots::tracked(self.stones.len() + usize::from(self.fault == 5))
    }

    fn entities(&self) -> impl Iterator<Item = (EntityId, Stone)> {
        let far = if self.fault == 4 { 1 << 22 } else { 0 };
        let stones = (0..).map(EntityId).zip(&self.stones).filter_map(|(id, stone)| Some((id, (*stone)?)));
        let placed = stones.map(|(id, stone)| (id, Stone { position: stone.position + IVec2::new(far, 0) }));
        let mut all: Vec<_> = placed.collect();
        match self.fault {
            2 => all.reverse(),
            3 => all.extend(all.first().map(|(_, stone)| (EntityId(999), *stone))),
            _ => {}
        }
        all.into_iter()
    }

    fn viewpoint(&self, player: PlayerId, (): &()) -> Option<Viewpoint> {
        let stone = self.stones.get(player.index()).copied().flatten()?;
        Some(Viewpoint { entity: Some(EntityId(player.0)), position: stone.position, radius_px: None })
    }

    fn summary(&self) -> Summary {
        assert_ne!(self.fault, 7, "{PANIC}");
        Summary { phase: "still".to_owned(), in_match: true, ..Summary::default() }
    }
}

/// Wishes nothing.
#[derive(Clone, Copy, Debug)]
pub struct Still;

impl Bot<Touchy> for Still {
    const BEHAVIORS: &'static [Behavior] = &[Behavior { name: "still", about: "does nothing" }];

    fn new(_: usize, _: u64) -> Self {
        Self
    }

    fn input(&mut self, _: &impl Sight<Touchy>) -> Wish {
        Wish::default()
    }
}
