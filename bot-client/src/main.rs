//! `ricochet-bots`: brings headless players into a server, has them play and verify what they are shown, and reports.

mod absence;
mod args;
mod behavior;
mod bot;
mod by_transport;
mod cli;
mod compare;
mod cpu;
mod fleet;
mod html;
mod live;
mod machine;
mod origin;
mod percentiles;
mod pilot;
mod progress;
mod prometheus;
mod pulse;
mod record;
mod report;
#[cfg(test)]
mod samples;
mod saved;
mod server_figures;
mod spread;
mod stage;
mod stall;
mod table;
mod timeline;

use std::process::ExitCode;

use clap::Parser;

use crate::{args::Args, cli::Cli, report::Report};

fn main() -> ExitCode {
    let Cli { command, run: args } = Cli::parse();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    if let Some(command) = command {
        return match command.run() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failure(&error),
        };
    }
    let report = match runtime(args.threads).and_then(|runtime| runtime.block_on(fleet::run(&args))) {
        Ok(report) => report,
        Err(error) => return failure(&error),
    };
    println!("{}", table::render(&report));
    if let Err(error) = write(&args, &report) {
        return failure(&error);
    }
    if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn write(args: &Args, report: &Report) -> anyhow::Result<()> {
    if let Some(file) = &args.json {
        report.write(file)?;
    }
    args.report.as_ref().map_or(Ok(()), |folder| html::write(serde_json::to_value(report)?, folder))
}

fn failure(error: &anyhow::Error) -> ExitCode {
    eprintln!("ricochet-bots: {error:#}");
    ExitCode::FAILURE
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
