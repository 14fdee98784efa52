//! Who hit a craft last, for as long as that counts: if the craft leaves meanwhile, the kill is theirs.

use crate::event::Weapon;
use shared::id::PlayerId;

/// The last hit by somebody else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct LastHit {
    pub(super) shooter: PlayerId,
    pub(super) weapon: Weapon,
    /// Ticks it still counts, at least one.
    pub(super) ticks_left: u16,
}

impl LastHit {
    /// The same a tick later; `None` once it counts no more.
    pub(super) fn aged(self) -> Option<Self> {
        let ticks_left = self.ticks_left - 1;
        (ticks_left > 0).then_some(Self { ticks_left, ..self })
    }
}
