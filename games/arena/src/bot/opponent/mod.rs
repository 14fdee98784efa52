//! Computer opponents: they send the same inputs as players, and decide from what they can see.
//!
//! They look around a few times per second and act on what they saw, so they react late, as people do. Between two
//! looks they keep their course and turn their gun. In a room they know a little more than a player: sometimes the
//! position of some enemy anywhere on the map, so that they do not search for each other for minutes on a large map.

mod goal;
mod gun;
mod path;
mod perception;
mod skill;

use glam::IVec2;
use shared::{Tick, game::Sight, quantize::POSITION_PER_PX, rng::Rng, trig};

use self::{
    goal::Goal,
    gun::Gun,
    path::Search,
    perception::{Target, Threat},
    skill::Skill,
};
use crate::{
    bot::sight::craft_of,
    entity::{CraftFlags, CraftState},
    input::{AIM_TURN, Buttons, Heading, Input},
    rules::{World, collide, grid::distance_squared, numbers::HEALTH_MAX},
};

/// One computer opponent.
#[derive(Clone, Debug)]
pub(super) struct Opponent {
    rng: Rng,
    skill: Skill,
    target: Option<Target>,
    goal: Goal,
    search: Search,
    waypoint: IVec2,
    waypoint_until: Tick,
    gun: Gun,
    heading: Heading,
    /// Direction in which it circles its target: 1 or -1.
    circling: i32,
    circling_until: Tick,
    dash: bool,
    think_at: Tick,
    /// Its position at the last check whether it is stuck.
    anchor: IVec2,
    anchor_at: Tick,
    /// Until this tick it flies in a random direction, because it was stuck.
    loose_until: Tick,
}

impl Opponent {
    /// Creates an opponent with a random skill.
    pub(super) fn new(mut rng: Rng) -> Self {
        let skill = Skill::new(&mut rng);
        Self {
            rng,
            skill,
            target: None,
            goal: Goal::default(),
            search: Search::default(),
            waypoint: IVec2::ZERO,
            waypoint_until: Tick(0),
            gun: Gun::default(),
            heading: Heading::NONE,
            circling: 1,
            circling_until: Tick(0),
            dash: false,
            think_at: Tick(0),
            anchor: IVec2::ZERO,
            anchor_at: Tick(0),
            loose_until: Tick(0),
        }
    }

    /// The input for the next tick.
    pub(super) fn input(&mut self, sight: &impl Sight<World>) -> Input {
        let Some(craft) = craft_of(sight, sight.player()).filter(CraftState::is_alive) else {
            self.forget();
            return Input { aim: self.gun.aim, ..Input::default() };
        };
        let now = sight.tick();
        if now >= self.think_at {
            let pause = self.skill.think_ticks(sight.tick_rate());
            // A random delay, so that opponents do not all think in the same tick.
            self.think_at = now.plus(pause + self.rng.below(2));
            self.think(sight, &craft);
        }
        let fires = self.gun.track(sight, &craft, self.target.as_ref(), &self.skill, &mut self.rng);
        let mut buttons = if fires { Buttons::FIRE } else { Buttons::NONE };
        if std::mem::take(&mut self.dash) {
            buttons = buttons.with(Buttons::DASH);
        }
        Input { heading: self.heading, aim: self.gun.aim, buttons }
    }

    fn think(&mut self, sight: &impl Sight<World>, craft: &CraftState) {
        let now = sight.tick();
        self.target = perception::look(sight, craft, self.target);
        self.goal.update(sight, craft, self.target.as_ref(), &mut self.rng);
        self.notice_being_stuck(sight, craft);
        if let Some(target) = self.target.filter(|target| target.seen != now)
            && self.rng.chance(self.skill.level as u32, 300)
        {
            self.gun.try_bank_shot(sight, craft, &target, &mut self.rng);
        }
        let alertness = self.skill.alertness();
        if let Some(threat) = perception::incoming(sight, craft, alertness, &mut self.rng) {
            self.dodge(sight, craft, &threat);
        } else if now >= self.loose_until {
            let course = match self.target.filter(|target| target.seen == now && self.goal.is_idle()) {
                Some(target) => self.circle(sight, craft, &target),
                None => self.follow_goal(sight, craft),
            };
            self.heading = course.map_or(Heading::NONE, Heading::from_aim);
        }
    }

    /// Leaves the path of a shell to the nearer side, with a dash if the shell is about to hit.
    fn dodge(&mut self, sight: &impl Sight<World>, craft: &CraftState, threat: &Threat) {
        let across = trig::angle_of(threat.velocity) + AIM_TURN / 4;
        let side = trig::vector(across, 1_024);
        let away =
            i64::from(side.x) * i64::from(threat.clearance.x) + i64::from(side.y) * i64::from(threat.clearance.y);
        let angle = if away >= 0 { across } else { across + AIM_TURN / 2 };
        let course = clear_course(sight, craft, angle % AIM_TURN);
        self.heading = Heading::from_aim(course);
        let soon = i64::from(sight.tick_rate().ticks_in_ms(260));
        let ready = sight.own().dash_ticks == 0;
        self.dash = ready && threat.ticks <= soon && self.rng.chance(self.skill.level as u32, 160);
    }

