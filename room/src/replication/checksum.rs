//! The checksum that a client gets once a second: a wrapping sum of the hashes of its entities, so that the hash of each entity is
//! computed once per tick for all players.

use shared::{
    EntityId, Tick,
    game::{Game, Replicate},
};

use crate::replication::Scene;

/// Hashes of the newest states, computed on first use.
#[derive(Debug)]
pub(crate) struct Checksums {
    tick: Tick,
    made: Vec<(Tick, u32)>,
}

impl Checksums {
    /// Checksums for `slots` entities.
    pub(crate) fn new(slots: usize) -> Self {
        Self { tick: Tick(0), made: vec![(Tick(0), 0); slots] }
    }

    /// Drops the hashes of the tick before.
    pub(crate) fn begin(&mut self, tick: Tick) {
        self.tick = tick;
    }

    /// Hash of the state that a client shows if it was last sent the entity at tick `told`; `None` when that state is unknown.
    #[inline(never)]
    pub(crate) fn of<G: Game>(&mut self, id: EntityId, told: Tick, scene: &Scene<'_, G>) -> Option<u32> {
        let history = scene.history;
        let life = history.life(id);
        if life.born > told || life.end.is_some() {
            // The entity has ended, or its id belongs to a new one, and the player does not know it yet.
            return None;
        }
        if life.surprised > told {
            return Some(history.as_known_since(id, told, scene.map())?.hash(id.0));
        }
        let (made, hash) = &mut self.made[id.index()];
        if *made != self.tick {
            *hash = history.current(id)?.hash(id.0);
            *made = self.tick;
        }
        Some(*hash)
    }
}
