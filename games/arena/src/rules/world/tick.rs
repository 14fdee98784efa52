//! One tick: crafts fly, shells fly and hit, guns fire, pickups are taken, the match advances.

use glam::IVec2;

use crate::event::Event;
use crate::{
    entity::{CraftState, EntityState, ShellState},
    input::{Buttons, Heading},
};
use crate::{
    event::{MatchPhase, Team, Weapon},
    own::OwnState,
    rules::{
        Mode,
        grid::{Grid, Point, distance_squared},
        match_flow::Change,
        numbers::{CRAFT_HIT_RADIUS, HEALTH_MAX, PICKUP_RADIUS},
        pickup::{self, Pickups},
        pilot,
        shell::{self, Fate},
        weapon::{self, Beam},
        world::{Audience, PlayerInput, Seat, World, fight::Hit, last_hit::LastHit},
    },
};
use shared::{
    game::{Game, Own, Past},
    id::PlayerId,
    quantize::VELOCITY_PER_POSITION,
};

impl World {
    /// Runs one tick. `inputs` are by seat; without an input a craft drifts.
    ///
    /// Crafts fly first, then shells, which hit crafts at their new positions; then guns fire, so that a new shell's
    /// first state is at the muzzle. All hits are decided before any takes effect, so no seat has an advantage: two
    /// crafts that shoot each other in one tick both hit. `past` must contain the ticks before this one.
    pub fn make_tick(&mut self, inputs: &[Option<PlayerInput>], past: &dyn Past<EntityState>) {
        self.tick = self.tick.next();
        self.fly_crafts(inputs);
        self.fly_shells();
        self.fire(inputs, past);
        self.apply_hits();
        self.collect_pickups();
        self.advance_match();
        self.dress();
        self.tell_scores();
    }

    fn fly_crafts(&mut self, inputs: &[Option<PlayerInput>]) {
        for index in 0..self.seats.len() {
            let Some(seat) = &mut self.seats[index] else { continue };
            seat.own.step();
            seat.last_hit = seat.last_hit.and_then(LastHit::aged);
            let due = seat.craft.is_none_or(|craft| !craft.is_alive() && seat.own.respawn_ticks == 0);
            if due {
                self.respawn(index);
            }
            if let Some(Seat { craft: Some(craft), own, .. }) = &mut self.seats[index] {
                let input = inputs.get(index).and_then(Option::as_ref).map(|input| &input.input);
                pilot::fly(craft, own, input, &self.terrain);
            }
        }
        self.find_near_crafts();
    }

    /// Replaces the craft of a taken seat between two ticks, if the new state is valid.
    pub(super) fn put_craft(&mut self, player: PlayerId, wanted: CraftState) -> Result<(), String> {
        let size = self.terrain.map.size();
        if wanted.position.cmplt(IVec2::ZERO).any() || wanted.position.cmpgt(size).any() {
            return Err(format!("position must be on the map, which ends at x {}, y {}", size.x, size.y));
        }
        let seat = self.seats.get_mut(player.index()).and_then(Option::as_mut);
        let craft =
            seat.and_then(|seat| seat.craft.as_mut()).ok_or_else(|| format!("there is no craft {}", player.0))?;
        *craft = wanted;
        self.find_near_crafts();
        Ok(())
    }

    fn find_near_crafts(&mut self) {
        let living = self.seats.iter().enumerate().filter_map(|(index, seat)| {
            let craft = seat.as_ref()?.craft.as_ref().filter(|craft| craft.is_alive())?;
            Some(Point { position: craft.position, index: index as u16 })
        });
        self.near_crafts.rebuild(living);
    }

