//! How long a shard receives in one turn, so that no flood takes more of a shard's time than a quarter.

use std::time::Duration;

/// In any case: some hundred messages.
const BUDGET_MIN: Duration = Duration::from_micros(500);
/// Kept clear before a tick.
const KEEP_CLEAR: Duration = Duration::from_micros(500);
/// First packets of connections that one look handles; more are dropped unread. A handshake has two or three of them, and hundreds of
/// players may come back in the same moment: what is dropped is sent again a second later, and then again all at once.
pub(super) const NEWCOMERS_PER_LOOK: usize = 256;

/// For a look `since` the last one, with the next tick `until_tick` away. A quarter of the period, less where a tick is near; but a
/// shard that is always behind still gives a quarter of its time to what its players say.
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
