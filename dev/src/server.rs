//! The server, as a process of ours.

use std::{
    ffi::OsString,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    io::{self, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{addresses::Chosen, builder::Program};

/// How each server is started.
#[derive(Debug)]
pub(crate) struct Server {
    addresses: Chosen,
    flags: Vec<OsString>,
    state: PathBuf,
    /// The same for all, so that an open admin page goes on as well.
    token: String,
    /// The one that runs, and what was started.
    running: Option<(Child, Program)>,
}

/// Time that a server gets to save its matches; it takes milliseconds.
const END_PATIENCE: Duration = Duration::from_secs(5);
const LOOK_PERIOD: Duration = Duration::from_millis(5);
const ANSWER_PATIENCE: Duration = Duration::from_millis(500);

impl Server {
    /// One that serves the page in `page` and keeps its matches in `state`. `flags` are those of the project and of the command line.
    pub(crate) fn new(addresses: Chosen, page: &Path, state: PathBuf, flags: impl IntoIterator<Item = String>) -> Self {
        let Chosen { http, udp, ops } = addresses;
        let mut all: Vec<OsString> = Vec::new();
        for (name, value) in [("--http", http), ("--udp", udp), ("--ops", ops)] {
            all.extend([name.into(), value.to_string().into()]);
        }
        // A match is saved, so nobody has to wait for its end.
        all.extend(["--drain-secs", "0", "--dev", "true", "--dev-page"].map(OsString::from));
        all.extend([page.into(), "--state".into(), state.clone().into()]);
        all.extend(flags.into_iter().map(OsString::from));
        Self { addresses, flags: all, state, token: token(), running: None }
    }

    /// The address that a person opens.
    pub(crate) fn page(&self) -> String {
        format!("http://{}/", self.addresses.http)
    }

    /// Where the inspector is.
    pub(crate) fn admin(&self) -> String {
        format!("http://{}/admin#token={}", self.addresses.ops, self.token)
    }

    /// True if this is the program that runs.
    pub(crate) fn runs(&self, program: &Program) -> bool {
        self.running.as_ref().is_some_and(|(_, running)| running == program)
    }

    pub(crate) fn start(&mut self, program: Program) -> io::Result<()> {
        let mut command = Command::new(&program.path);
        command.args(&self.flags).stdin(Stdio::null()).stdout(Stdio::null());
        command.env("RICOCHET_ADMIN_TOKEN", &self.token);
        // Ctrl-C reaches all processes of a terminal's group: the tool ends the server, and knows then why it ended.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        // Several starts a minute: what is well need not be said each time.
        if std::env::var_os("RUST_LOG").is_none() {
            command.env("RUST_LOG", "warn");
        }
        self.running = Some((command.spawn()?, program));
        Ok(())
    }

    /// Ends it in order, which saves its matches and sessions.
    pub(crate) fn stop(&mut self) {
        let Some((mut child, _)) = self.running.take() else { return };
        terminate(&mut child);
        let begun = Instant::now();
        while matches!(child.try_wait(), Ok(None)) {
            if begun.elapsed() > END_PATIENCE {
                eprintln!("the server does not end; it is killed");
                let _ = child.kill();
            }
            thread::sleep(LOOK_PERIOD);
        }
    }

    /// How it has ended, if it has.
    pub(crate) fn take_end(&mut self) -> Option<ExitStatus> {
        let status = self.running.as_mut()?.0.try_wait().ok().flatten()?;
        self.running = None;
        Some(status)
    }

    /// True if it answers.
    pub(crate) fn answers(&self) -> bool {
        self.ask().is_ok_and(|answer| answer.starts_with("HTTP/1.0 200") || answer.starts_with("HTTP/1.1 200"))
    }

    fn ask(&self) -> io::Result<String> {
        let http = self.addresses.http;
        let mut socket = TcpStream::connect_timeout(&http, ANSWER_PATIENCE)?;
        socket.set_read_timeout(Some(ANSWER_PATIENCE))?;
        write!(socket, "GET /dev.json HTTP/1.0\r\nHost: {http}\r\nConnection: close\r\n\r\n")?;
        let mut head = [0; 12];
        socket.read_exact(&mut head)?;
        Ok(String::from_utf8_lossy(&head).into_owned())
    }

    /// Matches that a server could not go on with, so far.
    pub(crate) fn matches_lost(&self) -> usize {
        std::fs::read_dir(self.state.join("rooms/damaged")).map_or(0, Iterator::count)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(unix)]
fn terminate(child: &mut Child) {
    let sent = Command::new("kill").args(["-TERM", &child.id().to_string()]).stderr(Stdio::null()).status();
    if !sent.is_ok_and(|status| status.success()) {
        let _ = child.kill();
    }
}

#[cfg(not(unix))]
fn terminate(child: &mut Child) {
    // It goes on from its last checkpoint.
    let _ = child.kill();
}

/// Something that nobody guesses: the keys of a hasher are the system's random numbers.
fn token() -> String {
    let word = |number: u64| {
        let mut hasher = RandomState::new().build_hasher();
        hasher.write_u64(number);
        hasher.finish()
    };
    format!("{:016x}{:016x}", word(1), word(2))
}
