//! Steers one bot and takes down what it sees.

use std::{sync::Arc, time::Duration};

use client::{Client, ClientEvent, Counters, native::Pilot};
use shared::{Tick, input::Input};

use crate::{
    args::Carrier,
    behavior::Behavior,
    record::Recorder,
    stage::{Stage, Stages},
};

/// See the module.
#[derive(Debug)]
pub(crate) struct BotPilot {
    behavior: Behavior,
    carrier: Carrier,
    stages: Arc<Stages>,
    recorder: Arc<Recorder>,
    joined: bool,
    seen: Stage,
    /// Counters and time at the window's begin.
    window: (Counters, Duration),
    next_look: Duration,
    looks: Looks,
}

/// What is looked at now and then within the window.
#[derive(Clone, Copy, Debug, Default)]
struct Looks {
    visible_sum: u64,
    visible_samples: u64,
    margin_aim_sum: f64,
    margin_sum: f64,
    margin_samples: u64,
}

impl BotPilot {
    pub(crate) fn new(behavior: Behavior, carrier: Carrier, stages: Arc<Stages>, recorder: Arc<Recorder>) -> Self {
        Self {
            behavior,
            carrier,
            stages,
            recorder,
            joined: false,
            seen: Stage::Ramp,
            window: Default::default(),
            next_look: Duration::ZERO,
            looks: Looks::default(),
        }
    }

    /// Whether the server ever said welcome.
    pub(crate) const fn has_joined(&self) -> bool {
        self.joined
    }

    /// Adds what this bot counted to the fleet's record, at its end.
    pub(crate) fn finish(&mut self, client: &Client, now: Duration) {
        if self.seen == Stage::Measure {
            self.close_window(client, now);
        }
        let mut record = self.recorder.lock();
        record.whole.add(&client.stats().counters);
        record.sides[self.carrier.index()].add_whole(&client.stats().counters);
    }

    fn follow_stage(&mut self, client: &Client, now: Duration) {
        let stage = self.stages.now();
        if stage == self.seen {
            return;
        }
        match stage {
            Stage::Ramp => {}
            Stage::Measure => self.window = (client.stats().counters, now),
            Stage::Leave if self.seen == Stage::Measure => self.close_window(client, now),
            Stage::Leave => {}
        }
        self.seen = stage;
    }

    fn close_window(&self, client: &Client, now: Duration) {
        let (before, since) = &self.window;
        let mut record = self.recorder.lock();
        let (after, seconds) = (&client.stats().counters, now.saturating_sub(*since).as_secs_f64());
        record.window.add(before, after, seconds);
        record.sides[self.carrier.index()].add_window(before, after, seconds);
        let Looks { visible_sum, visible_samples, margin_aim_sum, margin_sum, margin_samples } = self.looks;
        record.window.visible_sum += visible_sum;
        record.window.visible_samples += visible_samples;
        record.window.margin_aim_sum += margin_aim_sum;
        record.window.margin_sum += margin_sum;
        record.window.margin_samples += margin_samples;
    }

    fn take_measurements(&mut self, client: &mut Client) {
        let mut record = None;
        while let Some(measurement) = client.stats_mut().poll_measurement() {
            if self.seen == Stage::Measure {
                record.get_or_insert_with(|| self.recorder.lock()).measure(self.carrier, measurement);
            }
        }
    }

    fn look_around(&mut self, client: &Client, now: Duration) {
        if self.seen != Stage::Measure || now < self.next_look {
            return;
        }
        self.next_look = now + LOOK_INTERVAL;
        self.looks.visible_sum += client.view().len() as u64;
        self.looks.visible_samples += 1;
        if let Some(clock) = client.clock()
            && let Some(margin) = clock.margin_expected()
        {
            self.looks.margin_aim_sum += clock.margin_aim();
            self.looks.margin_sum += margin;
            self.looks.margin_samples += 1;
        }
    }
}

impl Pilot for BotPilot {
    fn steer(&mut self, client: &Client, tick: Tick) -> Input {
        self.behavior.decide(client, tick)
    }

    fn observe(&mut self, client: &mut Client, now: Duration) {
        while let Some(event) = client.poll_event() {
            if event == ClientEvent::Joined
                && let Some(welcome) = client.welcome()
            {
                self.joined = true;
                self.stages.add_joined(welcome.tick_rate.hz());
            }
        }
        self.follow_stage(client, now);
        self.take_measurements(client);
        self.look_around(client, now);
    }

    fn wants_to_leave(&self) -> bool {
        self.seen == Stage::Leave
    }
}

/// How often a bot looks around.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);
