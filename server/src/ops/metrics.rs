//! The one recorder of the process and how it is rendered for Prometheus.

use std::{
    fmt::Write as _,
    sync::{Arc, OnceLock},
};

use anyhow::Context;
use metrics::{describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use super::process;
use crate::lobby::Lobby;

/// Renders what has been counted since the process started; servers of one process share it.
#[derive(Clone)]
pub struct Metrics {
    handle: Arc<PrometheusHandle>,
}

/// Shortest bucket of durations, seconds.
const BUCKET_FIRST: f64 = 1e-6;
/// Each bucket is longer than the one before by this factor, so a percentile read from them is at most a quarter off.
const BUCKET_FACTOR: f64 = 1.25;
/// Longest bucket, seconds.
const BUCKET_LAST: f64 = 1.0;

impl Metrics {
    /// Installs the recorder, or joins the one that is installed.
    ///
    /// # Errors
    /// When the program around us has installed a recorder of another kind.
    pub fn install() -> anyhow::Result<Self> {
        static HANDLE: OnceLock<Result<Arc<PrometheusHandle>, String>> = OnceLock::new();
        let handle = HANDLE.get_or_init(|| install().map(Arc::new).map_err(|error| format!("{error:#}")));
        let handle = handle.clone().map_err(anyhow::Error::msg)?;
        Ok(Self { handle })
    }

    /// Everything counted, in Prometheus' text format.
    pub fn render(&self, lobby: &Lobby) -> String {
        gauge!("ricochet_seats_taken").set(lobby.directory.players());
        gauge!("ricochet_draining").set(u8::from(lobby.matchmaker.is_draining()));
        let mut text = self.handle.render();
        render_process(&mut text);
        text
    }

    /// Drains what threads have recorded into the histograms. Without it they grow until the next render.
    pub fn upkeep(&self) {
        self.handle.run_upkeep();
    }
}

fn install() -> anyhow::Result<PrometheusHandle> {
    let buckets = buckets();
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full("ricochet_tick_seconds".to_owned()), &buckets)?
        .set_buckets_for_metric(Matcher::Full("ricochet_tick_late_seconds".to_owned()), &buckets)?
        .install_recorder()
        .context("cannot install the metrics recorder")?;
    describe();
    Ok(handle)
}

fn buckets() -> Vec<f64> {
    let grow = |bucket: &f64| Some(bucket * BUCKET_FACTOR).filter(|&bucket| bucket < BUCKET_LAST);
    std::iter::successors(Some(BUCKET_FIRST), grow).chain([BUCKET_LAST]).collect()
}

/// Names are agreed on with those who record and those who read: the bots' report finds its figures by them.
fn describe() {
    describe_histogram!("ricochet_tick_seconds", "Time of one tick of one room, by phase; total is all of them");
    describe_histogram!("ricochet_tick_late_seconds", "Time from when a tick was due to when it began");
    describe_gauge!("ricochet_players", "Players in rooms, by transport");
    describe_gauge!("ricochet_rooms", "Rooms open");
    describe_counter!("ricochet_datagrams_stray_total", "Datagrams of WebTransport that belonged to no session");
    describe_gauge!("ricochet_seats_taken", "Seats kept by tickets or played on");
    describe_gauge!("ricochet_draining", "1 while the server is about to end");
    describe_gauge!("ricochet_overload_rung", "Rung of the overload ladder: 0 is full quality");
    for (name, text) in COUNTERS {
        describe_counter!(name, text);
    }
}

const COUNTERS: [(&str, &str); 14] = [
    ("ricochet_ticks_total", "Ticks of all rooms"),
    ("ricochet_tick_overruns_total", "Ticks that took longer than their period"),
    ("ricochet_player_ticks_total", "Ticks times the players, opponents not counted, in their rooms"),
    ("ricochet_game_seconds_total", "Time in inputs, simulation and replication"),
    ("ricochet_bytes_total", "Payload of messages, by direction, transport and kind"),
    ("ricochet_messages_total", "Messages, by direction, transport and kind"),
    ("ricochet_packets_total", "Datagrams, or reads and writes of stream sockets, by direction and transport"),
    ("ricochet_inputs_late_total", "Inputs that came after their tick"),
    ("ricochet_inputs_missing_total", "Ticks of a player without its input"),
    ("ricochet_closes_total", "Links closed, by reason"),
    ("ricochet_decode_errors_total", "Messages that could not be read, by error"),
    ("ricochet_handshakes_total", "QUIC handshakes, by outcome"),
    ("ricochet_snapshots_skipped_total", "Snapshots not made because their player was too slow"),
    ("ricochet_websockets_total", "WebSocket upgrades, by outcome"),
];

/// The figures every process of a Prometheus setup has. Written here, since processor time is a fraction and the
/// recorder counts in whole numbers.
fn render_process(text: &mut String) {
    let Some(process::Usage { cpu, resident_bytes, open_files }) = process::usage() else { return };
    let cpu = cpu.as_secs_f64();
    for (name, kind, help, value) in [
        ("process_cpu_seconds_total", "counter", "Processor time of all threads", cpu),
        ("process_resident_memory_bytes", "gauge", "Memory that is really there", resident_bytes as f64),
        ("process_open_fds", "gauge", "Files and sockets open", open_files as f64),
    ] {
        let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_reach_from_a_microsecond_to_a_second() {
        let buckets = buckets();
        assert_eq!(buckets.first(), Some(&BUCKET_FIRST));
        assert_eq!(buckets.last(), Some(&BUCKET_LAST));
        assert!(buckets.is_sorted());
        assert!((60..70).contains(&buckets.len()), "{}", buckets.len());
    }
}
