//! The settings of a server, from defaults, file, environment and command line; each overrides the ones before it.
//!
//! A setting is one field of [`Config`] or of a section's struct, with its description, its default and, in `#[schemars(..)]`, its
//! range (see [`key`]). Flag, variable, checks, `--help`, `--print-config` and the shipped file follow from it.

mod accounts;
mod admin;
mod drain;
mod environment;
mod error;
mod file;
pub mod flags;
mod game_keys;
mod games;
mod given;
mod key;
mod limits;
mod live;
mod load;
mod log;
mod network;
mod place;
mod prepared_games;
mod print;
mod program_games;
mod proxies;
mod recording;
mod replay_task;
mod secret;
mod sessions;
mod spectators;
mod telemetry;
mod tls;

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use axum::http::uri::Authority;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::{
    TickRate,
    limits::{NAME_BYTES_MAX, ROOM_PLAYERS_MAX, TICK_HZ_MAX, TICK_HZ_MIN},
};

use self::error::Wrong;
pub(crate) use self::games::GameConfig;
pub use self::{
    accounts::Accounts,
    admin::Admin,
    drain::Drain,
    environment::{CONFIG_VARIABLE, Environment},
    error::ConfigError,
    key::{Key, KeyTable, Kind, Section, Short, VARIABLE_PREFIX},
    limits::Limits,
    live::{Change, LiveConfig, ReloadReport},
    load::{Loaded, Sources},
    log::{Log, LogAddresses, LogFormat},
    network::Network,
    place::Place,
    prepared_games::PreparedGames,
    print::documented,
    program_games::Games,
    proxies::{ForwardedHeader, Proxies},
    recording::Recording,
    replay_task::ReplayTask,
    secret::Secret,
    sessions::Sessions,
    spectators::Spectators,
    telemetry::Telemetry,
    tls::{Tls, TlsHttp},
};
use crate::{
    base::{
        origin::{is_host, is_origin},
        text,
    },
    games::fields::fields,
};
pub(crate) use given::Given;

