//! Public state of the arena besides the crafts: the team and points of each player, and the state of the match.

use std::collections::BTreeMap;

use shared::{PlayerId, Tick, game};

use crate::{
    event::{Event, MatchPhase, Standing, Team},
    rules::Mode,
};

/// Public state of the arena, kept from its events.
#[derive(Clone, Debug, Default)]
pub struct Board {
    standings: BTreeMap<PlayerId, Standing>,
    flow: Option<MatchStanding>,
}

/// State of the match.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MatchStanding {
    /// Mode of the match.
    pub mode: Mode,
    /// Phase of the match.
    pub phase: MatchPhase,
    /// Tick at which the phase ends at the latest.
    pub ends: Tick,
    /// Points that end the match.
    pub score_limit: u16,
    /// Points of red and blue; zeros without teams.
    pub team_scores: [i32; 2],
}

impl game::Board<Event> for Board {
    fn handle(&mut self, event: &Event) {
        match *event {
            Event::Standing(standing) => drop(self.standings.insert(standing.player, standing)),
            Event::Match { mode, phase, ends, score_limit, team_scores } => {
                self.flow = Some(MatchStanding { mode, phase, ends, score_limit, team_scores });
            }
            Event::Killed { .. } | Event::Hit { .. } | Event::Rail { .. } => {}
        }
    }

    fn forget(&mut self, player: PlayerId) {
        self.standings.remove(&player);
    }

    fn score(&self, player: PlayerId) -> Option<i64> {
        Some(self.standings.get(&player)?.score.into())
    }
}

impl Board {
    /// Standing of a player; no team and no points if it is unknown.
    pub fn standing(&self, player: PlayerId) -> Standing {
        let unknown = Standing { player, team: Team::None, score: 0, deaths: 0 };
        self.standings.get(&player).copied().unwrap_or(unknown)
    }

    /// State of the match, `None` before the first event about it.
    pub const fn flow(&self) -> Option<&MatchStanding> {
        self.flow.as_ref()
    }

    /// True if guns may fire: always except while results are shown.
    pub fn guns_fire(&self) -> bool {
        self.flow.is_none_or(|flow| flow.phase != MatchPhase::Results)
    }

    /// True if both players are on the same team. Unknown players have no team.
    pub fn allied(&self, one: PlayerId, other: PlayerId) -> bool {
        let team = |player| self.standing(player).team;
        one == other || team(one) != Team::None && team(one) == team(other)
    }
}
