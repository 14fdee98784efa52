//! A congestion controller for a game: a few lost packets never delay a snapshot.
//!
//! The usual controllers halve their window at each loss and do not grow it while the application sends little. So a game on a
//! lossy path ends with a window of two packets, and snapshots wait. Our rate is bounded elsewhere, by a byte budget
//! per tick. So the window has a lower bound that snapshots do not reach (64 KiB in flight is two seconds of a full room), and only
//! larger transfers, the map of a new player, make it grow and shrink in the usual way.

use std::{any::Any, sync::Arc, time::Instant};

use quinn_proto::{
    RttEstimator,
    congestion::{Controller, ControllerFactory},
};

/// Lower bound: two seconds of 30 kB/s.
const WINDOW_MIN: u64 = 64 * 1024;
/// Upper bound; a stream's send window is smaller.
const WINDOW_MAX: u64 = 256 * 1024;

/// Makes a controller for each connection.
#[derive(Debug)]
pub(crate) struct GameCongestion;

impl ControllerFactory for GameCongestion {
    fn build(self: Arc<Self>, now: Instant, _mtu: u16) -> Box<dyn Controller> {
        Box::new(GameController { window: WINDOW_MIN, recovering_since: now })
    }
}

#[derive(Clone, Debug)]
struct GameController {
    window: u64,
    recovering_since: Instant,
}

impl Controller for GameController {
    fn on_ack(&mut self, _: Instant, sent: Instant, bytes: u64, app_limited: bool, _: &RttEstimator) {
        if !app_limited && sent > self.recovering_since {
            self.window = (self.window + bytes).min(WINDOW_MAX);
        }
    }

    fn on_congestion_event(&mut self, now: Instant, sent: Instant, _persistent: bool, _lost_bytes: u64) {
        // Once per round trip: losses of packets sent before the last cut are part of the same congestion.
        if sent > self.recovering_since {
            self.recovering_since = now;
            self.window = (self.window / 2).max(WINDOW_MIN);
        }
    }

    fn on_mtu_update(&mut self, _new_mtu: u16) {}

    fn window(&self) -> u64 {
        self.window
    }

    fn clone_box(&self) -> Box<dyn Controller> {
        Box::new(self.clone())
    }

    fn initial_window(&self) -> u64 {
        WINDOW_MIN
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn losses_never_push_the_window_below_its_floor() {
        let start = Instant::now();
        let mut controller = Arc::new(GameCongestion).build(start, 1_200);
        for event in 1..100 {
            let now = start + Duration::from_millis(event * 50);
            controller.on_congestion_event(now, now - Duration::from_millis(10), event % 10 == 0, 1_200);
            assert_eq!(controller.window(), WINDOW_MIN);
        }
    }
}
