//! Measurements of bots, and the server's own figures over the same time.

pub(crate) mod absence;
pub(crate) mod by_transport;
pub(crate) mod cpu;
pub(crate) mod histogram;
pub(crate) mod live_counters;
pub(crate) mod percentiles;
pub(crate) mod prometheus;
pub(crate) mod punctuality;
pub(crate) mod record;
pub(crate) mod server_figures;
pub(crate) mod spread;
pub(crate) mod stage;
pub(crate) mod tally;