/// Settings of a server. Port 0 is any free port.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Address of the pages, joins and WebSocket. 0.0.0.0 is every interface, port 0 any free port.
    #[schemars(extend("value" = "ADDRESS", "allowed" = IP_PORT))]
    pub http: SocketAddr,
    /// Address of QUIC and WebTransport for the first shard; each further shard takes the next port.
    #[schemars(extend("value" = "ADDRESS", "allowed" = IP_PORT))]
    pub udp: SocketAddr,
    /// HOST or HOST:PORT that players use for QUIC and WebTransport of the first shard, if it is not the host of the page: behind a
    /// proxy on another machine, or where ports are mapped. Each further shard takes the next port.
    #[schemars(extend("value" = "HOST[:PORT]", "example" = "game.example.org:7777", "live" = true))]
    pub public_udp: Option<String>,
    /// Address of the metrics, health checks and the admin page. Keep it private.
    #[schemars(extend("value" = "ADDRESS", "allowed" = IP_PORT))]
    pub ops: SocketAddr,
    /// Name of the server, shown to players.
    #[schemars(extend("value" = "NAME", "live" = true))]
    pub name: String,
    /// Ticks per second.
    #[schemars(range(min = TICK_HZ_MIN, max = TICK_HZ_MAX), extend("value" = "HZ"))]
    pub tick_hz: u16,
    /// Seats per room, for players and computer opponents together.
    #[schemars(range(min = 1, max = ROOM_PLAYERS_MAX), extend("value" = "SEATS", "live" = true))]
    pub room_size: u16,
    /// Add computer opponents until a room has this many players, within its seats; 0 for none.
    #[schemars(range(min = 0, max = ROOM_PLAYERS_MAX), extend("value" = "PLAYERS", "live" = true))]
    pub fill: u16,
    /// The game of rooms if a join names none; the default is the first game of this program.
    #[schemars(extend("value" = "NAME", "live" = true))]
    pub game: Option<String>,
    /// Radius around a player within which it gets the state of others, px; maps bring their own.
    #[schemars(range(min = INTEREST_PX.0, max = INTEREST_PX.1), extend("value" = "PX", "example" = 1600, "live" = true))]
    pub interest_px: Option<u32>,
    /// Spectators of rooms: nobody (off); everybody, 10 s late, but not the match that the same address or account plays in (delayed); or
    /// everybody without delay (live).
    #[schemars(extend("value" = "HOW"))]
    pub spectators: Spectators,
    /// Threads that run rooms and their sockets, each with its own UDP port.
    #[schemars(range(min = 1, max = SHARDS_MAX), extend("value" = "THREADS"))]
    pub shards: u16,
    /// Most rooms open at once.
    #[schemars(range(min = 1, max = ROOMS_MAX), extend("value" = "ROOMS", "live" = true))]
    pub max_rooms: u32,
    /// Most players on the server at once.
    #[schemars(range(min = 1, max = PLAYERS_MAX), extend("value" = "PLAYERS", "live" = true))]
    pub max_players: u32,
    /// Origins of other sites whose pages may play here. The host that players reach this server by is always allowed.
    #[schemars(extend("value" = "ORIGINS", "allowed" = "an origin is https://host[:port]", "live" = true))]
    pub origins: Vec<String>,
    /// For development: the inspector of the admin page can set fields of entities. Every listener must then be on this machine alone.
    pub dev: bool,
    /// For development: serves the page of the default game from this folder, where `cargo xtask dev` or `cargo dev` packs it, instead of the one
    /// in the program. Every listener must then be on this machine alone.
    #[schemars(extend("value" = "DIR", "example" = "target/dev-page"))]
    pub dev_page: Option<PathBuf>,
    /// Seed of everything random in the game; without it, one is chosen and logged.
    #[schemars(extend("example" = 1))]
    pub seed: Option<u64>,
    /// Directory for everything that outlives the process: the key of sessions, bans, running and ended matches. Without it nothing is
    /// written to disk, and nothing survives a restart.
    #[schemars(extend("value" = "DIR", "example" = "/var/lib/ricochet"))]
    pub state: Option<PathBuf>,
    /// TLS for pages, WebSocket, QUIC and WebTransport with a certificate of your own. Without one, HTTP is plain, and QUIC
    /// uses a self-signed certificate whose hash the pages get.
    pub tls: Tls,
    /// Reverse proxies in front of the HTTP listener.
    pub proxies: Proxies,
    /// Limits on the use of the server by one address or network.
    pub limits: Limits,
    /// Players who come back after their link was cut.
    pub sessions: Sessions,
    /// Players who prove their identity with a token of the host's own issuer (JWT, EdDSA or RS256).
    pub accounts: Accounts,
    /// Matches on disk, in the directory of `state`.
    pub recording: Recording,
    /// The log on stderr.
    pub log: Log,
    /// Lines of the log for an OpenTelemetry collector, by OTLP over HTTP.
    pub telemetry: Telemetry,
    /// The admin page and API on the ops listener.
    pub admin: Admin,
    /// The end of a server that was asked to stop.
    pub drain: Drain,
    /// Settings of the games, by name of the game; see [`Config::with_game_setting`].
    #[schemars(skip)]
    pub games: BTreeMap<String, toml::Table>,
}

/// Lists the names of a struct's fields.
type FieldNames = fn() -> &'static [&'static str];

/// The sections, and the names of their fields.
pub(crate) const SECTIONS: [(&str, FieldNames); 10] = [
    ("tls", fields::<Tls>),
    ("proxies", fields::<Proxies>),
    ("limits", fields::<Limits>),
    ("sessions", fields::<Sessions>),
    ("accounts", fields::<Accounts>),
    ("recording", fields::<Recording>),
    ("log", fields::<Log>),
    ("telemetry", fields::<Telemetry>),
    ("admin", fields::<Admin>),
    ("drain", fields::<Drain>),
];

const IP_PORT: &str = "write IP:PORT, for example 127.0.0.1:8080";
/// More shards would be useless: a machine has fewer cores.
const SHARDS_MAX: u16 = 64;
/// Allowed radii of interest, px: from less than a screen to the largest map.
const INTEREST_PX: (u32, u32) = (200, 32_768);
/// Bound of `max_rooms`; a room costs memory even when it is empty.
const ROOMS_MAX: u32 = 10_000;
/// Bound of `max_players`: one process has a limited number of file descriptors, and a shard one UDP port.
const PLAYERS_MAX: u32 = 60_000;

