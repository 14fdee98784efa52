//! How old a view a player may claim, for its shots to be rewound to it.
//!
//! **Problem.** A shot hits what the one who fired saw, and only the client knows what that was: each input message says how old the view
//! is. A client that says 200 ms at one shot and 0 at the next chooses, shot by shot, the moment of the past at which it hits
//! ("backtrack"): it hits somebody who went behind cover long ago.
//!
//! **Idea.** What is known bounds what can be true. The newest acknowledged snapshot says what the client had to show; a picture lags
//! behind that by the interpolation that the protocol allows, and no more. And a picture is a film: it never runs backwards, and
//! how far it lags changes slowly, since a client only bends its clock. There are two honest kinds of it. A picture that glides keeps its
//! *age* (ticks behind the input's tick) nearly constant, also while snapshots come irregularly. One that shows the newest snapshot keeps
//! its *lag* (ticks behind the acknowledged snapshot) at zero, also while its age jumps. So a claim is believed if its age or its lag
//! keeps to what it was.
//!
//! **Consequences.** Each of both is a [`Band`]: it begins at the least value seen, and is a little wider than frames and rounding
//! need. Going younger is always believed and lowers the band; growing older is paid for from an allowance that fills within a quarter of
//! a minute. So a client whose link becomes worse is followed, and one that goes to and fro gets the younger of both. Who is always
//! late plays like somebody far away, which is no gain. What is cut is counted.

use shared::{
    Tick, TickRate,
    limits::{REWIND_MAX_MS, VIEW_INTERPOLATION_MAX_MS},
    wire::InputMessage,
};

/// The claims of one player.
#[derive(Debug)]
pub(crate) struct ViewAges {
    /// Quarters of a tick that a shot is rewound at most.
    rewind_max: i64,
    /// Quarters of a tick that a picture may lag behind the newest acknowledged snapshot.
    lag_max: i64,
    /// The newest message's tick, and the moment of the past that it showed, quarters of a tick.
    newest: Option<(Tick, i64)>,
    /// The newest snapshot that was acknowledged; tick 0 for none.
    acked: Tick,
    age: Band,
    lag: Band,
}

/// An age that counts, and whether it is less than what was claimed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Allowed {
    /// Quarters of a tick.
    pub(crate) view_age: u8,
    pub(crate) cut: bool,
}

/// A value that may fall at once and rises slowly, in 1/[`FINE`] of a quarter.
#[derive(Debug)]
struct Band {
    least: Option<i64>,
    width: i64,
    /// By how much `least` may still rise.
    allowance: i64,
    allowance_max: i64,
}

impl ViewAges {
    pub(crate) fn new(rate: TickRate) -> Self {
        let quarters = |ms: u32| (4 * ms * u32::from(rate.hz()) / 1_000) as i64;
        let width = 4 + quarters(FRAME_MS);
        let band = || Band::new(width, quarters(ALLOWANCE_MS));
        Self {
            rewind_max: quarters(REWIND_MAX_MS),
            lag_max: width + quarters(VIEW_INTERPOLATION_MAX_MS),
            newest: None,
            acked: Tick(0),
            age: band(),
            lag: band(),
        }
    }

    /// The age that counts for the inputs of a message that came before the tick `next` is made.
    pub(crate) fn handle<I>(&mut self, message: &InputMessage<I>, next: Tick) -> Allowed {
        if message.ack.newest < next {
            self.acked = self.acked.max(message.ack.newest);
        }
        let claimed = i64::from(message.view_age);
        // Beyond the cap all claims are the same.
        let age = claimed.min(self.rewind_max);
        let behind = 4 * i64::from(message.newest.offset_from(self.acked));
        let mut allowed = age;
        if self.acked != Tick(0) {
            allowed = allowed.min(behind + self.lag_max);
        }
        let before = self.newest.filter(|&(newest, _)| newest < message.newest);
        if let Some((_, shown)) = before {
            // The picture never runs backwards.
            allowed = allowed.min(4 * i64::from(message.newest.0) - shown);
        }
        let ticks = match (before, self.newest) {
            (Some((newest, _)), _) => message.newest.since(newest),
            (None, None) => 1,
            // It was overtaken on its way: it says nothing new.
            (None, Some(_)) => 0,
        };
        let lag = claimed - behind;
        let (by_age, by_lag) = (self.age.clamp(age, ticks), self.lag.clamp(lag, ticks));
        // Whichever of the two it keeps to is believed. Without an acknowledgement there is no lag to speak of.
        let believed = if self.acked == Tick(0) { by_age } else { by_age.max((by_lag + behind).min(age)) };
        let allowed = allowed.min(believed).clamp(0, age);
        if ticks > 0 {
            self.newest = Some((message.newest, 4 * i64::from(message.newest.0) - allowed));
        }
        Allowed { view_age: if allowed == age { message.view_age } else { allowed as u8 }, cut: allowed < age }
    }
}

