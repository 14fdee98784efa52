//! A recording as a page watches it. [`replay!`](crate::replay) hands it to the page.

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

/// A recording that is being watched. Times are seconds from its beginning.
#[derive(Debug)]
pub struct Watching<P: Page> {
    playback: Playback<P::Game>,
    survey: Survey<P>,
    frame: Frame<P>,
    followed: Option<PlayerId>,
}

impl<P: Page> Watching<P> {
    /// Reads a file.
    ///
    /// # Errors
    /// In words, when nothing of it can be shown. What is merely damaged is in [`Watching::info`].
    pub fn new(file: Vec<u8>) -> Result<Self, String> {
        let replay = record::Replay::open(file).map_err(|error| error.to_string())?;
        let survey = Survey::new(replay.clone());
        Ok(Self { playback: Playback::new(replay), survey, frame: Frame::default(), followed: None })
    }

    /// What the recording says of itself, as JSON: map, server, room, length, damage, results, ….
    pub fn info(&self) -> String {
        recorded::json::<P>(self.playback.replay())
    }

    /// The map as JSON.
    pub fn map(&self) -> String {
        P::map(self.playback.replay().play().map())
    }

    /// Where it stands.
    pub fn seconds(&self) -> f64 {
        (self.playback.at() - self.first()) / self.hz()
    }

    /// Goes on by `seconds` at a speed; poll the events after it.
    pub fn advance(&mut self, seconds: f64, speed: f64) {
        self.playback.advance_to(self.playback.at() + seconds * speed * self.hz());
    }

    /// Goes to a moment, or to the nearest there is; poll the events after it.
    pub fn seek(&mut self, seconds: f64) {
        self.playback.seek(self.first() + seconds * self.hz());
    }

    /// Goes on by whole ticks, or back.
    pub fn step(&mut self, ticks: i32) {
        let at = self.playback.at();
        match ticks {
            0.. => self.playback.advance_to(at.floor() + f64::from(ticks)),
            _ => self.playback.seek(at.ceil() + f64::from(ticks)),
        }
    }

    /// Whether there is nothing more.
    pub fn is_over(&self) -> bool {
        self.playback.is_over()
    }

    /// Whether the tick shown became what was recorded of it.
    pub fn matches(&self) -> bool {
        self.playback.matches()
    }

    /// Shows what a player steers as one's own, or what nobody does.
    pub fn follow(&mut self, seat: Option<u16>) {
        self.followed = seat.map(PlayerId);
    }

    /// Writes what is to be seen; read it through [`Watching::frame`].
    pub fn fill_frame(&mut self) {
        self.frame.fill_between(&self.playback.moment(self.followed), self.hz() as f32);
    }

    /// The moment that the frame shows, in ticks of the room.
    pub fn render_tick(&self) -> f64 {
        self.frame.render_tick()
    }

    /// The next thing that happened, as JSON with a `kind`; as a player is told, and `anew` and `gap`.
    pub fn poll_event(&mut self) -> Option<String> {
        let (tick, happening) = self.playback.poll_told()?;
        Some(match happening {
            Happening::Anew => Told::Anew { tick: tick.0 }.json(),
            Happening::Told(room::Told::Room(event)) => told::room(&event).json(),
            Happening::Told(room::Told::Game(event)) => P::event(tick, &event),
            Happening::Gap { to } => Told::Gap { from: tick.0, to: to.0 }.json(),
        })
    }

    /// Looks through so many ticks ahead of what is shown; gives the part of the recording that is looked through.
    pub fn survey(&mut self, ticks: u32) -> f64 {
        self.survey.advance(ticks)
    }

    /// The next mark that was found for the time line, as JSON with a `kind` and `at`.
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
