//! The one place where a game's types meet the server: everything in [`Hosted`], compiled for one game.

use std::{cmp::Reverse, sync::Arc};

use arena::{
    event::PlayerInfo,
    map::Map,
    rules::{
        Terrain,
        world::{Difference, Part, Trail, World},
    },
    settings::Settings,
};
use room::{
    Match, Room, RoomConfig, opponent,
    record::{self, End, FileHeader, RecordError, Recovered, Replay, ReplayInfo, Verified},
};
use shared::{
    TickRate,
    game::{self, Map as _, Settings as _, Summary},
};
use toml::{Table, Value};

use super::{
    FirstDifference, GameSetting, Hosted, MapFile, Played, PrepareError, PreparedGame, RecordInfo, RecordedEnd,
    RecoveredRoom, RoomSetup, VerifiedRecord,
};
use crate::config::fields;

/// A game that a server can host.
pub const fn game() -> &'static dyn Hosted {
    &Of
}

/// See [`game`].
#[derive(Clone, Copy, Debug)]
struct Of;

/// Its settings and maps.
#[derive(Debug)]
struct Prepared {
    settings: Settings,
    /// By mode, in the order they are played; each mode has at least one.
    maps: Vec<Vec<Terrain>>,
}

/// What a recording leads to.
struct State {
    world: World,
    trail: Trail,
}

impl Hosted for Of {
    fn name(&self) -> &'static str {
        arena::NAME
    }

    fn version(&self) -> u16 {
        arena::VERSION
    }

    fn modes(&self) -> &'static [&'static str] {
        Settings::MODES
    }

    fn shipped_maps(&self) -> Vec<&'static str> {
        Terrain::shipped().into_iter().map(|(name, _)| name).collect()
    }

    fn opponent_names(&self) -> Vec<&'static str> {
        opponent::names().collect()
    }

    fn settings(&self) -> Vec<GameSetting> {
        let defaults = defaults();
        let named = fields::<Settings>().iter().filter(|&&name| name != MODE);
        let setting = |&name: &&'static str| {
            let about = Settings::ABOUT.iter().find(|about| about.name == name);
            GameSetting {
                name,
                about: about.map_or_else(String::new, |about| about.about.to_owned()),
                value_name: about.map(|about| about.value),
                default: defaults.get(name).cloned(),
                range: about.map_or((i64::MIN, i64::MAX), |about| about.range),
            }
        };
        named.map(setting).collect()
    }

    fn check_settings(&self, settings: &Table) -> Result<(), String> {
        read(settings).map(drop)
    }

    fn prepare(
        &self,
        settings: &Table,
        files: Option<&[MapFile]>,
        only: Option<&str>,
        seats: u16,
        tick_rate: TickRate,
    ) -> Result<Arc<dyn PreparedGame>, PrepareError> {
        let settings = read(settings).map_err(|reason| PrepareError::Settings { game: self.name(), reason })?;
        let mut maps = load(files, tick_rate)?;
        if let Some(name) = only {
            let known = maps.iter().map(|map| map.name().to_owned()).collect();
            maps.retain(|map| map.name() == name);
            if maps.is_empty() {
                return Err(PrepareError::NoSuchMap { name: name.to_owned(), known });
            }
        }
        let modes = 0..self.modes().len();
        let best = |mode| {
            let fitness = maps.iter().map(|map| map.fitness(mode, seats)).max();
            maps.iter().filter(|map| Some(map.fitness(mode, seats)) == fitness).cloned().collect()
        };
        Ok(Arc::new(Prepared { settings, maps: modes.map(best).collect() }))
    }

    fn record_header(&self, build: &str, started_unix_ms: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        FileHeader::new(build, started_unix_ms).encode(&mut bytes);
        bytes
    }

    fn recover(&self, file: Vec<u8>) -> Result<RecoveredRoom, RecordError> {
        let recovered = record::recover(file)?;
        let tick = recovered.tick();
        let Recovered { info, world, trail, sessions, replayed, diverged, good_bytes } = recovered;
        let humans = world.roster().filter(|info| !info.opponent).map(|info| info.player);
        Ok(RecoveredRoom {
            info: self.info(info),
            tick,
            chance: world.chance(),
            humans: humans.collect(),
            sessions,
            replayed,
            diverged,
            good_bytes,
            state: Box::new(State { world, trail }),
        })
    }

    fn inspect(&self, file: Vec<u8>) -> Result<RecordInfo, RecordError> {
        Ok(self.info(Replay::open(file)?.info().clone()))
    }

    fn verify(&self, file: Vec<u8>) -> Result<VerifiedRecord, RecordError> {
        let verified = record::verify(file)?;
        let is_sound = verified.is_sound();
        let Verified {
            info,
            ticks,
            ticks_differing,
            checkpoints,
            human_ticks,
            craft_ticks,
            humans,
            gaps,
            first_difference,
        } = verified;
        Ok(VerifiedRecord {
            info: self.info(info),
            is_sound,
            ticks,
            ticks_differing,
            checkpoints,
            human_ticks,
            player_ticks: craft_ticks,
            humans,
            gaps,
            first_difference: first_difference.map(|first| {
                let record::FirstDifference { tick, part, fields, checkpoint } = first;
                let fields = fields.into_iter().map(difference).collect();
                FirstDifference { tick, part: part.map(self::part), fields, checkpoint }
            }),
        })
    }
}

