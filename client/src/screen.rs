//! Makes the scene of a moment out of the prediction, the tracks and the two clocks.

use std::time::Duration;

use arena::{
    entity::EntityState,
    input::{AIM_TURN, Input},
    rules::Terrain,
};
use shared::{PlayerId, Tick, TickRate};

use crate::{
    View,
    interpolate::{Pose, Track, Tracks, ahead, per_tick},
    own::OwnCraft,
    predict::{Shot, born},
    render_clock::{EXTRAPOLATION_MAX_SECS, RenderClock},
    scene::{CraftShown, OwnShown, PickupShown, Scene, ShellShown, craft_player},
};

/// What others look like, and when.
#[derive(Debug)]
pub struct Screen {
    clock: RenderClock,
    tracks: Tracks,
}

/// What a scene is made for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment<'a> {
    pub(crate) now: Duration,
    /// The newest input's tick with the part of the next that has passed; `None` before the first input.
    pub(crate) input_tick: Option<f64>,
    pub(crate) intent: Input,
    /// Whose screen it is; `None` for a spectator's.
    pub(crate) player: Option<PlayerId>,
    pub(crate) terrain: &'a Terrain,
}

impl Screen {
    /// A screen for a server of this rate.
    pub fn new(tick_rate: TickRate) -> Self {
        Self { clock: RenderClock::new(tick_rate), tracks: Tracks::default() }
    }

    /// Takes in the view after a snapshot that arrived at `now`.
    pub fn handle_snapshot(&mut self, view: &View, terrain: &Terrain, now: Duration) {
        self.clock.handle_snapshot(view.tick(), now);
        self.tracks.record(view, terrain, self.clock.shown(), now);
    }

    /// The render tick of the newest scene.
    pub fn shown(&self) -> Option<f64> {
        self.clock.shown()
    }

    /// Time by which others are shown in the past, seconds, beyond the way their states came.
    pub fn delay(&self) -> f64 {
        self.clock.delay()
    }

    /// Forgets what was on another map, or was told before everything was told anew.
    pub fn clear(&mut self) {
        self.tracks.clear();
    }

    /// Fills `scene` with the moment.
    pub(crate) fn fill(&mut self, scene: &mut Scene, own: &OwnCraft, moment: Moment<'_>) {
        scene.clear();
        let Some(render_tick) = self.clock.advance(moment.now) else { return };
        scene.render_tick = render_tick;
        scene.input_tick = moment.input_tick.unwrap_or(render_tick).max(render_tick);
        scene.own = self.own(own, moment);
        let hz = f64::from(moment.terrain.rules.tick_rate.hz());
        let guessed = (render_tick - f64::from(self.tracks.newest().0)) / (EXTRAPOLATION_MAX_SECS * hz);
        for (id, track) in self.tracks.iter() {
            match track.newest() {
                EntityState::Shell(shell) if self.is_drawn_as_shot(shell.owner, track, own, moment) => {}
                EntityState::Shell(_) => self.draw_shell(scene, track, moment),
                state => {
                    let Some(pose) = track.at(render_tick, moment.terrain) else { continue };
                    match (pose.state, craft_player(id, state)) {
                        (EntityState::Craft(craft), Some(player))
                            if Some(player) != moment.player || scene.own.is_none() =>
                        {
                            let position = pose.position + track.offset(moment.now);
                            let velocity = pose.velocity * hz as f32;
                            let shown = CraftShown::new(player, &craft, position, velocity, pose.angle);
                            scene.crafts.push(CraftShown { guessed: guessed.clamp(0.0, 1.0) as f32, ..shown });
                        }
                        (EntityState::Pickup(pickup), _) => {
                            // A server may say anything, also a place that the map does not have.
                            let Some(on_map) = moment.terrain.map.pickups().get(usize::from(pickup.place)) else {
                                continue;
                            };
                            let kind = on_map.kind;
                            let (place, position) = (pickup.place, pose.position);
                            scene.pickups.push(PickupShown { place, position, kind, available: pickup.available });
                        }
                        _ => {}
                    }
                }
            }
        }
        for shot in own.prediction().shots().iter() {
            self.draw_shot(scene, shot, moment);
        }
    }

