//! Runs one story in memory and over each transport, and tests that need real links.

mod live;

use arena::rules::World;
use std::time::{Duration, Instant, SystemTime};

use arena::{
    entity::{CraftState, EntityState},
    input::{Buttons, Input},
};
use client::{Client, Measurement, native::JoinAnswer};
use harness::{ArenaSim, Behavior, Scenario, script, sim};
use live::{
    ALL, Transport,
    host::Host,
    player::{LivePlayer, play_round, until},
    raw::RawLink,
    within,
};
use shared::{
    PlayerId,
    limits::IDLE_TIMEOUT_SECS,
    wire::{DisconnectReason, Event},
};

/// Environment in which a story runs. Players are numbered in the order of their joins.
trait Stage {
    async fn join(&mut self) -> usize;
    async fn until(&mut self, what: &str, done: impl FnMut(&Self) -> bool);
    fn client(&self, number: usize) -> &Client<World>;
    fn heard(&self, number: usize) -> Vec<Event>;
    fn steer(&mut self, number: usize, input: Input);
    fn chat(&mut self, number: usize, text: &str);
    fn leave(&mut self, number: usize);
}

/// Longest time between two events of a story, s.
const PATIENCE_SECS: u64 = 30;

impl Stage for Scenario {
    async fn join(&mut self) -> usize {
        Self::join(self)
    }

    async fn until(&mut self, what: &str, done: impl FnMut(&Self) -> bool) {
        self.run_until(what, PATIENCE_SECS, done);
    }

    fn client(&self, number: usize) -> &Client<World> {
        self.player(number).client()
    }

    fn heard(&self, number: usize) -> Vec<Event> {
        self.player(number).heard().cloned().collect()
    }

    fn steer(&mut self, number: usize, input: Input) {
        self.player_mut(number).set_behavior(Behavior::Hold(input));
    }

    fn chat(&mut self, number: usize, text: &str) {
        Self::chat(self, number, text);
    }

    fn leave(&mut self, number: usize) {
        Self::leave(self, number);
    }
}

/// A real server and players on one transport.
struct RealStage {
    host: Host,
    transport: Transport,
    players: Vec<LivePlayer>,
}

impl RealStage {
    fn new(transport: Transport) -> Self {
        // All players see each other, wherever they spawn.
        let host = Host::start(|config| config.interest_px = Some(4_000));
        Self { host, transport, players: Vec::new() }
    }
}

impl Stage for RealStage {
    async fn join(&mut self) -> usize {
        let number = self.players.len();
        self.players.push(self.host.player(&format!("player {number}"), self.transport).await);
        number
    }

    async fn until(&mut self, what: &str, mut done: impl FnMut(&Self) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(PATIENCE_SECS);
        while !done(self) {
            assert!(Instant::now() < deadline, "{what}: not within {PATIENCE_SECS} s");
            play_round(&mut self.players).await;
        }
    }

    fn client(&self, number: usize) -> &Client<World> {
        &self.players[number].client
    }

    fn heard(&self, number: usize) -> Vec<Event> {
        self.players[number].heard().cloned().collect()
    }

    fn steer(&mut self, number: usize, input: Input) {
        self.players[number].client.set_intent(input);
    }

    fn chat(&mut self, number: usize, text: &str) {
        self.players[number].client.chat(text);
    }

    fn leave(&mut self, number: usize) {
        self.players[number].client.leave();
    }
}

/// State of a craft in a player's view.
fn craft(client: &Client<World>, player: PlayerId) -> Option<CraftState> {
    match client.view().entity(arena::craft_of(player))? {
        EntityState::Craft(craft) => Some(*craft),
        _ => None,
    }
}

fn seat(stage: &impl Stage, number: usize) -> PlayerId {
    stage.client(number).player().expect("the player was welcomed")
}

/// Name of another player in a player's roster.
fn name(stage: &impl Stage, number: usize, player: PlayerId) -> Option<String> {
    stage.client(number).roster().get(player).map(|who| who.name.clone())
}

