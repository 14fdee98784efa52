//! The role of a session: player or spectator.

use shared::MemberId;

/// The role of a session in a room.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Role {
    /// A player.
    #[default]
    Play,
    /// A spectator.
    Watch,
}

impl Role {
    /// The role of a member of a room.
    pub const fn of(member: MemberId) -> Self {
        match member {
            MemberId::Player(_) => Self::Play,
            MemberId::Spectator(_) => Self::Watch,
        }
    }
}
