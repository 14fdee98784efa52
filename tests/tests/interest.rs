//! Nothing outside a player's interest reaches its bytes, and everything inside does, in time and without flicker.

use arena::rules::World;
use arena::settings::Settings;
use std::sync::Arc;

use arena::{
    entity::EntityState,
    event::{Event, Team},
    input::{Buttons, Heading, Input},
    map::{Map, Spawn},
};
use glam::IVec2;
use harness::{BareRoom, Looks, maps, truth::distance_squared};
use room::RoomConfig;
use shared::{
    EntityId, PlayerId, TickRate,
    game::{Entity, Game},
    quantize::POSITION_PER_PX,
    rng::Rng,
    trig,
};

const RATE: TickRate = TickRate::new(30).unwrap();

fn config(map: Arc<Map>, seats: u16, interest_px: u32) -> RoomConfig<World> {
    RoomConfig {
        seats,
        interest_px: Some(interest_px),
        settings: Settings { warm_up_secs: 0, ..Settings::default() },
        player_bytes_per_sec: 60_000,
        plain_bytes_per_sec: 60_000,
        ..harness::arena_room(map, RATE)
    }
}

/// An open field of 60 x 20 tiles of 64 px with two spawns.
fn field(spawns: [(u16, u16); 2]) -> Arc<Map> {
    let map = Map::new("field".into(), 64, 60, 20, vec![false; 1_200], Vec::new());
    let spawns = spawns.map(|(column, row)| Spawn { team: Team::None, column, row });
    Arc::new(map.with_server_side(spawns.to_vec(), 600))
}

/// Two players on the field, the one on the left first.
fn pair(spawns: [(u16, u16); 2], interest_px: u32) -> (BareRoom, PlayerId, PlayerId) {
    let mut room = BareRoom::new(config(field(spawns), 2, interest_px), 1);
    let players = [(); 2].map(|()| room.join(false, false).expect("there are two seats"));
    room.tick(|_| true);
    let x = |player: PlayerId| position(&room, arena::craft_of(player)).x;
    let [one, other] = players;
    if x(one) < x(other) { (room, one, other) } else { (room, other, one) }
}

fn position(room: &BareRoom, id: EntityId) -> IVec2 {
    let frame = room.truth().newest().expect("a tick was made");
    frame.position(id).expect("the entity is there")
}

/// An input that flies a craft to `x` px and stops there.
fn steer_to(room: &BareRoom, player: PlayerId, x: i32) -> Input {
    let Some(EntityState::Craft(craft)) = room.room().game().entity(arena::craft_of(player)) else {
        return Input::default();
    };
    // The point at which it would stop: velocity decays by the drag, here by about an eighth per tick.
    let rest = craft.position.x + craft.velocity.x / 2;
    let missing = x * POSITION_PER_PX - rest;
    // One tick of thrust carries it 200 units far.
    let heading = match missing {
        ..-120 => Heading::from_aim(512),
        121.. => Heading::from_aim(0),
        _ => Heading::NONE,
    };
    Input { heading, ..Input::default() }
}

/// Flies a craft to `x` px and stays there for a second.
fn fly_to(room: &mut BareRoom, player: PlayerId, x: i32, mut watch: impl FnMut(&BareRoom)) {
    let mut rested = 0;
    for _ in 0..400 {
        let input = steer_to(room, player, x);
        for other in room.present() {
            room.play(other, if other == player { input } else { Input::default() });
        }
        room.tick(|_| true);
        watch(room);
        rested = if input.heading == Heading::NONE { rested + 1 } else { 0 };
        if rested == 30 {
            return;
        }
    }
    panic!("{player:?} did not come to {x} px: it is at {:?}", position(room, arena::craft_of(player)));
}

fn random_input(rng: &mut Rng) -> Input {
    let fire = if rng.chance(1, 3) { Buttons::FIRE } else { Buttons::NONE };
    let dash = if rng.chance(1, 30) { Buttons::DASH } else { Buttons::NONE };
    let aim = rng.below(1_024) as u16;
    Input { heading: Heading::from_aim(rng.below(1_024) as u16), aim, buttons: fire.with(dash) }
}

