//! Steers one bot and takes down what it sees.

use std::{sync::Arc, time::Duration};

use client::{Client, ClientEvent, Counters, native::Pilot};
use shared::{Tick, input::Input};

use crate::{
    behavior::Behavior,
    record::Recorder,
    stage::{Stage, Stages},
};

/// See the module.
#[derive(Debug)]
pub(crate) struct BotPilot {
    behavior: Behavior,
    stages: Arc<Stages>,
    recorder: Arc<Recorder>,
    joined: bool,
    seen: Stage,
    /// Counters and time at the window's begin.
    window: (Counters, Duration),
    next_look: Duration,
    visible_sum: u64,
    visible_samples: u64,
}

impl BotPilot {
    pub(crate) fn new(behavior: Behavior, stages: Arc<Stages>, recorder: Arc<Recorder>) -> Self {
        Self {
            behavior,
            stages,
            recorder,
            joined: false,
            seen: Stage::Ramp,
            window: Default::default(),
            next_look: Duration::ZERO,
            visible_sum: 0,
            visible_samples: 0,
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
        self.recorder.lock().whole.add(&client.stats().counters);
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
        record.window.add(before, &client.stats().counters, now.saturating_sub(*since).as_secs_f64());
        record.window.visible_sum += self.visible_sum;
        record.window.visible_samples += self.visible_samples;
    }

    fn take_measurements(&mut self, client: &mut Client) {
        let mut record = None;
        while let Some(measurement) = client.stats_mut().poll_measurement() {
            if self.seen == Stage::Measure {
                record.get_or_insert_with(|| self.recorder.lock()).measure(measurement);
            }
        }
    }

    fn look_around(&mut self, client: &Client, now: Duration) {
        if self.seen == Stage::Measure && now >= self.next_look {
            self.next_look = now + LOOK_INTERVAL;
            self.visible_sum += client.view().len() as u64;
            self.visible_samples += 1;
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

/// How often visible entities are counted.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);
