//! The seam: what a game is, to the engine.
//!
//! [`Game`] is the trait to implement: the rules. Beside it a game says what its things are and how they move ([`Entity`]), what a player
//! can want ([`Input`]), what it tells beside that ([`Record`]), and what computer opponents press ([`Bot`]). Everything else (deltas, interest, prediction, transports, recordings) is made from these.

mod audience;
mod birth;
mod board;
mod bot;
mod checkpoint;
mod control;
mod difference;
mod digest;
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
mod rules;
mod scene;
mod settings;
mod start;
mod step;
mod summary;
mod trail;
mod truth;
#[doc(hidden)]
pub mod turn;
mod view;

/// A vector of integers, as positions are.
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
    digest::{Digest, Part, mix, part_that_differs},
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
    settings::{About, Settings},
    start::{Profile, Start},
    step::Turn,
    summary::{Fields, Summary, Value},
    trail::Trail,
    truth::Truth,
    view::{Slots, Viewpoint},
};