impl Band {
    fn new(width: i64, allowance: i64) -> Self {
        let allowance = allowance * FINE;
        Self { least: None, width: width * FINE, allowance, allowance_max: allowance }
    }

    /// Takes in a value, `ticks` after the one before, and gives what of it is believed, rounded up. Without a tick in between nothing
    /// is learnt from it.
    fn clamp(&mut self, value: i64, ticks: u32) -> i64 {
        let fine = value * FINE;
        let Some(mut least) = self.least else {
            self.least = Some(fine);
            return value;
        };
        if ticks > 0 {
            let ticks = i64::from(ticks);
            self.allowance = (self.allowance + ticks * REFILL_PER_TICK).min(self.allowance_max);
            let wanted = (fine - (least + self.width)).clamp(0, self.allowance);
            // Ticks that were left out are those of a clock that was set: the picture may have stood still meanwhile.
            let growth = wanted.min(ticks * GROWTH_PER_TICK + (ticks - 1) * 4 * FINE);
            self.allowance -= growth;
            least = (least + growth).min(fine);
            self.least = Some(least);
        }
        let most = (least + self.width + FINE - 1).div_euclid(FINE);
        value.min(most)
    }
}

/// Parts of a quarter of a tick.
const FINE: i64 = 100;
/// A picture is sampled when a frame is drawn, so ages jitter by a frame at 60 Hz, ms. One tick more is for its rounding, and for the
/// snapshot that came between frame and input.
const FRAME_MS: u32 = 17;
/// By how much a picture may come to lag more, ms, before that has to be saved up again: as much as an honest one does when the
/// worst jitter it knows sets in.
const ALLOWANCE_MS: u32 = VIEW_INTERPOLATION_MAX_MS;
/// What is saved up: 1 % of the time.
const REFILL_PER_TICK: i64 = 4 * FINE / 100;
/// Honest clocks bend by 10 % (the picture's) and 5 % (the inputs'), and never both for long.
const GROWTH_PER_TICK: i64 = 4 * FINE * 15 / 100;

#[cfg(test)]
mod tests {
    use arena::input::Input;
    use shared::wire::Ack;

    use super::*;

    /// A player at 30 Hz whose inputs come `lead` ticks after the newest snapshot it has.
    struct Shooter {
        ages: ViewAges,
        tick: u32,
        lead: u32,
    }

    impl Shooter {
        fn new(lead: u32) -> Self {
            Self { ages: ViewAges::new(TickRate::new(30).expect("allowed")), tick: 100, lead }
        }

        fn claims(&mut self, view_age: u8) -> Allowed {
            self.tick += 1;
            self.claims_again(view_age)
        }

        /// The same tick once more.
        fn claims_again(&mut self, view_age: u8) -> Allowed {
            let ack = Ack { newest: Tick(self.tick - self.lead), missing: 0 };
            let message = InputMessage::new(Tick(self.tick), ack, view_age, [Input::default()]);
            self.ages.handle(&message, Tick(self.tick))
        }

        /// What of each claim is cut, quarters.
        fn cut_of(&mut self, claims: impl IntoIterator<Item = u8>) -> Vec<u8> {
            claims.into_iter().map(|claim| claim - self.claims(claim).view_age).collect()
        }
    }

