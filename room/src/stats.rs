//! Counters of a room and of each player, and the phases of a tick that a caller may time.

/// Phases of a tick; the room reports the end of each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// The room has taken the inputs, and computer opponents have decided.
    Inputs,
    /// The game has made its step, and the history has recorded it.
    Simulate,
    /// The snapshots are made.
    Replicate,
}

/// Counters since the room opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RoomStats {
    /// Inputs that arrived in time for their tick.
    pub inputs_applied: u64,
    /// Inputs that arrived after their tick.
    pub inputs_late: u64,
    /// Inputs for ticks too far ahead to keep.
    pub inputs_early: u64,
    /// Ticks for which a player's input did not arrive in time; ticks before the player's first input do not count.
    pub inputs_missing: u64,
    /// Input messages that claimed an older view than the player can have had.
    pub view_ages_cut: u64,
    /// Messages above the limit of their channel, which were not sent: a fault of ours.
    pub messages_oversized: u64,
    /// Snapshots made, for all members.
    pub snapshots: u64,
    /// Entity updates in these snapshots.
    pub updates: u64,
    /// Snapshots without space for all updates that were due; the rest had to wait for the next snapshot.
    pub snapshots_full: u64,
    /// Snapshots not made, because the link was blocked or the server overloaded.
    pub snapshots_skipped: u64,
    /// Matches that ended and were followed by another.
    pub matches: u64,
}

/// Counters of one member since it joined. They wrap after years.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PlayerStats {
    /// Inputs that arrived in time for their tick.
    pub inputs_applied: u32,
    /// Inputs that arrived after their tick.
    pub inputs_late: u32,
    /// Inputs for ticks too far ahead to keep.
    pub inputs_early: u32,
    /// Ticks for which its input did not arrive in time; ticks before its first input do not count.
    pub inputs_missing: u32,
    /// Input messages that claimed an older view than it can have had; its shots use a younger view.
    pub view_ages_cut: u32,
    /// Snapshots without space for all updates that were due; the rest had to wait for the next snapshot.
    pub snapshots_full: u32,
    /// Snapshots not made, because the link was blocked or the server overloaded.
    pub snapshots_skipped: u32,
    /// Time from the tick of a snapshot to the arrival of an input that acknowledges it, µs, smoothed. This is the round trip as the game
    /// experiences it, on every transport. 0 until it is known.
    pub ack_us: u32,
}

impl PlayerStats {
    /// Adds the age of an acknowledged snapshot to the smoothed round trip.
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
