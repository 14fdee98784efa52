//! Events of the arena, sent reliably: `[code, field…]` each.

use glam::IVec2;
use shared::{
    PlayerId, Tick,
    game::{Field, Record},
    wire::POSITION_MAX,
};

use crate::rules::Mode;

/// Team of a player.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Field)]
pub enum Team {
    /// No team.
    None = 0,
    /// The first team.
    Red = 1,
    /// The second team.
    Blue = 2,
}

/// Weapon of a kill or hit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Field)]
pub enum Weapon {
    /// A shell.
    Shell = 0,
    /// The rail.
    Rail = 1,
}

/// Phase of a match.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Field)]
pub enum MatchPhase {
    /// Before the start; kills do not count.
    WarmUp = 0,
    /// The fight.
    Running = 1,
    /// Results are shown; scores do not change.
    Results = 2,
}

/// Standing of a player, sent whole when any field changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Field)]
pub struct Standing {
    /// The player's seat.
    pub player: PlayerId,
    /// Team of the player.
    pub team: Team,
    /// Points in this match.
    pub score: i32,
    /// Deaths in this match.
    pub deaths: u32,
}

/// An event, sent reliably.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Record)]
pub enum Event {
    /// The standing of a player changed.
    Standing(Standing),
    /// A craft was destroyed.
    Killed {
        /// Player who made the kill.
        killer: PlayerId,
        /// Player whose craft was destroyed.
        victim: PlayerId,
        /// Weapon of the kill.
        weapon: Weapon,
    },
    /// A hit, sent to the shooter and to the victim.
    Hit {
        /// Player who fired.
        shooter: PlayerId,
        /// Player who was hit.
        victim: PlayerId,
        /// Health and shield taken.
        damage: u8,
        /// Weapon of the hit.
        weapon: Weapon,
    },
    /// The rail was fired, sent to players who see the shooter.
    Rail {
        /// Player who fired.
        shooter: PlayerId,
        /// Start of the beam, position units.
        #[record(max = POSITION_MAX)]
        #[draw(px)]
        from: IVec2,
        /// End of the beam, position units.
        #[record(max = POSITION_MAX)]
        #[draw(px)]
        to: IVec2,
    },
    /// State of the match changed.
    Match {
        /// Mode of the match.
        mode: Mode,
        /// Phase of the match.
        phase: MatchPhase,
        /// Tick at which the phase ends at the latest.
        ends: Tick,
        /// Points that end the match.
        score_limit: u16,
        /// Points of red and blue; zeros without teams.
        team_scores: [i32; 2],
    },
}
