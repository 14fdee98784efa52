//! The render tick: the tick at which entities are shown that the player does not steer.
//!
//! In: the arrival times of snapshots. Out: a tick with its fraction. It never runs backwards, and it does not jump while the
//! link works.
//!
//! # The two clocks of a client
//!
//! **Problem.** A client would like to show everything "now", but it has no now. What others do reaches it half a round trip late, and
//! irregularly. What its own player does must be at the server before the tick that uses it, and must show at once on the screen.
//! One clock cannot be both behind and ahead of the server.
//!
//! **Idea.** Two clocks, each with one aim, and neither of them is the server's:
//!
//! ```text
//!                 half a round trip     half a round trip + margin
//!                 + a tick + jitter
//!              <───────────────────>  <──────────────────────────>
//!  ────────────┼──────────────────────┼──────────────────────────┼──────────> ticks
//!         render tick            server's tick               input tick
//!     what others did       (nobody sees this one)     what the player does
//! ```
//!
//! - The *input tick* (`clock.rs`) leads. It runs so that inputs arrive just before their tick. The server measures how early each one
//!   came, the margin, and the clock keeps that at a few milliseconds. What the player steers is predicted at this tick.
//! - The *render tick* (this file) lags. It stays one tick behind the least delayed snapshots, so that there is a next state to move to,
//!   plus an allowance for the link's jitter. All other entities are shown at this tick.
//!
//! The distance of the two is the *view age*: the server needs it to judge a shot (`room/src/lag_compensation.rs`).
//!
//! **Difficulties.** Both clocks follow a link that changes, and must not be seen doing it. So they change their speed and do not jump: the
//! input clock by at most 5 %, the render clock by at most 10 %. They learn from different things. Arrivals of snapshots say nothing about
//! the way up, so the input clock trusts only the server's reports; and a report is a round trip old, so it remembers what it has
//! corrected since. The render clock needs no round trip at all, only the pattern of arrivals. If nothing arrives, the picture goes on
//! for 100 ms and then stops: more extrapolation would be wrong too often.
//!
//! Things that cross from one clock to the other need care. A shot of the player begins at the input tick and hits somebody who is shown
//! at the render tick, so it is drawn sliding from the one to the other on its way (`screen.rs`).

use std::time::Duration;

use shared::{Tick, TickRate};

/// See the module.
#[derive(Clone, Debug)]
pub struct RenderClock {
    /// Seconds per tick.
    period: f64,
    /// Time at which tick 0 would have arrived with the least delay seen, seconds.
    prompt: Option<f64>,
    /// Mean lateness of arrivals, measured from `prompt`, and its mean absolute deviation, seconds.
    late: f64,
    deviation: f64,
    newest: Tick,
    shown: Option<Shown>,
}

#[derive(Clone, Copy, Debug)]
struct Shown {
    tick: f64,
    at: f64,
}

impl RenderClock {
    /// A clock that waits for the first snapshot.
    pub fn new(tick_rate: TickRate) -> Self {
        let period = 1.0 / f64::from(tick_rate.hz());
        Self { period, prompt: None, late: 0.0, deviation: 0.0, newest: Tick(0), shown: None }
    }

    /// Records that the snapshot of `tick` arrived at `now`.
    pub fn handle_snapshot(&mut self, tick: Tick, now: Duration) {
        self.newest = self.newest.max(tick);
        let prompt = now.as_secs_f64() - f64::from(tick.0) * self.period;
        let Some(known) = self.prompt else {
            self.prompt = Some(prompt);
            return;
        };
        let late = prompt - known;
        if late.abs() > LOST_SECS {
            // The server or this client was suspended.
            *self = Self { prompt: Some(prompt), late: 0.0, deviation: 0.0, newest: tick, ..*self };
            return;
        }
        if late < 0.0 {
            self.prompt = Some(prompt);
            self.late = (self.late + late).max(0.0);
        } else {
            // This allows for clock drift, which is slower, and for a route that became longer.
            self.prompt = Some(known + PROMPT_FORGOTTEN * late);
        }
        let late = late.max(0.0);
        self.deviation += WEIGHT * ((late - self.late).abs() - self.deviation);
        self.late += WEIGHT * (late - self.late);
    }

    /// The tick to show at `now`; `None` before the first snapshot.
    pub fn advance(&mut self, now: Duration) -> Option<f64> {
        let now = now.as_secs_f64();
        let target = self.target(now)?;
        let tick = match self.shown {
            Some(Shown { tick, at }) if (target - tick).abs() * self.period < LEAP_SECS => {
                let ticks = ((now - at) / self.period).max(0.0);
                let behind = target - (tick + ticks);
                let bend = (behind * GAIN).clamp(-BEND_MAX, BEND_MAX);
                // While nothing arrives the picture stops: more extrapolation would be wrong too often.
                (tick + ticks * (1.0 + bend)).min(self.farthest()).max(tick)
            }
            _ => target,
        };
        self.shown = Some(Shown { tick, at: now });
        Some(tick)
    }

    /// The tick that the last [`RenderClock::advance`] gave.
    pub fn shown(&self) -> Option<f64> {
        self.shown.map(|shown| shown.tick)
    }

