//! Renders the table of metrics as `docs/metrics.md`.

use std::fmt::Write as _;

use super::table::{Label, Metric, TABLE};

/// The document.
pub fn document() -> String {
    let mut text = HEAD.to_owned();
    text.push_str("| metric | type | labels | meaning |\n|---|---|---|---|\n");
    for Metric { name, kind, labels, help } in TABLE {
        let labels: Vec<String> = labels.iter().map(shown).collect();
        let _ = writeln!(text, "| `{name}` | {} | {} | {help} |", kind.name(), labels.join("; "));
    }
    text
}

fn shown(label: &Label) -> String {
    match label.values {
        [] => format!("`{}`", label.name),
        values => format!("`{}`: {}", label.name, values.join(", ")),
    }
}

const HEAD: &str = "\
# Metrics

`GET /metrics` on the ops listener (`--ops`, by default 127.0.0.1:9090) shows these in Prometheus' text format, and no others.
This page is generated from the table in `server/src/ops/metrics/table.rs`; a test compares the two, and the metrics of a running server.

- Counters end in `_total`, durations are in seconds. A counter whose labels are all listed here exists from the start with 0,
  so `rate()` and `increase()` see the first event.
- Histograms have the usual `_bucket`, `_sum` and `_count`. Buckets of ticks are a quarter wide, from 1 µs to 1 s.
- Shards publish their counts ten times a second, and links by state once a second: nothing is done per packet.
- Time in the game's own code (inputs, simulation, replication) is the sum of three phases:
  `sum(rate(ricochet_tick_seconds_sum{phase=~\"inputs|simulate|replicate\"}[1m]))`; divided by `rate(ricochet_player_ticks_total[1m])` it is
  the cost of a player per tick.

";

#[cfg(test)]
mod tests {
    use super::*;

    /// `RICOCHET_TEST_WRITE=1 cargo nextest run -p server document_is_made` writes the file again.
    #[test]
    fn document_is_made_of_the_table() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/metrics.md");
        if std::env::var_os("RICOCHET_TEST_WRITE").is_some() {
            std::fs::write(&path, document()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), document(), "write it again with RICOCHET_TEST_WRITE=1");
    }
}
