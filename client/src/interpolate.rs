//! Interpolation of the entities that the player does not steer: each is drawn between two received states, a little in the past.
//!
//! In: the view after every snapshot (`record`). Out: the pose of an entity at any time between the oldest state kept and a
//! little after the newest. An entity that is sent once and has ended stays until the render tick has reached its end.

mod track;

use std::{collections::BTreeMap, time::Duration};

use shared::{
    EntityId, Tick,
    game::{Game, MapOf, Replicate},
    limits::ENDING_TRACKS_MAX,
};

use crate::View;

pub use track::Track;

/// The tracks of all entities in the view.
#[derive(Debug)]
pub struct Tracks<G: Game> {
    newest: Tick,
    living: BTreeMap<EntityId, Track<G>>,
    /// Tracks of entities that have left the view and are still drawn.
    ending: Vec<(EntityId, Track<G>)>,
}

impl<G: Game> Default for Tracks<G> {
    fn default() -> Self {
        Self { newest: Tick(0), living: BTreeMap::new(), ending: Vec::new() }
    }
}

impl<G: Game> Tracks<G> {
    /// Records the view after a snapshot. `shown` is the render tick and `now` its time: where the new states move an entity that was
    /// extrapolated, the move is smoothed.
    pub fn record(&mut self, view: &View<G>, map: &MapOf<G>, shown: Option<f64>, now: Duration) {
        let tick = view.tick();
        let guessed = shown.is_some_and(|shown| shown > f64::from(self.newest.0));
        let mut before = std::mem::take(&mut self.living);
        for (id, state) in view.entities() {
            let known = before.remove(&id);
            let track = match known {
                Some(track) if track.continues_as(tick, state, map) => {
                    let mut track = track;
                    let drawn = shown.filter(|_| guessed).and_then(|shown| Some((shown, track.at(shown, map)?)));
                    track.push(tick, *state, map);
                    if let Some((shown, drawn)) = drawn {
                        track.keep_place(shown, drawn.position, map, now);
                    }
                    track
                }
                other => {
                    if let Some(track) = other {
                        self.end(id, track, tick, map);
                    }
                    Track::new(tick, *state)
                }
            };
            self.living.insert(id, track);
        }
        for (id, track) in before {
            self.end(id, track, tick, map);
        }
        self.newest = tick;
        let passed = shown.map_or(tick, |shown| Tick(shown as u32));
        self.ending.retain(|(_, track)| track.ended().is_some_and(|ended| ended > passed));
    }

    /// The newest tick recorded.
    pub fn newest(&self) -> Tick {
        self.newest
    }

    /// All tracks: those of the view in the order of ids, then those that are ending.
    pub fn iter(&self) -> impl Iterator<Item = (EntityId, &Track<G>)> {
        let living = self.living.iter().map(|(&id, track)| (id, track));
        living.chain(self.ending.iter().map(|(id, track)| (*id, track)))
    }

    /// The track of an entity in the view.
    pub fn living(&self, id: EntityId) -> Option<&Track<G>> {
        self.living.get(&id)
    }

    /// Drops everything: the map has changed, or the server sends every entity in full again.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    fn end(&mut self, id: EntityId, mut track: Track<G>, tick: Tick, map: &MapOf<G>) {
        // The client can compute the end of an entity that is sent once. Any other entity has left the view and disappears at once: it may
        // be out of sight now.
        if track.newest().is_sent_once() && self.ending.len() < ENDING_TRACKS_MAX {
            track.end(tick, map);
            self.ending.push((id, track));
        }
    }
}

#[cfg(test)]
mod tests;
