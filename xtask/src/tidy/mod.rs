//! The project's own rules, which no other tool knows. One rule per file, each with good and bad samples as tests.

mod engine_words;
mod import_cycles;
mod leftovers;
mod length;
mod links;
mod lock_file;
mod machine_words;
mod opening;
mod outside_documents;
mod paths_in_backticks;
mod plain_words;
mod sans_io_code;
mod sans_io_tree;
mod sleeps;
mod type_names;
mod white_space;
mod wire_vectors;

use std::fmt;

use anyhow::{Result, bail};

use crate::{
    source::{
        self, File,
        modules::{self, Crate},
    },
    workspace,
};

/// A rule looks at every file and returns its findings.
type Rule = fn(&[File]) -> Vec<Finding>;

/// A rule about the crates and their modules.
type CrateRule = fn(&[Crate]) -> Vec<Finding>;

const RULES: &[Rule] = &[
    opening::check,
    length::check,
    leftovers::check,
    sleeps::check,
    sans_io_code::check,
    links::check,
    white_space::check,
    wire_vectors::check,
    lock_file::check,
    machine_words::check,
    engine_words::check,
    paths_in_backticks::check,
    outside_documents::check,
];

const CRATE_RULES: &[CrateRule] = &[import_cycles::check, type_names::check];

impl File {
    fn finding(&self, line: usize, message: impl Into<String>) -> Finding {
        Finding { path: self.path.clone(), line, message: message.into() }
    }
}

/// Something that is not as the rules want it.
#[derive(PartialEq, Eq, Debug)]
struct Finding {
    path: String,
    line: usize,
    message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// Applies every rule to every file.
///
/// # Errors
/// A rule found something, which is printed already.
pub(crate) fn run() -> Result<()> {
    let files = source::read_files(workspace::root())?;
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(&files)).collect();
    let crates = modules::parse(&files)?;
    findings.extend(CRATE_RULES.iter().flat_map(|rule| rule(&crates)));
    findings.extend(plain_words::check(&files, &crates));
    findings.extend(sans_io_tree::check()?);
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("{} findings in {} files", findings.len(), files.len());
    }
    println!("{} files follow the rules", files.len());
    Ok(())
}

/// Helpers of the tests of the rules.
#[cfg(test)]
mod testing {
    use super::Rule;
    pub(super) use crate::source::file;

    /// Applies a rule to one file and gives the lines it complains about.
    pub(super) fn lines_found(rule: Rule, path: &str, text: &str) -> Vec<usize> {
        rule(&[file(path, text)]).into_iter().map(|finding| finding.line).collect()
    }
}
