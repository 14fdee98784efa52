//! The view of a player at a moment, as one flat array of floats. `layout.rs` names the floats.
//!
//! ```text
//! frame = count of each list, own, list of the first kind's steered, of its others, of the second kind's steered, …
//! ```

#[cfg(feature = "play")]
use std::time::Duration;

use shared::game::{Draw, Drawing, Game, Key, MapOf, Replicate, Scene, Shown};

use crate::Page;

/// The floats of the newest frame, and the buffers from which they are made.
#[derive(Debug)]
pub(crate) struct Frame<P: Page> {
    page: P,
    scene: Scene<P::Game>,
    /// Two for each kind: entities that the player steers, then all others.
    lists: Vec<List>,
    values: Vec<f32>,
}

/// Records of one kind.
#[derive(Clone, Debug, Default)]
struct List {
    count: u16,
    values: Vec<f32>,
}

type Entity<P> = <<P as Page>::Game as Game>::Entity;

impl<P: Page> Default for Frame<P> {
    fn default() -> Self {
        let lists = vec![List::default(); 2 * usize::from(Entity::<P>::KINDS)];
        Self { page: P::default(), scene: Scene::default(), lists, values: Vec::new() }
    }
}

impl<P: Page> Frame<P> {
    /// The floats. Empty until the map has arrived.
    pub(crate) fn values(&self) -> &[f32] {
        &self.values
    }

    /// Time at which the entities of others are shown, in ticks of the room.
    pub(crate) const fn render_tick(&self) -> f64 {
        self.scene.render_tick
    }

    /// Writes the view of `client` at `now`.
    #[cfg(feature = "play")]
    pub(crate) fn fill(&mut self, client: &mut client::Client<P::Game>, now: Duration) {
        client.fill_scene(&mut self.scene, now);
        let hz = client.welcome().map(|welcome| welcome.tick_rate.hz().into());
        self.draw(client.view().map().zip(hz));
    }

    /// Writes the view at a moment between two ticks. `hz` is the tick rate.
    #[cfg(feature = "replay")]
    pub(crate) fn fill_between(&mut self, moment: &client::Between<'_, P::Game>, hz: f32) {
        moment.fill(&mut self.scene);
        self.draw(Some((moment.map, hz)));
    }

    fn draw(&mut self, around: Option<(&MapOf<P::Game>, f32)>) {
        let Self { page, scene, lists, values } = self;
        values.clear();
        let Some((map, hz)) = around else { return };
        page.adjust(scene, map);
        let around = Drawing { map, hz };
        for List { count, values } in &mut *lists {
            *count = 0;
            values.clear();
        }
        for (place, shown) in [(0, &scene.steered), (1, &scene.others)] {
            for shown in shown {
                let list = &mut lists[2 * usize::from(shown.pose.state.kind()) + place];
                list.count += 1;
                record(shown, &around, &mut list.values);
            }
        }
        values.extend(lists.iter().map(|list| f32::from(list.count)));
        scene.own.draw(&around, values);
        for list in lists {
            values.extend_from_slice(&list.values);
        }
    }
}

/// Names of the first floats of every entity's record. The entity's own fields follow.
pub(crate) const OF_EVERY_ENTITY: [&str; 8] = ["key_high", "key_low", "x", "y", "vx", "vy", "guessed", "predicted"];

fn record<E: Replicate>(shown: &Shown<E>, around: &Drawing<'_, E::Map>, out: &mut Vec<f32>) {
    let Shown { key, pose, guessed, predicted } = shown;
    let [high, low] = halves(*key);
    let velocity = pose.velocity * around.hz;
    out.extend([high, low, pose.position.x, pose.position.y, velocity.x, velocity.y, *guessed, (*predicted).into()]);
    E::draw(pose, around, out);
}

/// Key of an entity as two floats, of 24 and 16 bits, because an `f32` holds integers exactly up to 24 bits only.
///
/// ```text
/// entity   0                          id
/// birth    number << 16 | player + 1  low 16 bits of the tick
/// ```
fn halves(key: Key) -> [f32; 2] {
    match key {
        Key::Entity(id) => [0.0, id.0.into()],
        Key::Birth(birth) => {
            let maker = u32::from(birth.number) << 16 | (u32::from(birth.player.0) + 1);
            [maker as f32, (birth.tick.0 as u16).into()]
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::{EntityId, PlayerId, Tick, game::Birth};

    use super::*;

    #[test]
    fn different_things_have_different_keys() {
        let birth = |player, tick, number| Key::Birth(Birth { player: PlayerId(player), tick: Tick(tick), number });
        let keys = [
            Key::Entity(EntityId(0)),
            Key::Entity(EntityId(u16::MAX)),
            birth(0, 0, 0),
            birth(1, 0, 0),
            birth(0, 1, 0),
            birth(0, 0, 1),
            birth(1_023, 65_535, 255),
        ];
        let whole = |key| {
            let [high, low] = halves(key);
            assert!(high < 16_777_216.0 && low < 65_536.0, "{high} and {low} fit floats");
            high as u64 * 65_536 + low as u64
        };
        let mut wholes = keys.map(whole).to_vec();
        wholes.sort_unstable();
        wholes.dedup();
        assert_eq!(wholes.len(), keys.len());
    }
}
