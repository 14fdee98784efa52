//! Things that happened in a room, told reliably: `[code, field…]` each.

use crate::{
    id::PlayerId,
    limits::{CHAT_BYTES_MAX, NAME_BYTES_MAX, ROOM_PLAYERS_MAX},
    tick::Tick,
    wire::{DecodeError, Reader, Writer},
};

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

/// Everything about a player that is not its craft. Sent whole whenever any of it changes.
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

/// Something that happened, told reliably.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// A player is new, or something about it changed.
    Player(PlayerInfo),
    /// A player left; its seat is free.
    Left(PlayerId),
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
        from: glam::IVec2,
        /// To where, position units.
        to: glam::IVec2,
    },
    /// A line of chat; without a player it is the server's.
    Chat {
        /// Who wrote it.
        from: Option<PlayerId>,
        /// The line.
        text: String,
    },
    /// Where the match is.
    Match {
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
    pub(super) const PLAYER: u8 = 0;
    pub(super) const LEFT: u8 = 1;
    pub(super) const KILLED: u8 = 2;
    pub(super) const HIT: u8 = 3;
    pub(super) const RAIL: u8 = 4;
    pub(super) const CHAT: u8 = 5;
    pub(super) const MATCH: u8 = 6;
}

impl Event {
    /// Appends the event as an array of its own.
    pub fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::Player(PlayerInfo { player, name, team, opponent, score, deaths }) => {
                out.array(7);
                out.int(code::PLAYER);
                out.int(player.0);
                out.text(name);
                out.int(*team as u8);
                out.int(*opponent as u8);
                out.int(*score);
                out.int(*deaths);
            }
            Self::Left(player) => {
                out.array(2);
                out.int(code::LEFT);
                out.int(player.0);
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
            Self::Chat { from, text } => {
                out.array(3);
                out.int(code::CHAT);
                out.int(from.map_or(-1, |player| i64::from(player.0)));
                out.text(text);
            }
            Self::Match { phase, ends, score_limit, team_scores } => {
                out.array(6);
                out.int(code::MATCH);
                out.int(*phase as u8);
                out.int(ends.0);
                out.int(*score_limit);
                out.int(team_scores[0]);
                out.int(team_scores[1]);
            }
        }
    }

    pub(super) fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let found = input.array("an event", 8)?;
        let code = input.u8("event code")?;
        let expected = match code {
            code::PLAYER => 7,
            code::LEFT => 2,
            code::KILLED => 4,
            code::HIT => 5,
            code::RAIL | code::MATCH => 6,
            code::CHAT => 3,
            _ => return Err(DecodeError::UnknownKind { kind: code.into() }),
        };
        if found != expected {
            return Err(DecodeError::WrongLength { found, expected });
        }
        Ok(match code {
            code::PLAYER => Self::Player(PlayerInfo {
                player: player(input)?,
                name: input.text("name", NAME_BYTES_MAX)?.to_owned(),
                team: match input.ranged("team", 0, 2)? {
                    0 => Team::None,
                    1 => Team::Red,
                    _ => Team::Blue,
                },
                opponent: input.bool("opponent")?,
                score: input.i32("score")?,
                deaths: input.u32("deaths")?,
            }),
            code::LEFT => Self::Left(player(input)?),
            code::KILLED => Self::Killed { killer: player(input)?, victim: player(input)?, weapon: weapon(input)? },
            code::HIT => Self::Hit {
                shooter: player(input)?,
                victim: player(input)?,
                damage: input.u8("damage")?,
                weapon: weapon(input)?,
            },
            code::RAIL => Self::Rail { shooter: player(input)?, from: input.position()?, to: input.position()? },
            code::CHAT => {
                let from = input.ranged("player", -1, ROOM_PLAYERS_MAX as i64 - 1)?;
                let from = u16::try_from(from).ok().map(PlayerId);
                Self::Chat { from, text: input.text("chat", CHAT_BYTES_MAX)?.to_owned() }
            }
            _ => Self::Match {
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
