//! Fingerprint of the rules: one number that changes when they play differently.
//!
//! A recording can be replayed only with the rules it was made with. A version number must be raised by hand and may be
//! forgotten, so a simulated fight of ten seconds is hashed instead.

use std::sync::{Arc, OnceLock};

use crate::{
    event::Team,
    rules::{
        Mode, Terrain,
        numbers::Rules,
        weapon::rewind_ticks,
        world::{PlayerInput, World, WorldConfig},
    },
};
use crate::{
    input::{Buttons, Heading, Input},
    map::{Map, PickupKind, PickupPlace, Spawn},
};
use shared::{
    game::{Game, Trail},
    id::PlayerId,
    rng::Rng,
    tick::TickRate,
};

/// The fingerprint. It takes a millisecond or two and is computed once.
pub fn fingerprint() -> u64 {
    static NUMBER: OnceLock<u64> = OnceLock::new();
    *NUMBER.get_or_init(|| {
        let [free, sides] = [Mode::Deathmatch, Mode::TeamDeathmatch].map(fight);
        free ^ sides.rotate_left(32)
    })
}

fn fight(mode: Mode) -> u64 {
    let rules = Rules::new(TickRate::new(30).expect("within the limits"));
    let config = WorldConfig { seats: SEATS, mode, score_limit: 0, match_secs: 0, warm_up_secs: 1, results_secs: 1 };
    let terrain = Terrain { map: Arc::new(map()), rules };
    let mut world = World::empty(terrain, config, 1);
    let mut trail = Trail::new(SEATS.into(), rewind_ticks(&rules), world.tick());
    for seat in 0..SEATS {
        world.add_player(PlayerId(seat));
    }
    let mut rng = Rng::new(2);
    let mut inputs = [None; SEATS as usize];
    let mut hash = 0;
    for _ in 0..TICKS {
        for input in &mut inputs {
            if rng.chance(1, 4) {
                let heading = Heading::new(rng.below(65) as u8).expect("within the range");
                let buttons = Buttons::new(rng.below(4) as u8).expect("within the range");
                let wanted = Input { heading, aim: rng.below(1_024) as u16, buttons };
                *input = Some(PlayerInput { input: wanted, view_age: rng.below(40) as u8 });
            }
        }
        world.make_tick(&inputs, &trail);
        trail.record(world.tick(), world.entities());
        while world.poll_event().is_some() {}
        hash = world.hash() ^ u64::rotate_left(hash, 1);
    }
    hash
}

/// A hall with pillars, spawns for all teams, and every pickup twice.
fn map() -> Map {
    let is_wall = |column: u16, row: u16| column % 5 == 3 && row % 3 == 2;
    let walls = (0..HEIGHT).flat_map(|row| (0..WIDTH).map(move |column| is_wall(column, row))).collect();
    let kinds = [PickupKind::Health, PickupKind::Rapid, PickupKind::Shield, PickupKind::Rail];
    let place = |(index, kind)| PickupPlace { kind, column: 1 + index as u16, row: 3 };
    let pickups = kinds.into_iter().cycle().take(8).enumerate().map(place).collect();
    let spawn = |(index, team)| Spawn { team, column: index as u16, row: 0 };
    let spawns = [Team::None, Team::Red, Team::Blue].into_iter().cycle().take(9).enumerate().map(spawn).collect();
    Map::new("fingerprint".to_owned(), 64, WIDTH, HEIGHT, walls, pickups).with_server_side(spawns, 1_000)
}

const SEATS: u16 = 8;
const TICKS: u32 = 300;
const WIDTH: u16 = 12;
const HEIGHT: u16 = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_rules_have_the_same_number() {
        assert_eq!(fight(Mode::Deathmatch), fight(Mode::Deathmatch));
        assert_ne!(fight(Mode::Deathmatch), fight(Mode::TeamDeathmatch));
    }
}
