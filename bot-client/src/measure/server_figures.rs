//! Figures of the server over the measured window, from two scrapes of its `/metrics`.

use client::native::HttpClient;
use serde::{Deserialize, Serialize};

use crate::measure::{
    percentiles::Percentiles,
    prometheus::{Buckets, Scrape},
};

/// The server's own figures over the window.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ServerFigures {
    /// CPU time of the server process per player and tick.
    pub(crate) cpu_us_per_player_tick: f64,
    /// CPU time of inputs, simulation and replication per player and tick.
    pub(crate) game_us_per_player_tick: f64,
    pub(crate) tick_ms: Percentiles,
    pub(crate) tick_late_ms: Percentiles,
    pub(crate) tick_overruns: u64,
    pub(crate) inputs_late: u64,
    pub(crate) inputs_missing: u64,
    pub(crate) snapshots_skipped: u64,
    pub(crate) rss_mb: f64,
    pub(crate) players: u64,
    pub(crate) rooms: u64,
    pub(crate) overload_rung: u64,
    /// CPU use of the server process in percent of one core.
    pub(crate) cpu_percent: f64,
    /// Fraction of the time in which the busiest shard's thread worked, at the end of the window.
    pub(crate) shard_load_max: f64,
    /// Mean duration of each phase of a room's tick.
    pub(crate) phases_ms: Phases,
    /// Periods of the scheduler under a CPU limit of the server, and below those in which it stopped the server.
    pub(crate) cpu_periods: u64,
    pub(crate) cpu_periods_stopped: u64,
    /// Datagrams, or reads and writes, per player and tick, in both directions.
    pub(crate) packets_per_player_tick: f64,
}

/// Milliseconds of each phase of a tick. Receiving happens between ticks and is not part of the tick's total.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Phases {
    pub(crate) receive: f64,
    pub(crate) inputs: f64,
    pub(crate) simulate: f64,
    pub(crate) replicate: f64,
    pub(crate) send: f64,
}

/// Requests `/metrics` and parses the answer.
///
/// # Errors
/// The ops listener cannot be reached, or its status is not 200.
pub(crate) async fn scrape(http: &HttpClient, ops: &str) -> anyhow::Result<Scrape> {
    let url = format!("{}/metrics", ops.trim_end_matches('/'));
    let answer = http.get(&url).await?;
    anyhow::ensure!(answer.status == 200, "the status is {}", answer.status);
    Ok(Scrape::parse(&String::from_utf8_lossy(&answer.body)))
}

impl ServerFigures {
    /// Computes the figures from two scrapes, `seconds` apart.
    pub(crate) fn between(before: &Scrape, after: &Scrape, seconds: f64) -> Self {
        let added = |name| after.sum(name, &[]) - before.sum(name, &[]);
        let buckets = |name, labels: &[_]| after.buckets(name, labels).since(&before.buckets(name, labels));
        let player_ticks = added("ricochet_player_ticks_total").max(1.0);
        let phase = |phase| {
            let labels = [("phase", phase)];
            after.sum("ricochet_tick_seconds_sum", &labels) - before.sum("ricochet_tick_seconds_sum", &labels)
        };
        let game_seconds: f64 = ["inputs", "simulate", "replicate"].into_iter().map(phase).sum();
        let ticks = added("ricochet_ticks_total").max(1.0);
        let mean_ms = |name| phase(name) * 1_000.0 / ticks;
        let cpu_seconds = added("process_cpu_seconds_total");
        Self {
            cpu_us_per_player_tick: cpu_seconds * 1e6 / player_ticks,
            game_us_per_player_tick: game_seconds * 1e6 / player_ticks,
            tick_ms: percentiles(&buckets("ricochet_tick_seconds", &[("phase", "total")])),
            tick_late_ms: percentiles(&buckets("ricochet_tick_late_seconds", &[])),
            tick_overruns: added("ricochet_tick_overruns_total") as u64,
            inputs_late: added("ricochet_inputs_late_total") as u64,
            inputs_missing: added("ricochet_inputs_missing_total") as u64,
            snapshots_skipped: added("ricochet_snapshots_skipped_total") as u64,
            rss_mb: after.sum("process_resident_memory_bytes", &[]) / 1e6,
            players: after.sum("ricochet_players", &[]) as u64,
            rooms: after.sum("ricochet_rooms", &[]) as u64,
            overload_rung: after.sum("ricochet_overload_rung", &[]) as u64,
            cpu_percent: if seconds > 0.0 { 100.0 * cpu_seconds / seconds } else { 0.0 },
            shard_load_max: after.largest("ricochet_shard_load"),
            phases_ms: Phases {
                receive: mean_ms("receive"),
                inputs: mean_ms("inputs"),
                simulate: mean_ms("simulate"),
                replicate: mean_ms("replicate"),
                send: mean_ms("send"),
            },
            cpu_periods: added("ricochet_cpu_periods_total") as u64,
            cpu_periods_stopped: added("ricochet_cpu_periods_stopped_total") as u64,
            packets_per_player_tick: added("ricochet_packets_total") / player_ticks,
        }
    }
}

/// Buckets are a quarter wide, so the error is at most a quarter; the maximum is the upper bound of its bucket.
fn percentiles(seconds: &Buckets) -> Percentiles {
    let at = |quantile| seconds.quantile(quantile) * 1_000.0;
    Percentiles { p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), max: at(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_differences_and_gauges_are_the_last() {
        let before = Scrape::parse(
            "process_cpu_seconds_total 10\nricochet_player_ticks_total 1000\nricochet_players{transport=\"quic\"} 5",
        );
        let after = Scrape::parse(
            "process_cpu_seconds_total 12\nricochet_player_ticks_total 201000\nricochet_players{transport=\"quic\"} 7\n\
             ricochet_inputs_late_total 3\nprocess_resident_memory_bytes 25000000\nricochet_ticks_total 400\n\
             ricochet_tick_seconds_sum{phase=\"send\"} 0.8\n\
             ricochet_shard_load{shard=\"0\"} 0.25\nricochet_shard_load{shard=\"1\"} 0.5",
        );
        let figures = ServerFigures::between(&before, &after, 4.0);
        assert_eq!(figures.cpu_us_per_player_tick, 10.0);
        assert_eq!((figures.cpu_percent, figures.shard_load_max), (50.0, 0.5));
        assert_eq!(figures.phases_ms, Phases { send: 2.0, ..Phases::default() });
        assert_eq!((figures.players, figures.inputs_late, figures.rss_mb), (7, 3, 25.0));
    }
}
