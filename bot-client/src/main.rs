//! `ricochet-bots`: brings headless players into a server, has them play and verify what they are shown, and reports.

mod absence;
mod args;
mod behavior;
mod bot;
mod by_transport;
mod cpu;
mod fleet;
mod percentiles;
mod pilot;
mod progress;
mod prometheus;
mod record;
mod report;
mod server_figures;
mod slo;
mod stage;
mod stall;
mod table;

use std::process::ExitCode;

use clap::Parser;

use crate::args::Args;

fn main() -> ExitCode {
    let args = Args::parse();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let mut report = match runtime(args.threads).and_then(|runtime| runtime.block_on(fleet::run(&args))) {
        Ok(report) => report,
        Err(error) => {
            eprintln!("ricochet-bots: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    if let Some(objectives) = &args.slo {
        report.judge(objectives);
    }
    println!("{}", table::render(&report));
    if let Some(file) = &args.json
        && let Err(error) = report.write(file)
    {
        eprintln!("ricochet-bots: {error:#}");
        return ExitCode::FAILURE;
    }
    if report.is_clean() && report.keeps_objectives() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

const TASKS_PER_LOOK: u32 = 200;

fn runtime(threads: usize) -> anyhow::Result<tokio::runtime::Runtime> {
    // One thread without work stealing costs a bot a third of what several threads do.
    let mut builder = match threads {
        1 => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    if threads > 1 {
        builder.worker_threads(threads);
    }
    // Looking at sockets and timers after every 61 tasks costs a fleet more than the fraction of a millisecond it gains.
    Ok(builder.enable_all().event_interval(TASKS_PER_LOOK).build()?)
}
