//! How late this process comes to what it has planned: bots that are late themselves measure themselves.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use tokio::task::JoinSet;

use crate::{
    percentiles::Percentiles,
    record::{add, histogram},
};

/// Gets up every [`EVERY`] among the bots, like one of them, and takes down how late it was.
#[derive(Debug)]
pub(crate) struct Punctuality {
    late: Arc<Mutex<Histogram<u64>>>,
    /// Ends when it is dropped.
    _watch: JoinSet<()>,
}

impl Punctuality {
    /// Begins. Must be called within the runtime that drives the bots.
    pub(crate) fn watch() -> Self {
        let late = Arc::new(Mutex::new(histogram()));
        let mut watch = JoinSet::new();
        watch.spawn(get_up(late.clone()));
        Self { late, _watch: watch }
    }

    /// How late it was until now.
    pub(crate) fn finish(self) -> Percentiles {
        Percentiles::of_micros(&self.late.lock().expect("no holder of this lock panics"))
    }
}

async fn get_up(late: Arc<Mutex<Histogram<u64>>>) {
    let mut due = Instant::now();
    loop {
        // Times that were slept through are made up for: each of them was late.
        due += EVERY;
        tokio::time::sleep_until(due.into()).await;
        add(&mut late.lock().expect("no holder of this lock panics"), due.elapsed());
    }
}

/// Twenty times as often as bots play at 20 Hz would count stalls no better, and cost more.
const EVERY: Duration = Duration::from_millis(10);
