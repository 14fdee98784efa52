//! The one place where a game's types meet the server: everything in [`Hosted`], compiled for one game.

use std::{
    fmt,
    marker::PhantomData,
    sync::{Arc, Mutex},
};

use room::{
    Play, Room, RoomConfig,
    record::{self, FileHeader, RecordError, Recovered, Replay, ReplayInfo, Verified},
};
use shared::{
    TickRate,
    game::{Bot, Game, Map, MapOf, Settings, Trail},
};
use toml::{Table, Value};

use super::{
    GameSetting, Guarded, Hosted, MapFile, PackedPage, Played, PrepareError, PreparedGame, RecoveredRoom, RoomSetup,
    guarded::guard, types,
};
use crate::games::fields::fields;

/// A game that a server can host, without a page: only programs can play it.
pub const fn game<G: Game>() -> &'static dyn Hosted {
    const { &Of::<G> { page: None, game: PhantomData } }
}

/// A game that a server can host, with the page that people play it on.
pub fn game_with_page<G: Game>(page: &'static PackedPage) -> &'static dyn Hosted {
    // A program has its games once, and as long as it runs.
    Box::leak(Box::new(Of::<G> { page: Some(page), game: PhantomData }))
}

/// The value of [`game`] and [`game_with_page`]. The page is all its data; the rest is the types of `G`.
struct Of<G> {
    page: Option<&'static PackedPage>,
    game: PhantomData<fn() -> G>,
}

/// The settings and maps of a game, read and checked.
struct Prepared<G: Game> {
    settings: G::Settings,
    /// The maps of each mode, in the order in which they are played; each mode has at least one.
    maps: Vec<Vec<MapOf<G>>>,
}

/// Result of playing a recording.
struct State<G: Game> {
    play: Play<G>,
    trail: Trail<G::Entity>,
}

impl<G: Game> Hosted for Of<G> {
    fn name(&self) -> &'static str {
        G::NAME
    }

    fn version(&self) -> u16 {
        G::VERSION
    }

    fn modes(&self) -> &'static [&'static str] {
        G::Settings::MODES
    }

    fn page(&self) -> Option<&'static PackedPage> {
        self.page
    }

    fn shipped_maps(&self) -> Vec<&'static str> {
        MapOf::<G>::shipped().into_iter().map(|(name, _)| name).collect()
    }

    fn opponent_names(&self) -> &'static [&'static str] {
        match G::Bot::BEHAVIORS {
            [] => &[],
            _ => G::Bot::NAMES,
        }
    }

    fn settings(&self) -> Vec<GameSetting> {
        let defaults = defaults::<G>();
        let named = fields::<G::Settings>().iter().filter(|&&name| name != MODE);
        let setting = |&name: &&'static str| {
            let about = G::Settings::ABOUT.iter().find(|about| about.name == name);
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

    fn types(&self) -> Result<String, String> {
        types::of::<G>(&self.settings())
    }

    fn check_settings(&self, settings: &Table) -> Result<(), String> {
        read::<G>(settings).map(drop)
    }

    fn prepare(
        &self,
        settings: &Table,
        files: Option<&[MapFile]>,
        only: Option<&str>,
        seats: u16,
        tick_rate: TickRate,
    ) -> Result<Arc<dyn PreparedGame>, PrepareError> {
        let settings = read::<G>(settings).map_err(|reason| PrepareError::Settings { game: G::NAME, reason })?;
        let mut maps = load::<G>(files, tick_rate)?;
        if let Some(name) = only {
            let known = maps.iter().map(|map| map.name().to_owned()).collect();
            maps.retain(|map| map.name() == name);
            if maps.is_empty() {
                return Err(PrepareError::NoSuchMap { name: name.to_owned(), known });
            }
        }
        let best = |mode| {
            let fitness = maps.iter().map(|map| map.fitness(mode, seats)).max();
            maps.iter().filter(|map| Some(map.fitness(mode, seats)) == fitness).cloned().collect()
        };
        Ok(Arc::new(Prepared::<G> { settings, maps: (0..G::Settings::MODES.len()).map(best).collect() }))
    }

    fn record_header(&self, build: &str, started_unix_ms: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        FileHeader::new::<G>(build, started_unix_ms).encode(&mut bytes);
        bytes
    }

    fn recover(&'static self, file: Vec<u8>) -> Result<RecoveredRoom, RecordError> {
        let recovered = caught(|| record::recover(file))?;
        let Recovered::<G> { info, play, trail, sessions, replayed, diverged, good_bytes } = recovered;
        let humans = play.roster().iter().filter(|(_, profile)| !profile.opponent).map(|(player, _)| player);
        Ok(RecoveredRoom {
            info,
            played: Played { game: self, mode: play.setup().settings.mode() },
            tick: play.tick(),
            hash: play.game().digest().wide(),
            humans: humans.collect(),
            sessions,
            replayed,
            diverged,
            good_bytes,
            state: Mutex::new(Box::new(State { play, trail })),
        })
    }

    fn inspect(&self, file: Vec<u8>) -> Result<ReplayInfo, RecordError> {
        caught(|| Ok(Replay::<G>::open(file)?.info().clone()))
    }

    fn verify(&self, file: Vec<u8>) -> Result<Verified, RecordError> {
        caught(|| record::verify::<G>(file))
    }
}

