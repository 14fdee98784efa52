//! Counts steps of loops over a shard's contents, so that tests can bound them: with the largest numbers, a loop that is worse than linear
//! is found on any machine. Outside of tests it costs nothing.

/// Counts one step.
#[inline]
pub(crate) fn count() {
    #[cfg(test)]
    STEPS.with(|steps| steps.set(steps.get() + 1));
}

#[cfg(test)]
thread_local! {
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// The number of steps in `work`.
#[cfg(test)]
pub(crate) fn of(work: impl FnOnce()) -> u64 {
    let before = STEPS.get();
    work();
    STEPS.get() - before
}
