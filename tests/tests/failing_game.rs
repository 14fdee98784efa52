//! A game that panics or breaks its contract while people play: its room ends with a reason that players can read, it is recorded, and
//! everybody else plays on. The engine does the same in debug and release builds.

mod live;

use std::{
    fs,
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use arena::rules::World;
use client::{
    Client, ClientConfig, Ending,
    native::{Carrier, HttpClient, JoinAnswer, Pilot, PlayError, PlayOptions, QuicEndpoints, Way, play},
};
use harness::touchy::{PANIC, Touchy, UNWELCOME, Wish};
use live::{
    Transport,
    player::{LivePlayer, until},
    state::State,
    within,
};
use room::{
    Joining, Room, RoomConfig,
    record::{ChunkKind, Ended, Repeated, Verified, chunks},
};
use serde_json::{Value, json};
use server::{
    config::{Config, Games},
    games::game,
    lifecycle::{outcome::Outcome, run::Server},
};
use shared::{
    Tick, TickRate,
    wire::{Ack, DisconnectReason, InputMessage},
};

const CARRIERS: [Carrier; 3] = [Carrier::Quic, Carrier::WebSocket, Carrier::WebTransport];
/// Ticks that a player steers before it wishes for a fault, and after that before it leaves.
const CALM_TICKS: u32 = 20;
const PATIENT_TICKS: u32 = 30;

/// Stands still for a while, then wishes for a fault.
#[derive(Clone, Debug, Default)]
struct Toucher {
    fault: u8,
    leaves: bool,
    /// Ticks that it has steered.
    steered: Arc<Mutex<u32>>,
}

impl Pilot for Toucher {
    type Game = Touchy;

    fn steer(&mut self, _: &Client<Touchy>, _: Tick) -> Wish {
        let mut steered = self.steered.lock().expect("no holder of this lock panics");
        *steered += 1;
        Wish { fault: if *steered > CALM_TICKS { self.fault } else { 0 } }
    }

    fn observe(&mut self, _: &mut Client<Touchy>, _: Duration) {}

    fn link_lost(&mut self, _: &Client<Touchy>, _: &mut Way<'_>, _: &str, _: Duration) -> Duration {
        Duration::from_millis(50)
    }

    fn wants_to_leave(&self) -> bool {
        let steered = *self.steered.lock().expect("no holder of this lock panics");
        self.leaves && steered > CALM_TICKS + PATIENT_TICKS
    }
}

fn games() -> Games {
    Games::new(&[game::<World>(), game::<Touchy>()])
}

fn start(state: &Path) -> Server {
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let mut config = Config { http: free, udp: free, ops: free, fill: 2, seed: Some(1), ..Config::default() };
    config.state = Some(state.to_owned());
    config.shards = 1;
    Server::start(games(), config).expect("a server starts on free ports")
}

async fn stop(server: Server) {
    assert_eq!(within("the end", server.shutdown()).await, Outcome::InOrder);
}

async fn get(server: &Server, path: &str) -> Value {
    let answer = reqwest::get(format!("http://{}{path}", server.http())).await.expect("the server answers");
    answer.json().await.expect("answers are JSON")
}

/// Numbers and games of the rooms that are open.
async fn rooms(server: &Server) -> Vec<(u64, String)> {
    let rooms = get(server, "/api/rooms").await;
    let rooms = rooms["rooms"].as_array().expect("a list").iter();
    let numbered = rooms.map(|room| Some((room["id"].as_u64()?, room["game"].as_str()?.to_owned())));
    numbered.collect::<Option<_>>().expect("rooms have a number and a game")
}

/// Rooms that have failed, as the metrics say it.
async fn failures(server: &Server) -> u32 {
    let answer = reqwest::get(format!("http://{}/metrics", server.ops())).await.expect("the server answers");
    let text = answer.text().await.expect("text");
    let counted = text.lines().find_map(|line| line.strip_prefix("ricochet_rooms_failed_total{game=\"touchy\"} "));
    counted.map_or(0, |count| count.parse().expect("a number"))
}

async fn until_failures(server: &Server, count: u32) {
    within("the failure to be counted", async { while failures(server).await < count {} }).await;
    assert_eq!(failures(server).await, count);
}

async fn join(server: &Server, name: &str, game: &str) -> JoinAnswer {
    let request = json!({ "name": name, "game": game });
    let post = reqwest::Client::new().post(format!("http://{}/api/join", server.http())).json(&request);
    let answer = post.send().await.expect("the server answers");
    serde_json::from_value(answer.json().await.expect("answers are JSON")).expect("a seat")
}

async fn touch(server: &Server, answer: JoinAnswer, carrier: Carrier, pilot: Toucher) -> Result<Ending, PlayError> {
    let endpoints = QuicEndpoints::bind(1).expect("a UDP socket");
    let (http, url) = (HttpClient::default(), format!("http://{}", server.http()));
    let config = ClientConfig {
        ticket: answer.ticket.clone(),
        name: answer.player_name.clone(),
        reliable: carrier == Carrier::WebSocket,
        ..ClientConfig::default()
    };
    let mut way =
        Way { http: &http, server: &url, endpoints: &endpoints, drivers: None, answer, carrier, fallback: false };
    let options = PlayOptions { resume: false, chance: 1 };
    within("the match", play(&mut way, config, options, |_| None, pilot, Instant::now())).await.1
}

fn wishing(fault: u8) -> Toucher {
    Toucher { fault, ..Toucher::default() }
}

/// The recordings of the game that fails which are on the shelf, played again.
fn verified(state: &Path) -> Vec<Verified> {
    kept(state).into_iter().map(|file| game::<Touchy>().verify(file).expect("it is a recording")).collect()
}

fn kept(state: &Path) -> Vec<Vec<u8>> {
    let shelf = fs::read_dir(state.join("recordings")).into_iter().flatten().filter_map(Result::ok);
    let files = shelf.filter_map(|entry| fs::read(entry.path()).ok());
    let is_touchy = |file: &Vec<u8>| matches!(games().of_recording(file), Ok(Ok(game)) if game.name() == "touchy");
    files.filter(is_touchy).collect()
}

fn reason(verified: &Verified) -> &str {
    let end = verified.info.end.as_ref().expect("the recording is closed");
    assert_eq!((end.ended, end.summary.phase.as_str()), (Ended::RoomFailed, "failed"));
    &end.failure.as_ref().expect("it failed").reason
}

fn assert_room_failed(ending: Result<Ending, PlayError>, whose: &str) {
    let ending = ending.unwrap_or_else(|error| panic!("{whose}: no goodbye, but {error}"));
    assert_eq!(ending.reason, DisconnectReason::RoomFailed, "{whose}");
    assert_eq!(ending.text, "a fault in the game ended the room", "{whose}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn room_of_a_game_that_panics_ends_with_a_reason_and_the_others_play_on() {
    let state = State::new();
    let server = start(state.path());
    let arena = join(&server, "Ann", "arena").await;
    let mut ann = [within("a link", LivePlayer::connect(&arena, Transport::WebSocket)).await];
    until("Ann to play", &mut ann, |players| players[0].client.player().is_some()).await;

    let mut answers = Vec::new();
    for carrier in CARRIERS {
        answers.push(join(&server, &format!("{carrier:?}"), "touchy").await);
    }
    let room = answers[0].room;
    assert!(answers.iter().all(|answer| answer.room == room) && room != arena.room);
    let touching =
        CARRIERS.into_iter().zip(answers).map(|(carrier, answer)| touch(&server, answer, carrier, wishing(1)));
    let (endings, ()) = tokio::join!(
        futures_util::future::join_all(touching),
        until("Ann to play on", &mut ann, |players| players[0].client.view().tick() > Tick(90))
    );
    for (ending, carrier) in endings.into_iter().zip(CARRIERS) {
        assert_room_failed(ending, &format!("{carrier:?}"));
    }
    until_failures(&server, 1).await;
    assert_eq!(rooms(&server).await, [(arena.room.into(), "arena".to_owned())]);

    // Another room of the same game opens in its place.
    let again = join(&server, "Bo", "touchy").await;
    assert_ne!(again.room, room);
    let now = ann[0].client.view().tick();
    let (ending, ()) = tokio::join!(
        touch(&server, again, Carrier::Quic, wishing(1)),
        until("Ann to play on", &mut ann, |players| players[0].client.view().tick() > now.plus(60))
    );
    assert_room_failed(ending, "Bo");
    assert_eq!((ann[0].client.stats().counters.state_mismatches, ann[0].ending()), (0, None));
    drop(ann);
    stop(server).await;

    // The recording leads up to the last whole tick and plays again, and so do the inputs at which the game panicked.
    let played = verified(state.path());
    assert_eq!(played.len(), 2);
    for verified in &played {
        assert!(verified.is_sound() && verified.ticks > 10, "{verified:?}");
        let failed_in = format!("in tick {}: ", verified.info.last.next().0);
        assert!(reason(verified).starts_with(&failed_in) && reason(verified).contains(PANIC), "{}", reason(verified));
        let Some(Repeated::Failed(again)) = &verified.repeated else { panic!("it does not fail again") };
        assert!(again.contains(PANIC), "{again}");
    }

    // The next server does not go on with what has failed.
    let server = start(state.path());
    assert_eq!(rooms(&server).await, [(arena.room.into(), "arena".to_owned())]);
    assert_eq!(failures(&server).await, 2, "counts of this process");
    stop(server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_to_fail_costs_one_room() {
    let state = State::new();
    let server = start(state.path());
    let ways = [
        (2, "entity 0 after entity 1"),
        (3, "entity 999 in tick"),
        (4, "receivers accept"),
        (5, "`Game::slots` says 17 of 17"),
        (6, "in `leave`: "),
        (7, "in `summary`: "),
    ];
    for (count, (fault, words)) in (1..).zip(ways) {
        let (one, other) = (join(&server, "Bo", "touchy").await, join(&server, "Cy", "touchy").await);
        assert_eq!(one.room, other.room, "fault {fault}");
        let pilot = Toucher { leaves: fault == 6, ..wishing(fault) };
        let (first, second) = tokio::join!(
            touch(&server, one, Carrier::WebSocket, pilot),
            touch(&server, other, Carrier::Quic, wishing(0))
        );
        match fault {
            6 => assert_eq!(first.expect("a goodbye").reason, DisconnectReason::Left),
            _ => assert_room_failed(first, &format!("fault {fault}")),
        }
        assert_room_failed(second, &format!("the other one, fault {fault}"));
        until_failures(&server, count).await;
        within("the recording", async { while kept(state.path()).len() < count as usize {} }).await;
        let played = verified(state.path());
        let found = played.iter().find(|verified| reason(verified).contains(words));
        let found = found.unwrap_or_else(|| panic!("{words}: {:?}", played.iter().map(reason).collect::<Vec<_>>()));
        assert!(found.is_sound(), "fault {fault}: {found:?}");
        assert!(matches!(found.repeated, Some(Repeated::Failed(_))), "fault {fault}: {:?}", found.repeated);
    }
    assert_eq!(rooms(&server).await.len(), 1);
    stop(server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn player_at_whose_join_the_game_panics_hears_of_it_and_so_do_the_others() {
    let state = State::new();
    let server = start(state.path());
    let calm = join(&server, "Bo", "touchy").await;
    let steered = Arc::<Mutex<u32>>::default();
    let pilot = Toucher { steered: Arc::clone(&steered), ..Toucher::default() };
    let unwelcome = async {
        while *steered.lock().expect("no holder of this lock panics") < CALM_TICKS {
            tokio::task::yield_now().await;
        }
        let answer = join(&server, UNWELCOME, "touchy").await;
        touch(&server, answer, Carrier::WebTransport, Toucher::default()).await
    };
    let (first, second) = tokio::join!(touch(&server, calm, Carrier::Quic, pilot), unwelcome);
    assert_room_failed(first, "Bo");
    assert_room_failed(second, UNWELCOME);
    until_failures(&server, 1).await;
    stop(server).await;
    let played = verified(state.path());
    assert!(reason(&played[0]).contains("in `join`: ") && reason(&played[0]).contains(PANIC), "{}", reason(&played[0]));
    assert!(matches!(played[0].repeated, Some(Repeated::Failed(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn room_that_fails_as_soon_as_it_is_restored_is_restored_once() {
    let state = State::new();
    let server = start(state.path());
    let answer = join(&server, "Bo", "touchy").await;
    let room = answer.room;
    assert_room_failed(touch(&server, answer, Carrier::Quic, wishing(4)).await, "Bo");
    stop(server).await;

    // As if the server had been killed between the tick and the end of the file.
    let file = kept(state.path()).pop().expect("the recording is kept");
    let parts = chunks(&file).expect("it is a recording");
    let (end, _, _) = parts.iter().find(|(_, chunk, _)| chunk.kind == ChunkKind::End).expect("it has an end");
    let running = state.path().join(format!("rooms/room-{room}.rrec"));
    fs::write(&running, &file[..*end]).expect("the folder can be written");

    let server = start(state.path());
    until_failures(&server, 2).await;
    within("the file to be shelved", async { while running.exists() {} }).await;
    assert!(!rooms(&server).await.iter().any(|(id, _)| *id == u64::from(room)));
    stop(server).await;
    let server = start(state.path());
    assert_eq!((rooms(&server).await.len(), failures(&server).await), (1, 2));
    stop(server).await;
}

#[test]
fn room_makes_no_tick_after_a_breach_and_says_in_which_tick_and_with_which_entity() {
    let mut room = Room::<Touchy>::new(RoomConfig::new((), TickRate::new(30).expect("allowed")), 1);
    let players = ["Bo", "Cy"].map(|name| {
        room.join(Joining { name: name.to_owned(), plain: false, reliable: true }).expect("there is a seat")
    });
    for _ in 0..4 {
        room.tick();
        while room.poll_output().is_some() {}
    }
    assert_eq!(room.breach(), None);
    let wish = InputMessage::new(room.now().next(), Ack::default(), 0, [Wish { fault: 2 }]);
    room.handle_input(players[1], &wish, 1_000);
    (0..3).for_each(|_| room.tick_observed(|_| {}));
    let breach = room.breach().expect("the entities are not sorted");
    assert_eq!((breach.tick, room.now()), (Tick(5), Tick(5)));
    let words = "`Game::entities` gives entity 0 after entity 1 in tick 5: ids must ascend, so sort them";
    assert_eq!(breach.to_string(), words);
    assert!(room.poll_output().is_none(), "nobody is sent half of a tick");
}
