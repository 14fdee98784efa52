//! Parses the Prometheus text format of `/metrics`.

/// Samples of one scrape.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scrape {
    samples: Vec<Sample>,
}

#[derive(Clone, PartialEq, Debug)]
struct Sample {
    name: String,
    labels: Vec<(String, String)>,
    value: f64,
}

/// A cumulative histogram as Prometheus has it: (bound, number of values at or below it), bounds ascending.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Buckets(Vec<(f64, f64)>);

impl Scrape {
    /// Parses the text format; invalid lines are skipped.
    pub(crate) fn parse(text: &str) -> Self {
        Self { samples: text.lines().filter_map(parse_line).collect() }
    }

    /// Sum of all samples of a name that have the given labels.
    pub(crate) fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.matching(name, labels).map(|sample| sample.value).sum()
    }

    /// The largest of all samples of a name; 0 if there are none.
    pub(crate) fn largest(&self, name: &str) -> f64 {
        self.matching(name, &[]).map(|sample| sample.value).fold(0.0, f64::max)
    }

    /// The histogram of a name; all series with the given labels are added.
    pub(crate) fn buckets(&self, name: &str, labels: &[(&str, &str)]) -> Buckets {
        let name = format!("{name}_bucket");
        let mut buckets: Vec<(f64, f64)> = Vec::new();
        for sample in self.matching(&name, labels) {
            let Some(bound) = sample.label("le").and_then(|bound| bound.parse().ok()) else { continue };
            match buckets.iter_mut().find(|(known, _)| *known == bound) {
                Some((_, count)) => *count += sample.value,
                None => buckets.push((bound, sample.value)),
            }
        }
        buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        Buckets(buckets)
    }

    fn matching<'a>(&'a self, name: &'a str, labels: &'a [(&str, &str)]) -> impl Iterator<Item = &'a Sample> {
        self.samples.iter().filter(move |sample| {
            sample.name == name && labels.iter().all(|&(key, value)| sample.label(key) == Some(value))
        })
    }
}

impl Buckets {
    /// The values added since an earlier scrape.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        let before = |bound: f64| earlier.0.iter().find(|(known, _)| *known == bound).map_or(0.0, |(_, count)| *count);
        Self(self.0.iter().map(|&(bound, count)| (bound, (count - before(bound)).max(0.0))).collect())
    }

    /// The value below which a fraction `quantile` of all values lies, interpolated linearly within its bucket; 0 if
    /// empty.
    pub(crate) fn quantile(&self, quantile: f64) -> f64 {
        let total = self.0.last().map_or(0.0, |&(_, count)| count);
        let wanted = quantile * total;
        let (mut low, mut below) = (0.0, 0.0);
        for &(bound, count) in &self.0 {
            if total > 0.0 && count >= wanted && count > below {
                let within = ((wanted - below) / (count - below)).clamp(0.0, 1.0);
                return if bound.is_finite() { low + (bound - low) * within } else { low };
            }
            if bound.is_finite() {
                low = bound;
            }
            below = count;
        }
        low * f64::from(u8::from(total > 0.0))
    }
}

impl Sample {
    fn label(&self, key: &str) -> Option<&str> {
        self.labels.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }
}

fn parse_line(line: &str) -> Option<Sample> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let (series, value) = match line.rsplit_once('}') {
        Some((series, value)) => (series, value),
        None => line.split_once(' ')?,
    };
    // A timestamp may follow the value.
    let value = value.split_whitespace().next()?.parse().ok()?;
    let (name, labels) = series.split_once('{').unwrap_or((series, ""));
    let labels = labels
        .split("\",")
        .filter_map(|label| label.split_once("=\""))
        .map(|(key, value)| (key.trim().to_owned(), value.trim_end_matches('"').to_owned()))
        .collect();
    Some(Sample { name: name.trim().to_owned(), labels, value })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
# HELP ricochet_players Players
# TYPE ricochet_players gauge
ricochet_players{transport="quic"} 3
ricochet_players{transport="websocket"} 4
process_cpu_seconds_total 1.5
t_bucket{phase="total",le="0.001"} 50
t_bucket{phase="total",le="0.002"} 99
t_bucket{phase="total",le="+Inf"} 100
t_bucket{phase="send",le="0.001"} 1
"#;

    #[test]
    fn samples_are_summed_over_other_labels() {
        let scrape = Scrape::parse(TEXT);
        assert_eq!(scrape.sum("ricochet_players", &[]), 7.0);
        assert_eq!(scrape.sum("ricochet_players", &[("transport", "quic")]), 3.0);
        assert_eq!(scrape.sum("process_cpu_seconds_total", &[]), 1.5);
        assert_eq!(scrape.sum("absent", &[]), 0.0);
    }

    #[test]
    fn quantiles_lie_within_their_bucket() {
        let buckets = Scrape::parse(TEXT).buckets("t", &[("phase", "total")]);
        assert_eq!(buckets.quantile(0.5), 0.001);
        assert!((buckets.quantile(0.25) - 0.000_5).abs() < 1e-9);
        assert!((buckets.quantile(0.745) - 0.001_5).abs() < 1e-9);
        assert_eq!(buckets.quantile(1.0), 0.002, "beyond the last bound only that bound is known");
    }

    #[test]
    fn earlier_scrape_is_subtracted() {
        let after = Scrape::parse(TEXT).buckets("t", &[("phase", "total")]);
        let before =
            Scrape::parse("t_bucket{phase=\"total\",le=\"0.001\"} 50\nt_bucket{phase=\"total\",le=\"0.002\"} 50")
                .buckets("t", &[("phase", "total")]);
        let window = after.since(&before);
        assert!(window.quantile(0.1) > 0.001);
        assert_eq!(after.since(&after).quantile(0.5), 0.0);
    }
}
