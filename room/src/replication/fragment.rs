//! Encodes each change of an entity at most once per tick and baseline; all players who see the entity share the bytes.
//!
//! The idea is not new: Source keeps the encoded bits of an entity's delta per baseline for all spectators, and Iris serializes once for
//! all connections. A player's snapshot is then a header and copied fragments.

use shared::{
    EntityId, Tick,
    game::{Replicate, Slots},
    limits::{BASELINE_AGE_MAX, HISTORY_TICKS},
    wire::{Writer, operation},
};

use crate::history::History;

/// The fragments of the newest tick.
#[derive(Debug)]
pub(crate) struct Fragments {
    tick: Tick,
    bytes: Vec<u8>,
    /// Deltas of the tracked entities: a row of [`HISTORY_TICKS`] cells each, by the age of the misprediction.
    deltas: Vec<Cell>,
    wholes: Vec<Cell>,
    plains: Vec<Cell>,
}

/// Location of a fragment. It is valid only if it was made in the newest tick.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    made: Tick,
    fragment: Fragment,
}

/// An encoded update, operation and fields, without the gap before it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fragment {
    start: u32,
    length: u16,
    elements: u16,
}

impl Fragments {
    /// Fragments for a table of entities; only tracked ones have deltas.
    pub(crate) fn new(slots: Slots) -> Self {
        Self {
            tick: Tick(0),
            bytes: Vec::new(),
            deltas: vec![Cell::default(); slots.tracked * HISTORY_TICKS],
            wholes: vec![Cell::default(); slots.all],
            plains: vec![Cell::default(); slots.all],
        }
    }

    /// Drops the fragments of the tick before.
    pub(crate) fn begin(&mut self, tick: Tick) {
        self.tick = tick;
        self.bytes.clear();
    }

    /// The removal of an entity.
    pub(crate) fn gone(&mut self) -> Fragment {
        self.make(|out| out.int(operation::GONE))
    }

    /// The complete state of a living entity.
    pub(crate) fn whole<E: Replicate>(&mut self, id: EntityId, state: &E) -> Fragment {
        let cell = self.wholes[id.index()];
        if cell.made == self.tick {
            return cell.fragment;
        }
        let fragment = self.make(|out| state.encode_full(out));
        self.wholes[id.index()] = Cell { made: self.tick, fragment };
        fragment
    }

    /// The absolute values of a living entity, for plain clients.
    pub(crate) fn plain<E: Replicate>(&mut self, id: EntityId, state: &E, map: &E::Map) -> Fragment {
        let cell = self.plains[id.index()];
        if cell.made == self.tick {
            return cell.fragment;
        }
        let fragment = self.make(|out| state.encode_plain(map, out));
        self.plains[id.index()] = Cell { made: self.tick, fragment };
        fragment
    }

    /// The difference between the newest state and the state before the misprediction at `surprised`, run forward. `None` when that state
    /// is too old, so that the complete state must be sent.
    pub(crate) fn delta<E: Replicate>(
        &mut self,
        id: EntityId,
        surprised: Tick,
        history: &History<E>,
        map: &E::Map,
    ) -> Option<Fragment> {
        let age = self.tick.since(surprised);
        if age >= BASELINE_AGE_MAX {
            return None;
        }
        let index = id.index() * HISTORY_TICKS + age as usize;
        let cell = self.deltas.get(index)?;
        if cell.made == self.tick {
            return Some(cell.fragment);
        }
        let truth = history.current(id)?;
        let mut baseline = *history.at(id, surprised.minus(1))?;
        for _ in 0..age {
            baseline.step(map);
        }
        let start = self.bytes.len();
        let mut out = Writer::new(&mut self.bytes);
        // An entity that turned and turned back may be equal to the baseline again, while the client still shows the turn. The complete
        // state corrects that.
        if !truth.encode_delta(&baseline, map, &mut out) {
            truth.encode_full(&mut out);
        }
        let fragment = finished(start, &out);
        self.deltas[index] = Cell { made: self.tick, fragment };
        Some(fragment)
    }

    /// The bytes of a fragment, and the number of values in them.
    #[inline]
    pub(crate) fn encoded(&self, fragment: Fragment) -> (&[u8], u32) {
        let start = fragment.start as usize;
        (&self.bytes[start..start + usize::from(fragment.length)], fragment.elements.into())
    }

    fn make(&mut self, encode: impl FnOnce(&mut Writer<'_>)) -> Fragment {
        let start = self.bytes.len();
        let mut out = Writer::new(&mut self.bytes);
        encode(&mut out);
        finished(start, &out)
    }
}

impl Fragment {
    /// Length in bytes.
    pub(crate) fn len(&self) -> usize {
        self.length.into()
    }
}

fn finished(start: usize, out: &Writer<'_>) -> Fragment {
    Fragment { start: start as u32, length: (out.len() - start) as u16, elements: out.elements() as u16 }
}
