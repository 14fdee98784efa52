//! The checksum a second: a wrapping sum of entity hashes, so that each hash is computed once per tick for all.

use shared::{
    EntityId, Tick,
    game::{Game, Replicate},
};

use crate::replication::Scene;

/// Hashes of the newest tick's states, made when first asked for.
#[derive(Debug)]
pub(crate) struct Checksums {
    tick: Tick,
    made: Vec<(Tick, u32)>,
}

impl Checksums {
    /// For a table of `slots` entities.
    pub(crate) fn new(slots: usize) -> Self {
        Self { tick: Tick(0), made: vec![(Tick(0), 0); slots] }
    }

    /// Forgets the hashes of the tick before.
    pub(crate) fn begin(&mut self, tick: Tick) {
        self.tick = tick;
    }

    /// The hash of what a player shows of an entity it was last told of at `told`; `None` when it cannot be said.
    #[inline(never)]
    pub(crate) fn of<G: Game>(&mut self, id: EntityId, told: Tick, scene: &Scene<'_, G>) -> Option<u32> {
        let history = scene.history;
        let life = history.life(id);
        if life.born > told || life.end.is_some() {
            // It ended, and perhaps another began, and the player has yet to be told.
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
