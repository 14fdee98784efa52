//! The log on stderr: lines for people or for programs, filtered, and without personal data unless the settings
//! ask for it.
//!
//! Fields have the same name everywhere: `shard`, `room`, `session` (the public number of a player, from which no secret
//! can be derived), `peer` (an address, as far as the settings allow). Every line about a player has the session's number,
//! so that a search for it finds them all.

mod count;
pub mod panics;
mod personal;
mod queue;
pub mod telemetry;

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
    logging::telemetry::Telemetry,
};

/// The reason why a filter is not valid.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the filter of the log is not valid: {0}")]
pub struct FilterError(String);

/// The environment variable that overrides the settings' filter, as is usual in Rust programs.
const VARIABLE: &str = "RUST_LOG";

/// The filter of this process's log.
static FILTER: OnceLock<reload::Handle<EnvFilter, Registry>> = OnceLock::new();

/// The queue of this process's log, if it has one.
static QUEUE: OnceLock<LineQueue> = OnceLock::new();

/// Starts the log on `stream`, which may block: a separate thread writes, and no other thread waits for it.
///
/// # Errors
/// The errors of [`start`], or when the thread cannot be started.
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

/// Waits until all lines are written, at most for `patience`.
pub fn flush(patience: Duration) {
    if let Some(queue) = QUEUE.get() {
        queue.flush(patience);
    }
}

/// Starts the log on `writer`, and sends it to a collector if one is given. A process has one log.
///
/// # Errors
/// When the filter is not valid, or the log was started before.
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
        // Counts all warnings and errors, even those that the log's filter drops.
        .with(Count.with_filter(LevelFilter::WARN))
        .try_init()
        .context("the log was started before")?;
    let _ = FILTER.set(handle);
    Ok(())
}

/// Checks the filter of the settings.
///
/// # Errors
/// When the filter is not valid.
pub fn check(settings: &Settings) -> Result<(), FilterError> {
    filter(settings).map(drop)
}

/// Applies changed settings; the format cannot change. Does nothing if no log was started.
///
/// # Errors
/// When the filter is not valid; then nothing changes.
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
