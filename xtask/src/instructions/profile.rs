//! Shows where a path's instructions go, by callgrind_annotate.

use anyhow::{Context, Result, ensure};

use super::{
    callgrind,
    paths::{Built, Path},
};
use crate::process::quiet_output;

/// Functions shown.
const FUNCTIONS: usize = 30;

/// Prints the functions that cost most by themselves: instructions, share, the file they stand in (of what was inlined,
/// its own) and the function they became part of.
///
/// # Errors
/// The path cannot be counted, or callgrind_annotate fails.
pub(super) fn show(built: &Built, path: &Path) -> Result<()> {
    let profile = callgrind::run(&built.program, path)?;
    let annotated = quiet_output(&["callgrind_annotate", "--auto=no", &profile.to_string_lossy()])
        .context("callgrind_annotate fails, it comes with valgrind and needs perl")?;
    let lines: Vec<_> = annotated.lines().filter_map(shortened).collect();
    ensure!(!lines.is_empty(), "callgrind_annotate tells nothing of {}", profile.display());
    println!("{}", path.name);
    lines.iter().take(FUNCTIONS).for_each(|line| println!("{line}"));
    println!("all of it: callgrind_annotate {}", profile.display());
    Ok(())
}

/// `1,234 (5.6%)  /rustc/HASH/library/core/src/cmp.rs:room::tick [/…/instructions-1]` without what is the same in all.
fn shortened(line: &str) -> Option<String> {
    let (cost, place) = line.split_once("%)  ")?;
    let place = place.split_once(" [").map_or(place, |(place, _)| place);
    let place = match place.strip_prefix("/rustc/").and_then(|rest| rest.split_once("/library/")) {
        Some((_, rest)) => rest,
        None => place,
    };
    Some(format!("{cost}%)  {place}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_functions_are_shortened_and_others_left_out() {
        let check = |line, expected: Option<&str>| assert_eq!(shortened(line).as_deref(), expected, "{line}");
        check(
            " 1,234 ( 5.6%)  room/src/lib.rs:room::tick [/t/x-1]",
            Some(" 1,234 ( 5.6%)  room/src/lib.rs:room::tick"),
        );
        check("9 (5.6%)  /rustc/59807/library/core/src/cmp.rs:a::b", Some("9 (5.6%)  core/src/cmp.rs:a::b"));
        check("Events recorded:  Ir", None);
        check("415,979,070 (100.0%)  PROGRAM TOTALS", Some("415,979,070 (100.0%)  PROGRAM TOTALS"));
    }
}
