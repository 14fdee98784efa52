//! Counts how often the kernel stopped this process because of a CPU limit (`cpu.max`, `cpu.cfs_quota_us`, a container's
//! limit). A stopped server looks like one that is late although it has little to do.
//!
//! In: `cpu.stat` of our control group and those above it, version 1 or 2, read once a second outside of the tick threads. Out: how
//! many of the last periods ended in a stop.

use std::{
    collections::VecDeque,
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock},
};

/// Periods of the scheduler, usually of 100 ms.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Periods {
    /// Periods in which the process wanted to run.
    pub periods: u64,
    /// Periods in which it used up its share and was stopped.
    pub stopped: u64,
}

/// The control groups of this process that may have a limit.
#[derive(Debug)]
pub(crate) struct CpuLimit {
    files: Vec<PathBuf>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The counters of every group since its creation; one entry per reading, the newest last.
    looks: VecDeque<Vec<Periods>>,
}

/// Readings that are kept: at one a second and periods of 100 ms, the last hundred periods.
const LOOKS: usize = 11;
/// A smaller share of stopped periods is harmless: a limit may cut short bursts.
const WORTH_A_WORD: f64 = 0.05;

impl CpuLimit {
    /// The limit of this process; without control groups there are no periods.
    pub(crate) fn of_this_process() -> &'static Self {
        static OURS: OnceLock<CpuLimit> = OnceLock::new();
        OURS.get_or_init(|| {
            let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
            Self::new(Path::new("/sys/fs/cgroup"), &groups)
        })
    }

    fn new(root: &Path, groups: &str) -> Self {
        Self { files: stat_files(root, groups), state: Mutex::default() }
    }

    /// Reads the counters: a system call or two per group, which do not wait for a disk.
    pub(crate) fn look(&self) {
        let read = |file: &PathBuf| fs::read_to_string(file).ok().and_then(|text| parse(&text)).unwrap_or_default();
        let look = self.files.iter().map(read).collect();
        let mut state = self.state();
        if state.looks.len() == LOOKS {
            state.looks.pop_front();
        }
        state.looks.push_back(look);
    }

    /// All periods so far, of the group that stopped the process most often.
    pub(crate) fn total(&self) -> Periods {
        let state = self.state();
        state.looks.back().into_iter().flatten().copied().max_by_key(|periods| periods.stopped).unwrap_or_default()
    }

    /// About the last hundred periods, of the group that stopped the process most often in them.
    pub(crate) fn recent(&self) -> Periods {
        let state = self.state();
        let (Some(first), Some(last)) = (state.looks.front(), state.looks.back()) else { return Periods::default() };
        let since = first.iter().zip(last).map(|(before, now)| Periods {
            periods: now.periods.saturating_sub(before.periods),
            stopped: now.stopped.saturating_sub(before.stopped),
        });
        since.max_by_key(|periods| periods.stopped).unwrap_or_default()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Periods {
    /// A text if the limit slows the server down; else `None`.
    pub(crate) fn in_words(self) -> Option<String> {
        let Self { periods, stopped } = self;
        let felt = periods > 0 && stopped as f64 / periods as f64 > WORTH_A_WORD;
        felt.then(|| format!("stopped {stopped} of {periods} periods by a CPU limit"))
    }
}

/// The files of our group and all above it: each may have a limit. In a container the outer ones may be hidden.
fn stat_files(root: &Path, groups: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for line in groups.lines() {
        let mut fields = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (fields.next(), fields.next()) else { continue };
        let mounts: &[&str] = match controllers {
            "" => &[""],
            _ if controllers.split(',').any(|controller| controller == "cpu") => &[controllers, "cpu"],
            _ => continue,
        };
        let group = Path::new(path.trim_start_matches('/'));
        for mount in mounts {
            let found = group.ancestors().map(|above| root.join(mount).join(above).join("cpu.stat"));
            files.extend(found.filter(|file| file.is_file()));
        }
    }
    files.sort_unstable();
    files.dedup();
    files
}

/// `None` if the group has no limit, because then it counts no periods.
fn parse(text: &str) -> Option<Periods> {
    let number = |name: &str| {
        let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
        rest.strip_prefix(' ')?.trim().parse().ok()
    };
    Some(Periods { periods: number("nr_periods")?, stopped: number("nr_throttled")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSION_2: &str =
        "usage_usec 5\nuser_usec 3\nnr_periods 200\nnr_throttled 7\nthrottled_usec 9\nnr_bursts 0\n";
    const VERSION_1: &str = "nr_periods 300\nnr_throttled 0\nthrottled_time 0\n";

    fn scene(name: &str, files: &[(&str, &str)]) -> PathBuf {
        let root = std::env::temp_dir().join(format!("ricochet-cgroup-{name}-{}", std::process::id()));
        for (file, text) in files {
            let file = root.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        root
    }

    #[test]
    fn counters_of_both_versions_are_read() {
        assert_eq!(parse(VERSION_2), Some(Periods { periods: 200, stopped: 7 }));
        assert_eq!(parse(VERSION_1), Some(Periods { periods: 300, stopped: 0 }));
        assert_eq!(parse("usage_usec 5\nuser_usec 3\n"), None, "a group without a limit");
        assert_eq!(parse("nr_periods x\nnr_throttled 1"), None);
    }

    #[test]
    fn own_group_and_those_above_are_found_wherever_they_are_mounted() {
        let root = scene(
            "found",
            &[("a/cpu.stat", VERSION_2), ("a/b/cpu.stat", VERSION_2), ("cpu,cpuacct/c/cpu.stat", VERSION_1)],
        );
        let files = |groups: &str| {
            let files = stat_files(&root, groups);
            files.iter().map(|file| file.strip_prefix(&root).unwrap().display().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(files("0::/a/b\n"), ["a/b/cpu.stat", "a/cpu.stat"]);
        assert_eq!(files("5:memory:/x\n4:cpu,cpuacct:/c/d\n1:name=systemd:/x\n"), ["cpu,cpuacct/c/cpu.stat"]);
        assert!(files("").is_empty() && files("nonsense\n0::\n").is_empty());
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn last_hundred_periods_are_told_in_words() {
        let root = scene("words", &[("a/cpu.stat", VERSION_2), ("cpu.stat", VERSION_1)]);
        let limit = CpuLimit::new(&root, "0::/a");
        assert_eq!(limit.recent(), Periods::default());
        for look in 0..=20 {
            let text = format!("nr_periods {}\nnr_throttled {}\n", 200 + look * 10, 7 + (look.max(10) - 10) * 9);
            fs::write(root.join("a/cpu.stat"), text).unwrap();
            limit.look();
        }
        assert_eq!(limit.total(), Periods { periods: 400, stopped: 97 });
        assert_eq!(limit.recent(), Periods { periods: 100, stopped: 90 });
        assert_eq!(limit.recent().in_words().unwrap(), "stopped 90 of 100 periods by a CPU limit");
        assert_eq!(Periods { periods: 100, stopped: 5 }.in_words(), None, "a burst");
        assert_eq!(Periods::default().in_words(), None);
        fs::remove_dir_all(root).unwrap();
    }
}
