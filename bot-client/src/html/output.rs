//! Writes a result to the files that the command line names.

use std::fs;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::{html, options::output::OutputArgs};

/// Writes a result as JSON and as a page, if requested.
///
/// # Errors
/// A file or folder cannot be written; the message names it.
pub(crate) fn write_result(output: &OutputArgs, result: &impl Serialize) -> Result<()> {
    if let Some(file) = &output.json {
        let json = serde_json::to_string_pretty(result)?;
        fs::write(file, json + "\n").with_context(|| format!("cannot write {}", file.display()))?;
    }
    output.report.as_ref().map_or(Ok(()), |folder| html::write(serde_json::to_value(result)?, folder))
}
