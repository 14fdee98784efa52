//! The games that this program can host, by name.
//!
//! ```text
//! main ── game::<G>() ──> Games ──┬─ settings: the sections [games.NAME]
//!                                 ├─ PreparedGames: settings and maps, read ──> rooms
//!                                 ├─ pages: / and /NAME/
//!                                 └─ recordings: recovery, `replay`
//! ```
//!
//! A game is a value here ([`Hosted`]); the code that is compiled for its types is behind it, and this crate knows no game by its name.

pub(crate) mod fields;
mod guarded;
mod hosted;
pub(crate) mod maps;
mod of;
mod page;
mod prepared;
mod recorded;
#[cfg(test)]
pub(crate) mod testing;
mod types;

pub(crate) use self::{guarded::is_guarding, hosted::mode_named, page::PageFile};
pub use self::{
    guarded::{Failure, Guarded},
    hosted::{GameSetting, Hosted, Played},
    of::{game, game_with_page},
    page::PackedPage,
    prepared::{MapFile, PrepareError, PreparedGame, RoomSetup},
    recorded::RecoveredRoom,
};
