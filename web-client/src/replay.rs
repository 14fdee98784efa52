//! [`Replay`]: a recording as a page watches it.

use room::record;
use shared::PlayerId;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{
    frame::Frame,
    map,
    playback::{Happening, Playback},
    recorded,
    survey::Survey,
    told::{self, Told},
};

/// A recording that is being watched. Times are seconds from its beginning.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Replay {
    playback: Playback,
    survey: Survey,
    frame: Frame,
    followed: Option<PlayerId>,
}

#[wasm_bindgen]
impl Replay {
    /// Reads a file.
    ///
    /// # Errors
    /// In words, when nothing of it can be shown. What is merely damaged is in [`Replay::info`].
    #[wasm_bindgen(constructor)]
    pub fn new(file: Vec<u8>) -> Result<Self, String> {
        let replay = record::Replay::open(file).map_err(|error| error.to_string())?;
        let survey = Survey::new(replay.clone());
        Ok(Self { playback: Playback::new(replay), survey, frame: Frame::default(), followed: None })
    }

    /// What the recording says of itself, as JSON: map, server, room, length, damage, results, ….
    pub fn info(&self) -> String {
        recorded::json(self.playback.info())
    }

    /// The map as JSON.
    pub fn map(&self) -> String {
        map::json(&self.playback.info().start.map)
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

    /// Shows a player's craft as the own one, or nobody's.
    pub fn follow(&mut self, seat: Option<u16>) {
        self.followed = seat.map(PlayerId);
    }

    /// Writes what is to be seen; read it through [`Replay::frame_pointer`].
    pub fn fill_frame(&mut self) {
        self.frame.fill_between(&self.playback.moment(self.followed));
    }

    /// Where in the module's memory the floats of the frame lie. Valid until the next call.
    pub fn frame_pointer(&self) -> usize {
        self.frame.values().as_ptr() as usize
    }

    /// How many floats the frame has.
    pub fn frame_length(&self) -> usize {
        self.frame.values().len()
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
            Happening::Told(room::Told::Game(event)) => told::game(tick.0, &event).json(),
            Happening::Gap { to } => Told::Gap { from: tick.0, to: to.0 }.json(),
        })
    }

    /// Looks through so many ticks ahead of what is shown; gives the part of the recording that is looked through.
    pub fn survey(&mut self, ticks: u32) -> f64 {
        self.survey.advance(ticks)
    }

    /// The next mark that was found for the time line, as JSON with a `kind` and `at`.
    pub fn poll_mark(&mut self) -> Option<String> {
        let mark = self.survey.poll_mark()?;
        Some(serde_json::to_string(&mark).expect("numbers and texts are JSON"))
    }

    fn hz(&self) -> f64 {
        self.playback.info().start.tick_rate.hz().into()
    }

    fn first(&self) -> f64 {
        self.playback.info().first.0.into()
    }
}

impl Replay {
    /// The floats of the frame, for those who share the module's memory.
    pub fn frame(&self) -> &[f32] {
        self.frame.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{layout::Head, recorded::tests::fight};

    #[test]
    fn other_files_are_refused_in_words() {
        let error = Replay::new(b"certainly none".to_vec()).err().unwrap();
        assert!(error.contains("no recording"), "{error}");
    }

    #[test]
    fn frames_have_the_layout_of_a_players() {
        let mut replay = Replay::new(fight()).unwrap();
        replay.seek(20.0);
        replay.fill_frame();
        let crafts = replay.frame()[1];
        assert_eq!((replay.frame()[0], crafts), (0.0, 6.0));
        assert!(replay.frame().len() > Head::FIELDS.len());
        replay.follow(Some(0));
        replay.fill_frame();
        assert_eq!((replay.frame()[0], replay.frame()[1]), (1.0, crafts - 1.0));
        assert_eq!(replay.render_tick(), 600.0);
        // A seat that nobody has shows nobody.
        replay.follow(Some(900));
        replay.fill_frame();
        assert_eq!(replay.frame()[0], 0.0);
    }

    #[test]
    fn single_ticks_go_both_ways() {
        let mut replay = Replay::new(fight()).unwrap();
        replay.seek(10.01);
        for (ticks, tick) in [(1, 301.0), (1, 302.0), (-1, 301.0), (-3, 298.0), (4, 302.0)] {
            replay.step(ticks);
            replay.fill_frame();
            assert_eq!(replay.render_tick(), tick, "by {ticks}");
        }
        replay.advance(0.05, 0.5);
        replay.step(-1);
        replay.fill_frame();
        assert_eq!(replay.render_tick(), 302.0);
    }

    #[test]
    fn speed_is_time_that_passes_faster() {
        let mut replay = Replay::new(fight()).unwrap();
        replay.advance(0.5, 4.0);
        assert!((replay.seconds() - 2.0).abs() < 1e-9);
        let told = std::iter::from_fn(|| replay.poll_event()).collect::<Vec<_>>();
        assert!(told[0].contains(r#""kind":"anew""#), "{}", told[0]);
        assert!(told.iter().any(|event| event.contains(r#""kind":"player""#)));
    }
}
