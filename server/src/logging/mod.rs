//! What the server says of itself on stderr: lines for people or for programs, filtered, with nothing personal in them
//! that the settings do not ask for.
//!
//! Fields have one name everywhere: `shard`, `room`, `session` (the public number of a player, which no secret follows
//! from), `peer` (an address, as far as the settings show it). A session's number is on every line about a player, so
//! what became of one is found by it alone.

mod count;
pub mod panics;
mod personal;
mod queue;

use std::{io::Write, sync::OnceLock, time::Duration};

use anyhow::Context;
use tracing_subscriber::{
    EnvFilter, Layer, Registry, filter::LevelFilter, fmt::MakeWriter, layer::SubscriberExt, reload,
    util::SubscriberInitExt,
};

use self::count::Count;
pub use self::{
    personal::{address, name},
    queue::LineQueue,
};
use crate::{
    config::{Log as Settings, LogFormat},
    telemetry::Telemetry,
};

/// What is wrong with a filter.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the filter of the log cannot be read: {0}")]
pub struct FilterError(String);

/// The variable of the environment that wins over the settings' filter, as is usual.
const VARIABLE: &str = "RUST_LOG";

/// The filter of this process's log.
static FILTER: OnceLock<reload::Handle<EnvFilter, Registry>> = OnceLock::new();

/// The queue of this process's log, if it has one.
static QUEUE: OnceLock<LineQueue> = OnceLock::new();

/// Begins to log to `stream`, which may block: a thread of its own writes, and nobody else waits for it.
///
/// # Errors
/// As [`start`], or when there is no thread.
pub fn start_queued(
    settings: &Settings,
    telemetry: Option<&Telemetry>,
    stream: impl Write + Send + 'static,
    colours: bool,
) -> anyhow::Result<()> {
    let queue = LineQueue::start("log", stream).context("cannot start the thread that writes the log")?;
    let writer = queue.clone();
    start(settings, telemetry, move || writer.clone(), colours)?;
    let _ = QUEUE.set(queue);
    Ok(())
}

/// Waits until what was logged is written, but no longer than `patience`.
pub fn flush(patience: Duration) {
    if let Some(queue) = QUEUE.get() {
        queue.flush(patience);
    }
}

/// Begins to log to `writer`, and to a collector if one is given; a process has one log.
///
/// # Errors
/// When the filter cannot be read, or there is a log already.
pub fn start<W>(settings: &Settings, telemetry: Option<&Telemetry>, writer: W, colours: bool) -> anyhow::Result<()>
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let (filter, handle) = reload::Layer::new(filter(settings)?);
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_target(false).with_ansi(colours);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match settings.format {
        LogFormat::Text => lines.with_filter(filter).boxed(),
        LogFormat::Json => {
            let lines = lines.with_ansi(false).json().flatten_event(true).with_current_span(false);
            lines.with_filter(filter).boxed()
        }
    };
    personal::show(settings);
    tracing_subscriber::registry()
        .with([lines].into_iter().chain(telemetry.map(Telemetry::layer)).collect::<Vec<_>>())
        // Counted whether they are shown or not.
        .with(Count.with_filter(LevelFilter::WARN))
        .try_init()
        .context("there is a log already")?;
    let _ = FILTER.set(handle);
    Ok(())
}

/// Whether these settings could be taken over.
///
/// # Errors
/// When the filter cannot be read.
pub fn check(settings: &Settings) -> Result<(), FilterError> {
    filter(settings).map(drop)
}

/// Takes over what can change while the server runs: all but the format. Does nothing where no log was started.
///
/// # Errors
/// When the filter cannot be read; then nothing changes.
pub fn reload(settings: &Settings) -> Result<(), FilterError> {
    let Some(handle) = FILTER.get() else { return Ok(()) };
    let filter = filter(settings)?;
    handle.reload(filter).map_err(|error| FilterError(error.to_string()))?;
    personal::show(settings);
    Ok(())
}

fn filter(settings: &Settings) -> Result<EnvFilter, FilterError> {
    let text = std::env::var(VARIABLE).ok().filter(|text| !text.is_empty());
    let text = text.as_deref().unwrap_or(&settings.filter);
    EnvFilter::try_new(text).map_err(|error| FilterError(format!("\"{text}\": {error}")))
}
