//! The shells in the air, in slots whose numbers are used for entity ids.

use crate::{
    entity::ShellState,
    limits::{SHELLS_MAX, SHELLS_PER_SEAT},
};
use shared::{id::PlayerId, tick::Tick};

/// A table of shells with a fixed number of slots.
#[derive(Clone, Debug)]
pub struct Shells {
    slots: Vec<Slot>,
    /// One bit per slot, so that iterating over a nearly empty table is fast.
    alive: Vec<u64>,
    count: usize,
    /// Start of the search for a free slot. It rotates, so that a slot stays unused as long as possible.
    next: usize,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    shell: ShellState,
    /// Tick from which the slot may be used again.
    free_from: Tick,
}

impl Shells {
    /// An empty table for a room of `seats`.
    pub fn new(seats: u16) -> Self {
        let slots = (usize::from(seats) * SHELLS_PER_SEAT).clamp(SLOTS_MIN, SHELLS_MAX);
        Self { slots: vec![Slot::EMPTY; slots], alive: vec![0; slots.div_ceil(64)], count: 0, next: 0 }
    }

    /// Number of slots, used or not.
    pub fn slots(&self) -> usize {
        self.slots.len()
    }

    /// Shells in the air.
    pub fn len(&self) -> usize {
        self.count
    }

    /// True if there are no shells.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The shell in a slot.
    #[inline]
    pub fn get(&self, slot: usize) -> Option<&ShellState> {
        let word = self.alive.get(slot / 64)?;
        if word >> (slot % 64) & 1 == 1 { Some(&self.slots[slot].shell) } else { None }
    }

    /// Slots and shells, in the order of slots.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &ShellState)> + Clone {
        self.alive
            .iter()
            .enumerate()
            .flat_map(|(index, &word)| Bits(word).map(move |bit| index * 64 + bit))
            .map(|slot| (slot, &self.slots[slot].shell))
    }

    /// The first used slot from `slot` on. The table may change between calls.
    #[inline]
    pub fn next_from(&self, slot: usize) -> Option<usize> {
        let mut index = slot / 64;
        let mut word = *self.alive.get(index)? & (u64::MAX << (slot % 64));
        while word == 0 {
            index += 1;
            word = *self.alive.get(index)?;
        }
        Some(index * 64 + word.trailing_zeros() as usize)
    }

    /// Puts a shell into a free slot. `None` if there is none; then the gun does not fire.
    pub fn insert(&mut self, shell: ShellState, now: Tick) -> Option<usize> {
        if self.count == self.slots.len() {
            return None;
        }
        let slot = (0..self.slots.len().min(PROBES_MAX))
            .map(|offset| (self.next + offset) % self.slots.len())
            .find(|&slot| self.get(slot).is_none() && self.slots[slot].free_from <= now)?;
        self.slots[slot].shell = shell;
        self.alive[slot / 64] |= 1 << (slot % 64);
        self.count += 1;
        self.next = slot + 1;
        Some(slot)
    }

    /// Updates a shell that flies on.
    #[inline]
    pub fn set(&mut self, slot: usize, shell: ShellState) {
        self.slots[slot].shell = shell;
    }

    /// Removes a shell. Its slot stays unused through the next tick, because replication can distinguish the next shell
    /// in the slot only by an empty tick between them.
    pub fn remove(&mut self, slot: usize, now: Tick) {
        if self.get(slot).is_some() {
            self.alive[slot / 64] &= !(1 << (slot % 64));
            self.slots[slot].free_from = now.plus(2);
            self.count -= 1;
        }
    }

    /// Removes all shells of `owner`, or of all players.
    pub fn clear(&mut self, owner: Option<PlayerId>, now: Tick) {
        let mut from = 0;
        while let Some(slot) = self.next_from(from) {
            if owner.is_none_or(|owner| self.slots[slot].shell.owner == owner) {
                self.remove(slot, now);
            }
            from = slot + 1;
        }
    }

    /// Start of the next search for a slot; part of the state.
    pub fn cursor(&self) -> usize {
        self.next
    }

    /// Empty slots that may not be used in the tick after `now`, with the tick from which they may; part of the state.
    pub fn resting(&self, now: Tick) -> impl Iterator<Item = (usize, Tick)> {
        let slots = self.slots.iter().map(|slot| slot.free_from).enumerate();
        slots.filter(move |&(slot, free_from)| free_from > now.next() && self.get(slot).is_none())
    }

    /// Restores a shell of a checkpoint.
    ///
    /// # Panics
    /// There is no such slot.
    pub fn put_back(&mut self, slot: usize, shell: ShellState) {
        self.count += usize::from(self.get(slot).is_none());
        self.slots[slot].shell = shell;
        self.alive[slot / 64] |= 1 << (slot % 64);
    }

    /// Restores the tick from which an empty slot may be used.
    ///
    /// # Panics
    /// There is no such slot.
    pub fn rest(&mut self, slot: usize, free_from: Tick) {
        self.slots[slot].free_from = free_from;
    }

    /// Restores the start of the next search.
    pub fn set_cursor(&mut self, cursor: usize) {
        self.next = cursor;
    }
}

impl Slot {
    const EMPTY: Self = Self {
        shell: ShellState {
            position: glam::IVec2::ZERO,
            velocity: glam::IVec2::ZERO,
            owner: PlayerId(0),
            bounces_left: 0,
            ticks_left: 0,
        },
        free_from: Tick(0),
    };
}

/// The set bits of a word, lowest first.
#[derive(Clone)]
struct Bits(u64);

impl Iterator for Bits {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let bit = self.0.trailing_zeros() as usize;
        self.0 &= self.0 - 1;
        Some(bit)
    }
}

/// Slots of the smallest room: two rapid guns over open ground keep 44 shells in the air.
const SLOTS_MIN: usize = 64;
/// Slots checked for one shell, so that a full table costs little more than an empty one.
const PROBES_MAX: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(owner: u16) -> ShellState {
        ShellState { owner: PlayerId(owner), ..Slot::EMPTY.shell }
    }

    #[test]
    fn freed_slot_rests_a_whole_tick() {
        let mut shells = Shells::new(1);
        for _ in 0..SLOTS_MIN {
            shells.insert(shell(0), Tick(10)).unwrap();
        }
        shells.remove(5, Tick(10));
        assert_eq!(shells.insert(shell(0), Tick(10)), None);
        assert_eq!(shells.insert(shell(0), Tick(11)), None);
        assert_eq!(shells.insert(shell(0), Tick(12)), Some(5));
        assert_eq!(shells.len(), SLOTS_MIN);
    }

    #[test]
    fn slots_rotate() {
        let mut shells = Shells::new(1);
        let first = shells.insert(shell(0), Tick(1)).unwrap();
        shells.remove(first, Tick(1));
        assert_ne!(shells.insert(shell(0), Tick(9)), Some(first));
    }

    #[test]
    fn leaving_player_takes_its_shells_along() {
        let mut shells = Shells::new(16);
        for owner in [1, 2, 1, 3] {
            shells.insert(shell(owner), Tick(1));
        }
        shells.clear(Some(PlayerId(1)), Tick(1));
        assert_eq!(shells.iter().map(|(slot, shell)| (slot, shell.owner.0)).collect::<Vec<_>>(), [(1, 2), (3, 3)]);
        shells.clear(None, Tick(1));
        assert!(shells.is_empty());
    }
}