    fn own(&self, own: &OwnCraft, moment: Moment<'_>) -> Option<OwnShown> {
        let Moment { now, input_tick, intent, player, terrain } = moment;
        let part = input_tick? - f64::from(own.prediction().newest()?.0);
        let (piloted, position) = own.drawn(&intent, part.clamp(0.0, 1.0) as f32, terrain, now)?;
        let velocity = per_tick(piloted.craft.velocity) * f32::from(terrain.rules.tick_rate.hz());
        let aim = f32::from(intent.aim) / f32::from(AIM_TURN);
        let craft = CraftShown::new(player?, &piloted.craft, position, velocity, aim);
        Some(OwnShown::new(craft, &piloted.own, &terrain.rules))
    }

    /// Own shells are drawn from the prediction for as long as it knows them.
    fn is_drawn_as_shot(&self, owner: PlayerId, track: &Track, own: &OwnCraft, moment: Moment<'_>) -> bool {
        Some(owner) == moment.player
            && track
                .born(moment.terrain)
                .is_some_and(|born| own.prediction().shots().iter().any(|shot| shot.born == born))
    }

    fn draw_shell(&self, scene: &mut Scene, track: &Track, moment: Moment<'_>) {
        let EntityState::Shell(shell) = *track.newest() else { return };
        let Some(born) = track.born(moment.terrain) else { return };
        let hz = f64::from(moment.terrain.rules.tick_rate.hz());
        let (render, input) = (scene.render_tick, scene.input_tick);
        let tick = if Some(shell.owner) == moment.player {
            slid(input, render, (input - f64::from(born.0)) / hz)
        } else if render < f64::from(born.0) {
            return;
        } else {
            slid(render, input, (render - f64::from(born.0)) / hz)
        };
        // What was told late is shown from when it was told.
        if let Some(pose) = track.at(tick, moment.terrain) {
            scene.shells.extend(shell_shown(&pose, shell.owner, born, false, moment.terrain));
        }
    }

    fn draw_shot(&self, scene: &mut Scene, shot: &Shot, moment: Moment<'_>) {
        let Some(owner) = moment.player else { return };
        let hz = f64::from(moment.terrain.rules.tick_rate.hz());
        let age = scene.input_tick - f64::from(shot.born.0);
        let tick = slid(scene.input_tick, scene.render_tick, age / hz);
        let past = (tick - f64::from(shot.born.0)).max(0.0);
        if let Some(pose) = ahead(EntityState::Shell(shot.birth), past, moment.terrain) {
            scene.shells.extend(shell_shown(&pose, owner, shot.born, !shot.confirmed, moment.terrain));
        }
    }
}

impl Track {
    /// The tick a shell was born at.
    fn born(&self, terrain: &Terrain) -> Option<Tick> {
        let (tick, EntityState::Shell(shell)) = self.last() else { return None };
        Some(born(tick, shell, terrain))
    }
}

/// A shell as a screen draws it; `None` of a pose of something else.
pub(crate) fn shell_shown(
    pose: &Pose,
    owner: PlayerId,
    born: Tick,
    predicted: bool,
    terrain: &Terrain,
) -> Option<ShellShown> {
    let Pose { position, velocity, angle: _, state: EntityState::Shell(shell) } = *pose else { return None };
    let velocity = velocity * f32::from(terrain.rules.tick_rate.hz());
    Some(ShellShown { key: key(owner, born), owner, position, velocity, bounces_left: shell.bounces_left, predicted })
}

/// A tick on the way `from` one clock `to` the other, `age` seconds after birth. It takes long enough that nothing
/// flies backwards.
fn slid(from: f64, to: f64, age: f64) -> f64 {
    let part = (age / SLIDE_SECS).clamp(0.0, 1.0);
    // Smooth at both ends.
    let eased = part * part * (3.0 - 2.0 * part);
    from + (to - from) * eased
}

/// One shell per player and tick.
fn key(owner: PlayerId, born: Tick) -> u32 {
    u32::from(owner.0) << 16 | born.0 & 0xffff
}

/// Seconds a shell takes from one clock to the other: at a distance of 300 ms it still flies forward all the way.
const SLIDE_SECS: f64 = 0.6;
