//! Counts paths under callgrind, several at a time: that changes how long it takes and nothing else.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path as FilePath, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
};

use anyhow::{Context, Result, bail, ensure};

use super::{
    paths::{Built, Path},
    verdict::Counts,
};
use crate::{process::command, workspace};

/// Functions that the bench counts within; their callers are not of interest.
const MEASURED: &str = "*instructions::measured*";
/// Each needs some hundred megabytes.
const AT_A_TIME_MAX: usize = 4;

/// Counts every row of every path, by `path: row`.
///
/// # Errors
/// A path fails, or a function that a row counts was never called.
pub(super) fn count(built: &Built) -> Result<Counts> {
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(Vec::new());
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..cores.min(AT_A_TIME_MAX) {
            scope.spawn(|| {
                while let Some(path) = built.paths.get(next.fetch_add(1, Relaxed)) {
                    let counted = count_path(&built.program, path).with_context(|| path.name.clone());
                    outcomes.lock().expect("nobody panics with it").push(counted);
                }
            });
        }
    });
    let mut counts = Counts::new();
    for counted in outcomes.into_inner().expect("nobody panics with it") {
        counts.extend(counted?);
    }
    Ok(counts)
}

/// Runs a path and leaves what callgrind wrote of it.
pub(super) fn run(program: &FilePath, path: &Path) -> Result<PathBuf> {
    let folder = workspace::target_dir().join("instructions");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let file_name: String = path.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let profile = folder.join(file_name).with_extension("callgrind");
    let out = format!("--callgrind-out-file={}", profile.display());
    let toggle = format!("--toggle-collect={MEASURED}");
    // Names and positions in full, which are easier to read.
    let line = ["valgrind", "--tool=callgrind", "--compress-strings=no", "--compress-pos=no", "--collect-atstart=no"];
    let mut valgrind = command(&line);
    let output =
        valgrind.args([&toggle, &out]).arg(program).arg(&path.name).output().context("cannot start valgrind")?;
    if !output.status.success() {
        bail!("failed under callgrind ({}):\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(profile)
}

fn count_path(program: &FilePath, path: &Path) -> Result<Counts> {
    let profile = run(program, path)?;
    let bytes = fs::read(&profile).with_context(|| format!("cannot read {}", profile.display()))?;
    let text = String::from_utf8_lossy(&bytes);
    let costs = inclusive(&text)?;
    let mut counts = Counts::new();
    for (row, function) in &path.rows {
        let cost = costs.get(function.as_str()).copied().unwrap_or(0);
        ensure!(cost > 0, "{row:?} counts {function}, which was not called: renamed, or inlined?");
        counts.insert(format!("{}: {row}", path.name), cost);
    }
    Ok(counts)
}

/// The cost of each function with all that it called. A function that calls itself would count twice; no row's does.
///
/// ```text
/// fn=caller
/// 12 5              line 12 of the caller took 5 instructions
/// cfn=function
/// calls=3 40        it called the function at line 40 three times
/// 13 700            from its line 13, which took 700 instructions
/// ```
fn inclusive(profile: &str) -> Result<BTreeMap<&str, u64>> {
    ensure!(profile.lines().any(|line| line == "events: Ir"), "this is no count of instructions by callgrind");
    let mut costs = BTreeMap::new();
    let mut called = None;
    let mut lines = profile.lines();
    while let Some(line) = lines.next() {
        if let Some(function) = line.strip_prefix("cfn=") {
            called = Some(function);
        } else if line.starts_with("calls=") {
            let cost = lines.next().and_then(|cost| cost.split(' ').nth(1)?.parse::<u64>().ok());
            let (function, cost) = called.take().zip(cost).with_context(|| format!("a call without cost: {line}"))?;
            *costs.entry(function).or_default() += cost;
        }
    }
    Ok(costs)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROFILE: &str = "\
# callgrind format
positions: line
events: Ir
summary: 1300

fl=lib.rs
fn=room::Room::tick
12 5
cfi=mod.rs
cfn=<impl room::Replica>::look
calls=3 40
13 700
14 5
cfn=memcpy
calls=1 0
15 90

fn=room::other
1 100
cfn=<impl room::Replica>::look
calls=1 40
2 400
";

    #[test]
    fn cost_of_a_function_is_that_of_all_calls_to_it() {
        let costs = inclusive(PROFILE).unwrap();
        assert_eq!(costs["<impl room::Replica>::look"], 1_100);
        assert_eq!(costs["memcpy"], 90);
        assert_eq!(costs.get("room::Room::tick"), None);
    }

    #[test]
    fn what_is_no_profile_is_refused() {
        assert!(inclusive("").is_err());
        assert!(inclusive("events: Dr Dw\n").is_err());
        assert!(inclusive("events: Ir\ncalls=1 2\n3 4\n").is_err(), "nobody was called");
        assert!(inclusive("events: Ir\ncfn=f\ncalls=1 2\n").is_err(), "it was cut off");
        assert!(inclusive("events: Ir\ncfn=f\ncalls=1 2\n3 x\n").is_err());
    }
}
