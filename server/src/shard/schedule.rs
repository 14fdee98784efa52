//! Decides when each room of a shard ticks.
//!
//! Every room ticks at the shard's rate, on an absolute schedule, so nothing drifts. The period is cut into phases and
//! rooms are spread over them, which keeps the shard's work smooth:
//!
//! ```text
//! period   |--------------------------------|--------------------------------|
//! phase    0       1       2       3        0       1       2       3
//! rooms    a e     c       b f     d        a e     c       b f     d
//! ```
//!
//! Every second phase stays empty until the others have much work: each phase costs wake-ups, but the rooms of one phase wait for
//! each other.
//!
//! A phase makes one tick when it is polled. A phase that is late by whole periods is due again at once, for at most
//! [`CATCH_UP_TICKS`], and gets these back only when it has been on time for a while; further missed ticks are skipped and
//! counted. So a short stall is made up for, and the rooms of a shard that is always behind slow down instead of falling further behind.

use std::time::Duration;

/// Missed ticks that a late phase makes in addition to the one that is due.
const CATCH_UP_TICKS: u32 = 2;
/// Ticks within their periods after which a phase may catch up again. A shard that is behind by more than 3 % does not reach
/// this number, so it spends no time on missed ticks.
const ON_TIME_TICKS: u32 = 32;
/// Least time between two phases.
const PHASE_SPACING: Duration = Duration::from_millis(2);
/// Seats in each phase of the first half before the other half is used: 1.5 ms of work over WebSocket, 2.5 ms over QUIC.
const SEATS_BEFORE_SPREADING: u64 = 96;

/// The schedule of one shard. Times are since start.
#[derive(Debug)]
pub(crate) struct Schedule {
    period: Duration,
    slots: Vec<Slot>,
}

/// A part of the period.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Phase(usize);

/// The rooms of a phase must tick now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Due {
    /// The phase.
    pub(crate) phase: Phase,
    /// Ticks that are skipped before this one.
    pub(crate) skipped: u32,
    /// Time since its deadline.
    pub(crate) late: Duration,
    /// The tick could not begin within its period.
    pub(crate) overrun: bool,
}

#[derive(Debug)]
struct Slot {
    deadline: Duration,
    /// Seats of its rooms: phases are balanced by seats, not by rooms.
    weight: u64,
    rooms: u32,
    /// Missed ticks that it may still make.
    credit: u32,
    /// Ticks in a row that began within their period.
    on_time: u32,
}

impl Schedule {
    /// An empty schedule.
    pub(crate) fn new(period: Duration) -> Self {
        let fitting = (period.as_nanos() / PHASE_SPACING.as_nanos()).max(1) as usize;
        // A power of two, so that filling them in bit-reversed order keeps them far apart.
        let count = 1 << fitting.ilog2();
        let slots = (0..count).map(|_| Slot {
            deadline: Duration::ZERO,
            weight: 0,
            rooms: 0,
            credit: CATCH_UP_TICKS,
            on_time: 0,
        });
        Self { period, slots: slots.collect() }
    }

    /// Adds a room of `weight` seats to the emptiest phase; its first tick is the first of that phase after `now`.
    pub(crate) fn add(&mut self, weight: u64, now: Duration) -> Phase {
        let bits = self.slots.len().ilog2();
        let bit_reversed = |index: usize| if bits == 0 { 0 } else { index.reverse_bits() >> (usize::BITS - bits) };
        let order = |&index: &usize| (self.slots[index].weight, bit_reversed(index));
        let emptiest =
            |step| (0..self.slots.len()).step_by(step).min_by_key(order).expect("there is at least one phase");
        let coarse = emptiest(2);
        let spread = self.slots[coarse].weight >= SEATS_BEFORE_SPREADING;
        let index = if spread { emptiest(1) } else { coarse };
        let offset = self.period * index as u32 / self.slots.len() as u32;
        let slot = &mut self.slots[index];
        if slot.rooms == 0 {
            let periods = now.checked_sub(offset).map_or(0, |since| since.as_nanos() / self.period.as_nanos() + 1);
            slot.deadline = offset + nanos(self.period.as_nanos() * periods);
        }
        slot.rooms += 1;
        slot.weight += weight;
        Phase(index)
    }

