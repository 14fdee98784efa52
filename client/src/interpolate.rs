//! The others as they are drawn: each between two states that were received, a little in the past.
//!
//! In: the view after every snapshot (`record`). Out: what an entity looks like at any moment between the oldest state
//! kept and a little beyond the newest. What is sent once and has ended stays until the screen has come to its end.

mod track;

use std::{collections::BTreeMap, time::Duration};

use shared::{
    EntityId, Tick,
    game::{Game, MapOf, Replicate},
    limits::ENDING_TRACKS_MAX,
};

use crate::View;

pub use track::Track;

/// The tracks of everything that is drawn.
#[derive(Debug)]
pub struct Tracks<G: Game> {
    newest: Tick,
    living: BTreeMap<EntityId, Track<G>>,
    /// Of the view no more, but not yet of the screen.
    ending: Vec<(EntityId, Track<G>)>,
}

impl<G: Game> Default for Tracks<G> {
    fn default() -> Self {
        Self { newest: Tick(0), living: BTreeMap::new(), ending: Vec::new() }
    }
}

impl<G: Game> Tracks<G> {
    /// Takes in the view after a snapshot. `shown` is the render tick and `now` its moment: what the new states change
    /// there is smoothed.
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

    /// Everything there is a track of, in the order of ids, then what has ended.
    pub fn iter(&self) -> impl Iterator<Item = (EntityId, &Track<G>)> {
        let living = self.living.iter().map(|(&id, track)| (id, track));
        living.chain(self.ending.iter().map(|(id, track)| (*id, track)))
    }

    /// The track of an entity that is there.
    pub fn living(&self, id: EntityId) -> Option<&Track<G>> {
        self.living.get(&id)
    }

    /// Forgets everything: another map, or everything told anew.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    fn end(&mut self, id: EntityId, mut track: Track<G>, tick: Tick, map: &MapOf<G>) {
        // Of what is sent once both ends know how it ends. Anything else has left the view, and is gone at once: what is out of sight
        // must not linger.
        if track.newest().is_sent_once() && self.ending.len() < ENDING_TRACKS_MAX {
            track.end(tick, map);
            self.ending.push((id, track));
        }
    }
}

#[cfg(test)]
mod tests;
