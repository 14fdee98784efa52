//! The state directory: recordings of matches, and the restoration of rooms from them.

pub mod disk;
pub mod recording;
pub mod recovery;
pub mod state;
