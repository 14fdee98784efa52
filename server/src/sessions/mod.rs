//! Players as they outlive their links.

mod id;

pub use id::{ParseSessionIdError, SessionId};