impl<G: Game> PreparedGame for Prepared<G> {
    fn open(&self, setup: RoomSetup, mode: usize, seed: u64) -> Guarded {
        Guarded::new(|| Box::new(Room::new(self.config(setup, mode), seed)))
    }

    fn reopen(&self, setup: RoomSetup, recovered: RecoveredRoom, seed: u64) -> Guarded {
        let state = recovered.state.into_inner().expect("nobody has locked it");
        let state: Box<State<G>> = state.downcast().expect("a match goes on in its own game");
        let State { play, trail } = *state;
        let mode = recovered.played.mode;
        Guarded::new(|| Box::new(Room::restore(self.config(setup, mode), play, &trail, seed)))
    }
}

impl<G: Game> Prepared<G> {
    fn config(&self, setup: RoomSetup, mode: usize) -> RoomConfig<G> {
        let RoomSetup { id, server, tick_rate, seats, fill, interest_px, spectator_delay_secs } = setup;
        let mut maps = self.maps[mode].clone();
        // Each room begins with another map, so that all maps are played.
        let turn = id.saturating_sub(1) as usize % maps.len();
        maps.rotate_left(turn);
        let settings = self.settings.clone().with_mode(mode);
        let usual = RoomConfig::new(maps[0].clone(), tick_rate);
        RoomConfig { id, server, settings, seats, fill, interest_px, spectator_delay_secs, maps, ..usual }
    }
}

impl<G: Game> fmt::Debug for Of<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(G::NAME)
    }
}

impl<G: Game> fmt::Debug for Prepared<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { settings, maps } = self;
        let names: Vec<Vec<&str>> = maps.iter().map(|maps| maps.iter().map(Map::name).collect()).collect();
        f.debug_struct("Prepared").field("settings", settings).field("maps", &names).finish()
    }
}

/// Plays a recording; a panic of the game becomes an error like any other fault of a recording.
fn caught<T>(play: impl FnOnce() -> Result<T, RecordError>) -> Result<T, RecordError> {
    guard(play).unwrap_or_else(|reason| Err(RecordError::GamePanicked { reason }))
}

/// Parses the maps of `files`, or else those that come with the game.
fn load<G: Game>(files: Option<&[MapFile]>, tick_rate: TickRate) -> Result<Vec<MapOf<G>>, PrepareError> {
    let maps: Result<Vec<MapOf<G>>, String> = match files {
        None => MapOf::<G>::shipped().iter().map(|(name, text)| Map::parse(name, text, tick_rate)).collect(),
        Some(files) => {
            let parse = |file: &MapFile| Map::parse(&file.path.display().to_string(), &file.text, tick_rate);
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

/// Parses and checks settings; those that are not given have their defaults.
fn read<G: Game>(given: &Table) -> Result<G::Settings, String> {
    let settings = match given.is_empty() {
        // The defaults of settings without fields are not a table, so nothing could be added to them.
        true => G::Settings::default(),
        false => {
            let mut table = defaults::<G>();
            table.extend(given.iter().map(|(name, value)| (name.clone(), value.clone())));
            table.try_into().map_err(|error: toml::de::Error| error.message().to_owned())?
        }
    };
    settings.check()?;
    Ok(settings)
}

fn defaults<G: Game>() -> Table {
    match Value::try_from(G::Settings::default()) {
        Ok(Value::Table(table)) => table,
        Ok(_) | Err(_) => Table::new(),
    }
}

/// The field that the engine sets itself.
const MODE: &str = "mode";
