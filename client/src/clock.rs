//! The client's tick clock: it decides when to make each tick's input, so that the input arrives just before its tick.
//!
//! In: the first snapshot and a round trip (`Clock::start`), then the margin that every snapshot reports
//! (`handle_snapshot`). Out: `take_due(now)`, one tick after the other.
//!
//! The server measures the *margin* of each new input: how long before its tick it arrived. The clock runs up to 5 %
//! faster or slower until the margin is at its aim: a base plus twice the standard deviation of the measured margins, and for a
//! while somewhat more after an input that came late. Unity's command age and Overwatch's input buffer work alike, in whole
//! ticks. A report is a round trip old when it arrives. The clock knows how far it has shifted since and subtracts that,
//! so that no error is corrected twice.

mod margins;

use std::time::Duration;

use shared::{Tick, TickRate, wire::SnapshotHeader};

use self::margins::Margins;

/// Settings of the clock.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ClockConfig {
    /// The margin to aim at on a link without jitter.
    pub margin_base: Duration,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Clock {
    config: ClockConfig,
    /// Seconds per tick at the server.
    period: f64,
    next_tick: Tick,
    next_at: Duration,
    /// Seconds by which changes of speed have moved the ticks so far; positive is earlier.
    shift: f64,
    /// `shift` at the time when each tick's input was made, in a ring indexed by tick: the corrections in flight.
    shifts: [f64; SHIFTS],
    margins: Margins,
    snapshots_far_off: u8,
    snaps: u32,
}

/// The arrival of a snapshot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arrival {
    /// Tick of the snapshot.
    pub tick: Tick,
    /// Time of its arrival.
    pub at: Duration,
}

impl Default for ClockConfig {
    fn default() -> Self {
        Self { margin_base: Duration::from_micros(1_500) }
    }
}

impl Clock {
    /// A clock set at `now` by the least delayed snapshot so far, `prompt`, for a link with the round trip `rtt`.
    ///
    /// It relies on this: an input made when a snapshot arrives reaches the server one round trip after that snapshot was sent.
    pub fn start(config: ClockConfig, tick_rate: TickRate, prompt: Arrival, rtt: Duration, now: Duration) -> Self {
        let mut clock = Self {
            config,
            period: 1.0 / f64::from(tick_rate.hz()),
            next_tick: prompt.tick,
            next_at: now,
            shift: 0.0,
            shifts: [0.0; SHIFTS],
            margins: Margins::new(),
            snapshots_far_off: 0,
            snaps: 0,
        };
        clock.set(prompt, rtt, now);
        clock
    }

    /// The tick of the next input.
    pub const fn next_tick(&self) -> Tick {
        self.next_tick
    }

    /// Time at which the next input is due.
    pub const fn next_at(&self) -> Duration {
        self.next_at
    }

    /// Tick of the newest input plus the part of the next tick that has passed at `now`.
    pub fn position(&self, now: Duration) -> f64 {
        let left = (self.next_at.as_secs_f64() - now.as_secs_f64()) * self.rate() / self.period;
        f64::from(self.next_tick.0) - left.clamp(0.0, 1.0)
    }

    /// The tick whose input is due, and the time at which it was due. Each tick is given once.
    pub fn take_due(&mut self, now: Duration) -> Option<(Tick, Duration)> {
        if self.next_at > now {
            return None;
        }
        self.skip_missed(now);
        let due = (self.next_tick, self.next_at);
        self.shifts[due.0.0 as usize % SHIFTS] = self.shift;
        let length = self.period / self.rate();
        self.shift += self.period - length;
        self.next_tick = self.next_tick.next();
        self.next_at += Duration::from_secs_f64(length);
        Some(due)
    }

    /// Takes the reported margin from a snapshot that arrived at `now`. `rtt` is the smoothed round trip.
    pub fn handle_snapshot<O>(&mut self, header: &SnapshotHeader<O>, rtt: Duration, now: Duration) {
        // The report is about the newest input that the server had when it sent the snapshot: one made about a round trip ago. An error
        // of one input matters little, because the shifts of neighbours differ by a twentieth of a tick at most.
        let ticks_in_flight = (rtt.as_secs_f64() / self.period).round() as u32;
        let input_tick = self.next_tick.minus(1 + ticks_in_flight);
        let arrival = Arrival { tick: header.tick, at: now };
        // While the clock is still far from its aim, a late input says nothing about the link.
        let well_timed = self.margin_expected().is_some_and(|expected| expected >= WELL_TIMED * self.margin_aim());
        self.margins.learn_caution(header.margin < 0 && well_timed, self.period);
        self.margins.add(match header.margin {
            i8::MAX => self.margin_by(arrival, rtt).max(f64::from(i8::MAX) * MARGIN_UNIT) - self.shift,
            margin => self.without_shift(input_tick, margin),
        });
        self.check_distance(arrival, rtt);
    }

