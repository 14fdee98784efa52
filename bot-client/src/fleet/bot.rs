//! Life of one bot: join, play, join again if the session ended.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use client::{
    ClientConfig, Maps,
    native::{
        BadLink, HttpClient, JoinAnswer, JoinRequest, PlayError, PlayOptions, QuicEndpoints, Way, join,
        join::JoinError, play,
    },
};
use shared::{
    game::{Game, MapOf},
    rng::Rng,
    wire::DisconnectReason,
};

use crate::fleet::{
    hostile,
    pilot::BotPilot,
    shared_state::{Shared, bot_rng, new_bot},
    stalling::Stalling,
};

/// Runs the bot with this number until it is dismissed or fails.
pub(crate) async fn live<G: Game>(shared: Arc<Shared>, maps: Maps<MapOf<G>>, quic: Arc<QuicEndpoints>, number: u32) {
    let Shared { args, stages, recorder, .. } = &*shared;
    if let Some(attack) = args.attack_of(number) {
        return hostile::live::<G>(&shared, &maps, &quic, number, attack).await;
    }
    let mut rng = bot_rng(args.common.seed, number);
    let mut pilot = {
        let bot = new_bot::<G>(args, &mut rng);
        let stalling = Stalling::new(args.stall.filter(|stall| stall.concerns(number)));
        let transport = args.common.transport.of(number);
        BotPilot::<G>::new(number, bot, transport, args.cut, stalling, stages.clone(), recorder.clone())
    };
    let outcome = loop {
        let outcome;
        (pilot, outcome) = play_once(&shared, &maps, &quic, number, &mut rng, pilot).await;
        match outcome {
            // The resume time-out has passed, or the server restarted without a checkpoint.
            Err(Failed::Over(why)) if !stages.dismisses(number) => {
                tracing::debug!(bot = number, why, "joins again");
                recorder.lock().absences.add_rejoined();
                pilot.reset_seat();
            }
            Ok(()) => break Ok(()),
            Err(Failed::Over(problem) | Failed::Other(problem)) => break Err(problem),
        }
    };
    if let Err(problem) = outcome {
        let joined = pilot.has_joined();
        if joined {
            shared.stages.add_disconnected();
        } else {
            shared.stages.add_failed();
        }
        tracing::debug!(bot = number, %problem, joined, "bot failed");
        shared.recorder.lock().add_problem(problem);
    }
}

/// Reasons why a bot stopped playing.
enum Failed {
    /// The server ended its session.
    Over(String),
    /// Any other error.
    Other(String),
}

/// Requests a seat. Retries while the server is busy, as a player would.
async fn take_seat(http: &HttpClient, server: &str, request: &JoinRequest) -> Result<JoinAnswer, JoinError> {
    let mut asked = 1;
    loop {
        match join(http, server, request).await {
            Err(error) if error.is_passing() && asked < ASKS_MAX => {
                asked += 1;
                tokio::time::sleep(ASK_INTERVAL).await;
            }
            outcome => return outcome,
        }
    }
}

/// Joins and plays until the fleet leaves. Lost links are resumed.
async fn play_once<G: Game>(
    shared: &Shared,
    maps: &Maps<MapOf<G>>,
    endpoints: &QuicEndpoints,
    number: u32,
    rng: &mut Rng,
    pilot: BotPilot<G>,
) -> (BotPilot<G>, Result<(), Failed>) {
    let Shared { args, http, drivers, stages, start, .. } = shared;
    let args = &args.common;
    let request = JoinRequest { mode: args.mode.clone(), room: args.room, ..JoinRequest::of::<G>(name(number)) };
    let answer = match take_seat(http, &args.server, &request).await {
        Ok(answer) => answer,
        Err(error) => return (pilot, Err(Failed::Other(format!("{:#}", anyhow::Error::from(error))))),
    };
    let config = ClientConfig {
        ticket: answer.ticket.clone(),
        name: name(number),
        plain: args.plain,
        predict: !args.plain,
        maps: maps.clone(),
        ..ClientConfig::default()
    };
    let carrier = pilot.transport().native();
    let drivers = drivers.as_ref();
    // No fallback: the run measures the chosen transport.
    let mut way = Way { http, server: &args.server, endpoints, drivers, answer, carrier, fallback: false };
    let options = PlayOptions { resume: !args.no_resume, chance: rng.next_u64() };
    let conditions = args.conditions.config();
    let bad = |reliable| (!conditions.is_clear()).then(|| BadLink::new(conditions, reliable, rng.next_u64()));
    let (pilot, outcome) = play(&mut way, config, options, bad, pilot, *start).await;
    let outcome = match outcome {
        Ok(ending) => match ending.reason {
            DisconnectReason::Left if stages.dismisses(number) && pilot.has_joined() => Ok(()),
            reason => Err(Failed::Other(format!("{}: {}", reason.label(), ending.text))),
        },
        Err(error @ (PlayError::Over(_) | PlayError::GaveUp { .. })) => Err(Failed::Over(error.to_string())),
        Err(PlayError::Run(error)) => Err(Failed::Other(error.to_string())),
    };
    (pilot, outcome)
}

fn name(number: u32) -> String {
    format!("bot-{number:04}")
}

/// Waits for the turn of bot `number`, at `ramp` joins per second.
pub(crate) async fn wait_for_turn(start: Instant, number: u32, ramp: f64) {
    let turn = start + Duration::from_secs_f64(f64::from(number) / ramp);
    tokio::time::sleep_until(turn.into()).await;
}

/// Number of join requests to a busy server before a bot gives up.
const ASKS_MAX: u32 = 10;
const ASK_INTERVAL: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_the_limit() {
        assert!(name(u32::MAX).len() <= shared::limits::NAME_BYTES_MAX);
    }
}
