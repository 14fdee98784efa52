//! Plays the game in rooms, with clients over links that lose and reorder: every view is true, recordings verify,
//! players come back.

use std::time::Duration;

use room::{JoinError, RoomConfig};
use shared::{
    game::{Bot, Game},
    rng::Rng,
};

use super::{
    finding::{Report, caught},
    twin::Ground,
};
use crate::{BareRoom, Behavior, PlayerOptions, Scenario, Sim, Transport, arbitrary};

/// A link, and the players on it.
struct Network {
    name: &'static str,
    transport: Transport,
    plain: bool,
    loss: f64,
}

const NETWORKS: [Network; 4] = [
    Network { name: "a perfect link", transport: Transport::Datagrams, plain: false, loss: 0.0 },
    Network { name: "datagrams with loss", transport: Transport::Datagrams, plain: false, loss: 0.08 },
    Network { name: "a stream with loss", transport: Transport::Stream, plain: false, loss: 0.05 },
    Network { name: "plain snapshots", transport: Transport::Datagrams, plain: true, loss: 0.05 },
];
/// Seconds in which players rest before views are compared.
const REST_SECS: u64 = 3;
/// Time in which messages under way arrive after the links have recovered.
const LATE_SECS: u64 = 10;
/// Enough budget for all visible entities in a room of a check.
const BYTES_PER_SEC: u32 = 400_000;

/// Plays on every network for this many seconds.
pub(crate) fn check<G: Game>(ground: &Ground<G>, seed: u64, players: u16, secs: u64, report: &mut Report) {
    for (number, network) in (0..).zip(&NETWORKS) {
        if let Err(panic) = caught(|| play(ground, network, seed + number, players, secs)) {
            report.find("view", format!("on {}, {panic}", network.name));
        }
    }
    if let Err(panic) = caught(|| hear(ground, seed, players, secs)) {
        report.find("view", format!("in a room with naive receivers, {panic}"));
    }
    let twice =
        caught(|| [(), ()].map(|()| sim(ground, &NETWORKS[1], seed).players(players.into()).run_secs(2).digest()));
    if twice.is_ok_and(|[one, other]| one != other) {
        report.find(
            "repeat",
            "two rooms with the same seed and the same calls send different bytes: does a bot use chance of its own?",
        );
    }
}

fn sim<G: Game>(ground: &Ground<G>, network: &Network, seed: u64) -> Sim<G> {
    let mut sim = Sim::of(ground.maps[0].clone(), ground.tick_rate)
        .players(0)
        .seed(seed)
        .seats(ground.seats)
        .bytes_per_sec(BYTES_PER_SEC)
        .loss(network.loss)
        .plain(network.plain)
        .reliable(network.transport == Transport::Stream);
    sim.config.maps.clone_from(&ground.maps);
    sim.config.settings = ground.settings.clone();
    if network.loss > 0.0 {
        sim = sim.delay_ms(40).jitter_ms(10).duplicate(0.02).reorder(0.05);
    }
    match G::Bot::BEHAVIORS.len() {
        0 => sim,
        // Plain clients receive every move, so a room with opponents, which never rest, would never be quiet.
        _ if network.plain => sim,
        _ => sim.fill(ground.seats.min(3)),
    }
}

fn behavior<G: Game>(number: usize) -> Behavior {
    match G::Bot::BEHAVIORS.len() {
        0 => [Behavior::Wander, Behavior::Random][number % 2],
        _ if number % 3 == 2 => Behavior::Random,
        count => Behavior::Bot((number - number / 3) % count),
    }
}

fn play<G: Game>(ground: &Ground<G>, network: &Network, seed: u64, players: u16, secs: u64) {
    let mut scenario = sim(ground, network, seed).start();
    for number in 0..usize::from(players) {
        scenario.join_with(PlayerOptions { behavior: behavior::<G>(number), draws: number == 0, ..scenario.options() });
    }
    let part = Duration::from_secs(secs) / 4;
    run(&mut scenario, part);
    let watcher = scenario.join_with(PlayerOptions { spectates: true, ..scenario.options() });
    if let Some(&last) = scenario.present().last().filter(|_| players > 2) {
        scenario.leave(last);
    }
    run(&mut scenario, part);
    scenario.cut(0);
    run(&mut scenario, part / 4);
    scenario.come_back(0, network.transport, network.plain);
    scenario.join();
    run(&mut scenario, part);
    scenario.resync(watcher);
    scenario.bring_back_who_gave_up();
    run(&mut scenario, part);
    settle(scenario);
}

fn run<G: Game>(scenario: &mut Scenario<G>, time: Duration) {
    scenario.run_for(time);
    scenario.assert_sane();
}

/// Links recover and players rest; then each view must be true.
fn settle<G: Game>(mut scenario: Scenario<G>) {
    scenario.heal();
    for number in scenario.present() {
        scenario.player_mut(number).set_behavior(Behavior::Idle);
    }
    scenario.run_until("links that have delivered what they held", LATE_SECS, |scenario| {
        scenario.present().iter().all(|&number| scenario.view(number).tick() == scenario.now_of(number))
    });
    scenario.run_secs(REST_SECS);
    scenario.assert_sane();
    for number in scenario.present() {
        scenario.assert_truthful(number);
        scenario.assert_roster(number);
        if scenario.now_of(number) == scenario.room().now() {
            let known = format!("{:#?}", scenario.player(number).client().board());
            let truth = format!("{:#?}", scenario.room().play().board());
            assert!(known == truth, "the board of player {number} is {known} and the room's is {truth}");
        }
    }
}

/// Every update must contain the true state of its tick, of an entity that its player may receive.
fn hear<G: Game>(ground: &Ground<G>, seed: u64, players: u16, secs: u64) {
    let mut rng = Rng::new(seed);
    let config = RoomConfig {
        maps: ground.maps.clone(),
        settings: ground.settings.clone(),
        seats: ground.seats,
        player_bytes_per_sec: BYTES_PER_SEC,
        plain_bytes_per_sec: BYTES_PER_SEC,
        ..RoomConfig::new(ground.maps[0].clone(), ground.tick_rate)
    };
    let mut room = BareRoom::<G>::new(config, seed);
    let seated: Result<Vec<_>, JoinError> =
        (0..players).map(|number| room.join(number % 4 == 3, number % 2 == 1)).collect();
    let seated = seated.expect("a room that nobody is in has seats");
    for _ in 0..secs * u64::from(ground.tick_rate.hz()) {
        for &player in &seated {
            room.play_late(player, arbitrary::input(&mut rng), rng.below(6) as usize);
        }
        room.tick(|_| rng.chance(7, 8));
    }
}
