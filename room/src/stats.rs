//! What a room counts, of itself and of each player, and the phases of a tick that a shell may time.

/// Parts of a tick, told to the shell as each ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Inputs are taken, opponents have decided.
    Inputs,
    /// The rules are applied, the history is recorded.
    Simulate,
    /// Interest and snapshots are done.
    Replicate,
}

/// Counts since the room opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RoomStats {
    /// Inputs that were there for their tick.
    pub inputs_applied: u64,
    /// Inputs that came after their tick.
    pub inputs_late: u64,
    /// Inputs too far ahead to keep.
    pub inputs_early: u64,
    /// Ticks of playing players without an input.
    pub inputs_missing: u64,
    /// Input messages that claimed an older view than the player can have had.
    pub view_ages_cut: u64,
    /// Messages that no client could have read and that were not sent: a fault of ours.
    pub messages_oversized: u64,
    /// Snapshots made.
    pub snapshots: u64,
    /// Entity updates in them.
    pub updates: u64,
    /// Snapshots too small for all that was due: the rest had to wait for the next.
    pub snapshots_full: u64,
    /// Snapshots not made, for blocked players or under overload.
    pub snapshots_skipped: u64,
    /// Matches that have ended: another one followed.
    pub matches: u64,
}

/// Counts of one player since it joined. They wrap after years.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PlayerStats {
    /// Inputs that were there for their tick.
    pub inputs_applied: u32,
    /// Inputs that came after their tick.
    pub inputs_late: u32,
    /// Inputs too far ahead to keep.
    pub inputs_early: u32,
    /// Ticks without an input, while it plays.
    pub inputs_missing: u32,
    /// Input messages that claimed an older view than it can have had: shots count for a younger one.
    pub view_ages_cut: u32,
    /// Snapshots too small for all that was due: the rest had to wait for the next.
    pub snapshots_full: u32,
    /// Snapshots not made, because its link was blocked or under overload.
    pub snapshots_skipped: u32,
    /// From the tick of a snapshot until an input that acknowledges it came, µs, smoothed: the round trip as the game
    /// feels it, on every transport. 0 until it is known.
    pub ack_us: u32,
}

impl PlayerStats {
    /// An input acknowledged a snapshot that was so old.
    pub(crate) fn note_ack(&mut self, age_us: u32) {
        self.ack_us = match self.ack_us {
            0 => age_us.max(1),
            before => (u64::from(before) * 7 + u64::from(age_us)).div_ceil(8) as u32,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acknowledgements_are_smoothed_towards_what_they_become() {
        let mut stats = PlayerStats::default();
        stats.note_ack(40_000);
        assert_eq!(stats.ack_us, 40_000);
        (0..100).for_each(|_| stats.note_ack(80_000));
        assert!((79_000..=80_000).contains(&stats.ack_us), "{}", stats.ack_us);
        (0..100).for_each(|_| stats.note_ack(u32::MAX));
        (0..200).for_each(|_| stats.note_ack(0));
        assert!(stats.ack_us < 100, "{}", stats.ack_us);
    }
}
