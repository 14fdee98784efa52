//! Plots of the same items over the same axis: the seconds of a run, or the steps of a search.

use maud::Markup;

use crate::html::{
    canvas::Tone,
    lines::{Curve, Lines},
};

/// The items and the axis that all plots of a chart share.
pub(crate) struct Chart<'a, T> {
    pub(crate) items: &'a [T],
    /// Name and range of the lower axis, and below the position of an item on it.
    pub(crate) x_name: &'static str,
    pub(crate) x: (f64, f64),
    pub(crate) place: fn(&T) -> f64,
    /// See [`Lines`].
    pub(crate) dots: bool,
    pub(crate) apart: Option<(f64, f64)>,
}

/// A curve: its name, its colour, and its value for an item.
pub(crate) type Series<'a, T> = (&'a str, Tone, &'a dyn Fn(&T) -> Option<f64>);

impl<T> Chart<'_, T> {
    /// Draws one plot with these curves.
    pub(crate) fn plot(&self, title: &str, series: &[Series<'_, T>]) -> Markup {
        self.lines(title, series).draw()
    }

    /// Draws a plot with a line at a value that must not be exceeded.
    pub(crate) fn plot_below(&self, limit: Option<f64>, title: &str, series: &[Series<'_, T>]) -> Markup {
        Lines { limit, ..self.lines(title, series) }.draw()
    }

    /// Draws a plot with each curve on top of those before it.
    pub(crate) fn plot_stacked(&self, title: &str, series: &[Series<'_, T>]) -> Markup {
        Lines { stacked: true, ..self.lines(title, series) }.draw()
    }

    fn lines(&self, title: &str, series: &[Series<'_, T>]) -> Lines {
        let Self { items, x_name, x, place, dots, apart } = *self;
        let curve = |&(name, tone, value): &Series<'_, T>| {
            Curve::of(name, tone, items, |item| Some((place(item), value(item)?)))
        };
        let curves = series.iter().map(curve).collect();
        Lines { title: title.to_owned(), x_name, x, curves, stacked: false, dots, apart, limit: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_without_a_value_leave_a_curve_and_not_the_plot() {
        let items = [(1.0, Some(3.0)), (2.0, None), (4.0, Some(6.0))];
        let chart = Chart { items: &items, x_name: "s", x: (0.0, 4.0), place: |item| item.0, dots: false, apart: None };
        let all = chart.lines("Both", &[("some", Tone::Accent, &|item| item.1), ("all", Tone::Good, &|_| Some(1.0))]);
        assert_eq!(all.curves[0].points, [(1.0, 3.0), (4.0, 6.0)]);
        assert_eq!(all.curves[1].points.len(), 3);
    }
}
