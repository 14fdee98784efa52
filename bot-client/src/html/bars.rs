//! Draws the distribution of times: a bar for each interval, the slowest hundredth in another colour.

use maud::{Markup, html};

use crate::{
    html::{
        canvas::{self, BOTTOM, HEIGHT, LEFT, RIGHT, TOP, Tone},
        scale::Scale,
    },
    measure::{percentiles::Percentiles, spread::Spread},
    report::number,
};

/// Draws the picture; empty if the spread is empty.
pub(crate) fn draw(title: &str, spread: &Spread, percentiles: &Percentiles) -> Markup {
    let total: u64 = spread.counts.iter().sum();
    if total == 0 || spread.to_ms <= spread.from_ms || (spread.log && spread.from_ms <= 0.0) {
        return Markup::default();
    }
    let share = |count: u64| 100.0 * count as f64 / total as f64;
    let most = spread.counts.iter().copied().max().unwrap_or_default();
    let x = match spread.log {
        true => Scale::log(spread.from_ms, spread.to_ms, (LEFT, RIGHT)),
        false => Scale::even(spread.from_ms, spread.to_ms, (LEFT, RIGHT)),
    };
    let y = Scale::from_zero(share(most), (BOTTOM, TOP));
    let Percentiles { p50, p99, max, .. } = *percentiles;
    let (mut usual, mut slow) = (String::new(), String::new());
    for (bar, &count) in spread.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let (from, to) = (x.at(spread.edge(bar)), x.at(spread.edge(bar + 1)));
        // A bar of one rare value is still visible.
        let height = (BOTTOM - y.at(share(count))).max(1.0);
        let rectangle = format!("M{from:.1} {BOTTOM}v-{height:.1}h{:.1}v{height:.1}z", (to - from - GAP).max(0.5));
        let part = if spread.edge(bar) < p99 { &mut usual } else { &mut slow };
        part.push_str(&rectangle);
    }
    let drawing = html! {
        (canvas::axes(&x, if spread.log { "ms, by the logarithm" } else { "ms" }, &y))
        path .bar.second d=(usual) {}
        path .bar.accent d=(slow) {}
        @for (class, value) in [("second", p50), ("accent", p99)] {
            path .at .(class) d=(format!("M{:.1} {TOP}V{BOTTOM}", x.at(value))) {}
        }
        @for bar in 0..spread.counts.len() {
            @let (from, to) = (spread.edge(bar), spread.edge(bar + 1));
            (canvas::hint(x.at(from), x.at(to), &format!("{} to {} ms: {} %", number::short(from), number::short(to), number::short(share(spread.counts[bar])))))
        }
    };
    let [p50, p99, max] = [p50, p99, max].map(number::short);
    let keys = [
        (Tone::Second, format!("p50 {p50}")),
        (Tone::Accent, format!("p99 {p99}")),
        (Tone::Muted, format!("max {max}")),
    ];
    let keys = keys.each_ref().map(|(tone, text)| (*tone, text.as_str()));
    canvas::figure(
        title,
        &keys,
        &format!("Half below {p50} ms, 99 % below {p99} ms, all below {max} ms"),
        HEIGHT,
        &drawing,
    )
}

const GAP: f64 = 0.8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_high_as_their_share_and_the_slowest_have_their_own_colour() {
        let spread = Spread { log: false, from_ms: 0.0, to_ms: 4.0, counts: vec![50, 0, 25, 25] };
        let percentiles = Percentiles { p50: 0.5, p90: 2.5, p99: 3.0, p999: 3.9, max: 4.0 };
        let drawn = draw("Round trip, ms", &spread, &percentiles).into_string();
        let height = BOTTOM - TOP;
        assert!(drawn.contains(&format!("v-{:.1}", height * 50.0 / 50.0)), "{drawn}");
        assert!(drawn.contains(&format!("v-{:.1}", height * 25.0 / 50.0)), "{drawn}");
        let slow = drawn.split("class=\"bar accent\"").nth(1).unwrap();
        assert_eq!(slow.split('>').next().unwrap().matches('z').count(), 1, "one bar lies beyond p99: {drawn}");
        assert_eq!(draw("", &Spread::default(), &percentiles).into_string(), "");
    }
}
