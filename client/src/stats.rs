//! Measurements of the link and of the server: counters, smoothed values, and single measurements from which a caller can
//! compute percentiles.

use std::{collections::VecDeque, time::Duration};

use shared::{Tick, wire::kind};

/// Counters since the client was made, round-trip times, and a queue of single measurements.
#[derive(Clone, Debug, Default)]
pub struct Stats {
    /// Counters; subtract two copies to get those of an interval.
    pub counters: Counters,
    /// Round-trip times.
    pub rtt: Rtt,
    measurements: VecDeque<Measurement>,
    newest_snapshot_at: Option<Duration>,
    effects: Effects,
}

/// Counters. Bytes are message payload, without the transport's headers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counters {
    /// Messages from the server by kind.
    pub down: Traffic,
    /// Messages to the server by kind.
    pub up: Traffic,
    /// Snapshots applied.
    pub snapshots: u64,
    /// Snapshots dropped because a newer one was applied already.
    pub snapshots_stale: u64,
    /// Snapshots dropped because they are on another map, or because the map has not arrived.
    pub snapshots_unready: u64,
    /// Checksums compared with the view.
    pub state_checks: u64,
    /// Checksums that differed from the view's: the view was wrong.
    pub state_mismatches: u64,
    /// Checksums that could not be compared because a snapshot is missing.
    pub state_checks_skipped: u64,
    /// Snapshots with a delta whose baseline the client does not have.
    pub unknown_baselines: u64,
    /// Resyncs requested: the client asked the server to send every entity in full.
    pub resyncs: u64,
    /// Messages that could not be decoded.
    pub decode_errors: u64,
    /// Ticks between two applied snapshots whose own snapshot was lost. Ticks that a server under load leaves out do not count.
    pub snapshots_missing: u64,
    /// Wrong predictions of what the player steers.
    pub corrections: u64,
    /// Inputs made, one per client tick.
    pub inputs: u64,
    /// Jumps of the tick clock, made when it was too far off for a change of speed.
    pub clock_snaps: u64,
}

/// Messages and bytes by kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Traffic {
    messages: [u64; KINDS],
    bytes: [u64; KINDS],
    messages_total: u64,
    bytes_total: u64,
}

/// Round-trip times of pings.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Rtt {
    samples: u32,
    smoothed: f64,
    deviation: f64,
    recent: [Duration; RTT_RECENT],
    /// The least of `recent`.
    least: Duration,
}

/// One measurement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Measurement {
    /// Round-trip time of a ping.
    Rtt(Duration),
    /// Time between two snapshots.
    SnapshotGap(Duration),
    /// How far a wrong prediction was off, position units (1/16 px).
    Correction(u32),
    /// Time from when an input was due to the first snapshot made after the server applied it. It counts from the due time and
    /// not from the time of sending, so that lateness of the client itself is included.
    InputToEffect {
        /// The whole time.
        total: Duration,
        /// The time minus the least recent round trip.
        above_rtt: Duration,
    },
}

/// Due times of inputs whose effect has not been seen, in a ring indexed by tick.
#[derive(Clone, Debug)]
struct Effects {
    due: [Option<(Tick, Duration)>; EFFECTS],
    newest_seen: Tick,
}

impl Stats {
    /// The oldest measurement that has not been polled. When the queue is full the oldest one is dropped.
    pub fn poll_measurement(&mut self) -> Option<Measurement> {
        self.measurements.pop_front()
    }

    pub(crate) fn handle_rtt(&mut self, rtt: Duration) {
        self.rtt.add(rtt);
        self.measure(Measurement::Rtt(rtt));
    }

    pub(crate) fn handle_correction(&mut self, size: u32) {
        self.counters.corrections += 1;
        self.measure(Measurement::Correction(size));
    }

    pub(crate) fn handle_input(&mut self, tick: Tick, due: Duration) {
        self.counters.inputs += 1;
        self.effects.due[tick.0 as usize % EFFECTS] = Some((tick, due));
    }

    /// A snapshot was applied at `now`; the server has applied inputs up to `applied`.
    pub(crate) fn handle_snapshot(&mut self, applied: Option<Tick>, now: Duration) {
        self.counters.snapshots += 1;
        if let Some(before) = self.newest_snapshot_at.replace(now) {
            self.measure(Measurement::SnapshotGap(now.saturating_sub(before)));
        }
        let Some(applied) = applied.filter(|&tick| tick > self.effects.newest_seen) else { return };
        let oldest = self.effects.newest_seen.next().max(applied.minus(EFFECTS as u32 - 1));
        self.effects.newest_seen = applied;
        let least = self.rtt.least().unwrap_or_default();
        for tick in oldest.0..=applied.0 {
            let slot = &mut self.effects.due[tick as usize % EFFECTS];
            if let Some((_, due)) = slot.take_if(|(input, _)| input.0 == tick) {
                let total = now.saturating_sub(due);
                self.measure(Measurement::InputToEffect { total, above_rtt: total.saturating_sub(least) });
            }
        }
    }

    /// The server restarted its tick numbers: due times of the old ones are dropped.
    pub(crate) fn begin_ticks_anew(&mut self) {
        self.effects = Effects::default();
    }

    fn measure(&mut self, measurement: Measurement) {
        if self.measurements.len() == MEASUREMENTS_MAX {
            self.measurements.pop_front();
        }
        self.measurements.push_back(measurement);
    }
}

impl Traffic {
    /// Messages of a kind; [`shared::wire::kind`] lists the kinds.
    pub fn messages(&self, kind: u8) -> u64 {
        self.messages.get(usize::from(kind)).copied().unwrap_or(0)
    }

