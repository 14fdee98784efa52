//! Things that happened in the arena, told reliably: `[code, field…]` each.

use glam::IVec2;
use shared::{
    PlayerId, Tick,
    game::{Field, Record},
    wire::POSITION_MAX,
};

use crate::rules::Mode;

/// A side of a team match.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Field)]
pub enum Team {
    /// Everyone for themselves.
    None = 0,
    /// The first side.
    Red = 1,
    /// The second side.
    Blue = 2,
}

/// What made a kill.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Field)]
pub enum Weapon {
    /// A shell.
    Shell = 0,
    /// The rail.
    Rail = 1,
}

/// Where a match is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Field)]
pub enum MatchPhase {
    /// Before the start; nothing counts.
    WarmUp = 0,
    /// The fight.
    Running = 1,
    /// Results are shown; nobody moves up or down.
    Results = 2,
}

/// How a player stands: sent whole whenever any of it changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Field)]
pub struct Standing {
    /// The seat.
    pub player: PlayerId,
    /// Side.
    pub team: Team,
    /// Points of this match.
    pub score: i32,
    /// Deaths of this match.
    pub deaths: u32,
}

/// Something that happened, told reliably.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Record)]
pub enum Event {
    /// How a player stands.
    Standing(Standing),
    /// A craft was destroyed.
    Killed {
        /// Who did it.
        killer: PlayerId,
        /// Whose craft.
        victim: PlayerId,
        /// With what.
        weapon: Weapon,
    },
    /// A hit, told to the shooter and to the victim.
    Hit {
        /// Who fired.
        shooter: PlayerId,
        /// Who was hit.
        victim: PlayerId,
        /// Health and shield taken.
        damage: u8,
        /// With what.
        weapon: Weapon,
    },
    /// The rail was fired, told to those who see the shooter.
    Rail {
        /// Who fired.
        shooter: PlayerId,
        /// From where.
        #[record(max = POSITION_MAX)]
        #[draw(px)]
        from: IVec2,
        /// To where.
        #[record(max = POSITION_MAX)]
        #[draw(px)]
        to: IVec2,
    },
    /// Where the match is.
    Match {
        /// What is played.
        mode: Mode,
        /// Its phase.
        phase: MatchPhase,
        /// When the phase ends at the latest.
        ends: Tick,
        /// Points that end it.
        score_limit: u16,
        /// Points of red and blue; zeros without teams.
        team_scores: [i32; 2],
    },
}
