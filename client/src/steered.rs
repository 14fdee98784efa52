//! The entities that the player steers: predicted, corrected, and drawn so that corrections are smooth.

use std::time::Duration;

use glam::Vec2;
use shared::{
    EntityId, Tick,
    game::{Birth, Entity, Game, Key, Pose, Shown, Steered},
    quantize::position_to_px,
};

use crate::{
    View,
    predict::{Around, Prediction, Reconciled},
    smooth::Offset,
};

/// See the module.
#[derive(Debug)]
pub struct Ahead<G: Game> {
    prediction: Prediction<G>,
    /// Smoothed corrections, by entity.
    offsets: Vec<(EntityId, Offset)>,
    /// Scratch: births of the player's entities in view.
    shown: Vec<Birth>,
}

impl<G: Game> Default for Ahead<G> {
    fn default() -> Self {
        Self { prediction: Prediction::default(), offsets: Vec::new(), shown: Vec::new() }
    }
}

impl<G: Game> Ahead<G> {
    /// Advances the prediction by the input of `tick`.
    pub fn handle_input(&mut self, tick: Tick, input: G::Input, around: Around<'_, G>) {
        self.prediction.advance(tick, input, around);
    }

    /// Compares the prediction with the view after a snapshot, and corrects it. `complete` means that no snapshot before is missing.
    /// Returns the size of the correction in position units, or `None` if there was none.
    pub fn handle_snapshot(
        &mut self,
        view: &View<G>,
        complete: bool,
        around: Around<'_, G>,
        now: Duration,
    ) -> Option<u32> {
        self.compare_births(view, complete, around);
        if view.steers_nothing() {
            self.prediction.end();
            return None;
        }
        let Reconciled::Corrected(moved) = self.prediction.reconcile(view.tick(), view.steered()?, around) else {
            return None;
        };
        let moves = self.prediction.moves();
        self.offsets.retain(|(id, _)| moves.iter().any(|(moved, _)| moved == id));
        for &(id, moved) in moves {
            match self.offsets.iter_mut().find(|(other, _)| *other == id) {
                Some((_, offset)) => offset.absorb(position_to_px(moved), now),
                None => {
                    let mut offset = Offset::default();
                    offset.absorb(position_to_px(moved), now);
                    self.offsets.push((id, offset));
                }
            }
        }
        let size = moved.as_vec2().length().round() as u32;
        (size > 0).then_some(size)
    }

    /// The prediction without smoothing.
    pub fn prediction(&self) -> &Prediction<G> {
        &self.prediction
    }

    /// Adds the entities to `out` as they will be `part` of a tick after the newest input, if `intent` does not change. Returns the own
    /// record at the newest input.
    pub(crate) fn draw(
        &mut self,
        out: &mut Vec<Shown<G::Entity>>,
        intent: &G::Input,
        part: f64,
        around: Around<'_, G>,
        now: Duration,
    ) -> Option<G::Own> {
        let before = out.len();
        let Steered { entities, own } = self.prediction.steered()?;
        let own = *own;
        out.extend(entities.iter().map(|&(id, state)| {
            let pose = Pose::still(state, around.map);
            Shown { key: Key::Entity(id), pose, guessed: 0.0, predicted: false }
        }));
        let next = self.prediction.next(intent, around)?;
        for shown in &mut out[before..] {
            let Key::Entity(id) = shown.key else { continue };
            // An entity that ends in this tick is drawn at its last position until the tick's end.
            let Ok(place) = next.binary_search_by_key(&id, |&(id, _)| id) else { continue };
            let (from, (_, next)) = (shown.pose.from, &next[place]);
            // Only the pose is interpolated: all other changes of a tick are shown at its end.
            shown.pose = Pose { state: from, ..from.between(next, part, 1, around.map) };
            let offset = self.offsets.iter().find(|(other, _)| *other == id);
            shown.pose.position += offset.map_or(Vec2::ZERO, |(_, offset)| offset.at(now));
        }
        Some(own)
    }

    /// Drops everything: nothing of the session's past is valid.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Drops everything but the inputs: the map has changed, or the server sends every entity in full again.
    pub fn clear_states(&mut self) {
        self.prediction.clear_states();
        self.offsets.clear();
    }

    fn compare_births(&mut self, view: &View<G>, complete: bool, around: Around<'_, G>) {
        if self.prediction.births().is_empty() {
            return;
        }
        let Around { player, board: _, map } = around;
        self.shown.clear();
        let births = view.entities().filter_map(|(_, state)| G::birth(state, view.tick(), map));
        self.shown.extend(births.filter(|birth| birth.player == player));
        self.prediction.births_mut().handle_snapshot(view.tick(), &self.shown, complete, map);
    }
}