    /// Removes a room of `weight` seats from its phase.
    pub(crate) fn remove(&mut self, phase: Phase, weight: u64) {
        let slot = &mut self.slots[phase.0];
        slot.rooms -= 1;
        slot.weight -= weight;
    }

    /// The earliest deadline; `None` without rooms.
    pub(crate) fn next_deadline(&self) -> Option<Duration> {
        self.occupied().map(|(_, slot)| slot.deadline).min()
    }

    /// Time until the next tick of a phase; zero if it is due.
    pub(crate) fn until(&self, phase: Phase, now: Duration) -> Duration {
        self.slots[phase.0].deadline.saturating_sub(now)
    }

    /// The phase that has been due for longest, if one is due: its rooms make one tick.
    pub(crate) fn poll_due(&mut self, now: Duration) -> Option<Due> {
        let (index, slot) = self.occupied().min_by_key(|(_, slot)| slot.deadline)?;
        let late = now.checked_sub(slot.deadline)?;
        let missed = u32::try_from(late.as_nanos() / self.period.as_nanos()).unwrap_or(u32::MAX);
        let slot = &mut self.slots[index];
        let skipped = missed.saturating_sub(slot.credit);
        let made_up = missed - skipped;
        let overrun = made_up > 0;
        slot.deadline += nanos(self.period.as_nanos() * (u128::from(skipped) + 1));
        if overrun || skipped > 0 {
            slot.credit -= u32::from(overrun);
            slot.on_time = 0;
        } else {
            slot.on_time += 1;
            if slot.on_time >= ON_TIME_TICKS {
                slot.credit = CATCH_UP_TICKS;
                slot.on_time = 0;
            }
        }
        let late = late.saturating_sub(nanos(self.period.as_nanos() * u128::from(skipped)));
        Some(Due { phase: Phase(index), skipped, late, overrun })
    }

    fn occupied(&self) -> impl Iterator<Item = (usize, &Slot)> {
        self.slots.iter().enumerate().filter(|(_, slot)| slot.rooms > 0)
    }
}

