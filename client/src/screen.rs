//! Makes the scene of a frame from the prediction, the tracks and the two clocks.

use std::time::Duration;

use shared::{
    PlayerId, TickRate,
    game::{Birth, Entity, Game, Key, MapOf, Scene, Shown},
};

use crate::{
    View,
    interpolate::{Track, Tracks},
    predict::{Around, Born},
    render_clock::{EXTRAPOLATION_MAX_SECS, RenderClock},
    steered::Ahead,
};

/// The tracks of entities that are not predicted, and the clock by which they are drawn.
#[derive(Debug)]
pub struct Screen<G: Game> {
    clock: RenderClock,
    tick_rate: TickRate,
    tracks: Tracks<G>,
}

/// The arguments of [`Screen::fill`].
#[derive(Debug)]
pub(crate) struct Moment<'a, G: Game> {
    pub(crate) now: Duration,
    /// Tick of the newest input plus the part of the next tick that has passed; `None` before the first input.
    pub(crate) input_tick: Option<f64>,
    pub(crate) intent: G::Input,
    /// The player's own record, as the server sent it.
    pub(crate) own: G::Own,
    /// The player whose screen it is; `None` for a spectator.
    pub(crate) player: Option<PlayerId>,
    pub(crate) board: &'a G::Board,
    pub(crate) map: &'a MapOf<G>,
}

impl<'a, G: Game> Moment<'a, G> {
    fn around(&self) -> Option<Around<'a, G>> {
        Some(Around { player: self.player?, board: self.board, map: self.map })
    }
}

impl<G: Game> Screen<G> {
    /// A screen for a server with this tick rate.
    pub fn new(tick_rate: TickRate) -> Self {
        Self { clock: RenderClock::new(tick_rate), tick_rate, tracks: Tracks::default() }
    }

    /// Records the view after a snapshot that arrived at `now`.
    pub fn handle_snapshot(&mut self, view: &View<G>, map: &MapOf<G>, now: Duration) {
        self.clock.handle_snapshot(view.tick(), now);
        self.tracks.record(view, map, self.clock.shown(), now);
    }

    /// The render tick of the newest scene.
    pub fn shown(&self) -> Option<f64> {
        self.clock.shown()
    }

    /// Lag of other players' entities behind the least delayed snapshot, seconds. The time that a snapshot travels is not included.
    pub fn delay(&self) -> f64 {
        self.clock.delay()
    }

    /// Drops all tracks: the map has changed, or the server sends every entity in full again.
    pub fn clear(&mut self) {
        self.tracks.clear();
    }

    /// Fills `scene` for the time in `moment`.
    pub(crate) fn fill(&mut self, scene: &mut Scene<G>, ahead: &mut Ahead<G>, moment: &Moment<'_, G>) {
        scene.clear();
        let Some(render_tick) = self.clock.advance(moment.now) else { return };
        scene.render_tick = render_tick;
        scene.input_tick = moment.input_tick.unwrap_or(render_tick).max(render_tick);
        scene.intent = Some(moment.intent);
        scene.own = draw_steered(scene, ahead, moment).unwrap_or(moment.own);
        let hz = f64::from(self.tick_rate.hz());
        let guessed = (render_tick - f64::from(self.tracks.newest().0)) / (EXTRAPOLATION_MAX_SECS * hz);
        let guessed = guessed.clamp(0.0, 1.0) as f32;
        let births = ahead.prediction().births();
        for (id, track) in self.tracks.iter() {
            match track.birth(moment.map) {
                // The prediction draws what the player made, for as long as the prediction has it.
                Some(birth) if Some(birth.player) == moment.player && births.contains(birth) => {}
                Some(birth) => draw_born(scene, track, birth, moment, hz),
                // The prediction has removed this entity already, ahead of the view.
                None if !scene.steered.is_empty() && ahead.prediction().has_removed(id) => {}
                None if scene.steered.iter().any(|shown| shown.key == Key::Entity(id)) => {}
                None => {
                    let Some(mut pose) = track.at(render_tick, moment.map) else { continue };
                    pose.position += track.offset(moment.now);
                    scene.others.push(Shown { key: Key::Entity(id), pose, guessed, predicted: false });
                }
            }
        }
        for born in births.iter() {
            draw_predicted(scene, born, moment.map, hz);
        }
    }
}

/// Draws the predicted entities that the player steers. Returns the predicted own record.
fn draw_steered<G: Game>(scene: &mut Scene<G>, ahead: &mut Ahead<G>, moment: &Moment<'_, G>) -> Option<G::Own> {
    let part = moment.input_tick? - f64::from(ahead.prediction().newest()?.0);
    let around = moment.around()?;
    ahead.draw(&mut scene.steered, &moment.intent, part.clamp(0.0, 1.0), around, moment.now)
}

fn draw_born<G: Game>(scene: &mut Scene<G>, track: &Track<G>, birth: Birth, moment: &Moment<'_, G>, hz: f64) {
    let (render, input, born) = (scene.render_tick, scene.input_tick, f64::from(birth.tick.0));
    let tick = if Some(birth.player) == moment.player {
        slid(input, render, (input - born) / hz)
    } else if render < born {
        return;
    } else {
        slid(render, input, (render - born) / hz)
    };
    // An entity that was sent late has no state before its first snapshot, and is shown from there on.
    if let Some(pose) = track.at(tick, moment.map) {
        scene.others.push(Shown { key: Key::Birth(birth), pose, guessed: 0.0, predicted: false });
    }
}

fn draw_predicted<G: Game>(scene: &mut Scene<G>, born: &Born<G::Entity>, map: &MapOf<G>, hz: f64) {
    let age = scene.input_tick - f64::from(born.birth.tick.0);
    let tick = slid(scene.input_tick, scene.render_tick, age / hz);
    let past = (tick - f64::from(born.birth.tick.0)).max(0.0);
    if let Some(pose) = born.first.ahead(past, map) {
        let (key, predicted) = (Key::Birth(born.birth), !born.confirmed);
        scene.others.push(Shown { key, pose, guessed: 0.0, predicted });
    }
}

/// The tick at which to draw something that moves `from` one clock `to` the other, `age` seconds after its birth. The change is
/// slow enough that nothing flies backwards.
fn slid(from: f64, to: f64, age: f64) -> f64 {
    let part = (age / SLIDE_SECS).clamp(0.0, 1.0);
    // Smooth at both ends.
    let eased = part * part * (3.0 - 2.0 * part);
    from + (to - from) * eased
}

/// Time of the change from one clock to the other, seconds: with clocks 300 ms apart the entity still flies forward all the time.
const SLIDE_SECS: f64 = 0.6;