    /// Course around a visible target: nearer if it is far, away if it is near, otherwise sideways.
    fn circle(&mut self, sight: &impl Sight<World>, craft: &CraftState, target: &Target) -> Option<u16> {
        let now = sight.tick();
        let rate = sight.tick_rate();
        if now >= self.circling_until {
            self.circling = -self.circling;
            self.circling_until = now.plus(rate.ticks_in_ms(self.rng.between(500, 1_900) as u32));
        }
        let distance = distance_squared(craft.position, target.position).isqrt() as i32;
        // An opponent that is hurt, or has the rail, keeps a larger distance.
        let fear = i32::from(HEALTH_MAX.saturating_sub(craft.health)) * self.skill.range / 150;
        let rail = if craft.flags.contains(CraftFlags::RAIL) { self.skill.range / 2 } else { 0 };
        let wanted = self.skill.range + fear + rail;
        // Angle from the target: 0 is straight at it, 256 sideways, 512 straight away.
        let lean = (256 + (wanted - distance) * 256 / wanted).clamp(32, 448);
        let angle = i32::from(trig::angle_of(target.position - craft.position)) + self.circling * lean;
        let angle = angle.rem_euclid(AIM_TURN.into()) as u16;
        let course = clear_course(sight, craft, angle);
        if course != angle {
            // There is a wall: try the other side next time.
            self.circling_until = now;
        }
        Some(course)
    }

    /// Course toward the goal, around walls.
    fn follow_goal(&mut self, sight: &impl Sight<World>, craft: &CraftState) -> Option<u16> {
        let now = sight.tick();
        let map = &sight.map().map;
        let goal = self.goal.position()?;
        let reached = distance_squared(craft.position, self.waypoint) < i64::from(ARRIVED) * i64::from(ARRIVED);
        if reached || now >= self.waypoint_until || self.goal.is_new(now) {
            self.waypoint = path::next_waypoint(map, craft.position, goal, &mut self.search);
            let rate = sight.tick_rate();
            self.waypoint_until = now.plus(rate.ticks_in_ms(self.rng.between(350, 550) as u32));
        }
        let ahead = self.waypoint - craft.position;
        if ahead == IVec2::ZERO {
            return None;
        }
        // Compensates the drift: twice the wanted velocity minus the present one.
        let cruise = CRUISE_PX * 256 / i32::from(sight.tick_rate().hz());
        let wanted = trig::vector(trig::angle_of(ahead), cruise);
        Some(trig::angle_of(2 * wanted - craft.velocity))
    }

    /// A bot that is stuck drops its goal for a moment.
    fn notice_being_stuck(&mut self, sight: &impl Sight<World>, craft: &CraftState) {
        let now = sight.tick();
        let rate = sight.tick_rate();
        if distance_squared(craft.position, self.anchor) > i64::from(MOVED) * i64::from(MOVED) {
            (self.anchor, self.anchor_at) = (craft.position, now);
        } else if now.since(self.anchor_at) > rate.ticks_in_ms(1_500) {
            (self.anchor, self.anchor_at) = (craft.position, now);
            self.goal.drop_it();
            let course = clear_course(sight, craft, self.rng.below(AIM_TURN.into()) as u16);
            self.heading = Heading::from_aim(course);
            self.loose_until = now.plus(rate.ticks_in_ms(450));
        }
    }

    fn forget(&mut self) {
        self.target = None;
        self.goal = Goal::default();
        self.dash = false;
        self.waypoint_until = Tick(0);
        self.loose_until = Tick(0);
    }
}

/// The angle nearest to `angle` along which no wall is close.
fn clear_course(sight: &impl Sight<World>, craft: &CraftState, angle: u16) -> u16 {
    let map = &sight.map().map;
    let turns = [0, 128, 896, 256, 768, 384, 640, 512];
    let angles = turns.into_iter().map(|turn| (angle + turn) % AIM_TURN);
    let is_clear =
        |&angle: &u16| collide::line_of_sight(map, craft.position, craft.position + trig::vector(angle, LOOK_AHEAD));
    angles.into_iter().find(is_clear).unwrap_or(angle)
}

/// A waypoint this near is reached, position units.
const ARRIVED: i32 = 40 * POSITION_PER_PX;
/// A bot that moved this far is not stuck, position units.
const MOVED: i32 = 48 * POSITION_PER_PX;
/// Walls nearer than this are steered around, position units.
const LOOK_AHEAD: i32 = 72 * POSITION_PER_PX;
/// Cruising speed, px/s: what full thrust reaches.
const CRUISE_PX: i32 = 330;
