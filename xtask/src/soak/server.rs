//! The server that is soaked: the release program with a state directory of its own.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use super::sample::{Disk, Sample};
use crate::workspace;

/// A running server; killed when dropped without [`Server::end`].
pub(super) struct Server {
    child: Child,
    /// Where players go.
    pub(super) page: String,
    /// `host:port` of its figures.
    ops: String,
    state: PathBuf,
}

/// Short matches, so that many end and are recorded; room for few recordings, so that the oldest must go.
const SETTINGS: &str = "--http 127.0.0.1:0 --udp 127.0.0.1:0 --ops 127.0.0.1:0 --seed 1 --match-secs 60 --results-secs 3 \
                        --recording-max-mib 64";
const PATIENCE: Duration = Duration::from_secs(10);

impl Server {
    pub(super) fn start() -> Result<Self> {
        let folder = workspace::target_dir().join("soak");
        let state = folder.join("state");
        if state.exists() {
            fs::remove_dir_all(&state).with_context(|| format!("cannot empty {}", state.display()))?;
        }
        fs::create_dir_all(&state)?;
        let log = fs::File::create(folder.join("server.log")).context("cannot write the server's log")?;
        let mut child = Command::new(workspace::target_dir().join("release/ricochet-server"))
            .args(SETTINGS.split_whitespace())
            .arg("--state")
            .arg(&state)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .context("cannot start the server")?;
        let stdout = child.stdout.take().context("stdout is piped")?;
        let greeting: Vec<String> =
            BufReader::new(stdout).lines().map_while(Result::ok).take_while(|line| !line.contains("Stop")).collect();
        let address = |label: &str| {
            let line = greeting.iter().find(|line| line.contains(label));
            line.and_then(|line| line.split_whitespace().last()).map(|url| url.trim_end_matches('/').to_owned())
        };
        let page = address("Play ").context("the server did not say where it is; target/soak/server.log says why")?;
        let ops = address("Metrics ").context("the server did not say where its figures are")?;
        let ops = ops.trim_start_matches("http://").trim_end_matches("/metrics").to_owned();
        Ok(Self { child, page, ops, state })
    }

    /// Its figures and files now.
    pub(super) fn sample(&self, started: Instant) -> Result<Sample> {
        let mut socket = TcpStream::connect(&self.ops).context("the server does not answer")?;
        socket.set_read_timeout(Some(PATIENCE))?;
        write!(socket, "GET /metrics HTTP/1.0\r\n\r\n")?;
        let mut text = String::new();
        socket.read_to_string(&mut text).context("the server does not tell its figures")?;
        let disk = Disk { rooms: files(&self.state.join("rooms")), recordings: files(&self.state.join("recordings")) };
        Ok(Sample::new(started.elapsed(), &text, disk))
    }

    /// Ends it as a host would; gives its exit code.
    pub(super) fn end(mut self) -> Result<Option<i32>> {
        let told = Command::new("kill").args(["-s", "TERM", &self.child.id().to_string()]).status();
        told.context("cannot tell the server to end")?;
        Ok(self.child.wait().context("lost the server")?.code())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Number and bytes of the files in a folder; one that is not there holds none.
fn files(folder: &Path) -> (u64, u64) {
    let Ok(entries) = fs::read_dir(folder) else { return (0, 0) };
    let sizes = entries.flatten().filter_map(|entry| entry.metadata().ok()).map(|metadata| metadata.len());
    sizes.fold((0, 0), |(count, bytes), size| (count + 1, bytes + size))
}
