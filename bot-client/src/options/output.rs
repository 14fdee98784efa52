//! Output files of a result: JSON, and an HTML page.

use std::path::PathBuf;

/// Output files of a result.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct OutputArgs {
    /// Write the result as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Write the result as an HTML page, `index.html`, with its JSON in the same folder, `report.json`. A plain run
    /// with --ops then requests the server's figures every second
    #[arg(long, value_name = "DIR")]
    pub(crate) report: Option<PathBuf>,
}