    fn fly_shells(&mut self) {
        let mut from = 0;
        while let Some(slot) = self.shells.next_from(from) {
            from = slot + 1;
            let mut shell = *self.shells.get(slot).expect("the walk gives occupied slots");
            let mut victim = None;
            let fate = if !self.is_anybody_near(&shell) {
                shell::step(&mut shell, &self.terrain, |_, _| false)
            } else {
                let (grid, seats, terrain) = (&self.near_crafts, &self.seats, &self.terrain);
                let (owner, mode) = (shell.owner, self.config.mode);
                let owner_team = seats[owner.index()].map_or(Team::None, |seat| seat.team);
                shell::step(&mut shell, terrain, |from, shell| {
                    let has_bounced = shell.bounces_left < terrain.rules.shell_bounces;
                    let is_target = |index: u16| {
                        let Some(Seat { craft: Some(craft), own, team, .. }) = &seats[usize::from(index)] else {
                            return false;
                        };
                        let own_craft = index == owner.0;
                        craft.is_alive()
                            && own.protection_ticks == 0
                            && if own_craft { has_bounced } else { mode == Mode::Deathmatch || *team != owner_team }
                    };
                    victim = first_hit(grid, from, shell.position, is_target);
                    victim.is_some()
                })
            };
            match fate {
                Fate::Flies => self.shells.set(slot, shell),
                Fate::Expired | Fate::Stopped => self.shells.remove(slot, self.tick),
            }
            if let Some(victim) = victim {
                self.hits.push(Hit { shooter: shell.owner, victim, weapon: Weapon::Shell });
            }
        }
    }

    /// True if a shell could hit a craft in this tick. Most shells are far from all crafts, so the full check is skipped.
    #[inline]
    fn is_anybody_near(&self, shell: &ShellState) -> bool {
        let reach = shell.velocity.abs() / VELOCITY_PER_POSITION + IVec2::splat(CRAFT_HIT_RADIUS + 1);
        let (low, high) = (shell.position - reach, shell.position + reach);
        self.near_crafts
            .in_box(low, high)
            .any(|point| point.position.cmpge(low).all() && point.position.cmple(high).all())
    }

    /// Fires the guns, rails first. A craft that ends its protection with a shot of this tick is still protected from the others'.
    fn fire(&mut self, inputs: &[Option<PlayerInput>], past: &dyn Past<EntityState>) {
        if self.flow.phase == MatchPhase::Results {
            return;
        }
        let firing = |index: usize| {
            inputs.get(index).copied().flatten().filter(|input| input.input.buttons.contains(Buttons::FIRE))
        };
        for index in self.in_turn() {
            let Some(PlayerInput { input, view_age }) = firing(index) else { continue };
            let Some(Seat { craft: Some(craft), mut own, .. }) = self.seats[index] else { continue };
            // On a copy of `own`: the real trigger is pulled below.
            if pilot::pull_trigger(&craft, &mut own, &input, &self.terrain.rules) == Some(Weapon::Rail) {
                self.fire_rail(PlayerId(index as u16), &craft, input.aim, view_age, past);
            }
        }
        for index in self.in_turn() {
            let Some(PlayerInput { input, .. }) = firing(index) else { continue };
            let Some(Seat { craft: Some(craft), own, .. }) = &mut self.seats[index] else { continue };
            if pilot::pull_trigger(craft, own, &input, &self.terrain.rules) == Some(Weapon::Shell) {
                let shell = weapon::shell(&self.terrain, craft, PlayerId(index as u16), input.aim);
                self.shells.insert(shell, self.tick);
            }
        }
    }

    fn fire_rail(
        &mut self,
        shooter: PlayerId,
        craft: &CraftState,
        aim: u16,
        view_age: u8,
        past: &dyn Past<EntityState>,
    ) {
        let beam = Beam::new(&self.terrain, craft, aim);
        let quarters = weapon::rewind_quarters(&self.terrain.rules, view_age);
        let hit = self
            .crafts()
            .filter(|(player, present)| {
                present.is_alive() && self.are_enemies(shooter, *player) && self.own(*player).protection_ticks == 0
            })
            .filter_map(|(player, present)| {
                let shown = weapon::rewound(past, player, self.tick, quarters, present)?;
                Some((beam.hits(shown)?, self.turn_of(player.index()), player))
            })
            .min();
        let to = hit.map_or(beam.to, |(part, ..)| beam.at(part));
        self.tell(Audience::Seeing(crate::craft_of(shooter)), Event::Rail { shooter, from: beam.from, to });
        if let Some((.., victim)) = hit {
            self.hits.push(Hit { shooter, victim, weapon: Weapon::Rail });
        }
    }

