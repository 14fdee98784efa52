//! Bounds the work of one receive call on a socket, so that a flood cannot keep the loop from its other work.
//!
//! Datagrams are counted one by one, even if the kernel returns many at once. Datagrams of new clients have a bound of their own,
//! because each costs key derivation and an answer. Those beyond the bound are dropped after a check of their first five bytes.
//! All other datagrams wait for the next call.

use std::time::Instant;

/// The bounds of one receive call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Budget {
    /// Time at which the call ends, if any. At least [`DATAGRAMS_PER_CHECK`] datagrams are handled in any case.
    pub until: Option<Instant>,
    /// Number of first packets of connections, and of packets of unknown versions.
    pub newcomers: usize,
}

/// Bound of the datagrams of one call, at any time.
const DATAGRAMS_PER_LOOK: usize = 2_048;
/// Datagrams between two checks of the clock: about 100 µs.
const DATAGRAMS_PER_CHECK: usize = 32;

impl Budget {
    /// The budget of clients. It has no bounds, because a client receives only from servers that it connected to.
    pub const CLIENT: Self = Self { until: None, newcomers: usize::MAX };
}

/// The state of one receive call.
#[derive(Debug)]
pub(crate) struct Look {
    budget: Budget,
    taken: usize,
}

impl Look {
    pub(crate) fn new(budget: Budget) -> Self {
        Self { budget, taken: 0 }
    }

    /// Returns true if a datagram must be handled, false if it must be dropped.
    pub(crate) fn admit(&mut self, datagram: &[u8]) -> bool {
        if !is_of_a_newcomer(datagram) {
            return true;
        }
        let admitted = self.budget.newcomers > 0;
        self.budget.newcomers -= usize::from(admitted);
        admitted
    }

    /// Counts a datagram that was handled or dropped. Returns false if the call must end.
    pub(crate) fn goes_on(&mut self, clock: impl Fn() -> Instant) -> bool {
        self.taken += 1;
        if !self.taken.is_multiple_of(DATAGRAMS_PER_CHECK) {
            return true;
        }
        self.taken < DATAGRAMS_PER_LOOK && self.budget.until.is_none_or(|until| clock() < until)
    }
}

/// Returns true for a packet that may start a connection. Handshake packets have long headers (RFC 9000, 17.2). In version 1 two bits
/// give the packet's type, and every type but Initial belongs to a known connection.
fn is_of_a_newcomer(datagram: &[u8]) -> bool {
    match datagram {
        [first, 0, 0, 0, 1, ..] if first & 0x80 != 0 => first & 0x30 == 0,
        [first, ..] => first & 0x80 != 0,
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, time::Duration};

    use super::*;

    const INITIAL: &[u8] = &[0xc0, 0, 0, 0, 1, 8];
    const HANDSHAKE: &[u8] = &[0xe0, 0, 0, 0, 1, 8];
    const OTHER_VERSION: &[u8] = &[0xe0, 1, 2, 3, 4, 8];
    const PLAYING: &[u8] = &[0x40, 0, 0, 0, 1, 8];

    /// Counts datagrams that take `us` each until the call must end. Returns their number.
    fn taken(budget: Budget, start: Instant, us: u64) -> usize {
        let now = Cell::new(start);
        let mut look = Look::new(budget);
        let mut taken = 0;
        loop {
            now.set(now.get() + Duration::from_micros(us));
            taken += 1;
            if !look.goes_on(|| now.get()) {
                return taken;
            }
        }
    }

    #[test]
    fn look_ends_with_its_time_however_much_a_datagram_costs() {
        let start = Instant::now();
        let budget = |ms| Budget { until: Some(start + Duration::from_millis(ms)), newcomers: 1 };
        assert_eq!(taken(budget(8), start, 15), 544, "8.2 ms");
        assert_eq!(taken(budget(8), start, 100), 96, "9.6 ms");
        assert_eq!(taken(budget(0), start, 100), DATAGRAMS_PER_CHECK, "a few in any case");
        assert_eq!(taken(Budget::CLIENT, start, 100), DATAGRAMS_PER_LOOK);
    }

    #[test]
    fn newcomers_have_a_bound_and_players_have_not() {
        let mut look = Look::new(Budget { until: None, newcomers: 2 });
        let admitted = [INITIAL, PLAYING, OTHER_VERSION, INITIAL, HANDSHAKE, PLAYING, OTHER_VERSION, &[]];
        assert_eq!(admitted.map(|datagram| look.admit(datagram)), [true, true, true, false, true, true, false, true]);
    }
}
