//! A clock that jumps. libfaketime sets it, and does not change the monotonic clock.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, SystemTime},
};

use serde_json::{Value, json};

use super::{
    host::{State, absent, administer, administration, end_match, until},
    program::{Player, Program, until_match, within},
};

const DAY: f64 = 86_400.0;

/// A clock that a test sets.
struct Clock {
    library: PathBuf,
    file: PathBuf,
}

impl Clock {
    /// A clock that is right at first. `None` if the library is missing.
    fn new(state: &State) -> Option<Self> {
        let folders = fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path());
        let names = folders
            .chain(["/usr/lib".into(), "/usr/local/lib".into()])
            .map(|folder| [folder.join("faketime/libfaketimeMT.so.1"), folder.join("libfaketimeMT.so.1")]);
        let Some(library) = names.flatten().find(|path| path.exists()) else {
            absent("libfaketime is missing (Debian's package faketime)");
            return None;
        };
        let clock = Self { library, file: state.path("clock") };
        clock.set(0.0);
        Some(clock)
    }

    /// Sets the clock `days` ahead.
    fn set(&self, days: f64) {
        let beside = self.file.with_extension("new");
        fs::write(&beside, format!("{days:+}d\n")).unwrap();
        fs::rename(beside, &self.file).unwrap();
    }

    fn start(&self, state: &State) -> Program {
        state.start_with(|command| self.hand_to(command))
    }

    fn hand_to<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("LD_PRELOAD", &self.library)
            .env("FAKETIME_TIMESTAMP_FILE", &self.file)
            .env("FAKETIME_NO_CACHE", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .env("DONT_FAKE_MONOTONIC", "1")
    }
}

/// Waits until the server has noticed that its clock is about `days` ahead of its calendar.
async fn until_ahead(program: &Program, days: f64) {
    until("the jump to be noticed", async || {
        (program.metric("ricochet_clock_ahead_seconds").await - days * DAY).abs() < 60.0
    })
    .await;
}

async fn end_three_matches(program: &Program, state: &State) {
    for _ in 0..3 {
        let before = state.files("recordings").len();
        end_match(program).await;
        until("the match on the shelf", async || state.files("recordings").len() > before).await;
    }
}

fn banned(path: &Path) -> bool {
    fs::read_to_string(path).is_ok_and(|text| text.contains("203.0.113.0/24"))
}

/// Bans for two hours, lets the clock jump by `days` for some matches, and sets it right again.
async fn jump(test: &str, days: f64) {
    let state = State::new(test);
    let Some(clock) = Clock::new(&state) else { return };
    let program = clock.start(&state);
    let _player = Player::enter(&program.page).await;
    until_match(&program.page).await;
    let body = json!({ "network": "203.0.113.0/24", "secs": 7_200, "reason": "floods" });
    administer(&program, "ban", body).await;
    end_three_matches(&program, &state).await;
    clock.set(days);
    until_ahead(&program, days).await;
    // The shelf is cleaned up at the end of each match.
    end_three_matches(&program, &state).await;
    assert_eq!(state.files("recordings").len(), 6);
    assert!(banned(&state.path("bans.toml")));
    assert!(administration(&program, "bans").await.contains("203.0.113.0/24"), "it holds");
    let page = within("the page", reqwest::get(format!("{}/api/server", program.page))).await.unwrap();
    assert!(page.status().is_success());
    clock.set(0.0);
    until_ahead(&program, 0.0).await;
    end_three_matches(&program, &state).await;
    assert_eq!(state.files("recordings").len(), 9);
    assert!(banned(&state.path("bans.toml")));
    // Files that were written meanwhile have the right date for the next process.
    let now = SystemTime::now();
    for path in state.files("recordings") {
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        let off = now.duration_since(modified).unwrap_or_else(|error| error.duration());
        assert!(off < Duration::from_secs(3_600), "{} is {off:?} off", path.display());
    }
    program.signal("TERM");
    let output = program.until_ended().await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert_eq!(said.matches("the clock of the machine has jumped").count(), 1, "{said}");
}

#[tokio::test]
async fn clock_that_jumps_ahead_for_a_moment_deletes_nothing() {
    jump("clock-ahead", 40.0).await;
}

#[tokio::test]
async fn clock_that_jumps_back_for_a_moment_deletes_nothing() {
    jump("clock-back", -40.0).await;
}

async fn hashes(program: &Program) -> Vec<Value> {
    let answer = within("the server", reqwest::get(format!("{}/api/server", program.page))).await.unwrap();
    let answer: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    answer["certificate_hashes"].as_array().unwrap().clone()
}

/// Starts with a wrong clock, and sets it right.
async fn set_right(test: &str, days: f64) {
    let state = State::new(test);
    let Some(clock) = Clock::new(&state) else { return };
    clock.set(days);
    let program = clock.start(&state);
    let first = hashes(&program).await[0].clone();
    clock.set(0.0);
    until("another certificate", async || hashes(&program).await[0] != first).await;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs_f64();
    until("its date", async || {
        let left = program.metric("ricochet_certificate_valid_until_seconds").await - now;
        (10.0 * DAY..14.0 * DAY).contains(&left)
    })
    .await;
    program.signal("KILL");
    program.until_ended().await;
}

#[tokio::test]
async fn certificate_of_a_clock_that_was_ahead_is_replaced_at_once() {
    set_right("certificate-ahead", 2.0).await;
}

#[tokio::test]
async fn certificate_of_a_clock_that_was_behind_is_replaced_at_once() {
    set_right("certificate-behind", -30.0).await;
}
