//! Effects of a hit: health, shield, death, scores, and the events about it.

use glam::IVec2;

use crate::event::Event;
use crate::input::Heading;
use crate::{
    event::{MatchPhase, Team, Weapon},
    own::OwnState,
    rules::world::{Audience, Seat, World, last_hit::LastHit},
};
use shared::id::PlayerId;

/// A hit of this tick that has not taken effect yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    pub(super) shooter: PlayerId,
    pub(super) victim: PlayerId,
    pub(super) weapon: Weapon,
}

impl World {
    /// Applies all hits of the tick: shells in the order of their slots, then rails in the order of turns. If several
    /// would kill a craft, the first one does, and the others have no effect.
    pub(super) fn apply_hits(&mut self) {
        let mut hits = std::mem::take(&mut self.hits);
        for hit in hits.drain(..) {
            self.hurt(hit);
        }
        self.hits = hits;
    }

    /// Reduces health by the damage that the shield does not absorb.
    fn hurt(&mut self, Hit { shooter, victim, weapon }: Hit) {
        let rules = &self.terrain.rules;
        let damage = match weapon {
            Weapon::Shell => rules.shell_damage,
            Weapon::Rail => rules.rail_damage,
        };
        let credit_ticks = rules.kill_credit_ticks;
        let Some(Seat { craft: Some(craft), own, last_hit, .. }) = &mut self.seats[victim.index()] else { return };
        if !craft.is_alive() {
            return;
        }
        let absorbed = damage.min(own.shield);
        let taken = (damage - absorbed).min(craft.health);
        own.shield -= absorbed;
        craft.health -= taken;
        let is_dead = craft.health == 0;
        let other = (victim != shooter).then_some(victim);
        if other.is_some() {
            *last_hit = Some(LastHit { shooter, weapon, ticks_left: credit_ticks });
        }
        self.tell(
            Audience::Players([Some(shooter), other]),
            Event::Hit { shooter, victim, damage: absorbed + taken, weapon },
        );
        if is_dead {
            self.kill(victim, shooter, weapon);
        }
    }

    fn kill(&mut self, victim: PlayerId, killer: PlayerId, weapon: Weapon) {
        let Some(Seat { craft: Some(craft), own, last_hit, .. }) = &mut self.seats[victim.index()] else { return };
        craft.velocity = IVec2::ZERO;
        craft.heading = Heading::NONE;
        *own = OwnState { respawn_ticks: self.terrain.rules.respawn_ticks, ..OwnState::default() };
        *last_hit = None;
        self.count_kill(victim, killer, weapon);
        if self.flow.phase == MatchPhase::Running {
            self.score(victim, 0, 1);
        }
    }

    /// Counts a craft that leaves soon after a hit as killed by the last shooter, so that leaving does not save a
    /// player from a lost fight.
    pub(super) fn credit_leaving(&mut self, victim: PlayerId) {
        let Some(Seat { craft: Some(craft), last_hit: Some(hit), .. }) = self.seats[victim.index()] else { return };
        if craft.is_alive() {
            self.count_kill(victim, hit.shooter, hit.weapon);
        }
    }

    fn count_kill(&mut self, victim: PlayerId, killer: PlayerId, weapon: Weapon) {
        // A distant killer knows it from the hit and the score.
        let audience = if self.config.seats <= SMALL_ROOM_SEATS {
            Audience::All
        } else {
            Audience::Seeing(crate::craft_of(victim))
        };
        self.tell(audience, Event::Killed { killer, victim, weapon });
        if self.flow.phase == MatchPhase::Running {
            self.score(killer, if killer == victim { -1 } else { 1 }, 0);
        }
    }

    fn score(&mut self, player: PlayerId, points: i32, deaths: u32) {
        let Some(info) = &mut self.players[player.index()] else { return };
        info.score += points;
        info.deaths += deaths;
        match info.team {
            Team::None => {}
            Team::Red => self.team_scores[0] += points,
            Team::Blue => self.team_scores[1] += points,
        }
        let best = match info.team {
            Team::None => info.score,
            Team::Red | Team::Blue => self.team_scores[0].max(self.team_scores[1]),
        };
        self.best_score = self.best_score.max(best);
        let has_team = info.team != Team::None;
        let info = (self.config.seats > SMALL_ROOM_SEATS).then_some(*info);
        if !self.untold.contains(&player) {
            self.untold.push_back(player);
        }
        if let Some(info) = info {
            self.tell(Audience::Players([Some(player), None]), Event::Standing(info));
        }
        if has_team && points != 0 {
            self.tell(Audience::All, self.match_event());
        }
    }

    pub(super) fn reset_scores(&mut self) {
        self.team_scores = [0; 2];
        self.best_score = 0;
        for info in self.players.iter_mut().flatten() {
            if (info.score, info.deaths) != (0, 0) {
                (info.score, info.deaths) = (0, 0);
                if !self.untold.contains(&info.player) {
                    self.untold.push_back(info.player);
                }
            }
        }
    }

    /// Sends changed scores. In a small room all players receive every score at once. In a large one the player
    /// receives its own, and the others receive one score per tick in turn, so that a thousand fights do not fill all
    /// links with scores.
    pub(super) fn tell_scores(&mut self) {
        let at_once = if self.config.seats <= SMALL_ROOM_SEATS { usize::MAX } else { 1 };
        for _ in 0..at_once.min(self.untold.len()) {
            let Some(player) = self.untold.pop_front() else { return };
            if let Some(standing) = self.players[player.index()] {
                self.tell(Audience::All, Event::Standing(standing));
            }
        }
    }
}

/// In rooms up to this size all players receive every kill and every score at once.
const SMALL_ROOM_SEATS: u16 = 64;
