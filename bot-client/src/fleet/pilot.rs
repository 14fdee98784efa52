//! Steers one bot and records what it measures.

use std::{sync::Arc, time::Duration};

use client::{
    Client, ClientEvent, ClientSight, Counters,
    native::{Pilot, Way},
};
use shared::{
    PlayerId, Tick,
    game::{Board as _, Bot as _, Game},
};

use crate::{
    fleet::stalling::Stalling,
    measure::{
        absence::Absence,
        live_counters::LiveReporter,
        record::Recorder,
        stage::{Stage, Stages},
    },
    options::{cut::Cut, transport::Transport},
};

/// Plays for one bot and reports its measurements.
#[derive(Debug)]
pub(crate) struct BotPilot<G: Game> {
    number: u32,
    bot: G::Bot,
    transport: Transport,
    stages: Arc<Stages>,
    recorder: Arc<Recorder>,
    joined: bool,
    /// Room and seat, and below the score there if the game has one.
    seat: Option<(u32, PlayerId)>,
    score: Option<i64>,
    /// True once the server has sent the welcome on this link.
    entered: bool,
    absence: Option<Absence>,
    cut: Option<Cut>,
    next_cut: Duration,
    /// True if the next loss of the link is a cut of ours.
    cutting: bool,
    seen: Stage,
    /// Counters and time at the begin of the measured window, while it is open.
    window: Option<(Counters, Duration)>,
    /// Counters of this link that are in the fleet's record.
    reported: Counters,
    next_look: Duration,
    looks: Looks,
    live_reporter: LiveReporter,
    stalling: Stalling,
}

/// Sums of samples taken now and then within the window.
#[derive(Clone, Copy, Debug, Default)]
struct Looks {
    visible_sum: u64,
    visible_samples: u64,
    margin_aim_sum: f64,
    margin_sum: f64,
    margin_samples: u64,
}

impl<G: Game> BotPilot<G> {
    pub(crate) fn new(
        number: u32,
        bot: G::Bot,
        transport: Transport,
        cut: Option<Cut>,
        stalling: Stalling,
        stages: Arc<Stages>,
        recorder: Arc<Recorder>,
    ) -> Self {
        Self {
            number,
            bot,
            transport,
            stages,
            recorder,
            joined: false,
            seat: None,
            score: None,
            entered: false,
            absence: None,
            cut,
            next_cut: Duration::MAX,
            cutting: false,
            seen: Stage::Ramp,
            window: None,
            reported: Counters::default(),
            next_look: Duration::ZERO,
            looks: Looks::default(),
            live_reporter: LiveReporter::default(),
            stalling,
        }
    }

    /// The transport of the current link, or of the next one.
    pub(crate) const fn transport(&self) -> Transport {
        self.transport
    }

    /// True once the server has sent a welcome to this bot.
    pub(crate) const fn has_joined(&self) -> bool {
        self.joined
    }

    /// The link has ended: reports the rest. The next link counts from zero.
    fn finish(&mut self, client: &Client<G>, now: Duration) {
        self.report(&client.stats().counters);
        self.close_window(client, now);
        self.entered = false;
        self.reported = Counters::default();
        self.live_reporter.finish(&client.stats().counters, self.recorder.live_counters());
    }

    /// Adds to the fleet's record what this bot has counted since the last report.
    fn report(&mut self, counters: &Counters) {
        let mut record = self.recorder.lock();
        record.whole.add(&self.reported, counters);
        record.sides[self.transport.index()].add_whole(&self.reported, counters);
        self.reported = *counters;
    }

    fn follow_stage(&mut self, client: &Client<G>, now: Duration) {
        let stage = self.stages.now();
        if stage == self.seen {
            return;
        }
        match stage {
            Stage::Measure => {
                if self.entered {
                    self.open_window(client.stats().counters, now);
                }
                self.next_cut = self.cut.map_or(Duration::MAX, |cut| now + Duration::from_secs_f64(cut.every));
            }
            Stage::Ramp | Stage::Leave => {
                self.report(&client.stats().counters);
                self.close_window(client, now);
            }
        }
        self.seen = stage;
    }

    fn open_window(&mut self, counters: Counters, now: Duration) {
        if self.window.replace((counters, now)).is_none() {
            self.stages.open_window();
        }
    }

