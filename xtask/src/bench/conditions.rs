//! Where and when was measured: without it a figure says little.

use std::fs;

use serde::Serialize;

use crate::process::quiet_output;

/// Machine, kernel, commit, and how busy it was.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Conditions {
    pub(crate) machine: String,
    pub(crate) cores: usize,
    pub(crate) kernel: String,
    pub(crate) commit: String,
    /// Others' work when the bench began.
    pub(crate) load_before: String,
    /// CPU time the host took away while it ran, percent.
    pub(crate) steal_percent: f64,
    #[serde(skip)]
    times_before: Times,
}

/// CPU times since the machine started, in the kernel's units.
#[derive(Clone, Copy, Debug, Default)]
struct Times {
    all: u64,
    stolen: u64,
}

impl Conditions {
    pub(crate) fn begin() -> Self {
        let unknown = || "unknown".to_owned();
        let changed = quiet_output(&["git", "status", "--porcelain"]).is_some_and(|changes| !changes.is_empty());
        let commit = quiet_output(&["git", "describe", "--always", "--abbrev=10"]).unwrap_or_else(unknown);
        Self {
            machine: first_value("/proc/cpuinfo", "model name").unwrap_or_else(unknown),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            kernel: quiet_output(&["uname", "-sr"]).unwrap_or_else(unknown),
            commit: if changed { format!("{commit} with changes") } else { commit },
            load_before: fs::read_to_string("/proc/loadavg").unwrap_or_default().trim().to_owned(),
            steal_percent: 0.0,
            times_before: times(),
        }
    }

    pub(crate) fn end(&mut self) {
        let now = times();
        let all = now.all.saturating_sub(self.times_before.all);
        let stolen = now.stolen.saturating_sub(self.times_before.stolen);
        self.steal_percent = if all == 0 { 0.0 } else { 100.0 * stolen as f64 / all as f64 };
    }
}

fn first_value(path: &str, key: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// The line `cpu user nice system idle iowait irq softirq steal guest guest_nice` of `/proc/stat`.
fn times() -> Times {
    const STEAL: usize = 7;
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let line = text.lines().next().unwrap_or_default();
    let times: Vec<u64> = line.split_whitespace().skip(1).filter_map(|word| word.parse().ok()).collect();
    // Guests' time is part of user time already.
    Times { all: times.iter().take(STEAL + 1).sum(), stolen: times.get(STEAL).copied().unwrap_or(0) }
}