    /// Margin the clock aims at, seconds.
    pub fn margin_aim(&self) -> f64 {
        let aim = self.config.margin_base.as_secs_f64() + self.margins.allowance();
        aim.clamp(MARGIN_AIM_MIN, MARGIN_AIM_TICKS_MAX * self.period)
    }

    /// Expected margin of an input made now, seconds; `None` before the first report.
    pub fn margin_expected(&self) -> Option<f64> {
        self.margins.mean().map(|mean| mean + self.shift)
    }

    /// Speed of the clock: ticks made per tick of the server, 0.95 to 1.05.
    pub fn rate(&self) -> f64 {
        let Some(expected) = self.margin_expected() else { return 1.0 };
        let behind_ticks = (self.margin_aim() - expected) / self.period;
        1.0 + (GAIN * behind_ticks).clamp(-BEND_MAX, BEND_MAX)
    }

    /// Number of jumps, made when the error was too large for a change of speed.
    pub const fn snaps(&self) -> u32 {
        self.snaps
    }

    /// Expected margin of inputs made now, estimated from the arrival of a snapshot, seconds. It is less exact than the server's report,
    /// but it is not bounded: a report ends at 32 ms.
    fn margin_by(&self, snapshot: Arrival, rtt: Duration) -> f64 {
        let until_next = self.next_at.as_secs_f64() - snapshot.at.as_secs_f64();
        let ahead_ticks = f64::from(self.next_tick.0) - f64::from(snapshot.tick.0);
        ahead_ticks * self.period - until_next - rtt.as_secs_f64()
    }

    fn without_shift(&self, input_tick: Tick, margin: i8) -> f64 {
        let known = self.next_tick.since(input_tick) as usize <= SHIFTS;
        let shift = if known { self.shifts[input_tick.0 as usize % SHIFTS] } else { self.shift };
        f64::from(margin) * MARGIN_UNIT - shift
    }

    /// Jumps if several snapshots in a row show that the clock is too far off.
    ///
    /// A clock that is early costs a little latency, and a slower speed corrects that. A clock that is late loses every input until it
    /// is corrected, so it jumps sooner; the inputs that the jump leaves out would have been late anyway.
    fn check_distance(&mut self, snapshot: Arrival, rtt: Duration) {
        let ahead = (self.margin_by(snapshot, rtt) - self.margin_aim()) / self.period;
        let late = ahead < -SNAP_LATE_TICKS && self.margin_expected().is_some_and(|margin| margin < 0.0);
        if ahead.abs() <= SNAP_TICKS && !late {
            self.snapshots_far_off = 0;
            return;
        }
        self.snapshots_far_off += 1;
        if self.snapshots_far_off >= SNAP_SNAPSHOTS {
            self.snaps += 1;
            self.set(snapshot, rtt, snapshot.at);
        }
    }

    /// After the owner was suspended, skips the ticks whose inputs would be far too late.
    fn skip_missed(&mut self, now: Duration) {
        let missed = (now - self.next_at).as_secs_f64() / self.period;
        if missed > SNAP_TICKS {
            self.snaps += 1;
            self.next_tick = self.next_tick.plus(missed as u32);
            self.next_at += Duration::from_secs_f64(missed.floor() * self.period);
        }
    }

    /// Sets the next tick to the first one whose input can still arrive with a margin of `margin_aim`.
    fn set(&mut self, snapshot: Arrival, rtt: Duration, now: Duration) {
        self.margins.forget_mean();
        self.snapshots_far_off = 0;
        self.shift = 0.0;
        self.shifts = [0.0; SHIFTS];
        let since = now.saturating_sub(snapshot.at).as_secs_f64();
        let lead = since + rtt.as_secs_f64() + self.margin_aim();
        let ticks = (lead / self.period).ceil().max(1.0);
        self.next_tick = snapshot.tick.plus(ticks as u32);
        // Rounding may make the difference slightly negative, which a `Duration` cannot be.
        self.next_at = now + Duration::from_secs_f64((ticks * self.period - lead).max(0.0));
    }
}

