//! The rules.

mod dish;
mod herd;

pub use dish::Dish;
pub(crate) use herd::Herd;