async fn tell_the_story(stage: &mut impl Stage) {
    let (ann, bob) = (stage.join().await, stage.join().await);
    stage
        .until("both see both", |stage| {
            let seats = [ann, bob].map(|number| stage.client(number).player());
            let sees =
                |number, seat: Option<PlayerId>| seat.is_some_and(|seat| craft(stage.client(number), seat).is_some());
            [ann, bob].iter().all(|&number| seats.iter().all(|&seat| sees(number, seat)))
        })
        .await;
    let (ann_seat, bob_seat) = (seat(stage, ann), seat(stage, bob));
    let names = ["player 0", "player 1"].map(|name| Some(name.to_owned()));
    stage.until("Bob knows who plays", |stage| [ann_seat, bob_seat].map(|seat| name(stage, bob, seat)) == names).await;

    // Bob sees Ann fly inwards, and her shells.
    let before = craft(stage.client(bob), ann_seat).expect("Bob sees Ann").position;
    let width = stage.client(ann).view().map().expect("the map was sent").map.size().x;
    let inwards = if before.x < width / 2 { 0 } else { 512 };
    stage.steer(ann, Input { buttons: Buttons::FIRE, ..script::fly_along(inwards) });
    stage
        .until("Bob sees Ann fly", |stage| {
            craft(stage.client(bob), ann_seat).is_some_and(|craft| (craft.position.x - before.x).abs() > 60 * 16)
        })
        .await;
    let is_anns_shell = |state: &EntityState| matches!(state, EntityState::Shell(shell) if shell.owner == ann_seat);
    stage
        .until("Bob sees a shell of Ann's", |stage| {
            stage.client(bob).view().entities().any(|(_, state)| is_anns_shell(state))
        })
        .await;

    stage.chat(bob, "nice shot");
    let line = Event::Chat { from: Some(bob_seat), text: "nice shot".to_owned() };
    stage.until("Ann hears Bob", |stage| stage.heard(ann).contains(&line)).await;

    stage
        .until("both have checked what they are shown", |stage| {
            [ann, bob].iter().all(|&number| stage.client(number).stats().counters.state_checks >= 3)
        })
        .await;
    for number in [ann, bob] {
        let counters = stage.client(number).stats().counters;
        assert_eq!((counters.state_mismatches, counters.unknown_baselines, counters.decode_errors), (0, 0, 0));
    }

    stage.leave(ann);
    stage
        .until("Bob is alone", |stage| {
            stage.heard(bob).contains(&Event::Left(ann_seat)) && craft(stage.client(bob), ann_seat).is_none()
        })
        .await;
}

#[tokio::test]
async fn story_in_memory() {
    for reliable in [false, true] {
        tell_the_story(&mut sim().players(0).map("cave").interest_px(4_000).reliable(reliable).start()).await;
    }
}

#[tokio::test]
async fn story_over_quic() {
    let mut stage = RealStage::new(Transport::Quic);
    tell_the_story(&mut stage).await;
    stage.host.until_seats_taken(1).await;
}

#[tokio::test]
async fn story_over_websocket() {
    let mut stage = RealStage::new(Transport::WebSocket);
    tell_the_story(&mut stage).await;
    stage.host.until_seats_taken(1).await;
}

#[tokio::test]
async fn story_over_webtransport() {
    let mut stage = RealStage::new(Transport::WebTransport);
    tell_the_story(&mut stage).await;
    stage.host.until_seats_taken(1).await;
}

/// A player on each transport.
async fn one_on_each(host: &Host) -> Vec<LivePlayer> {
    let mut players = Vec::new();
    for (transport, name) in ALL.into_iter().zip(["ann", "bob", "cid"]) {
        players.push(host.player(name, transport).await);
    }
    players
}

#[tokio::test]
async fn players_of_all_transports_meet_in_one_room() {
    let host = Host::start(|config| config.interest_px = Some(4_000));
    let mut players = one_on_each(&host).await;
    until("all see all", &mut players, |players| {
        let seats: Vec<_> = players.iter().filter_map(|player| player.client.player()).collect();
        seats.len() == players.len() && players.iter().all(|player| seats.iter().all(|&seat| player.sees(seat)))
    })
    .await;
    assert_eq!(host.rooms(), 1);
}

#[tokio::test]
async fn server_that_ends_says_goodbye_to_everyone() {
    let text_of_recorded = "the server restarts: back soon, you will be brought back";
    for (is_recorded, text) in [(true, text_of_recorded), (false, "the server is shutting down")] {
        let host = Host::start(|config| config.state = config.state.take().filter(|_| is_recorded));
        let mut players = one_on_each(&host).await;
        until("all play", &mut players, |players| players.iter().all(|player| player.craft().is_some())).await;
        let ended = until("goodbyes", &mut players, |players| players.iter().all(|player| player.ending().is_some()));
        tokio::join!(host.shutdown(), ended);
        for player in &players {
            let ending = player.client.ending().expect("a goodbye came");
            assert_eq!((ending.reason, ending.text.as_str()), (DisconnectReason::ShuttingDown, text));
        }
    }
}

