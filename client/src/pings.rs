//! The schedule of pings, and the round-trip time that each pong measures.

use std::time::Duration;

/// See the module.
#[derive(Clone, Debug)]
pub struct Pings {
    next_at: Duration,
    sent: u32,
    /// Times at which the last pings were sent, in a ring indexed by token.
    sent_at: [Option<Duration>; IN_FLIGHT_MAX],
}

impl Pings {
    /// Starts to ping at `now`: a few quick pings first, since the clock waits for them, then one every 1.5 s. Later pings can be rare
    /// because the clock is corrected by the margins that snapshots report, and a ping costs both ends a packet.
    pub const fn start(now: Duration) -> Self {
        Self { next_at: now, sent: 0, sent_at: [None; IN_FLIGHT_MAX] }
    }

    /// Time at which the next ping is due.
    pub const fn next_at(&self) -> Duration {
        self.next_at
    }

    /// The token of a ping to send now, if one is due.
    pub fn take_due(&mut self, now: Duration) -> Option<u32> {
        if now < self.next_at {
            return None;
        }
        let token = self.sent;
        self.sent += 1;
        self.sent_at[token as usize % IN_FLIGHT_MAX] = Some(now);
        self.next_at = now + if self.sent < QUICK { QUICK_INTERVAL } else { INTERVAL };
        Some(token)
    }

    /// The round trip of a pong that arrived at `now`; `None` for a pong without a ping, for a repeated one and for one too late.
    pub fn handle_pong(&mut self, token: u32, now: Duration) -> Option<Duration> {
        let asked = token < self.sent && self.sent - token <= IN_FLIGHT_MAX as u32;
        let sent_at = if asked { self.sent_at[token as usize % IN_FLIGHT_MAX].take() } else { None };
        Some(now.saturating_sub(sent_at?))
    }
}

/// Pings sent at the short interval.
const QUICK: u32 = 5;
const QUICK_INTERVAL: Duration = Duration::from_millis(20);
/// Not a multiple of the usual tick lengths, so that pings arrive in every phase of the server's tick.
const INTERVAL: Duration = Duration::from_millis(1_511);
/// Pings remembered: twelve seconds of them. A pong that comes later is ignored.
const IN_FLIGHT_MAX: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn pings_start_quickly_and_slow_down() {
        let mut pings = Pings::start(ms(0));
        let sent = (0..4_000).filter(|&now| pings.take_due(ms(now)).is_some()).collect::<Vec<_>>();
        assert_eq!(sent, [0, 20, 40, 60, 80, 1_591, 3_102]);
    }

    #[test]
    fn pong_counts_once_and_only_if_asked_for() {
        let mut pings = Pings::start(ms(0));
        let token = pings.take_due(ms(0)).unwrap();
        assert_eq!(pings.handle_pong(token + 1, ms(30)), None);
        assert_eq!(pings.handle_pong(token, ms(30)), Some(ms(30)));
        assert_eq!(pings.handle_pong(token, ms(31)), None);
    }

    #[test]
    fn pong_of_a_forgotten_ping_is_ignored() {
        let mut pings = Pings::start(ms(0));
        for turn in 0..=IN_FLIGHT_MAX as u64 {
            pings.take_due(ms(turn * 2_000)).unwrap();
        }
        assert_eq!(pings.handle_pong(0, ms(20_000)), None);
        assert_eq!(pings.handle_pong(1, ms(20_000)), Some(ms(18_000)));
    }
}
