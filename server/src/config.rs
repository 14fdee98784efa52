//! The settings of a server: defaults, then the file of `--config`, then the command line, each over the one before.
//!
//! Every value is checked once, here, and a refusal names the value, its place and what is allowed.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use figment::{
    Figment, Metadata,
    error::Kind,
    providers::{Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};
use shared::{
    TickRate,
    limits::{MAP_NAME_BYTES_MAX, NAME_BYTES_MAX, ROOM_PLAYERS_MAX, TICK_HZ_MAX, TICK_HZ_MIN},
    wire::Mode,
};

use crate::{
    flags::{COMMAND_LINE, Flags},
    mode,
    origin::is_origin,
};

/// Settings of a server. Port 0 is any free port.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where pages, joins and WebSocket listen.
    pub http: SocketAddr,
    /// Where QUIC of the first shard listens; each further one takes the next port.
    pub udp: SocketAddr,
    /// Where metrics and health checks listen.
    pub ops: SocketAddr,
    /// Ticks per second.
    pub tick_hz: u16,
    /// Seats per room, for players and opponents together.
    pub room_size: u16,
    /// Computer opponents keep a room at this many crafts, at most at its seats; 0 for none.
    pub fill: u16,
    /// What is played where a join does not ask.
    #[serde(serialize_with = "mode::serialize", deserialize_with = "mode::deserialize")]
    pub mode: Mode,
    /// The one map to play; without it all that fit mode and room size.
    pub map: Option<String>,
    /// Folder to read maps from, instead of the ones built in.
    pub maps: Option<PathBuf>,
    /// Threads that run rooms and their sockets.
    pub shards: u16,
    /// Seed of everything random in the game; without it one is chosen.
    pub seed: Option<u64>,
    /// Shown to players.
    pub name: String,
    /// Radius of what a player may know, px; without it the map's own.
    pub interest_px: Option<u32>,
    /// Points that end a match.
    pub score_limit: u16,
    /// Seconds after which a match ends.
    pub match_secs: u32,
    /// Seconds of warm-up before a match.
    pub warm_up_secs: u32,
    /// Seconds its results are shown.
    pub results_secs: u32,
    /// Rooms open at once, at most.
    pub max_rooms: u32,
    /// Players on the server at once, at most.
    pub max_players: u32,
    /// Origins whose pages may play here besides those of the server's own host.
    pub origins: Vec<String>,
}

/// Why there is no valid configuration.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: cannot read the configuration: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The file is no TOML, or holds what we do not know.
    #[error("{place}: {reason}")]
    Malformed {
        /// The file, or the command line.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// A value out of range.
    #[error("{place} is {value}; {allowed}")]
    NotAllowed {
        /// The flag, or the key and its file.
        place: String,
        /// What was given.
        value: String,
        /// What would be accepted.
        allowed: String,
    },
}

/// Shards beyond this are no use: a machine has fewer cores.
const SHARDS_MAX: u16 = 64;
/// Radii of interest, px: from less than a screen to the largest map.
const INTEREST_PX: (u32, u32) = (200, 32_768);
/// A day is longer than anybody plays.
const MATCH_SECS_MAX: u32 = 86_400;
/// Rooms a server may be told to hold; they cost memory even when they are empty.
const ROOMS_MAX: u32 = 10_000;
/// Players a server may be told to hold: one UDP port and the file descriptors of one process.
const PLAYERS_MAX: u32 = 60_000;

impl Default for Config {
    fn default() -> Self {
        let local = |port| SocketAddr::from(([127, 0, 0, 1], port));
        Self {
            http: local(8080),
            udp: local(7777),
            ops: local(9090),
            tick_hz: 30,
            room_size: 16,
            fill: 8,
            mode: Mode::Deathmatch,
            map: None,
            maps: None,
            shards: 1,
            seed: None,
            name: "Ricochet".to_owned(),
            interest_px: None,
            score_limit: 25,
            match_secs: 300,
            warm_up_secs: 5,
            results_secs: 8,
            max_rooms: 256,
            max_players: 4_096,
            origins: Vec::new(),
        }
    }
}

