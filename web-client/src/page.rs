//! What the page of a game needs from its module, beside what the engine hands to every page.

use shared::{
    Tick,
    game::{Game, MapOf, Scene},
};

#[cfg(feature = "replay")]
use crate::facts::{Facts, Names, from_fields};

/// See the module. A value of it may remember what it needs from one call to the next; there is one for what is drawn, and one for
/// what is marked on a time line.
pub trait Page: Default + 'static {
    /// Whose page it is.
    type Game: Game;

    /// The records of a frame and their fields in order, as JSON: `{"Head": ["own", …], …}`.
    fn layout() -> String;

    /// Appends what is to be seen, as floats in those records. Called for every frame: allocate nothing. While there is no map the scene is
    /// empty.
    fn draw(&mut self, scene: &Scene<Self::Game>, map: Option<&MapOf<Self::Game>>, out: &mut Vec<f32>);

    /// The map as JSON.
    fn map(map: &MapOf<Self::Game>) -> String;

    /// What happened in the game at a tick, as a JSON object with a `kind` that none of the engine's has.
    fn event(tick: Tick, event: &<Self::Game as Game>::Event) -> String;

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
    fn result(fields: &[(String, shared::game::Value)]) -> Facts {
        from_fields(fields)
    }
}
