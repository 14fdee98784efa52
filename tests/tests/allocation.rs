//! How often a steady tick calls the allocator: at most once per player is allowed, and the goal is never.
//!
//! Prints `allocations_per_player_tick room16=… room1000=…` for `cargo xtask bench`.

use allocation_counter::measure;
use arena::input::{Buttons, Heading, Input};
use arena::rules::World;
use arena::settings::Settings;
use harness::maps;
use room::{Channel, Joining, Room, RoomConfig};
use shared::{
    PlayerId, Tick, TickRate,
    rng::Rng,
    wire::{Ack, InputMessage},
};

/// Ticks until buffers have grown to what a fight needs: 10 s.
const WARM_UP_TICKS: u32 = 200;
/// Ticks measured.
const TICKS: u32 = 100;
/// Allocations allowed per player and tick.
const BUDGET: f64 = 1.0;

/// A room full of players who wander and shoot; every snapshot is acknowledged two ticks later.
struct Fight {
    room: Room<World>,
    players: Vec<PlayerId>,
    inputs: Vec<Input>,
    rng: Rng,
}

impl Fight {
    fn new(map: &str, players: u16, reliable: bool) -> Self {
        Self::shown_late(map, players, reliable, 0)
    }

    /// A fight that spectators see so many seconds late.
    fn shown_late(map: &str, players: u16, reliable: bool, spectator_delay_secs: u32) -> Self {
        let rate = TickRate::new(20).expect("20 Hz is allowed");
        let config = RoomConfig {
            seats: players,
            spectator_delay_secs,
            settings: Settings { warm_up_secs: 0, ..Settings::default() },
            ..harness::arena_room(maps::by_name(map), rate)
        };
        let mut room = Room::new(config, 1);
        let joining = |number| Joining { name: format!("player {number}"), plain: false, reliable };
        let players: Vec<_> = (0..players).map(|number| room.join(joining(number)).expect("a seat is free")).collect();
        let inputs = vec![Input::default(); players.len()];
        Self { room, players, inputs, rng: Rng::new(2) }
    }

    /// The room's part of a tick: inputs in, one step, messages out. Returns the number of allocations.
    fn tick(&mut self) -> u64 {
        for input in &mut self.inputs {
            if self.rng.chance(1, 10) {
                input.heading = Heading::from_aim(self.rng.below(1_024) as u16);
                input.aim = self.rng.below(1_024) as u16;
                input.buttons = if self.rng.chance(1, 3) { Buttons::FIRE } else { Buttons::NONE };
            }
        }
        let now = self.room.now();
        let room = &mut self.room;
        let counted = measure(|| {
            let ack = Ack { newest: Tick(now.0.saturating_sub(2)), missing: 0 };
            for (&player, &input) in self.players.iter().zip(&self.inputs) {
                room.handle_input(player, &InputMessage::new(now.next(), ack, 4, [input]), 1_000);
            }
            room.tick();
            while let Some(output) = room.poll_output() {
                assert!(output.channel == Channel::Reliable || !output.bytes.is_empty());
            }
        });
        counted.count_total
    }

    fn warm_up(&mut self) {
        for _ in 0..WARM_UP_TICKS {
            self.tick();
        }
    }

    fn allocations_per_player_tick(mut self) -> f64 {
        self.warm_up();
        let count: u64 = (0..TICKS).map(|_| self.tick()).sum();
        count as f64 / f64::from(TICKS) / self.players.len() as f64
    }
}

#[test]
fn steady_tick_allocates_within_the_budget() {
    let [small, large] = [("pit", 16), ("plain", 1_000)].map(|(map, players)| {
        let kinds = [true, false].map(|reliable| Fight::new(map, players, reliable).allocations_per_player_tick());
        kinds[0].max(kinds[1])
    });
    println!("allocations_per_player_tick room16={small:.3} room1000={large:.3}");
    assert!(small <= BUDGET && large <= BUDGET);
}

#[test]
fn tick_of_a_room_that_is_shown_late_allocates_within_the_budget_watched_or_not() {
    for watched in [false, true] {
        let mut fight = Fight::shown_late("pit", 16, true, 2);
        fight.warm_up();
        if watched {
            let joining = Joining { name: "watcher".to_owned(), plain: false, reliable: true };
            fight.room.spectate(&joining).expect("the room is old enough");
        }
        let found = fight.allocations_per_player_tick();
        assert!(found <= BUDGET, "{found} where watched is {watched}");
    }
}

#[test]
fn quiet_tick_allocates_nothing() {
    for reliable in [true, false] {
        let mut fight = Fight::new("pit", 16, reliable);
        fight.warm_up();
        fight.inputs.fill(Input::default());
        let Fight { room, players, .. } = &mut fight;
        let mut quiet = 0;
        for _ in 0..200 {
            let now = room.now();
            let counted = measure(|| {
                for &player in players.iter() {
                    let ack = Ack { newest: now, missing: 0 };
                    room.handle_input(player, &InputMessage::new(now.next(), ack, 0, [Input::default()]), 1_000);
                }
                room.tick();
                while room.poll_output().is_some() {}
            });
            quiet = if counted.count_total == 0 { quiet + 1 } else { 0 };
        }
        // The last shells and their hits end within three seconds.
        assert!(quiet >= 100, "allocated {quiet} ticks before the end");
    }
}
