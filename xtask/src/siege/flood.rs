//! The flood of a run: `ricochet-attack`, or bots that send too many inputs.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{
    bench::{pinned::LOAD_CORE, watched::Stopped},
    live_server::LiveServer,
    played::Played,
    workspace,
};

/// See the module.
pub(super) struct Flood {
    process: Stopped,
    /// Where bots write what they did; `ricochet-attack` says how often it did what it does.
    report: Option<PathBuf>,
}

/// The one flood that players make. They come from the address of the bots: what holds for a link is tried here, not what holds
/// for an address.
const INPUTS: &str = "inputs";
/// Each sends twenty times as many inputs as there are ticks, and comes back when it is shut out.
const PLAYERS: &str = "10";

impl Flood {
    pub(super) fn start(name: &str, played: &Played, server: &LiveServer, lasts: Duration) -> Result<Self> {
        let seconds = lasts.as_secs_f64().to_string();
        let http = server.addresses.http.to_string();
        let report = (name == INPUTS).then(|| workspace::target_dir().join("siege/inputs.flood.json"));
        let mut command = Command::new("nice");
        command.args(["-n", "10", "taskset", "--cpu-list", &LOAD_CORE.to_string()]);
        match &report {
            Some(file) => {
                // A report of an earlier run must not pass for this one's.
                let _ = fs::remove_file(file);
                let page = format!("http://{http}");
                command.arg(program("ricochet-bots")).args(["--server", &page, "--quiet"]);
                command.args(played.hostile_flags("hostile:flood"));
                command.args(["--bots", PLAYERS, "--seconds", &seconds, "--json"]).arg(file);
            }
            None => {
                command.arg(program("ricochet-attack"));
                command.args(["--http", &http, "--kind", name, "--seconds", &seconds]);
            }
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        Ok(Self { process: Stopped(command.spawn().context("the flood cannot be started")?), report })
    }

    /// Awaits its end; gives how often it was done.
    pub(super) fn finish(mut self) -> Result<u64> {
        let mut text = String::new();
        if let Some(mut output) = self.process.0.stdout.take() {
            std::io::Read::read_to_string(&mut output, &mut text).context("the flood says nothing")?;
        }
        ensure!(self.process.0.wait()?.success(), "the flood failed");
        let Some(file) = self.report else {
            return text.trim().parse().context("the flood does not say how often it was done");
        };
        let report: Value = serde_json::from_slice(&fs::read(file)?).context("the report of the flood is no JSON")?;
        report.pointer("/hostile/flood/messages").and_then(Value::as_u64).context("nobody made the flood")
    }
}

/// A program of the release build.
pub(super) fn program(name: &str) -> PathBuf {
    workspace::target_dir().join("release").join(name)
}
