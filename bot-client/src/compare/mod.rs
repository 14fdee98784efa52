//! Two results side by side: what changed, and what of that is worse than two runs of the same would differ.

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

/// What `compare` tells.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct Comparison {
    /// Names of the files.
    pub(crate) before: String,
    pub(crate) after: String,
    pub(crate) rows: Vec<Row>,
    /// What was not the same, so that the figures do not tell of one change only.
    pub(crate) differences: Vec<String>,
    /// The runs second by second, to draw.
    #[serde(skip)]
    pub(crate) timelines: [Vec<Second>; 2],
}

/// One figure.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) before: Option<f64>,
    pub(crate) after: Option<f64>,
    /// `None` from nothing.
    pub(crate) change_percent: Option<f64>,
    pub(crate) verdict: Verdict,
}

/// What a change means.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    Worse,
    Better,
    /// Two runs of the same differ as much.
    Noise,
    /// Nobody judges that.
    Plain,
}

impl Comparison {
    /// Reads and compares two files.
    ///
    /// # Errors
    /// One cannot be read, or they are results of different kinds; the message names the file.
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

    /// A line that sums it up.
    pub(crate) fn summary(&self) -> String {
        match self.worse().as_slice() {
            [] => "nothing is worse beyond noise".to_owned(),
            worse => format!("worse beyond noise: {}", worse.join("; ")),
        }
    }

    /// As a table for the terminal.
    pub(crate) fn table(&self) -> String {
        let mut table = Table::new();
        table.load_preset(UTF8_HORIZONTAL_ONLY).set_header(["", "before", "after", "change", ""]);
        for row in &self.rows {
            table.add_row([row.name.clone(), row.before(), row.after(), row.change(), row.verdict.word().to_owned()]);
        }
        let differs: String = self.differences.iter().map(|name| format!("not the same: {name}\n")).collect();
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

/// What two runs did not have in common, besides what is being compared.
fn differences(before: &Report, after: &Report) -> Vec<String> {
    let (one, other) = (&before.origin, &after.origin);
    let both_told = !one.machine.cpu.is_empty() && !other.machine.cpu.is_empty();
    let differs = [
        ("the game", one.differs_in_game(other)),
        ("the number of bots", before.bots != after.bots),
        ("what they do", before.behavior != after.behavior),
        (
            "those who break the rules",
            !before.hostile.keys().eq(after.hostile.keys()) || before.hostile_bots() != after.hostile_bots(),
        ),
        ("the transports", before.transports != after.transports),
        ("the tick rate", before.tick_hz != after.tick_hz),
        ("the network", before.conditions != after.conditions),
        ("plain snapshots", before.plain != after.plain),
        ("the seed", before.seed != after.seed),
        ("the machine", both_told && one.machine != other.machine),
        (
            "the size of rooms",
            one.server.as_ref().zip(other.server.as_ref()).is_some_and(|(a, b)| a.room_size != b.room_size),
        ),
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests;
