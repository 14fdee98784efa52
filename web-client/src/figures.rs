//! The figures of the network overlay, as JSON: counters since the session began, and the largest measurements since the
//! last call.

use std::time::Duration;

use client::{Client, Measurement, Stats};
use serde::Serialize;
use shared::{game::Game, quantize::POSITION_PER_PX};

#[derive(Serialize)]
struct Figures {
    tick: u32,
    rtt_ms: Option<f64>,
    jitter_ms: f64,
    /// How early the clock wants inputs to arrive at the server. None before it runs.
    margin_aim_ms: Option<f64>,
    /// How early an input made now should arrive. None before the server's first report.
    margin_ms: Option<f64>,
    /// Pace of the client's clock relative to the server's.
    clock_rate: Option<f64>,
    clock_snaps: u64,
    /// Longest time between two snapshots since the last call.
    gap_max_ms: f64,
    snapshots: u64,
    snapshots_stale: u64,
    state_checks: u64,
    state_mismatches: u64,
    resyncs: u64,
    inputs: u64,
    /// Ticks between two applied snapshots whose own snapshot was lost.
    snapshots_missing: u64,
    /// Mispredictions of the player's own entities.
    corrections: u64,
    /// Largest correction since the last call.
    correction_px: f64,
    /// Interpolation delay: how far in the past other entities are shown, in addition to the latency of their snapshots.
    interpolation_ms: Option<f64>,
    down_bytes: u64,
    down_messages: u64,
    up_bytes: u64,
    up_messages: u64,
}

pub(crate) fn json(client: &mut Client<impl Game>) -> String {
    let (gap_max, correction_px) = worst(client.stats_mut());
    let (stats, clock) = (client.stats(), client.clock());
    let counters = &stats.counters;
    let figures = Figures {
        tick: client.view().tick().0,
        rtt_ms: stats.rtt.smoothed().map(ms),
        jitter_ms: ms(stats.rtt.jitter()),
        margin_aim_ms: clock.map(|clock| clock.margin_aim() * 1e3),
        margin_ms: clock.and_then(client::clock::Clock::margin_expected).map(|margin| margin * 1e3),
        clock_rate: clock.map(client::clock::Clock::rate),
        clock_snaps: counters.clock_snaps,
        gap_max_ms: ms(gap_max),
        snapshots: counters.snapshots,
        snapshots_stale: counters.snapshots_stale,
        state_checks: counters.state_checks,
        state_mismatches: counters.state_mismatches,
        resyncs: counters.resyncs,
        inputs: counters.inputs,
        snapshots_missing: counters.snapshots_missing,
        corrections: counters.corrections,
        correction_px,
        interpolation_ms: client.screen().map(|screen| screen.delay() * 1e3),
        down_bytes: counters.down.bytes_total(),
        down_messages: counters.down.messages_total(),
        up_bytes: counters.up.bytes_total(),
        up_messages: counters.up.messages_total(),
    };
    serde_json::to_string(&figures).expect("numbers are JSON")
}

/// Longest gap between two snapshots and largest correction, px, since the last call.
fn worst(stats: &mut Stats) -> (Duration, f64) {
    let (mut gap, mut correction) = (Duration::ZERO, 0);
    while let Some(measurement) = stats.poll_measurement() {
        match measurement {
            Measurement::SnapshotGap(measured) => gap = gap.max(measured),
            Measurement::Correction(units) => correction = correction.max(units),
            Measurement::Rtt(_) | Measurement::InputToEffect { .. } => {}
        }
    }
    (gap, f64::from(correction) / f64::from(POSITION_PER_PX))
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
