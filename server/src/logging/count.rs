//! Counts what is logged as a warning or an error, so that an alert need not read the log.

use metrics::counter;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::{Layer, layer::Context};

/// The layer; a filter keeps everything below warnings away from it.
pub(super) struct Count;

impl<S: Subscriber> Layer<S> for Count {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let level = if *event.metadata().level() == Level::ERROR { "error" } else { "warn" };
        counter!("ricochet_log_events_total", "level" => level).increment(1);
    }
}
