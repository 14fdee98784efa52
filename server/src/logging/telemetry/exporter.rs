//! Sends batches, counts the outcomes, and logs once when the collector fails and once when it works again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use opentelemetry_otlp::LogExporter as Sender;
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    logs::{LogBatch, LogExporter},
};
use tracing::{info, warn};

use super::{collector::Collector, count, waiting::Left};

/// The exporter of the sending thread.
#[derive(Debug)]
pub(super) struct Exporter {
    sender: Sender,
    collector: Arc<Collector>,
    waiting: Left,
    fails: AtomicBool,
}

impl Exporter {
    pub(super) fn new(sender: Sender, collector: Arc<Collector>, waiting: Left) -> Self {
        Self { sender, collector, waiting, fails: AtomicBool::new(false) }
    }

    fn note(&self, outcome: &OTelSdkResult) {
        let collector = self.collector.name();
        let before = self.fails.swap(outcome.is_err(), Ordering::Relaxed);
        match outcome {
            Err(error) if !before => {
                let reason = self.collector.take_failure().unwrap_or_else(|| error.to_string());
                warn!(
                    collector,
                    reason, "the collector does not take telemetry; lines that cannot be sent are counted and lost"
                );
            }
            Ok(()) if before => info!(collector, "the collector takes telemetry again"),
            Ok(()) | Err(_) => {}
        }
    }
}

impl LogExporter for Exporter {
    async fn export(&self, batch: LogBatch<'_>) -> OTelSdkResult {
        let lines = batch.iter().count();
        let outcome = self.sender.export(batch).await;
        self.waiting.leave(lines);
        count(if outcome.is_ok() { "sent" } else { "failed" }, lines as u64);
        self.note(&outcome);
        outcome
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.sender.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.sender.set_resource(resource);
    }
}
