//! What the engine's half of the module asks of the arena's.

use arena::{
    entity::EntityState,
    event::Event,
    rules::{Terrain, World, pilot},
};
use shared::{Tick, game::Scene};
use web_client::Page;
#[cfg(feature = "replay")]
use web_client::{Facts, Names};

use crate::{event, map};

/// See the module.
#[derive(Debug, Default)]
pub struct ArenaPage {
    /// The phase of the match that was marked last.
    #[cfg(feature = "replay")]
    pub(crate) phase: Option<u8>,
}

impl Page for ArenaPage {
    type Game = World;

    /// The own gun points where the player wants it now, without waiting for a tick, on a wreck too.
    fn adjust(&mut self, scene: &mut Scene<World>, _: &Terrain) {
        let Some(intent) = scene.intent else { return };
        for shown in &mut scene.steered {
            for state in [&mut shown.pose.from, &mut shown.pose.to] {
                if let EntityState::Craft(craft) = state {
                    craft.aim = pilot::shown_aim(intent.aim);
                }
            }
        }
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
    fn result(fields: &[(shared::game::Word, shared::game::Value)]) -> Facts {
        crate::recorded::of_player(fields)
    }
}