    #[test]
    fn constant_age_is_believed_whatever_it_is() {
        for age in [0, 4, 8, 14, 24, 30, 255] {
            let mut shooter = Shooter::new(2.max(u32::from(age) / 4));
            for _ in 0..300 {
                assert_eq!(shooter.claims(age), Allowed { view_age: age, cut: false });
            }
        }
    }

    #[test]
    fn one_shot_in_the_past_gets_little_more_than_what_the_picture_showed() {
        let mut shooter = Shooter::new(2);
        (0..300).for_each(|_| assert!(!shooter.claims(8).cut));
        let shot = shooter.claims(24);
        assert!(shot.cut && (9..=14).contains(&shot.view_age), "{shot:?}");
    }

    #[test]
    fn choosing_anew_at_each_shot_ends_with_the_youngest() {
        let mut shooter = Shooter::new(2);
        let mut most = 0;
        // A shot every 27 ticks, each second one as old as can be and prepared for as honestly as can be.
        for shot in 0..40 {
            let claims = (0..27u8).map(|tick| if shot % 2 == 0 { 4 } else { (4 + tick).min(24) });
            let last = claims.map(|claim| shooter.claims(claim)).last().expect("there are 27");
            if shot > 4 {
                most = most.max(last.view_age);
            }
        }
        assert!(most <= 4 + 6 + 3, "{most} quarters");
    }

    #[test]
    fn picture_does_not_run_backwards() {
        let mut shooter = Shooter::new(2);
        assert!(!shooter.claims(8).cut);
        assert_eq!(shooter.claims(13), Allowed { view_age: 12, cut: true }, "it stands still at best");
    }

    #[test]
    fn nothing_is_older_than_acknowledgement_and_interpolation_allow() {
        let mut shooter = Shooter { ages: ViewAges::new(TickRate::new(120).expect("allowed")), tick: 100, lead: 1 };
        // 4 for the tick before, a tick and a frame, and 150 ms.
        assert_eq!(shooter.claims(96).view_age, 4 + (4 + 8) + 72);
    }

    #[test]
    fn client_that_shows_the_newest_snapshot_is_believed_through_jitter_and_loss() {
        let mut shooter = Shooter::new(2);
        for lead in [2, 2, 3, 2, 3, 4, 5, 6, 2, 3, 4, 4, 5, 6, 7, 8, 9, 10, 2, 2].into_iter().cycle().take(2_000) {
            shooter.lead = lead;
            let claimed = (4 * lead) as u8;
            assert_eq!(shooter.claims(claimed), Allowed { view_age: claimed, cut: false }, "{lead} ticks");
        }
    }

    #[test]
    fn frames_and_rounding_are_believed() {
        let mut shooter = Shooter::new(3);
        let cut = shooter.cut_of([16, 17, 18, 19, 20, 16].into_iter().cycle().take(3_000));
        assert!(cut.iter().all(|&cut| cut == 0));
    }

    #[test]
    fn link_that_becomes_worse_is_followed_within_a_second() {
        let mut shooter = Shooter::new(2);
        shooter.cut_of([12; 300]);
        // The picture slows down by a tenth until it lags by 100 ms more.
        let cut = shooter.cut_of((0..300u32).map(|tick| (12 + (tick * 4 / 10).min(12)) as u8));
        assert!(cut.iter().all(|&cut| cut == 0), "{cut:?}");
    }

    #[test]
    fn overtaken_message_changes_nothing() {
        let mut shooter = Shooter::new(2);
        shooter.cut_of([8; 100]);
        let newest = shooter.tick;
        shooter.tick -= 3;
        assert!(!shooter.claims_again(9).cut);
        assert!(shooter.claims_again(24).cut);
        shooter.tick = newest;
        assert!(!shooter.claims(8).cut);
    }

    #[test]
    fn lies_about_acknowledgements_and_ticks_break_nothing() {
        let mut shooter = Shooter::new(2);
        for (newest, ack) in [(0, 0), (u32::MAX, u32::MAX), (5, u32::MAX), (100, 7), (u32::MAX, 0), (101, 100)] {
            let ack = Ack { newest: Tick(ack), missing: 0 };
            for age in [0, 255] {
                let message = InputMessage::new(Tick(newest), ack, age, [Input::default()]);
                shooter.ages.handle(&message, Tick(101));
            }
        }
    }
}
