//! Bounds the age of the view that a player may claim, and to which its shots are rewound.
//!
//! **Problem.** A shot hits what the player saw when it fired, and only the client knows what that was: each input message says how old
//! the view is. A client that claims 200 ms at one shot and 0 at the next can choose for each shot the past at which it hits
//! ("backtrack"): it hits a player who went behind cover long ago.
//!
//! **Idea.** Known facts bound what can be true. The newest acknowledged snapshot is the newest state that the client can show. Its
//! picture lags behind that state by at most the interpolation delay that the protocol allows. The picture never runs backwards, and its
//! lag changes slowly, since a client only changes the speed of its clock. There are two honest kinds of picture. One that interpolates
//! keeps its *age* (ticks behind the input's tick) nearly constant, even while snapshots arrive irregularly. One that shows the newest
//! snapshot keeps its *lag* (ticks behind the acknowledged snapshot) at zero, even while its age jumps. So the room accepts a claim if
//! its age or its lag stays near the earlier ones.
//!
//! **Consequences.** Age and lag have a [`Band`] each: it begins at the least value seen, and is a little wider than frames and rounding
//! need. A younger claim is always accepted and lowers the band. An older one takes from an allowance that fills up in a quarter of a
//! minute. So a client whose link becomes worse is followed, and a client that switches between old and young claims gets the younger
//! ones. A client that always claims an old view plays like a player with a slow link, which is no gain. Reduced claims are counted.

use shared::{
    Tick, TickRate,
    limits::{REWIND_MAX_MS, VIEW_INTERPOLATION_MAX_MS},
    wire::InputMessage,
};

/// The claims of one player so far.
#[derive(Debug)]
pub(crate) struct ViewAges {
    /// Limit of the rewind of a shot, quarters of a tick.
    rewind_max: i64,
    /// Limit of the picture's lag behind the newest acknowledged snapshot, quarters of a tick.
    lag_max: i64,
    /// Tick of the newest message, and the past time that it showed, in quarters of a tick.
    newest: Option<(Tick, i64)>,
    /// The newest acknowledged snapshot; tick 0 for none.
    acked: Tick,
    age: Band,
    lag: Band,
}

/// The view age that the room accepts, and whether the client claimed an older one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Allowed {
    /// Age in quarters of a tick.
    pub(crate) view_age: u8,
    pub(crate) cut: bool,
}

/// A bound that falls at once and rises slowly, in 1/[`FINE`] of a quarter tick.
#[derive(Debug)]
struct Band {
    least: Option<i64>,
    width: i64,
    /// Amount by which `least` may still rise.
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

    /// The view age for the inputs of a message that arrived before the tick `next` is made.
    pub(crate) fn handle<I>(&mut self, message: &InputMessage<I>, next: Tick) -> Allowed {
        if message.ack.newest < next {
            self.acked = self.acked.max(message.ack.newest);
        }
        let claimed = i64::from(message.view_age);
        // Claims above the limit of the rewind have the same effect.
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
            // A newer message has overtaken this one, so it says nothing new.
            (None, Some(_)) => 0,
        };
        let lag = claimed - behind;
        let (by_age, by_lag) = (self.age.clamp(age, ticks), self.lag.clamp(lag, ticks));
        // The larger of the two bounds counts. Without an acknowledgement the lag is unknown.
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

    /// Takes a value that comes `ticks` ticks after the one before it, and returns the accepted part, rounded up. With 0 ticks the band
    /// does not change.
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
            // Skipped ticks come from a clock that was set: the picture may have stood still meanwhile.
            let growth = wanted.min(ticks * GROWTH_PER_TICK + (ticks - 1) * 4 * FINE);
            self.allowance -= growth;
            least = (least + growth).min(fine);
            self.least = Some(least);
        }
        let most = (least + self.width + FINE - 1).div_euclid(FINE);
        value.min(most)
    }
}

/// Resolution of a band: parts of a quarter tick.
const FINE: i64 = 100;
/// The picture is sampled when a frame is drawn, so view ages vary by one frame at 60 Hz, ms. One more tick is for rounding, and for a
/// snapshot that arrives between frame and input.
const FRAME_MS: u32 = 17;
/// Amount by which a picture's lag may grow, ms, before the allowance must fill again: as much as an honest lag grows when the worst
/// jitter sets in.
const ALLOWANCE_MS: u32 = VIEW_INTERPOLATION_MAX_MS;
/// Refill of the allowance: 1 % of the time.
const REFILL_PER_TICK: i64 = 4 * FINE / 100;
/// Honest clocks change their speed by 10 % (the picture's) and 5 % (that of the inputs), and never both for long.
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

        /// Claims again for the same tick.
        fn claims_again(&mut self, view_age: u8) -> Allowed {
            let ack = Ack { newest: Tick(self.tick - self.lead), missing: 0 };
            let message = InputMessage::new(Tick(self.tick), ack, view_age, [Input::default()]);
            self.ages.handle(&message, Tick(self.tick))
        }

        /// The part of each claim that was refused, quarters.
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
        // A shot every 27 ticks. Every second shot claims the oldest possible view, after a slow rise to it.
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
        assert_eq!(
            shooter.claims(13),
            Allowed { view_age: 12, cut: true },
            "the picture may stand still, but not go back"
        );
    }

    #[test]
    fn nothing_is_older_than_acknowledgement_and_interpolation_allow() {
        let mut shooter = Shooter { ages: ViewAges::new(TickRate::new(120).expect("allowed")), tick: 100, lead: 1 };
        // 4 for the lead of a tick, 4 + 8 for a tick and a frame, 72 for 150 ms.
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
        // The picture slows down by a tenth until it lags by another 100 ms.
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
