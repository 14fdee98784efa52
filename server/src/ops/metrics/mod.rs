//! The metrics recorder of the process, rendered for Prometheus.

pub mod document;
pub mod table;

use std::{
    fmt::Write as _,
    sync::{Arc, OnceLock},
    time::Instant,
};

use anyhow::Context;
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use shared::limits::PROTOCOL_VERSION;

use self::table::{Kind, Metric, TABLE};
use crate::{
    base::{
        cpu_limit::{CpuLimit, Periods},
        process,
    },
    lobby::{Lobby, matchmaker::SHARD_PATIENCE},
    shard::ShardHandle,
};

/// Renders the metrics of the process; servers in one process share them.
#[derive(Clone)]
pub struct Metrics {
    handle: Arc<PrometheusHandle>,
}

/// Shortest bucket of tick durations, seconds.
const BUCKET_FIRST: f64 = 1e-6;
/// Ratio of a bucket to the one before it, so the error of a percentile from the buckets is at most a quarter.
const BUCKET_FACTOR: f64 = 1.25;
/// Longest bucket, seconds.
const BUCKET_LAST: f64 = 1.0;
/// Buckets of HTTP requests, seconds. They are few, because every route has a set of them.
const REQUEST_BUCKETS: [f64; 8] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0];

impl Metrics {
    /// Installs the recorder, or uses the one that is installed.
    ///
    /// # Errors
    /// When the program around us has installed a recorder of another kind.
    pub fn install() -> anyhow::Result<Self> {
        static HANDLE: OnceLock<Result<Arc<PrometheusHandle>, String>> = OnceLock::new();
        let handle = HANDLE.get_or_init(|| install().map(Arc::new).map_err(|error| format!("{error:#}")));
        let handle = handle.clone().map_err(anyhow::Error::msg)?;
        Ok(Self { handle })
    }

    /// All metrics in Prometheus' text format.
    pub fn render(&self, lobby: &Lobby, shards: &[ShardHandle]) -> String {
        gauge!("ricochet_seats_taken").set(lobby.directory.players());
        gauge!("ricochet_seats").set(lobby.directory.players_max());
        gauge!("ricochet_draining").set(u8::from(lobby.matchmaker.is_draining()));
        let now = Instant::now();
        for (index, (shard, status)) in shards.iter().zip(lobby.directory.shards()).enumerate() {
            let alive = u8::from(status.is_alive(now, SHARD_PATIENCE));
            gauge!("ricochet_shard_alive", "shard" => index.to_string()).set(alive);
            gauge!("ricochet_shard_overloaded", "shard" => index.to_string()).set(u8::from(status.rung() > 0));
            gauge!("ricochet_shard_commands_waiting", "shard" => index.to_string()).set(shard.waiting() as f64);
        }
        count_games(lobby);
        if let Some(disk) = &lobby.disk {
            disk.watch();
        }
        let mut text = self.handle.render();
        render_process(&mut text);
        text
    }

    /// Moves recorded values into the histograms; without it they would pile up until the next render. Also counts CPU periods.
    pub fn upkeep(&self) {
        let limit = CpuLimit::of_this_process();
        limit.look();
        let Periods { periods, stopped } = limit.total();
        counter!("ricochet_cpu_periods_total").absolute(periods);
        counter!("ricochet_cpu_periods_stopped_total").absolute(stopped);
        self.handle.run_upkeep();
    }
}

/// Sets the gauges of each game, to 0 for a game without an open room, and shows its counters: an alert sees no increase where a counter
/// appears with its first count.
fn count_games(lobby: &Lobby) {
    let rooms = lobby.directory.rooms();
    for game in lobby.config.games().iter() {
        let of_game = rooms.iter().filter(|room| room.played.game == game);
        let (count, players) =
            of_game.fold((0, 0), |(count, players), room| (count + 1, players + room.last_view().humans));
        gauge!("ricochet_game_rooms", "game" => game.name()).set(count);
        gauge!("ricochet_game_players", "game" => game.name()).set(players);
        counter!("ricochet_rooms_failed_total", "game" => game.name()).increment(0);
    }
}

fn install() -> anyhow::Result<PrometheusHandle> {
    let buckets = buckets();
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full("ricochet_tick_seconds".to_owned()), &buckets)?
        .set_buckets_for_metric(Matcher::Full("ricochet_tick_late_seconds".to_owned()), &buckets)?
        .set_buckets_for_metric(Matcher::Full("ricochet_http_request_seconds".to_owned()), &REQUEST_BUCKETS)?
        .install_recorder()
        .context("cannot install the metrics recorder")?;
    TABLE.iter().filter(|metric| !is_ours(metric)).for_each(describe);
    let protocol = PROTOCOL_VERSION.to_string();
    gauge!("ricochet_build_info", "version" => env!("CARGO_PKG_VERSION"), "protocol" => protocol).set(1.0);
    Ok(handle)
}

fn buckets() -> Vec<f64> {
    let grow = |bucket: &f64| Some(bucket * BUCKET_FACTOR).filter(|&bucket| bucket < BUCKET_LAST);
    std::iter::successors(Some(BUCKET_FIRST), grow).chain([BUCKET_LAST]).collect()
}

/// Makes a metric appear with 0. The recorder shows a metric only after its first use.
fn describe(metric: &Metric) {
    let Metric { name, kind, labels: _, help } = *metric;
    match kind {
        Kind::Counter => {
            describe_counter!(name, help);
            metric.combinations().iter().for_each(|labels| counter!(name, labels).increment(0));
        }
        Kind::Gauge => {
            describe_gauge!(name, help);
            metric.combinations().iter().for_each(|labels| gauge!(name, labels).increment(0.0));
        }
        Kind::Histogram => describe_histogram!(name, help),
    }
}

/// Metrics of any process, which we render ourselves, because CPU time is a fraction and the recorder's counters are whole
/// numbers.
fn is_ours(metric: &Metric) -> bool {
    metric.name.starts_with("process_")
}

fn render_process(text: &mut String) {
    let Some(usage) = process::usage() else { return };
    for metric in TABLE.iter().filter(|metric| is_ours(metric)) {
        let value = match metric.name {
            "process_cpu_seconds_total" => usage.cpu.as_secs_f64(),
            "process_resident_memory_bytes" => usage.resident_bytes as f64,
            "process_open_fds" => usage.open_files as f64,
            "process_max_fds" => usage.open_files_max as f64,
            "process_threads" => usage.threads as f64,
            "process_start_time_seconds" => usage.started.as_secs_f64(),
            _ => continue,
        };
        let Metric { name, kind, help, .. } = metric;
        let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {}\n{name} {value}\n\n", kind.name());
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