/// One unit of a reported margin, seconds.
const MARGIN_UNIT: f64 = 0.000_25;
/// Part of the aim. While the expected margin is at least this part, a late input is due to the link and not to the clock.
const WELL_TIMED: f64 = 0.75;
/// Least margin to aim at, seconds: the server needs time to read the input.
const MARGIN_AIM_MIN: f64 = 0.001;
/// Largest margin to aim at, in ticks: beyond it the latency costs more than a lost input.
const MARGIN_AIM_TICKS_MAX: f64 = 3.0;
/// Part of the error that is corrected per tick.
const GAIN: f64 = 0.1;
/// Bound of the change of speed: players do not notice 5 %.
const BEND_MAX: f64 = 0.05;
/// Error from which on the clock jumps, ticks: a change of speed would take seconds.
const SNAP_TICKS: f64 = 10.0;
/// Lateness from which on the clock jumps, ticks: every input is lost until it is in time again.
const SNAP_LATE_TICKS: f64 = 2.0;
/// Snapshots in a row that must show such an error before the clock jumps: a single one may just be late.
const SNAP_SNAPSHOTS: u8 = 3;
/// Ticks whose shift is remembered: longer than any playable round trip.
const SHIFTS: usize = 64;

#[cfg(test)]
mod tests {
    use shared::rng::Rng;

    use super::*;

    /// A simulated server and link: ticks at exact times, a delay each way, and jitter on the way to the server.
    struct Server {
        period: f64,
        one_way: f64,
        jitter: f64,
        rng: Rng,
        margin: i8,
        last_applied: u32,
        snapshots: Vec<(f64, SnapshotHeader<()>)>,
        arrivals: Vec<(f64, u32)>,
        late: u32,
        margins: Vec<f64>,
    }

    impl Server {
        fn new(one_way_ms: f64, jitter_ms: f64) -> Self {
            Self {
                period: 1.0 / 30.0,
                one_way: one_way_ms / 1_000.0,
                jitter: jitter_ms / 1_000.0,
                rng: Rng::new(1),
                margin: 0,
                last_applied: 0,
                snapshots: Vec::new(),
                arrivals: Vec::new(),
                late: 0,
                margins: Vec::new(),
            }
        }

        fn send(&mut self, tick: Tick, at: f64) {
            let jitter = self.jitter * (f64::from(self.rng.below(2_001)) / 1_000.0 - 1.0);
            self.arrivals.push((at + self.one_way + jitter, tick.0));
        }

        fn tick(&mut self, tick: u32) {
            let at = f64::from(tick) * self.period;
            let (arrived, flying) = self.arrivals.drain(..).partition(|&(arrival, _)| arrival <= at);
            self.arrivals = flying;
            for (arrival, input) in arrived {
                let margin = f64::from(input) * self.period - arrival;
                self.margin = (margin / MARGIN_UNIT).clamp(-127.0, 127.0) as i8;
                self.margins.push(margin);
                self.late += u32::from(margin < 0.0);
                self.last_applied = self.last_applied.max(input);
            }
            let age = tick.saturating_sub(self.last_applied).min(127) as u8;
            self.snapshots.push((at + self.one_way, header(tick, age, self.margin)));
        }
    }

    fn header(tick: u32, input_age: u8, margin: i8) -> SnapshotHeader<()> {
        SnapshotHeader {
            tick: Tick(tick),
            full_tick: true,
            epoch: 0,
            reduced: false,
            baseline: None,
            input_age,
            margin,
            own: None,
            checksum: None,
        }
    }

    fn rate() -> TickRate {
        TickRate::new(30).unwrap()
    }

