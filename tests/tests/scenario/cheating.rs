//! Sending more, earlier or later inputs gives no advantage.

use super::*;
use shared::wire::InputBytes;

/// Sends `message` every tick for a while and returns how far the craft has come along x.
fn distance_with(copies: u32, ahead: u32) -> i32 {
    let mut arena = sim().map("lane").players(1).behavior(Behavior::Idle).run_secs(2);
    let start = own_craft(&arena, 0).position.x;
    let angle = if start < arena.room().game().terrain().map.size().x / 2 { 0 } else { 512 };
    for _ in 0..60 {
        let ack = arena.view(0).ack();
        for copy in 0..copies {
            let newest = arena.room().now().plus(1 + copy % (ahead + 1));
            let input = InputMessage::new(newest, ack, 0, [script::fly_along(angle)]);
            arena.send(0, &ClientMessage::Input(InputBytes::new(&input.encoded())));
        }
        arena.run_ticks(1);
    }
    (own_craft(&arena, 0).position.x - start).abs()
}

#[test]
fn more_inputs_move_nobody_faster() {
    let honest = distance_with(1, 0);
    assert!(honest > 300 * 16, "came {honest} far");
    assert_eq!(distance_with(10, 0), honest);
}

#[test]
fn future_inputs_move_nobody_faster() {
    let honest = distance_with(1, 0);
    assert!(distance_with(30, 20) <= honest + 20 * 16);
}

#[test]
fn late_and_early_inputs_are_counted_and_change_nothing() {
    let mut arena = sim().players(1).behavior(Behavior::Idle).run_secs(2);
    let before = arena.room().stats();
    let ack = arena.view(0).ack();
    let now = arena.room().now();
    // The client's own inputs have named newer ticks already, so an old one is a late copy and not counted.
    let far = InputMessage::new(now.plus(1_000), ack, 0, [script::fly_along(0)]);
    for _ in 0..5 {
        arena.send(0, &ClientMessage::Input(InputBytes::new(&far.encoded())));
    }
    arena.run_ticks(1);
    let after = arena.room().stats();
    assert_eq!(after.inputs_early - before.inputs_early, 5);
    let position = own_craft(&arena, 0).position;
    arena.run_secs(1);
    assert_eq!(own_craft(&arena, 0).position, position);
    check(&arena);
}

#[test]
fn inputs_of_a_sudden_delay_are_counted_late() {
    let mut arena = sim().players(1).run_secs(3);
    assert_eq!(arena.room().stats().inputs_late, 0);
    let slow = shared::conditioner::ConditionerConfig { delay: Duration::from_millis(150), ..Default::default() };
    arena.player_mut(0).link_mut().set_conditions(slow);
    arena.run_secs(10);
    let late = arena.room().stats().inputs_late;
    assert!(late > 0);
    arena.run_secs(5);
    assert_eq!(arena.room().stats().inputs_late, late, "the clock has followed");
}

#[test]
fn client_sends_little() {
    let arena = sim().players(1).behavior(Behavior::Fight).run_secs(10);
    let up = arena.stats(0).counters.up;
    let bytes = up.bytes(kind::INPUT) / up.messages(kind::INPUT);
    assert!(bytes <= 40, "{bytes} B per input message");
}
