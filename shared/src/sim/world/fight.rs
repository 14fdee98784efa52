//! What a hit does: health, shield, death, scores, and who is told.

use glam::IVec2;

use crate::{
    id::PlayerId,
    input::Heading,
    sim::world::{Audience, Seat, World},
    wire::{Event, MatchPhase, OwnState, Team, Weapon},
};

impl World {
    /// Takes health, after what a shield absorbs. The caller has checked that the victim may be hurt.
    pub(super) fn hurt(&mut self, victim: PlayerId, damage: u8, shooter: PlayerId, weapon: Weapon) {
        let Some(Seat { craft: Some(craft), own, .. }) = &mut self.seats[victim.index()] else { return };
        let absorbed = damage.min(own.shield);
        let taken = (damage - absorbed).min(craft.health);
        own.shield -= absorbed;
        craft.health -= taken;
        let is_dead = craft.health == 0;
        let other = (victim != shooter).then_some(victim);
        self.tell(
            Audience::Players([Some(shooter), other]),
            Event::Hit { shooter, victim, damage: absorbed + taken, weapon },
        );
        if is_dead {
            self.kill(victim, shooter, weapon);
        }
    }

    fn kill(&mut self, victim: PlayerId, killer: PlayerId, weapon: Weapon) {
        let Some(Seat { craft: Some(craft), own, .. }) = &mut self.seats[victim.index()] else { return };
        craft.velocity = IVec2::ZERO;
        craft.heading = Heading::NONE;
        *own = OwnState { respawn_ticks: self.terrain.rules.respawn_ticks, ..OwnState::default() };
        // A killer far away learns it from the hit and the score.
        let audience = if self.config.seats <= SMALL_ROOM_SEATS { Audience::All } else { Audience::Seeing(victim) };
        self.tell(audience, Event::Killed { killer, victim, weapon });
        if self.flow.phase == MatchPhase::Running {
            self.score(killer, if killer == victim { -1 } else { 1 }, 0);
            self.score(victim, 0, 1);
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
        let info = (self.config.seats > SMALL_ROOM_SEATS).then(|| info.clone());
        if !self.untold.contains(&player) {
            self.untold.push_back(player);
        }
        if let Some(info) = info {
            self.tell(Audience::Players([Some(player), None]), Event::Player(info));
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

    /// In a small room everyone hears every score at once. In a large one the player hears its own, and the others one
    /// score per tick in turn, so that a thousand fights do not fill everyone's link with figures.
    pub(super) fn tell_scores(&mut self) {
        let at_once = if self.config.seats <= SMALL_ROOM_SEATS { usize::MAX } else { 1 };
        for _ in 0..at_once.min(self.untold.len()) {
            let Some(player) = self.untold.pop_front() else { return };
            if let Some(info) = &self.players[player.index()] {
                let event = Event::Player(info.clone());
                self.tell(Audience::All, event);
            }
        }
    }
}

/// In rooms up to this size everyone hears of every kill and every score.
const SMALL_ROOM_SEATS: u16 = 64;