    /// Runs clock and server together for `ticks`. The clock is set from a round trip that is wrong by `rtt_error_ms`.
    fn run(server: &mut Server, first: u32, ticks: u32, clock: &mut Option<Clock>, rtt_error_ms: f64) {
        let step = 0.000_5;
        let mut next_tick = first;
        let mut now = f64::from(first) * server.period;
        let end = f64::from(first + ticks) * server.period;
        while now < end {
            if now >= f64::from(next_tick) * server.period {
                server.tick(next_tick);
                next_tick += 1;
            }
            let at = Duration::from_secs_f64(now);
            let rtt = Duration::from_secs_f64(2.0 * server.one_way + rtt_error_ms / 1_000.0);
            let (arrived, flying) = server.snapshots.drain(..).partition(|&(arrival, _)| arrival <= now);
            server.snapshots = flying;
            for (_, header) in arrived {
                match clock {
                    None => *clock = Some(start(header.tick, rtt, at)),
                    Some(clock) => clock.handle_snapshot(&header, rtt, at),
                }
            }
            while let Some((tick, _)) = clock.as_mut().and_then(|clock| clock.take_due(at)) {
                server.send(tick, now);
            }
            now += step;
        }
    }

    fn start(tick: Tick, rtt: Duration, at: Duration) -> Clock {
        Clock::start(ClockConfig::default(), rate(), Arrival { tick, at }, rtt, at)
    }

    fn settled_margins_ms(server: &Server) -> (f64, f64) {
        let settled = &server.margins[server.margins.len() - 200..];
        let mean = settled.iter().sum::<f64>() / settled.len() as f64;
        (mean * 1_000.0, settled.iter().copied().fold(f64::MAX, f64::min) * 1_000.0)
    }

    #[test]
    fn inputs_arrive_just_before_their_tick() {
        for (one_way_ms, rtt_error_ms) in [(0.1, 0.0), (40.0, 0.0), (40.0, 25.0), (40.0, -25.0), (150.0, 60.0)] {
            let mut server = Server::new(one_way_ms, 0.0);
            run(&mut server, 1, 600, &mut None, rtt_error_ms);
            let (mean, least) = settled_margins_ms(&server);
            assert!((0.7..3.0).contains(&mean), "{one_way_ms} ms, wrong by {rtt_error_ms}: margin {mean}");
            assert!(least > 0.0, "{one_way_ms} ms, wrong by {rtt_error_ms}: least margin {least}");
        }
    }

    #[test]
    fn jitter_widens_the_margin_by_no_more_than_it_needs() {
        let mut server = Server::new(40.0, 10.0);
        run(&mut server, 1, 900, &mut None, 0.0);
        let late_before = server.late;
        run(&mut server, 901, 1, &mut None, 0.0);
        let (mean, least) = settled_margins_ms(&server);
        assert!((8.0..20.0).contains(&mean), "margin {mean}");
        assert!(least > -4.0, "least margin {least}");
        assert!(late_before < 30, "{late_before} of 900 late");
    }

    #[test]
    fn clock_comes_back_from_a_margin_beyond_what_a_server_can_report() {
        let mut server = Server::new(40.0, 60.0);
        let mut clock = None;
        run(&mut server, 1, 300, &mut clock, 0.0);
        server.jitter = 0.0;
        run(&mut server, 301, 1_200, &mut clock, 0.0);
        let (mean, least) = settled_margins_ms(&server);
        assert!((0.7..3.0).contains(&mean), "margin {mean}");
        assert!(least > 0.0, "least margin {least}");
        assert_eq!(clock.unwrap().snaps(), 0);
    }

    #[test]
    fn input_that_came_late_makes_the_clock_careful_for_a_while() {
        let mut server = Server::new(20.0, 0.0);
        let mut clock = None;
        run(&mut server, 1, 600, &mut clock, 0.0);
        let calm = clock.as_ref().unwrap().margin_aim();
        server.one_way += 0.004;
        run(&mut server, 601, 2, &mut clock, 0.0);
        server.one_way -= 0.004;
        run(&mut server, 603, 60, &mut clock, 0.0);
        assert!(server.late > 0);
        let careful = clock.as_ref().unwrap().margin_aim() - calm;
        assert!((0.000_5..0.003).contains(&careful), "{careful} more after one late input");
        run(&mut server, 663, 900, &mut clock, 0.0);
        assert_eq!(clock.unwrap().margin_aim(), calm);
    }

