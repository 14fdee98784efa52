//! The seam between the engine and a game: the traits that a game implements.
//!
//! Your own game implements [`Game`], the rules. Read its page first: it has a whole game, and the order of the calls. The other pages to
//! read depend on the game:
//!
//! | the game has | read |
//! |---|---|
//! | things that players see | [`Entity`], and `#[derive(Replicate)]` for how each field is sent |
//! | buttons | [`Input`]; or [`Stick`], which is ready to use |
//! | things that react to a button at once, ahead of the server | [`Control`]; for projectiles [`Game::birth`] too |
//! | ammunition and timers of one player | [`Own`] |
//! | events, scores | [`Record`], [`Events`], [`Board`]; or [`Score`] and [`Scores`], which are ready to use |
//! | walls | [`Map`] |
//! | something that a host can set | [`Settings`] |
//! | computer opponents, load tests | [`Bot`] and [`Sight`] |
//! | shots that hit what the player saw | [`Past`] and [`Game::past_ticks`] |
//! | hidden information | [`Game::may_see`] |
//! | a page of its own | [`Entity::between`], [`Scene`] |
//!
//! The engine does the rest: deltas, interest, prediction, transports, resume, recordings, recovery after a crash.

mod audience;
mod birth;
mod board;
mod bot;
mod checkpoint;
mod control;
mod difference;
mod digest;
#[doc(hidden)]
pub mod draw;
mod edit;
mod entity;
mod events;
mod field;
mod input;
mod map;
mod number;
mod past;
mod pose;
#[doc(hidden)]
pub mod record;
pub mod reflect;
mod rules;
mod scene;
mod score;
mod settings;
mod start;
mod step;
mod stick;
mod summary;
mod trail;
mod truth;
#[doc(hidden)]
pub mod turn;
mod view;

/// A vector of two integers, the type of positions.
pub use glam::IVec2;

pub use derive::{Entity, Field, Input, Record, Replicate};

pub use self::{
    audience::Audience,
    birth::Birth,
    board::Board,
    bot::{Behavior, Bot, NoBot, Sight, opponent_name},
    checkpoint::Checkpoint,
    control::{Control, Steered},
    difference::Difference,
    digest::{Digest, Part, mix, part_that_differs, vector_word},
    draw::{Draw, Drawing},
    entity::{Entity, Replicate},
    events::Events,
    field::Field,
    input::{Input, PlayerInput},
    map::Map,
    number::Number,
    past::Past,
    pose::Pose,
    record::{Own, Record},
    rules::{Game, MapOf},
    scene::{Key, Scene, Shown},
    score::{Score, Scores},
    settings::{About, Settings},
    start::{Profile, Start},
    step::Turn,
    stick::Stick,
    summary::{Fields, Summary, Value, Word},
    trail::Trail,
    truth::Truth,
    view::{Slots, Viewpoint},
};
