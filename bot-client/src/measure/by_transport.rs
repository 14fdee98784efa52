//! Measurements of the bots on each transport, shown side by side.

use std::collections::BTreeMap;

use client::{Counters, Measurement};
use comfy_table::Table;
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

use crate::{
    measure::{
        histogram::{add, histogram},
        percentiles::Percentiles,
    },
    options::transport::Transport,
};

/// Sums and histograms of the bots on one transport.
#[derive(Debug)]
pub(crate) struct Side {
    rtt: Histogram<u64>,
    snapshot_gap: Histogram<u64>,
    input_to_effect: Histogram<u64>,
    player_seconds: f64,
    down_bytes: u64,
    up_bytes: u64,
    snapshots: u64,
    state_mismatches: u64,
}

/// The figures of one transport in the report.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct SideReport {
    pub(crate) bots: u32,
    pub(crate) state_mismatches: u64,
    pub(crate) down_bytes_per_player_s: f64,
    pub(crate) up_bytes_per_player_s: f64,
    pub(crate) snapshots_per_player_s: f64,
    pub(crate) rtt_ms: Percentiles,
    pub(crate) snapshot_gap_ms: Percentiles,
    pub(crate) input_to_effect_ms: Percentiles,
}

impl Side {
    pub(crate) fn new() -> Self {
        Self {
            rtt: histogram(),
            snapshot_gap: histogram(),
            input_to_effect: histogram(),
            player_seconds: 0.0,
            down_bytes: 0,
            up_bytes: 0,
            snapshots: 0,
            state_mismatches: 0,
        }
    }

    pub(crate) fn measure(&mut self, measurement: &Measurement) {
        match *measurement {
            Measurement::Rtt(rtt) => add(&mut self.rtt, rtt),
            Measurement::SnapshotGap(gap) => add(&mut self.snapshot_gap, gap),
            Measurement::InputToEffect { total, .. } => add(&mut self.input_to_effect, total),
            #[allow(unreachable_patterns, reason = "other measurements are not shown per transport")]
            _ => {}
        }
    }

    /// Adds the differences of one bot's counters between two times of the measured window.
    pub(crate) fn add_window(&mut self, before: &Counters, after: &Counters, seconds: f64) {
        self.player_seconds += seconds;
        self.down_bytes += after.down.bytes_total() - before.down.bytes_total();
        self.up_bytes += after.up.bytes_total() - before.up.bytes_total();
        self.snapshots += after.snapshots - before.snapshots;
    }

    /// Adds the differences of one bot's counters between two times of the run.
    pub(crate) fn add_whole(&mut self, before: &Counters, after: &Counters) {
        self.state_mismatches += after.state_mismatches - before.state_mismatches;
    }

    fn report(&self, bots: u32) -> SideReport {
        let per_player_s =
            |count: u64| if self.player_seconds > 0.0 { count as f64 / self.player_seconds } else { 0.0 };
        SideReport {
            bots,
            state_mismatches: self.state_mismatches,
            down_bytes_per_player_s: per_player_s(self.down_bytes),
            up_bytes_per_player_s: per_player_s(self.up_bytes),
            snapshots_per_player_s: per_player_s(self.snapshots),
            rtt_ms: Percentiles::of_micros(&self.rtt),
            snapshot_gap_ms: Percentiles::of_micros(&self.snapshot_gap),
            input_to_effect_ms: Percentiles::of_micros(&self.input_to_effect),
        }
    }
}

/// A report for each transport that bots used.
pub(crate) fn reports(sides: &[Side], bots: [u32; Transport::ALL.len()]) -> BTreeMap<String, SideReport> {
    let all = Transport::ALL.into_iter().zip(sides).zip(bots).filter(|(_, bots)| *bots > 0);
    all.map(|((transport, side), bots)| (transport.label().to_owned(), side.report(bots))).collect()
}

/// Fills a table with a column for each transport.
pub(crate) fn fill(table: &mut Table, reports: &BTreeMap<String, SideReport>) {
    table.set_header(std::iter::once("transport").chain(reports.keys().map(String::as_str)));
    let mut row = |name: &str, cell: &dyn Fn(&SideReport) -> String| {
        table.add_row(std::iter::once(name.to_owned()).chain(reports.values().map(cell)));
    };
    row("bots", &|side| side.bots.to_string());
    row("states wrong", &|side| side.state_mismatches.to_string());
    row("bytes down per player and second", &|side| format!("{:.0}", side.down_bytes_per_player_s));
    row("bytes up per player and second", &|side| format!("{:.0}", side.up_bytes_per_player_s));
    row("snapshots per player and second", &|side| format!("{:.1}", side.snapshots_per_player_s));
    row("round trip p50, p99, ms", &|side| two(&side.rtt_ms));
    row("between snapshots p50, p99, ms", &|side| two(&side.snapshot_gap_ms));
    row("input to effect p50, p99, ms", &|side| two(&side.input_to_effect_ms));
}

fn two(percentiles: &Percentiles) -> String {
    format!("{:.2}, {:.2}", percentiles.p50, percentiles.p99)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn each_transport_has_its_own_figures_and_an_unused_one_none() {
        let mut sides = Transport::ALL.map(|_| Side::new());
        sides[Transport::Wt.index()].measure(&Measurement::Rtt(Duration::from_millis(7)));
        let reports = reports(&sides, [2, 0, 1]);
        assert_eq!(reports.keys().collect::<Vec<_>>(), ["quic", "wt"]);
        assert_eq!((reports["quic"].rtt_ms.p50, reports["quic"].bots), (0.0, 2));
        assert!((reports["wt"].rtt_ms.p50 - 7.0).abs() < 0.1);
    }
}
