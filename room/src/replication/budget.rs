//! The byte budget of a player's snapshots: at most one datagram per snapshot, and a limit per second.

use shared::{TickRate, limits::DATAGRAM_BYTES_MAX};

/// A token bucket that fills once per tick.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// Bytes that may be sent, in 1/1000 byte, so that no rate is rounded.
    tokens: i64,
    per_tick: i64,
}

/// Maximum of saved tokens: the first view of a crowd takes a few datagrams.
const BURST: i64 = 4 * DATAGRAM_BYTES_MAX as i64 * 1_000;
/// Minimum of a snapshot's budget, bytes. A player whose budget is overdrawn still gets updates of its own entity and of the nearest
/// others.
const LEAST: usize = 96;

impl Budget {
    /// A budget of `bytes_per_sec`, full at the beginning.
    pub(crate) fn new(bytes_per_sec: u32, tick_rate: TickRate) -> Self {
        let per_tick = i64::from(bytes_per_sec) * 1_000 / i64::from(tick_rate.hz());
        Self { tokens: BURST, per_tick }
    }

    /// Refills the budget and returns the bytes that this tick's snapshot may have. `reduced` refills 30 % less.
    pub(crate) fn refill(&mut self, reduced: bool) -> usize {
        let per_tick = if reduced { self.per_tick * 7 / 10 } else { self.per_tick };
        self.tokens = (self.tokens + per_tick).min(BURST);
        ((self.tokens.max(0) / 1_000) as usize).clamp(LEAST, DATAGRAM_BYTES_MAX)
    }

    /// Takes the bytes that were sent from the budget.
    pub(crate) fn spend(&mut self, bytes: usize) {
        self.tokens -= bytes as i64 * 1_000;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_keeps_the_rate() {
        let rate = TickRate::new(30).expect("allowed");
        let mut budget = Budget::new(8_000, rate);
        let mut sent = 0;
        for _ in 0..300 {
            let bytes = budget.refill(false);
            budget.spend(bytes);
            sent += bytes;
        }
        assert!(sent <= 8_000 * 10 + BURST as usize / 1_000, "{sent}");
        assert!(sent >= 8_000 * 10, "{sent}");
    }
}
