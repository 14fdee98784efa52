//! A world that is restored from its checkpoint continues as before.

use super::stage::{RUINS, Stage, any_input, config};
use crate::rules::{
    Mode,
    weapon::rewind_ticks,
    world::{World, WorldConfig},
};
use crate::{entity::EntityState, input::Buttons};
use shared::{
    EntityId, PlayerId,
    game::{Game, Past, Trail},
    limits::HISTORY_TICKS,
    rng::Rng,
    wire::DecodeError,
};

/// Simulates eight players with random inputs for `ticks`; some have rails, some join and leave.
fn play(stage: &mut Stage, rng: &mut Rng, ticks: u32) {
    for _ in 0..ticks {
        if rng.chance(1, 20) {
            let player = PlayerId(rng.below(8) as u16);
            match stage.world.craft(player) {
                Some(_) => stage.world.remove_player(player),
                None => stage.world.add_player(player),
            }
        }
        if rng.chance(1, 10) {
            let seat = rng.below(8) as usize;
            if let Some(seat) = &mut stage.world.seats[seat] {
                seat.own.rail_shots = 3;
                seat.own.fire_ticks = 0;
            }
        }
        stage.inputs = (0..8).map(|_| any_input(rng, 60)).collect();
        stage.run(1);
    }
}

fn stage(mode: Mode, seed: u64) -> (Stage, Rng) {
    let mut stage = Stage::new(RUINS, 8, WorldConfig { warm_up_secs: 2, match_secs: 20, ..config(mode) });
    let mut rng = Rng::new(seed);
    let ticks = 30 + rng.below(900);
    play(&mut stage, &mut rng, ticks);
    (stage, rng)
}

fn bytes(stage: &Stage) -> Vec<u8> {
    let mut bytes = Vec::new();
    stage.world.write(&mut bytes);
    bytes
}

fn restore(stage: &Stage, bytes: &[u8]) -> Result<World, DecodeError> {
    World::read(stage.world.terrain().clone(), *stage.world.config(), bytes)
}

/// The history that a room would have of the last ticks.
fn past(stage: &Stage) -> Trail<EntityState> {
    let (now, ticks) = (stage.world.tick(), rewind_ticks(&stage.rules()));
    let mut trail = Trail::new(8, ticks, now);
    for (age, seat) in (0..ticks).flat_map(|age| (0..8).map(move |seat| (age, EntityId(seat)))) {
        if let Some(state) = stage.memory.entity(seat, now.minus(age)) {
            trail.set(seat, now.minus(age), state);
        }
    }
    trail
}

#[test]
fn world_from_a_checkpoint_has_the_same_future() {
    let mut rails = 0;
    for seed in 0..60 {
        let mode = if seed % 2 == 0 { Mode::Deathmatch } else { Mode::TeamDeathmatch };
        let (mut stage, mut rng) = stage(mode, seed);
        // Rail shots in the first tick look back to ticks before the checkpoint.
        for seat in stage.world.seats.iter_mut().flatten() {
            seat.own.rail_shots = 2;
            seat.own.fire_ticks = 0;
        }
        let mut twin = restore(&stage, &bytes(&stage)).unwrap();
        let mut trail = past(&stage);
        assert_eq!(twin.differences(&stage.world, 9), [], "seed {seed}");
        for tick in 0..200 {
            stage.inputs = (0..8).map(|_| any_input(&mut rng, 60)).collect();
            if tick == 0 {
                stage.inputs.iter_mut().flatten().for_each(|input| input.input.buttons = Buttons::FIRE);
            }
            twin.make_tick(&stage.inputs, &trail);
            trail.record(twin.tick(), twin.entities());
            stage.run(1);
            assert_eq!(twin.hash(), stage.world.hash(), "seed {seed}, tick {tick}");
            rails += usize::from(tick == 0 && stage.hits().iter().any(|&(.., damage)| damage > 50));
        }
        let mut again = Vec::new();
        twin.write(&mut again);
        assert_eq!(again, bytes(&stage), "seed {seed}: the checkpoints are equal too");
    }
    assert!(rails > 10, "{rails} rail hits right after a checkpoint");
}

#[test]
fn trail_remembers_as_long_as_a_shot_looks_back() {
    let (stage, _) = stage(Mode::Deathmatch, 5);
    let rules = stage.rules();
    assert_eq!(rewind_ticks(&rules), 6, "200 ms at 30 Hz");
    assert!(rewind_ticks(&rules) <= HISTORY_TICKS as u32);
}

#[test]
fn torn_checkpoint_is_refused_at_every_length() {
    let (stage, _) = stage(Mode::Deathmatch, 3);
    let bytes = bytes(&stage);
    for length in 0..bytes.len() {
        assert!(restore(&stage, &bytes[..length]).is_err(), "{length} of {} bytes", bytes.len());
    }
    assert!(restore(&stage, &bytes).is_ok());
}

#[test]
fn no_byte_of_a_checkpoint_can_panic_what_it_becomes() {
    let (stage, mut rng) = stage(Mode::TeamDeathmatch, 4);
    let bytes = bytes(&stage);
    let mut accepted = 0;
    for place in 0..bytes.len() {
        for value in [0, 1, 0x7f, 0x80, 0xce, 0xd2, 0xff, rng.next_u64() as u8] {
            let mut bytes = bytes.clone();
            bytes[place] = value;
            let Ok(mut world) = restore(&stage, &bytes) else { continue };
            let mut trail = past(&stage);
            accepted += 1;
            for _ in 0..20 {
                let inputs: Vec<_> = (0..8).map(|_| any_input(&mut rng, 60)).collect();
                world.make_tick(&inputs, &trail);
                trail.record(world.tick(), world.entities());
                while world.poll_event().is_some() {}
            }
        }
    }
    assert!(accepted > 100, "{accepted} were accepted");
}
