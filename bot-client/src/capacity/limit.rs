//! Names the limit that was reached first.

use serde::Serialize;

use super::step::Step;
use crate::measure::{percentiles::Percentiles, server_figures::Phases};

/// The limit that was reached first; variants are in the order in which they are checked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Limit {
    /// Nothing broke.
    None,
    /// A limit on the server's CPU time stopped the server.
    #[serde(rename = "CPU limit")]
    Processor,
    /// The bots reached their own limit: the server may hold more.
    Bots,
    /// Players got no seat, or lost it.
    Joins,
    /// Players were shown a wrong state.
    State,
    /// Ticks of the server took too long, and this phase most of the time.
    Receive,
    Inputs,
    Simulate,
    Replicate,
    Send,
    /// The network between bots and server, or other work on the machine.
    Outside,
    /// The figures of the server are missing.
    Unknown,
}

impl Limit {
    /// The limit of the step that broke, for bots with this many threads.
    pub(crate) fn of(step: &Step, threads: usize) -> Self {
        let tick_broke = step.broke.iter().any(|broke| broke.starts_with("tick_"));
        if stopped_part(step) > STOPPED_PART {
            return Self::Processor;
        }
        if bots_were_busy(step, threads) || bots_were_late(step) {
            return Self::Bots;
        }
        if step.failed > 0 || step.disconnects > 0 {
            return Self::Joins;
        }
        if step.state_mismatches > 0 {
            return Self::State;
        }
        match (step.phases_ms, step.shard_load_max) {
            (Some(phases), Some(load)) if tick_broke || load >= SHARD_BUSY || held_ms(step) > HELD_MS => {
                Self::of_phases(&phases)
            }
            (Some(_), _) => Self::Outside,
            (None, _) => Self::Unknown,
        }
    }

    /// The longest phase of a tick.
    fn of_phases(phases: &Phases) -> Self {
        let Phases { receive, inputs, simulate, replicate, send } = *phases;
        let parts = [
            (Self::Receive, receive),
            (Self::Inputs, inputs),
            (Self::Simulate, simulate),
            (Self::Replicate, replicate),
            (Self::Send, send),
        ];
        parts.into_iter().max_by(|(_, one), (_, other)| one.total_cmp(other)).map_or(Self::Unknown, |(limit, _)| limit)
    }

    /// The name in JSON and in tables.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Processor => "CPU limit",
            Self::Bots => "bots",
            Self::Joins => "joins",
            Self::State => "state",
            Self::Receive => "receive",
            Self::Inputs => "inputs",
            Self::Simulate => "simulate",
            Self::Replicate => "replicate",
            Self::Send => "send",
            Self::Outside => "outside",
            Self::Unknown => "unknown",
        }
    }

    /// Explains the limit with the figures that show it.
    pub(crate) fn in_words(self, step: &Step, threads: usize) -> String {
        let load = step.shard_load_max.unwrap_or_default() * 100.0;
        match self {
            Self::None => "nothing broke".to_owned(),
            Self::Processor => format!(
                "a CPU limit stopped the server in {} of {} periods; it worked {load:.0} % of the time",
                step.cpu_periods_stopped.unwrap_or_default(),
                step.cpu_periods.unwrap_or_default()
            ),
            Self::Bots if bots_were_busy(step, threads) => {
                format!(
                    "the CPU of the bots: {:.0} % of a core with {threads} thread(s)",
                    step.bots_cpu_percent.unwrap_or_default()
                )
            }
            Self::Bots => format!("the bots ran {:.1} ms late (p99)", step.bots_late_ms.p99),
            Self::Joins => format!("{} could not join, {} were dropped", step.failed, step.disconnects),
            Self::State => format!("{} states were wrong", step.state_mismatches),
            Self::Receive | Self::Inputs | Self::Simulate | Self::Replicate | Self::Send => {
                let Phases { receive, inputs, simulate, replicate, send } = step.phases_ms.unwrap_or_default();
                format!(
                    "{} is most of a tick: receive {receive:.3}, inputs {inputs:.3}, simulate {simulate:.3}, replicate {replicate:.3}, \
                     send {send:.3} ms; the busiest shard works {load:.0} % of the time, ticks begin {:.1} ms late and take {:.1} (p99)",
                    self.label(),
                    p99(step.late_ms),
                    p99(step.tick_ms)
                )
            }
            Self::Outside => format!(
                "neither the bots nor the server, whose busiest shard works {load:.0} % of the time: the network, or other work on the machine"
            ),
            Self::Unknown => "unknown: give the server's ops listener with --ops".to_owned(),
        }
    }
}

/// Fraction of the scheduler's periods in which the server wanted to run and was stopped.
fn stopped_part(step: &Step) -> f64 {
    let periods = step.cpu_periods.unwrap_or_default();
    if periods == 0 { 0.0 } else { step.cpu_periods_stopped.unwrap_or_default() as f64 / periods as f64 }
}

fn bots_were_busy(step: &Step, threads: usize) -> bool {
    step.bots_cpu_percent.is_some_and(|percent| percent / threads as f64 > BOTS_BUSY_PERCENT)
}

fn bots_were_late(step: &Step) -> bool {
    step.bots_late_ms.p99 > BOTS_LATE_MS
}

/// Time for which the server holds an input, in ms. It grows long before the core is full: rooms of a shard wait for
/// each other, and in a large room the last snapshot is sent after all others.
fn held_ms(step: &Step) -> f64 {
    p99(step.late_ms) + p99(step.tick_ms)
}

