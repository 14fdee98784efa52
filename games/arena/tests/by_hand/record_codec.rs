//! The codec of records as it was written by hand, before it was derived.

use arena::{
    event::{Event, MatchPhase, Standing, Team, Weapon},
    own::OwnState,
    rules::Mode,
};
use shared::{
    PlayerId, Tick,
    limits::ROOM_PLAYERS_MAX,
    wire::{DecodeError, Reader, Writer},
};

/// The functions that the derive generates, written by hand.
pub(crate) trait RecordByHand: Sized {
    fn encode_by_hand(&self, out: &mut Writer<'_>);
    fn decode_by_hand(input: &mut Reader<'_>) -> Result<Self, DecodeError>;
}

impl RecordByHand for OwnState {
    fn encode_by_hand(&self, out: &mut Writer<'_>) {
        let fields = fields(self);
        let mask = fields.iter().enumerate().fold(0u8, |mask, (bit, &field)| mask | u8::from(field != 0) << bit);
        out.int(mask);
        for field in fields.into_iter().filter(|&field| field != 0) {
            out.int(field);
        }
    }

    fn decode_by_hand(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mask = input.ranged("own mask", 0, 127)? as u8;
        let mut field = |bit: u8, high: i64| -> Result<u16, DecodeError> {
            if mask >> bit & 1 == 0 { Ok(0) } else { Ok(input.ranged("own field", 0, high)? as u16) }
        };
        const BYTE: i64 = u8::MAX as i64;
        const WORD: i64 = u16::MAX as i64;
        Ok(Self {
            fire_ticks: field(0, BYTE)? as u8,
            dash_ticks: field(1, BYTE)? as u8,
            rail_shots: field(2, BYTE)? as u8,
            shield: field(3, BYTE)? as u8,
            rapid_ticks: field(4, WORD)?,
            protection_ticks: field(5, WORD)?,
            respawn_ticks: field(6, WORD)?,
        })
    }
}

fn fields(own: &OwnState) -> [u16; 7] {
    let OwnState { fire_ticks, dash_ticks, rail_shots, shield, rapid_ticks, protection_ticks, respawn_ticks } = *own;
    [
        fire_ticks.into(),
        dash_ticks.into(),
        rail_shots.into(),
        shield.into(),
        rapid_ticks,
        protection_ticks,
        respawn_ticks,
    ]
}

impl RecordByHand for Event {
    fn encode_by_hand(&self, out: &mut Writer<'_>) {
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

    fn decode_by_hand(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
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

mod code {
    pub(super) const STANDING: u8 = 0;
    pub(super) const KILLED: u8 = 1;
    pub(super) const HIT: u8 = 2;
    pub(super) const RAIL: u8 = 3;
    pub(super) const MATCH: u8 = 4;
}

fn player(input: &mut Reader<'_>) -> Result<PlayerId, DecodeError> {
    Ok(PlayerId(input.ranged("player", 0, ROOM_PLAYERS_MAX as i64 - 1)? as u16))
}

fn weapon(input: &mut Reader<'_>) -> Result<Weapon, DecodeError> {
    Ok(if input.ranged("weapon", 0, 1)? == 0 { Weapon::Shell } else { Weapon::Rail })
}
