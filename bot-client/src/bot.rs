//! One bot's life: a seat, a link, a session.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use client::{
    ClientConfig, Maps,
    native::{
        BadLink, Drivers, HttpClient, JoinAnswer, JoinRequest, PlayError, PlayOptions, QuicEndpoints, Way, join,
        join::JoinError, play,
    },
};
use shared::{
    game::{Bot, Game, MapOf},
    rng::Rng,
    wire::DisconnectReason,
};

use crate::{args::Args, hostile, pilot::BotPilot, record::Recorder, stage::Stages, stall::Stalling};

/// What all bots of a fleet share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) args: Args,
    pub(crate) http: HttpClient,
    /// Who drives the bots' links; without them each bot's task does.
    pub(crate) drivers: Option<Drivers>,
    pub(crate) stages: Arc<Stages>,
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) start: Instant,
}

/// Lives the life of the bot with this number, until it is dismissed or fails.
pub(crate) async fn live<G: Game>(shared: Arc<Shared>, maps: Maps<MapOf<G>>, quic: Arc<QuicEndpoints>, number: u32) {
    let Shared { args, stages, recorder, .. } = &*shared;
    if let Some(foul) = args.foul_of(number) {
        return hostile::live::<G>(&shared, &maps, &quic, number, foul).await;
    }
    let mut rng = bot_rng(args.common.seed, number);
    let mut pilot = {
        let bot = new_bot::<G>(args, &mut rng);
        let stalling = Stalling::new(args.stall.filter(|stall| stall.concerns(number)));
        let carrier = args.common.transport.carrier(number);
        BotPilot::<G>::new(number, bot, carrier, args.cut, stalling, stages.clone(), recorder.clone())
    };
    let outcome = loop {
        let outcome;
        (pilot, outcome) = play_once(&shared, &maps, &quic, number, &mut rng, pilot).await;
        match outcome {
            // The server kept the seat no longer, or was started without its memory.
            Err(Failed::Over(why)) if !stages.dismisses(number) => {
                tracing::debug!(bot = number, why, "joins anew");
                recorder.lock().absences.add_rejoined();
                pilot.begin_anew();
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

/// Why a bot plays no more.
enum Failed {
    /// Its session is over, though it did not want that.
    Over(String),
    /// Anything else.
    Other(String),
}

/// Asks again while the server is only busy, as a player would.
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

/// Joins, and plays until the fleet leaves, over as many links as it takes.
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
    let carrier = pilot.carrier().native();
    let drivers = drivers.as_ref();
    // What is measured is the transport that was asked for.
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

/// What plays for the next bot, by the behaviour that was asked for.
pub(crate) fn new_bot<G: Game>(args: &Args, rng: &mut Rng) -> G::Bot {
    let behavior = args.common.behavior.index_in(G::Bot::BEHAVIORS).expect("the behaviour was chosen among the game's");
    G::Bot::new(behavior, rng.next_u64())
}

/// Chances of one bot, apart from those of its neighbours.
pub(crate) fn bot_rng(seed: u64, number: u32) -> Rng {
    Rng::new(Rng::new(seed).next_u64() ^ Rng::new(!u64::from(number)).next_u64())
}

fn name(number: u32) -> String {
    format!("bot-{number:04}")
}

/// Waits for the turn of the bot with this number at `ramp` joins per second.
pub(crate) async fn wait_for_turn(start: Instant, number: u32, ramp: f64) {
    let turn = start + Duration::from_secs_f64(f64::from(number) / ramp);
    tokio::time::sleep_until(turn.into()).await;
}

/// Times to ask a busy server for a seat.
const ASKS_MAX: u32 = 10;
const ASK_INTERVAL: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_have_different_chances_and_a_seed_repeats_them() {
        let first = |seed, number| bot_rng(seed, number).next_u64();
        assert_eq!(first(1, 7), first(1, 7));
        assert_ne!(first(1, 7), first(1, 8));
        assert_ne!(first(1, 7), first(2, 7));
    }

    #[test]
    fn names_fit_the_limit() {
        assert!(name(u32::MAX).len() <= shared::limits::NAME_BYTES_MAX);
    }
}
