//! The server as a program: reads its settings, runs until a signal ends it, and prints the greeting.

use std::{io::IsTerminal, panic::resume_unwind, pin::pin, process::ExitCode, sync::Arc, time::Duration};

use anyhow::Context;
use tokio::task::{JoinHandle, spawn_blocking};
use tracing::{info, warn};

use crate::{
    config::{
        ConfigError, Environment, Games, LiveConfig, Sources,
        flags::{Flags, FlagsError, Task},
    },
    games::Hosted,
    lifecycle::{check::check, outcome::Outcome, replay, run::Server},
    logging::{self, LineQueue, panics::log_panics, telemetry::Telemetry},
    ops::health,
};

/// Exit code of a server that ended with a fault: a shard had panicked, recordings are not completely on disk, or a third
/// signal cut the goodbyes short.
const DAMAGED: u8 = 1;
/// Exit code of a server that never ran: a bad flag, a port in use, a broken map.
const NOT_STARTED: u8 = 2;
/// Time to write the last lines; a log that nobody reads must not keep the server from ending.
const FLUSH_PATIENCE: Duration = Duration::from_secs(1);
/// A signal carries no reason for the players.
const NO_REASON: &str = "";

/// Runs the program on a server that can host these games; the first is the default. This is all of a `main` function.
///
/// # Panics
/// When [`Games::new`] panics: for example without a game, or with two games of one name.
pub fn main(games: &[&'static dyn Hosted]) -> ExitCode {
    let games = Games::new(games);
    let flags = match Flags::parse_from_words(games, std::env::args_os()) {
        Ok(flags) => flags,
        Err(FlagsError::Answer(text)) => {
            print!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(FlagsError::Bad(text)) => return not_started(&text),
    };
    let sources = Sources { games, flags, environment: Environment::of_process() };
    let outcome = match &sources.flags.task {
        Task::Health { ready } => return health(&sources, *ready),
        Task::Replay(task) => return replay::main(games, task),
        Task::Serve => {
            let outcome = run(sources);
            logging::flush(FLUSH_PATIENCE);
            outcome
        }
        Task::Types { game } => return print_types(games, game.as_deref()),
        Task::PrintConfig => print_config(&sources).map_err(Into::into),
        Task::CheckConfig => check_config(&sources).map_err(Into::into),
    };
    match outcome {
        Ok(Outcome::InOrder) => ExitCode::SUCCESS,
        Ok(Outcome::Damaged) => ExitCode::from(DAMAGED),
        Err(error) => not_started(&in_words(&error)),
    }
}

fn print_types(games: Games, game: Option<&str>) -> ExitCode {
    let game = game.map_or_else(|| Ok(games.first()), |name| games.named(name));
    match game.and_then(Hosted::types) {
        Ok(types) => {
            print!("{types}");
            ExitCode::SUCCESS
        }
        Err(refusal) => not_started(&refusal),
    }
}

fn print_config(sources: &Sources) -> Result<Outcome, ConfigError> {
    print!("{}", sources.load()?.print());
    Ok(Outcome::InOrder)
}

fn check_config(sources: &Sources) -> Result<Outcome, ConfigError> {
    for warning in check(sources.games, &sources.load()?.config)? {
        eprintln!("ricochet-server: warning: {warning}");
    }
    println!("the settings are valid");
    Ok(Outcome::InOrder)
}

fn run(sources: Sources) -> anyhow::Result<Outcome> {
    let config = LiveConfig::new(sources.load()?, sources);
    // When it is dropped at the end of this function, it sends the lines that are left.
    let telemetry = Telemetry::start(&config.load().telemetry)?;
    let colours = std::io::stderr().is_terminal();
    logging::start_queued(&config.load().log, telemetry.as_ref(), std::io::stderr(), colours)?;
    log_panics();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot wait for signals")?;
    let mut signals = {
        let _inside = runtime.enter();
        Signals::new().context("cannot wait for signals")?
    };
    let Some(server) = runtime.block_on(start(config, &mut signals)) else {
        // The thread that starts the server may be blocked by a file for ever.
        runtime.shutdown_background();
        info!("ended by a signal before the server was ready");
        return Ok(Outcome::InOrder);
    };
    let server = server?;
    // The program that started us may have closed the pipe, or leave it full.
    let greeting = LineQueue::start("greeting", std::io::stdout()).context("cannot start the greeting's thread")?;
    greeting.push(format!("{}\n", server.greeting()).as_bytes());
    let outcome = runtime.block_on(end_by_signals(server, signals));
    // A reload may be blocked by a file for ever.
    runtime.shutdown_background();
    greeting.flush(FLUSH_PATIENCE);
    Ok(outcome)
}

/// Starts the server and listens for signals at the same time, so that a signal can end it while it reads files: a disk may block, and a
/// large state takes time. The files on disk are complete at any moment. `None` if a signal ended it.
async fn start(config: LiveConfig, signals: &mut Signals) -> Option<anyhow::Result<Server>> {
    let mut starting = spawn_blocking(|| Server::start_live(config));
    loop {
        tokio::select! {
            // It is never cancelled, so an error is a panic.
            started = &mut starting => return Some(started.unwrap_or_else(|error| resume_unwind(error.into_panic()))),
            // A reload has no effect now, because the settings are being read already.
            signal = signals.next() => if signal == Signal::End { return None },
        }
    }
}

/// The first signal lets matches finish, the second sends goodbyes at once, the third ends without waiting.
async fn end_by_signals(server: Server, mut signals: Signals) -> Outcome {
    let lobby = Arc::clone(server.lobby());
    let mut serving = pin!(server.serve());
    let mut reloads = Reloads::default();
    let mut ends = 0;
    loop {
        let signal = tokio::select! {
            outcome = serving.as_mut() => return outcome,
            signal = signals.next() => signal,
            () = reloads.done() => continue,
        };
        if signal == Signal::Reload {
            let lobby = Arc::clone(&lobby);
            // Errors are logged, and the server goes on as before.
            reloads.ask(move || drop(lobby.reload()));
            continue;
        }
        ends += 1;
        match ends {
            1 => lobby.drain(Duration::from_secs(lobby.config.load().drain.secs.into()), NO_REASON),
            2 => lobby.drainer.hurry(),
            _ => break,
        }
    }
    warn!("ended at once by a third signal");
    Outcome::Damaged
}

/// Reloads the settings on another thread, one reload at a time: a file may block, and further signals must still be handled.
#[derive(Default)]
struct Reloads {
    running: Option<JoinHandle<()>>,
    /// A reload that was asked for while one ran. That one may have read its files before they changed, so another one follows.
    next: Option<Box<dyn FnOnce() + Send>>,
}

impl Reloads {
    fn ask(&mut self, reload: impl FnOnce() + Send + 'static) {
        match self.running {
            None => self.running = Some(spawn_blocking(reload)),
            Some(_) => self.next = Some(Box::new(reload)),
        }
    }

    /// Waits until the running reload is done, for ever if there is none, and starts the next.
    async fn done(&mut self) {
        match &mut self.running {
            // The panic hook has logged a panic.
            Some(running) => drop(running.await),
            None => std::future::pending().await,
        }
        self.running = self.next.take().map(spawn_blocking);
    }
}

/// The exit code is 0 or 1: orchestrators reserve other codes of a health check.
fn health(sources: &Sources, ready: bool) -> ExitCode {
    let ops = sources.load().map(|loaded| loaded.config.ops).map_err(|error| error.to_string());
    match ops.and_then(|ops| health::ask(ops, ready)) {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(text) => {
            eprintln!("ricochet-server: {text}");
            ExitCode::FAILURE
        }
    }
}

/// An error and its causes. A cause that is part of the text already is not repeated.
fn in_words(error: &anyhow::Error) -> String {
    let mut words = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !words.contains(&cause) {
            words = format!("{words}: {cause}");
        }
    }
    words
}

fn not_started(text: &str) -> ExitCode {
    eprintln!("ricochet-server: {text}");
    ExitCode::from(NOT_STARTED)
}

/// The task of a signal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Signal {
    /// Read the settings again.
    Reload,
    /// End the server.
    End,
}

/// The signals: Ctrl-C everywhere; SIGTERM and SIGHUP where they exist.
struct Signals {
    #[cfg(unix)]
    hang_up: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let [hang_up, interrupt, terminate] =
            [SignalKind::hangup(), SignalKind::interrupt(), SignalKind::terminate()].map(signal);
        Ok(Self { hang_up: hang_up?, interrupt: interrupt?, terminate: terminate? })
    }

    #[cfg(unix)]
    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.hang_up.recv() => Signal::Reload,
            _ = self.interrupt.recv() => Signal::End,
            _ = self.terminate.recv() => Signal::End,
        }
    }

    #[cfg(not(unix))]
    fn new() -> std::io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    async fn next(&mut self) -> Signal {
        let _ = tokio::signal::ctrl_c().await;
        Signal::End
    }
}
