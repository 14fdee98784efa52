//! The time that a shard receives in one turn, so that a flood takes at most about a quarter of its time.

use std::time::Duration;

/// The least budget: enough for some hundred messages.
const BUDGET_MIN: Duration = Duration::from_micros(500);
/// Time before a tick that is not used for receiving.
const KEEP_CLEAR: Duration = Duration::from_micros(500);
/// Most first packets of connections that one turn handles; more are dropped unread. A handshake has two or three of them, and hundreds
/// of players may come back at once: dropped packets are sent again a second later, again all at once.
pub(super) const NEWCOMERS_PER_LOOK: usize = 256;

/// The budget, if the last receive was `since` ago and the next tick is due in `until_tick`: a quarter of the period, and less before a
/// tick. A shard that is always behind still receives for a quarter of its time.
pub(super) fn receive_budget(period: Duration, until_tick: Duration, since: Duration) -> Duration {
    until_tick.saturating_sub(KEEP_CLEAR).min(period / 4).max(since / 4).max(BUDGET_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budget_is_a_quarter_of_the_period_and_less_before_a_tick() {
        let us = Duration::from_micros;
        let budget = |until_tick, since| receive_budget(us(32_000), us(until_tick), us(since)).as_micros();
        assert_eq!(budget(30_000, 5_000), 8_000);
        assert_eq!(budget(3_500, 5_000), 3_000);
        assert_eq!(budget(0, 1_500), 500, "at a tick, just looked");
        assert_eq!(budget(0, 5_000), 1_250);
        assert_eq!(budget(0, 48_000), 12_000, "always behind: a quarter of its time, however long its ticks take");
        assert_eq!(receive_budget(us(1_000), us(900), us(900)), BUDGET_MIN);
        assert_eq!(receive_budget(us(32_000), Duration::MAX, us(5_000)), us(8_000), "no room yet");
    }
}