#[tokio::test]
async fn certificate_is_replaced_while_people_play() {
    let host = Host::start(|_| {});
    let mut players = one_on_each(&host).await;
    until("all play", &mut players, |players| players.iter().all(|player| player.craft().is_some())).await;
    let first = host.reserve("early").await;
    assert_eq!(first.certificate_hashes.len(), 1);
    let day = Duration::from_secs(24 * 3_600);
    let (mut now, mut running) = (SystemTime::now(), host.certificates().running());
    // Announced, shown, and the old one forgotten.
    for (passed, told) in [(10 * day, 2), (day / 24, 2), (day / 24, 1)] {
        now += passed;
        running += passed;
        host.certificates().renew(now, running).expect("a certificate can be made");
        for transport in [Transport::Quic, Transport::WebTransport] {
            let answer = host.reserve("late").await;
            assert_eq!(answer.certificate_hashes.len(), told);
            let player = LivePlayer::connect(&answer, transport).await;
            players.push(player);
        }
    }
    assert_ne!(host.reserve("last").await.certificate_hashes, first.certificate_hashes);
    until("old and new players play on", &mut players, |players| {
        players.iter().all(|player| player.client.stats().counters.state_checks >= 2)
    })
    .await;
    for player in &players {
        assert_eq!((player.ending(), player.client.stats().counters.state_mismatches), (None, 0));
    }
}

/// Joins from a runtime that ends right after, like a killed process: its sockets send nothing more.
fn join_and_die(answer: JoinAnswer, transport: Transport) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
    let link = runtime.block_on(async {
        let mut link = RawLink::connect(&answer, transport).await;
        link.hello(&answer.ticket).await;
        link.welcome().await;
        link
    });
    runtime.shutdown_background();
    // On drop it would try to close the link.
    std::mem::forget(link);
}

#[tokio::test]
async fn link_that_its_client_gives_up_for_silence_is_counted_as_that() {
    let host = Host::start(|_| {});
    for transport in [Transport::Quic, Transport::WebTransport] {
        let closes = async || host.metric("ricochet_closes_total", "reason=\"timed_out\"").await;
        let before = closes().await;
        let (mut link, ticket) = host.raw(transport).await;
        link.hello(&ticket).await;
        link.welcome().await;
        link.give_up(DisconnectReason::TimedOut);
        within("the close to be counted", async { while closes().await < before + 1.0 {} }).await;
    }
}

#[tokio::test]
async fn killed_player_is_freed_in_time_and_the_others_notice_nothing() {
    const RESUME_SECS: u32 = 2;
    let host = Host::start(|config| config.sessions.resume_secs = RESUME_SECS);
    let mut players = one_on_each(&host).await;
    until("all play", &mut players, |players| players.iter().all(|player| player.craft().is_some())).await;
    for transport in ALL {
        let answer = host.reserve("doomed").await;
        tokio::task::spawn_blocking(move || join_and_die(answer, transport)).await.expect("it joins before it dies");
    }
    assert_eq!(host.seats_taken(), 6);
    let killed_at = Instant::now();
    until("the seats are free", &mut players, |_| host.seats_taken() == 3).await;
    let patience = Duration::from_secs(IDLE_TIMEOUT_SECS + u64::from(RESUME_SECS) + 2);
    assert!(killed_at.elapsed() < patience, "freed after {:?}", killed_at.elapsed());
    until("everyone is told", &mut players, |players| {
        players.iter().all(|player| player.heard().filter(|event| matches!(event, Event::Left(_))).count() == 3)
    })
    .await;
    for player in &mut players {
        let counters = player.client.stats().counters;
        assert_eq!((player.ending(), counters.state_mismatches, counters.resyncs), (None, 0, 0));
        let gaps = std::iter::from_fn(|| player.client.stats_mut().poll_measurement());
        let longest = gaps.filter_map(|measured| match measured {
            Measurement::SnapshotGap(gap) => Some(gap),
            _ => None,
        });
        assert!(longest.max() < Some(Duration::from_secs(1)), "the others were kept waiting");
    }
}