impl Config {
    /// The settings of a command line and the file it names.
    ///
    /// # Errors
    /// When the file cannot be read or holds unknown keys, or any value is refused.
    pub fn load(flags: &Flags) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(path) = &flags.config {
            // Read here first: figment takes a missing file for an empty one.
            fs::read_to_string(path)
                .map_err(|error| ConfigError::Unreadable { path: path.clone(), reason: plain(&error) })?;
            figment = figment.merge(Toml::file_exact(path));
        }
        figment = figment.merge(flags);
        let config: Self = figment.extract().map_err(malformed)?;
        config.check_with(|key| place(&figment, key))?;
        Ok(config)
    }

    /// Checks settings that were put together in code.
    ///
    /// # Errors
    /// At the first value that is not allowed.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.check_with(str::to_owned)
    }

    fn check_with(&self, place: impl Fn(&str) -> String) -> Result<(), ConfigError> {
        let Self { room_size, tick_hz, shards, udp, .. } = *self;
        let refuse =
            |key, value: String, allowed: String| Err(ConfigError::NotAllowed { place: place(key), value, allowed });
        let range = |key, value: u32, low: u32, high: u32| match (low..=high).contains(&value) {
            true => Ok(()),
            false => refuse(key, value.to_string(), format!("allowed are {low} to {high}")),
        };
        range("tick_hz", tick_hz.into(), TICK_HZ_MIN.into(), TICK_HZ_MAX.into())?;
        range("room_size", room_size.into(), 1, ROOM_PLAYERS_MAX as u32)?;
        range("fill", self.fill.into(), 0, ROOM_PLAYERS_MAX as u32)?;
        range("shards", shards.into(), 1, SHARDS_MAX.into())?;
        range("score_limit", self.score_limit.into(), 1, u16::MAX.into())?;
        range("match_secs", self.match_secs, 10, MATCH_SECS_MAX)?;
        range("warm_up_secs", self.warm_up_secs, 0, MATCH_SECS_MAX)?;
        range("results_secs", self.results_secs, 0, MATCH_SECS_MAX)?;
        range("max_rooms", self.max_rooms, 1, ROOMS_MAX)?;
        range("max_players", self.max_players, 1, PLAYERS_MAX)?;
        if let Some(px) = self.interest_px {
            range("interest_px", px, INTEREST_PX.0, INTEREST_PX.1)?;
        }
        if udp.port() != 0 && udp.port().checked_add(shards - 1).is_none() {
            return refuse("udp", udp.to_string(), format!("{shards} shards need that many ports up to 65535"));
        }
        if let Some(origin) = self.origins.iter().find(|origin| !is_origin(origin)) {
            return refuse(
                "origins",
                format!("\"{}\"", origin.escape_debug()),
                "an origin is https://host[:port]".into(),
            );
        }
        let text = |key, value: &str, bytes_max: usize| {
            let fits = (1..=bytes_max).contains(&value.len()) && !value.contains(char::is_control);
            let allowed = format!("allowed are 1 to {bytes_max} bytes without control characters");
            if fits { Ok(()) } else { refuse(key, format!("\"{}\"", value.escape_debug()), allowed) }
        };
        text("name", &self.name, NAME_BYTES_MAX)?;
        self.map.as_ref().map_or(Ok(()), |map| text("map", map, MAP_NAME_BYTES_MAX))
    }

    /// The tick rate.
    ///
    /// # Panics
    /// When the settings have not been checked.
    pub fn tick_rate(&self) -> TickRate {
        TickRate::new(self.tick_hz).expect("settings are checked before they are used")
    }
}

/// Where a setting came from: its flag, or its key and file.
fn place(figment: &Figment, key: &str) -> String {
    let Some(metadata) = figment.find_metadata(key) else { return key.to_owned() };
    match file_of(metadata) {
        _ if metadata.name == COMMAND_LINE => format!("--{}", key.replace('_', "-")),
        Some(path) => format!("{}: {key}", path.display()),
        None => key.to_owned(),
    }
}

fn file_of(metadata: &Metadata) -> Option<&Path> {
    metadata.source.as_ref()?.file_path()
}

/// Turns figment's error into one line that names place, key and what is allowed.
fn malformed(error: figment::Error) -> ConfigError {
    let path = error.metadata.as_ref().and_then(file_of);
    let place = path.map_or_else(|| COMMAND_LINE.to_owned(), |path| path.display().to_string());
    let reason = match &error.kind {
        Kind::UnknownField(key, known) => format!("unknown key `{key}`; known are {}", known.join(", ")),
        Kind::InvalidType(found, expected) | Kind::InvalidValue(found, expected) => {
            format!("`{}` is {found}; expected {expected}", error.path.join("."))
        }
        kind if error.path.is_empty() => kind.to_string(),
        kind => format!("`{}`: {kind}", error.path.join(".")),
    };
    // A TOML syntax error is drawn over several lines.
    let lines = reason.lines().map(str::trim_end).filter(|line| !line.is_empty());
    ConfigError::Malformed { place, reason: lines.collect::<Vec<_>>().join(" ") }
}

fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes `toml` to a file of its own, loads it under the flags in `words`, and gives the outcome with the path.
    fn load(test: &str, toml: &str, words: &str) -> (Result<Config, String>, String) {
        let path = std::env::temp_dir().join(format!("ricochet-{}-{test}.toml", std::process::id()));
        fs::write(&path, toml).unwrap();
        let line = format!("ricochet-server --config {} {words}", path.display());
        let flags = Flags::parse_from_words(line.split_whitespace()).unwrap();
        let outcome = Config::load(&flags).map_err(|error| error.to_string());
        fs::remove_file(&path).unwrap();
        (outcome, path.display().to_string())
    }

    #[track_caller]
    fn check_refusal(test: &str, toml: &str, words: &str, expected: &str) {
        let (outcome, path) = load(test, toml, words);
        assert_eq!(outcome.unwrap_err(), expected.replace("FILE", &path));
    }

    #[test]
    fn flag_wins_over_file_and_file_over_default() {
        let toml = "room_size = 32\nfill = 4\nmode = \"team\"";
        let config = load("order", toml, "--room-size 64").0.unwrap();
        assert_eq!(config.room_size, 64);
        assert_eq!(config.fill, 4);
        assert_eq!(config.mode, Mode::TeamDeathmatch);
        assert_eq!(config.tick_hz, 30);
    }

    #[test]
    fn defaults_are_allowed() {
        assert_eq!(Config::load(&Flags::default()), Ok(Config::default()));
        assert_eq!(Config::default().check(), Ok(()));
    }

    #[test]
    fn shipped_file_tells_the_defaults() {
        let shipped = load("shipped", include_str!("../../assets/config/ricochet.toml"), "").0;
        assert_eq!(shipped, Ok(Config::default()));
    }

    #[test]
    fn unknown_key_is_refused_with_file_and_known_keys() {
        let (outcome, path) = load("unknown", "room_seats = 3", "");
        let text = outcome.unwrap_err();
        assert!(text.starts_with(&format!("{path}: unknown key `room_seats`; known are http, udp, ops,")), "{text}");
    }

    #[test]
    fn value_of_the_wrong_type_is_refused_with_file_and_key() {
        check_refusal("type", "tick_hz = \"fast\"", "", "FILE: `tick_hz` is string \"fast\"; expected u16");
        check_refusal("negative", "fill = -1", "", "FILE: `fill` is signed int `-1`; expected u16");
        check_refusal(
            "mode",
            "mode = \"race\"",
            "",
            "FILE: `mode`: there is no mode \"race\"; allowed are deathmatch, team-deathmatch",
        );
    }

    #[test]
    fn value_out_of_range_is_refused_with_its_place_and_the_range() {
        check_refusal("file-range", "tick_hz = 5", "", "FILE: tick_hz is 5; allowed are 10 to 120");
        check_refusal("flag-range", "tick_hz = 30", "--tick-hz 121", "--tick-hz is 121; allowed are 10 to 120");
        for edge in [TICK_HZ_MIN, TICK_HZ_MAX] {
            assert_eq!(load("edge", &format!("tick_hz = {edge}"), "").0.unwrap().tick_hz, edge);
        }
        let name = "x".repeat(NAME_BYTES_MAX + 1);
        let expected = format!("FILE: name is \"{name}\"; allowed are 1 to 24 bytes without control characters");
        check_refusal("name", &format!("name = \"{name}\""), "", &expected);
    }

    #[test]
    fn origin_without_a_scheme_is_refused() {
        assert_eq!(load("origin", "origins = [\"https://a.example\"]", "").0.unwrap().origins, ["https://a.example"]);
        let words = "--origins https://a.example,b.example";
        check_refusal("origins", "", words, "--origins is \"b.example\"; an origin is https://host[:port]");
    }

    #[test]
    fn broken_toml_is_refused_in_one_line_with_its_place() {
        let (outcome, path) = load("broken", "fill = 3\nroom_size = = 4", "");
        let text = outcome.unwrap_err();
        assert!(text.starts_with(&path) && text.contains("line 2") && !text.contains('\n'), "{text}");
    }

    #[test]
    fn missing_file_is_refused() {
        let flags = Flags { config: Some("/nowhere/a.toml".into()), ..Flags::default() };
        let text = Config::load(&flags).unwrap_err().to_string();
        assert_eq!(text, "/nowhere/a.toml: cannot read the configuration: there is no such file");
    }

    #[test]
    fn shards_need_ports() {
        let mut config = Config { udp: "127.0.0.1:65535".parse().unwrap(), ..Config::default() };
        assert_eq!(config.check(), Ok(()));
        config.shards = 2;
        assert!(config.check().is_err());
    }
}
