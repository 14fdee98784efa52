//! Headless players: they join a server, play, check the states they receive, and report.
//!
//! A program with bots for other games needs one line in `main`: `bot_client::main(&[BotGame::of::<MyGame>()])`.

mod capacity;
mod cli;
mod compare;
mod fleet;
mod game;
mod html;
mod measure;
mod options;
mod report;
#[cfg(test)]
mod samples;
mod slo;

use std::process::ExitCode;

use crate::cli::{Cli, Command};
pub use crate::game::BotGame;
use crate::options::args::Args;

/// Runs the program `ricochet-bots` with these games; the first is the default. Reads the command line, and exits if it
/// is invalid. Returns the exit code that `--help` documents.
pub fn main(games: &'static [BotGame]) -> ExitCode {
    let Cli { command, mut run } = Cli::read(games);
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let outcome = match command {
        None => {
            let game = BotGame::choose(games, &mut run.common).unwrap_or_else(|why| Cli::refuse(&why));
            run_once(game, &run)
        }
        Some(Command::Capacity(mut args)) => {
            let game = BotGame::choose(games, &mut args.common).unwrap_or_else(|why| Cli::refuse(&why));
            let bounds = args.bounds().unwrap_or_else(|why| Cli::refuse(&why));
            runtime(args.common.threads).and_then(|runtime| (game.search)(&runtime, &args, bounds))
        }
        Some(Command::Results(command)) => command.run().map(|()| ExitCode::SUCCESS),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("{}: {error:#}", report::command_line::program());
        ExitCode::FAILURE
    })
}

fn run_once(game: &BotGame, args: &Args) -> anyhow::Result<ExitCode> {
    let mut report = (game.run)(&runtime(args.common.threads)?, args)?;
    if let Some(objectives) = &args.slo {
        report.judge(objectives);
    }
    println!("{}", report::table::render(&report));
    html::write_result(&args.output, &report)?;
    let is_good = report.is_clean() && report.keeps_objectives();
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

// Checking sockets and timers after every 61 tasks, tokio's default, costs a fleet more than the fraction of a millisecond it gains.
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
    Ok(builder.enable_all().event_interval(TASKS_PER_LOOK).build()?)
}