    /// Payload bytes of a kind.
    pub fn bytes(&self, kind: u8) -> u64 {
        self.bytes.get(usize::from(kind)).copied().unwrap_or(0)
    }

    /// Messages of all kinds.
    pub const fn messages_total(&self) -> u64 {
        self.messages_total
    }

    /// Payload bytes of all kinds.
    pub const fn bytes_total(&self) -> u64 {
        self.bytes_total
    }

    pub(crate) fn count(&mut self, bytes: &[u8]) {
        let kind = kind_of(bytes).min(KINDS - 1);
        self.messages[kind] += 1;
        self.bytes[kind] += bytes.len() as u64;
        self.messages_total += 1;
        self.bytes_total += bytes.len() as u64;
    }
}

impl Rtt {
    /// Least of the last eight round trips: the path without queues.
    pub const fn least(&self) -> Option<Duration> {
        if self.samples > 0 { Some(self.least) } else { None }
    }

    /// Smoothed round trip, with the weights of RFC 6298.
    pub fn smoothed(&self) -> Option<Duration> {
        (self.samples > 0).then(|| Duration::from_secs_f64(self.smoothed))
    }

    /// Mean absolute deviation of the round trip.
    pub fn jitter(&self) -> Duration {
        Duration::from_secs_f64(self.deviation)
    }

    /// Pings answered.
    pub const fn samples(&self) -> u32 {
        self.samples
    }

    fn add(&mut self, rtt: Duration) {
        self.recent[self.samples as usize % RTT_RECENT] = rtt;
        let sample = rtt.as_secs_f64();
        if self.samples == 0 {
            self.smoothed = sample;
        } else {
            // RFC 6298, section 2.3.
            self.deviation += ((sample - self.smoothed).abs() - self.deviation) / 4.0;
            self.smoothed += (sample - self.smoothed) / 8.0;
        }
        self.samples = self.samples.saturating_add(1);
        self.least = self.recent[..self.held()].iter().min().copied().unwrap_or_default();
    }

    fn held(&self) -> usize {
        RTT_RECENT.min(self.samples as usize)
    }
}

impl Default for Effects {
    fn default() -> Self {
        Self { due: [None; EFFECTS], newest_seen: Tick(0) }
    }
}

/// The kind of a message: the first element of its MessagePack array, one byte in every message of the protocol.
fn kind_of(bytes: &[u8]) -> usize {
    let head = match bytes.first() {
        Some(0xdc) => 3,
        Some(0xdd) => 5,
        _ => 1,
    };
    bytes.get(head).map_or(KINDS - 1, |&kind| usize::from(kind))
}

/// Kinds that have a counter; the last one counts messages without a kind.
const KINDS: usize = 32;
const _: () = assert!((kind::SESSION as usize) < KINDS - 1);
/// Twelve seconds of pings.
const RTT_RECENT: usize = 8;
/// About one second of measurements of a busy client.
const MEASUREMENTS_MAX: usize = 512;
/// Ticks for which a due time is kept: longer than any playable round trip.
const EFFECTS: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn effects(stats: &mut Stats) -> Vec<(u64, u64)> {
        std::iter::from_fn(|| stats.poll_measurement())
            .filter_map(|measurement| match measurement {
                Measurement::InputToEffect { total, above_rtt } => {
                    Some((total.as_millis() as u64, above_rtt.as_millis() as u64))
                }
                _ => None,
            })
            .collect()
    }

    #[test]
    fn effect_of_an_input_is_measured_once_and_from_its_due_time() {
        let mut stats = Stats::default();
        stats.handle_rtt(ms(40));
        for tick in 1..=4 {
            stats.handle_input(Tick(tick), ms(u64::from(tick) * 20));
        }
        stats.handle_snapshot(Some(Tick(1)), ms(65));
        stats.handle_snapshot(Some(Tick(1)), ms(85));
        assert_eq!(effects(&mut stats), [(45, 5)]);
        // The snapshot that showed tick 2 was lost; this one is the first that shows its effect.
        stats.handle_snapshot(Some(Tick(3)), ms(105));
        assert_eq!(effects(&mut stats), [(65, 25), (45, 5)]);
    }

    #[test]
    fn inputs_the_server_has_not_applied_have_no_effect_yet() {
        let mut stats = Stats::default();
        stats.handle_input(Tick(9), ms(0));
        stats.handle_snapshot(None, ms(100));
        assert_eq!(effects(&mut stats), []);
    }

    #[test]
    fn kinds_are_counted_apart() {
        let mut traffic = Traffic::default();
        traffic.count(&[0x93, kind::PONG, 1, 2]);
        traffic.count(&[0xdc, 0, 20, kind::SNAPSHOT, 1]);
        traffic.count(&[]);
        assert_eq!((traffic.messages(kind::PONG), traffic.bytes(kind::PONG)), (1, 4));
        assert_eq!((traffic.messages(kind::SNAPSHOT), traffic.bytes(kind::SNAPSHOT)), (1, 5));
        assert_eq!((traffic.messages_total(), traffic.bytes_total()), (3, 9));
    }

    #[test]
    fn least_round_trip_forgets_an_old_path() {
        let mut rtt = Rtt::default();
        rtt.add(ms(10));
        for _ in 0..3 * RTT_RECENT {
            rtt.add(ms(30));
        }
        assert_eq!(rtt.least(), Some(ms(30)));
        assert!(rtt.smoothed().unwrap() > ms(28));
    }
}
