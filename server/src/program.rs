//! A server as a program: reads its settings, runs until it is told to stop, and says what a newcomer needs.

use std::{io::IsTerminal, panic::resume_unwind, pin::pin, process::ExitCode, sync::Arc, time::Duration};

use anyhow::Context;
use tokio::task::{JoinHandle, spawn_blocking};
use tracing::{info, warn};

use crate::{
    check::check,
    config::{ConfigError, Environment, LiveConfig, Sources},
    flags::{Flags, FlagsError, Task},
    games::{Games, Hosted},
    health,
    logging::{self, LineQueue, panics::log_panics},
    replay,
    run::{Outcome, Server},
    telemetry::Telemetry,
};

/// The exit code of a server that ended, but not as it should: a shard had panicked, the disk did not take what is
/// recorded, or a third signal cut the goodbyes short.
const DAMAGED: u8 = 1;
/// The exit code of a server that never ran: a bad flag, a port in use, a broken map.
const NOT_STARTED: u8 = 2;
/// The last lines may take so long to be written; a log that nobody reads must not keep a server from ending.
const FLUSH_PATIENCE: Duration = Duration::from_secs(1);
/// What players read when a signal ends the server: nobody said why.
const NO_REASON: &str = "";

/// Runs the program on a server that can host these games, the first where nothing else is asked for: all of a `main` function.
///
/// # Panics
/// As [`Games::new`].
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
        Task::PrintConfig => print_config(&sources).map_err(Into::into),
        Task::CheckConfig => check_config(&sources).map_err(Into::into),
    };
    match outcome {
        Ok(Outcome::InOrder) => ExitCode::SUCCESS,
        Ok(Outcome::Damaged) => ExitCode::from(DAMAGED),
        Err(error) => not_started(&in_words(&error)),
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
    println!("the settings are fine");
    Ok(Outcome::InOrder)
}

fn run(sources: Sources) -> anyhow::Result<Outcome> {
    let config = LiveConfig::new(sources.load()?, sources);
    // Sends what is left when this function has ended, however it does.
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
        // The thread that starts the server may hang in a file for ever.
        runtime.shutdown_background();
        info!("ended by a signal before anybody was served");
        return Ok(Outcome::InOrder);
    };
    let server = server?;
    // Whoever started us may not want to read it, and closed the pipe or leaves it full.
    let greeting = LineQueue::start("greeting", std::io::stdout()).context("cannot start the thread that greets")?;
    greeting.push(format!("{}\n", server.greeting()).as_bytes());
    let outcome = runtime.block_on(end_by_signals(server, signals));
    // A reload may hang in a file for ever.
    runtime.shutdown_background();
    greeting.flush(FLUSH_PATIENCE);
    Ok(outcome)
}

/// Starts the server beside the signals, so that one ends it even while it reads its files: a disk may hang, and a large state takes time. What
/// is on disk is whole at any moment. `None` if it was told to end.
async fn start(config: LiveConfig, signals: &mut Signals) -> Option<anyhow::Result<Server>> {
    let mut starting = spawn_blocking(|| Server::start_live(config));
    loop {
        tokio::select! {
            // It is not cancelled, so it can only have panicked.
            started = &mut starting => return Some(started.unwrap_or_else(|error| resume_unwind(error.into_panic()))),
            // Settings that are read right now need not be read again.
            signal = signals.next() => if signal == Signal::End { return None },
        }
    }
}

/// The first signal lets matches end, the second lets them go, the third waits for nobody.
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
            // Refusals are logged, and the server runs on as before.
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

/// Reads the settings on a thread of its own, one reload at a time: a file may hang, and the next signal is still heard.
#[derive(Default)]
struct Reloads {
    running: Option<JoinHandle<()>>,
    /// What was asked for while one ran. It may have read its files before they changed, so it is done once more.
    next: Option<Box<dyn FnOnce() + Send>>,
}

impl Reloads {
    fn ask(&mut self, reload: impl FnOnce() + Send + 'static) {
        match self.running {
            None => self.running = Some(spawn_blocking(reload)),
            Some(_) => self.next = Some(Box::new(reload)),
        }
    }

    /// Waits until the one that runs is done, for ever if none does, and begins the next.
    async fn done(&mut self) {
        match &mut self.running {
            // A panic has been logged.
            Some(running) => drop(running.await),
            None => std::future::pending().await,
        }
        self.running = self.next.take().map(spawn_blocking);
    }
}

/// 0 or 1: orchestrators keep other codes of a health check for themselves.
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

/// An error and its causes, each said once: some errors quote their cause.
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

/// What a signal asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Signal {
    /// Read the settings again.
    Reload,
    /// End.
    End,
}

/// What a server listens for: Ctrl-C everywhere; SIGTERM and SIGHUP where they exist.
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