    /// Lag of the render tick behind the least delayed snapshot, seconds.
    pub fn delay(&self) -> f64 {
        // Two standard deviations; one is 1.25 mean absolute deviations.
        self.period + (self.late + 2.0 * 1.25 * self.deviation).min(JITTER_MAX_SECS)
    }

    fn target(&self, now: f64) -> Option<f64> {
        let target = (now - self.prompt? - self.delay()) / self.period;
        Some(target.min(self.farthest()).max(0.0))
    }

    fn farthest(&self) -> f64 {
        f64::from(self.newest.0) + EXTRAPOLATION_MAX_SECS / self.period
    }
}

/// Bound of extrapolation, seconds: beyond it a player who turned would be shown too far from the truth.
pub const EXTRAPOLATION_MAX_SECS: f64 = 0.1;
/// Weight of a new arrival in the means.
const WEIGHT: f64 = 1.0 / 16.0;
/// Part of each lateness that is added to `prompt`: the clock adapts to a path that became 20 ms longer within a minute.
const PROMPT_FORGOTTEN: f64 = 0.002;
/// Part of the distance to the target that is made up per tick.
const GAIN: f64 = 0.1;
/// Bound of the change of speed, as a part of the usual speed.
const BEND_MAX: f64 = 0.1;
/// Farther from the target than this the render tick jumps, seconds.
const LEAP_SECS: f64 = 0.5;
/// An arrival this far off means that the server or the client was suspended, seconds.
const LOST_SECS: f64 = 1.0;
/// Bound of the allowance for jitter, seconds: a longer wait for late snapshots looks worse than extrapolation.
const JITTER_MAX_SECS: f64 = 0.15;

#[cfg(test)]
mod tests {
    use shared::rng::Rng;

    use super::*;

    fn clock() -> RenderClock {
        RenderClock::new(TickRate::new(20).expect("20 Hz is allowed"))
    }

    fn secs(secs: f64) -> Duration {
        Duration::from_secs_f64(secs)
    }

    /// Plays frames at 60 Hz over `ticks` snapshots that arrive up to `jitter` seconds late at random. Gives for each frame the
    /// tick that it shows and the newest tick that has arrived.
    fn play(ticks: u32, jitter: f64, lost_percent: u32) -> Vec<(f64, u32)> {
        let (mut clock, mut rng) = (clock(), Rng::new(3));
        let mut arrivals: Vec<(f64, u32)> = (1..ticks)
            .filter_map(|tick| {
                let late = jitter * f64::from(rng.below(1_000)) / 1_000.0;
                (rng.below(100) >= lost_percent).then_some((f64::from(tick) * 0.05 + 0.04 + late, tick))
            })
            .collect();
        arrivals.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut arrivals, mut newest) = (arrivals.into_iter().peekable(), 0);
        let frames = (0..(ticks as usize - 2) * 3).map(|frame| 0.1 + frame as f64 / 60.0);
        frames
            .filter_map(|now| {
                while let Some((at, tick)) = arrivals.next_if(|(at, _)| *at <= now) {
                    if tick > newest {
                        newest = tick;
                        clock.handle_snapshot(Tick(tick), secs(at));
                    }
                }
                Some((clock.advance(secs(now))?, newest))
            })
            .collect()
    }

    #[test]
    fn clean_link_shows_one_tick_behind_and_never_guesses() {
        let frames = play(600, 0.0, 0);
        for &(shown, newest) in &frames[60..] {
            assert!(shown <= f64::from(newest) + 1e-6, "{shown} of {newest}");
            assert!(shown >= f64::from(newest) - 1.5, "{shown} of {newest}");
        }
    }

    #[test]
    fn picture_never_runs_backwards_and_bends_gently() {
        let frames = play(600, 0.03, 2);
        for pair in frames[60..].windows(2) {
            let ticks = pair[1].0 - pair[0].0;
            assert!((0.29..0.38).contains(&ticks), "{ticks} ticks in a frame of a third of a tick");
        }
    }

    #[test]
    fn jitter_is_waited_for() {
        let frames = play(1_200, 0.03, 2);
        let settled = &frames[300..];
        let guessed = settled.iter().filter(|(shown, newest)| *shown > f64::from(*newest)).count();
        assert!(guessed * 20 < settled.len(), "{guessed} of {} frames guess", settled.len());
        let behind = settled.iter().map(|(shown, newest)| f64::from(*newest) - shown).fold(f64::MIN, f64::max);
        assert!(behind < 3.0, "{behind} ticks behind the newest");
    }

    #[test]
    fn silence_stops_the_picture_soon() {
        let mut clock = clock();
        (1..=20).for_each(|tick| clock.handle_snapshot(Tick(tick), secs(f64::from(tick) * 0.05)));
        clock.advance(secs(1.0));
        let shown = (0..60).filter_map(|frame| clock.advance(secs(1.0 + f64::from(frame) / 60.0))).last();
        assert!((21.9..22.1).contains(&shown.expect("there were snapshots")), "{shown:?}");
    }
}