    #[test]
    fn tick_numbers_increase_by_one_while_the_clock_bends() {
        let mut clock = start(Tick(100), Duration::ZERO, Duration::ZERO);
        let mut expected = clock.next_tick();
        let mut previous = None;
        for round in 0..200 {
            let at = clock.next_at();
            let (tick, scheduled) = clock.take_due(at).unwrap();
            assert_eq!((tick, scheduled), (expected, at));
            if let Some(previous) = previous {
                let length = (at - previous).as_secs_f64() * 30.0;
                assert!((0.95..1.06).contains(&length), "tick of {length} periods");
            }
            previous = Some(at);
            expected = tick.next();
            clock.handle_snapshot(&header(tick.0, 0, if round < 100 { -80 } else { 120 }), Duration::ZERO, at);
        }
        assert_eq!(clock.snaps(), 0);
    }

    #[test]
    fn clock_that_is_late_jumps_instead_of_losing_seconds_of_inputs() {
        let mut server = Server::new(40.0, 0.0);
        let mut clock = None;
        run(&mut server, 1, 90, &mut clock, 0.0);
        let clock_now = clock.as_mut().unwrap();
        clock_now.next_tick = clock_now.next_tick.minus(4);
        let late_before = server.late;
        run(&mut server, 91, 300, &mut clock, 0.0);
        assert_eq!(clock.unwrap().snaps(), 1);
        assert!(server.late - late_before <= 12, "{} inputs lost", server.late - late_before);
    }

    #[test]
    fn start_goes_by_the_promptest_snapshot() {
        let prompt = Arrival { tick: Tick(100), at: Duration::from_millis(1_000) };
        let now = Duration::from_millis(1_250);
        let clock = Clock::start(ClockConfig::default(), rate(), prompt, Duration::from_millis(20), now);
        assert!(clock.next_at() >= now);
        let arrival = clock.next_at() + Duration::from_millis(20) - prompt.at;
        let margin_ms = f64::from(clock.next_tick().0 - 100) * 1_000.0 / 30.0 - arrival.as_secs_f64() * 1_000.0;
        assert!((1.9..2.1).contains(&margin_ms), "margin {margin_ms}");
    }

    #[test]
    fn start_is_never_before_now_whatever_rounding_leaves() {
        // The first input is due exactly now: the lead is a whole number of ticks, apart from rounding.
        let now = Duration::from_secs(1);
        for hz in [10, 20, 30, 60, 120] {
            let tick_rate = TickRate::new(hz).unwrap();
            for ticks in 1..200u32 {
                let lead = Duration::from_secs_f64(f64::from(ticks) / f64::from(hz));
                for nanos in 0..5 {
                    let rtt = lead + Duration::from_nanos(nanos) - Duration::from_millis(2) - Duration::from_nanos(2);
                    let prompt = Arrival { tick: Tick(100), at: now };
                    let clock = Clock::start(ClockConfig::default(), tick_rate, prompt, rtt, now);
                    assert!(clock.next_at() >= now, "{hz} Hz, {rtt:?}");
                }
            }
        }
    }

    #[test]
    fn clock_that_is_far_off_jumps_once() {
        let mut server = Server::new(20.0, 0.0);
        let mut clock = None;
        run(&mut server, 1, 90, &mut clock, 0.0);
        // To the client the server seems to have stopped for a second: its ticks now come 30 late.
        let mut late = clock.clone().unwrap();
        late.next_tick = late.next_tick.plus(30);
        let mut clock = Some(late);
        run(&mut server, 91, 300, &mut clock, 0.0);
        assert_eq!(clock.unwrap().snaps(), 1);
        let (mean, _) = settled_margins_ms(&server);
        assert!((0.7..3.0).contains(&mean), "margin {mean}");
    }

    #[test]
    fn standstill_skips_the_ticks_it_missed() {
        let mut clock = start(Tick(100), Duration::ZERO, Duration::ZERO);
        let (tick, at) = clock.take_due(clock.next_at()).unwrap();
        let now = at + Duration::from_secs(2);
        let made: Vec<_> = std::iter::from_fn(|| clock.take_due(now)).map(|(tick, _)| tick).collect();
        assert!(made.len() <= 2, "{} inputs in one burst", made.len());
        assert!((58..=61).contains(&made[0].since(tick)), "{:?} after {tick:?}", made[0]);
        assert!(clock.next_at() > now);
    }

    #[test]
    fn one_late_snapshot_moves_nothing() {
        let mut clock = start(Tick(100), Duration::ZERO, Duration::ZERO);
        clock.handle_snapshot(&header(101, 0, 6), Duration::ZERO, Duration::from_millis(900));
        assert_eq!(clock.snaps(), 0);
    }
}
