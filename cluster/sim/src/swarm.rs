//! Many seeds, on all cores.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use cluster::Mutation;

use crate::{
    counts::Counts,
    simulation::{Failure, run},
};

/// The result of many runs.
pub struct Swarm {
    /// Runs that ended.
    pub runs: u64,
    /// Counts of their events.
    pub counts: Counts,
    /// Failovers, in milliseconds, sorted.
    pub failovers_ms: Vec<u64>,
    /// The failure with the smallest seed.
    pub failure: Option<Failure>,
}

/// Runs seeds until one fails or all are done. `done` is called after each run.
#[must_use]
pub fn swarm(first: u64, seeds: u64, mutation: Option<Mutation>, done: impl Fn() + Sync) -> Swarm {
    let next = AtomicU64::new(first);
    let end = AtomicU64::new(first.saturating_add(seeds));
    let total = Mutex::new(Swarm { runs: 0, counts: Counts::default(), failovers_ms: Vec::new(), failure: None });
    let work = || {
        let (mut counts, mut failovers, mut runs) = (Counts::default(), Vec::new(), 0);
        let mut failed = None;
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= end.load(Ordering::Relaxed) {
                break;
            }
            let outcome = run(seed, mutation);
            runs += 1;
            counts += outcome.counts;
            failovers.extend(outcome.failovers_ms);
            done();
            if let Some(failure) = outcome.failure {
                // Smaller seeds are still under way; the smallest one is reported.
                end.fetch_min(seed, Ordering::Relaxed);
                failed = Some(failure);
                break;
            }
        }
        let mut total = total.lock().expect("no worker panics while it adds up");
        total.runs += runs;
        total.counts += counts;
        total.failovers_ms.extend(failovers);
        let is_first = |failure: &Failure| total.failure.as_ref().is_none_or(|other| failure.seed < other.seed);
        if failed.as_ref().is_some_and(is_first) {
            total.failure = failed;
        }
    };
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(work);
        }
    });
    let mut total = total.into_inner().expect("no worker panics while it adds up");
    total.failovers_ms.sort_unstable();
    total
}
