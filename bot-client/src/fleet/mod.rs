//! All bots of a run: they join at the rate of the ramp, are measured together, and leave. Between two measurements a
//! fleet can grow and shrink; bots that stay keep playing.

mod bot;
mod hostile;
mod live;
mod pilot;
mod progress;
mod shared_state;
mod stalling;
mod timeline;

use std::{
    collections::BTreeSet,
    future::Future,
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context;
use client::{
    Maps,
    native::{Drivers, HttpClient, QuicEndpoints, Trust},
};
use shared::game::{Game, MapOf};
use tokio::task::JoinSet;

use crate::{
    fleet::{live::Live, progress::Progress, shared_state::Shared, timeline::Timeline},
    measure::{
        cpu,
        prometheus::Scrape,
        punctuality::{Lateness, Punctuality},
        record::Recorder,
        server_figures::{self, ServerFigures},
        stage::{Stage, Stages},
    },
    options::args::Args,
    report::{Measured, Report, about_server::AboutServer, origin::Origin},
};

/// All bots of a run.
#[derive(Debug)]
pub(crate) struct Fleet<G: Game> {
    shared: Arc<Shared>,
    /// Decoded maps, shared by all bots.
    maps: Maps<MapOf<G>>,
    trust: Trust,
    lateness: Arc<Lateness>,
    /// One task per bot; it returns the bot's number.
    bots: JoinSet<u32>,
    /// Numbers of the bots that have not ended.
    present: BTreeSet<u32>,
    /// Origin of the reports: versions, machine, server.
    pub(crate) origin: Origin,
    /// True if the progress bars are hidden: by `--quiet`, or by the live view.
    hides_bars: bool,
}

/// Runs a fleet from the first join until all bots have left. Ctrl-C ends the measurement early; the report is still
/// made.
///
/// # Errors
/// See [`Fleet::new`].
pub(crate) async fn run<G: Game>(args: &Args) -> anyhow::Result<Report> {
    let mut fleet = Fleet::<G>::new(args).await?;
    let origin = fleet.origin.clone();
    let timeline = Arc::new(Timeline::default());
    let live = live::is_wanted(args).then(Live::start).flatten();
    let watched = args.output.report.is_some() || live.is_some();
    fleet.hides_bars = args.quiet || live.is_some();
    let mut companions = JoinSet::new();
    companions.spawn(timeline::follow(fleet.shared.clone(), timeline.clone(), watched));
    if let Some(live) = live {
        companions.spawn(live.show(fleet.shared.clone(), timeline.clone()));
    }
    let mut interrupted = pin!(async { drop(tokio::signal::ctrl_c().await) });
    let complete = tokio::select! {
        joined = fleet.resize(args.bots) => joined? > 0,
        () = &mut interrupted => {
            fleet.abort();
            false
        }
    };
    let planned = Duration::from_secs_f64(args.seconds);
    let measured = if complete { fleet.measure(planned, interrupted).await } else { Measured::default() };
    companions.shutdown().await;
    fleet.leave().await;
    let Shared { stages, recorder, .. } = &*fleet.shared;
    let measured = Measured { timeline: timeline.seconds(), origin, ..measured };
    Ok(Report::new(args, stages, &recorder.lock(), measured))
}

impl<G: Game> Fleet<G> {
    /// Creates a fleet without bots.
    ///
    /// # Errors
    /// The sockets cannot be opened, the server's ops listener does not answer, or the server does not host the game.
    pub(crate) async fn new(args: &Args) -> anyhow::Result<Self> {
        let trust = args.common.trust()?;
        let http = HttpClient::new(trust.clone());
        if let Some(ops) = &args.common.ops {
            server_figures::scrape(&http, ops).await.with_context(|| format!("cannot read {ops}/metrics"))?;
        }
        let about = AboutServer::ask(&http, &args.common.server).await;
        if let Some(about) = &about {
            let checked = about.check::<G>(args.common.mode.as_deref());
            checked.map_err(|problem| anyhow::anyhow!("{}: {problem}", args.common.server))?;
        }
        let origin =
            Origin::of_run::<G>(about.as_ref().map(|about| about.origin(G::NAME, args.common.mode.as_deref())));
        let lateness = Arc::new(Lateness::default());
        let drivers = match args.common.stock {
            true => None,
            false => Some(Drivers::start(args.common.threads, trust.clone(), lateness.taker())),
        };
        let shared = Shared {
            args: args.clone(),
            http,
            drivers: drivers.transpose().context("cannot start a thread with its sockets")?,
            stages: Arc::new(Stages::default()),
            recorder: Arc::new(Recorder::new()),
            start: Instant::now(),
        };
        let (bots, present) = (JoinSet::new(), BTreeSet::new());
        let shared = Arc::new(shared);
        Ok(Self { shared, maps: Maps::default(), trust, lateness, bots, present, origin, hides_bars: false })
    }

    /// Removes or adds bots until `players` are there or could not join. Returns the number of bots that have joined.
    ///
    /// # Errors
    /// The sockets cannot be opened.
    pub(crate) async fn resize(&mut self, players: u32) -> anyhow::Result<u32> {
        let stages = self.shared.stages.clone();
        stages.keep(players);
        while self.present.last().is_some_and(|&last| last >= players) {
            let Some(ended) = self.bots.join_next().await else { break };
            self.present.remove(&ended.context("the task of a bot panicked")?);
        }
        while let Some(ended) = self.bots.try_join_next() {
            self.present.remove(&ended.context("the task of a bot panicked")?);
        }
        stages.begin(self.present.len() as u32);
        let missing: Vec<u32> = (0..players).filter(|number| !self.present.contains(number)).collect();
        self.bring(&missing)?;
        all_joined(&stages, players, self.hides_bars).await;
        Ok(stages.arrived())
    }

    fn bring(&mut self, numbers: &[u32]) -> anyhow::Result<()> {
        if numbers.is_empty() {
            return Ok(());
        }
        let stock = numbers.iter().filter(|&&number| !self.shared.args.is_driven(number)).count();
        let quic = QuicEndpoints::bind(stock.div_ceil(BOTS_PER_SOCKET)).context("cannot bind UDP sockets")?;
        let (quic, now) = (Arc::new(quic.trusting(self.trust.clone())), Instant::now());
        for (&number, turn) in numbers.iter().zip(0..) {
            let (shared, maps, quic) = (self.shared.clone(), self.maps.clone(), quic.clone());
            self.bots.spawn(async move {
                bot::wait_for_turn(now, turn, shared.args.common.ramp).await;
                bot::live::<G>(shared, maps, quic, number).await;
                number
            });
            self.present.insert(number);
        }
        Ok(())
    }

    /// Measures for `planned` time, or until interrupted. The bots' measurements are complete only after
    /// [`Fleet::take_report`] or [`Fleet::leave`], when all bots have noticed the end.
    pub(crate) async fn measure(&self, planned: Duration, interrupted: impl Future<Output = ()>) -> Measured {
        let shared = &self.shared;
        let before = self.look().await;
        shared.stages.set(Stage::Measure);
        let (began, cpu_before) = (Instant::now(), cpu::process_cpu());
        let punctuality = Punctuality::watch(self.lateness.clone(), self.shared.args.has_tasks());
        tokio::select! {
            () = show_progress(&shared.stages, began, planned, self.hides_bars) => {}
            () = interrupted => {}
        }
        let bots_late_ms = punctuality.finish();
        let cpu = cpu::process_cpu().zip(cpu_before).map(|(after, before)| (after - before).as_secs_f64());
        let seconds = began.elapsed().as_secs_f64();
        let after = self.look().await;
        let server = before.zip(after).map(|(before, after)| ServerFigures::between(&before, &after, seconds));
        Measured { seconds, bot_cpu_seconds: cpu, bots_late_ms, server, ..Measured::default() }
    }

    /// Ends a measurement while the bots play on, and reports what was measured since the last report. `args` are those
    /// of a run of this many bots.
    pub(crate) async fn take_report(&self, args: &Args, measured: Measured) -> Report {
        let Shared { stages, recorder, .. } = &*self.shared;
        stages.set(Stage::Ramp);
        let patience = Instant::now() + NOTICED_WITHIN;
        while stages.windows() > 0 && Instant::now() < patience {
            tokio::time::sleep(REFRESH).await;
        }
        Report::new(args, stages, &recorder.take(), measured)
    }

    /// Ends all bots at once, since bots that wait for their turn or for an answer would delay the end.
    pub(crate) fn abort(&mut self) {
        self.bots.abort_all();
    }

    /// Lets all bots leave and waits for them.
    pub(crate) async fn leave(&mut self) {
        self.shared.stages.set(Stage::Leave);
        while self.bots.join_next().await.is_some() {}
    }

    async fn look(&self) -> Option<Scrape> {
        let Shared { args, http, .. } = &*self.shared;
        let ops = args.common.ops.as_ref()?;
        let mut scrape = server_figures::scrape(http, ops).await;
        if scrape.is_err() {
            // The server may just have closed the idle connection.
            scrape = server_figures::scrape(http, ops).await;
        }
        scrape.inspect_err(|error| eprintln!("ricochet-bots: no figures from the server: {error:#}")).ok()
    }
}

async fn all_joined(stages: &Stages, players: u32, hides_bar: bool) {
    let progress = Progress::joining(players, hides_bar);
    // A bot that was dropped during the ramp had joined before; each one ends up joined or failed.
    while stages.arrived() + stages.failed() < players {
        tokio::time::sleep(REFRESH).await;
        progress.show_joins(stages);
    }
    progress.finish();
    // The first snapshots of the last bot are larger than usual; wait until they have passed.
    tokio::time::sleep(SETTLE).await;
}

async fn show_progress(stages: &Stages, began: Instant, planned: Duration, hides_bar: bool) {
    let progress = Progress::measuring(planned.as_secs_f64(), hides_bar);
    while let Some(left) = planned.checked_sub(began.elapsed()).filter(|left| !left.is_zero()) {
        tokio::time::sleep(left.min(REFRESH)).await;
        progress.show_time(began.elapsed(), stages);
    }
    progress.finish();
}

/// Few enough that a socket is read in time: quinn reads a socket for 50 µs, about 40 datagrams, and then yields to
/// every other task of the process. With 256 bots per socket a busy fleet read more slowly than the server wrote.
const BOTS_PER_SOCKET: usize = 32;
const REFRESH: Duration = Duration::from_millis(100);
const SETTLE: Duration = Duration::from_millis(500);
/// Four times as long as a bot may be idle.
const NOTICED_WITHIN: Duration = Duration::from_secs(2);
