//! A player's end of Ricochet.

pub mod view;
