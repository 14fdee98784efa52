//! A rate limit that allows a burst after a pause.
//!
//! It stores a single time: when the bucket would be full again (the generic cell rate algorithm).

use std::time::Duration;

/// Rate and capacity of a bucket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Rate {
    /// Time until one token comes.
    interval: Duration,
    /// Time until an empty bucket is full.
    depth: Duration,
}

impl Rate {
    /// `count` tokens come in each `period`; the bucket holds `capacity`.
    pub(crate) fn new(count: u32, period: Duration, capacity: u32) -> Self {
        let interval = period / count.max(1);
        Self { interval, depth: interval.saturating_mul(capacity) }
    }

    /// Time until `cost` tokens are there, in a bucket that is full at `full_at`; zero if they are there now.
    pub(crate) fn wait(self, full_at: Duration, cost: u32, now: Duration) -> Duration {
        (self.taken(full_at, cost, now) - now).saturating_sub(self.depth)
    }

    /// The time when the bucket is full again if `cost` tokens are taken now.
    pub(crate) fn taken(self, full_at: Duration, cost: u32, now: Duration) -> Duration {
        full_at.max(now) + self.interval.saturating_mul(cost)
    }

    /// The same, but the debt is at most one more full bucket, so that the limit recovers soon after a flood.
    pub(crate) fn charged(self, full_at: Duration, cost: u32, now: Duration) -> Duration {
        self.taken(full_at, cost, now).min(now + 2 * self.depth)
    }
}

/// A bucket with its state. Times are since start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Bucket {
    rate: Rate,
    full_at: Duration,
    /// Tokens beyond the bucket's, as the time that would bring them.
    credit: Duration,
}

/// Most credited time: no socket queues longer than this.
const CREDIT_MAX: Duration = Duration::from_secs(60);

impl Bucket {
    /// A full bucket of `capacity` tokens that gets `per_sec` new ones a second.
    pub(crate) fn new(per_sec: u32, capacity: u32) -> Self {
        Self {
            rate: Rate::new(per_sec, Duration::from_secs(1), capacity),
            full_at: Duration::ZERO,
            credit: Duration::ZERO,
        }
    }

    /// Keeps the emptier state of two buckets of the same rate.
    pub(crate) fn keep_less(&mut self, other: Self) {
        debug_assert_eq!(self.rate, other.rate, "they are of one kind");
        self.full_at = self.full_at.max(other.full_at);
        self.credit = self.credit.min(other.credit);
    }

    /// Takes a token; false if there is none.
    pub(crate) fn take(&mut self, now: Duration) -> bool {
        self.take_many(1, now)
    }

    /// Takes `cost` tokens; false, and takes none, if there are fewer.
    pub(crate) fn take_many(&mut self, cost: u32, now: Duration) -> bool {
        if self.rate.wait(self.full_at, cost, now).is_zero() {
            self.full_at = self.rate.taken(self.full_at, cost, now);
            return true;
        }
        match self.credit.checked_sub(self.rate.interval.saturating_mul(cost)) {
            Some(left) => {
                self.credit = left;
                true
            }
            None => false,
        }
    }

    /// Adds the tokens of a time in which nobody read: messages of that time come at once. The tokens last until they are used.
    pub(crate) fn credit(&mut self, time: Duration) {
        self.credit = self.credit.saturating_add(time).min(CREDIT_MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(bucket: &mut Bucket, tries: usize, now_ms: u64) -> usize {
        (0..tries).filter(|_| bucket.take(Duration::from_millis(now_ms))).count()
    }

    #[test]
    fn burst_is_the_capacity_and_not_one_more() {
        assert_eq!(taken(&mut Bucket::new(10, 5), 100, 0), 5);
    }

    #[test]
    fn tokens_come_back_at_the_rate_up_to_the_capacity() {
        let mut bucket = Bucket::new(10, 5);
        taken(&mut bucket, 100, 0);
        assert_eq!(taken(&mut bucket, 100, 99), 0);
        assert_eq!(taken(&mut bucket, 100, 100), 1);
        assert_eq!(taken(&mut bucket, 100, 300), 2);
        assert_eq!(taken(&mut bucket, 100, 60_000), 5);
    }

    #[test]
    fn credited_time_brings_its_tokens_once_and_beyond_the_capacity() {
        let mut bucket = Bucket::new(10, 5);
        bucket.credit(Duration::from_secs(18));
        assert_eq!(taken(&mut bucket, 1_000, 0), 5 + 180);
        assert_eq!(taken(&mut bucket, 1_000, 0), 0);
        assert_eq!(taken(&mut bucket, 1_000, 60_000), 5);
        bucket.credit(Duration::from_secs(100_000));
        assert_eq!(taken(&mut bucket, 1_000, 60_000), 600);
    }

    #[test]
    fn less_of_two_buckets_is_what_is_left() {
        let (mut used, mut fresh) = (Bucket::new(10, 5), Bucket::new(10, 5));
        assert_eq!(taken(&mut used, 3, 0), 3);
        fresh.keep_less(used);
        assert_eq!(taken(&mut fresh, 100, 0), 2);
        let mut emptier = fresh;
        emptier.keep_less(used);
        assert_eq!(taken(&mut emptier, 100, 0), 0);
    }

    #[test]
    fn refused_tries_cost_nothing() {
        let mut bucket = Bucket::new(10, 1);
        assert_eq!(taken(&mut bucket, 1_000, 0), 1);
        assert_eq!(taken(&mut bucket, 1_000, 100), 1);
    }
}
