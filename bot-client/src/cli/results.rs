//! What can be done with the results of earlier runs.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Subcommand;

use crate::{compare::Comparison, html};

/// See the module.
#[derive(Subcommand, Clone, Debug)]
pub(crate) enum ResultsCommand {
    /// Tell what changed between two results, and what of that is worse beyond noise
    Compare {
        /// What --json or --report wrote
        before: PathBuf,
        /// The same of another run
        after: PathBuf,
        /// Write it as a page for people, `index.html`, with its JSON beside it
        #[arg(long, value_name = "DIR")]
        report: Option<PathBuf>,
    },
    /// Make the page for people of a result that was written as JSON, of a run or of a search for the most players
    Report {
        /// What --json wrote
        file: PathBuf,
        /// Where to put `index.html` and `report.json`
        folder: PathBuf,
    },
}

impl ResultsCommand {
    /// Does it.
    ///
    /// # Errors
    /// A file cannot be read or written; the message names it, and the field if it is one.
    pub(crate) fn run(&self) -> Result<()> {
        match self {
            Self::Compare { before, after, report } => {
                let comparison = Comparison::read(before, after)?;
                println!("{}", comparison.table());
                report.as_ref().map_or(Ok(()), |folder| html::write_comparison(&comparison, folder))
            }
            Self::Report { file, folder } => {
                let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
                let result = serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))?;
                html::write(result, folder).with_context(|| file.display().to_string())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn file_with_a_wrong_field_is_named_with_it() {
        let folder = samples::folder("commands");
        let file = folder.join("old.json");
        std::fs::write(&file, r#"{"bots": "many"}"#).unwrap();
        for command in [
            ResultsCommand::Report { file: file.clone(), folder: folder.join("page") },
            ResultsCommand::Compare { before: file.clone(), after: file.clone(), report: None },
        ] {
            let problem = format!("{:#}", command.run().unwrap_err());
            assert!(problem.contains("old.json") && problem.contains("`bots`"), "{problem}");
        }
    }
}
