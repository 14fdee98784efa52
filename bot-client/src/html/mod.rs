//! Reports as HTML pages: one file without scripts or other files, light or dark like the reader's system.

mod bars;
mod canvas;
mod capacity;
mod chart;
mod comparison;
mod lines;
mod output;
mod page;
mod ranges;
mod run;
mod scale;

use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{compare::Comparison, html::page::Page, report::saved::Saved};

pub(crate) use self::output::write_result;

/// Writes the page of a result, of a run or of a capacity search, and the result as `report.json` in the same folder.
///
/// # Errors
/// A field of the result is missing or wrong, or the folder cannot be written.
pub(crate) fn write(result: Value, folder: &Path) -> Result<()> {
    let json = serde_json::to_string_pretty(&result)?;
    write_both(&page(result)?, &json, folder)
}

fn page(result: Value) -> Result<Page> {
    Ok(match Saved::of(result)? {
        Saved::Run(report) => run::page(&report),
        Saved::Capacity(capacity) => capacity::page(&capacity),
    })
}

/// Writes the page of a comparison, and the comparison as `report.json` in the same folder.
///
/// # Errors
/// The folder cannot be written.
pub(crate) fn write_comparison(comparison: &Comparison, folder: &Path) -> Result<()> {
    write_both(&comparison::page(comparison), &serde_json::to_string_pretty(comparison)?, folder)
}

fn write_both(page: &Page, json: &str, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    for (name, text) in [("index.html", page.render().as_str()), ("report.json", json)] {
        let file = folder.join(name);
        fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
