//! The screen of one player, sixty frames per second.

use std::time::Duration;

use client::{Client, Scene};
use glam::IVec2;
use shared::{
    Tick,
    game::{Entity, Game, Shown},
};

/// Draws frames and keeps them.
#[derive(Debug)]
pub struct Watcher<G: Game> {
    scene: Scene<G>,
    frames: Vec<Frame<G>>,
    next_at: Duration,
}

/// A frame that was drawn.
#[derive(Clone, PartialEq, Debug)]
pub struct Frame<G: Game> {
    /// Time of the frame on the player's clock.
    pub at: Duration,
    /// Render tick: the time in the past at which other entities are shown, ticks.
    pub render_tick: f64,
    /// The player's own entities, predicted ahead of the server.
    pub steered: Vec<Shown<G::Entity>>,
    /// Predicted position of the first of them at the newest input's tick, position units.
    pub predicted: Option<(Tick, IVec2)>,
    /// All other entities.
    pub others: Vec<Shown<G::Entity>>,
}

impl<G: Game> Default for Watcher<G> {
    fn default() -> Self {
        Self { scene: Scene::default(), frames: Vec::new(), next_at: Duration::ZERO }
    }
}

impl<G: Game> Watcher<G> {
    /// Time of the next frame on the player's clock.
    pub fn next_at(&self) -> Duration {
        self.next_at
    }

    /// Draws a frame if one is due at `now`.
    pub fn watch(&mut self, client: &mut Client<G>, now: Duration) {
        if now < self.next_at {
            return;
        }
        self.next_at = now + FRAME;
        client.fill_scene(&mut self.scene, now);
        let prediction = client.ahead().prediction();
        let position = prediction
            .steered()
            .zip(client.view().map())
            .and_then(|(steered, map)| Some(steered.entities.first()?.1.position(map)));
        let Scene { render_tick, steered, others, .. } = &self.scene;
        self.frames.push(Frame {
            at: now,
            render_tick: *render_tick,
            steered: steered.clone(),
            predicted: prediction.newest().zip(position),
            others: others.clone(),
        });
    }

    /// All frames so far.
    pub fn frames(&self) -> &[Frame<G>] {
        &self.frames
    }
}

/// Time between two frames at 60 Hz.
const FRAME: Duration = Duration::from_nanos(16_666_667);
