//! Samples a run once per second, for the plots and the live view.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use tokio::time::MissedTickBehavior;

use crate::{
    fleet::shared_state::Shared,
    measure::{
        cpu,
        live_counters::LiveTotals,
        prometheus::Scrape,
        record::{Record, Recorder},
        server_figures,
        stage::Stage,
    },
    report::second::Second,
};

/// The seconds of a run so far, the latest last; bounded.
#[derive(Debug, Default)]
pub(crate) struct Timeline(Mutex<VecDeque<Second>>);

impl Timeline {
    /// All seconds that are kept.
    pub(crate) fn seconds(&self) -> Vec<Second> {
        self.0.lock().expect("no holder of this lock panics").iter().cloned().collect()
    }

    fn push(&self, second: Second) {
        let mut seconds = self.0.lock().expect("no holder of this lock panics");
        if seconds.len() == SECONDS_MAX {
            seconds.pop_front();
        }
        seconds.push_back(second);
    }
}

/// Adds one second after another until the fleet leaves. Requesting the server's figures every second costs it a
/// little, so this is done only with `asks_server`, which is set if plots or a live view are wanted.
pub(crate) async fn follow(shared: Arc<Shared>, timeline: Arc<Timeline>, asks_server: bool) {
    let mut every = tokio::time::interval(Duration::from_secs(1));
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    every.tick().await;
    let mut before = Sample::now(&shared, asks_server).await;
    loop {
        every.tick().await;
        let stage = shared.stages.now();
        if stage == Stage::Leave {
            return;
        }
        let after = Sample::now(&shared, asks_server).await;
        let players = shared.stages.joined().saturating_sub(shared.stages.disconnected());
        let at_s = (after.at - shared.start).as_secs_f64();
        let second = Second { at_s, measured: stage == Stage::Measure, players, ..after.since(&before) };
        timeline.push(second);
        before = after;
    }
}

/// Totals at one time; a second is the difference of two samples.
struct Sample {
    at: Instant,
    totals: LiveTotals,
    rtt: Histogram<u64>,
    above_rtt: Histogram<u64>,
    cpu: Option<Duration>,
    scrape: Option<Scrape>,
}

impl Sample {
    async fn now(shared: &Shared, asks_server: bool) -> Self {
        let scrape = match shared.args.common.ops.as_deref().filter(|_| asks_server) {
            Some(ops) => server_figures::scrape(&shared.http, ops).await.ok(),
            None => None,
        };
        Self { scrape, ..Self::of(&shared.recorder) }
    }

    fn of(recorder: &Recorder) -> Self {
        let (rtt, above_rtt) = {
            let record = recorder.lock();
            let Record { rtt, input_to_effect_above_rtt, .. } = &*record;
            (rtt.clone(), input_to_effect_above_rtt.clone())
        };
        Self {
            at: Instant::now(),
            totals: recorder.live_counters().now(),
            rtt,
            above_rtt,
            cpu: cpu::process_cpu(),
            scrape: None,
        }
    }

    fn since(&self, before: &Self) -> Second {
        let seconds = (self.at - before.at).as_secs_f64().max(f64::MIN_POSITIVE);
        let (rtt, above_rtt) = (added(&self.rtt, &before.rtt), added(&self.above_rtt, &before.above_rtt));
        let server = self.scrape.as_ref().zip(before.scrape.as_ref());
        let tick = |quantile: f64| {
            let (after, before) = server?;
            let buckets = |scrape: &Scrape| scrape.buckets("ricochet_tick_seconds", &[("phase", "total")]);
            Some(buckets(after).since(&buckets(before)).quantile(quantile) * 1_000.0).filter(|&ms| ms > 0.0)
        };
        let used = |scrape: &Scrape| scrape.sum("process_cpu_seconds_total", &[]);
        Second {
            down_bytes_per_s: (self.totals.down_bytes - before.totals.down_bytes) as f64 / seconds,
            up_bytes_per_s: (self.totals.up_bytes - before.totals.up_bytes) as f64 / seconds,
            state_mismatches: self.totals.state_mismatches - before.totals.state_mismatches,
            rtt_p50_ms: quantile(&rtt, 0.5),
            input_to_effect_above_rtt_p50_ms: quantile(&above_rtt, 0.5),
            input_to_effect_above_rtt_p99_ms: quantile(&above_rtt, 0.99),
            bots_cpu_percent: self
                .cpu
                .zip(before.cpu)
                .map(|(after, before)| 100.0 * after.saturating_sub(before).as_secs_f64() / seconds),
            server_cpu_percent: server.map(|(after, before)| 100.0 * (used(after) - used(before)).max(0.0) / seconds),
            tick_p50_ms: tick(0.5),
            tick_p99_ms: tick(0.99),
            ..Second::default()
        }
    }
}

/// The values that a histogram has gained since an earlier sample.
fn added(after: &Histogram<u64>, before: &Histogram<u64>) -> Histogram<u64> {
    let mut added = after.clone();
    // The record was replaced since then, so all its values are new.
    if added.subtract(before).is_ok() { added } else { after.clone() }
}

fn quantile(histogram: &Histogram<u64>, quantile: f64) -> Option<f64> {
    (!histogram.is_empty()).then(|| histogram.value_at_quantile(quantile) as f64 / 1_000.0)
}

/// A longer run keeps its last two hours.
const SECONDS_MAX: usize = 7_200;

#[cfg(test)]
mod tests {
    use client::Measurement;

    use super::*;
    use crate::options::transport::Transport;

    #[test]
    fn second_holds_only_what_came_in_it() {
        let recorder = Recorder::new();
        let measure = |ms| recorder.lock().measure(Transport::Ws, Measurement::Rtt(Duration::from_millis(ms)));
        measure(5);
        let before = Sample::of(&recorder);
        assert_eq!(Sample::of(&recorder).since(&before).rtt_p50_ms, None, "nothing was measured in it");
        measure(80);
        let second = Sample::of(&recorder).since(&before);
        assert!((second.rtt_p50_ms.unwrap() - 80.0).abs() < 0.1);
        assert_eq!(second.tick_p99_ms, None, "no server was asked");
    }

    #[test]
    fn ticks_of_a_second_are_those_between_two_scrapes() {
        let sample = |counts: [u32; 2], cpu: f64, at: Instant| {
            let text = format!(
                "ricochet_tick_seconds_bucket{{phase=\"total\",le=\"0.001\"}} {}\n\
                 ricochet_tick_seconds_bucket{{phase=\"total\",le=\"0.01\"}} {}\nprocess_cpu_seconds_total {cpu}",
                counts[0], counts[1]
            );
            Sample { at, scrape: Some(Scrape::parse(&text)), ..Sample::of(&Recorder::new()) }
        };
        let start = Instant::now();
        let second = sample([100, 110], 1.5, start + Duration::from_secs(1)).since(&sample([100, 100], 1.0, start));
        assert!(second.tick_p50_ms.unwrap() > 1.0, "the ten of this second were slow, the hundred before were not");
        assert!((second.server_cpu_percent.unwrap() - 50.0).abs() < 1e-6);
    }

    #[test]
    fn long_run_keeps_its_end() {
        let timeline = Timeline::default();
        for number in 0..=SECONDS_MAX as u32 {
            timeline.push(Second { players: number, ..Second::default() });
        }
        let seconds = timeline.seconds();
        assert_eq!((seconds.len(), seconds[0].players), (SECONDS_MAX, 1));
    }
}
