//! The rules.

mod digest;
mod dish;
mod food;
mod game;
mod grid;
mod herd;
mod seat;
mod swallow;

pub use dish::Dish;
pub(crate) use herd::{centre, length};
pub(crate) use swallow::outweighs;
pub use swallow::swallows;