impl Default for Config {
    fn default() -> Self {
        let local = |port| SocketAddr::from(([127, 0, 0, 1], port));
        Self {
            http: local(8080),
            udp: local(7777),
            public_udp: None,
            ops: local(9090),
            name: "Ricochet".to_owned(),
            tick_hz: 30,
            room_size: 16,
            fill: 8,
            game: None,
            interest_px: None,
            spectators: Spectators::default(),
            shards: 1,
            max_rooms: 256,
            max_players: 4_096,
            origins: Vec::new(),
            dev: false,
            dev_page: None,
            seed: None,
            state: None,
            tls: Tls::default(),
            proxies: Proxies::default(),
            limits: Limits::default(),
            sessions: Sessions::default(),
            accounts: Accounts::default(),
            recording: Recording::default(),
            log: Log::default(),
            telemetry: Telemetry::default(),
            admin: Admin::default(),
            drain: Drain::default(),
            games: BTreeMap::new(),
        }
    }
}

impl Config {
    /// Checks settings that a program has made.
    ///
    /// # Errors
    /// The first value that is not allowed.
    pub fn check(&self, games: Games) -> Result<(), ConfigError> {
        Loaded::from_program(games, self.clone()).map(drop)
    }

    /// Checks rules that concern several fields, or that no range can express.
    fn check_across(&self, games: Games) -> Result<(), Wrong> {
        let Self { udp, shards, .. } = *self;
        if udp.port() != 0 && udp.port().checked_add(shards - 1).is_none() {
            return Err(Wrong::new("udp", udp, format!("{shards} shards need that many ports up to 65535")));
        }
        if let Some(public) = self.public_udp.as_ref().filter(|public| !is_host(public)) {
            return Err(Wrong::new("public_udp", format!("\"{}\"", public.escape_debug()), "write HOST or HOST:PORT"));
        }
        // Each further shard is announced with the next port.
        let public_port = self.public_udp.as_ref().and_then(|public| public.parse::<Authority>().ok()?.port_u16());
        if public_port.is_some_and(|port| port.checked_add(shards - 1).is_none()) {
            let public = self.public_udp.as_deref().unwrap_or_default();
            return Err(Wrong::new("public_udp", public, format!("{shards} shards need that many ports up to 65535")));
        }
        if let Some(origin) = self.origins.iter().find(|origin| !is_origin(origin)) {
            let origin = format!("\"{}\"", origin.escape_debug());
            return Err(Wrong::new("origins", origin, "an origin is https://host[:port]"));
        }
        self.check_development()?;
        check_text("name", &self.name, NAME_BYTES_MAX)?;
        self.tls.check().map_err(|wrong| wrong.within("tls"))?;
        self.accounts.check().map_err(|wrong| wrong.within("accounts"))?;
        self.log.check().map_err(|wrong| wrong.within("log"))?;
        self.telemetry.check().map_err(|wrong| wrong.within("telemetry"))?;
        self.admin.check().map_err(|wrong| wrong.within("admin"))?;
        self.check_games(games)
    }

    /// Development is for this machine alone: its settings let everybody who reaches a listener change a match or read sources.
    fn check_development(&self) -> Result<(), Wrong> {
        let listeners = [("http", self.http), ("udp", self.udp), ("ops", self.ops)];
        let open = listeners.into_iter().find(|(_, address)| !address.ip().is_loopback());
        let Some((name, address)) = open else { return Ok(()) };
        let allowed = format!("it is for development on this machine, but {name} listens on {address}; use 127.0.0.1");
        match &self.dev_page {
            Some(folder) => Err(Wrong::new("dev_page", format!("\"{}\"", folder.display()), allowed)),
            None if self.dev => Err(Wrong::new("dev", true, allowed)),
            None => Ok(()),
        }
    }

    /// The tick rate.
    ///
    /// # Panics
    /// When the settings have not been checked.
    pub fn tick_rate(&self) -> TickRate {
        TickRate::new(self.tick_hz).expect("settings are checked before they are used")
    }
}

fn check_text(key: &str, value: &str, bytes_max: usize) -> Result<(), Wrong> {
    match (1..=bytes_max).contains(&value.len()) && text::check(value).is_ok() {
        true => Ok(()),
        false => {
            let allowed =
                format!("allowed are 1 to {bytes_max} bytes without control characters or other invisible ones");
            Err(Wrong::new(key, format!("\"{}\"", value.escape_debug()), allowed))
        }
    }
}

#[cfg(test)]
mod tests;
