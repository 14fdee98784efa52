//! Playback of a recording in a page. [`replay!`](crate::replay) exports it.

use room::record;
use shared::PlayerId;

use crate::{
    Page,
    frame::Frame,
    playback::{Happening, Playback},
    recorded,
    survey::Survey,
    told::{self, Told},
};

/// A recording and the moment that is shown. Times are seconds from the beginning of the recording.
#[derive(Debug)]
pub struct Watching<P: Page> {
    playback: Playback<P::Game>,
    survey: Survey<P>,
    frame: Frame<P>,
    followed: Option<PlayerId>,
}

impl<P: Page> Watching<P> {
    /// Reads a recording from the bytes of its file.
    ///
    /// # Errors
    /// A message for the viewer if no part of the file can be played. A file that is only damaged in parts opens, and [`Watching::info`]
    /// lists the damage.
    pub fn new(file: Vec<u8>) -> Result<Self, String> {
        let replay = record::Replay::open(file).map_err(|error| error.to_string())?;
        let survey = Survey::new(replay.clone());
        Ok(Self { playback: Playback::new(replay), survey, frame: Frame::default(), followed: None })
    }

    /// Facts about the recording as JSON: map, server, room, length, damage, results, ….
    pub fn info(&self) -> String {
        recorded::json::<P>(self.playback.replay())
    }

    /// The map as JSON.
    pub fn map(&self) -> String {
        P::map(self.playback.replay().play().map())
    }

    /// The moment that is shown, in seconds.
    pub fn seconds(&self) -> f64 {
        (self.playback.at() - self.first()) / self.hz()
    }

    /// Plays `seconds` of real time at a speed, at most four seconds of the recording per call. Poll the events after it.
    pub fn advance(&mut self, seconds: f64, speed: f64) {
        self.playback.advance_to(self.playback.at() + seconds * speed * self.hz());
    }

    /// Goes to a moment, or to the nearest one that can be played. Poll the events after it.
    pub fn seek(&mut self, seconds: f64) {
        self.playback.seek(self.first() + seconds * self.hz());
    }

    /// Moves by whole ticks, backwards if `ticks` is negative.
    pub fn step(&mut self, ticks: i32) {
        let at = self.playback.at();
        match ticks {
            0.. => self.playback.advance_to(at.floor() + f64::from(ticks)),
            _ => self.playback.seek(at.ceil() + f64::from(ticks)),
        }
    }

    /// Returns true at the end of the recording.
    pub fn is_over(&self) -> bool {
        self.playback.is_over()
    }

    /// Returns false if the state of the tick that is shown differs from the recorded hash.
    pub fn matches(&self) -> bool {
        self.playback.matches()
    }

    /// Shows the entities of the player in a seat as the own ones. With none, no entity is the own one.
    pub fn follow(&mut self, seat: Option<u16>) {
        self.followed = seat.map(PlayerId);
    }

    /// Writes the frame of the moment that is shown; read it with [`Watching::frame`].
    pub fn fill_frame(&mut self) {
        self.frame.fill_between(&self.playback.moment(self.followed), self.hz() as f32);
    }

    /// Time that the frame shows, in ticks of the room, with a fraction.
    pub fn render_tick(&self) -> f64 {
        self.frame.render_tick()
    }

    /// Next event, as JSON with a `kind`: events of the room and the game as a player gets them, and also `anew` and `gap`.
    pub fn poll_event(&mut self) -> Option<String> {
        let (tick, happening) = self.playback.poll_told()?;
        Some(match happening {
            Happening::Anew => Told::Anew { tick: tick.0 }.json(),
            Happening::Told(room::Told::Room(event)) => told::room(&event).json(),
            Happening::Told(room::Told::Game(event)) => P::event(tick, &event),
            Happening::Gap { to } => Told::Gap { from: tick.0, to: to.0 }.json(),
        })
    }

    /// Searches up to `ticks` more ticks for marks. Returns the fraction of the recording that has been searched.
    pub fn survey(&mut self, ticks: u32) -> f64 {
        self.survey.advance(ticks)
    }

    /// Next mark that the survey found for the time line, as JSON with a `kind` and `at`, in seconds.
    pub fn poll_mark(&mut self) -> Option<String> {
        self.survey.poll_mark().map(|mark| mark.json())
    }

    fn hz(&self) -> f64 {
        self.playback.info().start.tick_rate.hz().into()
    }

    fn first(&self) -> f64 {
        self.playback.info().first.0.into()
    }

    /// The floats of the frame.
    pub fn frame(&self) -> &[f32] {
        self.frame.values()
    }
}
