//! Plots percentiles side by side: a row for each name, from the median to p99.9.

use maud::{Markup, html};

use crate::{
    html::{
        canvas::{self, LEFT, RIGHT, Tone},
        scale::Scale,
    },
    measure::percentiles::Percentiles,
    report::number,
};

/// Draws the picture; empty if there are no rows or nothing was measured.
pub(crate) fn draw(title: &str, rows: &[(&str, Percentiles)]) -> Markup {
    let far = rows.iter().map(|(_, percentiles)| percentiles.p999).fold(0.0, f64::max);
    if rows.is_empty() || far <= 0.0 {
        return Markup::default();
    }
    let x = Scale::from_zero(far, (LEFT, RIGHT));
    let bottom = rows.len() as f64 * ROW + 6.0;
    let grid: String = x.marks().iter().map(|&mark| format!("M{:.1} 4V{bottom}", x.at(mark))).collect();
    let drawing = html! {
        path .grid d=(grid) {}
        (canvas::below(&x, "ms", bottom))
        @for (row, (name, percentiles)) in rows.iter().enumerate() {
            @let y = 4.0 + (row as f64 + 0.5) * ROW;
            @let Percentiles { p50, p90, p99, p999, .. } = *percentiles;
            text .row x=(LEFT - 7.0) y=(y + 4.5) text-anchor="end" { (name) }
            path .span d=(format!("M{:.1} {y}H{:.1}", x.at(p50), x.at(p999))) {}
            @for (class, value) in [("muted-tone", p999), ("accent", p99), ("blue", p90), ("second", p50)] {
                circle .dot .(class) cx=(format!("{:.1}", x.at(value))) cy=(y) r="5" {}
            }
            rect .hint x=(LEFT) y=(y - ROW / 2.0) width=(RIGHT - LEFT) height=(ROW) {
                title { (name) ": " (words(percentiles)) }
            }
        }
    };
    let keys = [(Tone::Second, "p50"), (Tone::Blue, "p90"), (Tone::Accent, "p99"), (Tone::Muted, "p99.9")];
    let summary = rows.iter().map(|(name, percentiles)| format!("{name}: {}", words(percentiles)));
    canvas::figure(title, &keys, &summary.collect::<Vec<_>>().join("; "), bottom + 34.0, &drawing)
}

fn words(percentiles: &Percentiles) -> String {
    let Percentiles { p50, p90, p99, p999, max } = *percentiles;
    let [p50, p90, p99, p999, max] = [p50, p90, p99, p999, max].map(number::short);
    format!("p50 {p50}, p90 {p90}, p99 {p99}, p99.9 {p999}, max {max} ms")
}

const ROW: f64 = 30.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_has_its_name_and_its_percentiles() {
        let slow = Percentiles { p50: 2.0, p90: 3.0, p99: 8.0, p999: 10.0, max: 12.0 };
        let drawn = draw("Round trip, ms", &[("quic", Percentiles::default()), ("ws", slow)]).into_string();
        assert!(drawn.contains("ws: p50 2, p90 3, p99 8, p99.9 10, max 12 ms"), "{drawn}");
        assert_eq!(drawn.matches("<circle").count(), 8);
        assert_eq!(draw("", &[]).into_string(), "");
        assert_eq!(draw("", &[("quic", Percentiles::default())]).into_string(), "", "nothing was measured");
    }
}
