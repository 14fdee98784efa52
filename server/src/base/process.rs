//! CPU time, memory and open files of the process, from `/proc`. A background task reads them, because the kernel lists all
//! open files to count them; callers get the last values.

use std::{
    fs,
    sync::{Mutex, OnceLock, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Use of resources since the start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Usage {
    /// CPU time of all threads, in user and kernel mode; the kernel counts it in steps of 10 ms.
    pub cpu: Duration,
    /// Resident memory.
    pub resident_bytes: u64,
    /// Open files and sockets.
    pub open_files: u64,
    /// Most files and sockets that may be open.
    pub open_files_max: u64,
    /// All threads, those of the runtime included.
    pub threads: u64,
    /// Time of the first call of [`started`], which a server makes at its start; since 1970.
    pub started: Duration,
}

/// `/proc` counts time in 1/100 s on every Linux (`USER_HZ`, see proc(5)).
const TICK_MS: u64 = 10;

/// The last values.
static FOUND: Mutex<Option<Usage>> = Mutex::new(None);
/// How often CPU time and memory are read. Differences over some seconds are then exact to a
/// percent.
const PERIOD: Duration = Duration::from_millis(100);
/// Periods between two counts of the open files.
const FILES_EVERY: u32 = 10;

/// The last values; `None` without `/proc`, or before the first look.
pub(crate) fn usage() -> Option<Usage> {
    *FOUND.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads the values now; counts the open files only if `files` is true.
pub(crate) fn look(files: bool) {
    let before = usage();
    let found = read(before.filter(|_| !files).map(|usage| usage.open_files));
    // If no file can be opened now, keep the old values.
    if found.is_some() {
        *FOUND.lock().unwrap_or_else(PoisonError::into_inner) = found;
    }
}

/// Reads the values periodically; never returns.
pub(crate) async fn keep_looking() {
    let mut period = tokio::time::interval(PERIOD);
    for turn in (0..FILES_EVERY).cycle() {
        period.tick().await;
        // The kernel answers from memory, but needs some time for thousands of files.
        let _ = tokio::task::spawn_blocking(move || look(turn == 0)).await;
    }
}

fn read(open_files: Option<u64>) -> Option<Usage> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let open_files = open_files.or_else(|| Some(fs::read_dir("/proc/self/fd").ok()?.count() as u64))?;
    Some(Usage {
        cpu: cpu(&fs::read_to_string("/proc/self/stat").ok()?)?,
        resident_bytes: number_after(&status, "VmRSS:")? * 1_024,
        threads: number_after(&status, "Threads:")?,
        open_files,
        open_files_max: open_files_max(&fs::read_to_string("/proc/self/limits").ok()?)?,
        started: started(),
    })
}

/// Time of the first call, which is about the start of the process; since 1970.
pub(crate) fn started() -> Duration {
    static STARTED: OnceLock<Duration> = OnceLock::new();
    *STARTED.get_or_init(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// Parses `/proc/self/stat`: fields 14 and 15, counted after the process name, which may contain any characters.
fn cpu(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11).map(str::parse::<u64>);
    let (user, kernel) = (times.next()?.ok()?, times.next()?.ok()?);
    // 32 bits would overflow after 497 days of one core.
    user.checked_add(kernel)?.checked_mul(TICK_MS).map(Duration::from_millis)
}

/// Parses `/proc/self/status`, which gives memory in KiB, so the page size is not needed.
fn number_after(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Parses `/proc/self/limits`: the soft limit is the first number after the name.
fn open_files_max(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(u64::MAX),
        number => number.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_found_behind_any_name() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194304 90 0 0 0 250 50 0 0 20 0 3 0 100 1 2";
        assert_eq!(cpu(stat), Some(Duration::from_secs(3)));
        assert_eq!(cpu("7 (a"), None);
    }

    #[test]
    fn processor_time_of_years_on_many_cores_is_told() {
        let of = |user: u64| cpu(&format!("7 (a) S 1 7 7 0 -1 4194304 90 0 0 0 {user} 50 0 0 20 0 3 0 100 1 2"));
        assert_eq!(of(5_000_000_000), Some(Duration::from_millis(50_000_000_500)));
        assert_eq!(of(u64::MAX), None);
    }

    #[test]
    fn memory_and_threads_are_found_by_their_names() {
        let status = "Name:\tx\nVmRSS:\t    2048 kB\nThreads: 3";
        assert_eq!(number_after(status, "VmRSS:"), Some(2_048));
        assert_eq!(number_after(status, "Threads:"), Some(3));
        assert_eq!(number_after("Name:\tx", "VmRSS:"), None);
    }

    #[test]
    fn limit_of_open_files_is_the_soft_one() {
        let limits = "Limit    Soft Limit  Hard Limit  Units\nMax open files            1024                 4096                 files";
        assert_eq!(open_files_max(limits), Some(1_024));
        assert_eq!(open_files_max("Max open files  unlimited unlimited files"), Some(u64::MAX));
        assert_eq!(open_files_max(""), None);
    }
}
