//! One bot's life: a seat, a link, a session.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use client::{
    Client, ClientConfig,
    native::{
        BadLink, JoinAnswer, JoinRequest, Link, QuicEndpoints, QuicLink, WebSocketLink, WebTransportLink, join,
        join::JoinError, run,
    },
};
use shared::{sim::rng::Rng, wire::DisconnectReason};

use crate::{
    args::{Args, Carrier},
    behavior::Behavior,
    pilot::BotPilot,
    record::Recorder,
    stage::{Stage, Stages},
};

/// What all bots of a fleet share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) args: Args,
    pub(crate) http: reqwest::Client,
    pub(crate) quic: QuicEndpoints,
    pub(crate) stages: Arc<Stages>,
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) start: Instant,
}

/// Lives the life of the bot with this number, until the fleet leaves or it fails.
pub(crate) async fn live(shared: Arc<Shared>, number: u32) {
    let outcome = match connect(&shared, number).await {
        Ok((link, ticket)) => play(&shared, number, link, ticket).await,
        Err(error) => Err((false, format!("{error:#}"))),
    };
    if let Err((joined, problem)) = outcome {
        if joined {
            shared.stages.add_disconnected();
        } else {
            shared.stages.add_failed();
        }
        tracing::debug!(bot = number, %problem, joined, "bot failed");
        shared.recorder.lock().add_problem(problem);
    }
}

async fn connect(shared: &Shared, number: u32) -> anyhow::Result<(Link, String)> {
    let Args { server, room, mode, transport, .. } = &shared.args;
    let request = JoinRequest { name: name(number), mode: mode.clone(), room: *room };
    let answer = take_seat(&shared.http, server, &request).await?;
    let hashes = &answer.certificate_hashes;
    let link = match transport.carrier(number) {
        Carrier::Quic => Link::Quic(QuicLink::connect(&shared.quic, &answer.quic, hashes).await?),
        Carrier::Ws => Link::WebSocket(WebSocketLink::connect(&answer.ws).await?.into()),
        Carrier::Wt => {
            Link::WebTransport(WebTransportLink::connect(&shared.quic, &answer.webtransport, hashes).await?.into())
        }
    };
    Ok((link, answer.ticket))
}

/// Asks again while the server is only busy, as a player would.
async fn take_seat(http: &reqwest::Client, server: &str, request: &JoinRequest) -> Result<JoinAnswer, JoinError> {
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

/// Plays until the fleet leaves. An error says whether the bot had joined, and what went wrong.
async fn play(shared: &Shared, number: u32, mut link: Link, ticket: String) -> Result<(), (bool, String)> {
    let Shared { args, stages, recorder, start, .. } = shared;
    let mut rng = bot_rng(args.seed, number);
    let conditions = args.conditions.config();
    let mut bad = (!conditions.is_clear()).then(|| BadLink::new(conditions, link.is_reliable(), rng.next_u64()));
    let mut pilot = {
        let behavior = Behavior::new(args.behavior, rng.fork());
        BotPilot::new(behavior, args.transport.carrier(number), stages.clone(), recorder.clone())
    };
    let config = ClientConfig {
        ticket,
        name: name(number),
        plain: args.plain,
        reliable: link.is_reliable(),
        predict: !args.plain,
        ..ClientConfig::default()
    };
    let mut client = Client::new(config, start.elapsed());
    let outcome = run(&mut client, &mut link, bad.as_mut(), &mut pilot, *start).await;
    let joined = pilot.has_joined();
    pilot.finish(&client, start.elapsed());
    match outcome {
        Ok(ending) => {
            link.close(ending.reason).await;
            match ending.reason {
                DisconnectReason::Left if stages.now() == Stage::Leave && joined => Ok(()),
                reason => Err((joined, format!("{}: {}", reason.label(), ending.text))),
            }
        }
        Err(error) => {
            link.close(DisconnectReason::BadMessage).await;
            Err((joined, error.to_string()))
        }
    }
}

/// Chances of one bot, apart from those of its neighbours.
fn bot_rng(seed: u64, number: u32) -> Rng {
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
