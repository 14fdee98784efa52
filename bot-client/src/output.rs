//! Where a result goes besides the terminal: JSON for machines, a page for people.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};
use serde::Serialize;

use crate::html;

/// See the module.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct OutputArgs {
    /// Write the result as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Write the result as a page for people, `index.html`, with its JSON beside it, `report.json`. A plain run with --ops
    /// then asks the server for its figures every second
    #[arg(long, value_name = "DIR")]
    pub(crate) report: Option<PathBuf>,
}

impl OutputArgs {
    /// Writes a result wherever it is wanted.
    ///
    /// # Errors
    /// A file or folder cannot be written; the message names it.
    pub(crate) fn write(&self, result: &impl Serialize) -> Result<()> {
        if let Some(file) = &self.json {
            let json = serde_json::to_string_pretty(result)?;
            fs::write(file, json + "\n").with_context(|| format!("cannot write {}", file.display()))?;
        }
        self.report.as_ref().map_or(Ok(()), |folder| html::write(serde_json::to_value(result)?, folder))
    }
}
