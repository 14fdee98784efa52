//! The machine that the bots run on. Figures can only be compared between equal machines.

use std::fs;

use serde::{Deserialize, Serialize};

/// Description of a machine; unknown values are empty or 0.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Machine {
    pub(crate) cpu: String,
    /// Cores that this process may use.
    pub(crate) cores: usize,
    pub(crate) kernel: String,
    pub(crate) memory_mb: u64,
}

impl Machine {
    /// Describes this machine.
    pub(crate) fn here() -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let release = read("/proc/sys/kernel/osrelease");
        Self {
            cpu: cpu(&read("/proc/cpuinfo")).unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            kernel: format!("{} {}", std::env::consts::OS, release.trim()).trim().to_owned(),
            memory_mb: memory_kib(&read("/proc/meminfo")).unwrap_or(0) * 1_024 / 1_000_000,
        }
    }
}

/// Name of the first processor in `/proc/cpuinfo`; not every architecture has it.
fn cpu(cpuinfo: &str) -> Option<String> {
    let line = cpuinfo.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn memory_kib(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_processor_and_all_memory_are_read() {
        let info = "processor\t: 0\nmodel name\t: A CPU @ 2.0GHz\nprocessor\t: 1\nmodel name\t: B\n";
        assert_eq!(cpu(info).as_deref(), Some("A CPU @ 2.0GHz"));
        assert_eq!(memory_kib("MemTotal:       8000000 kB\nMemFree: 1 kB\n"), Some(8_000_000));
        assert_eq!((cpu(""), memory_kib("MemTotal: x")), (None, None));
    }
}
