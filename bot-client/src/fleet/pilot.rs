//! Steers one bot and takes down what it sees.

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

/// See the module.
#[derive(Debug)]
pub(crate) struct BotPilot<G: Game> {
    number: u32,
    bot: G::Bot,
    transport: Transport,
    stages: Arc<Stages>,
    recorder: Arc<Recorder>,
    joined: bool,
    /// Room and seat, and the score there if the game has one.
    seat: Option<(u32, PlayerId)>,
    score: Option<i64>,
    /// Said hello on this link, and was welcome.
    entered: bool,
    absence: Option<Absence>,
    cut: Option<Cut>,
    next_cut: Duration,
    /// The loss that comes is of our making.
    cutting: bool,
    seen: Stage,
    /// Counters and time at the window's begin, while it is open.
    window: Option<(Counters, Duration)>,
    /// What the fleet's record knows of this link.
    reported: Counters,
    next_look: Duration,
    looks: Looks,
    live_reporter: LiveReporter,
    stalling: Stalling,
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

    /// What it plays over, or will.
    pub(crate) const fn transport(&self) -> Transport {
        self.transport
    }

    /// Whether the server ever said welcome.
    pub(crate) const fn has_joined(&self) -> bool {
        self.joined
    }

    /// The link has ended: tells the rest. The next one counts from zero.
    fn finish(&mut self, client: &Client<G>, now: Duration) {
        self.report(&client.stats().counters);
        self.close_window(client, now);
        self.entered = false;
        self.reported = Counters::default();
        self.live_reporter.finish(&client.stats().counters, self.recorder.live_counters());
    }

    /// Adds what this bot has counted since the last time to the fleet's record.
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
        // Last: whoever waits for it finds everything in the record.
        self.stages.close_window();
    }

    /// Notes where it plays, and whether that is again.
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

    /// Its session was over, and it begins another.
    pub(crate) fn begin_anew(&mut self) {
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
        // Who plays and with what score changes by events only.
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
        // On a grid, so that a fleet is cut as one however long each took to come back.
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

/// How often a bot looks around.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);
