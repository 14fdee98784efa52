//! Every metric of the server: name, type, labels, help. `/metrics` shows these and no others, and `docs/metrics.md`
//! is generated from this table, so a metric must be listed here to exist.
//!
//! Counters end in `_total` and durations in `_seconds`. A counter or gauge whose labels are all listed exists from the
//! start with 0, so that an alert can see the first event as an increase.

use crate::base::label_values::{
    ADMIN_ACTIONS, ADMIN_REFUSALS, CLOSES, DECODE_ERRORS, DIRECTIONS, HANDSHAKE_OUTCOMES, LIMITS, LINK_STATES,
    PASSES_REFUSED, PHASES, TELEMETRY_OUTCOMES, TRANSPORTS,
};

/// The type of a metric.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A count that only increases.
    Counter,
    /// A value that increases and decreases.
    Gauge,
    /// A distribution in buckets.
    Histogram,
}

/// A label of a metric.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Label {
    /// Its name.
    pub name: &'static str,
    /// Its possible values; empty if they depend on settings or requests.
    pub values: &'static [&'static str],
}

/// One metric.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// Its labels.
    pub labels: &'static [Label],
    /// Its meaning.
    pub help: &'static str,
}

impl Kind {
    /// The name of the type in Prometheus' format.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

impl Metric {
    /// Every combination of the labels' values; empty if the values of a label are not known in advance.
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

/// All metrics, grouped by topic.
pub const TABLE: &[Metric] = &[
    // The tick.
    histogram(
        "ricochet_tick_seconds",
        &[label("phase", PHASES)],
        "Time of one tick of one room, by phase; total is all but receive",
    ),
    histogram("ricochet_tick_late_seconds", &[], "Time from when a tick was due to when it started"),
    counter("ricochet_ticks_total", &[], "Ticks of all rooms"),
    counter(
        "ricochet_tick_overruns_total",
        &[],
        "Ticks that did not start within their period: started late, or skipped",
    ),
    counter("ricochet_player_ticks_total", &[], "Ticks times the links in their rooms; divide costs by it"),
    gauge("ricochet_shard_load", &[SHARD], "Fraction of its time that a shard works, 0 to 1"),
    gauge(
        "ricochet_overload_rung",
        &[SHARD],
        "Rung of the overload ladder: 0 is full quality, the highest refuses joins",
    ),
    gauge("ricochet_shard_alive", &[SHARD], "1 while a shard's loop runs, 0 when it is stuck or has died"),
    gauge(
        "ricochet_shard_overloaded",
        &[SHARD],
        "1 while a shard lowers its quality because it is short of time; it is still alive",
    ),
    counter(
        "ricochet_cpu_periods_total",
        &[],
        "Periods of the scheduler under a CPU limit of our control group; 0 without one",
    ),
    counter("ricochet_cpu_periods_stopped_total", &[], "Periods in which the CPU limit stopped the server"),
    counter("ricochet_standstills_total", &[], "Standstills of the process for more than a second"),
    gauge("ricochet_last_standstill_seconds", &[], "Length of the last standstill; 0 if there was none"),
    counter("ricochet_shard_restarts_total", &[SHARD], "Restarts of a shard after a panic; its recorded rooms go on"),
    gauge("ricochet_shard_commands_waiting", &[SHARD], "Commands in the queue of a shard"),
    // Inputs and snapshots.
    counter("ricochet_inputs_applied_total", &[], "Inputs that arrived in time for their tick"),
    counter("ricochet_inputs_late_total", &[], "Inputs that came after their tick"),
    counter("ricochet_inputs_early_total", &[], "Inputs dropped because their tick was too far ahead"),
    counter("ricochet_inputs_missing_total", &[], "Ticks of a player without an input for them"),
    counter(
        "ricochet_view_ages_cut_total",
        &[],
        "Input messages that claimed an older view than possible; their shots were rewound less",
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
        "Snapshots too small for all changes that were due; the rest waited for the next",
    ),
    counter("ricochet_snapshots_skipped_total", &[], "Snapshots not made, because of a slow reader or overload"),
    counter("ricochet_updates_total", &[], "Changes of entities in snapshots"),
    // Traffic.
    counter(
        "ricochet_bytes_total",
        &[DIRECTION, TRANSPORT, MESSAGE],
        "Bytes of messages; kinds are those of docs/protocol.md",
    ),
    counter(
        "ricochet_messages_total",
        &[DIRECTION, TRANSPORT, MESSAGE],
        "Messages; kinds are those of docs/protocol.md",
    ),
    counter("ricochet_packets_total", &[DIRECTION, TRANSPORT], "Datagrams, or reads and writes of stream sockets"),
    counter("ricochet_datagrams_dropped_total", &[], "Datagrams that the kernel had no room to send"),
    counter("ricochet_datagrams_stray_total", &[], "Datagrams of WebTransport without a session"),
    counter("ricochet_decode_errors_total", &[label("error", DECODE_ERRORS)], "Messages that could not be decoded"),
    // Links.
    gauge("ricochet_links", &[TRANSPORT, label("state", LINK_STATES)], "Links, by state"),
    gauge(
        "ricochet_links_blocked",
        &[TRANSPORT],
        "Links whose peer reads too slowly, so that they get no snapshots now",
    ),
    gauge("ricochet_links_conditioned", &[], "Links that an admin has degraded for a test"),
    gauge("ricochet_handshakes_waiting", &[], "QUIC clients whose handshake has not started yet"),
    counter(
        "ricochet_handshakes_total",
        &[label("outcome", HANDSHAKE_OUTCOMES)],
        "Requests for QUIC handshakes; dropped are those beyond the bound of one turn",
    ),
    counter(
        "ricochet_websockets_total",
        &[label("outcome", &["adopted", "refused"])],
        "WebSocket upgrades; refused are those that a full shard did not take",
    ),
    counter("ricochet_resyncs_total", &[label("cause", &["asked", "backlog"])], "Full states sent again to a player"),
    counter(
        "ricochet_closes_total",
        &[label("reason", CLOSES)],
        "Links closed, by the reason in the goodbye; lost without one",
    ),
    // Sessions.
    counter("ricochet_migrations_total", &[], "QUIC connections that moved to another address"),
    gauge("ricochet_sessions_held", &[], "Sessions without a link that may still be resumed"),
    counter("ricochet_sessions_held_total", &[], "Sessions held because their link was lost"),
    counter("ricochet_sessions_resumed_total", &[TRANSPORT], "Sessions resumed over a new link"),
    counter("ricochet_sessions_expired_total", &[], "Held sessions that ended because nobody resumed them in time"),
    counter(
        "ricochet_passes_refused_total",
        &[label("cause", PASSES_REFUSED)],
        "Tickets and tokens refused; over and used apply to tokens only",
    ),
    // Rooms and players.
    gauge("ricochet_players", &[TRANSPORT], "Players and spectators in rooms"),
    gauge("ricochet_spectators", &[], "Spectators in rooms"),
    gauge("ricochet_opponents", &[], "Computer opponents in rooms"),
    gauge("ricochet_seats_taken", &[], "Seats reserved or in use"),
    gauge("ricochet_seats", &[], "Most seats of the server (max_players)"),
    gauge("ricochet_rooms", &[], "Rooms open"),
    gauge("ricochet_game_rooms", &[GAME], "Rooms open, by game"),
    gauge("ricochet_game_players", &[GAME], "Human players, by game"),
    counter("ricochet_rooms_opened_total", &[], "Rooms opened"),
    counter("ricochet_rooms_closed_total", &[], "Rooms closed"),
    counter("ricochet_rooms_failed_total", &[GAME], "Rooms ended by a fault in their game"),
    counter("ricochet_matches_total", &[], "Matches that have ended"),
    counter("ricochet_joins_total", &[], "Seats reserved by joins over HTTP"),
    gauge("ricochet_draining", &[], "1 while the server prepares to end"),
    // Recordings.
    counter("ricochet_recording_bytes_total", &[], "Bytes of recordings written, compressed"),
    counter(
        "ricochet_recording_chunks_dropped_total",
        &[],
        "Pieces of recordings, a third of a second each, dropped because the writer's queue was full",
    ),
    counter("ricochet_recording_errors_total", &[], "Failed writes of recordings"),
    gauge("ricochet_recording_queue_bytes", &[], "Bytes of recordings that wait for the disk"),
    gauge(
        "ricochet_recording_lag_seconds",
        &[],
        "Time that the oldest piece of a recording has waited for the disk; from 3 s on the disk is behind",
    ),
    counter(
        "ricochet_recordings_lost_total",
        &[],
        "Matches whose recorded end is not on disk; one is enough for exit code 1",
    ),
    counter("ricochet_rooms_recovered_total", &[], "Rooms continued after a restart"),
    counter(
        "ricochet_recordings_damaged_total",
        &[],
        "Running matches found damaged on disk at the start; their files are in rooms/damaged",
    ),
    // HTTP.
    counter(
        "ricochet_tls_handshakes_total",
        &[label("outcome", &["completed", "failed", "timed_out", "plain", "refused"])],
        "TLS handshakes of HTTP and WebSocket; plain are requests without TLS, refused were too many at once",
    ),
    gauge(
        "ricochet_clock_ahead_seconds",
        &[],
        "Time that the machine's clock is ahead of the server's date; more than a minute is a jump that the date has not followed yet",
    ),
    counter("ricochet_clock_jumps_total", &[], "Jumps of the machine's clock by more than a minute"),
    gauge(
        "ricochet_certificate_valid_until_seconds",
        &[],
        "End of the current certificate's validity, seconds since 1970",
    ),
    counter(
        "ricochet_certificate_changes_total",
        &[label("outcome", &["shown", "refused"])],
        "Changes on disk of the host's own certificate; shown ones are in use, refused ones are broken, and the old one stays",
    ),
    counter(
        "ricochet_http_requests_total",
        &[LISTENER, ROUTE, label("status", &[])],
        "HTTP requests answered; route is the pattern, or none if no route matches",
    ),
    histogram(
        "ricochet_http_request_seconds",
        &[LISTENER, ROUTE],
        "Time from an HTTP request's head to its response's",
    ),
    counter(
        "ricochet_refusals_total",
        &[label("reason", &[])],
        "HTTP requests refused; the reason is the error in the response",
    ),
    counter(
        "ricochet_refused_total",
        &[label("limit", LIMITS)],
        "Refused, ignored or dropped, because an address, a network or a link is at this limit, or is banned",
    ),
    gauge("ricochet_guarded_networks", &[], "Addresses and networks in the guard's table"),
    gauge("ricochet_bans", &[], "Networks banned at run time, without those of the settings"),
    // Administrators.
    counter(
        "ricochet_admin_actions_total",
        &[label("action", ADMIN_ACTIONS)],
        "Actions of administrators, failed ones included",
    ),
    counter(
        "ricochet_admin_refusals_total",
        &[label("reason", ADMIN_REFUSALS)],
        "Requests to administer that were refused; many bad_token are an attempt to guess one",
    ),
    // The process.
    counter("ricochet_panics_total", &[], "Panics of any thread; each is a fault to report"),
    counter(
        "ricochet_log_events_total",
        &[label("level", &["error", "warn"])],
        "Warnings and errors, even if the log's filter drops them",
    ),
    counter(
        "ricochet_log_lines_dropped_total",
        &[],
        "Lines of the log that were dropped because the log was not read in time, or could not be written",
    ),
    counter(
        "ricochet_telemetry_records_total",
        &[label("outcome", TELEMETRY_OUTCOMES)],
        "Lines for the OpenTelemetry collector: sent, dropped because too many waited, or failed because it did not take them",
    ),
    gauge(
        "ricochet_build_info",
        &[label("version", &[]), label("protocol", &[])],
        "Always 1; the labels name the running build",
    ),
    counter("process_cpu_seconds_total", &[], "Processor time of all threads"),
    gauge("process_resident_memory_bytes", &[], "Resident memory"),
    gauge("process_open_fds", &[], "Open files and sockets"),
    gauge("process_max_fds", &[], "Most files and sockets that may be open"),
    gauge("process_threads", &[], "Threads"),
    gauge("process_start_time_seconds", &[], "Start of the process, seconds since 1970"),
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
