//! Counts logged warnings and errors, so that an alert can use the metrics instead of the log.

use metrics::counter;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::{Layer, layer::Context};

/// The layer; its filter passes warnings and errors only.
pub(super) struct Count;

impl<S: Subscriber> Layer<S> for Count {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let level = if *event.metadata().level() == Level::ERROR { "error" } else { "warn" };
        counter!("ricochet_log_events_total", "level" => level).increment(1);
    }
}
