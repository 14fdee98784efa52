//! Chooses the next number of players to try, and ends the search.
//!
//! ```text
//! known                                   tried next
//! nothing                                 `from`
//! k kept, nothing broke                   2k, but at most `max`; the end if k is `max`
//! k kept (or none: 0), b broke            the middle of them; the end if they lie within the precision
//! a number has just broken for the first  the same once more, since a machine may have had a bad moment:
//! time                                    only what breaks twice in a row has broken
//! ```
//!
//! The search always ends: each number that kept the objectives raises the lower bound, each that broke twice lowers
//! the upper bound, and the interval between them halves.

/// Range and precision of the search.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Bounds {
    /// The first number to try, at least 1.
    pub(crate) from: u32,
    /// The largest number to try.
    pub(crate) max: u32,
    pub(crate) precision: Precision,
}

/// Largest allowed gap between the number that kept the objectives and the number that broke one.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Precision {
    /// A number of players.
    Players(u32),
    /// Percent of the number that broke.
    Percent(f64),
}

/// State of the search.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    bounds: Bounds,
    /// The largest number that kept the objectives, 0 before one did.
    kept: u32,
    /// The smallest number that broke an objective twice.
    broke: Option<u32>,
    /// True if the next number has broken once.
    in_doubt: bool,
}

impl Search {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self { bounds, kept: 0, broke: None, in_doubt: false }
    }

    /// The next number to try, `None` once the search has ended.
    pub(crate) fn next(&self) -> Option<u32> {
        let Bounds { from, max, precision } = self.bounds;
        match self.broke {
            None if self.kept == 0 => Some(from.clamp(1, max.max(1))),
            None => (self.kept < max).then(|| self.kept.saturating_mul(2).min(max)),
            Some(broke) => {
                let gap = broke - self.kept;
                (gap > precision.players(broke)).then(|| self.kept + gap / 2)
            }
        }
    }

    /// Takes the verdict on the number that [`Search::next`] returned.
    pub(crate) fn handle_verdict(&mut self, is_kept: bool) {
        let Some(tried) = self.next() else { return };
        match (is_kept, std::mem::take(&mut self.in_doubt)) {
            (true, _) => self.kept = tried,
            (false, false) => self.in_doubt = true,
            (false, true) => self.broke = Some(tried),
        }
    }

    /// The largest number that kept the objectives, 0 if none did.
    pub(crate) fn kept(&self) -> u32 {
        self.kept
    }

    /// The smallest number that broke an objective.
    pub(crate) fn broke(&self) -> Option<u32> {
        self.broke
    }
}

impl Precision {
    /// In players; at least 1, since two numbers cannot be closer.
    fn players(self, broke: u32) -> u32 {
        match self {
            Self::Players(players) => players.max(1),
            Self::Percent(percent) => ((f64::from(broke) * percent / 100.0) as u32).max(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Each of the 32 doublings and 32 halvings that a `u32` has room for, twice.
    const STEPS_MAX: usize = 2 * (32 + 32);

    fn search(from: u32, max: u32, precision: Precision) -> Search {
        Search::new(Bounds { from, max, precision })
    }

    /// Searches with `keeps` as the verdict on each number; returns the numbers tried.
    fn run(search: &mut Search, mut keeps: impl FnMut(u32) -> bool) -> Vec<u32> {
        let mut tried = Vec::new();
        while let Some(players) = search.next() {
            tried.push(players);
            assert!(tried.len() <= STEPS_MAX, "{tried:?}");
            search.handle_verdict(keeps(players));
        }
        tried
    }

    #[test]
    fn ramps_by_doubling_asks_twice_and_narrows_by_halving() {
        let mut search = search(16, 1_000, Precision::Players(8));
        let tried = run(&mut search, |players| players <= 100);
        assert_eq!(tried, [16, 32, 64, 128, 128, 96, 112, 112, 104, 104]);
        assert_eq!((search.kept(), search.broke()), (96, Some(104)));
    }

    #[test]
    fn one_bad_moment_is_forgiven() {
        let mut search = search(16, 64, Precision::Players(1));
        let mut moments = 0;
        let tried = run(&mut search, |players| {
            moments += usize::from(players == 32);
            players != 32 || moments != 1
        });
        assert_eq!(tried, [16, 32, 32, 64]);
        assert_eq!((search.kept(), search.broke()), (64, None));
    }

    #[test]
    fn server_that_holds_nobody_is_found_out() {
        let mut search = search(16, 64, Precision::Players(1));
        assert_eq!(run(&mut search, |_| false), [16, 16, 8, 8, 4, 4, 2, 2, 1, 1]);
        assert_eq!((search.kept(), search.broke()), (0, Some(1)));
    }

    fn precision() -> impl Strategy<Value = Precision> {
        prop_oneof![(0_u32..500).prop_map(Precision::Players), (0.0..100.0).prop_map(Precision::Percent)]
    }

    proptest! {
        #[test]
        fn limit_of_a_steady_server_is_found_within_the_precision(
            from in 1_u32..5_000, more in 0_u32..100_000, limit in 0_u32..120_000, precision in precision(),
        ) {
            let max = from + more;
            let mut search = search(from, max, precision);
            let tried = run(&mut search, |players| players <= limit);
            prop_assert!(tried.iter().all(|&players| (1..=max).contains(&players)));
            prop_assert!(search.kept() <= limit);
            match search.broke() {
                None => prop_assert_eq!(search.kept(), max),
                Some(broke) => {
                    prop_assert!(broke > limit);
                    prop_assert!(broke - search.kept() <= precision.players(broke));
                }
            }
        }

        #[test]
        fn whatever_the_verdicts_it_ends_between_the_bounds(
            from in any::<u32>(), max in 1_u32.., precision in precision(), verdicts in any::<[u64; 2]>(),
        ) {
            let mut search = search(from, max, precision);
            let mut verdicts = (0..STEPS_MAX).map(|step| verdicts[step / 64] >> (step % 64) & 1 == 1);
            let tried = run(&mut search, |_| verdicts.next().unwrap());
            prop_assert!(tried.iter().all(|&players| (1..=max).contains(&players)));
            prop_assert!(search.kept() <= max);
            prop_assert!(search.broke().is_none_or(|broke| search.kept() < broke));
            prop_assert_eq!(search.kept() > 0, tried.contains(&search.kept()));
        }
    }
}
