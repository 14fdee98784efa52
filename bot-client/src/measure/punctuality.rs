//! Measures how late this process does what it has planned: bots that are late measure their own delay, not the
//! server's.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use tokio::task::JoinSet;

use crate::measure::{
    histogram::{add, histogram},
    percentiles::Percentiles,
};

/// Histogram of delays of the bots since it was cleared, whether threads or tasks drive them.
#[derive(Debug)]
pub(crate) struct Lateness(Mutex<Histogram<u64>>);

/// Measures for a while: driver threads report delays by themselves; for bots that are tasks, another task wakes every
/// [`EVERY`].
#[derive(Debug)]
pub(crate) struct Punctuality {
    lateness: Arc<Lateness>,
    /// The task ends on drop.
    _watch: JoinSet<()>,
}

impl Default for Lateness {
    fn default() -> Self {
        Self(Mutex::new(histogram()))
    }
}

impl Lateness {
    /// Callback with which driver threads report a delay.
    pub(crate) fn taker(self: &Arc<Self>) -> Arc<dyn Fn(Duration) + Send + Sync> {
        let lateness = self.clone();
        Arc::new(move |late| lateness.add(late))
    }

    fn add(&self, late: Duration) {
        add(&mut self.lock(), late);
    }

    fn lock(&self) -> MutexGuard<'_, Histogram<u64>> {
        self.0.lock().expect("no holder of this lock panics")
    }
}

impl Punctuality {
    /// Clears the histogram and begins. `tasks` says that some bots are tasks; then it must be called within their
    /// runtime.
    pub(crate) fn watch(lateness: Arc<Lateness>, tasks: bool) -> Self {
        lateness.lock().reset();
        let mut watch = JoinSet::new();
        if tasks {
            watch.spawn(wake_regularly(lateness.clone()));
        }
        Self { lateness, _watch: watch }
    }

    /// Ends the measurement and returns the delays.
    pub(crate) fn finish(self) -> Percentiles {
        Percentiles::of_micros(&self.lateness.lock())
    }
}

async fn wake_regularly(lateness: Arc<Lateness>) {
    let mut due = Instant::now();
    loop {
        // Missed times are made up for, because each of them was late.
        due += EVERY;
        tokio::time::sleep_until(due.into()).await;
        lateness.add(due.elapsed());
    }
}

/// Five times as often as bots act at 20 Hz. A shorter interval would detect stalls no better and cost more.
const EVERY: Duration = Duration::from_millis(10);
