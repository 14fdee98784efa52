//! All bots of a run: they join at the ramp's pace, are measured together, and leave.

use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context;
use client::native::{HttpClient, QuicEndpoints};
use tokio::task::JoinSet;

use crate::{
    args::Args,
    bot::{self, Shared},
    cpu,
    live::{self, Live},
    origin::Origin,
    progress::Progress,
    prometheus::Scrape,
    record::Recorder,
    report::{Measured, Report},
    server_figures::{self, ServerFigures},
    stage::{Stage, Stages},
    timeline::{self, Timeline},
};

/// Runs a fleet from its first join to its last goodbye. Ctrl-C ends the measurement early, not the report.
///
/// # Errors
/// When this process cannot open its sockets, or the server's ops listener does not answer.
pub(crate) async fn run(args: &Args) -> anyhow::Result<Report> {
    let trust = args.trust()?;
    let http = HttpClient::new(trust.clone());
    if let Some(ops) = &args.ops {
        server_figures::scrape(&http, ops).await.with_context(|| format!("cannot read {ops}/metrics"))?;
    }
    // Before the clock of the ramp starts, which this would make late.
    let origin = Origin::of_run(&http, &args.server).await;
    let shared = Arc::new(Shared {
        args: args.clone(),
        http,
        quic: QuicEndpoints::bind(args.bots.div_ceil(BOTS_PER_SOCKET) as usize)
            .context("cannot bind UDP sockets")?
            .trusting(trust),
        stages: Arc::new(Stages::default()),
        recorder: Arc::new(Recorder::new()),
        start: Instant::now(),
    });
    let timeline = Arc::new(Timeline::default());
    let live = live::is_wanted(args).then(Live::start).flatten();
    let watched = args.report.is_some() || live.is_some();
    let mut companions = JoinSet::new();
    companions.spawn(timeline::follow(shared.clone(), timeline.clone(), watched));
    if let Some(live) = live {
        companions.spawn(live.show(shared.clone(), timeline.clone()));
    }
    let mut interrupted = pin!(async { drop(tokio::signal::ctrl_c().await) });
    let mut bots = JoinSet::new();
    for number in 0..args.bots {
        let shared = shared.clone();
        bots.spawn(async move {
            bot::wait_for_turn(shared.start, number, shared.args.ramp).await;
            bot::live(shared, number).await;
        });
    }
    let complete = tokio::select! {
        () = all_joined(&shared) => shared.stages.joined() > 0,
        // Those that wait for their turn or for an answer would hold up the end.
        () = &mut interrupted => {
            bots.abort_all();
            false
        }
    };
    let measured = if complete { measure(&shared, interrupted).await } else { Measured::default() };
    shared.stages.set(Stage::Leave);
    companions.shutdown().await;
    while bots.join_next().await.is_some() {}
    let record = shared.recorder.lock();
    let measured = Measured { timeline: timeline.seconds(), origin, ..measured };
    Ok(Report::new(args, &shared.stages, &record, measured))
}

async fn all_joined(shared: &Shared) {
    let Shared { args, stages, .. } = shared;
    let progress = Progress::joining(args);
    // A bot that was dropped during the ramp had joined before; each one ends up joined or failed.
    while stages.joined() + stages.failed() < args.bots {
        tokio::time::sleep(REFRESH).await;
        progress.show_joins(stages);
    }
    progress.finish();
    // The last one's first snapshots are those of a newcomer; let them pass.
    tokio::time::sleep(SETTLE).await;
}

async fn measure(shared: &Shared, interrupted: impl Future<Output = ()>) -> Measured {
    let before = look(shared).await;
    shared.stages.set(Stage::Measure);
    let (began, cpu_before) = (Instant::now(), cpu::process_cpu());
    let planned = Duration::from_secs_f64(shared.args.seconds);
    tokio::select! {
        () = show_progress(shared, began, planned) => {}
        () = interrupted => {}
    }
    let cpu = cpu::process_cpu().zip(cpu_before).map(|(after, before)| (after - before).as_secs_f64());
    let seconds = began.elapsed().as_secs_f64();
    let after = look(shared).await;
    let server = before.zip(after).map(|(before, after)| ServerFigures::between(&before, &after));
    Measured { seconds, bot_cpu_seconds: cpu, server, ..Measured::default() }
}

async fn show_progress(shared: &Shared, began: Instant, planned: Duration) {
    let progress = Progress::measuring(&shared.args);
    while let Some(left) = planned.checked_sub(began.elapsed()).filter(|left| !left.is_zero()) {
        tokio::time::sleep(left.min(REFRESH)).await;
        progress.show_time(began.elapsed(), &shared.stages);
    }
    progress.finish();
}

async fn look(shared: &Shared) -> Option<Scrape> {
    let ops = shared.args.ops.as_ref()?;
    let mut scrape = server_figures::scrape(&shared.http, ops).await;
    if scrape.is_err() {
        // The server may just have closed the connection that was kept.
        scrape = server_figures::scrape(&shared.http, ops).await;
    }
    scrape.inspect_err(|error| eprintln!("ricochet-bots: no figures from the server: {error:#}")).ok()
}

/// Few enough to be heard in time: quinn reads a socket for 50 µs, some 40 datagrams, and then lets every other task of
/// the process have its turn. With 256 bots on each a busy fleet read slower than the server wrote.
const BOTS_PER_SOCKET: u32 = 32;
const REFRESH: Duration = Duration::from_millis(100);
const SETTLE: Duration = Duration::from_millis(500);
