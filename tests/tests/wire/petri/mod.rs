//! Petri: its page and its vectors against its code.

pub(crate) mod document;
mod fields;
mod grammar;
mod herd;
mod messages;
mod motion;
mod records;
