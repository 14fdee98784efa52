//! `ricochet-server`: reads its settings, runs a server until it is told to stop, and says what a newcomer needs.

use std::{io::IsTerminal, process::ExitCode};

use anyhow::Context;
use server::{
    config::{ConfigError, Environment, LiveConfig, Sources},
    flags::{Flags, FlagsError, Task},
    reload::Prepared,
    run::Server,
};
use tracing::warn;
use tracing_subscriber::EnvFilter;

/// The exit code of a server that never ran: a bad flag, a port in use, a broken map.
const NOT_STARTED: u8 = 2;

fn main() -> ExitCode {
    let flags = match Flags::parse_from_words(std::env::args_os()) {
        Ok(flags) => flags,
        Err(FlagsError::Answer(text)) => {
            print!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(FlagsError::Bad(text)) => return not_started(&text),
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .init();
    let sources = Sources { flags, environment: Environment::of_process() };
    let outcome = match sources.flags.task {
        Task::Serve => run(sources),
        Task::PrintConfig => print_config(&sources).map_err(Into::into),
        Task::CheckConfig => check_config(&sources).map_err(Into::into),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => not_started(&format!("{error:#}")),
    }
}

fn print_config(sources: &Sources) -> Result<(), ConfigError> {
    print!("{}", sources.load()?.print());
    Ok(())
}

fn check_config(sources: &Sources) -> Result<(), ConfigError> {
    Prepared::new(&sources.load()?.config)?;
    println!("the settings are fine");
    Ok(())
}

fn run(sources: Sources) -> anyhow::Result<()> {
    let config = LiveConfig::new(sources.load()?, sources);
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot wait for signals")?;
    // Signals are listened for before anything runs, so that an early one ends the server cleanly too.
    let mut signals = {
        let _inside = runtime.enter();
        Signals::new().context("cannot wait for signals")?
    };
    let server = Server::start_live(config)?;
    println!("{}", server.greeting());
    runtime.block_on(async {
        while signals.next().await == Signal::Reload {
            // Refusals are logged, and the server runs on as before.
            let _ = server.reload();
        }
        tokio::select! {
            () = server.shutdown() => {}
            () = signals.end() => warn!("ended at once by a second signal"),
        }
    });
    Ok(())
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

    /// The next signal that ends a server.
    async fn end(&mut self) {
        while self.next().await != Signal::End {}
    }
}
