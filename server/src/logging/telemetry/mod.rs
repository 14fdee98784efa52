//! Sends lines of the log to an OpenTelemetry collector, as OTLP over HTTP, if `[telemetry]` names one.
//!
//! ```text
//! event ─> filter ─> bounded queue ─> a separate thread: batch ─> collector
//!            │            └─ full: dropped and counted          └─ fails: logged once, counted
//!            └─ never lines that are written per tick, message or datagram
//! ```
//!
//! Personal data is left out when lines are written, see [`crate::logging`].

mod collector;
mod exporter;
mod waiting;

use std::{fmt, sync::Arc, time::Duration};

use anyhow::Context;
use metrics::counter;
use opentelemetry::KeyValue;
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_otlp::{LogExporter, Protocol, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    logs::{BatchConfigBuilder, BatchLogProcessor, SdkLoggerProvider},
};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{Layer, Registry, filter::Targets};

use self::{collector::Collector, exporter::Exporter, waiting::Waiting};
use crate::config::Telemetry as Settings;

/// Sends until it is dropped; then the waiting lines are sent, if that is possible soon.
pub struct Telemetry {
    provider: SdkLoggerProvider,
    players: bool,
}

/// Most lines that wait: some minutes of a busy server, about 1 MiB.
const QUEUE: usize = 2_048;
/// Most lines of a request.
const BATCH: usize = 512;
/// Time-out of a request with its repetitions.
const EXPORT_PATIENCE: Duration = Duration::from_secs(5);
/// Time to send the waiting lines at the end; then they are lost, because supervisors kill a process that ends slowly.
const END_PATIENCE: Duration = Duration::from_millis(900);

/// Modules whose `debug` lines report joins, leaves and matches: at most a few lines for each. From all other modules,
/// lines from `info` on are sent, and no such line is written per tick or per message.
const ABOUT_PLAYERS: [&str; 4] =
    ["server::lobby::join", "server::shard::joining", "server::shard::closing", "server::shard::hosted_room"];

impl Telemetry {
    /// Starts to send, if the settings name a collector.
    ///
    /// # Errors
    /// When the collector needs TLS and the machine has no certificate authorities, or a thread cannot be started.
    pub fn start(settings: &Settings) -> anyhow::Result<Option<Self>> {
        let Some(url) = settings.logs_url() else { return Ok(None) };
        let headers = settings.headers().unwrap_or_default();
        let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let collector = Arc::new(Collector::new(&url).context("cannot send telemetry")?);
        let sender = LogExporter::builder()
            .with_http()
            .with_shared_http_client(Arc::clone(&collector) as _)
            .with_endpoint(url.to_string())
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(EXPORT_PATIENCE)
            .with_headers(headers)
            .build()
            .context("cannot send telemetry")?;
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(QUEUE)
            .with_max_export_batch_size(BATCH)
            .with_scheduled_delay(Duration::from_secs(settings.interval_secs.into()))
            .build();
        let (waiting, left) = Waiting::new(QUEUE);
        let sending =
            BatchLogProcessor::builder(Exporter::new(sender, collector, left)).with_batch_config(batches).build();
        let provider =
            SdkLoggerProvider::builder().with_log_processor(waiting.before(sending)).with_resource(resource(settings));
        Ok(Some(Self { provider: provider.build(), players: settings.players }))
    }

    /// The layer that takes lines of the log.
    pub fn layer(&self) -> Box<dyn Layer<Registry> + Send + Sync> {
        OpenTelemetryTracingBridge::new(&self.provider).with_filter(sent(self.players)).boxed()
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        // A collector that is not reachable now is not waited for; the lines are on stderr as well.
        let _ = self.provider.shutdown_with_timeout(END_PATIENCE);
    }
}

impl fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telemetry").field("players", &self.players).finish_non_exhaustive()
    }
}

/// Our own lines only, so that lines of the sending code are never sent themselves.
fn sent(players: bool) -> Targets {
    let ours = ["net", "server", "ricochet_server"].map(|target| (target, LevelFilter::INFO));
    let about_players = ABOUT_PLAYERS.map(|target| (target, LevelFilter::DEBUG));
    let about_players = about_players.into_iter().filter(|_| players);
    Targets::new().with_targets(ours.into_iter().chain(about_players))
}

/// The attributes of the server.
fn resource(settings: &Settings) -> Resource {
    let instance = settings.instance.clone().unwrap_or_else(|| uuid(rand::random()));
    let more = settings.attributes().map(|(name, value)| KeyValue::new(name.to_owned(), value.to_owned()));
    Resource::builder_empty()
        .with_attributes(more)
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_attribute(KeyValue::new("service.instance.id", instance))
        .with_service_name(settings.service_name.clone())
        .build()
}

/// A random UUID (version 4, RFC 9562 section 5.4), as the conventions ask for the name of an instance.
fn uuid(random: u128) -> String {
    let bits = random & !(0xf << 76 | 0b11 << 62) | 4 << 76 | 0b10 << 62;
    let digits = format!("{bits:032x}");
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

fn count(outcome: &'static str, lines: u64) {
    counter!("ricochet_telemetry_records_total", "outcome" => outcome).increment(lines);
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn nothing_of_the_hot_path_is_sent() {
        for players in [false, true] {
            let sent = sent(players);
            for hot in ["ticking", "receiving", "worker", "wait", "schedule", "census"] {
                assert!(!sent.would_enable(&format!("server::shard::{hot}"), &Level::DEBUG), "{hot}");
            }
            for hot in
                ["net::udp", "server::net::quic_link", "server::security::guard", "server::http", "room", "quinn_proto"]
            {
                assert!(!sent.would_enable(hot, &Level::DEBUG), "{hot}");
            }
            for about in ABOUT_PLAYERS {
                assert_eq!(sent.would_enable(about, &Level::DEBUG), players, "{about}");
                assert!(!sent.would_enable(about, &Level::TRACE), "{about}");
            }
            for host in [
                "server::lifecycle::run",
                "server::directory::drain::drainer",
                "server::logging::panics",
                "ricochet_server",
            ] {
                assert!(sent.would_enable(host, &Level::INFO), "{host}");
            }
            for other in ["hyper", "rustls", "opentelemetry_sdk", "opentelemetry-otlp"] {
                assert!(!sent.would_enable(other, &Level::ERROR), "{other}");
            }
        }
    }

    #[test]
    fn instance_is_a_uuid() {
        assert_eq!(uuid(0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(uuid(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