fn part(part: Part) -> game::Part {
    match part {
        Part::Entity(id) => game::Part::Entity(id),
        Part::Rest => game::Part::Rest,
    }
}

fn difference(difference: Difference) -> game::Difference {
    let Difference { part, field, one, other } = difference;
    game::Difference { part: self::part(part), field, one, other }
}

impl Of {
    fn info(&self, info: ReplayInfo) -> RecordInfo {
        let ReplayInfo { header, start, first, last, ticks, checkpoints, chunks, damage, end, bytes } = info;
        RecordInfo {
            played: Played { game: game(), mode: start.config.mode as usize },
            game_version: arena::VERSION,
            room: start.room,
            shard: start.shard,
            server: start.server,
            map: start.map.name.clone(),
            seats: start.config.seats,
            tick_rate: start.tick_rate,
            chance: start.chance,
            is_of_these_rules: header.is_of_these_rules(),
            build: header.build,
            protocol: header.protocol,
            started_unix_ms: header.started_unix_ms,
            first,
            last,
            ticks,
            checkpoints: checkpoints.len(),
            chunks,
            damage,
            end: end.map(|End { ended, mut roster, .. }| {
                let names = roster.iter().map(|info| (info.player, info.name.clone())).collect();
                roster.sort_by_key(|info| (Reverse(info.score), info.deaths));
                let facts =
                    |PlayerInfo { player, score, .. }| (player, vec![("score".to_owned(), i64::from(score).into())]);
                let players = roster.into_iter().map(facts).collect();
                RecordedEnd { ended, names, summary: Summary { players, ..Summary::default() } }
            }),
            bytes,
        }
    }
}

impl PreparedGame for Prepared {
    fn open(&self, setup: RoomSetup, mode: usize, seed: u64) -> Box<dyn Match> {
        Box::new(Room::new(self.config(setup, mode), seed))
    }

    fn reopen(&self, setup: RoomSetup, recovered: RecoveredRoom, seed: u64) -> Box<dyn Match> {
        let state: Box<State> = recovered.state.downcast().expect("a match goes on in its own game");
        let State { world, trail } = *state;
        Box::new(Room::restore(self.config(setup, recovered.info.played.mode), world, &trail, seed))
    }
}

impl Prepared {
    fn config(&self, setup: RoomSetup, mode: usize) -> RoomConfig {
        let RoomSetup { id, server, tick_rate, seats, fill, interest_px, spectator_delay_secs } = setup;
        let mut maps = self.maps[mode].clone();
        // Each room begins with another, so that all are seen.
        let turn = id.saturating_sub(1) as usize % maps.len();
        maps.rotate_left(turn);
        let maps: Vec<Arc<Map>> = maps.into_iter().map(|terrain| terrain.map).collect();
        let Settings { mode, score_limit, match_secs, warm_up_secs, results_secs } = self.settings.with_mode(mode);
        let first = Arc::clone(&maps[0]);
        RoomConfig {
            id,
            server,
            seats,
            fill,
            interest_px,
            spectator_delay_secs,
            maps,
            mode,
            score_limit,
            match_secs,
            warm_up_secs,
            results_secs,
            ..RoomConfig::new(first, tick_rate)
        }
    }
}

/// Those of `files`, or those that come with the game.
fn load(files: Option<&[MapFile]>, tick_rate: TickRate) -> Result<Vec<Terrain>, PrepareError> {
    let maps: Result<Vec<Terrain>, String> = match files {
        None => Terrain::shipped().iter().map(|(name, text)| Terrain::parse(name, text, tick_rate)).collect(),
        Some(files) => {
            let parse = |file: &MapFile| Terrain::parse(&file.path.display().to_string(), &file.text, tick_rate);
            files.iter().map(parse).collect()
        }
    };
    let maps = maps.map_err(PrepareError::BrokenMap)?;
    for (index, map) in maps.iter().enumerate() {
        if maps[..index].iter().any(|other| other.name() == map.name()) {
            return Err(PrepareError::TwiceMap { name: map.name().to_owned() });
        }
    }
    Ok(maps)
}

/// Settings of which some are given.
fn read(given: &Table) -> Result<Settings, String> {
    let settings = match given.is_empty() {
        // Settings without fields are no table.
        true => Settings::default(),
        false => {
            let mut table = defaults();
            table.extend(given.iter().map(|(name, value)| (name.clone(), value.clone())));
            table.try_into().map_err(|error: toml::de::Error| error.message().to_owned())?
        }
    };
    settings.check()?;
    Ok(settings)
}

fn defaults() -> Table {
    match Value::try_from(Settings::default()) {
        Ok(Value::Table(table)) => table,
        Ok(_) | Err(_) => Table::new(),
    }
}

/// The field that the engine sets itself.
const MODE: &str = "mode";
