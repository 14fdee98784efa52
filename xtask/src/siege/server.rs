//! A release server on its core, and what it says of itself.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream, UdpSocket},
    path::Path,
    process::Child,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{
    bench::{
        pinned::{self, SERVER_CORE},
        watched::{SAMPLE_EVERY, free_tcp, log_to},
    },
    process::quiet_output,
    workspace,
};

/// A server, ended when dropped.
pub(super) struct Server {
    child: Child,
    pub(super) http: SocketAddr,
    pub(super) ops: SocketAddr,
}

const PATIENCE: Duration = Duration::from_secs(10);

impl Server {
    /// Starts one that serves, with limits for everybody but 127.0.0.1.
    ///
    /// # Errors
    /// It does not start.
    pub(super) fn start(name: &str, folder: &Path) -> Result<Self> {
        let (http, ops) = (free_tcp()?, free_tcp()?);
        let udp = UdpSocket::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = pinned::command(SERVER_CORE, workspace::target_dir().join("release/ricochet-server"));
        command.args(["--http", &http.to_string(), "--udp", &udp.to_string(), "--ops", &ops.to_string()]);
        command.args(["--tick-hz", "20", "--room-size", "16", "--fill", "0", "--seed", "1"]);
        command.args(["--limits-exempt", "127.0.0.1/32"]);
        log_to(&mut command, &folder.join(format!("{name}.server.log")))?;
        let child = command.spawn().context("the server cannot be started")?;
        let mut server = Self { child, http, ops };
        let begun = Instant::now();
        while server.metrics().is_err() || TcpStream::connect(server.http).is_err() {
            if let Some(status) = server.child.try_wait()? {
                bail!("the server ended at once ({status}): see {}/{name}.server.log", folder.display());
            }
            if begun.elapsed() > PATIENCE {
                bail!("the server does not answer");
            }
            thread::sleep(SAMPLE_EVERY);
        }
        Ok(server)
    }

    /// Whether it still runs.
    pub(super) fn lives(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Memory that is in RAM, bytes.
    ///
    /// # Errors
    /// It has gone.
    pub(super) fn resident_bytes(&self) -> Result<u64> {
        pinned::resident_bytes(self.child.id())
    }

    /// Everything it counts, as Prometheus reads it.
    ///
    /// # Errors
    /// It does not answer.
    pub(super) fn metrics(&self) -> Result<String> {
        let mut socket = TcpStream::connect(self.ops)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        write!(socket, "GET /metrics HTTP/1.1\r\nHost: ops\r\nConnection: close\r\n\r\n")?;
        let mut text = String::new();
        socket.read_to_string(&mut text)?;
        Ok(text)
    }

    /// Ends it as a host would.
    pub(super) fn stop(mut self) {
        quiet_output(&["kill", "-TERM", &self.child.id().to_string()]);
        let begun = Instant::now();
        while self.lives() && begun.elapsed() < PATIENCE {
            thread::sleep(SAMPLE_EVERY);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already ended unless something failed.
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// The sum of a metric's samples.
pub(super) fn sum(metrics: &str, name: &str) -> f64 {
    samples(metrics, name).map(|(_, value)| value).sum()
}

/// The samples of a metric with their labels.
pub(super) fn samples<'a>(metrics: &'a str, name: &str) -> impl Iterator<Item = (&'a str, f64)> {
    metrics.lines().filter_map(move |line| {
        let rest = line.strip_prefix(name)?;
        let (labels, value) = rest.rsplit_once(' ')?;
        (labels.is_empty() || labels.starts_with('{')).then_some(())?;
        Some((labels, value.parse().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_of_this_metric_only() {
        let text = "# HELP a_total x\na_total{limit=\"joins\"} 3\na_total{limit=\"bytes\"} 4\na_total_more 9\nab 1\n";
        assert_eq!(sum(text, "a_total"), 7.0);
        assert_eq!(samples(text, "a_total").next(), Some(("{limit=\"joins\"}", 3.0)));
        assert_eq!(sum(text, "ab"), 1.0);
    }
}
