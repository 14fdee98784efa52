//! State of one seat.

use serde::{Deserialize, Serialize};
use shared::{
    PlayerId, Tick,
    game::{Digest, IVec2, Part, mix, vector_word},
};

use super::herd::{self, Herd};
use crate::{
    entity::Cell,
    entity_id,
    limits::{CELLS_MAX, MASS_MAX},
    own::OwnCells,
    plate::Plate,
};

/// State of one seat.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Seat {
    pub(super) taken: bool,
    pub(super) hue: u8,
    pub(super) cells: Herd,
    pub(super) own: OwnCells,
    /// Mass that each cell has swallowed since the last digestion.
    pub(super) eaten: [u16; CELLS_MAX],
    /// Tick in which the first cell appeared.
    since: Tick,
    /// Largest total mass since then.
    best: u32,
}

impl Seat {
    pub(super) fn taken(hue: u8) -> Self {
        Self { taken: true, hue, ..Self::default() }
    }

    pub(super) fn is_alive(&self) -> bool {
        self.cells.iter().any(Option::is_some)
    }

    /// Starts a life with one cell.
    pub(super) fn begin(&mut self, owner: PlayerId, position: IVec2, mass: u32, tick: Tick) {
        let place = self.own.place;
        let cell = Cell { position, impulse: IVec2::ZERO, heading: 0, pace: 0, mass, owner, hue: self.hue };
        *self = Self { since: tick, best: mass, ..Self::taken(self.hue) };
        self.cells[0] = Some(cell);
        self.own.place = place;
    }

    /// Runs after a tick of the cells: moves swallowed mass to the next digestion.
    pub(super) fn digest(&mut self, player: PlayerId, tick: Tick, plate: &Plate) {
        if !herd::digests(player, tick, plate) {
            return;
        }
        self.best = self.best.max(herd::mass(&self.cells));
        let eaten = std::mem::take(&mut self.eaten);
        let heir = self.cells.iter().position(Option::is_some).unwrap_or(0);
        for (slot, mass) in eaten.into_iter().enumerate() {
            // If the cell has merged since, its mass goes to the first cell.
            let slot = if self.cells[slot].is_some() { slot } else { heir };
            self.own.digests[slot] = self.own.digests[slot].saturating_add(mass);
        }
    }

    /// Adds swallowed mass to a cell.
    pub(super) fn eat(&mut self, slot: usize, mass: u32) {
        self.eaten[slot] = self.eaten[slot].saturating_add(mass.min(MASS_MAX) as u16);
    }

    /// Removes a cell and returns its mass with everything that it has swallowed.
    pub(super) fn lose(&mut self, slot: usize) -> u32 {
        let mass = self.cells[slot].take().map_or(0, |cell| cell.mass);
        let digests = std::mem::take(&mut self.own.digests[slot]);
        mass + u32::from(digests) + u32::from(std::mem::take(&mut self.eaten[slot]))
    }

    /// Largest total mass, and ticks since the first cell.
    pub(super) fn life(&self, tick: Tick) -> (u32, u32) {
        (self.best, tick.since(self.since))
    }

    /// Adds the whole state to a digest.
    pub(super) fn add_to(&self, player: PlayerId, digest: &mut Digest) {
        let Self { taken, hue, cells, own, eaten, since, best } = self;
        if !taken {
            return;
        }
        for (slot, cell) in cells.iter().enumerate() {
            let Some(Cell { position, impulse, heading, pace, mass, owner, hue }) = *cell else { continue };
            let small = u64::from(owner.0) << 24 | u64::from(heading) << 16 | u64::from(pace) << 8 | u64::from(hue);
            let hash = mix([vector_word(position), vector_word(impulse), u64::from(mass) << 40 | small]);
            digest.add(Part::Entity(entity_id(player, slot)), hash);
        }
        let OwnCells { merge_ticks, digests, split_ticks, eject_ticks, return_ticks, place } = own;
        let counters = [*return_ticks, *place, (*split_ticks).into(), (*eject_ticks).into(), (*hue).into(), player.0];
        let shorts = merge_ticks.iter().chain(digests).chain(eaten).chain(&counters);
        let hash = shorts.fold(mix([u64::from(since.0), (*best).into()]), |hash, &word| {
            (hash ^ u64::from(word)).wrapping_mul(MULTIPLIER).rotate_left(29)
        });
        digest.add(Part::Rest, mix([hash]));
    }

    /// True if the rules could have produced this seat; checks a checkpoint.
    pub(super) fn fits(&self, player: PlayerId, plate: &Plate) -> bool {
        let is_fine =
            |cell: &Cell| cell.owner == player && cell.is_sane() && cell.position == plate.clamp(cell.position);
        self.cells.iter().flatten().all(is_fine) && (self.taken || !self.is_alive())
    }
}

/// The golden ratio in 64 bits.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
