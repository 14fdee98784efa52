//! `ricochet-server replay`: describes, checks and shows recordings.
//!
//! ```text
//! ricochet-server replay info FILE [--json]            describes it, without playing it
//! ricochet-server replay verify FILE [--json]          plays it and compares every tick; exit code 1 if anything is wrong
//! ricochet-server replay show FILE [--http ADDRESS]    serves the page that plays it
//! ```

mod report;
mod show;

use std::{fs, path::Path, process::ExitCode, time::Instant};

use anyhow::{Context, anyhow, ensure};
use shared::limits::RECORD_FILE_BYTES_MAX;

use crate::{
    config::{Games, ReplayTask},
    games::Hosted,
};

/// Exit code: the recording is damaged, or plays differently than recorded.
const UNSOUND: u8 = 1;
/// Exit code: the file cannot be read, or is not a recording of a known game.
const UNREADABLE: u8 = 2;

/// Runs the task; returns the exit code.
pub fn main(games: Games, task: &ReplayTask) -> ExitCode {
    let outcome = match task {
        ReplayTask::Info { file, json } => info(games, file, *json),
        ReplayTask::Verify { file, json } => check(games, file, *json),
        ReplayTask::Show { file, http } => show::show(games, file, *http).map(|()| ExitCode::SUCCESS),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("ricochet-server: {error:#}");
        ExitCode::from(UNREADABLE)
    })
}

fn info(games: Games, path: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let (game, file) = open(games, path)?;
    let info = game.inspect(file).with_context(|| path.display().to_string())?;
    match json {
        true => println!("{}", report::info_json(&info)),
        false => print!("{}", report::info_text(&info)),
    }
    Ok(ExitCode::from(if info.damage.is_empty() { 0 } else { UNSOUND }))
}

fn check(games: Games, path: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let (game, file) = open(games, path)?;
    let began = Instant::now();
    let verified = game.verify(file).with_context(|| path.display().to_string())?;
    let took = began.elapsed();
    match json {
        true => println!("{}", report::verified_json(&verified, took)),
        false => print!("{}", report::verified_text(&verified, took)),
    }
    Ok(ExitCode::from(if verified.is_sound() { 0 } else { UNSOUND }))
}

/// Reads a recording, and finds its game.
fn open(games: Games, path: &Path) -> anyhow::Result<(&'static dyn Hosted, Vec<u8>)> {
    let file = read(path)?;
    let game = games.of_recording(&file).with_context(|| path.display().to_string())?;
    Ok((game.map_err(|reason| anyhow!("{}: {reason}", path.display()))?, file))
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let place = || path.display().to_string();
    let bytes = fs::metadata(path).with_context(place)?.len();
    ensure!(bytes <= RECORD_FILE_BYTES_MAX as u64, "{}: {bytes} bytes are too many for a recording", path.display());
    fs::read(path).with_context(place)
}