fn p99(times: Option<Percentiles>) -> f64 {
    times.map_or(0.0, |times| times.p99)
}

/// Below this fraction stops are bursts, which a limit may catch without harm.
const STOPPED_PART: f64 = 0.05;
/// CPU use per thread, in percent of a core. Above it the queue of a thread grows fast.
const BOTS_BUSY_PERCENT: f64 = 90.0;
/// An idle thread wakes 1 to 2 ms late, because its timers are no more precise.
const BOTS_LATE_MS: f64 = 5.0;
/// Players notice this much: it is a third of an objective of 15 ms.
const HELD_MS: f64 = 5.0;
/// From this load on a shard lowers its quality by itself.
const SHARD_BUSY: f64 = 0.6;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{capacity::step::tests::step, measure::server_figures::ServerFigures};

    fn broken(shard_load_max: f64, objective: &str) -> Step {
        let phases_ms = Phases { receive: 1.0, inputs: 0.1, simulate: 0.5, replicate: 2.0, send: 1.5 };
        let times = Percentiles { p50: 20.0, p90: 20.0, p99: 20.0, p999: 20.0, max: 20.0 };
        step(
            16,
            Some(ServerFigures { phases_ms, shard_load_max, tick_ms: times, ..ServerFigures::default() }),
            objective,
        )
    }

    fn p99_of(p99: f64) -> Option<Percentiles> {
        Some(Percentiles { p99, ..Percentiles::default() })
    }

    #[test]
    fn slow_tick_is_called_by_its_largest_part() {
        let slow = broken(0.3, "tick_p99_ms<10");
        assert_eq!(Limit::of(&slow, 1), Limit::Replicate);
        assert!(Limit::Replicate.in_words(&slow, 1).contains("replicate 2.000"));
        let late = broken(0.7, "rtt_p99_ms<10");
        assert_eq!(Limit::of(&late, 1), Limit::Replicate, "a busy shard is late with everything");
        assert_eq!(
            Limit::of(&Step { phases_ms: Some(Phases { send: 9.0, ..Phases::default() }), ..slow }, 1),
            Limit::Send
        );
    }

    #[test]
    fn limit_of_the_processor_comes_before_what_it_slows() {
        let stopped = |stopped| Step {
            cpu_periods: Some(100),
            cpu_periods_stopped: Some(stopped),
            ..broken(0.15, "tick_p99_ms<10")
        };
        assert_eq!(Limit::of(&stopped(5), 1), Limit::Replicate, "a burst");
        assert_eq!(Limit::of(&stopped(98), 1), Limit::Processor);
        assert!(Limit::Processor.in_words(&stopped(98), 1).contains("stopped the server in 98 of 100 periods"));
    }

    #[test]
    fn rooms_that_wait_for_each_other_are_the_servers() {
        let objective = "input_to_effect_above_rtt_p99_ms<15";
        let ticks = |late, tick| Step { late_ms: p99_of(late), tick_ms: p99_of(tick), ..broken(0.5, objective) };
        assert_eq!(Limit::of(&ticks(4.5, 0.5), 1), Limit::Outside);
        assert_eq!(Limit::of(&ticks(4.6, 0.5), 1), Limit::Replicate);
        assert_eq!(Limit::of(&ticks(0.5, 9.4), 1), Limit::Replicate, "the last snapshot of a large room");
        assert!(Limit::Replicate.in_words(&ticks(5.1, 0.5), 1).contains("5.1 ms late and take 0.5"));
    }

    #[test]
    fn idle_server_is_not_blamed() {
        let quick = Step { tick_ms: p99_of(1.0), ..broken(0.3, "rtt_p99_ms<10") };
        assert_eq!(Limit::of(&quick, 1), Limit::Outside);
        assert_eq!(Limit::of(&step(16, None, "rtt_p99_ms<10"), 1), Limit::Unknown);
    }

    #[test]
    fn bots_are_the_limit_when_each_thread_is_busy_or_one_is_late() {
        let at = |percent| Step { bots_cpu_percent: Some(percent), ..broken(0.9, "tick_p99_ms<10") };
        assert_eq!(Limit::of(&at(90.0), 1), Limit::Replicate);
        assert_eq!(Limit::of(&at(90.1), 1), Limit::Bots);
        assert_eq!(Limit::of(&at(170.0), 2), Limit::Replicate);
        let late = |p99| Step { bots_late_ms: Percentiles { p99, ..Percentiles::default() }, ..at(50.0) };
        assert_eq!(Limit::of(&late(5.0), 1), Limit::Replicate);
        assert_eq!(Limit::of(&late(5.1), 1), Limit::Bots);
    }

    #[test]
    fn lost_players_and_wrong_states_come_before_slowness() {
        let slow = broken(0.9, "tick_p99_ms<10");
        assert_eq!(Limit::of(&Step { failed: 1, ..slow.clone() }, 1), Limit::Joins);
        assert_eq!(Limit::of(&Step { disconnects: 1, ..slow.clone() }, 1), Limit::Joins);
        assert_eq!(Limit::of(&Step { state_mismatches: 1, ..slow }, 1), Limit::State);
    }

    #[test]
    fn json_says_what_the_label_says() {
        for limit in [Limit::None, Limit::Processor, Limit::Bots, Limit::Replicate, Limit::Outside] {
            assert_eq!(serde_json::to_value(limit).unwrap(), limit.label());
        }
    }
}
