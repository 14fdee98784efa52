//! What outlives the process: recordings of matches, and what a start restores from them.

pub mod disk;
pub mod recording;
pub mod recovery;
pub mod state;
