//! The command line. Every flag but `--config` is also a key of the configuration file, with `_` for `-`.

use std::{ffi::OsString, net::SocketAddr, path::PathBuf};

use clap::{Parser, error::ErrorKind};
use figment::{
    Metadata, Profile, Provider,
    providers::Serialized,
    value::{Dict, Map},
};
use serde::Serialize;

/// Name under which values of the command line are known to error messages.
pub(crate) const COMMAND_LINE: &str = "the command line";

/// What was asked for on the command line; `None` was not mentioned. Defaults are those of [`crate::config::Config`].
#[derive(Parser, Serialize, Clone, PartialEq, Debug, Default)]
#[command(
    name = "ricochet-server",
    version,
    about = "The Ricochet game server: a top-down arena shooter, served over QUIC, WebTransport and WebSocket",
    after_help = "A flag wins over the file of --config, the file wins over the default. Keys of the file are the \
                  flags with _ for -, for example: room_size = 32"
)]
pub struct Flags {
    /// Read settings from this TOML file.
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Pages, joins and WebSocket listen here [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDRESS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http: Option<SocketAddr>,
    /// QUIC and WebTransport listen here; each further shard takes the next port [default: 127.0.0.1:7777].
    #[arg(long, value_name = "ADDRESS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub udp: Option<SocketAddr>,
    /// Metrics and health checks listen here; keep it private [default: 127.0.0.1:9090].
    #[arg(long, value_name = "ADDRESS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ops: Option<SocketAddr>,
    /// Ticks per second [default: 30].
    #[arg(long, value_name = "HZ")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tick_hz: Option<u16>,
    /// Seats per room, for players and computer opponents together [default: 16].
    #[arg(long, value_name = "SEATS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room_size: Option<u16>,
    /// Computer opponents keep a room at this many crafts; 0 for none [default: 8].
    #[arg(long, value_name = "CRAFTS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fill: Option<u16>,
    /// What is played where a join does not ask: deathmatch or team-deathmatch [default: deathmatch].
    #[arg(long, value_name = "MODE", value_parser = mode_text)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Play this map only, instead of all that fit mode and room size.
    #[arg(long, value_name = "NAME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map: Option<String>,
    /// Read maps from this folder instead of the ones built in.
    #[arg(long, value_name = "DIR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maps: Option<PathBuf>,
    /// Threads that run rooms and their sockets [default: 1].
    #[arg(long, value_name = "THREADS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shards: Option<u16>,
    /// Seed of everything random in the game; one is chosen and logged if none is given.
    #[arg(long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Name of the server, shown to players [default: Ricochet].
    #[arg(long, value_name = "NAME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Radius of what a player may know, px; maps bring their own.
    #[arg(long, value_name = "PX")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interest_px: Option<u32>,
    /// Points that end a match [default: 25].
    #[arg(long, value_name = "POINTS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score_limit: Option<u16>,
    /// Seconds after which a match ends [default: 300].
    #[arg(long, value_name = "SECONDS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub match_secs: Option<u32>,
    /// Rooms open at once, at most [default: 256].
    #[arg(long, value_name = "ROOMS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_rooms: Option<u32>,
    /// Players on the server at once, at most [default: 4096].
    #[arg(long, value_name = "PLAYERS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_players: Option<u32>,
    /// Origins whose pages may play here, besides those of the server's own host; separated by commas.
    #[arg(long, value_name = "ORIGINS", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origins: Option<Vec<String>>,
}

/// Why there are no flags to go on with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FlagsError {
    /// Help or version was asked for: this is the text for stdout.
    Answer(String),
    /// A bad command line, in one line.
    Bad(String),
}

impl Flags {
    /// Reads a command line whose first word is the program.
    ///
    /// # Errors
    /// When help is asked for, or the line cannot be understood.
    pub fn parse_from_words<I>(words: I) -> Result<Self, FlagsError>
    where
        I: IntoIterator,
        I::Item: Into<OsString> + Clone,
    {
        Self::try_parse_from(words).map_err(|error| match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => FlagsError::Answer(error.to_string()),
            _ => FlagsError::Bad(one_line(&error.to_string())),
        })
    }
}

impl Provider for Flags {
    fn metadata(&self) -> Metadata {
        Metadata::named(COMMAND_LINE)
    }

    fn data(&self) -> figment::error::Result<Map<Profile, Dict>> {
        Serialized::defaults(self).data()
    }
}

fn mode_text(text: &str) -> Result<String, String> {
    crate::mode::parse(text).map(|mode| crate::mode::name(mode).to_owned())
}

/// clap explains itself in paragraphs; the first ones matter, the usage does not.
fn one_line(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let said: Vec<_> = lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more")).collect();
    said.join("; ").trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Flags, FlagsError> {
        Flags::parse_from_words(["ricochet-server"].iter().chain(words))
    }

    fn refusal(words: &[&str]) -> String {
        match parse(words) {
            Err(FlagsError::Bad(text)) => text,
            other => panic!("{words:?} gave {other:?}"),
        }
    }

    #[test]
    fn every_flag_of_the_manual_is_understood() {
        let line = "--config a.toml --http 127.0.0.1:8080 --udp 127.0.0.1:7777 --ops 127.0.0.1:9090 --tick-hz 30 \
                    --room-size 16 --fill 8 --mode deathmatch --map foundry --shards 1 --seed 5 --name N \
                    --interest-px 900 --score-limit 10 --match-secs 60 --maps dir --max-rooms 3 --max-players 9 --origins https://a.example,https://b.example";
        let flags = parse(&line.split_whitespace().collect::<Vec<_>>()).unwrap();
        assert_eq!(flags.seed, Some(5));
        assert_eq!(flags.origins.map(|origins| origins.len()), Some(2));
        assert_eq!(flags.mode.as_deref(), Some("deathmatch"));
    }

    #[test]
    fn bad_flags_are_refused_in_one_line_with_what_is_wrong() {
        for (words, expected) in [
            (&["--tick-rate", "30"][..], "--tick-rate"),
            (&["--tick-hz", "fast"], "invalid value 'fast' for '--tick-hz <HZ>'"),
            (&["--http", "8080"], "invalid value '8080' for '--http <ADDRESS>'"),
            (&["--mode", "race"], "allowed are deathmatch, team-deathmatch"),
            (&["--seed"], "--seed"),
            (&["extra"], "extra"),
        ] {
            let text = refusal(words);
            assert!(text.contains(expected), "{words:?}: {text}");
            assert!(!text.contains('\n'), "{words:?}: {text}");
        }
    }

    #[test]
    fn help_is_an_answer_and_no_error() {
        assert!(matches!(parse(&["--help"]), Err(FlagsError::Answer(text)) if text.contains("--room-size")));
    }
}
