//! Things that happened in the arena, told reliably: `[code, field…]` each.

use glam::IVec2;
use shared::{
    PlayerId, Tick,
    game::Record,
    limits::ROOM_PLAYERS_MAX,
    wire::{DecodeError, Reader, Writer},
};

use crate::rules::Mode;

/// A side of a team match.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Team {
    /// Everyone for themselves.
    None = 0,
    /// The first side.
    Red = 1,
    /// The second side.
    Blue = 2,
}

/// What made a kill.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weapon {
    /// A shell.
    Shell = 0,
    /// The rail.
    Rail = 1,
}

/// Where a match is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MatchPhase {
    /// Before the start; nothing counts.
    WarmUp = 0,
    /// The fight.
    Running = 1,
    /// Results are shown; nobody moves up or down.
    Results = 2,
}

/// Everything about a player that is not its craft.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlayerInfo {
    /// The seat.
    pub player: PlayerId,
    /// Shown name.
    pub name: String,
    /// Side.
    pub team: Team,
    /// Whether a computer plays it.
    pub opponent: bool,
    /// Points of this match.
    pub score: i32,
    /// Deaths of this match.
    pub deaths: u32,
}

impl PlayerInfo {
    /// How the player stands.
    pub const fn standing(&self) -> Standing {
        Standing { player: self.player, team: self.team, score: self.score, deaths: self.deaths }
    }
}

/// How a player stands: sent whole whenever any of it changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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
        /// From where, position units.
        from: IVec2,
        /// To where, position units.
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

mod code {
    pub(super) const STANDING: u8 = 0;
    pub(super) const KILLED: u8 = 1;
    pub(super) const HIT: u8 = 2;
    pub(super) const RAIL: u8 = 3;
    pub(super) const MATCH: u8 = 4;
}

impl Record for Event {
    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::Standing(Standing { player, team, score, deaths }) => {
                out.array(5);
                out.int(code::STANDING);
                out.int(player.0);
                out.int(*team as u8);
                out.int(*score);
                out.int(*deaths);
            }
            Self::Killed { killer, victim, weapon } => {
                out.array(4);
                out.int(code::KILLED);
                out.int(killer.0);
                out.int(victim.0);
                out.int(*weapon as u8);
            }
            Self::Hit { shooter, victim, damage, weapon } => {
                out.array(5);
                out.int(code::HIT);
                out.int(shooter.0);
                out.int(victim.0);
                out.int(*damage);
                out.int(*weapon as u8);
            }
            Self::Rail { shooter, from, to } => {
                out.array(6);
                out.int(code::RAIL);
                out.int(shooter.0);
                out.vector(*from);
                out.vector(*to);
            }
            Self::Match { mode, phase, ends, score_limit, team_scores } => {
                out.array(7);
                out.int(code::MATCH);
                out.int(*mode as u8);
                out.int(*phase as u8);
                out.int(ends.0);
                out.int(*score_limit);
                out.int(team_scores[0]);
                out.int(team_scores[1]);
            }
        }
    }

    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let found = input.array("an event", 7)?;
        let code = input.u8("event code")?;
        let expected = match code {
            code::STANDING => 5,
            code::KILLED => 4,
            code::HIT => 5,
            code::RAIL => 6,
            code::MATCH => 7,
            _ => return Err(DecodeError::UnknownKind { kind: code.into() }),
        };
        if found != expected {
            return Err(DecodeError::WrongLength { found, expected });
        }
        Ok(match code {
            code::STANDING => Self::Standing(Standing {
                player: player(input)?,
                team: match input.ranged("team", 0, 2)? {
                    0 => Team::None,
                    1 => Team::Red,
                    _ => Team::Blue,
                },
                score: input.i32("score")?,
                deaths: input.u32("deaths")?,
            }),
            code::KILLED => Self::Killed { killer: player(input)?, victim: player(input)?, weapon: weapon(input)? },
            code::HIT => Self::Hit {
                shooter: player(input)?,
                victim: player(input)?,
                damage: input.u8("damage")?,
                weapon: weapon(input)?,
            },
            code::RAIL => Self::Rail { shooter: player(input)?, from: input.position()?, to: input.position()? },
            _ => Self::Match {
                mode: if input.ranged("mode", 0, 1)? == 0 { Mode::Deathmatch } else { Mode::TeamDeathmatch },
                phase: match input.ranged("phase", 0, 2)? {
                    0 => MatchPhase::WarmUp,
                    1 => MatchPhase::Running,
                    _ => MatchPhase::Results,
                },
                ends: Tick(input.u32("end tick")?),
                score_limit: input.u16("score limit")?,
                team_scores: [input.i32("red score")?, input.i32("blue score")?],
            },
        })
    }
}

fn player(input: &mut Reader<'_>) -> Result<PlayerId, DecodeError> {
    Ok(PlayerId(input.ranged("player", 0, ROOM_PLAYERS_MAX as i64 - 1)? as u16))
}

fn weapon(input: &mut Reader<'_>) -> Result<Weapon, DecodeError> {
    Ok(if input.ranged("weapon", 0, 1)? == 0 { Weapon::Shell } else { Weapon::Rail })
}
