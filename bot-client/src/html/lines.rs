//! Plots curves over time or over players; parts of a whole are stacked.

use maud::{Markup, html};

use crate::{
    html::{
        canvas::{self, BOTTOM, HEIGHT, LEFT, RIGHT, TOP, Tone},
        scale::Scale,
    },
    report::number,
};

/// A plot of curves.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Lines {
    /// Title with the unit of the values.
    pub(crate) title: String,
    /// Name of the lower axis, and below its range.
    pub(crate) x_name: &'static str,
    pub(crate) x: (f64, f64),
    pub(crate) curves: Vec<Curve>,
    /// If set, each curve is drawn on top of those before it.
    pub(crate) stacked: bool,
    /// If set, each value is drawn as a dot, because there are few.
    pub(crate) dots: bool,
    /// A shaded range: the ramp before the measurement, or the numbers of players beyond those held.
    pub(crate) apart: Option<(f64, f64)>,
    /// A value that must not be exceeded.
    pub(crate) limit: Option<f64>,
}

/// One curve, points from left to right.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Curve {
    pub(crate) name: String,
    pub(crate) tone: Tone,
    pub(crate) points: Vec<(f64, f64)>,
}

impl Curve {
    /// A curve of the items that have a finite value.
    pub(crate) fn of<T>(name: &str, tone: Tone, items: &[T], point: impl Fn(&T) -> Option<(f64, f64)>) -> Self {
        let finite = |(x, y): &(f64, f64)| x.is_finite() && y.is_finite();
        Self { name: name.to_owned(), tone, points: items.iter().filter_map(point).filter(finite).collect() }
    }
}

impl Lines {
    /// Draws the plot; empty if no curve has a point.
    pub(crate) fn draw(mut self) -> Markup {
        self.curves.retain(|curve| !curve.points.is_empty());
        if self.curves.is_empty() {
            return Markup::default();
        }
        let shown = if self.stacked { stack(&self.curves) } else { self.curves.clone() };
        let most = shown.iter().flat_map(|curve| &curve.points).map(|point| point.1).fold(0.0, f64::max);
        // A limit far above the curves would flatten them.
        let limit = self.limit.filter(|&limit| limit < LIMIT_SHOWN * most);
        let x = Scale::even(self.x.0, self.x.1, (LEFT, RIGHT));
        let y = Scale::from_zero(limit.map_or(most, |limit| most.max(limit)), (BOTTOM, TOP));
        let drawing = html! {
            @if let Some((from, to)) = self.apart {
                rect .apart x=(format!("{:.1}", x.at(from))) y=(TOP) width=(format!("{:.1}", x.at(to) - x.at(from))) height=(BOTTOM - TOP) {}
            }
            (canvas::axes(&x, self.x_name, &y))
            @if let Some(limit) = limit {
                path .limit d=(format!("M{LEFT} {:.1}H{RIGHT}", y.at(limit))) {}
            }
            @for curve in shown.iter().rev() {
                (self.curve(curve, &x, &y))
            }
            (self.hints(&x))
        };
        let keys: Vec<_> = self.curves.iter().map(|curve| (curve.tone, curve.name.as_str())).collect();
        canvas::figure(&self.title, &keys, &self.summary(), HEIGHT, &drawing)
    }

    fn curve(&self, curve: &Curve, x: &Scale, y: &Scale) -> Markup {
        let places: Vec<_> = curve.points.iter().map(|&(at, value)| (x.at(at), y.at(value))).collect();
        let path = places.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect::<Vec<_>>().join("L");
        let class = curve.tone.class();
        let (first, last) = (places[0].0, places[places.len() - 1].0);
        html! {
            @if self.stacked {
                path .area .(class) d=(format!("M{path}L{last:.1} {BOTTOM}L{first:.1} {BOTTOM}Z")) {}
            } @else {
                path .line .(class) d=(format!("M{path}")) {}
            }
            @if (self.dots && !self.stacked) || places.len() == 1 {
                @for (x, y) in &places {
                    circle .dot .(class) cx=(format!("{x:.1}")) cy=(format!("{y:.1}")) r="3" {}
                }
            }
        }
    }

