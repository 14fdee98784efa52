//! A world as bytes, from which it continues exactly as it would have.
//!
//! Not included are events that were queued and not polled, values that follow from the others, the map, the settings,
//! names, and the history for lag compensation. The reader supplies these.
//!
//! ```text
//! [tick, chance high, low, phase, ends, wants map, red, blue, best]
//! players   [count, (seat, team, score, deaths, own, has craft, craft?, hit, (shooter, weapon, ticks)?)…]
//! unsent    [count, seat…]
//! shells    [cursor, count, (slot, shell)…, resting, (slot, ticks)…]
//! pickups   [count, returns…]
//! spawns    [uses, count, (spawn, tick, number)…]
//! grid      [count, (seat, position)…]     living crafts where shells and pickups last looked for them
//! ```

use glam::IVec2;

use crate::{
    entity::{EntityState, full},
    map::Map,
};
use crate::{
    event::{MatchPhase, Standing, Team, Weapon},
    own::OwnState,
    rules::{
        Mode, Terrain,
        grid::{Grid, Point},
        match_flow::MatchFlow,
        numbers::HEALTH_MAX,
        pickup::Pickups,
        spawn::{Spawns, Use},
        world::{Seat, World, WorldConfig, last_hit::LastHit},
    },
};
use shared::{
    game::{Record, Replicate},
    id::PlayerId,
    rng::Rng,
    tick::Tick,
    wire::{DecodeError, Reader, Writer},
};

/// Scores beyond this are invalid.
const SCORE_MAX: i64 = 1 << 24;

