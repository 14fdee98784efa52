//! Where a result goes besides the terminal: JSON for machines, a page for people.

use std::path::PathBuf;

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
