//! Every metric of the server: name, type, labels, help. `/metrics` shows these and nothing else, and `docs/metrics.md`
//! is made of this table, so a metric that is not here does not exist.
//!
//! Counters end in `_total` and durations in `_seconds`. A counter or gauge whose labels are all listed is there from the
//! start with 0, so that the first event is a rise that an alert can see.

use super::kinds::{
    ADMIN_ACTIONS, ADMIN_REFUSALS, CLOSES, DECODE_ERRORS, DIRECTIONS, HANDSHAKE_OUTCOMES, LIMITS, LINK_STATES,
    PASSES_REFUSED, PHASES, TELEMETRY_OUTCOMES, TRANSPORTS,
};

/// How a metric behaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Only rises.
    Counter,
    /// Rises and falls.
    Gauge,
    /// A distribution in buckets.
    Histogram,
}

/// What samples of a metric are told apart by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Label {
    /// Its name.
    pub name: &'static str,
    /// What it can be; empty where that depends on the settings or on what is asked for.
    pub values: &'static [&'static str],
}

/// One metric.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// How it behaves.
    pub kind: Kind,
    /// What its samples are told apart by.
    pub labels: &'static [Label],
    /// What it tells.
    pub help: &'static str,
}

impl Kind {
    /// As Prometheus writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

impl Metric {
    /// Every combination of its labels' values; empty if a label's values are not known before.
    pub fn combinations(&self) -> Vec<Vec<(&'static str, &'static str)>> {
        self.labels.iter().fold(vec![Vec::new()], |known, label| {
            let with = |before: &Vec<_>, value| before.iter().copied().chain([(label.name, value)]).collect();
            known.iter().flat_map(|before| label.values.iter().map(move |&value| with(before, value))).collect()
        })
    }
}

const fn counter(name: &'static str, labels: &'static [Label], help: &'static str) -> Metric {
    Metric { name, kind: Kind::Counter, labels, help }
}

const fn gauge(name: &'static str, labels: &'static [Label], help: &'static str) -> Metric {
    Metric { name, kind: Kind::Gauge, labels, help }
}

const fn histogram(name: &'static str, labels: &'static [Label], help: &'static str) -> Metric {
    Metric { name, kind: Kind::Histogram, labels, help }
}

const fn label(name: &'static str, values: &'static [&'static str]) -> Label {
    Label { name, values }
}

const SHARD: Label = label("shard", &[]);
const TRANSPORT: Label = label("transport", TRANSPORTS);
const DIRECTION: Label = label("direction", DIRECTIONS);
const MESSAGE: Label = label("kind", &[]);
const LISTENER: Label = label("listener", &["http", "ops"]);
const ROUTE: Label = label("route", &[]);
const GAME: Label = label("game", &[]);

/// All of them, by what they are about.
pub const TABLE: &[Metric] = &[
    // The tick.
    histogram(
        "ricochet_tick_seconds",
        &[label("phase", PHASES)],
        "Time of one tick of one room, by phase; total is all but receive",
    ),
    histogram("ricochet_tick_late_seconds", &[], "Time from when a tick was due to when it began"),
    counter("ricochet_ticks_total", &[], "Ticks of all rooms"),
    counter("ricochet_tick_overruns_total", &[], "Ticks that could not begin within their period: made late, or never"),
    counter("ricochet_player_ticks_total", &[], "Ticks times the links in their rooms: what costs are divided by"),
    gauge("ricochet_shard_load", &[SHARD], "Part of its time that a shard works, 0 to 1"),
    gauge(
        "ricochet_overload_rung",
        &[SHARD],
        "Rung of the overload ladder: 0 is full quality, the highest refuses joins",
    ),
    gauge("ricochet_shard_alive", &[SHARD], "1 while a shard's loop runs, 0 when it is stuck or has died"),
    gauge(
        "ricochet_shard_overloaded",
        &[SHARD],
        "1 while a shard does less than it should, for want of time; it is alive",
    ),
    counter(
        "ricochet_cpu_periods_total",
        &[],
        "Periods of the scheduler under a CPU limit of our control group; 0 without one",
    ),
    counter("ricochet_cpu_periods_stopped_total", &[], "Those in which the limit stopped the server"),
    counter("ricochet_standstills_total", &[], "Times that the process stood still for more than a second"),
    gauge("ricochet_last_standstill_seconds", &[], "How long it stood still the last time; 0 is never"),
    counter(
        "ricochet_shard_restarts_total",
        &[SHARD],
        "Shards that were started again after a panic, with the rooms that are recorded",
    ),
    gauge("ricochet_shard_commands_waiting", &[SHARD], "Commands in the queue of a shard"),
    // Inputs and snapshots.
    counter("ricochet_inputs_applied_total", &[], "Inputs that were there for their tick"),
    counter("ricochet_inputs_late_total", &[], "Inputs that came after their tick"),
    counter("ricochet_inputs_early_total", &[], "Inputs too far ahead to keep"),
    counter("ricochet_inputs_missing_total", &[], "Ticks of a player without its input"),
    counter(
        "ricochet_view_ages_cut_total",
        &[],
        "Input messages that claimed an older view than the player can have had; their shots were rewound less",
    ),
    counter(
        "ricochet_messages_oversized_total",
        &[],
        "Messages of rooms above the protocol's limit, which were not sent: a fault of the server",
    ),
    counter("ricochet_snapshots_total", &[], "Snapshots made"),
    counter(
        "ricochet_snapshots_full_total",
        &[],
        "Snapshots too small for all that was due: the rest waited for the next",
    ),
    counter("ricochet_snapshots_skipped_total", &[], "Snapshots not made, for slow readers or under overload"),
    counter("ricochet_updates_total", &[], "Changes of entities told in snapshots"),
    // Traffic.
    counter(
        "ricochet_bytes_total",
        &[DIRECTION, TRANSPORT, MESSAGE],
        "Payload of messages; kinds are those of docs/protocol.md",
    ),
    counter(
        "ricochet_messages_total",
        &[DIRECTION, TRANSPORT, MESSAGE],
        "Messages; kinds are those of docs/protocol.md",
    ),
    counter("ricochet_packets_total", &[DIRECTION, TRANSPORT], "Datagrams, or reads and writes of stream sockets"),
    counter("ricochet_datagrams_dropped_total", &[], "Datagrams that the kernel had no room to send"),
    counter("ricochet_datagrams_stray_total", &[], "Datagrams of WebTransport that belonged to no session"),
    counter("ricochet_decode_errors_total", &[label("error", DECODE_ERRORS)], "Messages that could not be read"),
    // Links.
    gauge("ricochet_links", &[TRANSPORT, label("state", LINK_STATES)], "Links, by what they do"),
    gauge(
        "ricochet_links_blocked",
        &[TRANSPORT],
        "Links whose peer reads too slowly, so that they get no snapshots now",
    ),
    gauge("ricochet_links_conditioned", &[], "Links that an admin makes worse for testing"),
    gauge("ricochet_handshakes_waiting", &[], "QUIC clients that wait for their handshake"),
    counter(
        "ricochet_handshakes_total",
        &[label("outcome", HANDSHAKE_OUTCOMES)],
        "QUIC handshakes; dropped are first packets beyond what is looked at in a turn",
    ),
    counter(
        "ricochet_websockets_total",
        &[label("outcome", &["adopted", "refused"])],
        "WebSocket upgrades; refused are those a full shard did not take",
    ),
    counter(
        "ricochet_resyncs_total",
        &[label("cause", &["asked", "backlog"])],
        "Times a player was told everything anew",
    ),
    counter(
        "ricochet_closes_total",
        &[label("reason", CLOSES)],
        "Links closed, by the reason the peer was told, or lost",
    ),
    // Sessions.
    counter("ricochet_migrations_total", &[], "QUIC connections that went on from another address"),
    gauge("ricochet_sessions_held", &[], "Players whose link is gone and who are awaited"),
    counter("ricochet_sessions_held_total", &[], "Times a link was gone and its player was awaited"),
    counter("ricochet_sessions_resumed_total", &[TRANSPORT], "Sessions that went on over a new link"),
    counter("ricochet_sessions_expired_total", &[], "Players who were awaited in vain"),
    counter(
        "ricochet_passes_refused_total",
        &[label("cause", PASSES_REFUSED)],
        "Tickets and tokens that were no good; over and used are those of tokens",
    ),
    // Rooms and players.
    gauge("ricochet_players", &[TRANSPORT], "Players and spectators in rooms"),
    gauge("ricochet_spectators", &[], "Those who only watch"),
    gauge("ricochet_opponents", &[], "Players that a computer plays"),
    gauge("ricochet_seats_taken", &[], "Seats kept by tickets or played on"),
    gauge("ricochet_seats", &[], "Seats the server may give at most (max_players)"),
    gauge("ricochet_rooms", &[], "Rooms open"),
    gauge("ricochet_game_rooms", &[GAME], "Rooms open, by the game that they play"),
    gauge("ricochet_game_players", &[GAME], "Players who are no opponents, by the game that they play"),
    counter("ricochet_rooms_opened_total", &[], "Rooms opened"),
    counter("ricochet_rooms_closed_total", &[], "Rooms closed"),
    counter("ricochet_matches_total", &[], "Matches that have ended"),
    counter("ricochet_joins_total", &[], "Seats kept for players who asked over HTTP"),
    gauge("ricochet_draining", &[], "1 while the server is about to end"),
    // Recordings.
    counter("ricochet_recording_bytes_total", &[], "Bytes of recordings written, packed"),
    counter(
        "ricochet_recording_chunks_dropped_total",
        &[],
        "Pieces of recordings, a third of a second each, that found no place in the writer's queue",
    ),
    counter("ricochet_recording_errors_total", &[], "Writes of recordings that the disk refused"),
    gauge("ricochet_recording_queue_bytes", &[], "Bytes of recordings that wait for the disk"),
    gauge(
        "ricochet_recording_lag_seconds",
        &[],
        "How long the oldest piece of a recording has waited for the disk; from 3 s on the disk is behind",
    ),
    counter(
        "ricochet_recordings_lost_total",
        &[],
        "Matches whose end was recorded and is not on disk; one is enough for exit code 1",
    ),
    counter("ricochet_rooms_recovered_total", &[], "Rooms that went on after a restart"),
    counter(
        "ricochet_recordings_damaged_total",
        &[],
        "Running matches that were damaged on disk when the server started; set aside in rooms/damaged",
    ),
    // HTTP.
    counter(
        "ricochet_tls_handshakes_total",
        &[label("outcome", &["completed", "failed", "timed_out", "plain", "refused"])],
        "TLS handshakes of HTTP and WebSocket; plain came without TLS, refused were too many at once",
    ),
    gauge(
        "ricochet_clock_ahead_seconds",
        &[],
        "How far the machine's clock is ahead of the date that the server goes by; more than a minute is a jump that is not believed yet",
    ),
    counter("ricochet_clock_jumps_total", &[], "Jumps of the machine's clock by more than a minute"),
    gauge(
        "ricochet_certificate_valid_until_seconds",
        &[],
        "Until when the certificate that is shown is valid, seconds since 1970",
    ),
    counter(
        "ricochet_certificate_changes_total",
        &[label("outcome", &["shown", "refused"])],
        "Changes on disk of the host's own certificate; refused are broken ones, while the old one is shown still",
    ),
    counter(
        "ricochet_http_requests_total",
        &[LISTENER, ROUTE, label("status", &[])],
        "HTTP requests answered; route is the pattern, none where nothing is",
    ),
    histogram("ricochet_http_request_seconds", &[LISTENER, ROUTE], "Time from an HTTP request's head to its answer's"),
    counter(
        "ricochet_refusals_total",
        &[label("reason", &[])],
        "HTTP requests refused; the reason is the answer's error",
    ),
    counter(
        "ricochet_refused_total",
        &[label("limit", LIMITS)],
        "What was refused, ignored or dropped because an address, a network or a link has enough of it, or is banned",
    ),
    gauge("ricochet_guarded_networks", &[], "Addresses and networks whose connections and pace are kept in mind"),
    gauge("ricochet_bans", &[], "Networks banned while the server runs; those of the settings are not counted"),
    // Administrators.
    counter("ricochet_admin_actions_total", &[label("action", ADMIN_ACTIONS)], "What administrators did or tried"),
    counter(
        "ricochet_admin_refusals_total",
        &[label("reason", ADMIN_REFUSALS)],
        "Requests to administer that were not admitted; bad_token is somebody who guesses",
    ),
    // The process.
    counter("ricochet_panics_total", &[], "Panics of any thread; each is a fault to report"),
    counter(
        "ricochet_log_events_total",
        &[label("level", &["error", "warn"])],
        "Lines logged as warnings and errors, shown or not",
    ),
    counter(
        "ricochet_log_lines_dropped_total",
        &[],
        "Lines of the log that nobody read in time, or that could not be written",
    ),
    counter(
        "ricochet_telemetry_records_total",
        &[label("outcome", TELEMETRY_OUTCOMES)],
        "Lines for the OpenTelemetry collector: sent, dropped because too many waited, or failed because it did not take them",
    ),
    gauge(
        "ricochet_build_info",
        &[label("version", &[]), label("protocol", &[])],
        "Always 1; the labels tell which build runs",
    ),
    counter("process_cpu_seconds_total", &[], "Processor time of all threads"),
    gauge("process_resident_memory_bytes", &[], "Memory that is really there"),
    gauge("process_open_fds", &[], "Files and sockets open"),
    gauge("process_max_fds", &[], "Files and sockets that may be open"),
    gauge("process_threads", &[], "Threads"),
    gauge("process_start_time_seconds", &[], "When the process started, seconds since 1970"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_say_what_they_are() {
        let mut seen = BTreeSet::new();
        for metric in TABLE {
            let Metric { name, kind, help, .. } = metric;
            assert!(seen.insert(name), "{name} is there twice");
            assert!(name.starts_with("ricochet_") || name.starts_with("process_"), "{name}");
            assert_eq!(*kind == Kind::Counter, name.ends_with("_total"), "{name}");
            assert!(*kind != Kind::Histogram || name.ends_with("_seconds"), "{name}");
            assert!(!help.is_empty() && !help.ends_with('.'), "{name}");
        }
    }

    #[test]
    fn combinations_are_those_of_all_labels() {
        const COLOUR: Label = label("colour", &["red", "blue"]);
        const TWO: Metric = counter("a_total", &[COLOUR, label("size", &["s", "l"])], "A");
        const OPEN: Metric = counter("a_total", &[COLOUR, SHARD], "A");
        assert_eq!(TWO.combinations().len(), 4);
        assert_eq!(TWO.combinations()[1], [("colour", "red"), ("size", "l")]);
        assert_eq!(counter("a_total", &[], "A").combinations(), [[]]);
        assert!(OPEN.combinations().is_empty());
    }
}
