//! The seam: what a game is, to the engine.
//!
//! A game says what its things are and how they move ([`Entity`]), what a player can want ([`Input`]), and what it tells beside
//! that ([`Record`]). Everything else (deltas, interest, prediction, transports, recordings) is made from these.

mod audience;
mod entity;
mod field;
mod input;
mod map;
mod number;
#[doc(hidden)]
pub mod record;
#[doc(hidden)]
pub mod turn;

/// A vector of integers, as positions are.
pub use glam::IVec2;

pub use derive::{Entity, Field, Input, Record, Replicate};

pub use self::{
    audience::Audience,
    entity::{Entity, Replicate},
    field::Field,
    input::{Input, PlayerInput},
    map::Map,
    number::Number,
    record::{Own, Record},
};
