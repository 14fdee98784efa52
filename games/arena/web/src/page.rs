//! What the engine's half of the module asks of the arena's.

use arena::{
    event::Event,
    rules::{Terrain, World},
    scene::Scene,
};
use shared::{Tick, game};
use web_client::Page;
#[cfg(feature = "replay")]
use web_client::{Facts, Names};

use crate::{event, frame, layout, map};

/// See the module.
#[derive(Debug, Default)]
pub struct ArenaPage {
    scene: Scene,
    /// The phase of the match that was marked last.
    #[cfg(feature = "replay")]
    pub(crate) phase: Option<u8>,
}

impl Page for ArenaPage {
    type Game = World;

    fn layout() -> String {
        layout::json()
    }

    fn draw(&mut self, scene: &game::Scene<World>, terrain: Option<&Terrain>, out: &mut Vec<f32>) {
        match terrain {
            Some(terrain) => self.scene.fill(scene, terrain),
            None => self.scene.clear(),
        }
        frame::write(&self.scene, out);
    }

    fn map(terrain: &Terrain) -> String {
        map::json(&terrain.map)
    }

    fn event(tick: Tick, event: &Event) -> String {
        event::json(tick, event)
    }

    #[cfg(feature = "replay")]
    fn mark(&mut self, event: &Event, names: &Names) -> Option<Facts> {
        self.mark_of(event, names)
    }

    #[cfg(feature = "replay")]
    fn recorded(settings: &arena::settings::Settings) -> Facts {
        crate::recorded::of_match(settings)
    }

    #[cfg(feature = "replay")]
    fn result(fields: &[(String, game::Value)]) -> Facts {
        crate::recorded::of_player(fields)
    }
}
