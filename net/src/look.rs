//! How much of what waits in a socket one look takes: a flood must not keep the loop that looks from its other work.
//!
//! Datagrams are counted one by one, however many the kernel hands over at once. Those of newcomers have a bound of their own,
//! since each costs keys and an answer; beyond it they are dropped after a look at their first five bytes. What is left waits for
//! the next look.

use std::time::Instant;

/// What a look may take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Budget {
    /// It ends then, if there is such a moment. A few datagrams are taken in any case.
    pub until: Option<Instant>,
    /// First packets of connections, and packets of unknown versions.
    pub newcomers: usize,
}

/// Datagrams a look takes at most, whatever the clock says.
const DATAGRAMS_PER_LOOK: usize = 2_048;
/// Datagrams between two looks at the clock: some 100 µs.
const DATAGRAMS_PER_CHECK: usize = 32;

impl Budget {
    /// For clients: everybody they hear of is one they asked.
    pub const CLIENT: Self = Self { until: None, newcomers: usize::MAX };
}

/// A look that goes on.
#[derive(Debug)]
pub(crate) struct Look {
    budget: Budget,
    taken: usize,
}

impl Look {
    pub(crate) fn new(budget: Budget) -> Self {
        Self { budget, taken: 0 }
    }

    /// Whether a datagram is handled; if not, it is dropped.
    pub(crate) fn admit(&mut self, datagram: &[u8]) -> bool {
        if !is_of_a_newcomer(datagram) {
            return true;
        }
        let admitted = self.budget.newcomers > 0;
        self.budget.newcomers -= usize::from(admitted);
        admitted
    }

    /// A datagram has been handled or dropped. False: the look is over.
    pub(crate) fn goes_on(&mut self, clock: impl Fn() -> Instant) -> bool {
        self.taken += 1;
        if !self.taken.is_multiple_of(DATAGRAMS_PER_CHECK) {
            return true;
        }
        self.taken < DATAGRAMS_PER_LOOK && self.budget.until.is_none_or(|until| clock() < until)
    }
}

/// Long headers are those of handshakes (RFC 9000, 17.2); in version 1 the two bits behind the first say which packet it is, and
/// all but Initial belong to a connection that exists.
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

    /// Handles datagrams that cost `us` each until the look is over; gives how many.
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
