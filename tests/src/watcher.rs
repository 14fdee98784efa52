//! The eyes of one player: what is on its screen, sixty times a second.

use std::time::Duration;

use client::{Client, Scene};
use glam::{IVec2, Vec2};
use shared::{PlayerId, Tick};

/// Draws frames and remembers them.
#[derive(Debug, Default)]
pub struct Watcher {
    scene: Scene,
    frames: Vec<Frame>,
    next_at: Duration,
}

/// What was drawn at a moment.
#[derive(Clone, PartialEq, Debug)]
pub struct Frame {
    /// The moment, by the player's own clock.
    pub at: Duration,
    /// The moment of the others' past that was shown, ticks.
    pub render_tick: f64,
    /// Where the own craft was drawn, px.
    pub own: Option<Vec2>,
    /// Where the own craft was predicted to be at the newest input's tick, position units.
    pub predicted: Option<(Tick, IVec2)>,
    /// Where the others were drawn, px.
    pub others: Vec<(PlayerId, Vec2)>,
    /// Where shells were drawn, with the key of each, px.
    pub shells: Vec<(u32, Vec2)>,
}

impl Watcher {
    /// When the next frame is due, by the player's own clock.
    pub fn next_at(&self) -> Duration {
        self.next_at
    }

    /// Draws a frame if one is due at `now`.
    pub fn watch(&mut self, client: &mut Client, now: Duration) {
        if now < self.next_at {
            return;
        }
        self.next_at = now + FRAME;
        client.fill_scene(&mut self.scene, now);
        let prediction = client.own().prediction();
        let predicted = prediction.newest().zip(prediction.piloted().map(|piloted| piloted.craft.position));
        let Scene { render_tick, own, crafts, shells, .. } = &self.scene;
        self.frames.push(Frame {
            at: now,
            render_tick: *render_tick,
            own: own.as_ref().map(|own| own.craft.position),
            predicted,
            others: crafts
                .iter()
                .filter(|craft| craft.health > 0)
                .map(|craft| (craft.player, craft.position))
                .collect(),
            shells: shells.iter().map(|shell| (shell.key, shell.position)).collect(),
        });
    }

    /// Everything drawn so far.
    pub fn frames(&self) -> &[Frame] {
        &self.frames
    }
}

/// Sixty frames a second.
const FRAME: Duration = Duration::from_nanos(16_666_667);
