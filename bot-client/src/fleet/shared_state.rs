//! State that all bots of a fleet share, and the random numbers of each.

use std::{sync::Arc, time::Instant};

use client::native::{Drivers, HttpClient};
use shared::{
    game::{Bot, Game},
    rng::Rng,
};

use crate::{
    measure::{record::Recorder, stage::Stages},
    options::args::Args,
};

/// State that all bots of a fleet share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) args: Args,
    pub(crate) http: HttpClient,
    /// Threads that drive the bots' links; without them each bot's task drives its own.
    pub(crate) drivers: Option<Drivers>,
    pub(crate) stages: Arc<Stages>,
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) start: Instant,
}

/// Creates the game's bot with the chosen behaviour.
pub(crate) fn new_bot<G: Game>(args: &Args, rng: &mut Rng) -> G::Bot {
    let behavior = args.common.behavior.index_in(G::Bot::BEHAVIORS).expect("the behaviour was chosen among the game's");
    G::Bot::new(behavior, rng.next_u64())
}

/// Random numbers of one bot, independent of those of other bots.
pub(crate) fn bot_rng(seed: u64, number: u32) -> Rng {
    Rng::new(Rng::new(seed).next_u64() ^ Rng::new(!u64::from(number)).next_u64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_have_different_chances_and_a_seed_repeats_them() {
        let first = |seed, number| bot_rng(seed, number).next_u64();
        assert_eq!(first(1, 7), first(1, 7));
        assert_ne!(first(1, 7), first(1, 8));
        assert_ne!(first(1, 7), first(2, 7));
    }
}
