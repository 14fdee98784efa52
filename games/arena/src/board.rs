//! What everybody knows beside the crafts: whose side each is on, the points, how the match stands.

use std::collections::BTreeMap;

use shared::{PlayerId, Tick, game};

use crate::{
    event::{Event, MatchPhase, Standing, Team},
    rules::Mode,
};

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Board {
    standings: BTreeMap<PlayerId, Standing>,
    flow: Option<MatchStanding>,
}

/// Where the match is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MatchStanding {
    /// What is played.
    pub mode: Mode,
    /// Its phase.
    pub phase: MatchPhase,
    /// When the phase ends at the latest.
    pub ends: Tick,
    /// Points that end it.
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
    /// How a player stands; nobody's side and no points while nothing is known.
    pub fn standing(&self, player: PlayerId) -> Standing {
        let unknown = Standing { player, team: Team::None, score: 0, deaths: 0 };
        self.standings.get(&player).copied().unwrap_or(unknown)
    }

    /// Where the match is, once told.
    pub const fn flow(&self) -> Option<&MatchStanding> {
        self.flow.as_ref()
    }

    /// Whether the match lets guns fire: not while results are shown.
    pub fn guns_fire(&self) -> bool {
        self.flow.is_none_or(|flow| flow.phase != MatchPhase::Results)
    }

    /// Whether two players fight on the same side. Nobody is on the side of someone unknown.
    pub fn allied(&self, one: PlayerId, other: PlayerId) -> bool {
        let team = |player| self.standing(player).team;
        one == other || team(one) != Team::None && team(one) == team(other)
    }
}
