//! Commands for the results of earlier runs.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Subcommand;

use crate::{compare::Comparison, html};

/// Commands that read results.
#[derive(Subcommand, Clone, Debug)]
pub(crate) enum ResultsCommand {
    /// Compare two results, and mark what is worse beyond noise
    Compare {
        /// Result that --json or --report wrote
        before: PathBuf,
        /// Result of another run
        after: PathBuf,
        /// Write the comparison as a page, `index.html`, with its JSON in the same folder
        #[arg(long, value_name = "DIR")]
        report: Option<PathBuf>,
    },
    /// Make an HTML page from a JSON result of a run or of a capacity search
    Report {
        /// Result that --json wrote
        file: PathBuf,
        /// Folder for `index.html` and `report.json`
        folder: PathBuf,
    },
}

impl ResultsCommand {
    /// Runs the command.
    ///
    /// # Errors
    /// A file cannot be read or written, or a field of it is invalid; the message names the file and the field.
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
