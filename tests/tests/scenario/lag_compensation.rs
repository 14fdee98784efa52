//! The rail hits what its shooter saw, and no older than the cap.

use std::sync::Arc;

use harness::BareRoom;
use room::RoomConfig;
use shared::{
    PlayerId, TickRate,
    input::{Buttons, Heading, Input},
    map::{Map, PickupKind, PickupPlace, Spawn},
    wire::{Team, Weapon},
};

use super::*;

/// Tiles: the shooter spawns on the rail, the target a screen away and higher up.
const SHOOTER: (u16, u16) = (4, 10);
const TARGET: (u16, u16) = (18, 3);

fn range() -> Arc<Map> {
    let rail = PickupPlace { kind: PickupKind::Rail, column: SHOOTER.0, row: SHOOTER.1 };
    let map = Map::new("range".into(), 64, 30, 20, vec![false; 600], vec![rail]);
    let spawns = [SHOOTER, TARGET].map(|(column, row)| Spawn { team: Team::None, column, row });
    Arc::new(map.with_server_side(spawns.to_vec(), 4_000))
}

fn craft_of(room: &BareRoom, player: PlayerId) -> CraftState {
    *room.room().world().craft(player).expect("players have crafts")
}

/// The target flies across the line of fire. So many ticks after it was on the line the shooter fires along it and
/// says that it sees the world so many quarters of a tick late. Whether that hits.
fn shot_hits(ticks_late: u32, view_age: u8) -> bool {
    let rate = TickRate::new(30).expect("30 Hz is allowed");
    let config = RoomConfig { seats: 2, warm_up_secs: 0, ..RoomConfig::new(range(), rate) };
    let mut room = BareRoom::new(config, 1);
    let players = [(); 2].map(|()| room.join(false, true).expect("there are two seats"));
    // Until nobody is protected any more.
    for _ in 0..60 {
        room.tick(|_| true);
    }
    let x = |player| craft_of(&room, player).position.x;
    let [shooter, target] = if x(players[0]) < x(players[1]) { players } else { [players[1], players[0]] };
    assert!(room.room().world().own(shooter).rail_shots > 0, "the shooter spawned on the rail");
    let line = craft_of(&room, shooter).position.y;
    let down = script::fly_along(256);
    let fly = |room: &mut BareRoom| {
        room.play(target, down);
        room.tick(|_| true);
    };
    while craft_of(&room, target).position.y < line {
        fly(&mut room);
    }
    // The shot itself takes a tick.
    (1..ticks_late).for_each(|_| fly(&mut room));
    let ack = room.listener(shooter).oracle().ack();
    let shoot = Input { heading: Heading::NONE, aim: 0, buttons: Buttons::FIRE };
    let message = InputMessage::new(room.room().now().next(), ack, view_age, [shoot]);
    room.room_mut().handle_input(shooter, &message, 0);
    fly(&mut room);
    let hit = Event::Hit { shooter, victim: target, damage: 70, weapon: Weapon::Rail };
    room.listener(shooter).events().contains(&hit)
}

#[test]
fn shot_at_what_was_seen_hits() {
    assert!(shot_hits(5, 4 * 5));
    assert!(shot_hits(6, 4 * 6), "200 ms are six ticks at 30 Hz");
}

#[test]
fn shot_at_what_is_there_no_more_misses_one_who_sees_the_present() {
    assert!(!shot_hits(5, 0));
}

#[test]
fn shot_at_what_is_there_no_more_hits_nobody_beyond_200_ms() {
    for ticks in [9, 12, 20] {
        assert!(!shot_hits(ticks, 4 * ticks as u8), "{ticks} ticks");
    }
    assert!(!shot_hits(12, u8::MAX));
}

#[test]
fn part_of_a_tick_counts() {
    // A quarter of a tick is 3 px: the difference between the two is far below the craft's radius.
    assert!(shot_hits(4, 4 * 4 - 2) && shot_hits(4, 4 * 4 + 2));
}
