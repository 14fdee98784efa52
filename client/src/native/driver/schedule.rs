//! The schedule of a driver: the time at which each link is due.

use std::{cmp::Reverse, collections::BinaryHeap, time::Instant};

/// At most one due time per link; the earliest comes first.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    /// Due times. An entry that differs from `due` is out of date, and is skipped when its time has come.
    moments: BinaryHeap<Reverse<(Instant, usize)>>,
    /// The current due time of each link.
    due: Vec<Option<Instant>>,
}

impl Schedule {
    /// Sets the due time of `link`, in place of an earlier one.
    pub(super) fn set(&mut self, link: usize, at: Instant) {
        if self.due.len() <= link {
            self.due.resize(link + 1, None);
        }
        if self.due[link] != Some(at) {
            self.due[link] = Some(at);
            self.moments.push(Reverse((at, link)));
        }
    }

    /// Removes a link from the schedule.
    pub(super) fn forget(&mut self, link: usize) {
        if let Some(due) = self.due.get_mut(link) {
            *due = None;
        }
    }

    /// Removes and returns a link that is due by `now`.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<usize> {
        while let Some(&Reverse((at, link))) = self.moments.peek().filter(|Reverse((at, _))| *at <= now) {
            self.moments.pop();
            if self.due[link].take_if(|due| *due == at).is_some() {
                return Some(link);
            }
        }
        None
    }

    /// The earliest due time. It may be one that is out of date.
    pub(super) fn next(&self) -> Option<Instant> {
        self.moments.peek().map(|Reverse((at, _))| *at)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn taken(schedule: &mut Schedule, now: Instant) -> Vec<usize> {
        std::iter::from_fn(|| schedule.take_due(now)).collect()
    }

    #[test]
    fn links_come_in_the_order_of_their_moments_and_once() {
        let (start, mut schedule) = (Instant::now(), Schedule::default());
        let at = |ms| start + Duration::from_millis(ms);
        schedule.set(3, at(30));
        schedule.set(0, at(10));
        schedule.set(7, at(20));
        assert_eq!(schedule.next(), Some(at(10)));
        assert_eq!(taken(&mut schedule, at(9)), [0; 0]);
        assert_eq!(taken(&mut schedule, at(20)), [0, 7]);
        assert_eq!(taken(&mut schedule, at(40)), [3]);
        assert_eq!(schedule.next(), None);
    }

    #[test]
    fn only_the_last_moment_set_counts() {
        let (start, mut schedule) = (Instant::now(), Schedule::default());
        let at = |ms| start + Duration::from_millis(ms);
        schedule.set(1, at(10));
        schedule.set(1, at(30));
        assert_eq!(taken(&mut schedule, at(20)), [0; 0]);
        schedule.set(1, at(25));
        assert_eq!(taken(&mut schedule, at(25)), [1]);
        assert_eq!(taken(&mut schedule, at(30)), [0; 0]);
        schedule.set(1, at(40));
        schedule.set(1, at(40));
        schedule.set(2, at(40));
        schedule.forget(2);
        assert_eq!(taken(&mut schedule, at(40)), [1]);
    }
}
