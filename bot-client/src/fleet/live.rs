//! Progress of a run on a terminal: players, ticks, latency and bytes of the last seconds.

use std::{
    io::{IsTerminal, Stdout, stdout},
    sync::Arc,
    time::Duration,
};

use ratatui::{
    Frame, Terminal, TerminalOptions, Viewport,
    backend::CrosstermBackend,
    layout::{Constraint, Layout},
    style::{Color, Style, Stylize},
    text::{Line, Span},
    widgets::{Paragraph, Sparkline},
};

use crate::{
    fleet::{shared_state::Shared, timeline::Timeline},
    measure::stage::Stage,
    options::args::Args,
    report::{number::short, second::Second},
};

/// Lines at the bottom of the terminal. They are removed on drop.
#[derive(Debug)]
pub(crate) struct Live(Terminal<CrosstermBackend<Stdout>>);

/// True if the view is wanted: standard output is a terminal, and `--quiet` is not set.
pub(crate) fn is_wanted(args: &Args) -> bool {
    !args.quiet && stdout().is_terminal()
}

impl Live {
    /// Reserves its lines; `None` on a terminal that does not report its cursor position.
    pub(crate) fn start() -> Option<Self> {
        let options = TerminalOptions { viewport: Viewport::Inline(1 + CURVES as u16 * CURVE_LINES) };
        Terminal::with_options(CrosstermBackend::new(stdout()), options).ok().map(Self)
    }

    /// Draws until the future is dropped.
    pub(crate) async fn show(mut self, shared: Arc<Shared>, timeline: Arc<Timeline>) {
        let mut every = tokio::time::interval(REFRESH);
        loop {
            every.tick().await;
            let (head, seconds) = (head(&shared), timeline.seconds());
            // The run goes on if the terminal fails.
            if self.0.draw(|frame| draw(frame, &head, &seconds)).is_err() {
                return;
            }
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        // An error here cannot be handled.
        let _ = self.0.clear();
    }
}

fn head(shared: &Shared) -> String {
    let stages = &shared.stages;
    let doing = match stages.now() {
        Stage::Ramp => "joining",
        Stage::Measure => "measuring",
        Stage::Leave => "leaving",
    };
    let (joined, failed, dropped) = (stages.joined(), stages.failed(), stages.disconnected());
    format!(
        "{doing}, {:.0} s since the start: {joined} of {} joined, {failed} failed, {dropped} dropped",
        shared.start.elapsed().as_secs_f64(),
        shared.args.fair().count()
    )
}

/// A curve: name, unit, colour, and value of a second.
type Shown = (&'static str, &'static str, Color, fn(&Second) -> Option<f64>);

const CURVES: usize = 4;
const SHOWN: [Shown; CURVES] = [
    ("players", "", Color::Green, |second| Some(second.players.into())),
    ("server's tick p99", "ms", Color::Yellow, |second| second.tick_p99_ms),
    ("input to effect above round trip p99", "ms", Color::Cyan, |second| second.input_to_effect_above_rtt_p99_ms),
    ("bytes down", "B/s", Color::Blue, |second| Some(second.down_bytes_per_s)),
];

fn draw(frame: &mut Frame<'_>, head: &str, seconds: &[Second]) {
    let heights = std::iter::once(1).chain([CURVE_LINES; CURVES]).map(Constraint::Length);
    let [top, curves @ ..] = Layout::vertical(heights).areas::<{ 1 + CURVES }>(frame.area());
    frame.render_widget(Paragraph::new(head.bold()), top);
    // As many seconds as fit, the latest at the right end.
    let shown = &seconds[seconds.len().saturating_sub(frame.area().width.into())..];
    for ((name, unit, color, value), area) in SHOWN.into_iter().zip(curves) {
        let [title, curve] = Layout::vertical([1, CURVE_LINES - 1].map(Constraint::Length)).areas(area);
        let now = shown.last().and_then(value).map_or_else(|| "–".to_owned(), short);
        let most = shown.iter().filter_map(value).fold(0.0, f64::max);
        let words = Line::from(vec![
            Span::raw(format!("{name} ")),
            Span::styled(format!("{now} {unit}"), Style::new().fg(color).bold()),
            Span::raw(format!("  at most {}", short(most))).dim(),
        ]);
        frame.render_widget(Paragraph::new(words), title);
        let heights = shown.iter().map(|second| value(second).map(|value| height(value, most)));
        frame.render_widget(Sparkline::default().data(heights.collect::<Vec<_>>()).max(STEPS).style(color), curve);
    }
}

/// Scales a value to whole numbers, which sparklines need.
fn height(value: f64, most: f64) -> u64 {
    if most > 0.0 { (value / most * STEPS as f64).round() as u64 } else { 0 }
}

const STEPS: u64 = 1_000;
/// One line of text above two lines of curve.
const CURVE_LINES: u16 = 3;
const REFRESH: Duration = Duration::from_millis(500);

#[cfg(test)]
mod tests {
    use ratatui::backend::TestBackend;

    use super::*;
    use crate::samples;

    fn screen(seconds: &[Second], (width, height): (u16, u16)) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(frame, "measuring", seconds)).unwrap();
        terminal.backend().to_string()
    }

    #[test]
    fn last_second_is_shown_as_text_and_every_second_as_a_bar() {
        let screen = screen(&samples::run(20).timeline, (60, 13));
        for text in ["measuring", "players 3", "tick p99 1.5 ms", "round trip p99 4.2 ms", "bytes down 3020 B/s"] {
            assert!(screen.contains(text), "{text} is missing:\n{screen}");
        }
        assert!(screen.contains(&"█".repeat(20)), "{screen}");
    }

    #[test]
    fn no_terminal_is_too_small() {
        for size in [(1, 1), (3, 2), (200, 60)] {
            screen(&samples::run(20).timeline, size);
            screen(&[], size);
        }
    }
}
