//! Watches a server's process while its players' process runs: what the kernel says of its time and memory.

use std::{
    fs::File,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use super::pinned;

/// How often the kernel is asked.
pub(crate) const SAMPLE_EVERY: Duration = Duration::from_millis(100);

/// A process that does not outlive a failed run.
pub(crate) struct Stopped(pub(crate) Child);

/// The server at one moment.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    at: Instant,
    cpu: Duration,
    resident_bytes: u64,
}

/// The server while everyone plays.
pub(crate) struct Steady {
    pub(crate) cpu_us_per_sec: f64,
    pub(crate) resident_bytes: u64,
}

impl Drop for Stopped {
    fn drop(&mut self) {
        // Already ended unless something failed.
        let _ = self.0.kill().and_then(|()| self.0.wait());
    }
}

/// Samples `server` until the players' process ends. Its exit code is not looked at: what it reports says more.
///
/// # Errors
/// The server has gone.
pub(crate) fn sample_until_ended(players: &mut Child, server: u32) -> Result<Vec<Sample>> {
    let mut samples = Vec::new();
    while players.try_wait()?.is_none() {
        let sample = Sample {
            at: Instant::now(),
            cpu: pinned::cpu_of(server)?,
            resident_bytes: pinned::resident_bytes(server)?,
        };
        samples.push(sample);
        thread::sleep(SAMPLE_EVERY);
    }
    Ok(samples)
}

/// The middle of the `seconds` before the end: nobody joins any more, nobody leaves yet.
pub(crate) fn steady(samples: &[Sample], seconds: u32) -> Option<Steady> {
    let ended = samples.last()?.at;
    let measured = Duration::from_secs(seconds.into());
    // Players take a moment to say goodbye and to write their report.
    let until = ended.checked_sub(measured / 5)?;
    let since = ended.checked_sub(measured * 9 / 10)?;
    let mut window = samples.iter().filter(|sample| (since..=until).contains(&sample.at));
    let first = window.next()?;
    let last = window.next_back()?;
    let cpu = (last.cpu - first.cpu).as_secs_f64() * 1e6;
    let cpu_us_per_sec = cpu / (last.at - first.at).as_secs_f64();
    Some(Steady { cpu_us_per_sec, resident_bytes: last.resident_bytes })
}

/// A loopback address that nobody listens on.
pub(crate) fn free_tcp() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0").context("no TCP port")?.local_addr()?)
}

/// Sends what a program prints to a file.
pub(crate) fn log_to(command: &mut Command, path: &Path) -> Result<()> {
    let log = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    command.stdin(std::process::Stdio::null()).stdout(log.try_clone()?).stderr(log);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steady_part_leaves_out_joins_and_goodbyes() {
        let start = Instant::now();
        let sample = |tenth: u64| {
            let at = start + Duration::from_millis(100 * tenth);
            // A busy ramp of five seconds, then a tenth of the core.
            let busy_ms = if tenth < 50 { 90 * tenth } else { 4_500 + 10 * (tenth - 50) };
            Sample { at, cpu: Duration::from_millis(busy_ms), resident_bytes: tenth }
        };
        let samples: Vec<_> = (0..=150).map(sample).collect();
        let steady = steady(&samples, 10).unwrap();
        assert!((steady.cpu_us_per_sec - 100_000.0).abs() < 1.0, "{}", steady.cpu_us_per_sec);
        assert_eq!(steady.resident_bytes, 130);
    }
}
