//! The rail hits what its shooter saw, and no older than the cap.

use arena::settings::Settings;
use shared::game::Game;
use std::sync::Arc;

use arena::{
    event::{Event, Team, Weapon},
    input::{Buttons, Heading, Input},
    map::{Map, PickupKind, PickupPlace, Spawn},
};
use harness::BareRoom;
use room::RoomConfig;
use shared::{PlayerId, TickRate};

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
    *room.room().game().craft(player).expect("players have crafts")
}

/// The target flies across the line of fire. The shooter fires along the line `ticks_late` ticks after the target was
/// on it, and claims a view age in quarters of a tick. True if that hits.
fn shot_hits(ticks_late: u32, view_age: u8) -> bool {
    shot_hits_after(view_age, ticks_late, view_age)
}

/// The same by a shooter whose earlier inputs had another view age.
fn shot_hits_after(age_before: u8, ticks_late: u32, view_age: u8) -> bool {
    let rate = TickRate::new(30).expect("30 Hz is allowed");
    let config = RoomConfig {
        seats: 2,
        settings: Settings { warm_up_secs: 0, ..Settings::default() },
        ..harness::arena_room(range(), rate)
    };
    let mut room = BareRoom::new(config, 1);
    let players = [(); 2].map(|()| room.join(false, true).expect("there are two seats"));
    // Until no player is protected.
    for _ in 0..60 {
        room.tick(|_| true);
    }
    let x = |player| craft_of(&room, player).position.x;
    let [shooter, target] = if x(players[0]) < x(players[1]) { players } else { [players[1], players[0]] };
    assert!(room.room().game().own(shooter).rail_shots > 0, "the shooter spawned on the rail");
    let line = craft_of(&room, shooter).position.y;
    let down = script::fly_along(256);
    let fly = |room: &mut BareRoom| {
        room.play(target, down);
        watch(room, shooter, age_before, Buttons::NONE);
        room.tick(|_| true);
    };
    while craft_of(&room, target).position.y < line {
        fly(&mut room);
    }
    // The shot itself takes a tick.
    (1..ticks_late).for_each(|_| fly(&mut room));
    room.play(target, down);
    watch(&mut room, shooter, view_age, Buttons::FIRE);
    room.tick(|_| true);
    let hit = Event::Hit { shooter, victim: target, damage: 70, weapon: Weapon::Rail };
    room.listener(shooter).events().contains(&hit)
}

/// A player that stands and points along the line sends its input, and how late it sees the world.
fn watch(room: &mut BareRoom, player: PlayerId, view_age: u8, buttons: Buttons) {
    let ack = room.listener(player).oracle().ack();
    let message =
        InputMessage::new(room.room().now().next(), ack, view_age, [Input { heading: Heading::NONE, aim: 0, buttons }]);
    room.room_mut().handle_input(player, &message, 0);
}

/// A bot that knows where all crafts were, and claims for each shot the age at which it hits.
#[test]
fn choosing_the_age_shot_by_shot_gains_nothing() {
    // The advantage is within the tick and the frame that honest clients need: the target was on the line half as long
    // ago.
    let hits = |ticks_late| (0..=24).any(|age| shot_hits_after(4, ticks_late, age));
    let honest = |ticks_late| shot_hits_after(4, ticks_late, 4);
    let [chosen, told]: [usize; 2] =
        [&hits as &dyn Fn(u32) -> bool, &honest].map(|hits| (1..=8).filter(|&ticks| hits(ticks)).count());
    assert!(chosen <= told + 2, "{chosen} ticks of the past are hit by choice, {told} by an honest player");
    assert!(!hits(5) && !hits(6), "the view was never so old");
}

#[test]
fn honest_views_are_hardly_ever_cut() {
    for (hz, delay_ms, jitter_ms, loss) in [
        (30, 0, 0, 0.0),
        (60, 10, 5, 0.01),
        (30, 40, 15, 0.03),
        (20, 30, 30, 0.02),
        (30, 100, 10, 0.0),
        (30, 90, 30, 0.05),
    ] {
        let link = sim().players(0).seats(8).tick_hz(hz).behavior(Behavior::Fight).bytes_per_sec(100_000);
        let mut arena = link.delay_ms(delay_ms).jitter_ms(jitter_ms).loss(loss).start();
        for combination in 0..8 {
            let options = PlayerOptions {
                plain: combination & 1 != 0,
                draws: combination & 2 != 0,
                transport: if combination & 4 != 0 { Transport::Stream } else { Transport::Datagrams },
                ..arena.options()
            };
            arena.join_with(options);
        }
        arena.run_secs(20);
        for number in arena.present() {
            let stats = arena.room().player_stats(arena.seat(number)).expect("it plays");
            let (cut, inputs) = (stats.view_ages_cut, stats.inputs_applied);
            assert!(inputs > 300, "player {number} plays");
            // On a link that jitters it happens to one input in some hundred, when several late snapshots come together.
            let most = if jitter_ms == 0 { 0 } else { inputs / 100 };
            assert!(
                cut <= most,
                "{cut} of {inputs} inputs of player {number}, {delay_ms} ms away, {jitter_ms} ms of jitter"
            );
        }
    }
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
