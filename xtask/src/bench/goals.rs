//! Turns the measurements into the table of `docs/performance.md`.

use super::{game::Run, peers, table::Row};

/// Every run of this bench, and other measurements.
pub(crate) struct Results {
    pub(crate) runs: Vec<Run>,
    /// The largest room that held, players.
    pub(crate) largest_room: Option<f64>,
    /// Allocations per player in a steady tick.
    pub(crate) allocations: Option<f64>,
}

impl Results {
    /// The worst of a scenario's runs; `None` when it was not played, or not without faults.
    fn worst(&self, scenario: &str, value: impl Fn(&Run) -> Option<f64>) -> Option<f64> {
        let runs: Vec<&Run> = self.runs.iter().filter(|run| run.scenario.name == scenario).collect();
        if runs.iter().any(|run| !run.faults().is_empty()) {
            return None;
        }
        runs.into_iter().filter_map(value).reduce(f64::max)
    }

    fn figure(&self, scenario: &str, path: &str) -> Option<f64> {
        self.worst(scenario, |run| run.figure(path))
    }

    /// The worse of two scenarios that were both played.
    fn figure_of_both(&self, scenarios: [&str; 2], path: &str) -> Option<f64> {
        scenarios
            .into_iter()
            .map(|scenario| self.figure(scenario, path))
            .collect::<Option<Vec<_>>>()?
            .into_iter()
            .reduce(f64::max)
    }

    /// The whole table.
    pub(crate) fn rows(&self) -> Vec<Row> {
        const WS: &str = "wander-rooms-of-16-ws";
        const QUIC: &str = "wander-rooms-of-16-quic";
        const WS_64: &str = "wander-rooms-of-64-ws";
        const QUIC_64: &str = "wander-rooms-of-64-quic";
        const THOUSAND: &str = "one-room-of-1000";
        let loops = |scenario, of_peer: f64| self.worst(scenario, |run| Some(run.ratio_to_floor()? / of_peer));
        let kib = |scenario| self.worst(scenario, |run| Some(run.bytes_per_player / 1_024.0));
        let down = |scenario| self.figure(scenario, "down_bytes_per_player_s");
        let game = |scenario| self.figure(scenario, "server/game_us_per_player_tick");
        let rooms = [WS, QUIC];
        let rooms_64 = [WS_64, QUIC_64];
        let down_both = |scenarios| self.figure_of_both(scenarios, "down_bytes_per_player_s");
        let late = |quantile| self.figure_of_both(rooms, &format!("server/tick_late_ms/{quantile}"));
        let effect = |quantile| self.figure_of_both(rooms_64, &format!("input_to_effect_above_rtt_ms/{quantile}"));
        vec![
            Row::less("WebSocket, server CPU ÷ raw TCP loop", "×", self.worst(WS, Run::ratio_to_floor), 1.8, 1.3),
            Row::less("QUIC, server CPU ÷ raw UDP loop", "×", self.worst(QUIC, Run::ratio_to_floor), 5.0, 4.0),
            Row::less("WebSocket, the same ÷ best peer's", "×", loops(WS, peers::BEST_WEBSOCKET_LOOPS), 0.333, 0.25),
            Row::less("QUIC, the same ÷ best peer's", "×", loops(QUIC, peers::BEST_UDP_LOOPS), 0.667, 0.5),
            Row::less(
                "game part, rooms of 16",
                "µs per player-tick",
                self.figure_of_both(rooms, "server/game_us_per_player_tick"),
                1.5,
                0.6,
            ),
            Row::less("game part, one room of 1,000", "µs per player-tick", game(THOUSAND), 1.5, 0.6),
            Row::less("down, wander, room of 16", "B/s per player", down_both(rooms), 700.0, 450.0),
            Row::less("down, wander, room of 64", "B/s per player", down_both(rooms_64), 2_000.0, 1_300.0),
            Row::less("down, crowd of 100 in one view", "B/s per player", down("crowd-of-100"), 12_000.0, 8_000.0),
            Row::less("down, crowd of 1,000 in one view", "B/s per player", down("crowd-of-1000"), 12_000.0, 8_000.0),
            Row::more("one room, p99 tick under half the period", "players", self.largest_room, 1_500.0, 3_000.0),
            Row::less("tick lateness p99", "ms", late("p99"), 1.0, 0.2),
            Row::less("tick lateness p999", "ms", late("p999"), 4.0, 1.0),
            Row::less("input to effect above round trip, room of 64, p50", "ms", effect("p50"), 5.0, 2.0),
            Row::less("input to effect above round trip, room of 64, p99", "ms", effect("p99"), 15.0, 5.0),
            Row::less("memory per player, QUIC", "KiB", kib(QUIC), 80.0, 48.0),
            Row::less("memory per player, WebSocket", "KiB", kib(WS), 24.0, 12.0),
            Row::less("allocations in a steady tick", "per player", self.allocations, 1.0, 0.0),
        ]
    }
}
