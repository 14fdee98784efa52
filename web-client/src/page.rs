//! What the page of a game needs from its module, beside what the engine hands to every page.

use shared::{
    Tick,
    game::{Game, MapOf, Scene},
};

#[cfg(feature = "replay")]
use crate::facts::{Facts, Names, from_fields};
use crate::told;

/// See the module. A value of it may remember what it needs from one call to the next; there is one for what is drawn, and one for
/// what is marked on a time line.
pub trait Page: Default + 'static {
    /// Whose page it is.
    type Game: Game;

    /// Changes a scene before the fields of its entities are written to the frame: for what is to be drawn otherwise than it is. Called for
    /// every frame: allocate nothing.
    fn adjust(&mut self, scene: &mut Scene<Self::Game>, map: &MapOf<Self::Game>) {
        let _ = (scene, map);
    }

    /// The map as JSON: an object, which is empty where there is nothing to draw of it.
    fn map(map: &MapOf<Self::Game>) -> String {
        let _ = map;
        "{}".to_owned()
    }

    /// What happened in the game at a tick, as a JSON object with a `kind` that none of the engine's has. The default has the event's
    /// fields by name, as `#[derive(Record)]` describes them, and so has the page's `.d.ts`: an override is not in there.
    fn event(tick: Tick, event: &<Self::Game as Game>::Event) -> String {
        told::game(tick, event)
    }

    /// What to mark on the time line of a recording when this happens: an object with a `kind`; the engine adds `at`, in seconds.
    #[cfg(feature = "replay")]
    fn mark(&mut self, event: &<Self::Game as Game>::Event, names: &Names) -> Option<Facts> {
        let _ = (event, names);
        None
    }

    /// What a recording says of what was played.
    #[cfg(feature = "replay")]
    fn recorded(settings: &<Self::Game as Game>::Settings) -> Facts {
        let _ = settings;
        Facts::new()
    }

    /// What a recording says of a player at the end; the fields are those of the game's summary.
    #[cfg(feature = "replay")]
    fn result(fields: &[(shared::game::Word, shared::game::Value)]) -> Facts {
        from_fields(fields)
    }
}
