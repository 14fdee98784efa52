//! Players who come and go: fleets of bots that each stay a while, leave or are torn away, and come back.

use std::{
    fs,
    process::{Command, ExitStatus, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::{played::Played, workspace};

/// Fleets that run until they are stopped.
pub(super) struct Fleets {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<Vec<String>>>,
}

/// Bots of one fleet: many small fleets make a steady coming and going.
const FLEET: u32 = 25;
/// Seconds that a fleet stays, at least and at most.
const STAY_SECS: (u64, u64) = (5, 40);
/// Every so many rounds of a fleet its process is killed, so that its players vanish without a word.
const TORN_EVERY: u64 = 5;

impl Fleets {
    /// Starts as many as bring `bots` players. The same `seed` makes the same rounds.
    pub(super) fn start(page: &str, played: &Played, bots: u32, seed: u64) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let fleets = u64::from(bots.div_ceil(FLEET));
        let threads = (0..fleets).map(|number| {
            let (page, played, stop) = (page.to_owned(), played.clone(), Arc::clone(&stop));
            thread::spawn(move || churn(&page, &played, seed * 1_000 + number, &stop))
        });
        Self { threads: threads.collect(), stop }
    }

    /// Waits until all have left; gives what bots found wrong.
    pub(super) fn end(self) -> Vec<String> {
        self.stop.store(true, Ordering::Relaxed);
        self.threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    }
}

fn churn(page: &str, played: &Played, seed: u64, stop: &AtomicBool) -> Vec<String> {
    let mut faults = Vec::new();
    let mut round = 0;
    while !stop.load(Ordering::Relaxed) {
        round += 1;
        let stay = STAY_SECS.0 + mixed(seed, round) % (STAY_SECS.1 - STAY_SECS.0 + 1);
        match play(page, played, seed * 1_000 + round, stay, round.is_multiple_of(TORN_EVERY)) {
            Ok(None) => {}
            Ok(Some(status)) if status.success() => {}
            Ok(Some(status)) => {
                let seed = seed * 1_000 + round;
                faults.push(format!(
                    "bots of seed {seed} found a fault ({status}): target/soak/bots-{seed}.log says which"
                ));
            }
            Err(error) => {
                faults.push(format!("cannot run bots: {error}"));
                break;
            }
        }
    }
    faults
}

/// One round; `None` when it was torn.
fn play(page: &str, played: &Played, seed: u64, stay: u64, torn: bool) -> std::io::Result<Option<ExitStatus>> {
    let log = workspace::target_dir().join(format!("soak/bots-{seed}.log"));
    let words = fs::File::create(&log)?;
    let mut bots = Command::new(workspace::target_dir().join("release/ricochet-bots"))
        .args(["--server", page, "--transport", "mix"])
        .args(played.bot_flags())
        .args(["--bots", &FLEET.to_string(), "--ramp", &FLEET.to_string()])
        .args(["--seconds", &stay.to_string(), "--seed", &seed.to_string()])
        .stdin(Stdio::null())
        .stdout(words.try_clone()?)
        .stderr(words)
        .spawn()?;
    if torn {
        thread::sleep(Duration::from_secs(stay));
        bots.kill()?;
    }
    let status = bots.wait()?;
    if torn || status.success() {
        fs::remove_file(&log)?;
    }
    Ok((!torn).then_some(status))
}

/// SplitMix64's finaliser: any two numbers give a third that looks like chance.
fn mixed(a: u64, b: u64) -> u64 {
    let mut z = a.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(b);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
