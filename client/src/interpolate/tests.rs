//! Poses between two states, after the newest state, and after the end.

use arena::{
    entity::{CraftFlags, CraftState, EntityState, PickupState, ShellState},
    input::Heading,
    rules::{Terrain, World},
};
use shared::{
    PlayerId,
    game::{Entity, IVec2},
    trig,
};

use super::*;
use crate::fixtures::{spawn, terrain};

fn craft(x: i32, health: u8) -> EntityState {
    EntityState::Craft(CraftState {
        position: IVec2::new(x * 16, 1_600),
        velocity: IVec2::ZERO,
        heading: Heading::NONE,
        aim: 0,
        health,
        flags: CraftFlags::default(),
    })
}

fn shell(terrain: &Terrain) -> ShellState {
    ShellState {
        position: spawn(terrain, 0),
        velocity: trig::vector(100, terrain.rules.motion.shell_speed),
        owner: PlayerId(3),
        bounces_left: terrain.rules.shell_bounces,
        ticks_left: terrain.rules.shell_life_ticks,
    }
}

fn x_at(track: &Track<World>, tick: f64, terrain: &Terrain) -> f32 {
    track.at(tick, terrain).expect("it is there").position.x
}

#[test]
fn craft_is_between_two_states_even_when_some_are_missing() {
    let terrain = terrain();
    let mut track = Track::<World>::new(Tick(10), craft(100, 100));
    track.push(Tick(11), craft(110, 100), &terrain);
    track.push(Tick(14), craft(140, 100), &terrain);
    for (tick, x) in [(10.0, 100.0), (10.5, 105.0), (11.0, 110.0), (12.5, 125.0), (14.0, 140.0)] {
        assert!((x_at(&track, tick, &terrain) - x).abs() < 1e-3, "at {tick}");
    }
    assert!(track.at(9.9, &terrain).is_none(), "there is no pose before the first state");
}

#[test]
fn death_and_respawn_are_no_flight() {
    let terrain = terrain();
    let mut track = Track::<World>::new(Tick(10), craft(100, 0));
    track.push(Tick(11), craft(130, 100), &terrain);
    assert!((x_at(&track, 10.9, &terrain) - 100.0).abs() < 1e-3);
    assert!((x_at(&track, 11.0, &terrain) - 130.0).abs() < 1e-3);
}

#[test]
fn wrong_guess_keeps_its_place_and_fades() {
    let terrain = terrain();
    let mut track = Track::<World>::new(Tick(10), craft(100, 100));
    let drawn = track.at(11.0, &terrain).expect("run forward").position;
    track.push(Tick(11), craft(104, 100), &terrain);
    let now = Duration::from_secs(1);
    track.keep_place(11.0, drawn, &terrain, now);
    assert!((x_at(&track, 11.0, &terrain) + track.offset(now).x - 100.0).abs() < 1e-3);
    assert!(track.offset(now + Duration::from_secs(1)).length() < 0.2);
}

#[test]
fn shell_follows_its_path_to_the_bit_between_snapshots() {
    let terrain = terrain();
    let birth = shell(&terrain);
    let mut state = EntityState::Shell(birth);
    let mut track = Track::<World>::new(Tick(1), state);
    let mut truth = vec![state];
    while state.step(&terrain) {
        truth.push(state);
    }
    assert!(truth.len() > 6, "it lives long enough");
    // Only every third tick is sent.
    for (index, state) in truth.iter().enumerate().skip(1).step_by(3) {
        track.push(Tick(1 + index as u32), *state, &terrain);
    }
    for (index, state) in truth.iter().enumerate().rev().take(SHOWN).rev() {
        let pose = track.at(1.0 + index as f64, &terrain).expect("it flies");
        let position = shared::quantize::position_to_px(state.position(&terrain));
        assert!((pose.position - position).length() < 1e-3, "tick {index}");
    }
}

#[test]
fn place_used_again_is_another_life() {
    let terrain = terrain();
    let track = Track::<World>::new(Tick(1), EntityState::Shell(shell(&terrain)));
    assert!(!track.continues_as(Tick(9), &EntityState::Shell(shell(&terrain)), &terrain), "born eight ticks later");
    assert!(track.continues_as(Tick(1), &EntityState::Shell(shell(&terrain)), &terrain));
    let pickup = EntityState::Pickup(PickupState { place: 0, available: true });
    assert!(!track.continues_as(Tick(1), &pickup, &terrain));
}

#[test]
fn ended_shell_stays_until_the_screen_has_come_to_its_end() {
    let terrain = terrain();
    let mut track = Track::<World>::new(Tick(1), EntityState::Shell(shell(&terrain)));
    track.end(Tick(4), &terrain);
    assert_eq!(track.ended(), Some(Tick(4)));
    assert!(track.at(3.5, &terrain).is_some());
    assert!(track.at(4.0, &terrain).is_none());
}

/// States a track keeps.
const SHOWN: usize = shared::limits::SHOWN_STATES_MAX - 4;
