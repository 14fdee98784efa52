//! Parts that every plot has: size and margins, axes, legend.

use maud::{Markup, html};

use crate::{html::scale::Scale, report::number};

/// Width of a picture in its own units; the page scales it to its column.
pub(crate) const WIDTH: f64 = 560.0;
pub(crate) const HEIGHT: f64 = 200.0;
/// Edges of the plot area: left, right, top, bottom.
pub(crate) const LEFT: f64 = 46.0;
pub(crate) const RIGHT: f64 = WIDTH - 10.0;
pub(crate) const TOP: f64 = 10.0;
pub(crate) const BOTTOM: f64 = HEIGHT - 34.0;

/// A colour by its purpose; the style sheet has the values, light and dark.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tone {
    Second,
    Accent,
    Muted,
    Good,
    Blue,
    Red,
}

impl Tone {
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Accent => "accent",
            Self::Muted => "muted-tone",
            Self::Good => "good",
            Self::Blue => "blue",
            Self::Red => "red",
        }
    }
}

/// A picture with its title and legend. `summary` describes it for screen readers.
pub(crate) fn figure(title: &str, keys: &[(Tone, &str)], summary: &str, height: f64, drawing: &Markup) -> Markup {
    html! {
        figure .plot {
            figcaption {
                h3 { (title) }
                span .keys {
                    @for (tone, name) in keys {
                        span .key { i class=(tone.class()) {} (name) }
                    }
                }
            }
            svg viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(format!("{title}. {summary}")) {
                (drawing)
            }
        }
    }
}

/// Draws both axes with their marks, and the horizontal grid.
pub(crate) fn axes(x: &Scale, x_name: &str, y: &Scale) -> Markup {
    let lines: String = y.marks().iter().map(|&mark| format!("M{LEFT} {:.1}H{RIGHT}", y.at(mark))).collect();
    html! {
        path .grid d=(lines) {}
        @for mark in y.marks() {
            text .mark x=(LEFT - 7.0) y=(format!("{:.1}", y.at(mark) + 4.0)) text-anchor="end" { (number::short(mark)) }
        }
        (below(x, x_name, BOTTOM))
    }
}

/// Draws the lower axis with its marks.
pub(crate) fn below(x: &Scale, x_name: &str, bottom: f64) -> Markup {
    html! {
        path .base d=(format!("M{LEFT} {bottom}H{RIGHT}")) {}
        @for mark in x.marks() {
            text .mark x=(format!("{:.1}", x.at(mark))) y=(bottom + 16.0) text-anchor="middle" { (number::short(mark)) }
        }
        text .axis x=(RIGHT) y=(bottom + 30.0) text-anchor="end" { (x_name) }
    }
}

/// A transparent part of a picture that shows `text` when the pointer is over it.
pub(crate) fn hint(from: f64, to: f64, text: &str) -> Markup {
    html! {
        rect .hint x=(format!("{from:.1}")) y=(TOP) width=(format!("{:.1}", (to - from).max(0.1))) height=(BOTTOM - TOP) {
            title { (text) }
        }
    }
}
