//! Compares two results: which figures changed, and which changes are worse than the noise between two equal runs.

mod figures;

use std::path::Path;

use anyhow::{Result, bail};
use comfy_table::{Table, presets::UTF8_HORIZONTAL_ONLY};
use serde::Serialize;

use crate::{
    compare::figures::{Figure, Judged},
    report::{
        Report,
        number::{change, short},
        saved::Saved,
        second::Second,
    },
};

/// Result of the command `compare`.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct Comparison {
    /// Names of the files.
    pub(crate) before: String,
    pub(crate) after: String,
    pub(crate) rows: Vec<Row>,
    /// Differences in the setup of the two runs, which may explain a change.
    pub(crate) differences: Vec<String>,
    /// The runs second by second, for the plots.
    #[serde(skip)]
    pub(crate) timelines: [Vec<Second>; 2],
}

/// One figure.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) before: Option<f64>,
    pub(crate) after: Option<f64>,
    /// Change in percent of `before`; `None` if `before` is 0 or a value is missing.
    pub(crate) change_percent: Option<f64>,
    pub(crate) verdict: Verdict,
}

/// Meaning of a change.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    Worse,
    Better,
    /// The change is within the noise between two equal runs.
    Noise,
    /// The figure is not judged, or is missing on one side.
    Plain,
}

impl Comparison {
    /// Reads and compares two files.
    ///
    /// # Errors
    /// A file cannot be read, or the files hold results of different kinds; the message names the file.
    pub(crate) fn read(before: &Path, after: &Path) -> Result<Self> {
        let names = [before, after].map(|file| file.display().to_string());
        match (Saved::read(before)?, Saved::read(after)?) {
            (Saved::Run(a), Saved::Run(b)) => Ok(Self::of_runs(names, &a, &b)),
            (Saved::Capacity(a), Saved::Capacity(b)) => {
                let mut differences = Vec::new();
                if a.origin.differs_in_game(&b.origin) {
                    differences.push("the game".to_owned());
                }
                if a.objectives != b.objectives {
                    differences.push("the objectives".to_owned());
                }
                Ok(Self::new(names, figures::of_capacities(&a, &b), differences, Default::default()))
            }
            (Saved::Run(_), Saved::Capacity(_)) | (Saved::Capacity(_), Saved::Run(_)) => {
                bail!(
                    "{} and {} are results of different kinds: of a run and of a search for the most players",
                    names[0],
                    names[1]
                )
            }
        }
    }

    pub(crate) fn of_runs(names: [String; 2], before: &Report, after: &Report) -> Self {
        let timelines = [before, after].map(|run| run.timeline.clone());
        Self::new(names, figures::of_runs(before, after), differences(before, after), timelines)
    }

    fn new(
        [before, after]: [String; 2],
        figures: Vec<Figure>,
        differences: Vec<String>,
        timelines: [Vec<Second>; 2],
    ) -> Self {
        Self { before, after, rows: figures.into_iter().map(Row::of).collect(), differences, timelines }
    }

    /// Names of the figures that are worse.
    pub(crate) fn worse(&self) -> Vec<&str> {
        self.rows.iter().filter(|row| row.verdict == Verdict::Worse).map(|row| row.name.as_str()).collect()
    }

    /// Names the figures that are worse, in one line.
    pub(crate) fn summary(&self) -> String {
        match self.worse().as_slice() {
            [] => "nothing is worse beyond noise".to_owned(),
            worse => format!("worse beyond noise: {}", worse.join("; ")),
        }
    }

    /// The comparison as a table for the terminal.
    pub(crate) fn table(&self) -> String {
        let mut table = Table::new();
        table.load_preset(UTF8_HORIZONTAL_ONLY).set_header(["", "before", "after", "change", ""]);
        for row in &self.rows {
            table.add_row([row.name.clone(), row.before(), row.after(), row.change(), row.verdict.word().to_owned()]);
        }
        let differs: String = self.differences.iter().map(|name| format!("different: {name}\n")).collect();
        format!("before: {}\nafter:  {}\n{table}\n{differs}{}", self.before, self.after, self.summary())
    }
}

impl Row {
    fn of(figure: Figure) -> Self {
        let verdict = figure.verdict();
        let Figure { name, before, after, .. } = figure;
        Self {
            change_percent: before.zip(after).and_then(|(before, after)| change(before, after)),
            name,
            before,
            after,
            verdict,
        }
    }

    pub(crate) fn before(&self) -> String {
        self.before.map_or_else(|| "–".to_owned(), short)
    }

    pub(crate) fn after(&self) -> String {
        self.after.map_or_else(|| "–".to_owned(), short)
    }

    pub(crate) fn change(&self) -> String {
        self.change_percent.map_or_else(String::new, |percent| format!("{percent:+.1} %"))
    }
}

impl Figure {
    fn verdict(&self) -> Verdict {
        let Some((before, after)) = self.before.zip(self.after) else { return Verdict::Plain };
        let (percent, least, growth) = match self.judged {
            Judged::LessIsBetter { percent, least } => (percent, least, after - before),
            Judged::MoreIsBetter { percent, least } => (percent, least, before - after),
            Judged::Not => return Verdict::Plain,
        };
        let noise = (before.abs() * percent / 100.0).max(least);
        match growth {
            growth if growth > noise => Verdict::Worse,
            growth if growth < -noise => Verdict::Better,
            _ => Verdict::Noise,
        }
    }
}

impl Verdict {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Worse => "worse",
            Self::Better => "better",
            Self::Noise | Self::Plain => "",
        }
    }
}

/// Names the differences in the setup of two runs.
fn differences(before: &Report, after: &Report) -> Vec<String> {
    let (one, other) = (&before.origin, &after.origin);
    let both_known = !one.machine.cpu.is_empty() && !other.machine.cpu.is_empty();
    let differs = [
        ("the game", one.differs_in_game(other)),
        ("the number of bots", before.bots != after.bots),
        ("the behavior", before.behavior != after.behavior),
        (
            "the hostile bots",
            !before.hostile.keys().eq(after.hostile.keys()) || before.hostile_bots() != after.hostile_bots(),
        ),
        ("the transports", before.transports != after.transports),
        ("the tick rate", before.tick_hz != after.tick_hz),
        ("the network", before.conditions != after.conditions),
        ("plain snapshots", before.plain != after.plain),
        ("the seed", before.seed != after.seed),
        ("the machine", both_known && one.machine != other.machine),
        (
            "the size of rooms",
            one.server.as_ref().zip(other.server.as_ref()).is_some_and(|(a, b)| a.room_size != b.room_size),
        ),
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests;
