//! What the process takes of its machine, as the kernel counts it.

use std::{fs, time::Duration};

/// Time and memory since the start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Usage {
    /// Processor time of all threads, in user and kernel mode; the kernel tells it in steps of 10 ms.
    pub cpu: Duration,
    /// Memory that is really there.
    pub resident_bytes: u64,
    /// Files and sockets open.
    pub open_files: u64,
}

/// `/proc` counts time in 1/100 s on every Linux (`USER_HZ`, see proc(5)).
const TICK: Duration = Duration::from_millis(10);

/// The usage now; `None` where there is no `/proc`.
pub fn usage() -> Option<Usage> {
    let cpu = cpu(&fs::read_to_string("/proc/self/stat").ok()?)?;
    let resident_bytes = resident_bytes(&fs::read_to_string("/proc/self/status").ok()?)?;
    let open_files = fs::read_dir("/proc/self/fd").ok()?.count() as u64;
    Some(Usage { cpu, resident_bytes, open_files })
}

/// From `/proc/self/stat`: fields 14 and 15, counted behind the name, which may hold anything.
fn cpu(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11).map(str::parse::<u32>);
    let (user, kernel) = (times.next()?.ok()?, times.next()?.ok()?);
    Some(TICK * user + TICK * kernel)
}

/// From `/proc/self/status`, which tells it in KiB and so spares us the size of a page.
fn resident_bytes(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1_024)
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
    fn memory_is_told_in_bytes() {
        assert_eq!(resident_bytes("Name:\tx\nVmRSS:\t    2048 kB\nThreads: 3"), Some(2_097_152));
        assert_eq!(resident_bytes("Name:\tx"), None);
    }
}
