//! A release server, and what it says of itself.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream, UdpSocket},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};

use crate::{
    bench::{
        pinned::{self, SERVER_CORE},
        watched::{SAMPLE_EVERY, free_tcp, log_to},
    },
    played::Played,
    process::quiet_output,
    workspace,
};

/// A server, ended when dropped.
pub(crate) struct LiveServer {
    child: Child,
    pub(crate) addresses: Addresses,
}

/// Where it listens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addresses {
    pub(crate) http: SocketAddr,
    pub(crate) ops: SocketAddr,
    pub(crate) udp: SocketAddr,
}

const PATIENCE: Duration = Duration::from_secs(10);

impl Addresses {
    /// Addresses of the loopback that nobody listens on.
    pub(crate) fn free() -> Result<Self> {
        let udp = UdpSocket::bind("127.0.0.1:0")?.local_addr()?;
        Ok(Self { http: free_tcp()?, ops: free_tcp()?, udp })
    }
}

impl LiveServer {
    /// Starts one on its core that plays this without opponents at 20 Hz, and waits until it serves.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) fn start(addresses: Addresses, played: &Played, arguments: &[&str], log: &Path) -> Result<Self> {
        let mut command = pinned::command(SERVER_CORE, program());
        command.args(played.server_flags());
        command.args(["--tick-hz", "20", "--room-size", &played.room_size.to_string(), "--fill", "0", "--seed", "1"]);
        Self::spawn(command.args(arguments), addresses, log)
    }

    /// Starts one on any core with just these settings, and awaits that it serves.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) fn start_anywhere(addresses: Addresses, arguments: &[&str], log: &Path) -> Result<Self> {
        let mut command = Command::new(program());
        command.args(arguments);
        Self::spawn(&mut command, addresses, log)
    }

    fn spawn(command: &mut Command, addresses: Addresses, log: &Path) -> Result<Self> {
        let Addresses { http, ops, udp } = addresses;
        command.args(["--http", &http.to_string(), "--udp", &udp.to_string(), "--ops", &ops.to_string()]);
        log_to(command, log)?;
        let child = command.spawn().context("the server cannot be started")?;
        let mut server = Self { child, addresses };
        let begun = Instant::now();
        while server.metrics().is_err() || TcpStream::connect(http).is_err() {
            if let Some(status) = server.child.try_wait()? {
                bail!("the server ended at once ({status}): see {}", log.display());
            }
            if begun.elapsed() > PATIENCE {
                bail!("the server does not answer");
            }
            thread::sleep(SAMPLE_EVERY);
        }
        Ok(server)
    }

    /// Returns true if the program still runs.
    pub(crate) fn lives(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Memory that is in RAM, bytes.
    ///
    /// # Errors
    /// It has gone.
    pub(crate) fn resident_bytes(&self) -> Result<u64> {
        pinned::resident_bytes(self.child.id())
    }

    /// Everything it counts, as Prometheus reads it.
    ///
    /// # Errors
    /// It does not answer.
    pub(crate) fn metrics(&self) -> Result<String> {
        get(self.addresses.ops, "/metrics")
    }

    /// Ends it as a host would; `None` when it does not end.
    pub(crate) fn stop(mut self) -> Result<Option<ExitStatus>> {
        quiet_output(&["kill", "-TERM", &self.child.id().to_string()]);
        self.await_end()
    }

    /// Awaits that it ends by itself; `None` when it does not.
    ///
    /// # Errors
    /// The system lost it.
    pub(crate) fn await_end(&mut self) -> Result<Option<ExitStatus>> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().context("lost the server")? {
                return Ok(Some(status));
            }
            thread::sleep(SAMPLE_EVERY);
        }
        Ok(None)
    }

    /// Ends it without a word, as `kill -9` does.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.child.kill().and_then(|()| self.child.wait()).map(drop).context("cannot kill the server")
    }
}

impl Drop for LiveServer {
    fn drop(&mut self) {
        // Already ended unless something failed.
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

fn program() -> PathBuf {
    workspace::target_dir().join("release/ricochet-server")
}

/// The body of what a server answers.
///
/// # Errors
/// It does not answer.
pub(crate) fn get(address: SocketAddr, path: &str) -> Result<String> {
    let mut socket = TcpStream::connect(address)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    write!(socket, "GET {path} HTTP/1.0\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut text = String::new();
    socket.read_to_string(&mut text)?;
    Ok(text.split_once("\r\n\r\n").context("no answer")?.1.to_owned())
}

/// Asks an administrator's action of a server.
///
/// # Errors
/// It does not answer, or refuses.
pub(crate) fn act(ops: SocketAddr, path: &str, token: &str, body: &str) -> Result<()> {
    let mut socket = TcpStream::connect(ops)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    let length = body.len();
    write!(
        socket,
        "POST {path} HTTP/1.0\r\nHost: {ops}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )?;
    let mut text = String::new();
    socket.read_to_string(&mut text)?;
    let status = text.split_whitespace().nth(1).context("no answer")?;
    ensure!(status == "200", "the server refuses {path}: {text}");
    Ok(())
}

/// The sum of a metric's samples.
pub(crate) fn sum(metrics: &str, name: &str) -> f64 {
    samples(metrics, name).map(|(_, value)| value).sum()
}

/// The samples of a metric with their labels.
pub(crate) fn samples<'a>(metrics: &'a str, name: &str) -> impl Iterator<Item = (&'a str, f64)> {
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