/// Runs a fight of a crowd on the plain and checks every state in every snapshot that arrives.
fn check_crowd(plain: bool, reliable: bool, loss_percent: u32) {
    const PLAYERS: u16 = 60;
    let mut room = BareRoom::new(config(maps::by_name("plain"), PLAYERS, 400), 7);
    let mut rng = Rng::new(8);
    let players: Vec<_> = (0..PLAYERS).map(|_| room.join(plain, reliable).expect("there are seats")).collect();
    let mut inputs = vec![Input::default(); players.len()];
    let mut told = 0;
    for _ in 0..400 {
        for (&player, input) in players.iter().zip(&mut inputs) {
            if rng.chance(1, 5) {
                *input = random_input(&mut rng);
            }
            room.play(player, *input);
        }
        let mut fate = rng.fork();
        room.tick(|_| !fate.chance(loss_percent, 100));
        for &player in &players {
            told += assert_within_interest(&room, player);
        }
    }
    assert!(told > 15_000, "only {told} states were told");
    let found = players.iter().flat_map(|&player| room.differences(player, Looks::Forgiven));
    let out_of_sight: Vec<_> = found.filter(|_| loss_percent == 0).collect();
    assert!(out_of_sight.is_empty(), "{out_of_sight:#?}");
}

/// Checks the newest snapshot of a player, if it is of this tick, and returns the number of states in it.
fn assert_within_interest(room: &BareRoom, player: PlayerId) -> usize {
    let oracle = room.listener(player).oracle();
    let frame = room.truth().newest().expect("a tick was made");
    if oracle.tick() != frame.tick {
        return 0;
    }
    let leave = i64::from(room.seeing(player, Looks::Exact).leave);
    let eye = frame.position(arena::craft_of(player)).expect("a player has a craft");
    let told = oracle.written().iter().filter_map(|&(id, state)| Some((id, state?)));
    told.inspect(|(id, state)| {
        let squared = distance_squared(state.position(&frame.map), eye);
        let px = squared.isqrt() / i64::from(POSITION_PER_PX);
        assert!(squared <= leave * leave, "{player:?} was told of entity {id} at {px} px: {state:?}");
    })
    .count()
}

#[test]
fn no_state_outside_the_interest_is_told() {
    check_crowd(false, false, 0);
}

#[test]
fn no_state_outside_the_interest_is_told_when_snapshots_are_lost() {
    check_crowd(false, false, 20);
}

#[test]
fn no_state_outside_the_interest_is_told_over_a_stream() {
    check_crowd(false, true, 0);
}

#[test]
fn no_state_outside_the_interest_is_told_to_plain_clients() {
    check_crowd(true, false, 10);
}

#[test]
fn far_fights_are_not_heard() {
    // Two groups of players in corners of the plain that cannot see each other.
    const PLAYERS: u16 = 80;
    let mut room = BareRoom::new(config(maps::by_name("plain"), PLAYERS, 300), 3);
    let mut rng = Rng::new(4);
    let players: Vec<_> = (0..PLAYERS).map(|_| room.join(false, false).expect("there are seats")).collect();
    for _ in 0..900 {
        for &player in &players {
            room.play(player, random_input(&mut rng));
        }
        room.tick(|_| true);
    }
    let heard = |player: PlayerId| {
        let events = room.listener(player).events().iter();
        events.filter(|event| matches!(event, Event::Killed { .. } | Event::Rail { .. })).count()
    };
    let all: usize = players.iter().map(|&player| heard(player)).sum();
    assert!(all > 0, "nobody was hit");
    assert!(players.iter().all(|&player| heard(player) < all / 8), "someone heard of far fights");
}

#[test]
fn craft_on_the_rim_does_not_flicker() {
    // Known from 640 px on, forgotten beyond 768 px. The watcher stays at 160 px.
    let (mut room, watcher, mover) = pair([(2, 10), (11, 10)], 640);
    let mut went = 0;
    let mut watch = |room: &BareRoom| {
        let written = room.listener(watcher).oracle().written();
        went += written.iter().filter(|(id, state)| *id == arena::craft_of(mover).0 && state.is_none()).count();
    };
    for _ in 0..5 {
        fly_to(&mut room, mover, 160 + 700, &mut watch);
        fly_to(&mut room, mover, 160 + 600, &mut watch);
    }
    assert!(room.listener(watcher).shown().contains_key(&arena::craft_of(mover).0));
    fly_to(&mut room, mover, 160 + 900, &mut watch);
    assert!(!room.listener(watcher).shown().contains_key(&arena::craft_of(mover).0));
    // Back behind the outer rim it stays unknown until it is within the inner.
    fly_to(&mut room, mover, 160 + 700, |_| {});
    assert!(!room.listener(watcher).shown().contains_key(&arena::craft_of(mover).0));
    fly_to(&mut room, mover, 160 + 600, |_| {});
    assert!(room.listener(watcher).shown().contains_key(&arena::craft_of(mover).0));
    assert_eq!(went, 1);
}

