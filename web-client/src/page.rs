//! The game's part of its page's module, in addition to the part that the engine gives every page.

use shared::{
    Tick,
    game::{Game, MapOf, Scene},
};

#[cfg(feature = "replay")]
use crate::facts::{Facts, Names, from_fields};
use crate::told;

/// Hooks of a game for its page. A value may keep state between calls. Frames have one value, and the marks of a recording's time line
/// have another.
pub trait Page: Default + 'static {
    /// Game that the page shows.
    type Game: Game;

    /// Changes a scene before the fields of its entities are written to the frame, for entities that the page draws differently from their
    /// state. Called for every frame, so it should not allocate.
    fn adjust(&mut self, scene: &mut Scene<Self::Game>, map: &MapOf<Self::Game>) {
        let _ = (scene, map);
    }

    /// The map as a JSON object. It is empty if the page draws nothing of the map.
    fn map(map: &MapOf<Self::Game>) -> String {
        let _ = map;
        "{}".to_owned()
    }

    /// An event of the game as a JSON object. Its `kind` must differ from the kinds of the engine's events. The default has the event's
    /// fields by name, as `#[derive(Record)]` describes them. The page's `.d.ts` describes the default, not an override.
    fn event(tick: Tick, event: &<Self::Game as Game>::Event) -> String {
        told::game(tick, event)
    }

    /// Mark on the time line of a recording for this event, or none: an object with a `kind`. The engine adds `at`, in seconds.
    #[cfg(feature = "replay")]
    fn mark(&mut self, event: &<Self::Game as Game>::Event, names: &Names) -> Option<Facts> {
        let _ = (event, names);
        None
    }

    /// Facts about the match for the summary of a recording, such as the score limit.
    #[cfg(feature = "replay")]
    fn recorded(settings: &<Self::Game as Game>::Settings) -> Facts {
        let _ = settings;
        Facts::new()
    }

    /// Facts about a player at the end of a recording. `fields` are those of the game's summary; the default gives them as they are.
    #[cfg(feature = "replay")]
    fn result(fields: &[(shared::game::Word, shared::game::Value)]) -> Facts {
        from_fields(fields)
    }
}
