//! Measurements of all bots together.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard},
};

use client::{Counters, Measurement};
use hdrhistogram::Histogram;

use crate::{
    measure::{
        absence::Absences,
        by_transport::Side,
        histogram::{add, histogram},
        live_counters::LiveCounters,
        tally::Tally,
    },
    options::{attack_kind::AttackKind, transport::Transport},
};

/// Measurements of a fleet, shared by its bots.
#[derive(Debug)]
pub(crate) struct Recorder {
    record: Mutex<Record>,
    live_counters: LiveCounters,
}

/// Sums and histograms; [`Recorder`] holds the current one.
#[derive(Debug)]
pub(crate) struct Record {
    /// Microseconds, within the measured window, like the next three.
    pub(crate) rtt: Histogram<u64>,
    pub(crate) snapshot_gap: Histogram<u64>,
    pub(crate) input_to_effect: Histogram<u64>,
    pub(crate) input_to_effect_above_rtt: Histogram<u64>,
    /// Position units, at least 1.
    pub(crate) correction: Histogram<u64>,
    /// Sums within the measured window.
    pub(crate) window: Window,
    /// Some figures per transport, by [`Transport::index`].
    pub(crate) sides: [Side; Transport::ALL.len()],
    /// Sums over the whole run: a wrong state counts at any time.
    pub(crate) whole: Whole,
    /// Lost links over the whole run.
    pub(crate) absences: Absences,
    /// Results of the hostile bots, by attack.
    pub(crate) hostile: BTreeMap<AttackKind, Tally>,
    /// Number of times each problem occurred, by its text.
    pub(crate) problems: BTreeMap<String, u32>,
}

/// Sums over the bots within the measured window.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(crate) struct Window {
    /// Seconds measured, summed over bots.
    pub(crate) player_seconds: f64,
    pub(crate) down_bytes: u64,
    pub(crate) up_bytes: u64,
    pub(crate) snapshots: u64,
    /// Inputs made, which is the number of ticks played.
    pub(crate) inputs: u64,
    pub(crate) corrections: u64,
    pub(crate) visible_sum: u64,
    pub(crate) visible_samples: u64,
    /// Sums of samples, in seconds: the margins that clocks aimed at, those that inputs had, and the number of samples.
    pub(crate) margin_aim_sum: f64,
    pub(crate) margin_sum: f64,
    pub(crate) margin_samples: u64,
}

/// Sums over the whole lives of the bots.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Whole {
    pub(crate) state_checks: u64,
    pub(crate) state_mismatches: u64,
    pub(crate) state_checks_skipped: u64,
    pub(crate) unknown_baselines: u64,
    pub(crate) resyncs: u64,
    pub(crate) decode_errors: u64,
    pub(crate) snapshots_stale: u64,
    pub(crate) clock_snaps: u64,
}

impl Recorder {
    pub(crate) fn new() -> Self {
        Self { record: Mutex::new(Record::new()), live_counters: LiveCounters::default() }
    }

    /// Takes the record and replaces it by an empty one.
    pub(crate) fn take(&self) -> Record {
        std::mem::replace(&mut *self.lock(), Record::new())
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Record> {
        self.record.lock().expect("no holder of this lock panics")
    }

    /// Totals that bots report without the lock.
    pub(crate) const fn live_counters(&self) -> &LiveCounters {
        &self.live_counters
    }
}

impl Record {
    fn new() -> Self {
        Self {
            rtt: histogram(),
            snapshot_gap: histogram(),
            input_to_effect: histogram(),
            input_to_effect_above_rtt: histogram(),
            correction: histogram(),
            window: Window::default(),
            sides: Transport::ALL.map(|_| Side::new()),
            whole: Whole::default(),
            absences: Absences::new(),
            hostile: BTreeMap::new(),
            problems: BTreeMap::new(),
        }
    }

    pub(crate) fn measure(&mut self, transport: Transport, measurement: Measurement) {
        self.sides[transport.index()].measure(&measurement);
        match measurement {
            Measurement::Rtt(rtt) => add(&mut self.rtt, rtt),
            Measurement::SnapshotGap(gap) => add(&mut self.snapshot_gap, gap),
            Measurement::InputToEffect { total, above_rtt } => {
                add(&mut self.input_to_effect, total);
                add(&mut self.input_to_effect_above_rtt, above_rtt);
            }
            Measurement::Correction(size) => self.correction.saturating_record(u64::from(size).max(1)),
        }
    }

    pub(crate) fn add_problem(&mut self, text: String) {
        // Texts may differ in details only; a few are enough.
        if self.problems.len() < PROBLEMS_MAX || self.problems.contains_key(&text) {
            *self.problems.entry(text).or_default() += 1;
        }
    }
}

impl Window {
    /// Adds the differences of one bot's counters between two times.
    pub(crate) fn add(&mut self, before: &Counters, after: &Counters, seconds: f64) {
        self.player_seconds += seconds;
        self.down_bytes += after.down.bytes_total() - before.down.bytes_total();
        self.up_bytes += after.up.bytes_total() - before.up.bytes_total();
        self.snapshots += after.snapshots - before.snapshots;
        self.inputs += after.inputs - before.inputs;
        self.corrections += after.corrections - before.corrections;
    }
}

impl Whole {
    /// Adds the differences of one bot's counters between two times of its life.
    pub(crate) fn add(&mut self, before: &Counters, after: &Counters) {
        self.state_checks += after.state_checks - before.state_checks;
        self.state_mismatches += after.state_mismatches - before.state_mismatches;
        self.state_checks_skipped += after.state_checks_skipped - before.state_checks_skipped;
        self.unknown_baselines += after.unknown_baselines - before.unknown_baselines;
        self.resyncs += after.resyncs - before.resyncs;
        self.decode_errors += after.decode_errors - before.decode_errors;
        self.snapshots_stale += after.snapshots_stale - before.snapshots_stale;
        self.clock_snaps += after.clock_snaps - before.clock_snaps;
    }
}

const PROBLEMS_MAX: usize = 32;
