//! Processes on a core of their own, and what they use.

use std::{ffi::OsStr, fs, process::Command, time::Duration};

use anyhow::{Context, Result};

use crate::{machine, workspace};

/// Where servers run.
pub(crate) const SERVER_CORE: usize = 0;
/// Where players run.
pub(crate) const LOAD_CORE: usize = 1;

/// A program that stays on one core.
pub(crate) fn command(core: usize, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", &core.to_string()]).arg(program).current_dir(workspace::root());
    command
}

/// Makes sure that programs can be pinned here.
///
/// # Errors
/// There is no `taskset`, or a core is missing.
pub(crate) fn ensure() -> Result<()> {
    machine::ensure_packages("taskset", &["util-linux"], || machine::has(&["taskset", "--version"]))?;
    let cores = LOAD_CORE.to_string();
    anyhow::ensure!(machine::has(&["taskset", "--cpu-list", &cores, "true"]), "the bench needs two cores");
    Ok(())
}

/// CPU time of this thread, with the kernel's nanoseconds.
pub(crate) fn cpu_of_this_thread() -> Result<Duration> {
    schedule_time("/proc/thread-self/schedstat")
}

/// CPU time of all living threads of a process.
pub(crate) fn cpu_of(process: u32) -> Result<Duration> {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).context("the process has gone")?;
    let mut total = Duration::ZERO;
    for task in tasks {
        let path = task.context("the process has gone")?.path().join("schedstat");
        // A thread may end between the listing and the reading.
        total += schedule_time(&path.to_string_lossy()).unwrap_or_default();
    }
    Ok(total)
}

/// Memory of a process that is in RAM, bytes.
pub(crate) fn resident_bytes(process: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).context("the process has gone")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().context("VmRSS is no number")?;
    Ok(kib * 1_024)
}

fn schedule_time(path: &str) -> Result<Duration> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?;
    let nanoseconds = text.split_whitespace().next().unwrap_or_default().parse().context("no CPU time")?;
    Ok(Duration::from_nanos(nanoseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_usage_can_be_read() {
        let before = cpu_of_this_thread().unwrap();
        let work = (0..3_000_000u64).fold(0, |sum: u64, number| std::hint::black_box(sum.wrapping_add(number)));
        std::hint::black_box(work);
        assert!(cpu_of_this_thread().unwrap() >= before);
        assert!(cpu_of(std::process::id()).unwrap() >= before);
        assert!(resident_bytes(std::process::id()).unwrap() > 100_000);
    }
}