#[test]
fn shell_flying_into_view_arrives_in_time() {
    let (mut room, watcher, shooter) = pair([(2, 10), (20, 10)], 500);
    let aim = trig::angle_of(position(&room, arena::craft_of(watcher)) - position(&room, arena::craft_of(shooter)));
    let shoot = Input { heading: Heading::NONE, aim, buttons: Buttons::FIRE };
    let mut seen_at = None;
    for tick in 0..60 {
        room.play(watcher, Input::default());
        room.play(shooter, if tick == 0 { shoot } else { Input::default() });
        room.tick(|_| true);
        assert_eq!(room.differences(watcher, Looks::Exact), []);
        let eye = position(&room, arena::craft_of(watcher));
        let shells = room.listener(watcher).shown().values().filter_map(|state| match state {
            EntityState::Shell(shell) => Some(distance_squared(shell.position, eye).isqrt() / 16),
            _ => None,
        });
        seen_at = seen_at.or(shells.min());
    }
    // It flies 21 px a tick, and the room looks around every fourth tick.
    let seen_at = seen_at.expect("the shell was never seen");
    assert!((400..=500).contains(&seen_at), "first seen at {seen_at} px");
}

#[test]
fn crowd_in_one_view_costs_what_the_budget_allows() {
    const SECS: u32 = 10;
    for players in [40, 160] {
        let config = RoomConfig { player_bytes_per_sec: 8_000, ..config(maps::by_name("cave"), players, 4_000) };
        let mut room = BareRoom::new(config, 5);
        let mut rng = Rng::new(6);
        let players: Vec<_> = (0..players).map(|_| room.join(false, true).expect("there are seats")).collect();
        players[1..].iter().for_each(|&player| room.deafen(player));
        let bytes = |room: &BareRoom| room.listener(players[0]).snapshots().1;
        let mut before = 0;
        for tick in 0..30 * (SECS + 5) {
            for &player in &players {
                room.play(player, random_input(&mut rng));
            }
            room.tick(|_| true);
            // The first seconds may use saved budget.
            before = if tick == 30 * 5 { bytes(&room) } else { before };
        }
        let per_second = (bytes(&room) - before) / u64::from(SECS);
        assert!((6_000..=8_100).contains(&per_second), "{} players cost {per_second} B/s", players.len());
    }
}

/// Section 6 of the document: "a moving craft appears in every snapshot". In rooms as a server opens them, all seats taken and everybody
/// fighting.
#[test]
fn plain_client_hears_of_every_move_of_every_craft() {
    for (map, reliable) in [("pit", true), ("foundry", false), ("divide", false)] {
        let config = RoomConfig {
            fill: 16,
            settings: Settings { warm_up_secs: 0, ..Settings::default() },
            ..harness::arena_room(maps::by_name(&format!("shipped/{map}")), RATE)
        };
        let mut room = BareRoom::new(config, 3);
        let player = room.join(true, reliable).expect("there are seats");
        let mut rng = Rng::new(4);
        let (mut input, mut crafts, mut shells) = (Input::default(), [0u32; 2], [0u32; 2]);
        for tick in 0..1_200 {
            if rng.chance(1, 5) {
                input = random_input(&mut rng);
            }
            room.play(player, input);
            room.tick(|_| true);
            if tick < 30 {
                continue;
            }
            let enter = i64::from(room.seeing(player, Looks::Exact).enter);
            let frame = room.truth().newest().expect("a tick was made");
            let Some(eye) = frame.position(arena::craft_of(player)) else { continue };
            let shown = room.listener(player).shown();
            for (id, state) in room.room().game().entities() {
                let squared = distance_squared(state.position(&frame.map), eye);
                let counts = match state {
                    EntityState::Craft(craft) if craft.is_alive() => &mut crafts,
                    EntityState::Shell(_) => &mut shells,
                    _ => continue,
                };
                // A craft that comes near is found by the next update of the interest.
                if squared > enter * enter || !shown.contains_key(&id.0) {
                    continue;
                }
                let told = shown[&id.0].position(&frame.map) == state.position(&frame.map);
                counts[usize::from(told)] += 1;
            }
        }
        let (bytes, snapshots) = (room.listener(player).snapshots().1, room.listener(player).snapshots().0);
        println!("{map}: crafts {crafts:?}, shells {shells:?}, {} bytes a snapshot", bytes / snapshots);
        assert!(crafts[1] > 8_000 && crafts[0] == 0, "{map}: of {} crafts {} were not told", crafts[1], crafts[0]);
        // A snapshot is one datagram, which the largest fight fills.
        assert!(shells[0] * 20 <= shells[1], "{map}: of {} shells {} were not told", shells[1], shells[0]);
    }
}
