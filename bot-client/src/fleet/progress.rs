//! Progress bars on a terminal; nothing elsewhere.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::measure::stage::Stages;

/// A progress bar on standard error.
#[derive(Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A bar for joins; `indicatif` hides it if standard error is not a terminal.
    pub(crate) fn joining(bots: u32, hidden: bool) -> Self {
        let bar = bar(hidden, bots.into());
        bar.set_style(style("joining {bar:40} {pos}/{len} {msg}"));
        Self(bar)
    }

    /// A bar for the measured seconds.
    pub(crate) fn measuring(seconds: f64, hidden: bool) -> Self {
        let bar = bar(hidden, seconds.ceil() as u64);
        bar.set_style(style("playing {bar:40} {pos}/{len} s {msg}"));
        Self(bar)
    }

    pub(crate) fn show_joins(&self, stages: &Stages) {
        let (arrived, failed) = (stages.arrived(), stages.failed());
        self.0.set_position(u64::from(arrived + failed));
        if failed > 0 {
            self.0.set_message(format!("{failed} failed"));
        }
    }

    pub(crate) fn show_time(&self, time: Duration, stages: &Stages) {
        self.0.set_position(time.as_secs());
        let dropped = stages.disconnected();
        if dropped > 0 {
            self.0.set_message(format!("{dropped} dropped"));
        }
    }

    pub(crate) fn finish(self) {
        self.0.finish_and_clear();
    }
}

fn bar(hidden: bool, length: u64) -> ProgressBar {
    let target = if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    ProgressBar::with_draw_target(Some(length), target)
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the template is valid")
}