    fn close_window(&mut self, client: &Client<G>, now: Duration) {
        let Some((before, since)) = self.window.take() else { return };
        let mut record = self.recorder.lock();
        let (after, seconds) = (&client.stats().counters, now.saturating_sub(since).as_secs_f64());
        record.window.add(&before, after, seconds);
        record.sides[self.transport.index()].add_window(&before, after, seconds);
        let Looks { visible_sum, visible_samples, margin_aim_sum, margin_sum, margin_samples } =
            std::mem::take(&mut self.looks);
        record.window.visible_sum += visible_sum;
        record.window.visible_samples += visible_samples;
        record.window.margin_aim_sum += margin_aim_sum;
        record.window.margin_sum += margin_sum;
        record.window.margin_samples += margin_samples;
        drop(record);
        // This comes last, so that the record is complete once all windows are closed.
        self.stages.close_window();
    }

    /// Notes the seat and the score, and records a return if the bot was away.
    fn note_seat(&mut self, client: &Client<G>, now: Duration) {
        // The roster comes with the welcome, and a snapshot shows that the game goes on.
        let (Some(welcome), true) = (client.welcome(), client.stats().counters.snapshots > 0) else { return };
        let Some(player) = welcome.member.player() else { return };
        if client.roster().get(player).is_none() {
            return;
        }
        let score = client.board().score(player);
        let seat = (welcome.room, player);
        if let Some(absence) = self.absence.take() {
            self.recorder.lock().absences.add_return(&absence, seat, score, now);
        }
        self.seat = Some(seat);
        self.score = score;
    }

    /// The session has ended, and the bot joins again.
    pub(crate) fn reset_seat(&mut self) {
        self.absence = None;
        self.seat = None;
    }

    fn take_measurements(&mut self, client: &mut Client<G>) {
        let mut record = None;
        while let Some(measurement) = client.stats_mut().poll_measurement() {
            if self.seen == Stage::Measure {
                record.get_or_insert_with(|| self.recorder.lock()).measure(self.transport, measurement);
            }
        }
    }

    fn look_around(&mut self, client: &Client<G>, now: Duration) {
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

impl<G: Game> Pilot for BotPilot<G> {
    type Game = G;

    fn steer(&mut self, client: &Client<G>, tick: Tick) -> G::Input {
        ClientSight::new(client, tick).map(|sight| self.bot.input(&sight)).unwrap_or_default()
    }

    fn observe(&mut self, client: &mut Client<G>, now: Duration) {
        let mut reported = false;
        while let Some(event) = client.poll_event() {
            reported = true;
            if event == ClientEvent::Joined
                && let Some(welcome) = client.welcome()
            {
                if !std::mem::replace(&mut self.joined, true) {
                    self.stages.add_joined(welcome.tick_rate.hz());
                }
                self.entered = true;
                if self.seen == Stage::Measure {
                    self.open_window(Counters::default(), now);
                }
            }
        }
        // The roster and the scores change only with events.
        if reported || self.seat.is_none() || self.absence.is_some() {
            self.note_seat(client, now);
        }
        self.follow_stage(client, now);
        self.take_measurements(client);
        self.look_around(client, now);
        self.live_reporter.report(&client.stats().counters, self.recorder.live_counters(), now);
        if self.stalling.observe(client.stats().counters.state_checks) {
            self.stages.add_recovered();
        }
    }

    fn stalls_until(&mut self, now: Duration) -> Option<Duration> {
        let (_, since) = self.window.as_ref()?;
        let measuring = now.saturating_sub(*since);
        let lasts = self.stalling.poll(measuring)?;
        self.stages.add_stalled();
        Some(now + lasts)
    }

    fn link_ended(&mut self, client: &mut Client<G>, now: Duration) {
        self.take_measurements(client);
        self.finish(client, now);
    }

    fn link_lost(&mut self, client: &Client<G>, way: &mut Way<'_>, why: &str, now: Duration) -> Duration {
        tracing::debug!(why, "link lost");
        let mut down = Duration::ZERO;
        if let Some(cut) = self.cut.filter(|_| std::mem::take(&mut self.cutting)) {
            down = Duration::from_secs_f64(cut.down);
            self.transport = cut.back_over.after(self.transport);
            way.carrier = self.transport.native();
        }
        self.recorder.lock().absences.add_lost();
        self.stalling.lose();
        self.absence = Absence::new(self.seat, self.score, client.heard_at(), now, down);
        down
    }

    fn wants_to_cut(&mut self, now: Duration) -> bool {
        let Some(cut) = self.cut.filter(|_| self.entered && self.absence.is_none() && now >= self.next_cut) else {
            return false;
        };
        // All bots are cut at the same times, however long each took to come back.
        let every = Duration::from_secs_f64(cut.every);
        while self.next_cut <= now + Duration::from_secs_f64(cut.down) {
            self.next_cut += every;
        }
        self.cutting = self.seen == Stage::Measure;
        self.cutting
    }

    fn wants_to_leave(&self) -> bool {
        self.stages.dismisses(self.number)
    }
}

/// Time between two samples of the view and the clock.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);
