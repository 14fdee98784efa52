//! A room against a client's view, without links between them: the view shows the state that the server expects it to show.

use arena::rules::{Terrain, World};
use std::sync::Arc;

use arena::{
    input::{Buttons, Heading, Input},
    map::Map,
};
use client::view::{ApplyError, Check, View};
use room::{Channel, Joining, Room, RoomConfig};
use shared::{
    PlayerId, TickRate,
    game::{Game, Replicate},
    rng::Rng,
    wire::{InputMessage, ServerMessage},
};

fn open_map() -> Arc<Map> {
    let mut walls = vec![false; 30 * 20];
    for tile in [95, 96, 97, 200, 230, 260, 400, 401] {
        walls[tile] = true;
    }
    let mut map = Map::new("field".into(), 64, 30, 20, walls, Vec::new());
    map.spawns = (1..28).map(|column| arena::map::Spawn { team: arena::event::Team::None, column, row: 1 }).collect();
    Arc::new(map)
}

fn random_input(rng: &mut Rng) -> Input {
    let aim = rng.below(1_024) as u16;
    let heading = if rng.chance(1, 8) { Heading::NONE } else { Heading::from_aim(rng.below(1_024) as u16) };
    let fire = if rng.chance(1, 3) { Buttons::FIRE } else { Buttons::NONE };
    let dash = if rng.chance(1, 20) { Buttons::DASH } else { Buttons::NONE };
    Input { heading, aim, buttons: fire.with(dash) }
}

struct Peer {
    id: PlayerId,
    view: View<World>,
    input: Input,
    matched: u32,
    skipped: u32,
    bytes: usize,
    /// Snapshots in flight: the tick in which they arrive, and their bytes.
    flight: Vec<(u32, Vec<u8>)>,
}

/// Runs a room of `players` for `ticks`. `loss` percent of the snapshots are lost, and each takes up to `delay` ticks.
fn check(seed: u64, players: usize, ticks: u32, reliable: bool, loss: u32, delay: u32) -> Vec<Peer> {
    let mut rng = Rng::new(seed);
    let rate = TickRate::new(30).expect("allowed");
    let mut config = RoomConfig::new(Terrain::new(open_map(), rate), rate);
    config.seats = players as u16 + 4;
    config.interest_px = if seed.is_multiple_of(2) { Some(5_000) } else { Some(500) };
    let covers = seed.is_multiple_of(2);
    let mut room = Room::new(config, seed);
    let mut peers: Vec<Peer> = Vec::new();
    for tick in 0..ticks {
        if peers.len() < players && tick % 5 == 0 {
            let joining = Joining { name: format!("p{tick}"), plain: false, reliable };
            let id = room.join(joining).expect("there are seats");
            let (view, flight) = (View::new(), Vec::new());
            peers.push(Peer { id, view, input: Input::default(), matched: 0, skipped: 0, bytes: 0, flight });
        }
        deliver(&mut room, &mut peers, &mut rng, tick, loss, delay);
        for peer in &mut peers {
            if rng.chance(1, 5) {
                peer.input = random_input(&mut rng);
            }
            let message = InputMessage::new(room.now().next(), peer.view.ack(), 0, [peer.input]);
            if reliable || !rng.chance(loss, 100) {
                room.handle_input(peer.id, &message, 1_000);
            }
        }
        room.tick();
        deliver(&mut room, &mut peers, &mut rng, tick, loss, delay);
        for peer in &mut peers {
            peer.flight.sort_by_key(|&(due, _)| due);
            while peer.flight.first().is_some_and(|&(due, _)| due <= tick) {
                let (_, bytes) = peer.flight.remove(0);
                match peer.view.apply(&bytes) {
                    Ok(applied) => {
                        assert_ne!(applied.check, Check::Mismatched, "seed {seed}, tick {tick}, player {:?}", peer.id);
                        peer.matched += u32::from(applied.check == Check::Matched);
                        peer.skipped += u32::from(applied.check == Check::Skipped);
                    }
                    Err(ApplyError::Stale | ApplyError::NotReady | ApplyError::OtherEpoch) => {}
                    Err(error) => panic!("seed {seed}, tick {tick}, player {:?}: {error}", peer.id),
                }
            }
            if covers && loss == 0 && delay == 0 && peer.view.tick() == room.now() {
                let truth: Vec<_> = room.game().entities().collect();
                for (id, state) in &truth {
                    let shown = peer.view.entity(*id);
                    let same = shown == Some(state) || shown.is_some_and(|shown| state.is_cosmetic_change(shown));
                    assert!(same, "seed {seed} tick {tick}: {id:?} is {state:?}, shown {shown:?}");
                }
                assert_eq!(peer.view.len(), truth.len());
            }
        }
    }
    peers
}

fn deliver(room: &mut Room<World>, peers: &mut [Peer], rng: &mut Rng, tick: u32, loss: u32, delay: u32) {
    while let Some(output) = room.poll_output() {
        let Some(peer) = peers.iter_mut().find(|peer| output.member == peer.id.into()) else { continue };
        if output.channel == Channel::Unreliable {
            peer.bytes += output.bytes.len();
            if !rng.chance(loss, 100) {
                peer.flight.push((tick + rng.below(delay + 1), output.bytes.to_vec()));
            }
            continue;
        }
        match ServerMessage::decode(output.bytes).expect("the room writes what can be read") {
            ServerMessage::Welcome(welcome) => peer.view.set_welcome(&welcome),
            ServerMessage::Map(map) => peer.view.set_map(&map).expect("the room sends a map"),
            _ => {}
        }
    }
}

#[test]
fn a_perfect_link_shows_the_truth() {
    for seed in 0..6 {
        for peer in check(seed, 8, 600, true, 0, 0) {
            assert!(peer.matched > 10, "{} checks", peer.matched);
        }
    }
}

#[test]
fn datagrams_without_loss_show_the_truth() {
    for seed in 0..6 {
        for peer in check(seed, 8, 600, false, 0, 0) {
            assert!(peer.matched > 10, "{} checks", peer.matched);
        }
    }
}

#[test]
fn lost_late_and_reordered_snapshots_never_mislead() {
    for seed in 0..12 {
        let peers = check(seed, 8, 900, false, 10, 6);
        // Most snapshots are overtaken here, so most checksums come after a gap and are skipped.
        let matched: u32 = peers.iter().map(|peer| peer.matched).sum();
        let skipped: u32 = peers.iter().map(|peer| peer.skipped).sum();
        assert!(matched > 10, "{matched} checks, {skipped} skipped");
    }
}
