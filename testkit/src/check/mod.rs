//! Checks whether a game keeps the promises of its traits: one line in the tests of a game.
//!
//! ```ignore
//! #[test]
//! fn game_keeps_its_promises() {
//!     testkit::check::<MyGame>();
//! }
//! ```
//!
//! | part | what it does | rules |
//! |---|---|---|
//! | `declarations` | name, modes, settings, maps, names of bots | `name`, `settings`, `maps`, `bots` |
//! | `layouts` | writes and reads whatever the match says | `layout` |
//! | `promises` | looks at every tick of a match | `order`, `id`, `position`, `slots`, `steered`, `viewpoint`, `may_see`, `leave`, `own`, `board`, `once`, `ended`, `entity`, `importance`, `restart` |
//! | `futures` | plays the same match twice, restored, and with the relevant inputs | `repeat`, `restore`, `relevant`, `float` |
//! | `control` | compares what a client predicts with what the server does | `control` |
//! | `bytes` | restores, reads and steps what nobody wrote | `bytes`, `digest`, `hash` |
//! | `rooms` | plays in rooms over links that lose, with players who leave, come back and watch | `view`, `repeat` |
//!
//! Players are the game's bots, and others who press anything that a client can send. A panic of the game is a finding too (`panic`).
//!
//! # Faults that it cannot find
//!
//! A float that lives only within a step leaves no trace in the match. Sums, products and roots are the same bits on every machine; sines and
//! powers are not, and only a build for another machine would show it. So forbid them: the `disallowed-methods` of Clippy name `f32::sin` and
//! its like.

mod bytes;
mod compare;
mod control;
mod declarations;
mod finding;
mod futures;
mod layouts;
mod pilot;
mod promises;
mod rooms;
mod spoil;
mod twin;

use std::marker::PhantomData;

use shared::{TickRate, game::Game};

pub use self::finding::{Finding, Report};
use self::{finding::caught, twin::Ground};

/// Checks a game with the usual options.
///
/// # Panics
/// The game breaks a promise; the message lists all findings.
pub fn check<G: Game>() {
    Check::<G>::new().run();
}

/// A check of a game, with options.
#[derive(Clone, Debug)]
pub struct Check<G: Game> {
    players: u16,
    seats: u16,
    seconds: u32,
    seed: u64,
    tick_hz: u16,
    settings: G::Settings,
    game: PhantomData<fn() -> G>,
}

/// Fraction of the seconds for which rooms are played, because they cost more.
const ROOM_PART: u32 = 2;

impl<G: Game> Check<G> {
    /// Five players of six seats at 30 Hz, eight seconds per match: a test of a few seconds.
    pub fn new() -> Self {
        Self {
            players: 5,
            seats: 6,
            seconds: 8,
            seed: 1,
            tick_hz: 30,
            settings: G::Settings::default(),
            game: PhantomData,
        }
    }

    /// Number of players at the same time. There is one seat more.
    #[must_use]
    pub fn players(self, players: u16) -> Self {
        Self { players, seats: players + 1, ..self }
    }

    /// Seconds of play in each match.
    #[must_use]
    pub fn seconds(self, seconds: u32) -> Self {
        Self { seconds, ..self }
    }

    /// Seed of all random decisions of the check.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Ticks per second.
    #[must_use]
    pub fn tick_hz(self, tick_hz: u16) -> Self {
        Self { tick_hz, ..self }
    }

    /// Settings of the host.
    #[must_use]
    pub fn settings(self, settings: G::Settings) -> Self {
        Self { settings, ..self }
    }

    /// Runs all checks.
    ///
    /// # Panics
    /// The game breaks a promise; the message lists all findings.
    pub fn run(&self) {
        let report = self.report();
        report.notes.iter().for_each(|note| println!("note: {note}"));
        let count = report.findings.len();
        assert!(count == 0, "{} breaks its contract in {count} ways:\n{report}", G::NAME);
    }

    /// Runs all checks and returns the findings.
    ///
    /// # Panics
    /// The options are not possible in a room.
    pub fn report(&self) -> Report {
        let Self { players, seats, seconds, seed, tick_hz, settings, game: _ } = self;
        let tick_rate = TickRate::new(*tick_hz).expect("a tick rate that rooms may have");
        assert!(*players > 0, "somebody must play");
        let mut report = Report::default();
        let report_of = &mut report;
        declarations::check::<G>(report_of);
        let Ok(maps) = caught(|| futures::maps::<G>(tick_rate, report_of)) else {
            report.find("panic", "`Map::shipped` or `Map::parse` panicked");
            return report;
        };
        if maps.is_empty() {
            return report;
        }
        let ground = Ground::<G> { settings: settings.clone(), maps, tick_rate, seats: *seats };
        let ticks = seconds * u32::from(*tick_hz);
        part("codec of settings or maps", &mut report, |report| {
            layouts::settings_and_maps::<G>(&ground.maps, tick_rate, report);
        });
        part("codec of inputs", &mut report, |report| layouts::inputs::<G>(*seed, report));
        let kept = futures::check(&ground, *seed, *players, ticks, &mut report);
        part("prediction", &mut report, |report| control::check(&ground, *seed, ticks, report));
        part("bytes", &mut report, |report| bytes::checkpoints(&kept, *seed, report));
        part("bytes", &mut report, |report| bytes::values(&kept, *seed, report));
        part("bytes", &mut report, |report| bytes::maps::<G>(&ground.maps, tick_rate, *seed, report));
        // A match that is wrong by itself is also wrong in a room, where the finding would explain less.
        if report.findings.is_empty() {
            let secs = (seconds / ROOM_PART).max(2);
            rooms::check(&ground, *seed, *players, secs.into(), &mut report);
        }
        report
    }
}

impl<G: Game> Default for Check<G> {
    fn default() -> Self {
        Self::new()
    }
}

/// Runs a part; code of the game in it may panic.
fn part(name: &str, report: &mut Report, run: impl FnOnce(&mut Report)) {
    if let Err(panic) = caught(|| run(report)) {
        report.find("panic", format!("the check of {name} met a panic of the game: {panic}"));
    }
}