impl World {
    /// Appends everything that the next ticks depend on.
    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        let mut out = Writer::new(bytes);
        let MatchFlow { phase, ends, wants_next_map } = self.flow;
        out.int(self.tick.0);
        out.int((self.rng.state() >> 32) as u32);
        out.int(self.rng.state() as u32);
        out.int(phase as u8);
        out.int(ends.0);
        out.int(u8::from(wants_next_map));
        out.int(self.team_scores[0]);
        out.int(self.team_scores[1]);
        out.int(self.best_score);
        self.write_players(&mut out);
        out.int(self.untold.len() as u32);
        self.untold.iter().for_each(|player| out.int(player.0));
        self.write_shells(&mut out);
        out.int(self.pickups.len() as u32);
        self.pickups.returns().iter().for_each(|tick| out.int(tick.0));
        self.write_spawns(&mut out);
        self.write_grid(&mut out);
    }

    /// Decodes a checkpoint.
    ///
    /// # Errors
    /// The bytes are not a checkpoint of such a world on such a map.
    ///
    /// # Panics
    /// There are more seats than a room may have.
    pub(super) fn read(terrain: Terrain, config: WorldConfig, bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut input = Reader::new(bytes);
        let mut world = Self::empty(terrain, config, 0);
        world.tick = Tick(input.u32("tick")?);
        let rng = u64::from(input.u32("chance")?) << 32 | u64::from(input.u32("chance")?);
        world.rng = Rng::new(rng);
        let phase = match input.ranged("phase", 0, 2)? {
            0 => MatchPhase::WarmUp,
            1 => MatchPhase::Running,
            _ => MatchPhase::Results,
        };
        world.flow =
            MatchFlow { phase, ends: Tick(input.u32("end of the phase")?), wants_next_map: input.bool("wants a map")? };
        world.team_scores = [score(&mut input)?, score(&mut input)?];
        world.best_score = score(&mut input)?;
        world.read_players(&mut input)?;
        let seats = usize::from(config.seats);
        for _ in 0..input.ranged("unsent scores", 0, seats as i64)? {
            world.untold.push_back(PlayerId(index(&mut input, "unsent score", seats)? as u16));
        }
        world.read_shells(&mut input)?;
        let places = world.pickups.len() as i64;
        input.ranged("pickups", places, places)?;
        let returns = (0..places).map(|_| Ok(Tick(input.u32("return of a pickup")?))).collect::<Result<_, _>>()?;
        world.pickups = Pickups::from_returns(returns);
        world.read_spawns(&mut input)?;
        world.read_grid(&mut input)?;
        input.finish()?;
        Ok(world)
    }

    fn write_players(&self, out: &mut Writer<'_>) {
        out.int(self.taken as u32);
        for (seat, info) in self.seats.iter().zip(&self.players) {
            let (Some(Seat { craft, own, team: _, last_hit }), Some(info)) = (seat, info) else { continue };
            let Standing { player, team, score, deaths } = *info;
            out.int(player.0);
            out.int(team as u8);
            out.int(score);
            out.int(deaths);
            own.encode(out);
            out.int(u8::from(craft.is_some()));
            if let Some(craft) = craft {
                EntityState::Craft(*craft).encode_full(out);
            }
            out.int(u8::from(last_hit.is_some()));
            if let Some(LastHit { shooter, weapon, ticks_left }) = last_hit {
                out.int(shooter.0);
                out.int(*weapon as u8);
                out.int(*ticks_left);
            }
        }
    }

    fn read_players(&mut self, input: &mut Reader<'_>) -> Result<(), DecodeError> {
        let seats = self.seats.len();
        for _ in 0..input.ranged("players", 0, seats as i64)? {
            let seat = index(input, "seat", seats)?;
            let player = PlayerId(seat as u16);
            let team = match (self.config.mode, input.ranged("team", 0, 2)?) {
                (Mode::Deathmatch, 0) => Team::None,
                (Mode::TeamDeathmatch, 1) => Team::Red,
                (Mode::TeamDeathmatch, 2) => Team::Blue,
                (_, value) => {
                    return Err(DecodeError::OutOfRange { field: "team", value: value.into(), low: 0, high: 0 });
                }
            };
            let score = score(input)?;
            let deaths = input.ranged("deaths", 0, SCORE_MAX)? as u32;
            let own = OwnState::decode(input)?;
            let craft = match input.bool("has a craft")? {
                true => Some(self.read_craft(input)?),
                false => None,
            };
            let last_hit = match input.bool("has been hit")? {
                true => Some(self.read_last_hit(input)?),
                false => None,
            };
            if self.players[seat].is_some() {
                return Err(DecodeError::OutOfRange { field: "seat", value: seat as i128, low: 0, high: seats as i64 });
            }
            self.seats[seat] = Some(Seat { craft, own, team, last_hit });
            self.players[seat] = Some(Standing { player, team, score, deaths });
            self.taken += 1;
        }
        Ok(())
    }

    fn read_craft(&self, input: &mut Reader<'_>) -> Result<crate::entity::CraftState, DecodeError> {
        let kind = input.ranged("kind of entity", full::CRAFT.into(), full::CRAFT.into())? as u8;
        let EntityState::Craft(craft) = EntityState::decode_full(kind, input)? else {
            return Err(DecodeError::UnknownOperation { operation: kind.into() });
        };
        on_map(&self.terrain.map, craft.position)?;
        if craft.health > HEALTH_MAX {
            let value = craft.health.into();
            return Err(DecodeError::OutOfRange { field: "health", value, low: 0, high: HEALTH_MAX.into() });
        }
        Ok(craft)
    }

    fn read_last_hit(&self, input: &mut Reader<'_>) -> Result<LastHit, DecodeError> {
        let shooter = PlayerId(index(input, "shooter of the last hit", self.seats.len())? as u16);
        let weapon = if input.ranged("weapon", 0, 1)? == 0 { Weapon::Shell } else { Weapon::Rail };
        let most = self.terrain.rules.kill_credit_ticks.into();
        let ticks_left = input.ranged("ticks the last hit counts", 1, most)? as u16;
        Ok(LastHit { shooter, weapon, ticks_left })
    }

    fn write_shells(&self, out: &mut Writer<'_>) {
        out.int(self.shells.cursor() as u32);
        out.int(self.shells.len() as u32);
        for (slot, shell) in self.shells.iter() {
            out.int(slot as u32);
            EntityState::Shell(*shell).encode_full(out);
        }
        out.int(self.shells.resting(self.tick).count() as u32);
        for (slot, free_from) in self.shells.resting(self.tick) {
            out.int(slot as u32);
            out.int(free_from.since(self.tick));
        }
    }

    fn read_shells(&mut self, input: &mut Reader<'_>) -> Result<(), DecodeError> {
        let slots = self.shells.slots();
        // One past the last slot is the start of the search after the last slot was used.
        self.shells.set_cursor(input.ranged("cursor of shells", 0, slots as i64)? as usize);
        for _ in 0..input.ranged("shells", 0, slots as i64)? {
            let slot = index(input, "slot", slots)?;
            let kind = input.ranged("kind of entity", full::SHELL.into(), full::SHELL.into())? as u8;
            let EntityState::Shell(shell) = EntityState::decode_full(kind, input)? else {
                return Err(DecodeError::UnknownOperation { operation: kind.into() });
            };
            on_map(&self.terrain.map, shell.position)?;
            if shell.owner.index() >= self.seats.len() {
                let (value, high) = (shell.owner.0.into(), self.seats.len() as i64);
                return Err(DecodeError::OutOfRange { field: "owner", value, low: 0, high });
            }
            self.shells.put_back(slot, shell);
        }
        for _ in 0..input.ranged("resting slots", 0, slots as i64)? {
            let slot = index(input, "slot", slots)?;
            self.shells.rest(slot, self.tick.plus(input.u8("ticks of rest")?.into()));
        }
        Ok(())
    }

    fn write_spawns(&self, out: &mut Writer<'_>) {
        let used = || self.spawns.uses().iter().enumerate().filter(|(_, last)| last.number > 0);
        out.int(self.spawns.count());
        out.int(used().count() as u32);
        for (spawn, &Use { tick, number }) in used() {
            out.int(spawn as u32);
            out.int(tick.0);
            out.int(number);
        }
    }

    fn read_spawns(&mut self, input: &mut Reader<'_>) -> Result<(), DecodeError> {
        let map = &self.terrain.map;
        self.spawns = Spawns::new(map);
        self.spawns.set_count(input.u32("uses of spawns")?);
        for _ in 0..input.ranged("used spawns", 0, map.spawns.len() as i64)? {
            let spawn = index(input, "spawn", map.spawns.len())?;
            let last = Use { tick: Tick(input.u32("tick")?), number: input.u32("number of a use")? };
            self.spawns.set_use(spawn, last);
        }
        Ok(())
    }

    fn write_grid(&self, out: &mut Writer<'_>) {
        let mut points: Vec<Point> = self.near_crafts.points().to_vec();
        points.sort_unstable_by_key(|point| point.index);
        out.int(points.len() as u32);
        for Point { position, index } in points {
            out.int(index);
            out.vector(position);
        }
    }

    fn read_grid(&mut self, input: &mut Reader<'_>) -> Result<(), DecodeError> {
        let seats = self.seats.len();
        let mut points = Vec::new();
        for _ in 0..input.ranged("places of crafts", 0, seats as i64)? {
            let index = index(input, "seat", seats)? as u16;
            points.push(Point { position: on_map(&self.terrain.map, input.position()?)?, index });
        }
        self.near_crafts = Grid::new(self.terrain.map.size());
        self.near_crafts.rebuild(points.iter().copied());
        Ok(())
    }
}

fn index(input: &mut Reader<'_>, field: &'static str, count: usize) -> Result<usize, DecodeError> {
    Ok(input.ranged(field, 0, count as i64 - 1)? as usize)
}

fn score(input: &mut Reader<'_>) -> Result<i32, DecodeError> {
    Ok(input.ranged("score", -SCORE_MAX, SCORE_MAX)? as i32)
}

fn on_map(map: &Map, position: IVec2) -> Result<IVec2, DecodeError> {
    for (value, size) in [(position.x, map.size().x), (position.y, map.size().y)] {
        if value < 0 || value > size {
            let (value, high) = (value.into(), size.into());
            return Err(DecodeError::OutOfRange { field: "position", value, low: 0, high });
        }
    }
    Ok(position)
}
