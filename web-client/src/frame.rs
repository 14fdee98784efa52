//! What a player sees at a moment, in one flat array of floats: the game's [`Page`] says which float means what.

#[cfg(feature = "play")]
use std::time::Duration;

use shared::game::{MapOf, Scene};

use crate::Page;

/// See the module.
#[derive(Debug)]
pub(crate) struct Frame<P: Page> {
    page: P,
    scene: Scene<P::Game>,
    values: Vec<f32>,
}

impl<P: Page> Default for Frame<P> {
    fn default() -> Self {
        Self { page: P::default(), scene: Scene::default(), values: Vec::new() }
    }
}

impl<P: Page> Frame<P> {
    /// The floats.
    pub(crate) fn values(&self) -> &[f32] {
        &self.values
    }

    /// The moment of the others that is shown, in ticks of the room.
    pub(crate) const fn render_tick(&self) -> f64 {
        self.scene.render_tick
    }

    /// Writes what `client` sees at `now`.
    #[cfg(feature = "play")]
    pub(crate) fn fill(&mut self, client: &mut client::Client<P::Game>, now: Duration) {
        client.fill_scene(&mut self.scene, now);
        self.draw(client.view().map());
    }

    /// Writes what there is between two ticks.
    #[cfg(feature = "replay")]
    pub(crate) fn fill_between(&mut self, moment: &client::Between<'_, P::Game>) {
        moment.fill(&mut self.scene);
        self.draw(Some(moment.map));
    }

    fn draw(&mut self, map: Option<&MapOf<P::Game>>) {
        let Self { page, scene, values } = self;
        values.clear();
        page.draw(scene, map, values);
    }
}