fn nanos(nanos: u128) -> Duration {
    Duration::from_nanos(u64::try_from(nanos).expect("a server runs for less than 500 years"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// 40 ms, so sixteen phases of 2.5 ms, of which eight are used at first.
    fn schedule() -> Schedule {
        Schedule::new(ms(40))
    }

    #[test]
    fn rooms_are_spread_far_apart() {
        let mut schedule = schedule();
        let phases: Vec<_> = (0..9).map(|_| schedule.add(16, ms(0)).0).collect();
        assert_eq!(phases, [0, 8, 4, 12, 2, 10, 6, 14, 0]);
    }

    #[test]
    fn phases_between_are_used_when_the_others_have_much_to_do() {
        let mut schedule = schedule();
        for _ in 0..8 * SEATS_BEFORE_SPREADING / 16 {
            assert_eq!(schedule.add(16, ms(0)).0 % 2, 0);
        }
        let phases: Vec<_> = (0..9).map(|_| schedule.add(16, ms(0)).0).collect();
        assert_eq!(phases, [1, 9, 5, 13, 3, 11, 7, 15, 1]);
    }

    #[test]
    fn big_room_keeps_its_phase_to_itself() {
        let mut schedule = schedule();
        assert_eq!(schedule.add(1_000, ms(0)), Phase(0));
        for _ in 0..14 {
            assert_ne!(schedule.add(16, ms(0)), Phase(0));
        }
    }

    #[test]
    fn deadlines_do_not_drift_however_late_each_tick_begins() {
        let mut schedule = schedule();
        let phase = schedule.add(1, ms(0));
        for tick in 1..=1_000 {
            let deadline = ms(40 * tick);
            assert_eq!(schedule.next_deadline(), Some(deadline));
            assert_eq!(schedule.poll_due(deadline - Duration::from_nanos(1)), None);
            let late = Duration::from_micros(tick * 7 % 900);
            assert_eq!(schedule.poll_due(deadline + late), Some(Due { phase, skipped: 0, late, overrun: false }));
        }
    }

    #[test]
    fn late_phase_catches_up_with_two_ticks_and_skips_the_rest() {
        let polls = |late_ms: u64| {
            let mut schedule = schedule();
            schedule.add(1, ms(0));
            let now = ms(40 + late_ms);
            let due = std::iter::from_fn(|| schedule.poll_due(now));
            let due: Vec<_> = due.map(|due| (due.late.as_millis(), due.skipped, due.overrun)).collect();
            assert_eq!(schedule.next_deadline().unwrap().as_millis() % 40, 0, "still on the grid");
            due
        };
        assert_eq!(polls(39), [(39, 0, false)]);
        assert_eq!(polls(40), [(40, 0, true), (0, 0, false)]);
        assert_eq!(polls(119), [(119, 0, true), (79, 0, true), (39, 0, false)]);
        assert_eq!(polls(120), [(80, 1, true), (40, 0, true), (0, 0, false)]);
    }

    #[test]
    fn phase_that_is_always_behind_skips_ahead_and_never_falls_back_by_more_than_a_period() {
        for cost_ms in [42, 48, 60, 400] {
            let mut schedule = schedule();
            schedule.add(1, ms(0));
            let mut now = ms(40);
            let (mut made, mut skipped, mut made_up) = (0, 0, 0);
            while now < ms(60_000) {
                now = now.max(schedule.next_deadline().unwrap());
                let due = schedule.poll_due(now).unwrap();
                made += 1;
                skipped += u64::from(due.skipped);
                made_up += u32::from(due.overrun);
                assert!(due.late < ms(40) || due.overrun);
                now += ms(cost_ms);
            }
            let ahead = u64::from(schedule.poll_due(now).map_or(0, |due| due.skipped));
            skipped += ahead;
            assert!(made_up <= CATCH_UP_TICKS, "{made_up} at {cost_ms} ms");
            assert!((1_495..=1_510).contains(&(made + skipped)), "every tick is made or skipped: {made} + {skipped}");
        }
    }

    #[test]
    fn phase_that_has_been_on_time_may_catch_up_again() {
        let mut schedule = schedule();
        schedule.add(1, ms(0));
        let hiccup = |schedule: &mut Schedule| {
            let now = schedule.next_deadline().unwrap() + ms(80);
            std::iter::from_fn(|| schedule.poll_due(now)).count()
        };
        assert_eq!(hiccup(&mut schedule), 3);
        assert_eq!(hiccup(&mut schedule), 1, "its credit is spent");
        for _ in 0..ON_TIME_TICKS {
            let deadline = schedule.next_deadline().unwrap();
            assert!(schedule.poll_due(deadline).is_some());
        }
        assert_eq!(hiccup(&mut schedule), 3);
    }

    #[test]
    fn phase_that_waited_longest_goes_first() {
        let mut schedule = schedule();
        let first = schedule.add(1, ms(0));
        let second = schedule.add(1, ms(0));
        assert_eq!(schedule.until(first, ms(1)), ms(39));
        assert_eq!(schedule.until(second, ms(1)), ms(19));
        assert_eq!(schedule.poll_due(ms(45)).unwrap().phase, second);
        assert_eq!(schedule.poll_due(ms(45)).unwrap().phase, first);
        assert_eq!(schedule.poll_due(ms(45)), None);
    }

    #[test]
    fn empty_phase_is_never_due_and_starts_on_the_grid_again() {
        let mut schedule = schedule();
        let phase = schedule.add(1, ms(0));
        schedule.remove(phase, 1);
        assert_eq!(schedule.next_deadline(), None);
        assert_eq!(schedule.poll_due(ms(1_000)), None);
        schedule.add(1, ms(1_000));
        assert_eq!(schedule.next_deadline(), Some(ms(1_040)));
    }

    #[test]
    fn fast_tick_rates_have_fewer_phases() {
        assert_eq!(Schedule::new(Duration::from_micros(8_333)).slots.len(), 4);
        assert_eq!(Schedule::new(ms(100)).slots.len(), 32);
        assert_eq!(Schedule::new(ms(1)).slots.len(), 1);
    }
}
