//! Lets something happen at a steady rate, with a burst after a pause.
//!
//! Remembers one instant only: when the bucket would be full again (the generic cell rate algorithm).

use std::time::Duration;

/// A rate limit. Times are since start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Bucket {
    /// Time that brings one token.
    interval: Duration,
    /// Time that fills an empty bucket.
    depth: Duration,
    full_at: Duration,
}

impl Bucket {
    /// A full bucket of `capacity` tokens that gets `per_sec` new ones a second.
    pub(crate) fn new(per_sec: u32, capacity: u32) -> Self {
        let interval = Duration::from_secs(1) / per_sec.max(1);
        Self { interval, depth: interval * capacity, full_at: Duration::ZERO }
    }

    /// Takes a token; false when there is none.
    pub(crate) fn take(&mut self, now: Duration) -> bool {
        let full_at = self.full_at.max(now) + self.interval;
        let allowed = full_at - now <= self.depth;
        if allowed {
            self.full_at = full_at;
        }
        allowed
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
    fn refused_tries_cost_nothing() {
        let mut bucket = Bucket::new(10, 1);
        assert_eq!(taken(&mut bucket, 1_000, 0), 1);
        assert_eq!(taken(&mut bucket, 1_000, 100), 1);
    }
}
