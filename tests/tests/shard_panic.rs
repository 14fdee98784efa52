//! A shard whose thread panics while players are on it: if rooms are recorded, the rooms and their players continue.

mod live;

use arena::rules::World;
use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use arena::input::Input;
use client::{
    Client, ClientConfig, ClientEvent, Ending,
    native::{Carrier, HttpClient, JoinAnswer, Pilot, PlayError, PlayOptions, QuicEndpoints, Way, play},
};
use futures_util::future::join_all;
use harness::script;
use live::{host::Host, within};
use shared::{PlayerId, Tick, wire::DisconnectReason};

const CARRIERS: [Carrier; 3] = [Carrier::Quic, Carrier::WebSocket, Carrier::WebTransport];

/// Observations of a pilot.
#[derive(Debug, Default)]
struct Log {
    seats: Vec<PlayerId>,
    /// State checks that passed since the last welcome, and those that failed ever.
    checks: u64,
    mismatches: u64,
    /// It has played enough.
    leaves: bool,
}

#[derive(Clone, Debug, Default)]
struct Player(Arc<Mutex<Log>>);

impl Player {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.0.lock().expect("no holder of this lock panics")
    }
}

impl Pilot for Player {
    type Game = World;

    fn steer(&mut self, _: &Client<World>, tick: Tick) -> Input {
        script::fly_along((tick.0 * 16 % 1_024) as u16)
    }

    fn observe(&mut self, client: &mut Client<World>, _: Duration) {
        let mut log = self.log();
        while let Some(event) = client.poll_event() {
            if let (ClientEvent::Joined, Some(seat)) = (event, client.player()) {
                log.seats.push(seat);
            }
        }
        let counters = client.stats().counters;
        (log.checks, log.mismatches) = (counters.state_checks, counters.state_mismatches);
    }

    fn link_lost(&mut self, _: &Client<World>, _: &mut Way<'_>, _: &str, _: Duration) -> Duration {
        Duration::from_millis(50)
    }

    fn wants_to_leave(&self) -> bool {
        self.log().leaves
    }
}

/// Plays like any client of the library until the pilot leaves.
async fn play_on(url: &str, answer: JoinAnswer, carrier: Carrier, pilot: Player) -> Result<Ending, PlayError> {
    let endpoints = QuicEndpoints::bind(1).expect("a UDP socket");
    let http = HttpClient::default();
    let config = ClientConfig {
        ticket: answer.ticket.clone(),
        name: answer.player_name.clone(),
        predict: true,
        ..ClientConfig::default()
    };
    let mut way =
        Way { http: &http, server: url, endpoints: &endpoints, drivers: None, answer, carrier, fallback: false };
    let options = PlayOptions { resume: true, chance: 1 };
    within("the match", play(&mut way, config, options, |_| None, pilot, Instant::now())).await.1
}

/// The state directory of the test.
struct State(PathBuf);

impl State {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ricochet-shard-panic-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for State {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn until(what: &str, mut done: impl FnMut() -> bool) {
    within(what, async {
        while !done() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rooms_and_players_of_a_shard_that_panics_go_on() {
    let state = State::new("rooms");
    let host = Host::start(|config| {
        config.state = Some(state.0.clone());
        config.recording.checkpoint_secs = 1;
    });
    let url = format!("http://{}", host.http());
    let pilots = CARRIERS.map(|_| Player::default());
    let mut answers = Vec::new();
    for carrier in CARRIERS {
        answers.push(host.reserve(&format!("{carrier:?}")).await);
    }
    let playing = CARRIERS.into_iter().zip(answers).zip(&pilots);
    let playing = playing.map(|((carrier, answer), pilot)| play_on(&url, answer, carrier, pilot.clone()));
    let playing = join_all(playing);
    let watching = async {
        let all = |seen: fn(&Log) -> bool| pilots.iter().all(|pilot| seen(&pilot.log()));
        until("everybody to play", || all(|log| log.checks >= 1)).await;
        host.panic_shard(0).await;
        until("everybody to play again", || all(|log| log.seats.len() == 2 && log.checks >= 1)).await;
        assert_eq!((host.rooms(), host.seats_taken()), (1, 3));
        assert_eq!(host.metric("ricochet_shard_restarts_total", "").await, 1.0);
        assert_eq!(host.metric("ricochet_players", "").await, 3.0, "nobody is counted twice");
        assert_eq!(host.metric("ricochet_rooms ", "").await, 1.0);
        assert_eq!(host.metric("ricochet_shard_alive", "").await, 1.0);
        pilots.iter().for_each(|pilot| pilot.log().leaves = true);
    };
    let (endings, ()) = tokio::join!(playing, watching);
    for (ending, (pilot, carrier)) in endings.into_iter().zip(pilots.iter().zip(CARRIERS)) {
        assert_eq!(ending.expect("it came back").reason, DisconnectReason::Left, "{carrier:?}");
        let log = pilot.log();
        assert_eq!(log.seats[0], log.seats[1], "the same craft, {carrier:?}");
        assert_eq!(log.mismatches, 0, "{carrier:?}");
    }
    host.until_seats_taken(0).await;
    host.shutdown().await;
    let recorded = fs::read(state.0.join("rooms/room-1.rrec")).expect("the room is recorded");
    let verified = room::record::verify::<World>(recorded).expect("a recording");
    assert!(verified.is_sound(), "{:?} {:?}", verified.info.damage, verified.first_difference);
}

/// A room that was never recorded is lost, and so is the server: a supervisor restarts it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_that_records_nothing_ends_when_a_shard_panics() {
    let host = Host::start(|config| {
        config.shards = 2;
        config.state = None;
    });
    let mut elsewhere = host.player("Ann", live::Transport::WebSocket).await;
    let shard_of_first_room = 0;
    live::player::until("the welcome", std::slice::from_mut(&mut elsewhere), |players| {
        players[0].client.player().is_some()
    })
    .await;
    // The room is on the first shard; the other one dies.
    host.panic_shard(1 - shard_of_first_room).await;
    let (outcome, ()) = tokio::join!(host.until_ended(), async {
        live::player::until("the goodbye", std::slice::from_mut(&mut elsewhere), |players| {
            players[0].ending().is_some()
        })
        .await;
    });
    assert_eq!(elsewhere.ending(), Some(DisconnectReason::ShuttingDown));
    assert_eq!(outcome, server::lifecycle::outcome::Outcome::Damaged);
}
