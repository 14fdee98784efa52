//! The layout of a frame: the name of each float, taken from the game's own fields. The page reads it once.
//!
//! ```text
//! {"own": ["shots", …], "input": ["heading", …], "kinds": [{"name": "Ship", "fields": ["key_high", …]}, …]}
//! ```
//!
//! Positions are px of the world, velocities px per second, angles radians clockwise from the right. True is 1 and false is 0.

use serde::Serialize;
use shared::game::{Draw, Game, Input, MapOf, draw};

use crate::{Page, frame::OF_EVERY_ENTITY};

#[derive(Serialize)]
struct Layout {
    /// Fields of the player's own record.
    own: Vec<String>,
    /// Fields of the input, in the order in which `set_input` takes them.
    input: Vec<String>,
    /// In the order of the lists in a frame.
    kinds: Vec<Kind>,
}

#[derive(Serialize)]
struct Kind {
    name: &'static str,
    fields: Vec<String>,
}

/// The layout of a page's frames, as JSON.
pub fn layout<P: Page>() -> String {
    let (mut own, mut input) = (Vec::new(), Vec::new());
    <<P::Game as Game>::Own as Draw<MapOf<P::Game>>>::number_names(&mut own);
    <P::Game as Game>::Input::number_names(&mut input);
    let kind = |(name, fields)| {
        let every = OF_EVERY_ENTITY.map(str::to_owned);
        Kind { name, fields: every.into_iter().chain(fields).collect() }
    };
    let kinds = draw::kinds::<<P::Game as Game>::Entity>().into_iter().map(kind).collect();
    serde_json::to_string(&Layout { own, input, kinds }).expect("names are JSON")
}