    fn collect_pickups(&mut self) {
        self.pickups.step(self.tick);
        for place in 0..self.pickups.len() {
            if !self.pickup_available(place) {
                continue;
            }
            let position = self.terrain.map.pickup_position(place as u8);
            let kind = self.terrain.map.pickups()[place].kind;
            let rules = self.terrain.rules;
            let has_use = |index: u16| {
                let Some(Seat { craft: Some(craft), own, .. }) = &self.seats[usize::from(index)] else { return false };
                craft.is_alive() && pickup::has_use(kind, craft, own, &rules)
            };
            // The nearest craft that has a use for it gets it, so a craft that does not need it cannot block others.
            let taker = self
                .near_crafts
                .within(position, PICKUP_RADIUS)
                .filter(|point| has_use(point.index))
                .map(|point| {
                    let index = usize::from(point.index);
                    (distance_squared(point.position, position), self.turn_of(index), index)
                })
                .min();
            let Some((.., index)) = taker else { continue };
            let Some(Seat { craft: Some(craft), own, .. }) = &mut self.seats[index] else { continue };
            pickup::give(kind, craft, own, &rules);
            self.pickups.take(place, self.tick.plus(rules.pickup_return_ticks.into()));
        }
    }

    /// All seats, in an order that begins with another seat in each tick, so that no seat is always first.
    fn in_turn(&self) -> impl Iterator<Item = usize> + use<> {
        let seats = self.seats.len();
        let start = self.tick.0 as usize % seats.max(1);
        (start..seats).chain(0..start)
    }

    /// Place of a seat in that order.
    fn turn_of(&self, index: usize) -> usize {
        let seats = self.seats.len();
        (index + seats - self.tick.0 as usize % seats) % seats
    }

    fn advance_match(&mut self) {
        let change = self.flow.step(&self.limits, self.tick, self.taken, self.best_score);
        if change == Change::Started {
            self.reset_scores();
            self.shells.clear(None, self.tick);
            self.pickups = Pickups::new(&self.terrain.map);
            self.spawns.forget_uses();
            for index in 0..self.seats.len() {
                if self.seats[index].is_some() {
                    self.respawn(index);
                }
            }
        }
        if change != Change::None {
            self.tell(Audience::All, self.match_event());
        }
    }

    fn dress(&mut self) {
        for seat in self.seats.iter_mut().flatten() {
            if let Some(craft) = &mut seat.craft {
                craft.flags = pilot::flags(&seat.own);
            }
        }
    }

    /// Puts a new craft on a spawn.
    fn respawn(&mut self, index: usize) {
        let Some(Seat { craft, team, .. }) = self.seats[index] else { return };
        let player = PlayerId(index as u16);
        let mut spawns = std::mem::take(&mut self.spawns);
        let mut rng = self.rng;
        let position = spawns.choose(
            &self.terrain.map,
            team,
            self.tick,
            &self.near_crafts,
            |other| self.are_enemies(player, PlayerId(other)),
            &mut rng,
        );
        (self.spawns, self.rng) = (spawns, rng);
        let seat = self.seats[index].as_mut().expect("it was there above");
        seat.last_hit = None;
        seat.craft = Some(CraftState {
            position,
            velocity: IVec2::ZERO,
            heading: Heading::NONE,
            aim: craft.map_or(0, |craft| craft.aim),
            health: HEALTH_MAX,
            flags: Default::default(),
        });
        seat.own = OwnState { protection_ticks: self.terrain.rules.protection_ticks, ..OwnState::default() };
    }
}

/// The first craft that a shell's step from `from` to `to` touches: the one nearest to `from`.
fn first_hit(grid: &Grid, from: IVec2, to: IVec2, is_target: impl Fn(u16) -> bool) -> Option<PlayerId> {
    let reach = IVec2::splat(CRAFT_HIT_RADIUS);
    let (low, high) = (from.min(to) - reach, from.max(to) + reach);
    let step = Beam { from, to };
    grid.in_box(low, high)
        // The box is checked first, because exact distances need a division.
        .filter(|point| point.position.cmpge(low).all() && point.position.cmple(high).all())
        .filter(|point| step.hits(point.position).is_some() && is_target(point.index))
        .map(|point| (distance_squared(point.position, from), point.index))
        .min()
        .map(|(_, index)| PlayerId(index))
}
