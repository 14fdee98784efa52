//! `ricochet-server replay`: looks at recordings, checks them, shows them.
//!
//! ```text
//! ricochet-server replay info FILE [--json]            what it is, without playing it
//! ricochet-server replay verify FILE [--json]          plays it and compares every tick; exit code 1 if anything is wrong
//! ricochet-server replay show FILE [--http ADDRESS]    serves the page that plays it
//! ```

mod report;
mod show;

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use anyhow::{Context, ensure};
use clap::Subcommand;
use room::record::{Replay, verify};
use shared::limits::RECORD_FILE_BYTES_MAX;

/// The recording is damaged, or does not play again as it was recorded.
const UNSOUND: u8 = 1;
/// There is no such recording.
const UNREADABLE: u8 = 2;

/// What is done with a recording.
#[derive(Clone, PartialEq, Eq, Debug, Subcommand)]
pub enum Task {
    /// Tell what a recording is, without playing it.
    Info {
        /// The recording.
        file: PathBuf,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Play a recording and compare every tick with its hash; exit code 1 if anything is damaged or differs.
    Verify {
        /// The recording.
        file: PathBuf,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Serve the page that plays a recording.
    Show {
        /// The recording.
        file: PathBuf,
        /// Where the page is; port 0 is any free port.
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
        http: SocketAddr,
    },
}

/// Runs the command; its exit code.
pub fn main(task: &Task) -> ExitCode {
    let outcome = match task {
        Task::Info { file, json } => info(file, *json),
        Task::Verify { file, json } => check(file, *json),
        Task::Show { file, http } => show::show(file, *http).map(|()| ExitCode::SUCCESS),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("ricochet-server: {error:#}");
        ExitCode::from(UNREADABLE)
    })
}

fn info(path: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let replay = Replay::open(read(path)?).with_context(|| path.display().to_string())?;
    match json {
        true => println!("{}", report::info_json(replay.info())),
        false => print!("{}", report::info_text(replay.info())),
    }
    Ok(ExitCode::from(if replay.info().damage.is_empty() { 0 } else { UNSOUND }))
}

fn check(path: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let file = read(path)?;
    let began = Instant::now();
    let verified = verify(file).with_context(|| path.display().to_string())?;
    let took = began.elapsed();
    match json {
        true => println!("{}", report::verified_json(&verified, took)),
        false => print!("{}", report::verified_text(&verified, took)),
    }
    Ok(ExitCode::from(if verified.is_sound() { 0 } else { UNSOUND }))
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let place = || path.display().to_string();
    let bytes = fs::metadata(path).with_context(place)?.len();
    ensure!(bytes <= RECORD_FILE_BYTES_MAX as u64, "{}: {bytes} bytes are no recording", path.display());
    fs::read(path).with_context(place)
}
