//! How late this process comes to what it has planned: bots that are late themselves measure themselves.

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

/// How late bots have come since it was cleared, whoever drives them.
#[derive(Debug)]
pub(crate) struct Lateness(Mutex<Histogram<u64>>);

/// Watches for a while: drivers tell by themselves, and among the tasks of bots it gets up every [`EVERY`] like one of them.
#[derive(Debug)]
pub(crate) struct Punctuality {
    lateness: Arc<Lateness>,
    /// Ends when it is dropped.
    _watch: JoinSet<()>,
}

impl Default for Lateness {
    fn default() -> Self {
        Self(Mutex::new(histogram()))
    }
}

impl Lateness {
    /// For drivers.
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
    /// Begins; with `tasks` there are bots that are tasks. Must be called within the runtime that drives those.
    pub(crate) fn watch(lateness: Arc<Lateness>, tasks: bool) -> Self {
        lateness.lock().reset();
        let mut watch = JoinSet::new();
        if tasks {
            watch.spawn(get_up(lateness.clone()));
        }
        Self { lateness, _watch: watch }
    }

    /// How late they were until now.
    pub(crate) fn finish(self) -> Percentiles {
        Percentiles::of_micros(&self.lateness.lock())
    }
}

async fn get_up(lateness: Arc<Lateness>) {
    let mut due = Instant::now();
    loop {
        // Times that were slept through are made up for: each of them was late.
        due += EVERY;
        tokio::time::sleep_until(due.into()).await;
        lateness.add(due.elapsed());
    }
}

/// Twenty times as often as bots play at 20 Hz would count stalls no better, and cost more.
const EVERY: Duration = Duration::from_millis(10);