    /// The values at each place, shown when the pointer is there.
    fn hints(&self, x: &Scale) -> Markup {
        let mut places: Vec<f64> = self.curves.iter().flat_map(|curve| &curve.points).map(|point| point.0).collect();
        places.sort_by(f64::total_cmp);
        places.dedup();
        if places.len() > HINTS_MAX {
            return Markup::default();
        }
        let middle = |left: f64, right: f64| f64::midpoint(x.at(left), x.at(right));
        html! {
            @for (index, &place) in places.iter().enumerate() {
                @let from = if index == 0 { LEFT } else { middle(places[index - 1], place) };
                @let to = places.get(index + 1).map_or(RIGHT, |&next| middle(place, next));
                (canvas::hint(from, to, &self.values(place)))
            }
        }
    }

    fn values(&self, place: f64) -> String {
        let values = self.curves.iter().filter_map(|curve| {
            let (_, value) = curve.points.iter().find(|point| point.0 == place)?;
            Some(format!("{} {}", curve.name, number::short(*value)))
        });
        format!("{} {}: {}", number::short(place), self.x_name, values.collect::<Vec<_>>().join(", "))
    }

    fn summary(&self) -> String {
        let last = self.curves.iter().filter_map(|curve| {
            let most = curve.points.iter().map(|point| point.1).fold(f64::MIN, f64::max);
            curve
                .points
                .last()
                .map(|last| format!("{} {} last, {} at most", curve.name, number::short(last.1), number::short(most)))
        });
        last.collect::<Vec<_>>().join("; ")
    }
}

/// Puts each curve on top of those before it. A point that is missing in a lower curve counts as 0.
fn stack(curves: &[Curve]) -> Vec<Curve> {
    let mut stacked: Vec<Curve> = Vec::new();
    for curve in curves {
        let below = stacked.last().map(|curve| curve.points.clone()).unwrap_or_default();
        let height = |x: f64| below.iter().find(|point| point.0 == x).map_or(0.0, |point| point.1);
        let points = curve.points.iter().map(|&(x, value)| (x, value + height(x))).collect();
        stacked.push(Curve { points, ..curve.clone() });
    }
    stacked
}

/// A limit is shown if it is less than this factor above the highest value.
const LIMIT_SHOWN: f64 = 2.5;
/// More hints would be narrower than a pointer.
const HINTS_MAX: usize = 400;

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(curves: Vec<Curve>) -> Lines {
        Lines {
            title: "Tick, ms".into(),
            x_name: "s",
            x: (0.0, 10.0),
            curves,
            stacked: false,
            dots: false,
            apart: None,
            limit: None,
        }
    }

    fn curve(name: &str, points: &[(f64, f64)]) -> Curve {
        Curve::of(name, Tone::Accent, points, |&point| Some(point))
    }

    #[test]
    fn curve_goes_through_its_points_and_names_them() {
        let drawn = lines(vec![curve("p99", &[(0.0, 0.0), (10.0, 2.0)])]).draw().into_string();
        assert!(drawn.contains(&format!("M{LEFT:.1} {BOTTOM:.1}L{RIGHT:.1} {TOP:.1}")), "{drawn}");
        assert!(drawn.contains("10 s: p99 2"), "{drawn}");
    }

    #[test]
    fn points_that_are_not_finite_are_left_out() {
        assert_eq!(lines(vec![curve("p99", &[])]).draw().into_string(), "");
        let drawn = lines(vec![curve("p99", &[(0.0, f64::NAN), (5.0, 1.0)])]).draw().into_string();
        assert!(!drawn.contains("NaN") && drawn.contains("circle"), "a single point is a dot: {drawn}");
    }

    #[test]
    fn parts_lie_on_top_of_each_other() {
        let stacked = stack(&[curve("a", &[(1.0, 2.0), (2.0, 3.0)]), curve("b", &[(1.0, 5.0), (2.0, 1.0)])]);
        assert_eq!(stacked[1].points, [(1.0, 7.0), (2.0, 4.0)]);
    }

    #[test]
    fn limit_is_shown_when_the_curve_comes_near() {
        let with = |limit| Lines { limit: Some(limit), ..lines(vec![curve("p99", &[(0.0, 1.0), (10.0, 4.0)])]) };
        assert!(with(5.0).draw().into_string().contains("class=\"limit\""));
        assert!(!with(50.0).draw().into_string().contains("class=\"limit\""));
    }
}
