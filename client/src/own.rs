//! The own craft: predicted, corrected, and drawn without a jolt.

use std::time::Duration;

use arena::{entity::EntityState, input::Input, rules::Terrain};
use glam::Vec2;
use shared::{Tick, quantize::position_to_px};

use crate::{
    View,
    predict::{Piloted, Prediction, Reconciled, born},
    smooth::Offset,
};

/// See the module.
#[derive(Debug, Default)]
pub struct OwnCraft {
    prediction: Prediction,
    offset: Offset,
    /// Scratch: ticks of birth of the own shells in view.
    told: Vec<Tick>,
}

impl OwnCraft {
    /// Flies on by the input of `tick`.
    pub fn handle_input(&mut self, tick: Tick, input: Input, armed: bool, terrain: &Terrain) {
        self.prediction.advance(tick, input, armed, terrain);
    }

    /// Compares the prediction with the view after a snapshot, and corrects it. `complete` says that the view lacks
    /// nothing. Returns the size of a correction, position units.
    pub fn handle_snapshot(
        &mut self,
        view: &View,
        complete: bool,
        armed: bool,
        terrain: &Terrain,
        now: Duration,
    ) -> Option<u32> {
        self.compare_shots(view, complete, terrain);
        let (craft, own) = view.own_truth()?;
        let Reconciled::Corrected(moved) =
            self.prediction.reconcile(view.tick(), Piloted { craft, own }, armed, terrain)
        else {
            return None;
        };
        self.offset.absorb(position_to_px(moved), now);
        let size = moved.as_vec2().length().round() as u32;
        (size > 0).then_some(size)
    }

    /// What is predicted.
    pub fn prediction(&self) -> &Prediction {
        &self.prediction
    }

    /// The craft `part` of a tick after the newest input if `intent` stays what it is, and where to draw it, px.
    pub fn drawn(&self, intent: &Input, part: f32, terrain: &Terrain, now: Duration) -> Option<(Piloted, Vec2)> {
        let from = *self.prediction.piloted()?;
        let to = self.prediction.next(intent, terrain)?;
        let (a, b) = (position_to_px(from.craft.position), position_to_px(to.craft.position));
        Some((from, a.lerp(b, part) + self.offset.at(now)))
    }

    /// Forgets everything: another map, or everything told anew.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    fn compare_shots(&mut self, view: &View, complete: bool, terrain: &Terrain) {
        let Some(player) = view.player() else { return };
        self.told.clear();
        if self.prediction.shots().iter().next().is_none() {
            return;
        }
        let own_shells = view.entities().filter_map(|(_, state)| match state {
            EntityState::Shell(shell) if shell.owner == player => Some(born(view.tick(), shell, terrain)),
            _ => None,
        });
        self.told.extend(own_shells);
        self.prediction.shots_mut().handle_told(view.tick(), &self.told, complete, &terrain.rules);
    }
}
