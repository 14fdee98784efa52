//! The last hit on a craft, for a limited time: if the craft leaves meanwhile, the shooter gets the kill.

use crate::event::Weapon;
use shared::id::PlayerId;

/// The last hit by another player.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct LastHit {
    pub(super) shooter: PlayerId,
    pub(super) weapon: Weapon,
    /// Ticks for which it still counts, at least one.
    pub(super) ticks_left: u16,
}

impl LastHit {
    /// The same one tick later; `None` once it no longer counts.
    pub(super) fn aged(self) -> Option<Self> {
        let ticks_left = self.ticks_left - 1;
        (ticks_left > 0).then_some(Self { ticks_left, ..self })
    }
}
