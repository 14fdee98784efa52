//! A shard's part of a gauge that all shards add to.

use metrics::Gauge;

/// One shard's part. Its drop subtracts it, so that a shard that has panicked no longer counts.
pub(super) struct Share {
    gauge: Gauge,
    reported: usize,
}

impl Share {
    pub(super) fn new(gauge: Gauge) -> Self {
        Self { gauge, reported: 0 }
    }

    pub(super) fn set(&mut self, count: usize) {
        if count != self.reported {
            self.gauge.increment(count as f64 - self.reported as f64);
            self.reported = count;
        }
    }

    pub(super) fn increment(&mut self) {
        self.set(self.reported + 1);
    }

    pub(super) fn decrement(&mut self) {
        self.set(self.reported.saturating_sub(1));
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.set(0);
    }
}
