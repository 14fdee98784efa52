//! `cargo xtask count-lines FOLDER`: lines of Rust and of JavaScript in a folder, as programmers count them: without comments, blank
//! lines and tests.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use clap::Args;

#[derive(Args)]
pub(crate) struct Options {
    /// The folder, such as games/template
    folder: PathBuf,
    /// Fails if there are more lines of Rust
    #[arg(long, value_name = "LINES")]
    rust_max: Option<usize>,
    /// Fails if there are more lines of JavaScript
    #[arg(long, value_name = "LINES")]
    javascript_max: Option<usize>,
}

/// Folders whose files are not counted: tests, and what programs put there.
const SKIPPED: &[&str] = &["tests", "target", "node_modules"];

/// Prints the lines of each file and their sums.
///
/// # Errors
/// The folder cannot be read, or there are more lines than allowed.
pub(crate) fn run(options: &Options) -> Result<()> {
    for (name, ending, max) in [("Rust", "rs", options.rust_max), ("JavaScript", "js", options.javascript_max)] {
        let mut files = Vec::new();
        collect(&options.folder, ending, &mut files)?;
        files.sort();
        let mut sum = 0;
        for path in &files {
            let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
            let lines = code_lines(&text);
            println!("{lines:>6}  {}", path.display());
            sum += lines;
        }
        println!("{sum:>6}  lines of {name}");
        if let Some(max) = max {
            ensure!(sum <= max, "{} has {sum} lines of {name}, and {max} are allowed", options.folder.display());
        }
    }
    Ok(())
}

fn collect(folder: &Path, ending: &str, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with('.') || SKIPPED.contains(&name) {
            continue;
        }
        if path.is_dir() {
            collect(&path, ending, files)?;
        } else if path.extension().is_some_and(|extension| extension == ending) {
            files.push(path);
        }
    }
    Ok(())
}

/// Lines that hold more than a comment. The tests of a Rust file are at its end, behind `#[cfg(test)]`.
fn code_lines(text: &str) -> usize {
    let (mut count, mut in_comment) = (0, false);
    for line in text.lines().take_while(|&line| line != "#[cfg(test)]").map(str::trim) {
        let mut rest = line;
        let mut is_code = false;
        while (in_comment || !rest.starts_with("//")) && !rest.is_empty() {
            let mark = if in_comment { "*/" } else { "/*" };
            // A comment that begins behind code ends in the same line or is none: strings hold such marks too.
            let (before, behind) = match rest.split_once(mark) {
                Some((before, behind)) if in_comment || before.trim().is_empty() => (before, Some(behind)),
                _ => (rest, None),
            };
            is_code |= !in_comment && !before.trim().is_empty();
            let Some(behind) = behind else { break };
            in_comment = !in_comment;
            rest = behind.trim();
        }
        count += usize::from(is_code);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_is_counted() {
        for (text, lines) in [
            ("", 0),
            ("\n  \n// a\n//! b\n/// c\n", 0),
            ("let a = 1; // why\n", 1),
            ("/* a\n b\n */\nlet a = 1;\n", 1),
            ("/** a */ let a = 1;\n/** b */\n", 1),
            ("let a = '/*';\nlet b = 2;\n", 2),
            ("fn a() {\n}\n\n#[cfg(test)]\nmod tests {\n}\n", 2),
            ("  #[cfg(test)]\n  let a = 1;\n", 2),
        ] {
            assert_eq!(code_lines(text), lines, "{text:?}");
        }
    }
}
