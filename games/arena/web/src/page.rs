//! The arena's implementation of [`Page`], which the engine's half of the module calls.

#[cfg(feature = "replay")]
use arena::event::Event;
use arena::{
    entity::EntityState,
    rules::{Terrain, World, pilot},
};
use shared::game::Scene;
use web_client::Page;
#[cfg(feature = "replay")]
use web_client::{Facts, Names};

use crate::map;

/// The arena's part of the page's module.
#[derive(Debug, Default)]
pub struct ArenaPage {
    /// The last phase of the match that was marked.
    #[cfg(feature = "replay")]
    pub(crate) phase: Option<u8>,
}

impl Page for ArenaPage {
    type Game = World;

    /// The own gun is drawn where the player points it now, without waiting for a tick, also on a wreck.
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

#[cfg(all(test, feature = "replay"))]
mod tests {
    use arena::{
        event::{MatchPhase, Standing, Team, Weapon},
        rules::Mode,
    };
    use shared::{PlayerId, Tick};

    use super::*;

    #[track_caller]
    fn check(event: Event, told: &str) {
        assert_eq!(ArenaPage::event(Tick(7), &event), told);
    }

    #[test]
    fn page_is_handed_words_and_pixels() {
        let standing = Standing { player: PlayerId(4), team: Team::Blue, score: -1, deaths: 2 };
        check(
            Event::Standing(standing),
            r#"{"kind":"standing","tick":7,"player":4,"team":"blue","score":-1,"deaths":2}"#,
        );
        check(
            Event::Killed { killer: PlayerId(1), victim: PlayerId(2), weapon: Weapon::Rail },
            r#"{"kind":"killed","tick":7,"killer":1,"victim":2,"weapon":"rail"}"#,
        );
        check(
            Event::Rail { shooter: PlayerId(1), from: [16, 32].into(), to: [-16, 8].into() },
            r#"{"kind":"rail","tick":7,"shooter":1,"from":{"x":1.0,"y":2.0},"to":{"x":-1.0,"y":0.5}}"#,
        );
        let (mode, phase) = (Mode::TeamDeathmatch, MatchPhase::WarmUp);
        check(
            Event::Match { mode, phase, ends: Tick(u32::MAX), score_limit: 20, team_scores: [1, 2] },
            r#"{"kind":"match","tick":7,"mode":"team_deathmatch","phase":"warm_up","ends":4294967295,"score_limit":20,"team_scores":[1,2]}"#,
        );
    }
}
